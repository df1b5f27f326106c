"""The people who work here, as the station knows them: a name, a role, and a PIN that nobody can read.

Stations of one hub tell each other who works for the event, who has another role and who was sent away. What is kept
of a PIN stays where it was typed. It holds because the pepper is not kept with it, and a hub that told both, or a
pepper that every station knew, would give four digits to whoever opens one backup or one laptop: they are all tried in
minutes. So whoever comes to another till is given a PIN there once, by somebody who may do that.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from .permissions import Act, Role, may


class Operator(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who works at this station. Whoever has left stays known by id."""

    id: str
    name: str
    role: Role
    active: bool = True
    has_pin: bool = True
    """Whether they were given a PIN at this station; without one they cannot stand by anything here."""

    def may(self, act: Act) -> bool:
        """Whether their role lets them do it, or stand by it."""
        return self.active and self.has_pin and may(self.role, act)


class NewOperator(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to be added: a line of a file, or what was typed."""

    name: str
    role: Role
    pin: str


class Person(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody who works for an event, as a hub tells it to all of its stations."""

    event: str
    id: str
    name: str
    role: Role
    active: bool = True
    changed_at: datetime
    """When that was so, by the clock of the station where it was changed."""
    device: str = ""
    """The station where it was changed."""


def newer(held: Person | None, told: Person) -> Person:
    """What holds of two words about somebody: the later one, but whoever was sent away stays away."""
    if held is None or (held.active and not told.active):
        return told
    if told.active and not held.active:
        return held
    return told if told.changed_at > held.changed_at else held
