"""Money about an order that there is: taking what is open, and giving back what was paid, at the desk.

Each sheet has one operation for as long as it is open, so that a second Enter does nothing twice. What would go back
is shown before anything happens.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from boxoffice.bootstrap import App
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services.give_back import GivenBack
from boxoffice.services.lookup import Card
from boxoffice.services.pay import Payment
from boxoffice.storage import orders

from . import theme
from .courier import Courier
from .language import name_of, tr
from .money import money, typed
from .rights import Right
from .widgets.buttons import Button, Weight
from .widgets.choice import Choice
from .widgets.dialogs import Dialog

_TENDERS = (
    (Means.CASH, "Cash"),
    (Means.CARD, "Card"),
    (Means.WALLET, "QR wallet"),
    (Means.TRANSFER, "Bank transfer"),
    (Means.CHEQUE, "Cheque"),
)


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
        self._rights = rights
        self._window = parent

    def buttons(self, held: Card) -> QHBoxLayout:
        """What can be done with the money of this ticket's order; nothing for who may not sell."""
        row = QHBoxLayout()
        row.setSpacing(10)
        order = self.app.read(lambda c: orders.by_code(c, held.ticket.event, held.ticket.order.code))
        if Right.SELL in self._rights and order is not None:
            due = order.total - order.paid
            if due > 0 and order.status is not Status.CANCELED:
                pay = Button(tr("Take {amount}…", amount=self.amount(order, due)), height=56)
                pay.clicked.connect(lambda: PaySheet(self, order, self._window.window()).open())
                self._need_shift(pay)
                row.addWidget(pay)
            if order.paid > 0:
                back = Button(tr("Give back…"), height=56)
                back.clicked.connect(lambda: GiveBackSheet(self, order, self._window.window()).open())
                self._need_shift(back)
                row.addWidget(back)
        row.addStretch(1)
        return row

    def amount(self, order: Order, amount: int) -> str:
        """An amount of an order's money."""
        return money(amount, self.currency(order))

    def currency(self, order: Order) -> str:
        """The currency of an order."""
        return self.app.catalog(order.event).event.currency

    def _need_shift(self, button: Button) -> None:
        shift = self.app.counter().shift
        button.setEnabled(shift is not None)
        button.setToolTip("" if shift is not None else tr("Open the drawer at the till first."))


class PaySheet(Dialog):
    """What is open, how it is paid, and then the change."""

    def __init__(self, desk: OrderMoney, order: Order, parent: QWidget) -> None:
        super().__init__(tr("Payment for order {order}", order=order.code), parent)
        self._desk = desk
        self._order = order
        self._operation = new_id()
        self._offers: list[Offer] = []
        self.due = QLabel()
        self.due.setFont(theme.bold(44))
        self.due.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.add(self.due)
        self.field = QLineEdit()
        self.field.setMinimumHeight(56)
        self.field.setPlaceholderText(tr("Amount handed over"))
        self.field.setAccessibleName(tr("Amount handed over"))
        self.field.returnPressed.connect(lambda: self.take(Means.CASH))
        self.add(self.field)
        self.cash = Button(tr("Cash"), key=tr("Enter"), weight=Weight.PRIMARY, height=56)
        self.cash.clicked.connect(lambda: self.take(Means.CASH))
        self.add(self.cash)
        for means, name in _TENDERS[1:]:
            button = Button(tr(name), height=theme.TOUCH)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, one=means: self.take(one))
            self.add(button)
        self.cash.setAutoDefault(False)
        self._close = Button(tr("Cancel"), key="Esc")
        self._close.clicked.connect(self.reject)
        self.add_buttons(self._close)
        self._show()
        self.field.setFocus()

    @property
    def _open(self) -> int:
        return self._order.total - self._order.paid - sum(one.amount for one in self._offers)

    def _show(self) -> None:
        self.due.setText(self._desk.amount(self._order, self._open))

    def take(self, means: Means) -> None:
        """Something was handed over; with what came before it may be enough."""
        text = self.field.text().strip()
        amount = typed(text, self._desk.currency(self._order)) if text else self._open
        if amount is None:
            self.field.selectAll()
            return
        self.field.clear()
        offer = Offer(means=means, amount=amount)
        if amount < self._open:
            self._offers.append(offer)
            self._show()
            return
        order = self._order
        paid = self._desk.app.counter().pay(order.event, order.code, (*self._offers, offer), operation=self._operation)
        self._desk.courier.bring(paid, to=self, done=self._done, failed=self._failed)

    def _done(self, payment: Payment) -> None:
        receipt = payment.booked.number
        change = self._desk.amount(self._order, payment.change)
        self._desk.say(tr("Receipt {number}: change {amount}", number=receipt, amount=change))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        self._offers.clear()
        self._show()
        self._desk.failed(trouble)


class GiveBackSheet(Dialog):
    """Which tickets, how it goes back, and why; the total first."""

    def __init__(self, desk: OrderMoney, order: Order, parent: QWidget) -> None:
        super().__init__(tr("Money back for order {order}", order=order.code), parent)
        self._desk = desk
        self._order = order
        self._operation = new_id()
        catalog = desk.app.catalog(order.event)
        self.boxes: dict[int, QCheckBox] = {}
        for one in order.positions:
            if not one.price:
                continue
            item = catalog.items.get(one.item)
            named = name_of(item.name) if item is not None else str(one.item)
            words = " · ".join(part for part in (named, one.name, desk.amount(order, one.price)) if part)
            box = QCheckBox(words)
            box.setMinimumHeight(theme.TOUCH)
            box.setChecked(not one.canceled)
            box.toggled.connect(self._show)
            self.boxes[one.number] = box
            self.add(box)
        self.tender = Choice(tr("How it goes back"))
        for means, name in _TENDERS:
            self.tender.addItem(tr(name), means.value)
        self.add(self.tender)
        self.reason = QLineEdit()
        self.reason.setMinimumHeight(theme.TOUCH)
        self.reason.setPlaceholderText(tr("Why"))
        self.reason.setAccessibleName(tr("Why"))
        self.reason.textChanged.connect(self._show)
        self.add(self.reason)
        self.total = QLabel()
        self.total.setFont(theme.bold(30))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.add(self.total)
        self.about = self.say(tr("What is given back is cancelled."))
        self.go = Button(tr("Give back"), weight=Weight.PRIMARY)
        self.go.clicked.connect(self._give)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self._show()

    @property
    def _wished(self) -> dict[int, int | None]:
        return {number: None for number, box in self.boxes.items() if box.isChecked()}

    def _show(self) -> None:
        back = 0
        because = ""
        if self._wished:
            try:
                back = self._desk.app.counter().quote(self._order.event, self._order.code, self._wished).total
            except Trouble as trouble:
                because = " ".join(tr(part) for part in (trouble.title, trouble.hint) if part)
        self.total.setText(self._desk.amount(self._order, back))
        self.about.setText(because or tr("What is given back is cancelled."))
        self.go.setEnabled(bool(back) and bool(self.reason.text().strip()))

    def _give(self) -> None:
        order, counter = self._order, self._desk.app.counter()
        tender = Means(self.tender.currentData())
        back = counter.quote(order.event, order.code, self._wished)
        offers = [Offer(means=tender, amount=counter.rounded(back, tender.value))]
        done = counter.give_back(
            order.event, order.code, offers, self.reason.text().strip(), self._wished, operation=self._operation
        )
        self.go.setEnabled(False)
        self._desk.courier.bring(done, to=self, done=self._done, failed=self._failed)

    def _done(self, given: GivenBack) -> None:
        amount = self._desk.amount(self._order, -given.receipt.total)
        self._desk.say(tr("Receipt {number}: {amount} back", number=given.booked.number, amount=amount))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        self._show()
        self._desk.failed(trouble)
