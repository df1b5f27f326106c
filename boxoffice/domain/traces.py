"""What a fact leaves behind for everybody to see: one rule for the hub, and for a station that hands facts on."""

from __future__ import annotations

import msgspec

from .checkins import CheckIn
from .facts import Admitted, Printed
from .instants import moment
from .passages import Direction
from .printing import Printout


def passages(operation: str, fact: Admitted, device: str, device_id: str, person: str = "") -> tuple[CheckIn, ...]:
    """The passage of an admission, and the exits elsewhere that follow from it; `device` is the station's name."""
    entry = CheckIn(
        event=fact.event,
        list=fact.list,
        ticket=fact.ticket,
        direction=fact.direction,
        at=moment(fact.at),
        nonce=operation,
        gate=fact.gate,
        device=device,
        device_id=device_id,
        person=person,
        forced=fact.forced,
        unaware=fact.unaware,
    )
    return entry, *(_exit(entry, elsewhere) for elsewhere in fact.ended)


def exit_name(operation: str, elsewhere: int) -> str:
    """The name of an exit that follows from an entry."""
    return f"{operation}/{elsewhere}"


def _exit(entry: CheckIn, elsewhere: int) -> CheckIn:
    return msgspec.structs.replace(
        entry,
        list=elsewhere,
        direction=Direction.EXIT,
        nonce=exit_name(entry.nonce, elsewhere),
        forced=False,
        unaware=False,
        auto=True,
    )


def printout(operation: str, fact: Printed, device: str, device_id: str) -> Printout:
    """What everybody is to know of a print for a ticket; `device` is the station's name."""
    return Printout(
        event=fact.event,
        ticket=fact.ticket,
        what=fact.what,
        at=moment(fact.at),
        device=device,
        device_id=device_id,
        operation=operation,
        copy=fact.copy,
        reason=fact.reason,
    )
