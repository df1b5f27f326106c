"""What somebody does to an order at the till: who, when, why, by which tenders, and under which operation.

Paying, giving back and exchanging ask the same questions of it: who stands by it, and what cards and gift cards say
to the tenders that were offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.orders import Order
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.tenders import Offer
from boxoffice.storage import orders, payments
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection

from . import books, card, gift_cards, guard
from .order_payments import Slip


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One document in the making, about one order."""

    operation: str
    event: str
    order: str
    offers: tuple[Offer, ...]
    now: datetime
    operator: str
    permits: tuple[Permit, ...]
    reason: str = ""

    def need(self, connection: Connection, acts: Iterable[Act]) -> None:
        """Raises `NeedsPermission` unless somebody who may stands by each act.

        Once a card was moved for it nobody is asked again: that was asked before.
        """
        if payments.unreceipted(connection, self.operation):
            return
        guard.need_all(
            connection,
            acts,
            self.now,
            operator=self.operator,
            permits=self.permits,
            reason=self.reason,
            event=self.event,
            about=self.order,
        )

    def vouched(self, connection: Connection, shift: Shift) -> tuple[Offer, ...]:
        """The offers with what cards and gift cards have to say of each. Raises `Refused` for what they do not pay."""
        by_card = card.vouched(connection, self.operation, self.offers, training=False)
        return gift_cards.vouched(connection, self.operation, self.event, shift.currency, by_card, self.now)

    def book(
        self, connection: Connection, known: Known, catalog: Catalog, page: books.Page, given: tuple[Offer, ...]
    ) -> Booked:
        """Write its page into the books, with what the offers that were vouched for do to gift cards and cards."""
        currency, number = page.shift.currency, page.number
        cards = gift_cards.book(
            connection, self.operation, self.event, currency, given, (), number, self.order, self.now
        )
        booked = books.book(connection, known, catalog, msgspec.structs.replace(page, cards=cards))
        card.stand_on(connection, self.operation, number)
        return booked

    def order_now(self, connection: Connection) -> Order:
        """What it is about, as it is now; an empty order where it is gone from here."""
        found = orders.by_code(connection, self.event, self.order)
        return found or Order(event=self.event, code=self.order)

    def slip(self, number: int) -> Slip:
        """Its document, once that has a number."""
        return Slip(operation=self.operation, number=number, event=self.event, order=self.order, now=self.now)
