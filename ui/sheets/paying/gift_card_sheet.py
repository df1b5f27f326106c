"""A gift card while somebody pays: what is on it, how much of it is taken, or change that is put on it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from boxoffice.code_counter import Found
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.tenders import Means
from ui import code_words, theme
from ui.clerks.clerk import Clerk
from ui.language import tell, tr
from ui.money import money
from ui.widgets.buttons import Button, Weight
from ui.widgets.card_number import CardNumber
from ui.widgets.dialogs import Dialog

from .much_change import when_likely


class GiftCardSheet(Dialog):
    """One card for the cart that is being paid. `given` is what was typed as cash, if anything was."""

    def __init__(self, clerk: Clerk, given: int | None, parent: QWidget) -> None:
        super().__init__(tr("Gift card"), parent)
        self.setObjectName("gift_card_sheet")
        self.widen(560)
        self._clerk = clerk
        self._given = given
        self._found = Found()
        self.code = CardNumber()
        self.code.textChanged.connect(self._look)
        self.code.returnPressed.connect(self._on_return)
        self.add(self.code)
        self.about = self.say("")
        self.about.setFont(theme.half_bold(theme.TEXT))
        self.new = Button(tr("New number"))
        self.new.clicked.connect(lambda: self.code.setText(clerk.counter.codes.new_number()))
        self.change = Button(tr("Change onto it"))
        self.change.clicked.connect(self._put_change)
        self.take = Button(tr("Pay with it"), key=tr("Enter"), weight=Weight.PRIMARY)
        self.take.clicked.connect(self._pay)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.new.setVisible(self._over > 0)
        self.change.setVisible(self._over > 0)
        self.add_buttons(cancel, self.new, self.change, self.take)
        self._look()
        self.code.setFocus()

    def take_scan(self, text: str) -> bool:
        """A card that was held to the gun."""
        self.code.setText(text)
        return True

    @property
    def _over(self) -> int:
        """What of the cash would be change."""
        return 0 if self._given is None else max(0, self._given - self._clerk.payment.open_amount(Means.GIFT_CARD))

    @property
    def amount(self) -> int:
        """What is taken from the card: all that is open, as far as it reaches."""
        left = self._found.card.left if self._found.card is not None else 0
        clerk = self._clerk
        before = sum(one.amount for one in clerk.payment.offers if one.means is Means.GIFT_CARD)
        # A card does not pay for another one.
        wished = min(clerk.payment.open_amount(Means.GIFT_CARD), clerk.bill.revenue - before)
        if self._given is not None:
            wished = min(wished, self._given)
        return max(0, min(left, wished))

    def _look(self) -> None:
        clerk, code = self._clerk, self.code.text().strip()
        self._found = clerk.counter.codes.what_is(clerk.cart.event, code, clerk.cart.id) if code else Found()
        card = self._found.card
        lines = code_words.of_code(Found(card=card), clerk.currency)
        if card is not None:
            lines.append(tr("{amount} would be taken", amount=money(self.amount, clerk.currency)))
        elif code:
            lines = [tr("No gift card has this number, as far as this station knows")]
        self.about.setText("\n".join(lines))
        self.take.setEnabled(card is not None and self.amount > 0)
        self.take.setText(tr("Pay {amount} with it", amount=money(self.amount, clerk.currency)))
        self.change.setEnabled(bool(code) and self._why_no_change() == "")
        self.change.setText(tr("Put {amount} change on it", amount=money(self._over, clerk.currency)))

    def _why_no_change(self) -> str:
        if not self._over:
            return "-"
        codes, event = self._clerk.counter.codes, self._clerk.cart.event
        words = codes.why_no_load(event, self.code.text().strip(), self._over, Why.CHANGE)
        return tell(words) if words is not None else ""

    def _on_return(self) -> None:
        if self.take.isEnabled():
            self._pay()
        elif self.change.isVisible() and self.change.isEnabled():
            self._put_change()

    def _pay(self) -> None:
        code, amount = self.code.text().strip(), self.amount
        self.accept()
        self._clerk.payment.offer(Means.GIFT_CARD, amount, code=code)

    def _put_change(self) -> None:
        code, over, given, clerk = self.code.text().strip(), self._over, self._given, self._clerk
        if given is None:
            return

        def put() -> None:
            self.accept()
            clerk.put_change_on(code, over, given)

        when_likely(clerk.payment.open_amount(), given, clerk.currency, put, self)
