"""The one thread that writes, and the queue before it.

Jobs come in two lanes, so a person at the counter goes before a page from the server. Each job is one
transaction: its future is done only after the commit is on disk. A long background job asks
`person_waiting` between its rows and ends early, keeping what it has, when somebody stands in front.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from boxoffice.errors import StorageTrouble, Trouble

from . import connection as connections
from .connection import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")
Job = Callable[[Connection], T]
_Work = tuple[Job[Any], Future[Any]]


class Lane(IntEnum):
    """Who goes first."""

    PERSON = 0
    BACKGROUND = 1


class Writer:
    """Owns the writable connection. `submit` from any thread; `stop` finishes what was accepted."""

    def __init__(self, path: Path, key: bytes, prepare: Job[None]) -> None:
        self._path = path
        self._key = key
        self._lanes: tuple[deque[_Work], ...] = (deque(), deque())
        self._calls: SimpleQueue[None] = SimpleQueue()
        """One for each job, and a last one to stop: waiting in it costs less than any lock of our own."""
        self._door = threading.Lock()
        self._stopping = False
        self._serving = False
        self.served_at = -math.inf
        """When a person's job was last taken up, by `time.monotonic`."""
        self.after_commit: list[Callable[[], None]] = []
        """Called on the writing thread after each commit; must be quick and must not raise."""
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(prepare, ready), name="writer", daemon=True)
        self._thread.start()
        ready.result()

    def submit(self, job: Job[T], lane: Lane = Lane.PERSON) -> Future[T]:
        """Run a job in a transaction of its own. The future carries its value, or its trouble, after the commit."""
        return self._submit(partial(transact, job=job), lane)

    def alone(self, job: Job[T]) -> Future[T]:
        """Run a job without a transaction, for what the engine does in none; it may `transact` by itself."""
        return self._submit(partial(_translated, job=job), Lane.PERSON)

    def _submit(self, job: Job[T], lane: Lane) -> Future[T]:
        future: Future[T] = Future()
        with self._door:
            if self._stopping:
                raise StorageTrouble("The station is closing", "Nothing was written.", "Start the app again.")
            self._lanes[lane].append((job, future))
            self._calls.put(None)
        return future

    def do(self, job: Job[T], lane: Lane = Lane.PERSON) -> T:
        """Submit and wait; for threads that have nothing better to do."""
        return self.submit(job, lane).result()

    @property
    def person_waiting(self) -> bool:
        """Whether a person's job stands in the queue: background work should end its transaction."""
        return bool(self._lanes[Lane.PERSON])

    @property
    def person_there(self) -> bool:
        """Whether a person's job waits or is being done: whoever only computes should give way."""
        return self._serving or bool(self._lanes[Lane.PERSON])

    def stop(self) -> None:
        """Finish everything that was accepted, then close the file."""
        with self._door:
            self._stopping = True
            self._calls.put(None)
        self._thread.join()

    def _run(self, prepare: Job[None], ready: Future[None]) -> None:
        try:
            connection = connections.writable(self._path, self._key)
            prepare(connection)
        except BaseException as error:  # noqa: BLE001 - handed to whoever opens the store
            ready.set_exception(error)
            return
        ready.set_result(None)
        while (work := self._next()) is not None:
            self._do(connection, *work)
        connection.close()

    def _next(self) -> _Work | None:
        self._serving = False
        self._calls.get()
        if self._lanes[Lane.PERSON]:
            self._serving = True
            self.served_at = time.monotonic()
            return self._lanes[Lane.PERSON].popleft()
        return self._lanes[Lane.BACKGROUND].popleft() if self._lanes[Lane.BACKGROUND] else None

    def _do(self, connection: Connection, job: Job[Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            value = job(connection)
        except BaseException as error:  # noqa: BLE001 - the one guard of this loop: the caller gets it
            future.set_exception(error)
            return
        future.set_result(value)
        for listener in self.after_commit:
            try:
                listener()
            except Exception:
                log.exception("A listener of the writer failed")


def transact(connection: Connection, job: Job[T]) -> T:
    """Run a job between BEGIN IMMEDIATE and COMMIT; all of it or nothing.

    Raises `StorageTrouble` when the engine could not write; whatever the job raises, unchanged.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            value = job(connection)
        except BaseException:
            _roll_back(connection)
            raise
        connection.execute("COMMIT")
    except Trouble:
        raise
    except connections.DatabaseError as error:
        raise _trouble(connection, error) from error
    return value


def _translated(connection: Connection, job: Job[T]) -> T:
    """What the engine could not do becomes a trouble that a person can read."""
    try:
        return job(connection)
    except Trouble:
        raise
    except connections.DatabaseError as error:
        raise _trouble(connection, error) from error


def _trouble(connection: Connection, error: Exception) -> StorageTrouble:
    _roll_back(connection)
    return StorageTrouble(
        "The station cannot write to its disk",
        f"{error}. This was not done, and nothing before it is lost.",
        "Free some space or check the disk, then do it again.",
    )


def _roll_back(connection: Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
