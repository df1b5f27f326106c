"""The shift around the sales: opening the drawer, moving cash, counting it blind, closing with the Z."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.domain.documents import Movement, Report
from boxoffice.errors import Trouble
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import tr
from ui.money import typed
from ui.sheets.paying.terminal_day import add_rows
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.pieces import Pieces
from ui.widgets.rows import CheckRow
from ui.widgets.text_field import TextField

_SMALL = 400
"""The height below which things stand closer together."""


class OpenPanel(QWidget):
    """No shift is open: which event, and what lies in the drawer."""

    reports_pressed = Signal()

    def __init__(self, clerk: Clerk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clerk = clerk
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(520)
        self._rows = rows = QVBoxLayout(card)
        self._small = False
        rows.setContentsMargins(28, 24, 28, 24)
        rows.setSpacing(14)
        title = QLabel(tr("The drawer is closed"))
        title.setFont(theme.bold(24))
        rows.addWidget(title)
        words = QLabel(tr("Count what lies in the drawer and open it to begin selling."))
        words.setWordWrap(True)
        words.setProperty("role", "muted")
        rows.addWidget(words)
        self.event_choice = Choice(tr("Event"))
        rows.addWidget(self.event_choice)
        self.amount = TextField(tr("Cash in the drawer"), 56)
        self.amount.setFont(theme.bold(22))
        self.amount.returnPressed.connect(self._open)
        rows.addWidget(self.amount)
        self._wrong = QLabel()
        self._wrong.setProperty("role", "bad")
        self._wrong.hide()
        rows.addWidget(self._wrong)
        go = Button(tr("Open the drawer"), key=tr("Enter"), weight=Weight.PRIMARY, height=56)
        go.clicked.connect(self._open)
        rows.addWidget(go)
        self.count = Button(tr("Count notes and coins…"), height=theme.TOUCH)
        self.count.clicked.connect(self._count)
        read = Button(tr("Reports"), weight=Weight.QUIET)
        read.clicked.connect(self.reports_pressed)
        beside = QHBoxLayout()
        beside.addWidget(self.count, 1)
        beside.addWidget(read)
        rows.addLayout(beside)
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        whole.addStretch(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.height() < _SMALL
        if small != self._small:
            self._small = small
            self._rows.setSpacing(6 if small else 14)
            self._rows.setContentsMargins(*((20, 10, 20, 10) if small else (28, 24, 28, 24)))
            self.amount.setMinimumHeight(theme.TOUCH if small else 56)

    def look_again(self) -> None:
        """The events that there are now."""
        events = self._clerk.events
        if events != [self.event_choice.itemData(n) for n in range(self.event_choice.count())]:
            self.event_choice.clear()
            for slug in events:
                self.event_choice.addItem(self._clerk.name_of(slug), slug)
        self.event_choice.setVisible(len(events) > 1)

    def _open(self) -> None:
        event = self.event_choice.currentData()
        if event is None:
            self._say(tr("There is no event yet. It comes with the first sync."))
            return
        amount = typed(self.amount.text(), self._clerk.currency_of(event))
        if amount is None:
            self._say(tr("Type the cash in the drawer, like 200.00"))
            return
        self._wrong.hide()
        self._clerk.drawer.open(event, amount)

    def _count(self) -> None:
        event = self.event_choice.currentData()
        if event is None:
            self._say(tr("There is no event yet. It comes with the first sync."))
            return
        FloatDialog(self._clerk, event, self.window()).open()

    def _say(self, text: str) -> None:
        self._wrong.setText(text)
        self._wrong.show()
        self.amount.setFocus()


class FloatDialog(Dialog):
    """What lies in the drawer before the first sale, piece by piece."""

    def __init__(self, clerk: Clerk, event: str, parent: QWidget) -> None:
        super().__init__(tr("Count the float"), parent)
        self._clerk = clerk
        self._event = event
        self.grid = Pieces(clerk.currency_of(event))
        self.add(self.grid)
        go = Button(tr("Open the drawer"), weight=Weight.PRIMARY)
        go.clicked.connect(self._open)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, go)
        self.widen(560)
        self.grid.take_keys()

    def _open(self) -> None:
        self._clerk.drawer.open(self._event, 0, self.grid.counted())
        self.accept()


class MoveDialog(Dialog):
    """Cash into the drawer or out of it, with a reason."""

    def __init__(self, clerk: Clerk, parent: QWidget) -> None:
        super().__init__(tr("Move cash"), parent)
        self._clerk = clerk
        self.kind = Choice(tr("What"))
        for movement, words in _MOVES:
            self.kind.addItem(tr(words), movement)
        self.add(self.kind)
        self.amount = TextField(tr("Amount"))
        self.reason = TextField(tr("What for"))
        for field in (self.amount, self.reason):
            field.textChanged.connect(self._look)
            self.add(field)
        self.kind.currentIndexChanged.connect(self._look)
        self._go = Button(tr("Do it"), weight=Weight.PRIMARY)
        self._go.clicked.connect(self._do)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self._go)
        self._look()

    @property
    def _movement(self) -> Movement:
        return Movement(self.kind.currentData())

    def _amount(self) -> int | None:
        if self._movement is Movement.NO_SALE:
            return 0
        return typed(self.amount.text(), self._clerk.currency) or None

    def _look(self) -> None:
        self.amount.setEnabled(self._movement is not Movement.NO_SALE)
        self._go.setEnabled(self._amount() is not None and bool(self.reason.text().strip()))

    def _do(self) -> None:
        amount = self._amount()
        if amount is not None:
            self._clerk.drawer.move(self._movement, amount, self.reason.text().strip())
            self.accept()


_MOVES = (
    (Movement.DROP, "To the safe"),
    (Movement.PAY_IN, "Put in"),
    (Movement.PAY_OUT, "Take out"),
    (Movement.NO_SALE, "Open the drawer only"),
)


class CloseDialog(Dialog):
    """The count at night: pieces, and only then what they should be."""

    def __init__(self, clerk: Clerk, parent: QWidget) -> None:
        super().__init__(tr("Count the drawer"), parent)
        self._clerk = clerk
        self.say(tr("Count all notes and coins. What it should be is told afterwards."))
        self.grid = Pieces(clerk.currency)
        self.pieces = self.grid.fields
        self.total = self.grid.total
        self.add(self.grid)
        add_rows(clerk, clerk.courier, self.add)
        self._differs = QLabel()
        self._differs.setProperty("role", "warn")
        self._differs.setWordWrap(True)
        self._differs.hide()
        self.add(self._differs)
        self.reason = TextField(tr("Why the count differs"))
        self.reason.hide()
        self.witness = TextField(tr("Second person who has seen it"))
        self.witness.hide()
        explained = QHBoxLayout()
        explained.setSpacing(10)
        explained.addWidget(self.reason)
        explained.addWidget(self.witness)
        self.add_rows(explained)
        self.anyway = CheckRow(
            tr("Close although a card payment is in doubt"),
            below=tr("The next shift names it, with its outcome."),
        )
        self.anyway.setVisible(bool(clerk.counter.cards.doubtful()) and not clerk.counter.training)
        self.anyway.toggled.connect(lambda on: self.reason.setVisible(on or not self._differs.isHidden()))
        self.add(self.anyway)
        self._go = Button(tr("Close the shift"), weight=Weight.PRIMARY)
        self._go.clicked.connect(self._close_shift)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self._go)
        self.widen(800)
        clerk.drawer.closed.connect(self.accept)
        self.grid.take_keys()

    def _close_shift(self) -> None:
        self._clerk.drawer.close(
            self.grid.counted(),
            self.reason.text().strip(),
            self._on_differs,
            witness=self.witness.text().strip(),
            despite_unknown=self.anyway.isChecked(),
        )

    def _on_differs(self, trouble: Trouble) -> None:
        self._differs.setText(words_of(trouble))
        self._differs.show()
        self.reason.show()
        self.witness.setVisible(not self._clerk.people_are_known)
        self.take_room()
        self.reason.setFocus()


class ReportDialog(Dialog):
    """An X or a Z as it is printed."""

    def __init__(self, report: Report, parent: QWidget) -> None:
        heading = tr("X report") if report.number is None else tr("Z report {number}", number=report.number)
        super().__init__(heading, parent)
        from printers import layout
        from printers.render import plain
        from ui.widgets.typed import Typed

        paper = layout.Paper()
        typed = Typed(plain.write(layout.lay_out(report, paper), paper.columns), paper.columns)
        typed.setAccessibleName(heading)
        self.add(typed)
        close = Button(tr("Close"), weight=Weight.PRIMARY, key="Esc")
        close.clicked.connect(self.accept)
        self.add_buttons(close)
        close.setFocus()
