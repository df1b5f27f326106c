"""The till's day: a drawer is opened, cash is moved, and at night it is counted before anybody says what it should be.

How a shift ends is next door, in `closing`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from boxoffice.domain import visits
from boxoffice.domain.documents import CashSlip, Movement, Report
from boxoffice.domain.facts import CashMoved, DrawerCounted, Private, ShiftOpened
from boxoffice.domain.instants import micros
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.printing import DRAWER, Job
from boxoffice.domain.shift import Count, Move, Shift, worth
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import (
    cash_drawer,
    catalog,
    journal,
    print_queue,
    settings,
    till,
)
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import figures, guard, papers, print_setup, printing, stock

LONGEST = timedelta(hours=18)
"""A drawer that nobody closes keeps no tickets from other tills for longer than that."""

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
    pieces: Mapping[int, int] | None = None,
) -> Shift:
    """Open the drawer for selling, with so much in it (minor units), or with the `pieces` that were counted.

    Raises `Refused` if a shift is open, `BadInput` for what cannot be.
    """
    guard.need(connection, Act.DRAWER, at, operator=operator, event=event)
    counted = _sorted(pieces or {})
    amount = worth(counted) if counted else amount
    if till.current_shift(connection, training=training) is not None:
        raise Refused("A shift is open already", "", "Close it first: `boxoffice shift close`.")
    if event not in catalog.events(connection):
        raise BadInput(
            filled("No event is called {event}", event=event), "Nothing was opened.", "Sync first, or name another one."
        )
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
        pieces=counted,
        training=training,
    )
    till.open_shift(connection, shift)
    if not training:
        in_hand = settings.at_counter(connection, event).in_hand
        for one in (event, *visits.events_beside(shelf.of(connection, event))):
            stock.have_in_hand(connection, one, in_hand, at + LONGEST)
        fact = ShiftOpened(event=event, at=micros(at), currency=currency, amount=amount)
        journal.append(connection, shift.id, fact)
    if counted:
        written = _written(connection, shelf, shift, Move(number=0, movement=Movement.FLOAT, amount=amount, at=at))
        written = msgspec.structs.replace(written, number="", counted=counted, operator=operator)
        printing.give_out(connection, written, at, event)
    return shift


def _sorted(pieces: Mapping[int, int]) -> tuple[tuple[int, int], ...]:
    if any(denomination <= 0 or number < 0 for denomination, number in pieces.items()):
        raise BadInput("This cannot be counted", "Nothing was kept.", "A denomination and how many of it there are.")
    return tuple(sorted(((one, number) for one, number in pieces.items() if number), reverse=True))


def needed(connection: Connection, *, training: bool = False) -> Shift:
    """The shift that is open. Raises `Refused` if there is none."""
    shift = till.current_shift(connection, training=training)
    if shift is None:
        raise Refused("No shift is open", "Nothing was done.", "Open one: `boxoffice shift open --float AMOUNT`.")
    return shift


def mind_event(shift: Shift, event: str) -> None:
    """Raises `Refused` where the drawer is open for another event: its books are others, and its money may be."""
    if event != shift.event:
        raise Refused(
            "The drawer is open for another event",
            filled("It is {event}.", event=shift.event),
            "Open a shift for that one.",
        )


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
    permits: Sequence[Permit] = (),
) -> CashSlip:
    """Put cash into the drawer or take it out (`amount` is positive either way), with a slip that has a number.

    Raises `BadInput` for an amount or reason that cannot be, `Refused` if no shift is open.
    """
    if movement is Movement.FLOAT or (amount != 0 if movement is Movement.NO_SALE else amount <= 0):
        raise BadInput("This is no movement of cash", "Nothing was done.", "Name an amount above nothing.")
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was done.", "Say what the cash is for.")
    shift = needed(connection, training=training)
    if not training:
        guard.need(
            connection,
            _GUARDED.get(movement, Act.DRAWER),
            at,
            operator=operator,
            permits=permits,
            reason=reason,
            event=shift.event,
            about=shift.id,
        )
    one = Move(
        number=cash_drawer.next_move(connection, training=training),
        movement=movement,
        amount=-amount if movement in _OUT else amount,
        at=at,
        operator=operator,
        reason=reason,
    )
    _keep(connection, shift, one)
    written = _written(connection, shelf, shift, one)
    printing.give_out(connection, written, at, shift.event)
    return written


_GUARDED = {Movement.PAY_OUT: Act.PAY_OUT, Movement.NO_SALE: Act.NO_SALE}


def _keep(connection: Connection, shift: Shift, one: Move) -> None:
    """A movement in the books, and in the journal where it is no training."""
    operation = new_id()
    cash_drawer.put_move(connection, operation, shift.id, shift.training, one)
    if shift.training:
        return
    fact = CashMoved(
        event=shift.event,
        at=micros(one.at),
        shift=shift.id,
        number=one.number,
        movement=one.movement.value,
        amount=one.amount,
    )
    journal.append(connection, operation, fact, Private(note=one.reason))


def slip(connection: Connection, shelf: Shelf, number: int) -> tuple[str, CashSlip] | None:
    """The slip of a movement of cash by its number, and the event of its shift; None if there is none."""
    found = cash_drawer.move(connection, number)
    shift = till.shift(connection, found[0]) if found is not None else None
    if found is None or shift is None:
        return None
    return shift.event, _written(connection, shelf, shift, found[1])


def open_drawer(
    connection: Connection,
    shelf: Shelf,
    at: datetime,
    operator: str = "",
    reason: str = "",
    permits: Sequence[Permit] = (),
) -> Job | None:
    """Have the drawer opened by hand: while a shift is open it is a movement of nothing, and stands on its Z.

    None if this station has no drawer. Raises `NeedsPermission`.
    """
    if print_setup.read(connection).route(DRAWER) is None:
        return None
    shift = till.current_shift(connection)
    if shift is None:
        guard.need(connection, Act.NO_SALE, at, operator=operator, permits=permits, reason=reason)
        return printing.open_drawer(connection, at, operator=operator, reason=reason)
    moved = move(connection, shelf, Movement.NO_SALE, 0, reason, at, operator, permits=permits)
    return print_queue.about(connection, shift.event, moved.number, DRAWER)[-1]


def _written(connection: Connection, shelf: Shelf, shift: Shift, one: Move) -> CashSlip:
    held, locale = shelf.of(connection, shift.event), settings.locale(connection)
    return CashSlip(
        at=one.at,
        timezone=held.event.timezone,
        locale=locale,
        letterhead=papers.letterhead(connection, held, locale),
        station=settings.station(connection).name,
        operator=one.operator,
        training=shift.training,
        number=str(one.number),
        movement=one.movement,
        currency=shift.currency,
        amount=one.amount,
        reason=one.reason,
    )


def x_report(
    connection: Connection, shelf: Shelf, at: datetime, operator: str = "", *, training: bool = False
) -> Report:
    """The figures of the open shift so far; nothing is closed by it. Raises `Refused` if no shift is open."""
    shift = needed(connection, training=training)
    return figures.report(connection, shelf, figures.day(connection, shift, at), at, operator, None)


def count(
    connection: Connection, pieces: Mapping[int, int], at: datetime, operator: str = "", *, training: bool = False
) -> int:
    """Keep a count of the drawer, before anybody says what it should be; what it comes to. The last count stands.

    `pieces` are numbers by denomination. Earlier counts stay on the Z, so that nobody counts until it fits. Raises
    `Refused` if no shift is open, `BadInput` for less than nothing.
    """
    counted = _sorted(pieces)
    shift = needed(connection, training=training)
    guard.need(connection, Act.DRAWER, at, operator=operator, event=shift.event)
    before = cash_drawer.counts_of_shift(connection, shift.id)
    one = Count(number=len(before) + 1, at=at, operator=operator, pieces=counted)
    if before and (before[-1].pieces, before[-1].operator) == (one.pieces, one.operator):
        return one.amount
    operation = new_id()
    cash_drawer.put_count(connection, operation, shift.id, one)
    if not training:
        fact = DrawerCounted(event=shift.event, at=micros(at), shift=shift.id, number=one.number, amount=one.amount)
        journal.append(connection, operation, fact)
    return one.amount
