"""The place of the orders: find a reservation or what was sold before, see how it stands, and go on from there.

Paying, giving back and papers are what the desk has too; here is beside them how far the payment has come, what was
shown as a proof, and each receipt with its copy.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.orders import Order, PaymentState
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import TITLES
from boxoffice.services.lookup import Hit
from boxoffice.storage import orders, receipt_book
from ui.language import apart, clock, name_of, tr
from ui.money import money
from ui.papers.giving_out import GivingOut
from ui.rights import Right
from ui.screens.page import Card
from ui.shapes import Shape
from ui.sheets.orders.order_money import OrderMoney
from ui.sheets.orders.order_proofs import OrderProofs
from ui.widgets.badge import Badge
from ui.widgets.buttons import Button, Weight
from ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from .screen import TillScreen

_NEWEST = 12
"""Receipts that are shown while nothing is sought."""

_SIGNS = {
    Progress.UNPAID: (Shape.CLOCK, "warn"),
    Progress.PAYING: (Shape.CLOCK, "warn"),
    Progress.AWAITING: (Shape.CLOCK, "accent"),
    Progress.PAID: (Shape.CLEAR, "good"),
    Progress.EXPIRED: (Shape.CLOSE, "bad"),
    Progress.CANCELED: (Shape.CLOSE, "bad"),
}

STATES = {
    PaymentState.PENDING: "awaited",
    PaymentState.CREATED: "begun",
    PaymentState.CONFIRMED: "paid",
    PaymentState.REFUNDED: "given back",
    PaymentState.CANCELED: "cancelled",
    PaymentState.FAILED: "failed",
}


class OrdersPage(QWidget):
    """What is found at the left, the order at the right."""

    def __init__(self, till_screen: TillScreen) -> None:
        super().__init__()
        self._till = till_screen
        self._app = till_screen.station
        self._shown: tuple[str, str] | None = None
        self._seen: object = None
        self._listed: object = None
        say, failed = till_screen.notices.say, till_screen.tell
        self.money = OrderMoney(self._app, till_screen.courier, frozenset(Right), say, failed, self)
        self.money.worker = lambda: till_screen.clerk.payment.worker()
        self.paper = GivingOut(self._app, till_screen.courier, say, failed, self, till_screen.background)
        self.proofs = OrderProofs(self.money, till_screen.payment.eye)
        self.money.changed.connect(self._show_anew)
        self.search = SearchBox(self._app.lookup.search, contact=True, sells=True)
        self.search.setFixedHeight(56)
        self.search.setPlaceholderText(tr("Name, order or phone"))
        self.search.chosen.connect(self._on_hit)
        self.search.new_wanted.connect(till_screen.sell_to)
        self.results = self.search.rows_of_its_own()
        self._newest = QVBoxLayout()
        self._newest.setSpacing(6)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.search)
        left.addWidget(self.results, 3)
        title = QLabel(tr("Sold here last"))
        title.setProperty("role", "heading")
        left.addWidget(title)
        left.addWidget(_scrolled(self._newest, title.text()), 2)
        held = QWidget()
        held.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        held.setMinimumWidth(280)
        held.setMaximumWidth(480)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(14)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(16)
        whole.addWidget(held, 4)
        whole.addWidget(_scrolled(self._rows, tr("Order")), 6)
        self.search.textChanged.connect(lambda text: self.results.setVisible(bool(text.strip())))
        self.results.hide()
        self._show_nothing()

    def take_keys(self) -> None:
        """What is typed is sought."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def look_again(self) -> None:
        """Somebody else may have paid meanwhile."""
        self._show_newest()
        if self._shown is not None:
            self.show_order(*self._shown)

    def _show_anew(self) -> None:
        self._seen = None
        self.look_again()

    def _on_hit(self, hit: Hit) -> None:
        self.show_order(hit.event, hit.order)

    def show_order(self, event: str, code: str) -> None:
        """All of one order."""
        order = self._app.read(lambda c: orders.by_code(c, event, code))
        if order is None:
            self._shown = self._seen = None
            self._show_nothing()
            return
        receipts = self._app.read(lambda c: receipt_book.receipts_of_order(c, event, code))
        self._shown = (event, code)
        if self._seen == (order, receipts):
            return
        self._seen = (order, receipts)
        _empty(self._rows)
        self._rows.addWidget(self._head(order))
        self._rows.addWidget(self._lines(order))
        if order.payments or order.refunds:
            self._rows.addWidget(self._payments(order))
        for proof in self.proofs.cards(order):
            self._rows.addWidget(proof)
        if receipts:
            self._rows.addWidget(self._receipts(event, receipts))
        self._rows.addStretch(1)

    def _show_nothing(self) -> None:
        _empty(self._rows)
        card = Card()
        words = card.say(tr("Find a reservation by name, order or phone, or hold its code to the gun."), "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setMinimumHeight(160)
        self._rows.addWidget(card)
        self._rows.addStretch(1)

    def _head(self, order: Order) -> Card:
        head = Card()
        line = QHBoxLayout()
        title = QLabel(tr("Order {ticket}", ticket=order.code))
        title.setProperty("role", "title")
        line.addWidget(title, 1)
        stands = progress(order)
        shape, colour = _SIGNS[stands]
        self.badge = Badge(shape, colour, tr(stands.value))
        line.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        head.words.addLayout(line)
        who = apart(order.customer, order.email, order.phone)
        if who:
            head.say(who, "muted")
        due = order.total - order.paid
        figures = tr(
            "{total} in all, {paid} paid", total=self._money(order, order.total), paid=self._money(order, order.paid)
        )
        head.say(figures)
        if due > 0 and stands is not Progress.CANCELED:
            head.say(tr("{amount} is open", amount=self._money(order, due)), "warn")
        first = f"{order.code}-{order.positions[0].number}" if order.positions else ""
        card = self._app.lookup.card(order.event, first) if first else None
        if card is not None:
            head.words.addLayout(self.money.buttons(card))
        head.words.addLayout(self._papers(order))
        return head

    def _papers(self, order: Order) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        for button in self.proofs.buttons(order):
            row.addWidget(button)
        tickets = Button(tr("Print the tickets"), shape=Shape.PRINTER)
        tickets.clicked.connect(lambda: self.paper.print_tickets(order.event, order.code))
        tickets.setEnabled(progress(order) is Progress.PAID)
        summary = Button(tr("Print the order"), shape=Shape.PRINTER)
        summary.clicked.connect(lambda: self.paper.print_named("order", order.code, order.event))
        row.addWidget(tickets)
        row.addWidget(summary)
        row.addStretch(1)
        return row

    def _lines(self, order: Order) -> Card:
        card = Card()
        card.say(tr("Tickets"), "heading")
        catalog = self._app.catalog(order.event)
        for one in order.positions:
            item = catalog.items.get(one.item)
            kind = item.variation(one.variation) if item else None
            parts = (
                name_of(item.name) if item else str(one.item),
                name_of(kind.value) if kind else "",
                one.name,
                self._money(order, one.price),
                tr("cancelled") if one.canceled else "",
            )
            card.say(apart(*parts), "muted" if one.canceled else "")
        return card

    def _payments(self, order: Order) -> Card:
        card = Card()
        card.say(tr("Payments"), "heading")
        for one in order.payments:
            words = (clock(one.at) if one.at else "", self._tender(one.tender), self._money(order, one.amount))
            card.say(apart(*words, tr(STATES.get(one.state, one.state.value))))
        for back in order.refunds:
            words = (clock(back.at) if back.at else "", self._tender(back.tender), self._money(order, -back.amount))
            card.say(apart(*words))
        return card

    def _tender(self, tender: str) -> str:
        return tr(TITLES[tender]) if tender in TITLES else tender

    def _receipts(self, event: str, receipts: list[Booked]) -> Card:
        card = Card()
        card.say(tr("Receipts of this till"), "heading")
        for one in receipts:
            line = QHBoxLayout()
            words = QLabel(_words_of(one))
            words.setWordWrap(True)
            again = Button(tr("Print a copy"), weight=Weight.QUIET)
            again.clicked.connect(partial(self.paper.print, one.receipt, event))
            line.addWidget(words, 1)
            line.addWidget(again)
            card.words.addLayout(line)
        return card

    def _show_newest(self) -> None:
        event = self._till.clerk.cart.event
        found, _ = self._app.read(lambda c: receipt_book.newest_receipts(c, event, "", _NEWEST))
        if (event, found) == self._listed:
            return
        self._listed = (event, found)
        _empty(self._newest)
        for one in found:
            code = one.receipt.orders[0] if one.receipt.orders else ""
            row = Button(apart(_words_of(one), code), weight=Weight.QUIET, listed=True)
            row.clicked.connect(partial(self.show_order, event, code))
            self._newest.addWidget(row)
        if not found:
            none = QLabel(tr("Nothing yet"))
            none.setProperty("role", "muted")
            self._newest.addWidget(none)
        self._newest.addStretch(1)

    def _money(self, order: Order, amount: int) -> str:
        return self.money.amount(order, amount)


def _words_of(one: Booked) -> str:
    total = money(sum(tender.amount for tender in one.receipt.tenders), one.receipt.currency)
    return apart(tr("Receipt {number}", number=one.number), clock(one.receipt.at), total)


def _scrolled(rows: QVBoxLayout, name: str) -> QScrollArea:
    ground = QWidget()
    ground.setProperty("role", "page")
    ground.setLayout(rows)
    scroll = QScrollArea()
    scroll.setAccessibleName(name)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(ground)
    return scroll


def _empty(rows: QVBoxLayout) -> None:
    while (item := rows.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
