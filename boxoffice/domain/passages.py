"""What came before at a door: the entries and exits of one ticket on one list.

History is a tuple of passages that count; annulled ones are left out by whoever hands it over. Its order
is that of the times, because what another door did may be heard of late.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

import msgspec

from .catalog import CheckInList, Event


class Direction(StrEnum):
    """Which way somebody passes the door."""

    ENTRY = "entry"
    EXIT = "exit"


class Passage(msgspec.Struct, frozen=True):
    """One entry or exit that counts, on one list: when, and through which gate and device."""

    direction: Direction
    at: datetime
    gate: str = ""
    device: str = ""
    nonce: str = ""
    forced: bool = False
    unaware: bool = False
    """Forced, but for another reason: nobody there knew that the ticket had been used already."""


def ordered(history: Iterable[Passage]) -> tuple[Passage, ...]:
    """The passages by time; device and nonce settle a tie the same way everywhere."""
    return tuple(sorted(history, key=_moment))


def _moment(passage: Passage) -> tuple[datetime, str, str]:
    return passage.at, passage.device, passage.nonce


def entries(history: Iterable[Passage]) -> tuple[Passage, ...]:
    """Only those who came in."""
    return tuple(passage for passage in history if passage.direction is Direction.ENTRY)


def present(history: tuple[Passage, ...]) -> bool:
    """Whether the holder is inside, by an ordered history."""
    return bool(history) and history[-1].direction is Direction.ENTRY


def entry_allowed(history: tuple[Passage, ...], gate_list: CheckInList) -> bool:
    """Whether somebody with this ordered history may come in again."""
    if gate_list.allow_multiple_entries or not history:
        return True
    if gate_list.allow_entry_after_exit and not present(history):
        return True
    return not entries(history)


def until(history: tuple[Passage, ...], gate_list: CheckInList, event: Event, at: datetime) -> tuple[Passage, ...]:
    """The history in order, with the exit of those whom the list's closing time sent home before `at`."""
    if len(history) > 1:
        history = ordered(history)
    if gate_list.exit_all_at is None or not present(history):
        return history
    closed = max(gate_list.exit_all_at, next_closing(gate_list.exit_all_at, zone_of(event), history[-1].at))
    if closed > at:
        return history
    return (*history, Passage(Direction.EXIT, closed))


def next_closing(exit_all_at: datetime, zone: tzinfo, entered: datetime) -> datetime:
    """When a list that closes every day at this time next sends home somebody who came in at `entered`.

    The server moves its time on by a day, on the event's clock, whenever it has passed. A replica may be
    days behind with that, so it counts the days itself.
    """
    clock = exit_all_at.astimezone(zone).time()
    day = entered.astimezone(zone).date()
    closing = datetime.combine(day, clock, zone).astimezone(UTC)
    if closing >= entered:
        return closing
    return datetime.combine(day + timedelta(days=1), clock, zone).astimezone(UTC)


def last_closing(gate_list: CheckInList, event: Event, now: datetime) -> datetime | None:
    """When the list last sent everybody home; None if it never did. Counted by days, as `next_closing` does."""
    first = gate_list.exit_all_at
    if first is None or now < first:
        return None
    zone = zone_of(event)
    clock, today = first.astimezone(zone).time(), now.astimezone(zone).date()
    days = (today, today - timedelta(days=1))
    closings = (datetime.combine(day, clock, zone).astimezone(UTC) for day in days)
    return max(first, next(one for one in closings if one <= now))


def zone_of(event: Event) -> tzinfo:
    """The zone of the event's clock; UTC if its name is not known here."""
    return _zone(event) or UTC


def has_clock(event: Event) -> bool:
    """Whether the name of its time zone is known here."""
    return _zone(event) is not None


def _zone(event: Event) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(event.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
