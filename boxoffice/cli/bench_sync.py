"""`bench sync`: the first sync of an event over HTTP until everybody is found, beside the bare engine.

The yardstick is the engine alone: rows made ready beforehand, put into the same encrypted tables and the
same search index with nothing before or around it. The hub is a process of its own on loopback. After the
first sync come one in which nothing has changed, and one with a thousand changed orders. Then a second
station makes its first sync while somebody scans at its door, and again when it is quiet. At last the same is done
with what stands in for a pretix.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from boxoffice import interchange, sample_event
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Wish
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment
from boxoffice.sample_event.catalog import CONF, MAIN
from boxoffice.storage import order_rows, orders, search_index
from boxoffice.storage.connection import Connection
from sync.engine import Engine
from sync.servers import central_server

from . import bench_event, bench_pretix
from .bench_memory import Memory
from .bench_timing import at, timed
from .demo import Demo
from .output import flush, say

SIZES = (10_000, 100_000)
CHANGED = 1_000
DOOR = Door(lists=((CONF, MAIN),), gate="Main entrance")
BETWEEN_SCANS = 0.05
"""Seconds. No door is faster."""
GAP = 4.0
"""Seconds in which nobody comes, so that the sync believes to be alone and the next one surprises it."""
SCANS_TO_A_GAP = 50
QUIET_SCANS = 300
_AT_ONCE = 5_000


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints three lines each."""
    for size in args.attendees or ((2_000,) if args.quick else SIZES):
        with bench_event.scratch() as folder:
            bare = _bare(folder / "bare", size)
            with Demo(folder / "demo", size, synced=False) as demo:
                alone = _alone(demo, folder, size, bare)
                say(args, alone, _line(alone))
                flush()
                company = _in_company(demo, Folder(folder / "second"), size)
                say(args, company, _line_in_company(company))
                flush()
            pretix = bench_pretix.measure(folder / "pretix", size, bare)
            say(args, pretix, bench_pretix.line(pretix))
            flush()
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: first sync {values['first_ratio']}× the bare engine"
        f" ({values['first_s']} to {values['bare_s']} s), nothing new {values['unchanged_ratio']}×,"
        f" {CHANGED:,} changed orders {values['delta_ratio']}×; memory grew by {values['memory_mib']} MiB"
        f" and with the process that reads by {values['memory_with_reader_mib']} MiB at most"
    )


def _line_in_company(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: {values['scans']} scans during a first sync of {values['first_s']} s:"
        f" p99 {values['scan_ratio']}× the quiet one ({values['scan_p99_ms']} to {values['quiet_p99_ms']} ms),"
        f" the slowest {values['scan_slowest_ms']} ms"
    )


def _alone(demo: Demo, folder: Path, size: int, bare: float) -> dict[str, Any]:
    with App(demo.station) as app:
        # What is only loaded for the first request is not what is measured.
        central_server(Enrolment(kind="hub", url=demo.url, token="", device_id="", name="")).close()
        with Memory() as memory:
            first = timed(partial(_round, app))
        unchanged = timed(partial(_round, app))
        demo.load(_changed(folder, size))
        delta = timed(partial(_round, app))
    return {
        "attendees": size,
        "first_ratio": round(first / bare, 2),
        "unchanged_ratio": round(unchanged / bare, 3),
        "delta_ratio": round(delta / bare, 3),
        "first_s": round(first, 2),
        "bare_s": round(bare, 2),
        "memory_mib": round(memory.own_peak / 1024),
        "memory_with_reader_mib": round(memory.peak / 1024),
    }


def _round(app: App) -> None:
    """One round of sync on this thread, as the `sync` verb does it."""
    enrolment = app.enrolment
    assert enrolment is not None  # noqa: S101 - the demo has enrolled it
    server = central_server(enrolment)
    try:
        Engine(app, server).round_once()
    finally:
        server.close()


def _in_company(demo: Demo, folder: Folder, size: int) -> dict[str, Any]:
    """What a person at the door feels of a first sync, beside the same scans without it."""
    demo.enrol(folder, "Second door")
    with App(folder) as app, ThreadPoolExecutor(1) as thread:
        code = cycle(_codes(size))
        begun = time.perf_counter()
        sync = thread.submit(_round, app)
        during: list[float] = []
        while not _has_catalog(app):
            wait((sync,), BETWEEN_SCANS)
        while not sync.done():
            during.append(timed(partial(_scan, app, next(code))))
            nobody_for = GAP if len(during) % SCANS_TO_A_GAP == 0 else BETWEEN_SCANS
            wait((sync,), nobody_for)
        sync.result()
        first = time.perf_counter() - begun
        quiet: list[float] = []
        while len(quiet) < QUIET_SCANS:
            time.sleep(BETWEEN_SCANS)
            quiet.append(timed(partial(_scan, app, next(code))))
    return {
        "attendees": size,
        "first_s": round(first, 2),
        "scans": len(during),
        "scan_ratio": round(_p99(during) / _p99(quiet), 2),
        "scan_p50_ms": round(at(during, 0.5) * 1e3, 2),
        "scan_p99_ms": round(_p99(during) * 1e3, 1),
        "scan_slowest_ms": round(max(during) * 1e3, 1),
        "quiet_p50_ms": round(at(quiet, 0.5) * 1e3, 2),
        "quiet_p99_ms": round(_p99(quiet) * 1e3, 1),
    }


def _has_catalog(app: App) -> bool:
    return MAIN in app.catalog(CONF).lists


def _scan(app: App, code: str) -> None:
    app.gate.admit(new_scan(code, Source.WEDGE), DOOR, Wish()).result()


def _codes(size: int) -> list[str]:
    """Tickets that are known soon after a first sync has begun."""
    first = islice(_orders(sample_event.generate(size)), QUIET_SCANS)
    return [position.secret for order in first for position in order.positions[:1]]


def _p99(times: Sequence[float]) -> float:
    return at(times, 0.99)


def _bare(folder: Path, size: int) -> float:
    """Seconds that the engine takes for rows that are ready, and for their search index.

    A station is left with a tidy index. So the engine tidies here as it does of itself, which a station's does not.
    """
    folder.mkdir(parents=True)
    with App(Folder(folder)) as app:
        app.write(_tidying_itself).result()
        taken = 0.0
        every = _orders(sample_event.generate(size))
        while some := [_rows(order) for order in islice(every, _AT_ONCE)]:
            taken += timed(app.write(partial(_insert, some)).result)
    return taken


def _tidying_itself(connection: Connection) -> None:
    connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('automerge', 4)")  # as it comes


def _orders(nouns: Iterator[Noun]) -> Iterator[Order]:
    return (noun for noun in nouns if isinstance(noun, Order))


class _Rows(NamedTuple):
    """All that the engine is to keep of one order."""

    order: tuple[object, ...]
    positions: list[tuple[object, ...]]
    words: list[str | None]


def _rows(order: Order) -> _Rows:
    every = order.positions
    return _Rows(
        order_rows.order_row(order),
        [order_rows.position_row(order, one) for one in every],
        [orders.words(order, one) for one in every],
    )


def _insert(some: Sequence[_Rows], connection: Connection) -> None:
    first = connection.execute("SELECT coalesce(max(id), 0) FROM positions").fetchone()[0]
    rows = [row for one in some for row in one.positions]
    words = [text for one in some for text in one.words]
    connection.executemany(order_rows.PUT_ORDER, [one.order for one in some])
    connection.executemany(order_rows.PUT_POSITION, rows)
    found = [(first + place, text) for place, text in enumerate(words, 1) if text is not None]
    connection.executemany(search_index.PUT_WORDS, found)


def _changed(folder: Path, size: int) -> Path:
    """A file with the first thousand orders, each with another e-mail address."""
    some = islice(_orders(sample_event.generate(size)), CHANGED)
    path = folder / "changed.ndjson"
    interchange.write(path, (msgspec.structs.replace(order, email=f"new-{order.email}") for order in some))
    return path
