"""`bench verdict`: one scan, from its text to the durable commit, beside the bare engine's same rows.

The yardstick is the same engine with the same settings on the same disk, committing rows of the same
tables and sizes with nothing else around it. Both sides take turns in short blocks, so that whatever
else the machine does meets both alike. Whoever asks waits for the answer, as `scan -` does; how much it is more
for a window, which may not wait and so hands each scan to the writing thread, is said beside it. A second
yardstick is the smallest event, whose station stays open and takes its turns too: the verdict without its commit
must hardly feel how many attendees there are.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.domain.scan import Scan, Source
from boxoffice.domain.verdicts import Wish
from boxoffice.ids import new_id, new_scan
from boxoffice.services import admit
from boxoffice.storage.connection import Connection

from . import bench_event
from .bench_timing import at, timed
from .output import flush, say

SIZES = (10_000, 100_000, 1_000_000)
BLOCK = 50
_ID = len(new_id())
_TICKET = re.compile(r"B\d{7}-1")


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    rounds = 4 if args.quick else 40
    with ExitStack() as open_ones:
        smallest: _Side | None = None
        for size in args.attendees or SIZES:
            with ExitStack() as closing:
                side = _Side(closing, size)
                if smallest is None:
                    smallest = side
                    open_ones.push(closing.pop_all())
                values = _commits(side, rounds) | _verdicts(side, smallest, rounds // 2)
            say(args, values, _line(values))
            flush()
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: a scan is {values['p50_ratio']}× the bare commit"
        f" (p50 {values['scan_p50_ms']} to {values['bare_p50_ms']} ms),"
        f" p99 {values['p99_ratio']}×, handed to the writing thread {values['handed_ratio']}×;"
        f" without its commit {values['judged_p50_us']} µs, {values['judged_to_smallest']}× the smallest"
    )


class _Side:
    """A station with an event of one size, and a door that scans through it."""

    def __init__(self, closing: ExitStack, size: int) -> None:
        folder = closing.enter_context(bench_event.scratch())
        self.app = closing.enter_context(App(config.Folder(folder), at_once=True))
        self.size = size
        self._codes = _codes(size)
        bench_event.fill(self.app, size)
        self.app.read(_read_through)

    def next(self) -> Scan:
        return new_scan(next(self._codes), Source.WEDGE)

    def scan(self) -> None:
        self.app.gate.admit(self.next(), bench_event.DOOR, Wish()).result()

    def hand_over(self) -> None:
        scan = self.next()
        self.app.writer.submit(lambda c: admit.redeem(c, self.app.shelf, scan, bench_event.DOOR, Wish())).result()

    def judged(self, number: int) -> list[float]:
        """The times of so many verdicts without their commit: found, judged, written, and not yet durable."""
        return self.app.writer.do(lambda connection: [timed(partial(self._redeem, connection)) for _ in range(number)])

    def _redeem(self, connection: Connection) -> None:
        admit.redeem(connection, self.app.shelf, self.next(), bench_event.DOOR, Wish())


def _commits(side: _Side, rounds: int) -> dict[str, Any]:
    bare = _Bare(side)
    _times(side.scan)
    bare.commits(BLOCK)
    ours: list[float] = []
    handed: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours += _times(side.scan)
        handed += _times(side.hand_over)
        theirs += bare.commits(BLOCK)
    return {
        "attendees": side.size,
        "scans": len(ours),
        "p50_ratio": round(at(ours, 0.5) / at(theirs, 0.5), 2),
        "p99_ratio": round(at(ours, 0.99) / at(theirs, 0.5), 2),
        "handed_ratio": round(at(handed, 0.5) / at(theirs, 0.5), 2),
        "scan_p50_ms": round(at(ours, 0.5) * 1e3, 3),
        "scan_p99_ms": round(at(ours, 0.99) * 1e3, 3),
        "bare_p50_ms": round(at(theirs, 0.5) * 1e3, 3),
        "bare_p99_ms": round(at(theirs, 0.99) * 1e3, 3),
    }


def _verdicts(side: _Side, smallest: _Side, rounds: int) -> dict[str, Any]:
    """Without their commit, in turns with those of the smallest event."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours += side.judged(BLOCK)
        theirs += smallest.judged(BLOCK)
    return {
        "judged_p50_us": round(at(ours, 0.5) * 1e6, 1),
        "judged_smallest_p50_us": round(at(theirs, 0.5) * 1e6, 1),
        "judged_to_smallest": round(at(ours, 0.5) / at(theirs, 0.5), 2),
    }


def _times(what: Callable[[], object]) -> list[float]:
    return [timed(what) for _ in range(BLOCK)]


def _read_through(connection: Connection) -> None:
    """Let the system have in memory what scans ask for: how long it keeps a file is not what is measured."""
    for question in (
        "SELECT sum(total) FROM orders",
        "SELECT sum(price) FROM positions NOT INDEXED",
        "SELECT sum(fingerprint) FROM positions INDEXED BY positions_fingerprint",
    ):
        connection.execute(question).fetchone()


def _codes(size: int) -> Iterator[str]:
    """Secrets in an order that jumps through the whole event."""
    return (bench_event.secret(number * bench_event.STEP % size) for number in range(size))


class _Bare:
    """The engine alone: rows like those of one scan, copied into tables beside the real ones."""

    TABLES = ("journal", "journal_private", "outbox", "checkins")

    def __init__(self, side: _Side) -> None:
        self._app = side.app
        self._size = side.size
        self._number = 0
        for _ in range(2):  # the second row's own number is not its epoch, so it is told apart
            side.scan()
        self._rows: list[tuple[str, list[Any]]] = []
        self._app.writer.do(self._prepare)

    def _prepare(self, connection: Connection) -> None:
        for table in self.TABLES:
            sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
            plain = sql.replace(f"TABLE {table} ", f"TABLE bare_{table} ")
            plain = plain.replace("REFERENCES journal", "REFERENCES bare_journal")
            connection.execute(plain)
            row = list(connection.execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1").fetchone())
            marks = ", ".join("?" * len(row))
            self._rows.append((f"INSERT INTO bare_{table} VALUES ({marks})", row))
        connection.execute("CREATE INDEX bare_checkins_ticket ON bare_checkins (event, ticket, list)")
        connection.execute("CREATE TABLE bare_counts (id INTEGER PRIMARY KEY, entries INTEGER)")
        connection.execute("INSERT INTO bare_counts VALUES (1, 0)")

    def commits(self, number: int) -> list[float]:
        """The times of so many commits, each on the writer's own connection and thread."""
        return self._app.writer.do(lambda connection: self._in_turn(connection, number))

    def _in_turn(self, connection: Connection, number: int) -> list[float]:
        connection.execute("COMMIT")  # the job's own transaction is not what is measured
        times = [timed(lambda: self._commit(connection)) for _ in range(number)]
        connection.execute("BEGIN IMMEDIATE")
        return times

    def _commit(self, connection: Connection) -> None:
        self._number += 1
        connection.execute("BEGIN IMMEDIATE")
        for sql, row in self._rows:
            connection.execute(sql, self._fresh(row))
        connection.execute("UPDATE bare_counts SET entries = entries + 1 WHERE id = 1")
        connection.execute("COMMIT")

    def _fresh(self, row: list[Any]) -> list[Any]:
        """The same row under a number and names of its own."""
        return [self._number if value == row[0] else self._renamed(value) for value in row]

    def _renamed(self, value: Any) -> Any:
        """Ids get a new ending and tickets jump through the event, so they fall into the index as real ones do."""
        if isinstance(value, str) and _TICKET.fullmatch(value):
            return f"B{self._number * bench_event.STEP % self._size:07d}-1"
        if isinstance(value, str) and len(value) == _ID:
            return f"{value[:-12]}{self._number:012d}"
        return value
