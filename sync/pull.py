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
from functools import partial

import msgspec

from boxoffice.domain.conflicts import Kind
from boxoffice.errors import ServerTrouble
from boxoffice.ports import CentralServer
from boxoffice.services import disagree, hear
from boxoffice.services.ready import Ready
from boxoffice.storage import conflicts, feeds, ready_orders, search_index
from boxoffice.storage.connection import Connection
from boxoffice.storage.feeds import Progress
from boxoffice.storage.writer import Lane, Writer

from .arrivals import Arrivals
from .log_copying import LogCopying
from .sheaf import Rows
from .station import Station

LONGEST_QUEUE = 1_000
"""Rows that were read and are not written: enough to keep both sides busy, too few to weigh anything."""
JOBS_AHEAD = 2
"""The writer finds its next job ready when it has finished one."""
SEGMENTS = 16
"""Parts of the search index, one for each transaction, that are worth being merged."""
TURN = 0.000_5
"""Seconds that one thread may compute while another one wants to."""
GONE = 410
"""The status with which a server says that it does not know our cursor any more."""


class Speed(msgspec.Struct, frozen=True):
    """How long the writer may be busy with one transaction, in seconds: a person may have to wait for it."""

    transaction: float
    """With all that is between its two ends."""
    step: float
    """Between two looks at the door."""
    commit: float
    """At its end, where nobody can look."""
    fewest: int
    """Rows of a transaction, however slow the disk is: smaller ones would wait for it all the time."""
    least: int
    """Rows that are worth a transaction of their own while more are coming."""
    pages: int
    """Of the search index, tidied in one go."""


ALONE = Speed(transaction=0.200, step=0.008, commit=0.030, fewest=300, least=600, pages=64)
"""Whoever comes as the first may wait for one commit of these; smaller ones take half as long again for everything."""
IN_COMPANY = Speed(transaction=0.002, step=0.001, commit=0.002, fewest=8, least=16, pages=8)
COMPANY_STAYS = 3.0
"""Seconds after a person's job during which the next one is expected."""
WORTH_WAITING = 0.003
"""Seconds that a person waits for a commit. What would take longer is taken back and done again behind them."""


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
    asked = datetime.now(UTC)
    log = LogCopying(station)
    try:
        with contextlib.closing(Arrivals(server, progress, feed)) as arrivals:
            pulled = _Intake(station, progress, arrivals, log, stopping, meanwhile).run()
        if pulled.complete:
            station.writer.do(lambda c: feeds.complete(c, event, asked), Lane.BACKGROUND)
            if arrivals.had_orders:
                _look_at_stock(station, event)
            if progress.complete_at is None:
                _tidy(station, log, stopping, lambda: meanwhile(pulled.applied, feed.total))
    finally:
        log.end()
    return pulled


def _look_at_stock(station: Station, event: str) -> None:
    """Whether two tills that could not hear of each other have sold more than there is. The writer does not count."""
    found = station.read(lambda c: disagree.oversold(c, station.shelf, event))
    known = station.read(lambda c: conflicts.open_of_kind(c, event, Kind.OVERSOLD))
    if found or known:
        station.writer.do(lambda c: disagree.keep_oversold(c, event, found, datetime.now(UTC)), Lane.BACKGROUND)


def _tidy(station: Station, log: LogCopying, stopping: threading.Event, meanwhile: Callable[[], bool]) -> None:
    """Bring the search index into order after a first sync, in steps that nobody notices."""
    begun = time.monotonic()
    everything = work = True
    while work and meanwhile() and not stopping.is_set():
        pages = _speed(station.writer, begun).pages
        work = station.writer.do(partial(search_index.merge, pages=pages, everything=everything), Lane.BACKGROUND)
        everything = False
        log.look(pause=lambda: None)
    station.writer.do(lambda c: search_index.merge_by_hand(c, False), Lane.BACKGROUND)


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
        self._cost = _Cost()
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
            job = self._writer.submit(self._merge if self._segments >= SEGMENTS else self._take_in, Lane.BACKGROUND)
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
        return _speed(self._writer, self._begun)

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
        while self._queue:
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
        self._segments += self._fresh
        self._cost.ends(time.monotonic())
        return len(taken)

    def _give_way_if_worth_it(self, taken: Rows) -> None:
        """Take everything back that this transaction did, if its commit would hold up whoever waits."""
        if self._cost.of_commit() > WORTH_WAITING:
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


class _Cost:
    """What rows have cost of late: on their way into a transaction, and at its end."""

    def __init__(self) -> None:
        self._step = 0.000_1
        self._commit = 0.000_1
        self._weight = 0
        self._ended_at = 0.0

    def rows_for_step(self, seconds: float) -> int:
        """How many rows there is time for."""
        return max(1, int(seconds / self._step))

    def rows_for_commit(self, seconds: float) -> int:
        """How many rows can be made durable in that time."""
        return max(1, int(seconds / self._commit))

    def step(self, weight: int, seconds: float) -> None:
        """So many rows took so long."""
        self._weight += weight
        self._step = (self._step + seconds / weight) / 2

    def of_commit(self) -> float:
        """Seconds that it would take to make durable what is in the transaction now."""
        return self._weight * self._commit

    def taken_back(self) -> None:
        """It will not be made durable."""
        self._weight = 0

    def ends(self, now: float) -> None:
        """All rows of a transaction are in; what follows is its commit."""
        self._ended_at = now

    def committed(self, now: float) -> None:
        """It is on disk."""
        if self._weight:
            self._commit = (self._commit + (now - self._ended_at) / self._weight) / 2
        self._weight = 0


def _speed(writer: Writer, begun: float) -> Speed:
    """Whoever came before we began, to enrol the station perhaps, has got what they came for."""
    in_company = writer.served_at > begun and time.monotonic() - writer.served_at < COMPANY_STAYS
    return IN_COMPANY if in_company else ALONE


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
