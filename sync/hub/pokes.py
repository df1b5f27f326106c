"""Telling the doors at once that something changed, without saying what: they read the feed from their cursor.

A commit in this process pokes its listeners directly. What other processes commit (another worker, a file
being loaded) is seen by looking at the version counter a few times a second, as long as anybody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

from starlette.concurrency import run_in_threadpool

from boxoffice.errors import StorageTrouble
from sync.wire.hub import poke

from . import documents
from .database import Database

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
ALIVE_EVERY = 15.0
ALIVE = b": alive\n\n"


class Pokes:
    """All open streams of this process. Used on the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[_Listener] = set()
        self._seen = 0
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    def tell(self, moved: Mapping[str, int]) -> None:
        """Something was committed: the newest version of each event that has anything new."""
        for listener in self._listeners:
            listener.hear(moved)

    async def messages(self, events: Iterable[str], welcome: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
        """The stream for one device: where each event stands now, then a message for each change.

        In quiet moments `welcome` is asked whether the device may stay.
        """
        listener = _Listener(events)
        self._listeners.add(listener)
        try:
            await self._start_looking()
            listener.hear(await run_in_threadpool(self._latest, listener.events))
            while not self._closed:
                for event, version in listener.taken().items():
                    yield poke(event, str(version))
                if await listener.wait(ALIVE_EVERY):
                    continue
                if not await welcome():
                    return
                yield ALIVE
        finally:
            self._listeners.discard(listener)
            self._stop_looking()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._closed = True
        for listener in self._listeners:
            listener.wake()

    async def _start_looking(self) -> None:
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())

    def _stop_looking(self) -> None:
        if not self._listeners and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look(self) -> None:
        """Look for commits of other processes until nobody listens any more."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look_once()
            except StorageTrouble as trouble:
                log.warning("Looking for changes: %s", trouble)

    async def _look_once(self) -> None:
        newest = await run_in_threadpool(self._newest)
        if newest == self._seen:
            return
        events = frozenset().union(*(listener.events for listener in self._listeners))
        self.tell(await run_in_threadpool(self._latest, events))
        self._seen = newest

    def _newest(self) -> int:
        with self._database.reading() as connection:
            return documents.newest(connection)

    def _latest(self, events: Iterable[str]) -> dict[str, int]:
        with self._database.reading() as connection:
            return {event: documents.latest(connection, event) for event in events}


class _Listener:
    """One open stream: what it was told, and what it has yet to pass on."""

    def __init__(self, events: Iterable[str]) -> None:
        self.events = frozenset(events)
        self._told: dict[str, int] = {}
        self._new: dict[str, int] = {}
        self._awake = asyncio.Event()

    def hear(self, moved: Mapping[str, int]) -> None:
        for event, version in moved.items():
            if event in self.events and version > self._told.get(event, -1):
                self._told[event] = self._new[event] = version
                self._awake.set()

    def taken(self) -> dict[str, int]:
        self._awake.clear()
        new, self._new = self._new, {}
        return new

    def wake(self) -> None:
        self._awake.set()

    async def wait(self, seconds: float) -> bool:
        """Wait for news; whether there are any."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), seconds)
        return self._awake.is_set()
