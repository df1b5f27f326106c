"""What somebody does to an order at the till: who, when, why, by which tenders, and under which operation.

Paying, giving back and exchanging ask the same questions of it: who stands by it, and what cards and gift cards say
to the tenders that were offered.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Shift
from boxoffice.domain.tenders import Offer
from boxoffice.storage.connection import Connection

from . import card, gift_cards, guard
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

    def need(self, connection: Connection, act: Act) -> None:
        """Raises `NeedsPermission` unless somebody who may stands by it."""
        guard.need(
            connection,
            act,
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

    def book_cards(
        self, connection: Connection, shift: Shift, given: tuple[Offer, ...], number: int
    ) -> tuple[tuple[str, int], ...]:
        """What the offers that were vouched for do to gift cards: why, and by how much."""
        return gift_cards.book(
            connection, self.operation, self.event, shift.currency, given, (), number, self.order, self.now
        )

    def slip(self, number: int) -> Slip:
        """Its document, once that has a number."""
        return Slip(operation=self.operation, number=number, event=self.event, order=self.order, now=self.now)
