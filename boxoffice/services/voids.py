"""Taking back a sale that was just made: the whole of it, as it was paid, in the shift that is still open.

What a terminal has charged goes back through it first (`errands.advance`): as a reversal, or, once the terminal has
closed its day, as a refund. The document is the same either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from boxoffice.domain.orders import Order
from boxoffice.domain.permissions import Permit
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import begun_sales, orders, receipt_book
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import charged, give_back, shifts
from .standing import Standing, gave_by, mind_refused, standing


def void(
    connection: Connection,
    shelf: Shelf,
    number: int,
    reason: str,
    now: datetime,
    operator: str = "",
    *,
    operation: str = "",
    permits: Sequence[Permit] = (),
) -> give_back.GivenBack:
    """Take back a whole sale of this shift, by the tenders that paid it. Raises `Refused`, `BadInput`."""
    operation = operation or new_id()
    if (booked := receipt_book.receipt_of(connection, operation)) is not None:
        return give_back.GivenBack(booked=booked, order=_order_of(connection, booked))
    before = plan(connection, number)
    offers = _the_same_way(connection, before, operation)
    return give_back.give_back(
        connection,
        shelf,
        before.event,
        before.order,
        offers,
        reason,
        now,
        operator=operator,
        operation=operation,
        void=number,
        permits=permits,
    )


def plan(connection: Connection, number: int) -> Standing:
    """The sale that would be taken back. Raises `Refused` with what to do instead, `BadInput` if there is none."""
    before = standing(connection, number)
    if receipt_book.shift_of_receipt(connection, number) != shifts.needed(connection).id:
        raise Refused(
            filled("Receipt {number} is of another shift", number=number),
            "Nothing was taken back.",
            "Give the money back instead.",
        )
    if before.original.loaded:
        raise Refused(
            filled("Receipt {number} put money on a gift card", number=number),
            "Its holder may have spent it. Nothing was taken back.",
            "Give the tickets back on their order; what is on the card stays, or is cashed out.",
        )
    sale = begun_sales.sale(connection, receipt_book.operation_of_receipt(connection, number))
    if sale is None or sale.state != begun_sales.FINISHED:
        raise Refused("An order was paid here, not sold", "Nothing was taken back.", "Correct the payment instead.")
    if before.returned:
        raise Refused(
            "Some of it was given back already", "Nothing was taken back.", "Give the rest back on its order."
        )
    return before


def _the_same_way(connection: Connection, before: Standing, operation: str) -> list[Offer]:
    """Every tender, the other way round: what gift cards have paid goes back onto the same ones."""
    stood = charged.on_receipts(connection, before.numbers, operation)
    if charged.still_to_send(connection, stood, operation):
        raise Refused(
            "Nothing went back to the card yet", "Nothing was taken back.", "Let the terminal take it back first."
        )
    offers = list(charged.as_offers(connection, operation))
    apart = before.by_card - sum(one.amount for one in stood)
    if apart:
        offers.append(Offer(means=Means.CARD, amount=-apart))
    others = [one for _, one in before.tenders if _is_handed_back(Means(one.tender))]
    offers += [Offer(means=Means(one.tender), amount=-one.amount) for one in others]
    gave = gave_by(connection, before)
    mind_refused(gave)
    return [*offers, *(Offer(means=Means.GIFT_CARD, amount=one.amount, code=one.code) for one in gave)]


def _is_handed_back(means: Means) -> bool:
    """Cards and gift cards have gone back already; what was never paid goes by itself."""
    return means not in (Means.GIFT_CARD, Means.CARD) and not means.pays_later


def _order_of(connection: Connection, booked: Booked) -> Order:
    event, code = receipt_book.event_of_receipt(connection, booked.number), booked.receipt.orders[0]
    return orders.by_code(connection, event, code) or Order(event=event, code=code)
