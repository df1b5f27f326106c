"""What a station did, as values that are written down once and never changed.

A fact's body goes into the journal's chain and to the server. It names tickets as people do
(`CODE-number`), never by a database id, and holds integers and texts only. What is personal (the code
as read, answers, notes) stands in `Private`, apart, so that it can be destroyed while the chain holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .passages import Direction
from .verdicts import Reason


class Private(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The personal part of a fact. Only its salted HMAC stands in the chain."""

    text: str = ""
    """The code as it was read."""
    answers: Mapping[str, str] = {}
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing personal to keep."""
        return not (self.text or self.answers or self.note)


class _Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    event: str
    at: int
    """When it happened by the station's clock: microseconds since 1970 in UTC."""


class Admitted(_Fact, tag="admitted", frozen=True):
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


class RefusedEntry(_Fact, tag="refused", frozen=True):
    """Somebody was turned away."""

    list: int
    reason: Reason
    ticket: str = ""
    """Empty if the code belongs to no ticket."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    source: str = ""
    explanation: str = ""


class Undone(_Fact, tag="undone", frozen=True):
    """A passage was taken back."""

    list: int
    ticket: str
    nonce: str
    """The scan that is taken back."""
    reason: str = ""


class HandedOut(_Fact, tag="handed_out", frozen=True):
    """Things were given to the holder of a ticket: badge colour, T-shirt, lunch."""

    ticket: str
    what: tuple[str, ...]


class Settled(_Fact, tag="settled", frozen=True):
    """A person decided what to make of a conflict."""

    conflict: str
    action: str
    """`accept`, `annul` or `escalate`."""
    ticket: str = ""
    nonce: str = ""
    """With `annul`: the scan that no longer counts."""


Fact = Admitted | RefusedEntry | Undone | HandedOut | Settled


def kind_of(fact: Fact) -> str:
    """The fact's name in the journal and on the wire."""
    return str(fact.__struct_config__.tag)


def subject_of(fact: Fact) -> str:
    """What the order of sending is kept for: facts about one ticket go out in sequence."""
    ticket = getattr(fact, "ticket", "")
    return f"{fact.event}/{ticket}" if ticket else ""
