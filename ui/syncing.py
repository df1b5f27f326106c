"""What the window asks of the thread that syncs. The engine fulfils it; tests fulfil it with less."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sync.state import State


class SyncWorker(Protocol):
    """The thread that syncs."""

    @property
    def on_state(self) -> list[Callable[[State], None]]:
        """Called on its thread with each new state."""
        ...

    @property
    def state(self) -> State:
        """How things stand."""
        ...

    def start(self) -> None:
        """Talk to the server that the station belongs to now."""
        ...

    def hurry(self) -> None:
        """Somebody wants to know at once."""
        ...

    def stop_first_sync(self) -> None:
        """Stop the first download; what has come stays."""
        ...

    def resume_first_sync(self) -> None:
        """Go on with it from there."""
        ...
