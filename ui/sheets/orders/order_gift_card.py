"""A gift card for an order that there is, at the desk or at the door: what is on it, and how much of it pays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from boxoffice.code_counter import Codes, Found
from ui import code_words, theme
from ui.language import tr
from ui.money import money
from ui.widgets.buttons import Button, Weight
from ui.widgets.card_number import CardNumber
from ui.widgets.dialogs import Dialog


class OrderGiftCard(Dialog):
    """One card. `done` is told its number and what it pays: all that is open, as far as it reaches."""

    def __init__(
        self, codes: Codes, event: str, wanted: int, currency: str, done: Callable[[str, int], object], parent: QWidget
    ) -> None:
        super().__init__(tr("Gift card"), parent)
        self.setObjectName("order_gift_card")
        self.widen(520)
        self._codes, self._event, self._wanted, self._currency = codes, event, wanted, currency
        self._done = done
        self._found = Found()
        self.code = CardNumber()
        self.code.textChanged.connect(self._look)
        self.code.returnPressed.connect(self.pay)
        self.add(self.code)
        self.about = self.say("")
        self.about.setFont(theme.half_bold(theme.TEXT))
        self.take = Button(tr("Pay with it"), key=tr("Enter"), weight=Weight.PRIMARY)
        self.take.clicked.connect(self.pay)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.take)
        self._look()
        self.code.setFocus()

    def take_scan(self, text: str) -> bool:
        """A card that was held to the gun."""
        self.code.setText(text)
        return True

    @property
    def amount(self) -> int:
        """What it pays."""
        left = self._found.card.left if self._found.card is not None else 0
        return max(0, min(left, self._wanted))

    def _look(self) -> None:
        code = self.code.text().strip()
        self._found = self._codes.what_is(self._event, code) if code else Found()
        card = self._found.card
        lines = code_words.of_code(Found(card=card), self._currency)
        if code and card is None:
            lines = [tr("No gift card has this number, as far as this station knows")]
        self.about.setText("\n".join(lines))
        self.take.setEnabled(self.amount > 0)
        self.take.setText(tr("Pay {amount} with it", amount=money(self.amount, self._currency)))

    def pay(self) -> None:
        """It pays."""
        if not self.take.isEnabled():
            return
        code, amount = self.code.text().strip(), self.amount
        self.accept()
        self._done(code, amount)
