"""The figures of a shift, read from the books: what an X and a Z are made of."""

from __future__ import annotations

from datetime import datetime, tzinfo

import msgspec

from boxoffice import __version__
from boxoffice.domain.documents import Report
from boxoffice.domain.passages import zone_of
from boxoffice.domain.payment import Attempt
from boxoffice.domain.shift import Backlog, Carried, Day, Place, Shift, TerminalSum
from boxoffice.domain.shift_report import sections
from boxoffice.storage import (
    accepted,
    cash_drawer,
    journal,
    leases,
    outbox,
    payments,
    print_queue,
    receipt_book,
    settings,
    till,
)
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import naming, papers

_SHORT = 12
"""Characters of a hash that are printed."""


def day(
    connection: Connection,
    shift: Shift,
    now: datetime,
    pieces: tuple[tuple[int, int], ...] | None = None,
    reason: str = "",
) -> Day:
    """Everything that a report of this shift is made of now; with the pieces that were counted, of its Z."""
    device = settings.station(connection).device
    opened = journal.hash_of(connection, shift.id)
    last_z, before = till.perpetual(connection)
    return Day(
        shift=shift,
        receipts=receipt_book.receipts_of_shift(connection, shift.id),
        moves=cash_drawer.moves_of_shift(connection, shift.id),
        before=before,
        backlog=_backlog(connection, shift),
        pieces=pieces,
        reason=reason,
        chain=(opened.hex()[:_SHORT], journal.head(connection, device)[2].hex()[:_SHORT]),
        copies=_copies(connection, shift),
        training=(0, 0) if shift.training else receipt_book.in_training(connection, shift.opened_at, now),
        terminals=_terminals(connection, shift),
        carried=() if shift.training else _carried(connection),
        last_z=last_z,
        blind=pieces is None and is_hidden(connection, shift),
        place=Place(device=device, software=f"boxoffice {__version__}"),
    )


def is_hidden(connection: Connection, shift: Shift) -> bool:
    """Whether what a drawer should hold is not to be seen yet: its event wants it counted first, and it was not.

    A count before the last receipt, or before cash was moved, is one of another drawer.
    """
    if not accepted.taken(connection, shift.event).blind:
        return False
    counts = cash_drawer.counts_of_shift(connection, shift.id)
    if not counts:
        return True
    at = counts[-1].at
    later = any(one.receipt.at > at for one in receipt_book.receipts_of_shift(connection, shift.id)[-1:])
    return later or any(one.at > at for one in cash_drawer.moves_of_shift(connection, shift.id)[-1:])


def unseen(connection: Connection, event: str) -> str:
    """The open shift whose figures nobody is to see before it is counted; empty if there is none."""
    shift = till.current_shift(connection, training=False)
    return shift.id if shift is not None and shift.event == event and is_hidden(connection, shift) else ""


def report(connection: Connection, shelf: Shelf, day: Day, at: datetime, operator: str, number: int | None) -> Report:
    """The report of a shift; an X if it has no number."""
    held, locale = shelf.of(connection, day.shift.event), settings.locale(connection)
    names = naming.names(held, locale)
    named = msgspec.structs.replace(day, receipts=tuple(names.of_booked(one) for one in day.receipts))
    told = _told_time(day.shift, server_time(connection, at), zone_of(held.event))
    return Report(
        at=at,
        timezone=held.event.timezone,
        locale=locale,
        letterhead=papers.letterhead(connection, held, locale),
        station=settings.station(connection).name,
        operator=operator,
        training=day.shift.training,
        currency=day.shift.currency,
        number=number,
        since=day.shift.opened_at,
        until=at,
        sections=sections(_with_time(named, told)),
    )


def server_time(connection: Connection, at: datetime) -> datetime | None:
    """What the server's clock says at a time of this machine's; None if it was never heard."""
    told = leases.anchor(connection)
    return None if told is None else told.server + (at - told.wall)


def _with_time(day: Day, told: str) -> Day:
    return msgspec.structs.replace(day, place=msgspec.structs.replace(day.place, server_time=told))


def _told_time(shift: Shift, until: datetime | None, zone: tzinfo) -> str:
    if until is None:
        return ""
    since = shift.server_opened_at
    return " - ".join(f"{one.astimezone(zone):%Y-%m-%d %H:%M}" for one in (since, until) if one is not None)


def _copies(connection: Connection, shift: Shift) -> tuple[int, int]:
    opened = journal.number(connection, shift.id)
    return (0, 0) if opened is None else receipt_book.copied(connection, opened)


def _terminals(connection: Connection, shift: Shift) -> tuple[TerminalSum, ...]:
    if shift.training:
        return ()
    sums: dict[str, list[int]] = {}
    for terminal, amount in payments.moved_in(connection, shift.id):
        one = sums.setdefault(terminal, [0, 0])
        one[0] += 1
        one[1] += amount
    said: dict[str, int] = {}
    for day in payments.days_of_shift(connection, shift.id):
        if day.amount is not None:
            said[day.terminal] = said.get(day.terminal, 0) + day.amount
    return tuple(
        TerminalSum(name=name, count=count, amount=amount, own=said.get(name))
        for name, (count, amount) in sorted(({name: [0, 0] for name in said} | sums).items())
    )


def _carried(connection: Connection) -> tuple[Carried, ...]:
    found = [payments.attempt(connection, one) for one in till.carried(connection)]
    return tuple(Carried(name=_name(one), amount=one.amount, state=_state(one)) for one in found if one is not None)


def _state(attempt: Attempt) -> str:
    if attempt.is_doubtful:
        return "doubt"
    return "charged" if attempt.is_charged else "not_charged"


def _name(attempt: Attempt) -> str:
    return f"{attempt.terminal} {attempt.id}"


def _backlog(connection: Connection, shift: Shift) -> Backlog:
    waiting = outbox.counts(connection)
    if shift.training:
        return Backlog(unsent=waiting.waiting, parked=waiting.parked, unprinted=_unprinted(connection))
    doubtful, strays = payments.doubtful(connection), payments.strays(connection)
    return Backlog(
        unsent=waiting.waiting,
        parked=waiting.parked,
        unknown=len(doubtful),
        unprinted=_unprinted(connection),
        strays=len(strays),
        cards=tuple((_name(one), one.amount) for one in (*doubtful, *strays)),
    )


def _unprinted(connection: Connection) -> int:
    return sum(one.kind == "receipt" for one in print_queue.open_ones(connection))
