"""Another sum than a receipt says, spread over its tickets, with the tax that their prices lose or gain by it.

Only a correction needs it; one that is about tenders alone changes nothing here.
"""

from __future__ import annotations

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.orders import Order
from boxoffice.domain.tax import Charge, Tally, apportioned, given_back
from boxoffice.errors import Refused
from boxoffice.storage import receipt_book
from boxoffice.storage.connection import Connection

from . import books, give_back
from .standing import Standing


class Change(msgspec.Struct, frozen=True):
    """What a correction changes of the sum: nothing, if it is about tenders alone."""

    parts: tuple[tuple[int, int], ...] = ()
    """Position, and by how much more was paid for it (negative: less)."""
    tally: Tally = Tally(total=0, groups=(), grosses=(), letters=())
    names: tuple[str, ...] = ()


def changed(connection: Connection, catalog: Catalog, before: Standing, order: Order, by: int) -> Change:
    """Spread another amount over the tickets, with the tax that their prices lose or gain by it."""
    if not by:
        return Change()
    held = {one.number: one for one in order.positions}
    numbers = [number for number, _ in before.original.positions if number in held]
    if not numbers:
        raise Refused("Its order is not here any more", "Nothing was corrected.", "Correct the tender alone.")
    booked = receipt_book.receipts_of_order(connection, before.event, order.code)
    rates = {number: books.rate_of(catalog, one.item) for number, one in held.items()}
    paid = dict(before.original.positions)
    parts = apportioned(by, [paid[number] for number in numbers])
    sold = [Charge(one.price, rates[number]) for number, one in held.items()]
    gone = [Charge(-amount, rates[number]) for number, amount in give_back.gone(booked) if number in held]
    tally = given_back(sold, gone, [Charge(-part, rates[n]) for n, part in zip(numbers, parts, strict=True)])
    names = tuple(books.name_of(catalog, held[number].item) for number in numbers)
    return Change(tuple(zip(numbers, parts, strict=True)), tally, names)
