"""Everything of an event as tables for those who work on with it: attendees, orders, payments, the journal.

Rows come one after the other from the store, so that the largest event needs no more memory than the smallest. What
opens a door, the secret of a ticket, is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.facts import kind_of
from boxoffice.domain.instants import moment
from boxoffice.domain.journal import Entry
from boxoffice.domain.money import exponent
from boxoffice.domain.orders import Order, Status, Ticket
from boxoffice.domain.passages import zone_of
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput, filled
from boxoffice.storage import catalog, checkins, journal, orders, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import lookup

Cell = str | int | Decimal | datetime | None
"""Text, a number, an amount of money, a time on the event's clock, or nothing."""

WHAT = ("attendees", "orders", "payments", "journal")
STATES: Mapping[str, Status] = {
    "unpaid": Status.PENDING,
    "paid": Status.PAID,
    "expired": Status.EXPIRED,
    "cancelled": Status.CANCELED,
}
_MANY = 100_000
"""Attendees that a search may find."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Which ones: all, those that a search or a filter finds, or those that were chosen."""

    event: str
    states: tuple[str, ...] = ()
    """Words of `STATES`."""
    items: tuple[int, ...] = ()
    text: str = ""
    codes: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """Heads, and rows that are read as they are written."""

    heads: tuple[str, ...]
    rows: Iterator[Sequence[Cell]]


def table(connection: Connection, shelf: Shelf, what: str, wish: Wish) -> Table:
    """A table of `WHAT`. Raises `BadInput` for an event that is not here, and for a word that is none of `STATES`."""
    if what == "journal":
        return _journal(connection)
    if wish.event not in catalog.events(connection):
        raise BadInput(
            filled("No event is called {event}", event=wish.event),
            "Nothing was exported.",
            "Sync first, or name another one.",
        )
    if unknown := [one for one in wish.states if one not in STATES]:
        raise BadInput(
            filled("No order is ever {unknown}", unknown=unknown[0]),
            filled("They are {names}.", names=", ".join(STATES)),
            "Write one of these.",
        )
    known = shelf.of(connection, wish.event)
    chosen = _Chosen(connection, shelf, wish)
    tables = {"attendees": _attendees, "orders": _orders, "payments": _payments}
    return tables[what](connection, known, chosen)


class _Chosen:
    """Which tickets are meant."""

    def __init__(self, connection: Connection, shelf: Shelf, wish: Wish) -> None:
        self._connection = connection
        self._event = wish.event
        self._states = {STATES[one] for one in wish.states}
        self._items = set(wish.items)
        self._codes = {one.upper() for one in wish.codes}
        found = lookup.search(connection, shelf, wish.text, _MANY) if wish.text else []
        self._found = {one.ticket for one in found if one.event == wish.event} if wish.text else None

    def tickets(self) -> Iterator[Ticket]:
        """All that are meant, order by order."""
        return (one for one in orders.each(self._connection, self._event) if self._is_meant(one))

    def _is_meant(self, one: Ticket) -> bool:
        if self._states and one.order.status not in self._states:
            return False
        if self._items and one.position.item not in self._items:
            return False
        if self._codes and one.order.code not in self._codes:
            return False
        return self._found is None or one.key in self._found

    def orders(self) -> Iterator[Order]:
        """The orders of these tickets, with those of their positions that are meant."""
        held: Order | None = None
        for one in self.tickets():
            if held is not None and held.code != one.order.code:
                yield held
                held = None
            before = held.positions if held is not None else ()
            held = msgspec.structs.replace(one.order, positions=(*before, one.position))
        if held is not None:
            yield held


_ATTENDEE = (
    *("Order", "Position", "State", "Item", "Kind", "Date", "Seat", "Name", "Company", "E-mail"),
    *("Buyer", "Buyer's e-mail", "Phone", "Price", "Currency", "Ordered", "First entry"),
)


def _attendees(connection: Connection, known: Catalog, chosen: _Chosen) -> Table:
    questions = sorted(known.questions.values(), key=lambda one: (one.position, one.id))
    asked = tuple(localised(one.question) for one in questions)
    locale = settings.locale(connection)
    entered = checkins.first_entries(connection, known.event.slug)

    def rows() -> Iterator[Sequence[Cell]]:
        for one in chosen.tickets():
            answers = {question.id: text for question, text in lookup.answers_of(known, one, locale)}
            answered = (answers.get(question.id, "") for question in questions)
            yield (*_attendee(known, one, locale, entered.get(one.key)), *answered)

    return Table((*_ATTENDEE, *asked), rows())


def _attendee(known: Catalog, one: Ticket, locale: str, entered: datetime | None) -> tuple[Cell, ...]:
    zone, order, position = zone_of(known.event), one.order, one.position
    date = known.subevents.get(position.subevent or 0)
    return (
        order.code,
        position.number,
        _state(order.status) if not position.canceled else "cancelled",
        lookup.item_name(known, one, locale),
        lookup.variation_name(known, one, locale),
        localised(date.name, locale) if date else "",
        position.seat or "",
        position.name,
        position.company,
        position.email,
        order.customer,
        order.email,
        order.phone,
        _money(position.price, known),
        known.event.currency,
        _local(order.placed_at, zone),
        _local(entered, zone),
    )


_ORDER = (
    *("Order", "State", "Ordered", "Buyer", "E-mail", "Phone", "Tickets"),
    *("Total", "Paid", "Due", "Currency", "Paid by"),
)


def _orders(_: Connection, known: Catalog, chosen: _Chosen) -> Table:
    zone = zone_of(known.event)

    def row(order: Order) -> tuple[Cell, ...]:
        tenders = dict.fromkeys(one.tender for one in order.payments if one.tender)
        due = max(0, order.total - order.paid) if order.status is not Status.CANCELED else 0
        return (
            order.code,
            _state(order.status),
            _local(order.placed_at, zone),
            order.customer,
            order.email,
            order.phone,
            sum(not one.canceled for one in order.positions),
            _money(order.total, known),
            _money(order.paid, known),
            _money(due, known),
            known.event.currency,
            ", ".join(tenders),
        )

    return Table(_ORDER, map(row, chosen.orders()))


_PAYMENT = ("Order", "What", "When", "Tender", "Amount", "Currency", "State", "Operation")


def _payments(_: Connection, known: Catalog, chosen: _Chosen) -> Table:
    zone, currency = zone_of(known.event), known.event.currency

    def rows() -> Iterator[Sequence[Cell]]:
        for order in chosen.orders():
            for one in order.payments:
                amount = _money(one.amount, known)
                when = _local(one.at, zone)
                yield order.code, "payment", when, one.tender, amount, currency, one.state.value, one.operation
            for back in order.refunds:
                amount = _money(-back.amount, known)
                when = _local(back.at, zone)
                yield order.code, "refund", when, back.tender, amount, currency, back.state.value, back.operation

    return Table(_PAYMENT, rows())


_ENTRY = ("Device", "Epoch", "Sequence", "When", "What", "Event", "Operation", "Body", "Hash")


def _journal(connection: Connection) -> Table:
    return Table(_ENTRY, map(_entry, journal.entries(connection)))


def _entry(one: Entry) -> tuple[Cell, ...]:
    fact = one.fact()
    told = moment(fact.at), kind_of(fact), fact.event
    return one.device, one.epoch, one.sequence, *told, one.operation, one.body, one.hash


def _state(status: Status) -> str:
    return next(word for word, one in STATES.items() if one is status)


def _money(amount: int, known: Catalog) -> Decimal:
    return Decimal(amount).scaleb(-exponent(known.event.currency))


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)
