"""The end of a terminal's day beside the count of the drawer: its card sum is kept with ours, and stands on the Z."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from boxoffice.domain.terminals import Kind, TerminalDay
from boxoffice.errors import Trouble
from ui import theme
from ui.clerks.clerk import Clerk
from ui.courier import Courier
from ui.language import plural, tr
from ui.money import money
from ui.widgets.buttons import Button
from ui.widgets.dialogs import words_of


class TerminalDayRow(QWidget):
    """One terminal: whether its day is closed, what it says, and the button that closes it."""

    def __init__(self, clerk: Clerk, courier: Courier, terminal: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clerk = clerk
        self._courier = courier
        self._terminal = terminal
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.close_day = Button(tr("Close its day"))
        self.close_day.setAutoDefault(False)
        self.close_day.clicked.connect(self._close)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.close_day)
        self._show(next((one for one in reversed(clerk.counter.cards.days()) if one.terminal == terminal), None))

    def _close(self) -> None:
        self.close_day.setEnabled(False)
        self._say(tr("{terminal} closes its day…", terminal=self._terminal), "muted")
        closed = self._clerk.payment.cards.close_day(self._terminal, self._clerk.counter.operator)
        self._courier.bring(closed, to=self, done=self._show, failed=self._on_trouble)

    def _show(self, day: TerminalDay | None) -> None:
        self.close_day.setEnabled(True)
        if day is None:
            self._say(tr("{terminal}: its day is not closed.", terminal=self._terminal), "muted")
            return
        amount = money(day.ours, day.currency)
        ours = plural("{amount} in {n} payment", "{amount} in {n} payments", day.ours_number, amount=amount)
        if day.amount is None:
            words = tr("{terminal} closed its day without a sum. Here: {ours}", terminal=self._terminal, ours=ours)
        else:
            has = money(day.amount, day.currency)
            words = tr("{terminal} has {amount}. Here: {ours}", terminal=self._terminal, amount=has, ours=ours)
        self._say(words, "warn" if day.difference else "good")

    def _on_trouble(self, trouble: Trouble) -> None:
        self.close_day.setEnabled(True)
        self._say(words_of(trouble), "bad")

    def _say(self, words: str, role: str) -> None:
        theme.tell(self.words, words, role)


def add_rows(clerk: Clerk, courier: Courier, add: Callable[[QWidget], object]) -> None:
    """A row for each terminal that can be asked."""
    for one in clerk.counter.cards.terminals:
        if one.kind is not Kind.MANUAL:
            add(TerminalDayRow(clerk, courier, one.name))
