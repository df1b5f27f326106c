"""The till's day: a drawer is opened, cash is moved, and at night it is counted before anybody says what it should be.

A Z closes a shift in one transaction: report, number, perpetual totals and journal come into being together. After
that nothing of the shift changes; what has to be put right is a document of the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from boxoffice.domain.documents import CashSlip, Movement, Report
from boxoffice.domain.facts import CashMoved, Private, ShiftClosed, ShiftOpened
from boxoffice.domain.instants import micros
from boxoffice.domain.shift import Move, Shift, worth
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import catalog, journal, payments, settings, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import figures, papers, printing

_OUT = frozenset({Movement.PAY_OUT, Movement.DROP})


def open_shift(
    connection: Connection,
    shelf: Shelf,
    event: str,
    amount: int,
    at: datetime,
    operator: str = "",
    *,
    training: bool = False,
) -> Shift:
    """Open the drawer for selling, with so much in it (minor units). Raises `Refused` if a shift is open."""
    if till.current_shift(connection, training=training) is not None:
        raise Refused("A shift is open already", "", "Close it first: `boxoffice shift close`.")
    if event not in catalog.events(connection):
        raise BadInput(f"No event is called {event}", "Nothing was opened.", "Sync first, or name another one.")
    if amount < 0:
        raise BadInput("A float is not less than nothing", "Nothing was opened.", "Count the drawer once more.")
    currency = shelf.of(connection, event).event.currency
    shift = Shift(
        id=new_id(),
        event=event,
        currency=currency,
        operator=operator,
        opened_at=at,
        server_opened_at=figures.server_time(connection, at),
        float=amount,
        training=training,
    )
    till.open_shift(connection, shift)
    if not training:
        fact = ShiftOpened(event=event, at=micros(at), currency=currency, amount=amount)
        journal.append(connection, shift.id, fact)
    return shift


def needed(connection: Connection, *, training: bool = False) -> Shift:
    """The shift that is open. Raises `Refused` if there is none."""
    shift = till.current_shift(connection, training=training)
    if shift is None:
        raise Refused("No shift is open", "Nothing was done.", "Open one: `boxoffice shift open --float AMOUNT`.")
    return shift


def move(
    connection: Connection,
    shelf: Shelf,
    movement: Movement,
    amount: int,
    reason: str,
    at: datetime,
    operator: str = "",
    *,
    training: bool = False,
) -> CashSlip:
    """Put cash into the drawer or take it out (`amount` is positive either way), with a slip that has a number.

    Raises `BadInput` for an amount or reason that cannot be, `Refused` if no shift is open.
    """
    if movement is Movement.FLOAT or (amount <= 0) != (movement is Movement.NO_SALE):
        raise BadInput("This is no movement of cash", "Nothing was done.", "Name an amount above nothing.")
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was done.", "Say what the cash is for.")
    shift = needed(connection, training=training)
    signed = -amount if movement in _OUT else amount
    one = Move(
        number=till.next_move(connection, training=training),
        movement=movement,
        amount=signed,
        at=at,
        operator=operator,
        reason=reason,
    )
    operation = new_id()
    till.put_move(connection, operation, shift.id, training, one)
    if not training:
        fact = CashMoved(
            event=shift.event,
            at=micros(at),
            shift=shift.id,
            number=one.number,
            movement=movement.value,
            amount=signed,
        )
        journal.append(connection, operation, fact, Private(note=reason))
    held, locale = shelf.of(connection, shift.event), settings.locale(connection)
    slip = CashSlip(
        at=at,
        timezone=held.event.timezone,
        locale=locale,
        letterhead=papers.letterhead(connection, held, locale),
        station=settings.station(connection).name,
        operator=operator,
        training=training,
        number=str(one.number),
        movement=movement,
        currency=shift.currency,
        amount=signed,
        reason=reason,
    )
    printing.give_out(connection, slip, at, shift.event)
    return slip


def x_report(
    connection: Connection, shelf: Shelf, at: datetime, operator: str = "", *, training: bool = False
) -> Report:
    """The figures of the open shift so far; nothing is closed by it. Raises `Refused` if no shift is open."""
    shift = needed(connection, training=training)
    return figures.report(connection, shelf, figures.day(connection, shift, at), at, operator, None)


def count(connection: Connection, pieces: Mapping[int, int], *, training: bool = False) -> int:
    """Keep a count of the drawer, before anybody says what it should be; what it comes to. The last count stands.

    `pieces` are numbers by denomination. Raises `Refused` if no shift is open, `BadInput` for less than nothing.
    """
    shift = needed(connection, training=training)
    if any(denomination <= 0 or number < 0 for denomination, number in pieces.items()):
        raise BadInput("This cannot be counted", "Nothing was kept.", "A denomination and how many of it there are.")
    counted = tuple(sorted(((one, number) for one, number in pieces.items() if number), reverse=True))
    settings.put(connection, _count_key(shift), counted)
    return worth(counted)


def _count_key(shift: Shift) -> str:
    return f"count/{shift.id}"


def _counted(connection: Connection, shift: Shift) -> tuple[tuple[int, int], ...]:
    kept = settings.get(connection, _count_key(shift), tuple[tuple[int, int], ...] | None, None)  # type: ignore[arg-type]
    if kept is None:
        raise Refused(
            "The drawer has not been counted", "Nothing was closed.", "Count it first: `boxoffice shift count`."
        )
    return kept


def close(
    connection: Connection,
    shelf: Shelf,
    at: datetime,
    operator: str = "",
    reason: str = "",
    *,
    training: bool = False,
    despite_unknown: bool = False,
) -> Report:
    """Close the shift with what was counted, and store its Z whole.

    Raises `Refused` if no shift is open, it was not counted, a cart is not settled, or the count differs and nobody
    says why; and while the outcome of a card payment is unknown, unless a supervisor closes `despite_unknown`.
    """
    shift = needed(connection, training=training)
    if not training:
        _mind_cards(connection, reason, despite_unknown=despite_unknown)
    if under_way := till.open_sales(connection, shift.event):
        raise Refused(
            "A sale is under way",
            f"{len(under_way)} carts are neither sold nor put by. Nothing was closed.",
            "Finish, hold or drop them first.",
        )
    pieces = _counted(connection, shift)
    counted = worth(pieces)
    day = figures.day(connection, shift, at, pieces, reason)
    if counted != day.expected and not reason.strip():
        raise Refused("The count differs from what is expected", "Nothing was closed.", "Count again, or say why.")
    if training:
        till.close_shift(connection, shift.id, at, None)
        return figures.report(connection, shelf, day, at, operator, None)
    number = till.perpetual(connection)[0] + 1
    report = figures.report(connection, shelf, day, at, operator, number)
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
    journal.append(connection, new_id(), fact, Private(note=reason))
    printing.give_out(connection, report, at, shift.event)
    return report


def _mind_cards(connection: Connection, reason: str, *, despite_unknown: bool) -> None:
    doubtful = payments.doubtful(connection)
    if doubtful and not (despite_unknown and _may_close_in_doubt(connection) and reason.strip()):
        raise Refused(
            "The outcome of a card payment is unknown",
            f"{len(doubtful)} may have been charged. Nothing was closed.",
            "Settle it: `boxoffice terminals`. A supervisor can close all the same, and says why.",
        )


def _may_close_in_doubt(connection: Connection) -> bool:
    """Whether whoever closes may do so while nobody knows what became of a card payment: a supervisor may."""
    enrolment = settings.enrolment(connection)
    return enrolment is None or enrolment.role is Role.SUPERVISOR
