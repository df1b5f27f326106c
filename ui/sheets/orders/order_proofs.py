"""Proofs of transfers at an order: taken in, looked at again, and the transfer confirmed once the money is there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea

from boxoffice.domain.orders import Order, Status
from boxoffice.domain.progress import promised
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services.pay import Payment
from boxoffice.storage.proofs import Proof
from ui.language import apart, clock, tr
from ui.screens.page import Card
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.proof_picker import ProofPicker
from ui.widgets.text_field import TextField

if TYPE_CHECKING:
    from ui.inputs.lens import Eye

    from .order_money import OrderMoney


class OrderProofs(QObject):
    """The buttons and cards of an order that has to do with transfers."""

    def __init__(self, desk: OrderMoney, eye: Eye | None = None) -> None:
        super().__init__(desk)
        self._desk = desk
        self._eye = eye
        self._operations: dict[tuple[str, str], str] = {}

    def buttons(self, order: Order) -> list[Button]:
        """What can be done: take in a proof, or say that the money has come."""
        found = []
        promise = promised(order)
        open_ = order.status is not Status.CANCELED and order.total > order.paid
        if open_ and promise is not None:
            amount = self._desk.amount(order, promise.amount)
            confirm = Button(tr("Confirm {amount}", amount=amount), weight=Weight.PRIMARY)
            confirm.clicked.connect(lambda: self.confirm(order))
            self._desk.need_shift(confirm)
            found.append(confirm)
        if open_:
            attach = Button(tr("Attach proof…"))
            attach.clicked.connect(lambda: ProofSheet(self._desk, order, self._eye).open())
            found.append(attach)
        return found

    def confirm(self, order: Order) -> None:
        """The money is on the account."""
        promise = promised(order)
        if promise is None:
            return
        offers = (Offer(means=Means.TRANSFER, amount=promise.amount),)
        operation = self._operations.setdefault((order.code, promise.operation), new_id())
        counter = self._desk.app.counter()

        def done(payment: Payment) -> None:
            self._desk.say(tr("Receipt {number}: the transfer is confirmed", number=payment.booked.number))
            self._desk.changed.emit()

        self._desk.courier.attempt(
            lambda permits: counter.orders.pay(order.event, order.code, offers, operation=operation, permits=permits),
            to=self,
            done=done,
            failed=self._desk.failed,
        )

    def cards(self, order: Order) -> list[Card]:
        """What was shown, each with when and by whom; a press shows it large."""
        kept = self._desk.app.counter().orders.proofs(order.event, order.code)
        return [self._card(proof, image) for proof, image in kept]

    def _card(self, proof: Proof, image: bytes) -> Card:
        card = Card()
        card.say(tr("Proof of a transfer"), "heading")
        words = (clock(proof.at), proof.operator, proof.reference)
        card.say(apart(*words), "muted")
        picture = QPixmap()
        picture.loadFromData(image)
        small = QLabel()
        small.setPixmap(
            picture.scaled(160, 96, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )
        card.buttons.addWidget(small)
        look = Button(tr("Look at it"))
        look.clicked.connect(partial(self._look, picture))
        card.buttons.addWidget(look)
        return card

    def _look(self, picture: QPixmap) -> None:
        sheet = Dialog(tr("Proof of a transfer"), self._desk.window)
        shown = QLabel()
        shown.setPixmap(picture)
        scroll = QScrollArea()
        scroll.setWidget(shown)
        scroll.setMinimumSize(min(picture.width() + 24, 900), min(picture.height() + 24, 520))
        scroll.setAccessibleName(tr("Proof of a transfer"))
        sheet.add(scroll)
        close = Button(tr("Close"), key="Esc")
        close.clicked.connect(sheet.accept)
        sheet.add_buttons(close)
        sheet.open()


class ProofSheet(Dialog):
    """Take in the picture of a transfer for an order that is open."""

    def __init__(self, desk: OrderMoney, order: Order, eye: Eye | None) -> None:
        super().__init__(tr("Proof for order {order}", order=order.code), desk.window)
        self.setObjectName("proof_sheet")
        self._desk = desk
        self._order = order
        self.picker = ProofPicker(eye)
        self.add(self.picker)
        self.reference = TextField(tr("What stands on the transfer"))
        self.add(self.reference)
        self.say(tr("The order awaits confirmation from here on."))
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.go = Button(tr("Keep it so"), weight=Weight.PRIMARY)
        self.go.setEnabled(False)
        self.picker.changed.connect(lambda: self.go.setEnabled(True))
        self.go.clicked.connect(self.keep)
        self.add_buttons(cancel, self.go)

    def keep(self) -> None:
        """Keep it with the order."""
        if self.picker.image is None or self.is_waiting:
            return
        self.is_waiting = True
        order, orders = self._order, self._desk.app.counter().orders
        image, reference = self.picker.image, self.reference.text().strip()
        self._desk.courier.attempt(
            lambda permits: orders.attach(order.event, order.code, image, reference, permits=permits),
            to=self,
            done=self._done,
            failed=self._failed,
        )

    def _done(self, _: Order) -> None:
        self._desk.say(tr("The proof is kept"))
        self._desk.changed.emit()
        self.accept()

    def _failed(self, trouble: Trouble) -> None:
        self.is_waiting = False
        self._desk.failed(trouble)
