"""Tickets of other events that go with a pass: what is wished for, and what becomes of them with the pass.

Such a ticket is an order of its own event, under the pass's code, with the number of the position that it was bought
as, and it bears the secret of the pass. So a door of that event judges it like any other ticket, by the one code and
without knowing of a pass; the money, and what may be given back of it, stays with the pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from .cart import Cart, CartLine, Objection
from .catalog import Catalog, Item
from .facts import Canceled, Change, Edited, OrderFact, Private, Reactivated
from .offering import Choice
from .orders import Order, Position, Status, Ticket
from .periods import closed
from .pricing import choice_of
from .stock import Piece
from .words import Sentence, localised


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket of another event that a line of the cart stands for."""

    line: str
    event: str
    item: int
    variation: int | None = None
    subevent: int | None = None

    @property
    def piece(self) -> Piece:
        """It as far as stock is concerned."""
        return Piece(item=self.item, variation=self.variation, subevent=self.subevent)


def visit_of(cart: Cart, line: CartLine, catalog: Catalog) -> Visit | None:
    """What a line stands for at another event; None for what is sold for this one."""
    choice = choice_of(cart, line, catalog)
    if choice is None or choice.elsewhere is None:
        return None
    there = choice.elsewhere
    return Visit(
        line=line.id, event=there.event, item=there.item, variation=there.variation, subevent=line.date_elsewhere
    )


def visits(cart: Cart, catalog: Catalog) -> tuple[Visit, ...]:
    """All of a cart."""
    found = (visit_of(cart, line, catalog) for line in cart.lines if line.choice is not None)
    return tuple(one for one in found if one is not None)


def pieces_by_event(found: Iterable[Visit]) -> dict[str, list[Piece]]:
    """What they take of each event's stock."""
    pieces: dict[str, list[Piece]] = {}
    for one in found:
        pieces.setdefault(one.event, []).append(one.piece)
    return pieces


def only_with_pass(catalog: Catalog) -> frozenset[int]:
    """The items that stand for tickets of other events: nobody can do anything with one of them alone."""
    return frozenset(choice.item for choice in _choices_elsewhere(catalog))


def _choices_elsewhere(catalog: Catalog) -> Iterator[Choice]:
    for item in catalog.items.values():
        terms = item.pass_terms if item.active else None
        if terms is not None:
            yield from (one for one in terms.choices if one.elsewhere is not None)


def events_beside(catalog: Catalog) -> tuple[str, ...]:
    """The other events to which passes of this one let in."""
    there = (one.elsewhere for one in _choices_elsewhere(catalog))
    return tuple(dict.fromkeys(one.event for one in there if one is not None))


def objections(
    cart: Cart, catalog: Catalog, others: Mapping[str, Catalog], now: datetime, locale: str = "en"
) -> Iterator[Objection]:
    """What stands against the tickets of other events; `others` are those that this station knows."""
    for one in visits(cart, catalog):
        there = others.get(one.event)
        item = there.items.get(one.item) if there is not None else None
        if there is None or item is None or not item.active:
            yield _no("visit", one, Sentence("What goes with the pass at another event is not known here"))
            continue
        yield from _of_visit(one, item, there, now, locale)


def _of_visit(one: Visit, item: Item, there: Catalog, now: datetime, locale: str) -> Iterator[Objection]:
    date = there.subevents.get(one.subevent) if one.subevent is not None else None
    if there.event.has_subevents and date is None:
        words = Sentence("Choose a date of {event}", {"event": localised(there.event.name, locale)})
        yield _no("date", one, words)
    if date is not None and not date.active:
        yield _no("date off sale", one, Sentence("This date is not on sale"), may_be_allowed=True)
    for words in closed(there, item, one.variation, one.subevent, now, locale):
        yield _no("period", one, words, may_be_allowed=True)


def _no(kind: str, visit: Visit, words: Sentence, *, may_be_allowed: bool = False) -> Objection:
    return Objection(kind=kind, line=visit.line, words=words, may_be_allowed=may_be_allowed)


def following(
    before: Order | None, after: Order, there: Sequence[Ticket], at: int
) -> Iterator[tuple[OrderFact, Private | None]]:
    """What becomes of tickets elsewhere after something was done to the order of their pass."""
    if before is None:
        return
    was, now = _standing(before), _standing(after)
    by_event: dict[str, list[Ticket]] = {}
    for ticket in there:
        by_event.setdefault(ticket.event, []).append(ticket)
    for event, tickets in by_event.items():
        valid = {one.position.number for one in tickets if not one.position.canceled}
        stands = tickets[0].order.status is not Status.CANCELED
        gone = tuple(sorted(valid & dict(was.items() - now.items()).keys())) if stands else ()
        if gone:
            yield Canceled(event=event, at=at, order=after.code, positions=() if valid == set(gone) else gone), None
        if not stands and valid & (now.keys() - was.keys()):
            yield Reactivated(event=event, at=at, order=after.code), None
        yield from _renamed(before, after, tickets, at)


def _standing(order: Order) -> dict[int, int]:
    """Number to item of what is not cancelled."""
    if order.status is Status.CANCELED:
        return {}
    return {one.number: one.item for one in order.positions if not one.canceled}


def _renamed(
    before: Order, after: Order, tickets: Sequence[Ticket], at: int
) -> Iterator[tuple[OrderFact, Private | None]]:
    """Whose pass it is, is whose ticket it is."""
    held = {one.number: one for one in before.positions}
    renamed = {one.secret: one for one in after.positions if _named(held.get(one.number)) != _named(one)}
    for ticket in tickets:
        holder = renamed.get(ticket.position.secret)
        if holder is None or _named(holder) == _named(ticket.position):
            continue
        changes = {
            field: Change(before=getattr(ticket.position, field), after=getattr(holder, field))
            for field in _NAMED
            if getattr(ticket.position, field) != getattr(holder, field)
        }
        fact = Edited(event=ticket.event, at=at, order=after.code, position=ticket.position.number)
        yield fact, Private(changes=changes)


_NAMED = ("name", "company", "email")


def _named(position: Position | None) -> tuple[str, ...]:
    return tuple(getattr(position, field) for field in _NAMED) if position is not None else ()
