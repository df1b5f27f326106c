"""`bench sync`: the first sync of an event over HTTP until everybody is found, beside the bare engine.

The yardstick is the engine alone: rows made ready beforehand, put into the same encrypted tables and the
same search index with nothing before or around it. The hub is a process of its own on loopback. After the
first sync come one in which nothing has changed, and one with a thousand changed orders.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from boxoffice import interchange, sample_event
from boxoffice.bootstrap import App, central_server
from boxoffice.config import Folder
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order
from boxoffice.ports import Enrolment
from boxoffice.storage import orders, search
from boxoffice.storage.connection import Connection
from sync.engine import Engine

from . import bench_event
from .demo import Demo
from .output import say

SIZES = (10_000, 100_000)
CHANGED = 1_000
_AT_ONCE = 5_000


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    for size in args.attendees or ((2_000,) if args.quick else SIZES):
        with bench_event.scratch() as folder:
            values = _measure(folder, size)
        say(args, values, _line(values))
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: first sync {values['first_ratio']}× the bare engine"
        f" ({values['first_s']} to {values['bare_s']} s), nothing new {values['unchanged_ratio']}×,"
        f" {CHANGED:,} changed orders {values['delta_ratio']}×; memory grew by {values['memory_mib']} MiB"
    )


def _measure(folder: Path, size: int) -> dict[str, Any]:
    bare = _bare(folder / "bare", size)
    with Demo(folder / "demo", size, synced=False) as demo, App(demo.station) as app:
        # What is only loaded for the first request is not what is measured.
        central_server(Enrolment(kind="hub", url=demo.url, token="", device_id="", name="")).close()
        before = _memory()
        first = _timed(partial(_round, app))
        memory = _memory() - before
        unchanged = _timed(partial(_round, app))
        demo.load(_changed(folder, size))
        delta = _timed(partial(_round, app))
    return {
        "attendees": size,
        "first_ratio": round(first / bare, 2),
        "unchanged_ratio": round(unchanged / bare, 3),
        "delta_ratio": round(delta / bare, 3),
        "first_s": round(first, 2),
        "bare_s": round(bare, 2),
        "memory_mib": round(memory / 1024),
    }


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _round(app: App) -> None:
    """One round of sync on this thread, as the `sync` verb does it."""
    enrolment = app.enrolment
    assert enrolment is not None  # noqa: S101 - the demo has enrolled it
    server = central_server(enrolment)
    try:
        Engine(app, server).round_once()
    finally:
        server.close()


def _bare(folder: Path, size: int) -> float:
    """Seconds that the engine takes for rows that are ready, and for their search index."""
    folder.mkdir(parents=True)
    with App(Folder(folder)) as app:
        taken = 0.0
        every = _orders(sample_event.generate(size))
        while some := [orders.ready(order, words=True) for order in islice(every, _AT_ONCE)]:
            taken += _timed(app.write(partial(_insert, some)).result)
    return taken


def _orders(nouns: Iterator[Noun]) -> Iterator[Order]:
    return (noun for noun in nouns if isinstance(noun, Order))


def _insert(some: Sequence[orders.Ready], connection: Connection) -> None:
    first = connection.execute("SELECT coalesce(max(id), 0) FROM positions").fetchone()[0]
    rows = [row for one in some for row in one.positions]
    words = [text for one in some for text in one.words or ()]
    connection.executemany(orders.PUT_ORDER, [one.row for one in some])
    connection.executemany(orders.PUT_POSITION, rows)
    found = [(first + place, text) for place, text in enumerate(words, 1) if text is not None]
    connection.executemany(search.PUT_WORDS, found)


def _changed(folder: Path, size: int) -> Path:
    """A file with the first thousand orders, each with another e-mail address."""
    some = islice(_orders(sample_event.generate(size)), CHANGED)
    path = folder / "changed.ndjson"
    interchange.write(path, (msgspec.structs.replace(order, email=f"new-{order.email}") for order in some))
    return path


def _memory() -> float:
    """KiB of this process that are in memory now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return float(line.split()[1])
