"""How a station's door is set. Chosen by a person, kept for the next start; every scan is judged by it."""

from __future__ import annotations

import msgspec

from .passages import Direction


class Door(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a station's door is set to: one list per event, the way through it, the gate's name."""

    lists: tuple[tuple[str, int], ...] = ()
    """Event slug and list id."""
    direction: Direction = Direction.ENTRY
    gate: str = ""
    prefix: str = ""
    suffix: str = ""
