"""Facts of a door: who passed, who was turned away, what was taken back or handed out."""

from __future__ import annotations

from ..passages import Direction
from ..verdicts import Reason
from .written import Written


class Admitted(Written, tag="admitted", frozen=True):
    """Somebody passed a door. The operation id is the scan's nonce."""

    list: int
    ticket: str
    """`CODE-number`, or `sig:` and a digest for a signed ticket that the replica does not hold."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    source: str = ""
    forced: bool = False
    """A check would have said no; somebody with permission said yes."""
    unaware: bool = False
    """Forced for another reason than an earlier entry, which nobody there knew of."""
    accepted_unpaid: bool = False
    ended: tuple[int, ...] = ()
    """Other lists of the event on which this entry ended the stay."""


class RefusedEntry(Written, tag="refused", frozen=True):
    """Somebody was turned away."""

    list: int
    reason: Reason
    ticket: str = ""
    """Empty if the code belongs to no ticket."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    source: str = ""
    explanation: str = ""


class Undone(Written, tag="undone", frozen=True):
    """A passage was taken back; why, in a person's words, is private."""

    list: int
    ticket: str
    nonce: str
    """The scan that is taken back."""


class HandedOut(Written, tag="handed_out", frozen=True):
    """Things were given to the holder of a ticket: badge colour, T-shirt, lunch."""

    ticket: str
    what: tuple[str, ...]


class Settled(Written, tag="settled", frozen=True):
    """A person decided what to make of a conflict."""

    conflict: str
    action: str
    """`accept`, `annul` or `escalate`."""
    ticket: str = ""
    nonce: str = ""
    """With `annul`: the scan that no longer counts."""


DoorFact = Admitted | RefusedEntry | Undone | HandedOut | Settled
