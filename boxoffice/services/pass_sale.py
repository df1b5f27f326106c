"""A pass that somebody has already: found by its code, and what has to be true before tickets are added to it."""

from __future__ import annotations

from boxoffice.domain.cart import Cart, HeldPass, Objection
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.orders import Order, Position, Status, Ticket
from boxoffice.domain.pass_choices import TOO_MANY, beside
from boxoffice.domain.tenders import Means, Settled
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.storage import orders
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection


def find(connection: Connection, shelf: Shelf, event: str, code: str) -> HeldPass:
    """The pass with this code, or of this name (`CODE-number`). Raises `BadInput` if there is none here.

    The code of a ticket that goes with a pass leads to the pass.
    """
    typed = code.strip()
    found = [one for one in orders.by_secret(connection, typed) if one.event == event]
    ticket = found[0] if found else orders.by_key(connection, event, typed.upper())
    if ticket is not None and ticket.position.addon_to is not None:
        ticket = orders.by_key(connection, event, f"{ticket.order.code}-{ticket.position.addon_to}") or ticket
    if ticket is None:
        raise BadInput("No pass with this code is known here", "", "Scan it again, or sync first.")
    if shelf.of(connection, event).pass_terms(ticket.position.item) is None:
        raise BadInput("This is a ticket and no pass", filled("It is {key}.", key=ticket.key), "Scan the pass.")
    _mind_standing(ticket)
    return HeldPass(
        order=ticket.order.code,
        position=ticket.position.number,
        item=ticket.position.item,
        name=ticket.position.name,
    )


def _mind_standing(ticket: Ticket) -> None:
    if ticket.position.canceled or ticket.order.status is not Status.PAID:
        raise Refused("This pass is not valid", "It is cancelled, or not paid.", "Pay it first, or sell a new one.")


def objections(connection: Connection, cart: Cart, catalog: Catalog, locale: str) -> tuple[Objection, ...]:
    """What stands against the dates in a cart beside those that its pass was sold with, but what was waved through."""
    held = cart.to_pass
    terms = catalog.pass_terms(held.item) if held is not None else None
    if held is None or terms is None or TOO_MANY in cart.allowed:
        return ()
    order = orders.by_code(connection, cart.event, held.order)
    positions = order.positions if order is not None else ()
    before = [one for one in positions if one.addon_to == held.position and not one.canceled]
    return tuple(beside(cart, before, terms, catalog, locale))


def opened(connection: Connection, cart: Cart, settled: Settled) -> Order | None:
    """The order of the pass that a cart adds to; None for a cart of its own. Raises `Refused`."""
    held = cart.to_pass
    if held is None:
        return None
    order = orders.by_code(connection, cart.event, held.order)
    position = _position(order, held)
    if order is None or position is None:
        raise Refused("The pass is not here any more", "Nothing was sold.", "Scan it again.")
    _mind_standing(Ticket(order, position))
    if settled.later or any(Means(one.tender).pays_later for one in settled.tendered):
        what = "The whole pass would be unpaid until then."
        raise Refused("What is added to a pass is paid at once", what, "Take the money by another tender.")
    return order


def _position(order: Order | None, held: HeldPass) -> Position | None:
    positions = order.positions if order is not None else ()
    return next((one for one in positions if one.number == held.position), None)
