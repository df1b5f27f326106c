"""What stands below the tiles: since when the drawer is open, and what is done beside selling; and the till's keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.clerks.clerk import Clerk
from ui.language import clock, tr
from ui.widgets.buttons import Button, Weight

from .drawer import CloseDialog, MoveDialog


class Tools(QWidget):
    """A quiet line: nobody who only sells has to look at it."""

    report_pressed = Signal()

    def __init__(self, clerk: Clerk, cards: Button, parent: QWidget | None = None) -> None:
        """`cards` leads to the card payments, and says when one is open."""
        super().__init__(parent)
        self._clerk = clerk
        self._since = QLabel()
        self._since.setProperty("role", "muted")
        self.move_cash = Button(tr("Move cash"), weight=Weight.QUIET)
        self.x_report = Button(tr("X report"), weight=Weight.QUIET)
        self.close_shift = Button(tr("Count and close"), weight=Weight.QUIET)
        self.move_cash.clicked.connect(lambda: MoveDialog(clerk, self.window()).open())
        self.x_report.clicked.connect(self.report_pressed)
        self.close_shift.clicked.connect(lambda: CloseDialog(clerk, self.window()).open())
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._since, 1)
        for button in (cards, self.move_cash, self.x_report, self.close_shift):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            line.addWidget(button)

    def show_shift(self) -> None:
        """Which shift it is that sells."""
        shift = self._clerk.shift
        if shift is not None:
            event = self._clerk.name_of(shift.event)
            self._since.setText(tr("Open since {when} · {event}", when=clock(shift.opened_at), event=event))


def keys() -> list[tuple[str, str]]:
    """What the keys of the till do."""
    return [
        ("Alt+1 … 6", tr("Change the place at the till")),
        ("F2", tr("Back to the tiles")),
        (tr("Number, Enter"), tr("Put it into the cart; 3*1 puts in three")),
        (tr("Arrows, Enter"), tr("Walk over the tiles")),
        ("PgUp, PgDn", tr("Change the category")),
        ("F4", tr("Put the cart by")),
        ("F5", tr("Take up a cart that was put by")),
        ("F8", tr("Empty the cart")),
        ("F9", tr("Pay")),
        (tr("Enter"), tr("Cash: what was typed, or all that is open")),
        ("F6", tr("Card")),
        ("F7", tr("QR wallet")),
        ("Esc", tr("Back to the cart")),
        ("← →", tr("At the reports: the day before, the day after")),
        ("Ctrl+PgUp, Ctrl+PgDn", tr("At the reports: another one")),
    ]
