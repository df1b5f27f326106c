"""Money about an order that there is: taking what is open, and giving back what was paid, at the desk.

Each sheet has one operation for as long as it is open, so that a second Enter does nothing twice. What would go back
is shown before anything happens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import tendering
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.services.lookup import Card
from boxoffice.services.pay import Payment
from boxoffice.services.terms import stale
from boxoffice.storage import orders, receipt_book
from ui import theme
from ui.courier import Courier
from ui.language import tr
from ui.money import money, typed
from ui.rights import Right
from ui.sheets.paying.much_change import when_likely
from ui.sheets.paying.tender_sheets import ASKS, TenderSheet
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.text_field import TextField

from .give_back_sheet import TENDERS, GiveBackSheet
from .order_cards import OrderCards
from .order_gift_card import OrderGiftCard

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker


class OrderMoney(QObject):
    """The buttons on a card, and the sheets behind them."""

    changed = Signal()
    """Something was paid or given back."""

    def __init__(
        self,
        app: App,
        courier: Courier,
        rights: frozenset[Right],
        say: Callable[[str], object],
        failed: Callable[[Trouble], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.app = app
        self.courier = courier
        self.say = say
        self.failed = failed
        self.worker: Callable[[], TerminalWorker | None] = lambda: None
        """What speaks with card terminals; None while it is not there."""
        self.give_change: Callable[[int, str], object] | None = None
        """Shows for which receipt how much goes back; where there is nothing that does, it is said in passing."""
        self._rights = rights
        self._window = parent

    def buttons(self, held: Card) -> QHBoxLayout:
        """What can be done with the money of this ticket's order; nothing for who may not sell."""
        row = QHBoxLayout()
        row.setSpacing(10)
        order = self.app.read(lambda c: orders.by_code(c, held.ticket.event, held.ticket.order.code))
        if Right.SELL in self._rights and order is not None:
            due = order.total - order.paid
            if due > 0 and order.status in (Status.PENDING, Status.EXPIRED):
                pay = Button(tr("Take {amount}…", amount=self.amount(order, due)), height=56)
                pay.clicked.connect(lambda: PaySheet(self, order, self._window.window()).open())
                self.need_shift(pay)
                row.addWidget(pay)
            if order.paid > 0 or self.app.read(lambda c: tendering.owed(c, order.event, order.code)) is not None:
                back = Button(tr("Give back…"), height=56)
                back.clicked.connect(lambda: GiveBackSheet(self, order, self._window.window()).open())
                self.need_shift(back)
                row.addWidget(back)
            self._add_change(row, order, held)
            self._add_correction(row, order)
        row.addStretch(1)
        return row

    def _add_change(self, row: QHBoxLayout, order: Order, held: Card) -> None:
        """The ticket can become another one; of an open order the price can become today's."""
        from .change_sheet import ChangeSheet, RepriceSheet

        position = held.ticket.position
        if order.status is Status.CANCELED or position.canceled:
            return
        change = Button(tr("Change ticket…"), height=56)
        change.clicked.connect(lambda: ChangeSheet(self, order, position, self._window.window()).open())
        if order.status is Status.PAID:
            self.need_shift(change)
        row.addWidget(change)
        wishes = stale(order, self.app.catalog(order.event), datetime.now(UTC))
        if not wishes:
            return
        terms = self.app.counter().orders.terms(order.event, order.code, wishes)
        reprice = Button(tr("Today's price…"), height=56, weight=Weight.PRIMARY)
        reprice.clicked.connect(lambda: RepriceSheet(self, order, wishes, terms, self._window.window()).open())
        row.addWidget(reprice)

    def _add_correction(self, row: QHBoxLayout, order: Order) -> None:
        """How it was paid can be put right where this till has written the receipt."""
        receipts = self.app.read(lambda c: receipt_book.receipts_of_order(c, order.event, order.code))
        sold = [one.number for one in receipts if one.can_be_corrected and one.receipt.tenders]
        if not sold:
            return
        correct = Button(tr("Correct…"), height=56)
        correct.clicked.connect(lambda: self._correct(sold[-1]))
        self.need_shift(correct)
        row.addWidget(correct)

    def _correct(self, receipt: int) -> None:
        from .correct_sheet import CorrectSheet
        from .correcting import Workplace

        at = Workplace(self.app, self.app.counter(), self.courier, lambda: self.worker(), self.failed)
        sheet = CorrectSheet(at, receipt, self._window.window())
        sheet.corrected.connect(self.changed)
        sheet.open()

    def operation(self, order: Order, what: What) -> str:
        """Under which name money is moved now: that of what cards were moved for before, if it has no receipt yet."""
        begun = self.app.counter().cards.unfinished(order.event, order.code)
        return begun.operation if begun is not None and begun.what is what else new_id()

    def amount(self, order: Order, amount: int) -> str:
        """An amount of an order's money."""
        return money(amount, self.currency(order))

    def currency(self, order: Order) -> str:
        """The currency of an order."""
        return self.app.catalog(order.event).event.currency

    @property
    def window(self) -> QWidget:
        """What sheets lie over."""
        return self._window.window()

    def need_shift(self, button: Button) -> None:
        """It works only while the drawer is open."""
        shift = self.app.counter().shift
        button.setEnabled(shift is not None)
        button.setToolTip("" if shift is not None else tr("Open the drawer at the till first."))


class PaySheet(Dialog):
    """What is open, how it is paid, and then the change."""

    def __init__(self, desk: OrderMoney, order: Order, parent: QWidget) -> None:
        super().__init__(tr("Payment for order {order}", order=order.code), parent)
        self._desk = desk
        self._order = order
        self._operation = desk.operation(order, What.PAYMENT)
        self._offers: list[Offer] = list(desk.app.counter().cards.moved_for(self._operation))
        self._cards = OrderCards(desk.app, desk.courier, lambda: desk.worker(), self)
        self._cards.moved.connect(self._on_card)
        self._cards.failed.connect(self._failed)
        self.due = QLabel()
        self.due.setFont(theme.bold(44))
        self.due.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add(self.due)
        self.field = TextField(tr("Amount handed over"), 56)
        self.field.returnPressed.connect(lambda: self.take(Means.CASH))
        self.add(self.field)
        self.cash = Button(tr("Cash"), key=tr("Enter"), weight=Weight.PRIMARY, height=56)
        self.cash.clicked.connect(lambda: self.take(Means.CASH))
        self.add(self.cash)
        taken = desk.app.counter().tendering(order.event)
        self.cash.setVisible(taken.takes(Means.CASH))
        others = [self._button(tr(name), partial(self.ask, means), means) for means, name in TENDERS[1:]]
        others.append(self._button(tr("Gift card"), self.ask_for_card, Means.GIFT_CARD))
        others.append(self._button(tr("Card by hand"), partial(self.take, Means.CARD, BY_HAND.name), Means.CARD))
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, button in enumerate(one for one, means in others if taken.takes(means)):
            grid.addWidget(button, place // 2, place % 2)
        self.add_rows(grid)
        self.about = self.say("")
        self.about.setProperty("role", "muted")
        self._cards.shows.connect(self.about.setText)
        self.cash.setAutoDefault(False)
        self._close = Button(tr("Cancel"), key="Esc")
        self._close.clicked.connect(self.reject)
        self.add_buttons(self._close)
        self._show()
        self.field.setFocus()
        self._cards.mind(self._operation)
        if self._offers and not self._open:
            self._book()

    @staticmethod
    def _button(words: str, act: Callable[[], object], means: Means) -> tuple[Button, Means]:
        button = Button(words, height=theme.TOUCH)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button, means

    @property
    def _open(self) -> int:
        return self._order.total - self._order.paid - sum(one.amount for one in self._offers)

    @property
    def _busy(self) -> bool:
        return self._cards.busy or self.is_waiting

    def _show(self) -> None:
        self.due.setText(self._desk.amount(self._order, self._open))

    def ask(self, means: Means) -> None:
        """What a tender needs beside its amount is asked for first: a number, a reference."""
        if means not in ASKS:
            self.take(means)
            return
        amount = self._amount()
        if amount is None or self._busy:
            return
        taken = self._desk.app.counter().tendering(self._order.event)

        def handed(chosen: Means, details: tuple[str, ...], _: str) -> None:
            self.take(chosen, details=details)

        TenderSheet(means, self._desk.amount(self._order, amount), taken, handed, self).open()

    def ask_for_card(self) -> None:
        """Which gift card pays, and how much: what was typed, or all that is open."""
        amount = self._amount()
        if amount is None or self._busy:
            return
        event, currency = self._order.event, self._desk.currency(self._order)
        codes, wanted = self._desk.app.counter().codes, min(amount, self._open)

        def handed(code: str, paid: int) -> None:
            self.field.clear()
            self._hand(Offer(means=Means.GIFT_CARD, amount=paid, code=code))

        OrderGiftCard(codes, event, wanted, currency, handed, self).open()

    def _amount(self) -> int | None:
        text = self.field.text().strip()
        amount = typed(text, self._desk.currency(self._order)) if text else self._open
        if amount is None:
            self.field.selectAll()
        return amount

    def take(self, means: Means, terminal: str = "", details: tuple[str, ...] = ()) -> None:
        """Something was handed over; with what came before it may be enough."""
        if self._busy:
            return
        amount = self._amount()
        if amount is None:
            return
        if means is Means.CASH:
            self._take_cash(amount)
            return
        self.field.clear()
        if means is Means.CARD and self._cards.wanted:
            beside = tuple(one for one in self._offers if one.means is not Means.CARD)
            event, code = self._order.event, self._order.code
            errand = Errand(operation=self._operation, event=event, order=code, offers=beside)
            there = self._desk.app.counter().cards.terminals
            self._cards.charge(errand, amount, terminal or ("" if there else BY_HAND.name))
            return
        self._hand(Offer(means=means, amount=amount, details=details))

    def _take_cash(self, amount: int) -> None:
        def take() -> None:
            self.field.clear()
            self._hand(Offer(means=Means.CASH, amount=amount))

        self.field.selectAll()
        when_likely(self._open, amount, self._desk.currency(self._order), take, self)

    def _hand(self, offer: Offer) -> None:
        enough = offer.amount >= self._open
        self._offers.append(offer)
        if enough:
            self._book()
        else:
            self._show()

    def _book(self) -> None:
        order = self._order
        offers, counter = tuple(self._offers), self._desk.app.counter()
        self.is_waiting = True
        self._desk.courier.attempt(
            lambda permits: counter.orders.pay(
                order.event, order.code, offers, operation=self._operation, permits=permits
            ),
            to=self,
            done=self._done,
            failed=self._failed,
        )

    def _on_card(self) -> None:
        others = [one for one in self._offers if one.means is not Means.CARD]
        self._offers = [*others, *self._desk.app.counter().cards.moved_for(self._operation)]
        self._show()
        if not self._open:
            self._book()

    def reject(self) -> None:
        """While the terminal works there is no way back but to ask it to let it be."""
        if self._cards.busy:
            self._cards.work.break_off()
        else:
            super().reject()

    def _done(self, payment: Payment) -> None:
        receipt = payment.booked.number
        change = self._desk.amount(self._order, payment.change)
        if payment.change and self._desk.give_change is not None:
            self._desk.give_change(receipt, change)
        else:
            self._desk.say(tr("Receipt {number}: change {amount}", number=receipt, amount=change))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        """Said where it happened: above the window it would stand for longer than it is true."""
        self.is_waiting = False
        self._offers = list(self._desk.app.counter().cards.moved_for(self._operation))
        self.about.setText(words_of(trouble))
        self._show()
