"""What an exchange would come to: what each ticket was and becomes, with the price and the tax of both.

Nothing is decided here but whether there is anything to exchange; whoever does it asks for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import pricing
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.errands import Wish
from boxoffice.domain.facts import Swap
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.tax import Charge, Tally, tally
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.storage import orders, receipt_book
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import books


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an exchange comes to, before anything happens."""

    order: Order
    swaps: tuple[Swap, ...]
    tally: Tally
    """The old prices below zero and the new ones, in turn."""
    corrects: int
    """The receipt of this till that sold it; 0 if it was sold elsewhere."""

    @property
    def difference(self) -> int:
        """The new prices less the old ones."""
        return self.tally.total

    @property
    def due(self) -> int:
        """What is to be handed over now, negative where it goes back. Of an order that is open, nothing."""
        return self.difference if self.order.status is Status.PAID else 0


def stale(order: Order, catalog: Catalog, now: datetime) -> tuple[Wish, ...]:
    """Tickets of an unpaid order whose price has run out since: what they become at today's price.

    Only those that cost what the catalogue asked on the day of the order; a price that somebody set is kept.
    """
    if order.placed_at is None or order.status not in (Status.PENDING, Status.EXPIRED) or order.paid >= order.total:
        return ()
    found = []
    for one in order.positions:
        item = catalog.items.get(one.item)
        if item is None or one.canceled:
            continue
        then = _today(catalog, one.item, one.variation, one.subevent, order.placed_at)
        if one.price == then != _today(catalog, one.item, one.variation, one.subevent, now):
            found.append(Wish(position=one.number, item=one.item, variation=one.variation, subevent=one.subevent))
    return tuple(found)


def quote(connection: Connection, shelf: Shelf, event: str, code: str, wishes: Sequence[Wish], now: datetime) -> Terms:
    """What an exchange would come to. Raises `BadInput` for what there is not, `Refused` if nothing would change."""
    order = orders.by_code(connection, event, code)
    if order is None:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was changed.", "Look it up by name.")
    if order.status is Status.CANCELED:
        raise Refused("This order is cancelled", "Nothing was changed.", "Make it valid again first.")
    catalog = shelf.of(connection, event)
    swaps = tuple(swap for wish in wishes if (swap := _swap(order, wish, catalog, now)) is not None)
    if not swaps:
        raise Refused("Nothing would change", "The ticket is what it should become.", "Choose something else.")
    charges = [charge for swap in swaps for charge in _charges(swap, catalog)]
    booked = receipt_book.receipts_of_order(connection, event, code)
    first = next((one.number for one in booked if one.receipt.total > 0), 0)
    terms = Terms(order=order, swaps=swaps, tally=tally(charges), corrects=first)
    if -terms.due > order.paid:
        what = filled(
            "{due} would go back, {paid} was paid and is not back yet.",
            due=plain(-terms.due, catalog.event.currency),
            paid=plain(order.paid, catalog.event.currency),
        )
        raise Refused("No more goes back than was paid", what, "Give the rest back first, or set another price.")
    return terms


def _swap(order: Order, wish: Wish, catalog: Catalog, now: datetime) -> Swap | None:
    held = next((one for one in order.positions if one.number == wish.position and not one.canceled), None)
    if held is None:
        raise BadInput(
            filled("Order {code} has no valid position {position}", code=order.code, position=wish.position),
            "Nothing was changed.",
            "Look it up.",
        )
    if wish.item not in catalog.items:
        raise BadInput(filled("There is no item {item}", item=wish.item), "Nothing was changed.", "Choose another one.")
    if wish.price is not None and wish.price < 0:
        raise BadInput("A price is not below zero", "Nothing was changed.", "Set another one.")
    asked = _today(catalog, wish.item, wish.variation, wish.subevent, now) if wish.price is None else wish.price
    swap = Swap(
        position=held.number,
        item=wish.item,
        variation=wish.variation,
        subevent=wish.subevent,
        price=asked,
        was_item=held.item,
        was_variation=held.variation,
        was_subevent=held.subevent,
        was_price=held.price,
    )
    same = (held.item, held.variation, held.subevent, held.price) == (
        *(swap.item, swap.variation, swap.subevent, swap.price),
    )
    return None if same else swap


def _today(catalog: Catalog, item_id: int, variation: int | None, subevent: int | None, now: datetime) -> int:
    """What the catalogue asks for one at a time, with its tax."""
    item = catalog.items[item_id]
    listed = pricing.list_price(catalog, item, variation, subevent, now)
    return tally([Charge(listed, pricing.rate_of(catalog, item))]).total


def _charges(swap: Swap, catalog: Catalog) -> Iterator[Charge]:
    yield Charge(-swap.was_price, books.rate_of(catalog, swap.was_item))
    yield Charge(swap.price, books.rate_of(catalog, swap.item))
