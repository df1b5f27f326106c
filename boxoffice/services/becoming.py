"""Whether a ticket may become another one today, and the places that it takes by it.

It is asked as if the new one were sold: what stands against a sale stands against an exchange. A place is taken only
in quotas that the ticket was not in before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from boxoffice.domain import selling
from boxoffice.domain.cart import Cart, CartLine, Objection
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.errands import Wish
from boxoffice.domain.facts import Guest, Swap
from boxoffice.domain.orders import Order, Position
from boxoffice.domain.stock import Piece, Sale, covers
from boxoffice.domain.words import Sentence
from boxoffice.errors import Refused, filled
from boxoffice.storage.connection import Connection

from .stock import Stock
from .terms import Terms


def mind_rules(
    terms: Terms, wishes: Sequence[Wish], catalog: Catalog, now: datetime, allowed: Sequence[str], locale: str
) -> None:
    """Raises `Refused`: what stands against selling it today stands against changing into it."""
    against = objections(terms, wishes, catalog, now, allowed, locale)
    if against:
        raise Refused(
            "The ticket cannot be changed so",
            filled("{words}.", words=against[0].words),
            "Choose another one, or allow it.",
        )


def objections(
    terms: Terms, wishes: Sequence[Wish], catalog: Catalog, now: datetime, allowed: Sequence[str], locale: str
) -> tuple[Objection, ...]:
    """What stands against it, without what was waved through. What a ticket stays is nobody's affair."""
    roles = {one.position: one.role for one in wishes}
    found: tuple[Objection, ...] = ()
    for swap in terms.swaps:
        if (swap.item, swap.variation, swap.subevent) == (swap.was_item, swap.was_variation, swap.was_subevent):
            continue
        cart = Cart(
            id="", event=terms.order.event, lines=_as_lines(terms.order, swap, catalog, roles), allowed=tuple(allowed)
        )
        found += selling.objections(cart, catalog, now, {}, {}, locale)
    return found


def _as_lines(order: Order, swap: Swap, catalog: Catalog, roles: dict[int, str]) -> tuple[CartLine, ...]:
    """The ticket as it would stand in a cart, with what goes with it."""
    held = next(one for one in order.positions if one.number == swap.position)
    above = str(held.addon_to) if held.addon_to is not None else ""
    ticket = CartLine(
        id=str(swap.position),
        item=swap.item,
        variation=swap.variation,
        subevent=swap.subevent,
        part_of=above,
        guest=Guest(role=roles.get(swap.position, "")),
    )
    was = catalog.items.get(swap.was_item)
    came_along = {one.item for one in was.bundles} if was is not None else set()
    parts = (one for one in order.positions if one.addon_to == swap.position and not one.canceled)
    return (ticket, *(_as_part(one, bundled=one.item in came_along) for one in parts))


def _as_part(one: Position, *, bundled: bool) -> CartLine:
    return CartLine(
        id=str(one.number),
        item=one.item,
        variation=one.variation,
        subevent=one.subevent,
        part_of=str(one.addon_to),
        bundled=bundled,
    )


def of_places(connection: Connection, stock: Stock, terms: Terms, catalog: Catalog) -> tuple[Objection, ...]:
    """What stands against the places that it would take."""
    pieces = _pieces(terms, catalog)
    ruling = stock.rule(connection, terms.order.event, pieces) if pieces else None
    if ruling is None or ruling.sale is Sale.COVERED:
        return ()
    if ruling.sale is Sale.REFUSED:
        return (Objection(kind="sold out", line="", words=Sentence("Sold out")),)
    words = Sentence("Others may be selling the last ones")
    return (Objection(kind=selling.OVERSELL, line="", words=words, may_be_allowed=True),)


def mind_places(connection: Connection, stock: Stock, terms: Terms, catalog: Catalog, *, may_oversell: bool) -> None:
    """Raises `Refused` as `take_places` would, and takes none yet."""
    if pieces := _pieces(terms, catalog):
        stock.mind(connection, terms.order.event, pieces, may_oversell=may_oversell)


def take_places(
    connection: Connection, stock: Stock, terms: Terms, catalog: Catalog, operation: str, *, may_oversell: bool
) -> None:
    """Take a place in each quota that the ticket was not in before."""
    if pieces := _pieces(terms, catalog):
        stock.sell(connection, terms.order.event, operation, pieces, may_oversell=may_oversell)


def _pieces(terms: Terms, catalog: Catalog) -> list[Piece]:
    pieces = []
    for swap in terms.swaps:
        new = {one.id for one in catalog.quotas.values() if covers(one, swap.item, swap.variation, swap.subevent)}
        old = {
            one.id
            for one in catalog.quotas.values()
            if covers(one, swap.was_item, swap.was_variation, swap.was_subevent)
        }
        if new - old:
            pieces.append(Piece(item=swap.item, variation=swap.variation, subevent=swap.subevent))
    return pieces
