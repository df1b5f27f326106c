"""Taking in what the server tells: from its stream through a short queue into the replica.

The calling thread reads the network and does whatever needs no store; the writer only gets rows that are
ready, in transactions short enough that nobody at a door notices them. Each transaction moves the feed's
cursor, so whatever cuts it short, the next pull goes on behind the last row that is on disk.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime

import msgspec

from boxoffice.errors import ServerTrouble
from boxoffice.ports import CentralServer, Feed
from boxoffice.services import hear
from boxoffice.storage import feeds, orders
from boxoffice.storage.connection import Connection
from boxoffice.storage.feeds import Progress
from boxoffice.storage.writer import Lane

from .station import Station

LOOK_EVERY = 8
"""Rows between two looks at how far the writer is."""
LONGEST_QUEUE = 2_000
"""Rows that were read and are not written: enough to keep both sides busy, too few to weigh anything."""
GONE = 410
"""The status with which a server says that it does not know our cursor any more."""


class Speed(msgspec.Struct, frozen=True):
    """How much of the writer's time one transaction may take, and one step between two looks at the door."""

    transaction: float
    step: float
    least: int
    """Rows that are worth a transaction of their own while more are coming."""


ALONE = Speed(transaction=0.030, step=0.004, least=200)
IN_COMPANY = Speed(transaction=0.002, step=0.001, least=16)
COMPANY_STAYS = 3.0
"""Seconds after a person's job during which the next one is expected."""


class Pulled(msgspec.Struct, frozen=True, kw_only=True):
    """What one pull of one event did."""

    applied: int
    complete: bool
    """Whether the replica now has everything; not so if it was told to stop."""


Meanwhile = Callable[[int, int | None], bool]
"""Hears, while a pull is under way, how many of its changes are on disk and how many there are; False stops it."""


def pull(
    station: Station, server: CentralServer, event: str, stopping: threading.Event, meanwhile: Meanwhile
) -> Pulled:
    """Bring the replica of one event up to date. Raises `ServerTrouble`; what had come by then is kept."""
    progress = station.read(lambda c: feeds.progress(c, event))
    try:
        feed = server.changes(event, progress.cursor)
    except ServerTrouble as trouble:
        if trouble.status != GONE or not progress.cursor:
            raise
        station.writer.do(lambda c: feeds.start_over(c, event), Lane.BACKGROUND)
        progress = station.read(lambda c: feeds.progress(c, event))
        feed = server.changes(event, progress.cursor)
    asked = datetime.now(UTC)
    with contextlib.closing(feed):
        pulled = _Intake(station, progress, feed, stopping, meanwhile).run()
    if pulled.complete:
        station.writer.do(lambda c: feeds.complete(c, event, asked), Lane.BACKGROUND)
    return pulled


class _Intake:
    """One stream on its way into the store."""

    def __init__(
        self, station: Station, progress: Progress, feed: Feed, stopping: threading.Event, meanwhile: Meanwhile
    ) -> None:
        self._station = station
        self._writer = station.writer
        self._event = progress.event
        self._fresh = progress.complete_at is None
        self._feed = feed
        self._stopping = stopping
        self._meanwhile = meanwhile
        self._queue: deque[tuple[str, hear.Ready]] = deque()
        self._job: Future[int] | None = None
        self._applied = 0
        self._seconds_a_row = 0.000_1

    def run(self) -> Pulled:
        """Read until the end, or until told to stop. If the line breaks, what had come is written first."""
        try:
            try:
                complete = self._read()
            except ServerTrouble:
                self._write_rest()
                raise
            complete = complete and self._write_rest()
        finally:
            self._queue.clear()
            self._settle()
        return Pulled(applied=self._applied, complete=complete)

    def _read(self) -> bool:
        """Read to the end; False if told to stop before."""
        for number, change in enumerate(self._feed):
            self._queue.append((change.cursor, hear.ready(change.noun, fresh=self._fresh)))
            self._give_way()
            full = len(self._queue) >= LONGEST_QUEUE
            if number % LOOK_EVERY and not full:
                continue
            if self._stopping.is_set():
                return False
            if self._job is not None and (full or self._job.done()):
                self._settle()
                if not self._may_go_on():
                    return False
            if len(self._queue) >= self._speed().least:
                self._submit()
        return True

    def _write_rest(self) -> bool:
        """Write what was read; False if told to stop before."""
        while self._queue or self._job is not None:
            self._submit()
            self._settle()
            if not self._may_go_on():
                return False
        return True

    def _may_go_on(self) -> bool:
        return self._meanwhile(self._applied, self._feed.total) and not self._stopping.is_set()

    def _give_way(self) -> None:
        """Leave the processor to whoever stands at the door."""
        while self._writer.person_there and not self._stopping.wait(0.001):
            pass

    def _submit(self) -> None:
        if self._job is None:
            self._job = self._writer.submit(self._take_in, Lane.BACKGROUND)

    def _settle(self) -> None:
        """Wait for the job that is under way, if there is one. Behind one that failed nothing may be written."""
        if self._job is None:
            return
        job, self._job = self._job, None
        try:
            self._applied += job.result()
        except BaseException:
            self._queue.clear()
            raise

    def _speed(self) -> Speed:
        alone = time.monotonic() - self._writer.served_at > COMPANY_STAYS
        return ALONE if alone else IN_COMPANY

    def _take_in(self, connection: Connection) -> int:
        """One transaction: as many rows as there is time for, and the cursor behind the last of them."""
        speed = self._speed()
        until = time.monotonic() + speed.transaction
        applied, cursor = 0, ""
        while self._queue:
            begun = time.monotonic()
            rows = self._next_rows(max(1, int(speed.step / self._seconds_a_row)))
            hear.apply_all(connection, self._station.shelf, [row for _, row in rows])
            applied += len(rows)
            cursor = rows[-1][0]
            now = time.monotonic()
            self._seconds_a_row = (self._seconds_a_row + (now - begun) / sum(map(_weight, rows))) / 2
            if now >= until or self._writer.person_waiting:
                break
        feeds.move(connection, self._event, cursor, applied)
        return applied

    def _next_rows(self, weight: int) -> list[tuple[str, hear.Ready]]:
        rows = [self._queue.popleft()]
        weight -= _weight(rows[0])
        while weight > 0 and self._queue:
            rows.append(self._queue.popleft())
            weight -= _weight(rows[-1])
        return rows


def _weight(row: tuple[str, hear.Ready]) -> int:
    """How many rows of the store a change is, more or less."""
    return len(row[1].positions) if isinstance(row[1], orders.Ready) and row[1].positions else 1
