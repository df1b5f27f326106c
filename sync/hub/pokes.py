"""Telling the doors at once that something changed, without saying what: they read the feed from their cursor.

A commit in this process pokes its listeners directly. What other processes commit (another worker, a file
being loaded) PostgreSQL tells by its own notifications; on SQLite it is seen by looking at the version
counter a few times a second, or often where other processes take in acts too. Either only as long as anybody listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

from starlette.concurrency import run_in_threadpool

from boxoffice.errors import StorageTrouble
from sync.wire.hub import poke

from . import documents
from .database import Database
from .ear import Ear

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
LOOK_OFTEN = 0.02
"""Seconds between two looks at a file; often where another process may take in an entry at any moment."""
ALIVE_EVERY = 15.0
ALIVE = b": alive\n\n"


class Pokes:
    """All open streams of this process. Used on the event loop only, but for `join`."""

    def __init__(self, database: Database, *, among_others: bool = False) -> None:
        """`among_others`: whether other processes take in acts as well."""
        self._database = database
        self._look_every = LOOK_OFTEN if among_others else LOOK_EVERY
        self._listeners: dict[_Listener, None] = {}
        """In the order in which they came: whoever has listened longest is told first."""
        self._seen = 0
        self._due = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._quiet = threading.Event()
        self._quiet.set()
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
        self._listeners[listener] = None
        try:
            self._start_looking()
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
            self._listeners.pop(listener)
            self._due.set()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._closed = True
        for listener in self._listeners:
            listener.wake()

    def join(self) -> None:
        """Wait until nobody looks any more. The streams have ended by then."""
        self._quiet.wait()

    def _start_looking(self) -> None:
        if self._looking is None:
            self._quiet.clear()
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Look for commits of other processes until nobody listens any more."""
        ear = None if self._database.is_sqlite else self._new_ear()
        try:
            while self._listeners:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._due.wait(), self._look_every if ear is None else None)
                self._due.clear()
                try:
                    await self._look_once()
                except Exception:
                    log.exception("Looking for changes has a fault")
        finally:
            self._looking = None
            if ear is not None:
                ear.close()
            self._quiet.set()

    def _new_ear(self) -> Ear:
        loop = asyncio.get_running_loop()
        return Ear(self._database, moved=_posting(loop, self.tell), missed=_posting(loop, self._due.set))

    async def _look_once(self) -> None:
        try:
            newest = await run_in_threadpool(self._newest)
            if newest == self._seen:
                return
            events = frozenset().union(*(listener.events for listener in self._listeners))
            self.tell(await run_in_threadpool(self._latest, events))
            self._seen = newest
        except StorageTrouble as trouble:
            log.warning("Looking for changes: %s", trouble)

    def _newest(self) -> int:
        with self._database.reading() as connection:
            return documents.newest(connection)

    def _latest(self, events: Iterable[str]) -> dict[str, int]:
        with self._database.reading() as connection:
            return {event: documents.latest(connection, event) for event in events}


def _posting(loop: asyncio.AbstractEventLoop, callback: Callable[..., None]) -> Callable[..., None]:
    """Calls back on the event loop, from any thread, unless the loop has ended meanwhile."""

    def post(*arguments: object) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(callback, *arguments)

    return post


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
