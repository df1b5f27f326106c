"""Selling a pass with tickets of other events: they are taken from those events' stock and become orders there.

All of it is part of the sale's own transaction. What the rules are, stands in `domain.visits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from boxoffice.domain import visits
from boxoffice.domain.cart import Cart, Objection
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import Tendered
from boxoffice.domain.facts import Extended, Guest, Line, OrderFact, Private, Sold
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order
from boxoffice.domain.tenders import Means
from boxoffice.domain.visits import Visit
from boxoffice.errors import Refused
from boxoffice.storage import catalog as catalogs
from boxoffice.storage import orders, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import deal
from .stock import Stock


def known(connection: Connection, shelf: Shelf, events: Sequence[str]) -> dict[str, Catalog]:
    """The catalogs of these events, as far as they are here."""
    here = set(catalogs.events(connection)) if events else set()
    return {event: shelf.of(connection, event) for event in events if event in here}


def objections(
    connection: Connection, shelf: Shelf, cart: Cart, catalog: Catalog, now: datetime
) -> tuple[Objection, ...]:
    """What stands against the tickets of other events in a cart, without what was waved through."""
    wanted = visits.visits(cart, catalog)
    if not wanted:
        return ()
    others = known(connection, shelf, [one.event for one in wanted])
    found = visits.objections(cart, catalog, others, now, settings.locale(connection))
    return tuple(one for one in found if not (one.may_be_allowed and one.kind in cart.allowed))


def mind_payment(cart: Cart, catalog: Catalog, tendered: Iterable[Tendered]) -> None:
    """Raises `Refused` where somebody would get in elsewhere with a pass that is not paid."""
    if any(Means(one.tender).pays_later for one in tendered) and visits.visits(cart, catalog):
        what = "Its tickets for other events let in at once."
        raise Refused("A pass for several events is paid at once", what, "Take the money by another tender.")


def mind_stock(
    connection: Connection, stock: Stock, cart: Cart, catalog: Catalog, *, may_oversell: bool, takes: bool
) -> None:
    """Take what they need from the other events' stock, or only see whether it is there. Raises `Refused`."""
    for event, pieces in visits.pieces_by_event(visits.visits(cart, catalog)).items():
        if takes:
            stock.sell(connection, event, _operation(cart, event), pieces, may_oversell=may_oversell)
        else:
            stock.mind(connection, event, pieces, may_oversell=may_oversell)


def give_out(connection: Connection, cart: Cart, catalog: Catalog, lines: Sequence[tuple[str, int]], order: Order,
             now: datetime) -> None:  # fmt: skip
    """Make the tickets of other events, once the pass is sold. `lines` are those of the cart with their positions."""
    numbers = dict(lines)
    by_event: dict[str, list[Visit]] = {}
    for one in visits.visits(cart, catalog):
        by_event.setdefault(one.event, []).append(one)
    for event, found in by_event.items():
        places = tuple(
            Line(number=numbers[one.line], item=one.item, variation=one.variation, subevent=one.subevent)
            for one in found
        )
        guests = {str(line.number): _holder(order, line.number) for line in places}
        there = orders.is_there(connection, event, order.code)
        fact: OrderFact = (
            Extended(event=event, at=micros(now), order=order.code, lines=places)
            if there
            else Sold(event=event, at=micros(now), order=order.code, lines=places, total=0, locale=order.locale)
        )
        deal.record(connection, fact, Private(guests=guests), _operation(cart, event))


def _operation(cart: Cart, event: str) -> str:
    return f"{cart.id}/{event}"


def _holder(order: Order, number: int) -> Guest:
    """Whose pass a position goes with: the ticket elsewhere bears its name and its secret."""
    positions = {one.number: one for one in order.positions}
    holder = positions[positions[number].addon_to or number]
    return Guest(name=holder.name, company=holder.company, email=holder.email, secret=holder.secret)
