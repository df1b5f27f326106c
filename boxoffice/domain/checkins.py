"""Check-ins as they are kept and shared: one passage of one ticket through one list.

Stations learn of each other's check-ins through the server; the same noun serves our own and theirs.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from .passages import Direction, Passage


class CheckIn(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A passage, whose it was, and which station saw it. An annulled one no longer counts."""

    event: str
    list: int
    ticket: str
    """`CODE-number`, or `sig:` and a digest where the replica does not hold the ticket."""
    direction: Direction = Direction.ENTRY
    at: datetime
    nonce: str
    """The scan's own; for a check-in of a server that hands out none: a name made of the server's id."""
    gate: str = ""
    device: str = ""
    """The device's name, as people know it."""
    device_id: str = ""
    person: str = ""
    """Who was signed in there; empty where nobody is known by name."""
    forced: bool = False
    unaware: bool = False
    """Forced for another reason than an earlier entry, which nobody there knew of."""
    annulled: bool = False
    auto: bool = False
    """An exit that follows from an entry elsewhere or from the list's closing time."""

    def passage(self) -> Passage:
        """What a rule needs of it."""
        return Passage(self.direction, self.at, self.gate, self.device, self.nonce, self.forced, self.unaware)


class Settlement(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a conflict was settled, by which device and by whom, where somebody is known by name."""

    event: str
    conflict: str
    action: str
    at: datetime
    device: str = ""
    person: str = ""
    note: str = ""


class Objection(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """That the server above a venue's hub will not have what one of its stations did."""

    event: str
    operation: str
    at: datetime
    words: str


class HandOut(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was given to the holder of a ticket, when, by which device."""

    event: str
    ticket: str
    what: tuple[str, ...]
    at: datetime
    device: str = ""
    operation: str = ""
