"""What is personal about a fact. It stands apart from it, so that it can be destroyed while the chain holds."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Guest(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Whose ticket it is, and the secret that opens the door."""

    secret: str = ""
    name: str = ""
    company: str = ""
    email: str = ""
    answers: Mapping[str, str] = {}
    role: str = ""
    """What the holder has shown to be, where the ticket is for some people only."""
    name_parts: Mapping[str, str] = {}
    """The parts of the name, where they are asked one by one."""


class Change(msgspec.Struct, frozen=True):
    """What a field said, and what it says now. The first half shows whether somebody else was there in between."""

    before: str
    after: str


class Private(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The personal part of a fact. Only its salted HMAC stands in the chain."""

    text: str = ""
    """The code as it was read."""
    answers: Mapping[str, str] = {}
    note: str = ""
    guests: Mapping[str, Guest] = {}
    """Of a sale: who goes with each position, by its number (as text)."""
    email: str = ""
    phone: str = ""
    """Of a sale: how to reach the buyer."""
    changes: Mapping[str, Change] = {}
    """Of an edit: `name`, `company` and `email` of a ticket, `email` and `phone` of an order."""
    asked: str = ""
    permitted: str = ""
    """Names of who wanted to do something guarded, and who stood by it."""
    operator: str = ""
    """Of a receipt: who served. Of a scan, or of a settled conflict: who was signed in."""
    cart: str = ""
    """Of a cart that was put by: all of it, for the till that takes it up."""
    pictures: Mapping[str, bytes] = {}
    """Of a design: what is to be seen on it, by the names that it has for them; of a photo: it."""
    files: Mapping[str, bytes] = {}
    """Of a scan: what was handed in as an answer, by the name that the answer has for it."""
    person: str = ""
    """Of a change of people: what they are called, for the other stations."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing personal to keep."""
        return self == _NOTHING


_NOTHING = Private()
