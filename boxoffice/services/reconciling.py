"""Bringing together what a reconciliation compares: our receipts, the outbox, the server's orders, the terminals.

What the server has is read from its own version of each order, and not from what this station believes; so a payment
that somebody took out there shows as one that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo

import msgspec

from boxoffice.domain.documents import Tendered
from boxoffice.domain.gift_cards import LOADS
from boxoffice.domain.instants import day_by
from boxoffice.domain.orders import Order
from boxoffice.domain.payment import Attempt
from boxoffice.domain.reconciling import Drawer, Elsewhere, Entered, Reconciliation, Sent, reconcile
from boxoffice.domain.shift import Booked
from boxoffice.domain.takings import Taking
from boxoffice.domain.tenders import Means, for_order
from boxoffice.domain.terminals import Kind
from boxoffice.storage import beneath, orders, outbox, payments, receipt_book, settings, takings, till
from boxoffice.storage.connection import Connection

from . import card_terminals, figures

OPEN = "Open shift"


def over(connection: Connection, event: str, since: datetime, until: datetime) -> Reconciliation:
    """Both sides of a time (its end is outside), for this till and, as far as the server tells, for the others.

    Without a shift that has to be counted before anybody sees its figures.
    """
    hidden = figures.unseen(connection, event)
    books = [one for one in receipt_book.receipts_between(connection, event, since, until) if one[1] != hidden]
    attempts = payments.between(connection, since, until)
    return reconcile(
        list(_Books(connection, event, attempts).entered(books)),
        [one for one in attempts if one.event == event],
        payments.days_between(connection, since, until),
        _drawers(connection, event, since, until),
        _elsewhere(takings.between(connection, event, since, until)),
        frozenset(operation for operation, _, _ in books),
    )


class Compared(msgspec.Struct, frozen=True):
    """How one day stands."""

    day: date
    differs: int
    """How many rows of it differ."""


def by_day(connection: Connection, event: str, zone: tzinfo, until: datetime) -> tuple[Compared, ...]:
    """Every day on which money moved, by this clock and up to a time, and how much of it differs."""
    ours = {booked.receipt.at for _, _, booked in receipt_book.receipts_between(connection, event, _EVER, until)}
    theirs = {one.at for one in takings.between(connection, event, _EVER, until)}
    days = sorted({at.astimezone(zone).date() for at in ours | theirs})
    return tuple(Compared(day, len(over(connection, event, *day_by(day, zone)).differences)) for day in days)


_EVER = datetime(2000, 1, 1, tzinfo=UTC)


class _Books:
    """What has to be known once for all receipts."""

    def __init__(self, connection: Connection, event: str, attempts: list[Attempt]) -> None:
        self._connection = connection
        self._event = event
        self._station = settings.station(connection).name
        self._unsent = outbox.unsent_operations(connection)
        self._orders: dict[str, Mapping[str, int]] = {}
        self._periods: dict[str, str] = {}
        apart = {one.name for one in card_terminals.terminals(connection) if one.kind is Kind.MANUAL} | {
            card_terminals.BY_HAND.name
        }
        self._charged = {one.receipt for one in attempts if one.terminal not in apart}

    def entered(self, books: list[tuple[str, str, Booked]]) -> Iterator[Entered]:
        """Each tender of each receipt, but for what pays later or nothing."""
        for operation, shift, booked in books:
            tenders = booked.receipt.tenders
            shares = self._shares(booked)
            for place, (tender, share) in enumerate(zip(tenders, shares, strict=True)):
                if not Means(tender.tender).pays_later and tender.covers:
                    yield self._entered(operation, place, shift, booked, share)

    def _shares(self, booked: Booked) -> list[int]:
        """What of each tender counts for the order: not what was put on gift cards, nor what was paid out of one."""
        tenders = booked.receipt.tenders
        if not booked.receipt.orders:
            return [0] * len(tenders)
        if booked.is_sale:
            return for_order(tenders, booked.revenue)
        about = (
            receipt_book.receipt(self._connection, booked.corrects) if booked.correction and booked.corrects else None
        )
        if about is None or not about.loaded:
            return [one.covers for one in tenders]
        came = iter(_of_order([one for one in tenders if one.covers > 0], about.loaded))
        gone = iter(_of_order([_turned(one) for one in tenders if one.covers <= 0], about.loaded))
        return [next(came) if one.covers > 0 else -next(gone) for one in tenders]

    def _entered(self, operation: str, place: int, shift: str, booked: Booked, share: int) -> Entered:
        """One tender: `share` of it is for the order, and the rest for gift cards, of which the server hears apart."""
        receipt, tender = booked.receipt, booked.receipt.tenders[place]
        order = receipt.orders[0] if receipt.orders else ""
        rest = tender.covers - share
        payment = f"{operation}/{place}"
        of_share = self._unsent.get(payment, ("", "")) if share else ("", "")
        of_rest = self._of_loads(operation, booked) if rest else ("", "")
        state, words = of_share if of_share[0] else of_rest
        server = self._server(order).get(payment) if share else None
        if rest and not of_rest[0]:
            server = rest + (server or 0) if server is not None or not share else None
        return Entered(
            receipt=booked.number,
            order=order,
            station=receipt.station or self._station,
            cashier=receipt.operator,
            tender=tender.tender,
            period=self._period(shift),
            at=receipt.at,
            amount=share + rest,
            sent=_SENT[state],
            words=words,
            server=server,
            by_hand=tender.tender == Means.CARD and booked.number not in self._charged,
        )

    def _of_loads(self, operation: str, booked: Booked) -> tuple[str, str]:
        """What is not with the server yet of what a receipt has put on gift cards, or paid out of one."""
        acts = [f"{operation}/giftcard/{place}" for place, (why, _) in enumerate(booked.cards) if why in LOADS]
        return next((found for act in (*acts, f"{operation}/receipt") if (found := self._unsent.get(act))), ("", ""))

    def _period(self, shift: str) -> str:
        if shift not in self._periods:
            found = till.shift(self._connection, shift)
            self._periods[shift] = f"Z {found.z}" if found is not None and found.z else OPEN
        return self._periods[shift]

    def _server(self, code: str) -> Mapping[str, int]:
        """What the server has of an order's payments, by our names for them; what went back is negative."""
        if code not in self._orders:
            held = beneath.by_code(self._connection, self._event, code)
            known = held if held is not None else orders.by_code(self._connection, self._event, code)
            self._orders[code] = _moved(known, self._unsent) if known is not None else {}
        return self._orders[code]


def _of_order(tenders: list[Tendered], loaded: int) -> list[int]:
    return for_order(tenders, sum(one.covers for one in tenders) - loaded)


def _turned(one: Tendered) -> Tendered:
    return Tendered(tender=one.tender, amount=-one.amount, rounding=-one.rounding)


_SENT = {"": Sent.TOLD, outbox.WAITING: Sent.WAITING, outbox.PARKED: Sent.REFUSED, outbox.GIVEN_UP: Sent.REFUSED}


def _moved(order: Order, unsent: Mapping[str, object]) -> Mapping[str, int]:
    came = {one.operation: one.amount for one in order.payments if one.operation}
    back = {one.operation: -one.amount for one in order.refunds if one.operation}
    return {name: amount for name, amount in (came | back).items() if name not in unsent}


def _drawers(connection: Connection, event: str, since: datetime, until: datetime) -> list[Drawer]:
    station = settings.station(connection).name
    return [
        Drawer(period=f"Z {number}", at=at, station=station, cashier=operator, expected=expected, counted=counted)
        for number, at, operator, expected, counted in till.drawers_between(connection, event, since, until)
    ]


def _elsewhere(found: list[Taking]) -> Iterator[Elsewhere]:
    for one in found:
        for tender, amount in one.tenders:
            if amount and not _later(tender):
                yield Elsewhere(station=one.station, cashier=one.cashier, tender=tender, amount=amount)


def _later(tender: str) -> bool:
    return tender in (Means.INVOICE.value, Means.AWAITED.value)
