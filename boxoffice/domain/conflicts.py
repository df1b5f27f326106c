"""What doors that could not hear of each other disagree about, once they can.

Nothing is decided here and nobody was wrong: both sides are shown until a person has settled it. Every
station that holds the same check-ins finds the same conflicts under the same ids, whatever the order
in which it heard of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from .catalog import CheckInList, Event
from .checkins import CheckIn
from .orders import Status, Ticket
from .passages import Direction, next_closing, zone_of


class Kind(StrEnum):
    """What a conflict is about."""

    DOUBLE_ENTRY = "double_entry"
    CANCELED_AFTER_ENTRY = "canceled_after_entry"


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement about one ticket on one list; its passages say time, gate and device of each side."""

    id: str
    kind: Kind
    event: str
    list: int
    ticket: str
    passages: tuple[CheckIn, ...]
    """All sides, the one that came first, and counts, before the other."""
    found_at: datetime | None = None
    """When this station noticed."""
    action: str | None = None
    """What a person decided: `accept`, `annul` or `escalate` (which leaves it open)."""
    settled_at: datetime | None = None
    settled_by: str | None = None
    note: str | None = None


def double_entries(checkins: Iterable[CheckIn], gate_list: CheckInList, event: Event) -> tuple[Conflict, ...]:
    """The entries of one ticket on one list that would have been refused, had their door known of the other.

    An entry that was forced is none: whoever forced it knew, unless the check-in says `unaware`. Each is
    set against the entry that it should have met with.
    """
    if gate_list.allow_multiple_entries:
        return ()
    found = []
    inside: CheckIn | None = None
    for passage in _in_order(checkins):
        if inside is not None and gate_list.allow_entry_after_exit and _left(inside, passage, gate_list, event):
            inside = None
        if passage.direction is Direction.EXIT:
            continue
        if inside is None:
            inside = passage
        elif not passage.forced or passage.unaware:
            found.append(_conflict(Kind.DOUBLE_ENTRY, inside, passage))
    return tuple(found)


def canceled_after_entry(ticket: Ticket, checkins: Iterable[CheckIn]) -> Conflict | None:
    """Whether somebody was let in with a ticket that is cancelled now; named by the first such entry."""
    if ticket.order.status is not Status.CANCELED and not ticket.position.canceled:
        return None
    for passage in _in_order(checkins):
        if passage.direction is Direction.ENTRY and not passage.forced:
            return _conflict(Kind.CANCELED_AFTER_ENTRY, passage)
    return None


def _in_order(checkins: Iterable[CheckIn]) -> list[CheckIn]:
    """Those that count, each once, by time; device and nonce settle a tie the same way everywhere."""
    copies = sorted(checkins, key=_rank)
    annulled = {one.nonce for one in copies if one.annulled}
    return list({one.nonce: one for one in copies if one.nonce not in annulled}.values())


def _rank(passage: CheckIn) -> tuple[datetime, str, str]:
    return passage.at, passage.device_id or passage.device, passage.nonce


def _left(inside: CheckIn, later: CheckIn, gate_list: CheckInList, event: Event) -> bool:
    """Whether whoever came in has left by then: by this very exit, or with everybody when the list closed."""
    if later.direction is Direction.EXIT:
        return True
    if gate_list.exit_all_at is None:
        return False
    return next_closing(gate_list.exit_all_at, zone_of(event), inside.at) <= later.at


def _conflict(kind: Kind, *sides: CheckIn) -> Conflict:
    tickets = sorted({side.ticket for side in sides}, key=lambda name: (name.startswith("sig:"), name))
    first = sides[0]
    named = "\0".join((kind, first.event, str(first.list), *tickets, *sorted(side.nonce for side in sides)))
    return Conflict(
        id=hashlib.sha256(named.encode()).hexdigest()[:32],
        kind=kind,
        event=first.event,
        list=first.list,
        ticket=tickets[0],
        passages=sides,
    )
