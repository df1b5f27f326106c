"""Taking in what the server tells: from its stream through a short queue into the replica.

The calling thread reads the network and does whatever needs no store; the writer only gets rows that are
ready, in transactions short enough that nobody at a door notices them. Each transaction moves the feed's
cursor, so whatever cuts it short, the next pull goes on behind the last row that is on disk.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime

import msgspec

from boxoffice.domain.conflicts import Kind
from boxoffice.errors import ServerTrouble
from boxoffice.ports import CentralServer
from boxoffice.services import disagree, hear
from boxoffice.services.ready import Ready
from boxoffice.storage import conflicts, feeds, ready_orders, search_index
from boxoffice.storage.connection import Connection
from boxoffice.storage.feeds import Progress
from boxoffice.storage.writer import Lane

from . import tempo
from .arrivals import Arrivals
from .log_copying import LogCopying
from .sheaf import Rows
from .station import Station
from .tempo import Cost, Speed
from .tidying import tidy, tidying

LONGEST_QUEUE = 1_000
"""Rows that were read and are not written: enough to keep both sides busy, too few to weigh anything."""
JOBS_AHEAD = 2
"""The writer finds its next job ready when it has finished one."""
TURN = 0.000_5
"""Seconds that one thread may compute while another one wants to."""
GONE = 410
"""The status with which a server says that it does not know our cursor any more."""


class _GaveWay(Exception):
    """A person came while much was written and not committed: all of it is to be done again."""


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
    asked, begun = datetime.now(UTC), time.monotonic()
    log = LogCopying(station)
    try:
        with contextlib.closing(Arrivals(server, progress, feed)) as arrivals:
            pulled = _Intake(station, progress, arrivals, log, stopping, meanwhile).run()
        if pulled.complete:
            station.writer.do(lambda c: feeds.complete(c, event, asked), Lane.BACKGROUND)
            with tidying(station, begun) if progress.complete_at is None else contextlib.nullcontext():
                if arrivals.had_orders:
                    _look_at_stock(station, event)
            # A first sync may have been whole when somebody pulled the plug, and its index not yet.
            if progress.complete_at is None or station.read(search_index.is_merged_by_hand):
                tidy(station, begun, log, stopping, lambda: meanwhile(pulled.applied, feed.total))
    finally:
        log.end()
    return pulled


def _look_at_stock(station: Station, event: str) -> None:
    """Whether two tills that could not hear of each other have sold more than there is. The writer does not count."""
    found = station.read(lambda c: disagree.oversold(c, station.shelf, event))
    known = station.read(lambda c: conflicts.open_of_kind(c, event, Kind.OVERSOLD))
    if found or known:
        station.writer.do(lambda c: disagree.keep_oversold(c, event, found, datetime.now(UTC)), Lane.BACKGROUND)


class _Intake:
    """One stream on its way into the store."""

    def __init__(
        self,
        station: Station,
        progress: Progress,
        arrivals: Arrivals,
        log: LogCopying,
        stopping: threading.Event,
        meanwhile: Meanwhile,
    ) -> None:
        self._station = station
        self._writer = station.writer
        self._event = progress.event
        self._fresh = progress.complete_at is None
        self._reached = progress.cursor
        self._arrivals = arrivals
        self._log = log
        self._stopping = stopping
        self._meanwhile = meanwhile
        self._queue: deque[tuple[str, Ready]] = deque()
        self._jobs: deque[Future[int]] = deque()
        self._applied = 0
        self._prepared = False
        self._ended = False
        self._begun = time.monotonic()
        self._cost = Cost()
        self._segments = 0

    def run(self) -> Pulled:
        """Read until the end, or until told to stop. If the line breaks, what had come is written first."""
        with _short_turns():
            try:
                complete = self._read_and_write()
            finally:
                self._ended = True
                self._settle_all()
        return Pulled(applied=self._applied, complete=complete)

    def _read_and_write(self) -> bool:
        try:
            read_all = self._read()
        except ServerTrouble:
            self._write_rest()
            raise
        return read_all and self._write_rest()

    def _read(self) -> bool:
        """Read to the end; False if told to stop before."""
        for rows in self._arrivals:
            self._queue.extend(rows)
            self._give_way()
            if not self._keep_up():
                return False
        return True

    def _keep_up(self) -> bool:
        """Give the writer its work, and wait for it while too much is queued; False if told to stop."""
        while not self._stopping.is_set():
            full = len(self._queue) >= LONGEST_QUEUE
            if self._jobs and (full or self._jobs[0].done()):
                self._settle()
                if not self._may_go_on():
                    return False
            if full or len(self._queue) >= self._speed().least * (len(self._jobs) + 1):
                self._submit()
            if not full:
                return True
        return False

    def _write_rest(self) -> bool:
        """Write what was read; False if told to stop before."""
        self._queue.extend(self._arrivals.rest())
        while self._queue or self._jobs:
            if self._queue:
                self._submit()
            if self._jobs:  # Else it paused, and all of them are done.
                self._settle()
            if not self._may_go_on():
                return False
        return True

    def _may_go_on(self) -> bool:
        going = self._meanwhile(self._applied, self._arrivals.total)
        return going and not (self._ended or self._stopping.is_set())

    def _give_way(self) -> None:
        """Leave the processor to whoever stands at the door."""
        while self._writer.person_there and not self._stopping.wait(0.001):
            pass

    def _submit(self) -> None:
        if not self._prepared:
            self._prepared = True
            self._log.begin()
            if self._fresh:
                self._writer.do(lambda c: search_index.merge_by_hand(c, True), Lane.BACKGROUND)
        if len(self._jobs) < JOBS_AHEAD:
            is_untidy = self._segments >= self._speed().segments
            job = self._writer.submit(self._merge if is_untidy else self._take_in, Lane.BACKGROUND)
            job.add_done_callback(self._done)
            self._jobs.append(job)
            self._log.look(pause=self._settle_all)

    def _done(self, job: Future[int]) -> None:
        """On the writer's thread, before its next job: behind one that failed nothing may be written."""
        error = None if job.cancelled() else job.exception()
        if job.cancelled() or (error is not None and not isinstance(error, _GaveWay)):
            self._ended = True
        elif error is None:
            self._cost.committed(time.monotonic())

    def _settle(self) -> None:
        """Wait for the oldest job that is under way."""
        with contextlib.suppress(_GaveWay):
            self._applied += self._jobs.popleft().result()

    def _settle_all(self) -> None:
        while self._jobs:
            self._settle()

    def _speed(self) -> Speed:
        return tempo.speed(self._writer, self._begun)

    # On the writer's thread

    def _take_in(self, connection: Connection) -> int:
        """One transaction: as many rows as there is time for, and the cursor behind the last of them."""
        if self._ended or not self._queue:
            return 0
        if feeds.progress(connection, self._event).cursor != self._reached:
            self._ended = True  # Somebody began from the start.
            return 0
        speed = self._speed()
        until = time.monotonic() + speed.transaction
        room = max(speed.fewest, self._cost.rows_for_commit(speed.commit))
        taken: Rows = []
        steps = 0
        while self._queue:
            steps += 1
            begun = time.monotonic()
            rows = self._next_rows(min(room, self._cost.rows_for_step(speed.step)))
            taken += rows
            hear.apply_all(connection, self._station.shelf, [row for _, row in rows])
            weight = sum(map(_weight, rows))
            now = time.monotonic()
            self._cost.step(weight, now - begun)
            room -= weight
            if self._writer.person_waiting:
                self._give_way_if_worth_it(taken)
                break
            if room <= 0 or now >= until:
                break
        reached = next((cursor for cursor, _ in reversed(taken) if cursor), self._reached)
        feeds.move(connection, self._event, reached, len(taken))
        self._reached = reached
        self._segments += steps * self._fresh
        self._cost.ends(time.monotonic())
        return len(taken)

    def _give_way_if_worth_it(self, taken: Rows) -> None:
        """Take everything back that this transaction did, if its commit would hold up whoever waits."""
        if self._cost.of_commit() > tempo.WORTH_WAITING:
            self._queue.extendleft(reversed(taken))
            self._cost.taken_back()
            raise _GaveWay

    def _merge(self, connection: Connection) -> int:
        if not search_index.merge(connection, self._speed().pages):
            self._segments = 0
        return 0

    def _next_rows(self, weight: int) -> list[tuple[str, Ready]]:
        rows = [self._queue.popleft()]
        weight -= _weight(rows[0])
        while weight > 0 and self._queue:
            rows.append(self._queue.popleft())
            weight -= _weight(rows[-1])
        return rows


@contextlib.contextmanager
def _short_turns() -> Iterator[None]:
    """While we compute, let the interpreter's lock change hands soon: the writer and the window wait for it."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, TURN))
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _weight(row: tuple[str, Ready]) -> int:
    """How many rows of the store a change is, more or less."""
    return row[1].size or 1 if isinstance(row[1], ready_orders.Ready) else 1
