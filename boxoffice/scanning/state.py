"""What a camera or a gun is doing right now, for the strip that shows it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from boxoffice.errors import DeviceTrouble


class Phase(StrEnum):
    """Where a source of scans stands."""

    OPENING = "opening"
    RUNNING = "running"
    MISSING = "missing"
    """Not there; looked for again and again."""
    UNPLUGGED = "unplugged"
    """Was there and went away; looked for again and again."""
    BUSY = "busy"
    """There, but another program or a missing permission keeps us out; tried again and again."""
    ENDED = "ended"
    """A film or a folder has been read to its end."""
    STOPPED = "stopped"


class SourceState(msgspec.Struct, frozen=True):
    """A phase, and the trouble a person should read about it, if there is one."""

    phase: Phase
    trouble: DeviceTrouble | None = None
