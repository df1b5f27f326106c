"""Giving money back at the desk: which tickets, how it goes back, and why; the total first.

What goes back to a card goes through its terminal before the slip is written. The sheet has one operation for as long
as it is open, or that of what an earlier one has left unfinished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from boxoffice.domain import cash
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, PaymentState
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.services.give_back import GivenBack
from ui import theme
from ui.language import name_of, sentences, tr
from ui.money import typed
from ui.sheets.paying.gift_card_field import GiftCardField
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.rows import CheckRow, scrolled
from ui.widgets.text_field import TextField

from .order_cards import OrderCards

if TYPE_CHECKING:
    from .order_money import OrderMoney

TENDERS = (
    (Means.CASH, "Cash"),
    (Means.CARD, "Card"),
    (Means.WALLET, "QR wallet"),
    (Means.TRANSFER, "Bank transfer"),
    (Means.CHEQUE, "Cheque"),
)


_BY_HAND = "card by hand"


class GiveBackSheet(Dialog):
    """Which tickets, how it goes back, and why; the total first."""

    def __init__(self, desk: OrderMoney, order: Order, parent: QWidget) -> None:
        super().__init__(tr("Money back for order {order}", order=order.code), parent)
        self._desk = desk
        self._order = order
        self._operation = desk.operation(order, What.REFUND)
        self._cards = OrderCards(desk.app, desk.courier, lambda: desk.worker(), self)
        self._cards.moved.connect(self._book)
        self._cards.failed.connect(self._failed)
        self._ask_what()
        self.tender = Choice(tr("How it goes back"))
        for means, name in TENDERS:
            self.tender.addItem(tr(name), means.value)
        self.tender.addItem(tr("Card by hand"), _BY_HAND)
        self.tender.addItem(tr("Gift card"), Means.GIFT_CARD.value)
        self._tell_how_it_came()
        self.add(self.tender)
        self.onto = GiftCardField(desk.app.counter().codes, order.event)
        self.tender.currentIndexChanged.connect(self._show)
        self.onto.changed.connect(self._show)
        self.add(self.onto)
        self.reason = TextField(tr("Why"))
        self.reason.textChanged.connect(self._show)
        self.add(self.reason)
        self.total = QLabel()
        self.total.setFont(theme.bold(30))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.total)
        self.about = self.say(tr("What is given back is cancelled."))
        self.go = Button(tr("Give back"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self._give)
        self.reason.returnPressed.connect(self._on_return)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self._cards.shows.connect(self.about.setText)
        self._take_up()
        self._show()
        self.reason.setFocus()
        self._cards.mind(self._operation)

    def _ask_what(self) -> None:
        """The tickets, and whether only a part of their price goes back."""
        catalog = self._desk.app.catalog(self._order.event)
        self.boxes: dict[int, CheckRow] = {}
        for one in self._order.positions:
            if not one.price and (one.canceled or one.addon_to is not None):
                continue
            item = catalog.items.get(one.item)
            named = name_of(item.name) if item is not None else str(one.item)
            box = CheckRow(named, below=one.name, end=self._desk.amount(self._order, one.price))
            box.setChecked(not one.canceled)
            box.toggled.connect(self._show)
            self.boxes[one.number] = box
        self.add(scrolled(list(self.boxes.values()), tr("Tickets")))
        self.part = TextField(tr("Only a part of its price"))
        self.part.textChanged.connect(self._show)
        self.part.returnPressed.connect(self._on_return)
        self.keep = CheckRow(tr("Stays valid"))
        self.keep.toggled.connect(self._show)
        less = QHBoxLayout()
        less.setSpacing(10)
        less.addWidget(self.part, 1)
        less.addWidget(self.keep, 1)
        self.add_rows(less)

    def _tell_how_it_came(self) -> None:
        """It goes back as it came, unless something else is chosen."""
        came = [one.tender for one in self._order.payments if one.state is PaymentState.CONFIRMED]
        at = self.tender.findData(came[-1]) if came else -1
        self.tender.setCurrentIndex(max(at, 0))

    def _take_up(self) -> None:
        """Go on where cards have been given back to, and the slip is missing."""
        begun = self._desk.app.counter().cards.unfinished(self._order.event, self._order.code)
        if begun is None or begun.operation != self._operation:
            return
        self.reason.setText(begun.reason)
        self.tender.setCurrentIndex(self.tender.findData(Means.CARD.value))
        for number, box in self.boxes.items():
            box.setChecked(begun.wishes is None or number in begun.wishes)
            box.setEnabled(False)
        parts = [amount for amount in (begun.wishes or {}).values() if amount is not None]
        self.part.setText(plain(parts[0], self._desk.currency(self._order)) if parts else "")
        self.part.setReadOnly(True)
        self.keep.setChecked(begun.keep_valid)
        self.keep.setEnabled(False)

    @property
    def _wished(self) -> dict[int, int | None]:
        """The tickets that are ticked: all of their price, or of a single one the part that was typed."""
        chosen = [number for number, box in self.boxes.items() if box.isChecked()]
        part = self._part if len(chosen) == 1 else None
        return dict.fromkeys(chosen, part)

    @property
    def _part(self) -> int | None:
        return typed(self.part.text(), self._desk.currency(self._order))

    def _show(self) -> None:
        back = credited = 0
        because = ""
        alone = sum(box.isChecked() for box in self.boxes.values()) == 1
        self.part.setEnabled(alone)
        if alone and self.part.text().strip() and not self._part:
            because = tr("This is no amount.")
        elif self._wished:
            try:
                found = self._desk.app.counter().orders.quote(self._order.event, self._order.code, self._wished)
                back, credited = found.due, found.total - found.due
            except Trouble as trouble:
                because = sentences(trouble.title, trouble.hint)
        onto_card = self.tender.currentData() == Means.GIFT_CARD.value
        self.onto.setVisible(onto_card)
        if onto_card and back and not because:
            because = self.onto.why_not(back, Why.REFUNDED)
        named = not onto_card or not back or bool(self.onto.code and not because)
        self.total.setText(self._desk.amount(self._order, back))
        self.about.setText(because or self._what_follows(credited))
        self.go.setEnabled(bool(back or credited) and named and bool(self.reason.text().strip()))

    def _what_follows(self, credited: int) -> str:
        words = [tr("The tickets stay valid.") if self.keep.isChecked() else tr("What is given back is cancelled.")]
        if credited:
            words.insert(0, tr("{amount} is owed no longer.", amount=self._desk.amount(self._order, credited)))
        return " ".join(words)

    @property
    def _errand(self) -> Errand:
        return Errand(
            operation=self._operation,
            event=self._order.event,
            order=self._order.code,
            what=What.REFUND,
            wished=tuple(self._wished.items()),
            reason=self.reason.text().strip(),
            keep_valid=self.keep.isChecked(),
        )

    def _on_return(self) -> None:
        if self.go.isEnabled():
            self._give()

    def _give(self) -> None:
        chosen = str(self.tender.currentData())
        if self._cards.busy or self.is_waiting:
            return
        if chosen in (Means.CARD.value, _BY_HAND) and self._cards.wanted:
            self._send_back(by_hand=chosen == _BY_HAND)
        else:
            self._book()

    def _send_back(self, *, by_hand: bool) -> None:
        counter = self._desk.app.counter()
        if not counter.cards.left_to_send(self._errand):
            self._book()
            return
        self.go.setEnabled(False)
        self._cards.carry_out(self._errand, BY_HAND.name if by_hand or not counter.cards.terminals else "")

    def _book(self) -> None:
        order, counter = self._order, self._desk.app.counter()
        offers = list(counter.cards.moved_for(self._operation))
        rest = counter.cards.left_to_send(self._errand)
        if rest:
            chosen = str(self.tender.currentData())
            means = Means.CARD if chosen == _BY_HAND else Means(chosen)
            step = cash.step(self._desk.currency(order)) if means is Means.CASH else 1
            code = self.onto.code if means is Means.GIFT_CARD else ""
            offers.append(Offer(means=means, amount=cash.rounded(-rest, step), code=code))
        reason, wished, keep = self.reason.text().strip(), self._wished, self.keep.isChecked()
        self.go.setEnabled(False)
        self.is_waiting = True
        self._desk.courier.attempt(
            lambda permits: counter.orders.give_back(
                order.event,
                order.code,
                offers,
                reason,
                wished,
                operation=self._operation,
                keep_valid=keep,
                permits=permits,
            ),
            to=self,
            done=self._done,
            failed=self._failed,
            reason=reason,
        )

    def _done(self, given: GivenBack) -> None:
        amount = self._desk.amount(self._order, -given.receipt.total)
        self._desk.say(tr("Receipt {number}: {amount} back", number=given.booked.number, amount=amount))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        """Said where it happened: above the window it would stand for longer than it is true."""
        self.is_waiting = False
        self._show()
        self.about.setText(words_of(trouble))

    def reject(self) -> None:
        """While the terminal works there is no way back but to ask it to let it be."""
        if self._cards.busy:
            self._cards.work.break_off()
        else:
            super().reject()
