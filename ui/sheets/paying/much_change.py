"""The question before a drawer gives more change than anybody would be owed.

What was typed is then likely no amount at all: a PIN, the number of a card, a sum without its point. Enter says no, as
somebody who types such a thing presses Enter next.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from boxoffice.domain import cash
from ui.language import tr
from ui.money import money
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog


def when_likely(due: int, given: int, currency: str, take: Callable[[], object], parent: QWidget) -> None:
    """Take the cash; first ask where nobody would hand over so much."""
    if cash.unlikely(due, given, currency):
        sheet = MuchChangeSheet(due, given, currency, parent)
        sheet.accepted.connect(take)
        sheet.open()
    else:
        take()


class MuchChangeSheet(Dialog):
    """Whether so much was really handed over."""

    def __init__(self, due: int, given: int, currency: str, parent: QWidget) -> None:
        change = money(given - due, currency)
        super().__init__(tr("Give {change} change?", change=change), parent)
        self.setObjectName("much_change_sheet")
        self.widen(560)
        handed, asked = money(given, currency), money(due, currency)
        self.say(tr("{given} was typed as cash, and {due} is to pay.", given=handed, due=asked))
        self.on = Button(tr("Give {change}", change=change))
        self.on.clicked.connect(self.accept)
        back = Button(tr("No, type it again"), key=tr("Enter"), weight=Weight.PRIMARY)
        back.clicked.connect(self.reject)
        self.add_buttons(self.on, back)
        back.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter says no. No button is the default one: a sheet below, whose field was left by Enter, presses that."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.reject()
            return
        super().keyPressEvent(event)
