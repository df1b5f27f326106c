"""The close of a shift: what has to be settled first, what was counted, and the Z that stores it for good.

A Z comes into being in one transaction with its number, the perpetual totals and the journal. After that nothing of
the shift changes; what has to be put right is a document of the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.documents import Report
from boxoffice.domain.facts import Private, ShiftClosed
from boxoffice.domain.instants import micros
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Count, Day, Shift
from boxoffice.errors import Refused, filled
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import begun_sales, cash_drawer, journal, operators, payments, settings, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import figures, guard, printing, shifts, stock


def close(
    connection: Connection,
    shelf: Shelf,
    at: datetime,
    operator: str = "",
    reason: str = "",
    *,
    training: bool = False,
    despite_unknown: bool = False,
    witness: str = "",
    permits: Sequence[Permit] = (),
) -> Report:
    """Close the shift with what was counted, and store its Z whole.

    Raises `Refused` if no shift is open, it was not counted, a cart is not settled, or the count differs and nobody
    says why; and while the outcome of a card payment is unknown, unless a supervisor closes `despite_unknown`. Where
    people are known by name, a second one stands by a difference with a PIN; else `witness` may be named.
    """
    shift = shifts.needed(connection, training=training)
    closing = _Closing(shift=shift, at=at, operator=operator, reason=reason, permits=tuple(permits))
    guard.need(connection, Act.DRAWER, at, operator=operator, event=shift.event)
    supervised = "" if training else _mind_cards(connection, closing, despite_unknown=despite_unknown)
    _mind_carts(connection, shift)
    counts = _counts(connection, shift)
    day = figures.day(connection, shift, at, counts[-1].pieces, reason)
    second = ""
    if counts[-1].amount != day.expected:
        second = _mind_difference(connection, closing) or witness.strip()
    people = (
        ("Counted by", counts[-1].operator),
        ("Second person", second),
        ("Closed in spite of unknown payments by", supervised),
    )
    day = msgspec.structs.replace(day, counts=counts, people=people)
    if training:
        till.close_shift(connection, shift.id, at, None)
        return figures.report(connection, shelf, day, at, operator, None)
    report = _closed(connection, shelf, closing, day, counts[-1].amount)
    printing.give_out(connection, report, at, shift.event)
    return report


def _closed(connection: Connection, shelf: Shelf, closing: _Closing, day: Day, counted: int) -> Report:
    """The Z, stored whole, with the fact that the server hears of."""
    shift, at = closing.shift, closing.at
    for one in settings.in_hand(connection):
        stock.have_in_hand(connection, one, 0, at)
    number = till.perpetual(connection)[0] + 1
    report = figures.report(connection, shelf, day, at, closing.operator, number)
    till.close_shift(connection, shift.id, at, number)
    doubtful = tuple(one.id for one in payments.doubtful(connection))
    till.put_z(connection, shift.id, report, (day.sales, day.returns, day.expected, counted), day.after, doubtful)
    fact = ShiftClosed(
        event=shift.event,
        at=micros(at),
        shift=shift.id,
        number=number,
        sales=day.sales,
        returns=day.returns,
        expected=day.expected,
        counted=counted,
        all_sales=day.after.sales,
        all_returns=day.after.returns,
        in_doubt=doubtful,
    )
    journal.append(connection, new_id(), fact, Private(note=closing.reason))
    return report


class _Closing(msgspec.Struct, frozen=True, kw_only=True):
    """Who closes a shift, and with whose leave."""

    shift: Shift
    at: datetime
    operator: str
    reason: str
    permits: tuple[Permit, ...]

    def need(self, connection: Connection, act: Act) -> str:
        """The name of who stands by an act; empty where nothing is guarded."""
        return guard.need(
            connection,
            act,
            self.at,
            operator=self.operator,
            permits=self.permits,
            reason=self.reason,
            event=self.shift.event,
            about=self.shift.id,
        )


def _counts(connection: Connection, shift: Shift) -> list[Count]:
    counts = cash_drawer.counts_of_shift(connection, shift.id)
    if not counts:
        raise Refused(
            "The drawer has not been counted", "Nothing was closed.", "Count it first: `boxoffice shift count`."
        )
    return counts


def _mind_carts(connection: Connection, shift: Shift) -> None:
    if under_way := begun_sales.open_sales(connection, shift.event, training=shift.training):
        raise Refused(
            "A sale is under way",
            filled("{number} carts are neither sold nor put by. Nothing was closed.", number=len(under_way)),
            "Finish, hold or drop them first.",
        )


def _mind_difference(connection: Connection, closing: _Closing) -> str:
    if not closing.reason.strip():
        raise Refused("The count differs from what is expected", "Nothing was closed.", "Count again, or say why.")
    return "" if closing.shift.training else closing.need(connection, Act.DIFFERENCE)


def _mind_cards(connection: Connection, closing: _Closing, *, despite_unknown: bool) -> str:
    doubtful = payments.doubtful(connection)
    if not doubtful:
        return ""
    if not (despite_unknown and _may_close_in_doubt(connection) and closing.reason.strip()):
        raise Refused(
            "The outcome of a card payment is unknown",
            filled("{number} may have been charged. Nothing was closed.", number=len(doubtful)),
            "Settle it: `boxoffice terminals`. A supervisor can close all the same, and says why.",
        )
    return closing.need(connection, Act.Z_OVERRIDE)


def _may_close_in_doubt(connection: Connection) -> bool:
    """Whether this station may be closed while nobody knows what became of a card payment: a supervisor's may.

    Where people are known by name, one of them stands by it, at any station.
    """
    enrolment = settings.enrolment(connection)
    leads = enrolment is None or enrolment.role in (Role.SUPERVISOR, Role.ORGANISER)
    return leads or operators.there_are(connection)
