"""Taking back a sale that was just made: the whole of it, as it was paid, in the shift that is still open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from boxoffice.domain.orders import Order
from boxoffice.domain.permissions import Permit
from boxoffice.domain.redeeming import Kind, State
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import orders, redeeming, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import give_back, shifts
from .corrections import Standing, mind_event, standing


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
    if (booked := till.receipt_of(connection, operation)) is not None:
        return give_back.GivenBack(booked=booked, order=_order_of(connection, booked))
    before = standing(connection, number)
    shift = shifts.needed(connection)
    mind_event(before, shift)
    if till.shift_of_receipt(connection, number) != shift.id:
        raise Refused(
            f"Receipt {number} is of another shift", "Nothing was taken back.", "Give the money back instead."
        )
    sale = till.sale(connection, till.operation_of_receipt(connection, number))
    if sale is None or sale.state != till.FINISHED:
        raise Refused("An order was paid here, not sold", "Nothing was taken back.", "Correct the payment instead.")
    if any(one.is_return for one in till.receipts_about(connection, number)):
        raise Refused(
            "Some of it was given back already", "Nothing was taken back.", "Give the rest back on its order."
        )
    if before.original.loaded:
        raise Refused(
            f"Receipt {number} put money on a gift card",
            "Its holder may have spent it. Nothing was taken back.",
            "Give the tickets back on their order; the card stays.",
        )
    offers = _the_same_way(connection, before)
    return give_back.give_back(
        connection,
        shelf,
        before.event,
        before.original.receipt.orders[0],
        offers,
        reason,
        now,
        operator=operator,
        operation=operation,
        void=number,
        permits=permits,
    )


def _the_same_way(connection: Connection, before: Standing) -> list[Offer]:
    """Every tender, the other way round: what gift cards have paid goes back onto the same ones."""
    others = [one for _, one in before.tenders if one.tender != Means.GIFT_CARD.value]
    offers = [Offer(means=Means(one.tender), amount=-one.amount) for one in others]
    moves = redeeming.of_operation(connection, before.operation)
    offers += [
        Offer(means=Means.GIFT_CARD, amount=one.amount, code=one.code)
        for one in moves
        if one.kind is Kind.GIFT_CARD and one.state is State.REDEEMED
    ]
    return offers


def _order_of(connection: Connection, booked: Booked) -> Order:
    event, code = till.event_of_receipt(connection, booked.number), booked.receipt.orders[0]
    return orders.by_code(connection, event, code) or Order(event=event, code=code)
