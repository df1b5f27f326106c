"""What sync shows of itself: one value that screens and commands can keep as long as they like."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.errors import Trouble


class FirstSync(msgspec.Struct, frozen=True, kw_only=True):
    """How far an event has come that was never whole here."""

    event: str
    applied: int = 0
    total: int | None = None
    """How many changes there are in all; None until the server has said it."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Sync at one moment."""

    online: bool = False
    since: datetime | None = None
    """Since when we are online, or offline; None before anything was tried."""
    waiting: int = 0
    parked: int = 0
    """Acts that the server refused."""
    oldest: datetime | None = None
    """When the oldest act that waits was done."""
    conflicts: int = 0
    skew_seconds: float | None = None
    """By how much the server's clock is ahead of ours."""
    first_sync: tuple[FirstSync, ...] = ()
    """Events that are not whole yet."""
    first_sync_stopped: bool = False
    """A person has stopped the first sync; it waits to be resumed."""
    data_as_of: datetime | None = None
    """When the replica last had everything of all events; None while one of them is not whole."""
    revoked: bool = False
    cloned: bool = False
    """The server holds a later journal of this station: nothing more is sent."""
    alarm: str = ""
    """What the server holds against our journal."""
    sent_again: int = 0
    """Acts that the server once had and had lost, since the program began: it was set back."""
    trouble: Trouble | None = None
    """Why the last talk failed, or what is wrong with one event."""

    @property
    def offline_since(self) -> datetime | None:
        """Since when the server is out of reach; None while it is not."""
        return None if self.online else self.since

    def data_age(self, now: datetime) -> float | None:
        """Seconds since the replica last had everything."""
        return None if self.data_as_of is None else (now - self.data_as_of).total_seconds()
