"""`bench verdict`: one scan, from its text to the durable commit, beside the bare engine's same rows.

The yardstick is the same engine with the same settings on the same disk, committing rows of the same
tables and sizes with nothing else around it. Both sides take turns in short blocks, so that whatever
else the machine does meets both alike. Whoever asks waits for the answer, as `scan -` does; how much it is more
for a window, which may not wait and so hands each scan to the writing thread, is said beside it. A second
yardstick is the smallest event: the verdict without its commit must hardly feel how many attendees there are.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.domain.door import Door
from boxoffice.domain.scan import Source
from boxoffice.domain.verdicts import Wish
from boxoffice.ids import new_id, new_scan
from boxoffice.services import admit
from boxoffice.storage.connection import Connection

from . import bench_event
from .bench_timing import at, timed
from .output import say

SIZES = (10_000, 100_000, 1_000_000)
BLOCK = 50
_ID = len(new_id())
_TICKET = re.compile(r"B\d{7}-1")


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    rounds = 4 if args.quick else 40
    first: float | None = None
    for size in args.attendees or SIZES:
        with bench_event.scratch() as folder:
            values = _measure(folder, size, rounds)
        first = first or values["judged_p50_us"]
        values["judged_to_smallest"] = round(values["judged_p50_us"] / first, 2)
        say(args, values, _line(values))
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: a scan is {values['p50_ratio']}× the bare commit"
        f" (p50 {values['scan_p50_ms']} to {values['bare_p50_ms']} ms),"
        f" p99 {values['p99_ratio']}×, handed to the writing thread {values['handed_ratio']}×;"
        f" without its commit {values['judged_p50_us']} µs, {values['judged_to_smallest']}× the smallest"
    )


def _measure(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    with App(config.Folder(folder), at_once=True) as app:
        bench_event.fill(app, size)
        app.read(_read_through)
        door = Door(lists=(("bench", 1),), gate="North")
        codes = _codes(size)
        bare = _Bare(app, size)
        _scans(app, door, codes, BLOCK)
        bare.commits(BLOCK)
        ours: list[float] = []
        handed: list[float] = []
        theirs: list[float] = []
        for _ in range(rounds):
            ours += _scans(app, door, codes, BLOCK)
            handed += [timed(partial(_hand_over, app, door, next(codes))) for _ in range(BLOCK)]
            theirs += bare.commits(BLOCK)
        judged = app.writer.do(lambda c: _judged(c, app, door, codes, rounds * BLOCK))
    return {
        "attendees": size,
        "scans": len(ours),
        "p50_ratio": round(at(ours, 0.5) / at(theirs, 0.5), 2),
        "p99_ratio": round(at(ours, 0.99) / at(theirs, 0.5), 2),
        "handed_ratio": round(at(handed, 0.5) / at(theirs, 0.5), 2),
        "scan_p50_ms": round(at(ours, 0.5) * 1e3, 3),
        "scan_p99_ms": round(at(ours, 0.99) * 1e3, 3),
        "bare_p50_ms": round(at(theirs, 0.5) * 1e3, 3),
        "bare_p99_ms": round(at(theirs, 0.99) * 1e3, 3),
        "judged_p50_us": round(at(judged, 0.5) * 1e6, 1),
    }


def _read_through(connection: Connection) -> None:
    """Let the system have in memory what scans ask for: how long it keeps a file is not what is measured."""
    for question in (
        "SELECT sum(total) FROM orders",
        "SELECT sum(price) FROM positions NOT INDEXED",
        "SELECT sum(length(secret)) FROM positions INDEXED BY positions_secret",
    ):
        connection.execute(question).fetchone()


def _codes(size: int) -> Iterator[str]:
    """Secrets in an order that jumps through the whole event."""
    return (bench_event.secret(number * bench_event.STEP % size) for number in range(size))


def _scans(app: App, door: Door, codes: Iterator[str], number: int) -> list[float]:
    return [timed(partial(_scan, app, door, next(codes))) for _ in range(number)]


def _scan(app: App, door: Door, code: str) -> None:
    app.admit(new_scan(code, Source.WEDGE), door, Wish()).result()


def _hand_over(app: App, door: Door, code: str) -> None:
    scan = new_scan(code, Source.WEDGE)
    app.writer.submit(lambda c: admit.redeem(c, app.shelf, scan, door, Wish())).result()


def _judged(connection: Connection, app: App, door: Door, codes: Iterator[str], number: int) -> list[float]:
    """The times of so many verdicts without their commit: found, judged, written, and not yet durable."""

    def redeem(code: str) -> None:
        admit.redeem(connection, app.shelf, new_scan(code, Source.WEDGE), door, Wish())

    return [timed(partial(redeem, next(codes))) for _ in range(number)]


class _Bare:
    """The engine alone: rows like those of one scan, copied into tables beside the real ones."""

    TABLES = ("journal", "journal_private", "outbox", "checkins")

    def __init__(self, app: App, size: int) -> None:
        self._app = app
        self._size = size
        self._number = 0
        for number in (1, 2):  # the second row's own number is not its epoch, so it is told apart
            _scan(app, Door(lists=(("bench", 1),), gate="North"), bench_event.secret(number))
        self._rows: list[tuple[str, list[Any]]] = []
        app.writer.do(self._prepare)

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
