"""A made-up conference and festival, as large as wanted: for the demo, the tour, tests and benchmarks.

The same number of attendees and the same seed make the same event on every machine. Everything is made
on the way out and nothing is kept, so a million attendees need no more memory than ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from boxoffice import interchange
from boxoffice.domain.catalog import Catalog, Category, CheckInList, Event, Item, Question, Quota, SubEvent, TaxRule
from boxoffice.domain.nouns import Noun, event_of
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.orders import Blocked, Order, Position, Revoked, Status
from boxoffice.domain.permissions import Role
from boxoffice.domain.verdicts import Reason

from . import catalog, codes, shop
from .catalog import BEGINS, CONF, FEST
from .names import Dice
from .people import Conference, Festival, Sale, secret, sold_at_the_door
from .signing import public_key, signed_ticket

__all__ = [
    "BEGINS",
    "CONF",
    "FEST",
    "MAIN_ENTRANCE",
    "SEED",
    "Expected",
    "catalogs",
    "generate",
    "people_at_work",
    "sample_scans",
    "signed_ticket",
    "sold_at_the_door",
    "write",
]

MAIN_ENTRANCE = (CONF, 3)
"""The list that most tickets are for."""
SEED = 2026
_MOST_SIGNED = 2_000


def generate(attendees: int = 2_000, seed: int = SEED, *, begins: date = BEGINS) -> Iterator[Noun]:
    """Both events, as a server would tell them: first what is sold and who may enter, then the orders.

    `attendees` counts the tickets of the conference (add-ons left aside); the festival has an eighth of
    that on top, but never more than 2,000, because signing takes its time.
    """
    yield from _catalog_nouns(begins)
    for sale in _sales(attendees, seed, begins):
        yield sale.order
        yield from sale.beside


def people_at_work() -> tuple[NewOperator, ...]:
    """Who works at the event: one of each role, with PINs that a demo may tell."""
    return (
        NewOperator(name="Ana", role=Role.CASHIER, pin="4711"),
        NewOperator(name="Dora", role=Role.DESK, pin="2684"),
        NewOperator(name="Olga", role=Role.ORGANISER, pin="314159"),
        NewOperator(name="Sven", role=Role.SUPERVISOR, pin="271828"),
        NewOperator(name="Tom", role=Role.STEWARD, pin="1793"),
    )


def write(path: Path, attendees: int = 2_000, seed: int = SEED, *, begins: date = BEGINS) -> int:
    """Write both events to a file for `hub load`; how many lines it has."""
    return interchange.write(path, generate(attendees, seed, begins=begins))


def catalogs(begins: date = BEGINS) -> dict[str, Catalog]:
    """What the two events sell and who may enter, as rules want it."""
    nouns = list(_catalog_nouns(begins))
    return {one.slug: _catalog(one, nouns) for one in nouns if isinstance(one, Event)}


def _catalog_nouns(begins: date) -> Iterator[Noun]:
    yield from shop.pictured(catalog.conference(begins))
    yield from shop.pictured(catalog.festival(begins, (public_key(),)))
    yield from codes.of_conference(begins)


def _catalog(event: Event, nouns: list[Noun]) -> Catalog:
    found: dict[str, Any] = {field: {} for field in _FIELDS.values()}
    for noun in nouns:
        if type(noun) in _FIELDS and event_of(noun) == event.slug:
            found[_FIELDS[type(noun)]][noun.id] = noun  # type: ignore[union-attr]
    return Catalog(event=event, **found)


_FIELDS: dict[type[Noun], str] = {
    SubEvent: "subevents",
    Category: "categories",
    TaxRule: "tax_rules",
    Item: "items",
    Quota: "quotas",
    Question: "questions",
    CheckInList: "lists",
}


def _sales(attendees: int, seed: int, begins: date) -> Iterator[Sale]:
    yield from Conference(attendees, seed, begins).sales()
    yield from Festival(min(attendees // 8, _MOST_SIGNED), seed, begins).sales()


class Expected(NamedTuple):
    """A scan, and the answer that a station with all of the event's data must give."""

    text: str
    reason: Reason
    event: str
    list: int
    at: datetime


_UNKNOWN_EVERY = 50


def sample_scans(many: int, attendees: int = 2_000, seed: int = SEED, *, begins: date = BEGINS) -> Iterator[Expected]:
    """Scans in order at the conference's main entrance, on the second morning.

    First each ticket once, with unknown codes in between; then all of them again, which by then have
    been used, as often as it takes. Nothing is answered or forced, and nobody leaves.
    """
    at = catalog.moment(begins, 2, "10:00")
    scans = (scan for turn in count() for scan in _turn(turn, attendees, seed, begins, at))
    for text, reason in islice(scans, many):
        yield Expected(text, reason, CONF, catalog.MAIN, at)


def _turn(turn: int, attendees: int, seed: int, begins: date, at: datetime) -> Iterator[tuple[str, Reason]]:
    strangers = Dice(seed + 3 + turn)
    for index, sale in enumerate(Conference(attendees, seed, begins).sales()):
        if index % _UNKNOWN_EVERY == _UNKNOWN_EVERY - 1:
            yield "unknown" + secret(strangers), Reason.INVALID
        for noun in sale.beside:
            if isinstance(noun, Revoked):
                yield noun.secret, Reason.REVOKED
        blocked = {noun.secret for noun in sale.beside if isinstance(noun, Blocked)}
        for position in sale.order.positions:
            reason = _reason(sale.order, position, at, blocked=position.secret in blocked)
            yield position.secret, Reason.ALREADY_REDEEMED if turn and reason is Reason.OK else reason


def _reason(order: Order, position: Position, at: datetime, *, blocked: bool) -> Reason:
    if position.canceled or order.status in (Status.CANCELED, Status.EXPIRED):
        return Reason.CANCELED
    if blocked:
        return Reason.BLOCKED
    if order.status is Status.PENDING and order.require_approval:
        return Reason.UNAPPROVED
    if position.valid_from and position.valid_until and not position.valid_from <= at <= position.valid_until:
        return Reason.INVALID_TIME
    if position.item not in catalog.ADMISSIONS:
        return Reason.PRODUCT
    if order.status is Status.PENDING and not order.valid_if_pending:
        return Reason.UNPAID
    return Reason.INCOMPLETE if _wants_answer(position) else Reason.OK


def _wants_answer(position: Position) -> bool:
    """Whether a required question of the door is open."""
    required = {
        catalog.SPEAKER: catalog.HOUSE_RULES,
        catalog.PRESS: catalog.HOUSE_RULES,
        catalog.EXHIBITOR: catalog.ARRIVAL,
    }
    question = required.get(position.item)
    return question is not None and str(question) not in position.answers
