"""What the window wants to know of the thread that syncs. The engine fulfils it; tests fulfil it with less."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from boxoffice.errors import Trouble


class FirstSync(Protocol):
    """How far the first download has come."""

    @property
    def total(self) -> int | None: ...

    @property
    def applied(self) -> int: ...


class SyncState(Protocol):
    """Where the station stands with its server; a value."""

    @property
    def online(self) -> bool: ...

    @property
    def offline_since(self) -> datetime | None: ...

    @property
    def first_sync(self) -> FirstSync | None: ...

    @property
    def skew_seconds(self) -> float | None: ...

    @property
    def revoked(self) -> bool: ...

    @property
    def trouble(self) -> Trouble | None: ...


class SyncWorker(Protocol):
    """The thread that syncs."""

    on_state: Callable[[], object] | None
    """Called on its thread whenever `state` is another one, or something was pulled."""

    @property
    def state(self) -> SyncState: ...

    def poke(self) -> None:
        """There is something to send, or somebody wants to know at once."""
        ...

    def cancel_first_sync(self) -> None:
        """Stop the first download; it goes on from there when it is asked for again."""
        ...
