"""The one connection that writes, its thread, and the queue before it.

Jobs come in two lanes, so a person at the counter goes before a page from the server. Each job is one
transaction: its future is done only after the commit is on disk. A long background job asks
`person_waiting` between its rows and ends early, keeping what it has, when somebody stands in front.
Whoever waits for the answer anyway may do its job by itself while nobody stands in the queue: to hand it to
another thread and to be woken again costs a scan a fifth of its time. One holds the turn, whoever it is.
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

from boxoffice.errors import StorageTrouble, Trouble, filled

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
    """Owns the writable connection. `submit` and `at_once` from any thread; `stop` finishes what was accepted."""

    _connection: Connection

    def __init__(self, path: Path, key: bytes, prepare: Job[None]) -> None:
        self._path = path
        self._key = key
        self._lanes: tuple[deque[_Work], ...] = (deque(), deque())
        self._calls: SimpleQueue[None] = SimpleQueue()
        """One for each job, and a last one to stop: waiting in it costs less than any lock of our own."""
        self._door = threading.Lock()
        self._turn = threading.Lock()
        """Held by whoever uses the connection."""
        self._stopping = False
        self._serving = False
        self.served_at = -math.inf
        """When a person's job was last taken up, by `time.monotonic`."""
        self.after_commit: list[Callable[[], None]] = []
        """Called after each commit on the thread that made it; must be quick and must not raise."""
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(prepare, ready), name="writer", daemon=True)
        self._thread.start()
        ready.result()

    def submit(self, job: Job[T], lane: Lane = Lane.PERSON) -> Future[T]:
        """Run a job in a transaction of its own. The future carries its value, or its trouble, after the commit."""
        return self._submit(partial(transact, job=job), lane)

    def at_once(self, job: Job[T]) -> Future[T]:
        """Like `submit`, for a thread that waits for the answer anyway: it does the job by itself if it can.

        While somebody else writes, or stands in the queue, the job takes its place there like any other.
        """
        future: Future[T] = Future()
        if not self._take_turn():
            return self.submit(job)
        try:
            self._serve_person()
            self._answer(partial(transact, job=job), future)
        finally:
            self._serving = False
            self._turn.release()
        return future

    def _take_turn(self) -> bool:
        """Whether nobody writes or wants to, so that the calling thread does now."""
        with self._door:
            self._must_be_open()
            return not any(self._lanes) and self._turn.acquire(blocking=False)

    def alone(self, job: Job[T]) -> Future[T]:
        """Run a job without a transaction, for what the engine does in none; it may `transact` by itself."""
        return self._submit(partial(_translated, job=job), Lane.PERSON)

    def _submit(self, job: Job[T], lane: Lane) -> Future[T]:
        future: Future[T] = Future()
        with self._door:
            self._must_be_open()
            self._lanes[lane].append((job, future))
            self._calls.put(None)
        return future

    def _must_be_open(self) -> None:
        if self._stopping:
            raise StorageTrouble("The station is closing", "Nothing was written.", "Start the app again.")

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
            self._connection = connections.writable(self._path, self._key)
            prepare(self._connection)
        except BaseException as error:  # noqa: BLE001 - handed to whoever opens the store
            ready.set_exception(error)
            return
        ready.set_result(None)
        while self._answer_call():
            pass
        self._connection.close()

    def _answer_call(self) -> bool:
        """Wait for a call and do what it is for; False when it was the last one."""
        self._calls.get()
        with self._turn:
            work = self._next()
            if work is not None:
                self._do(*work)
            self._serving = False
        return work is not None

    def _next(self) -> _Work | None:
        if self._lanes[Lane.PERSON]:
            self._serve_person()
            return self._lanes[Lane.PERSON].popleft()
        return self._lanes[Lane.BACKGROUND].popleft() if self._lanes[Lane.BACKGROUND] else None

    def _serve_person(self) -> None:
        self._serving = True
        self.served_at = time.monotonic()

    def _do(self, job: Job[Any], future: Future[Any]) -> None:
        if future.set_running_or_notify_cancel():
            self._answer(job, future)

    def _answer(self, job: Job[Any], future: Future[Any]) -> None:
        try:
            value = job(self._connection)
        except BaseException as error:  # noqa: BLE001 - the one guard of this loop: the caller gets it
            future.set_exception(error)
            return
        future.set_result(value)
        for listener in tuple(self.after_commit):  # One that goes meanwhile must not have the next one left out.
            try:
                listener()
            except Exception:
                log.exception("A listener of the writer failed")


def transact(connection: Connection, job: Job[T]) -> T:
    """Run a job between BEGIN IMMEDIATE and COMMIT; all of it or nothing.

    Raises `StorageTrouble` when the engine could not write; whatever the job raises, unchanged.
    """
    try:
        try:
            connection.execute("BEGIN IMMEDIATE")
            value = job(connection)
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
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
        filled("{error}. This was not done, and nothing before it is lost.", error=error),
        "Free some space or check the disk, then do it again.",
    )


def _roll_back(connection: Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
