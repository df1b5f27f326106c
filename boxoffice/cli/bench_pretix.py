"""The part of `bench sync` that speaks to a pretix: a first sync, one with nothing new, and one with some changes.

A stand-in answers, and at once: a real one takes about half a second for fifty orders, so that a first sync is as
long as it takes. What is measured is what the station makes of its answers.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice import __version__
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.ports import Enrolment
from boxoffice.sample_event.catalog import CONF
from boxoffice.storage.connection import Connection
from sync.engine import Engine
from sync.pretix.client import Pretix
from sync.replica import Replica

from .bench_memory import Memory
from .bench_pretix_server import CHANGED, ORGANIZER
from .bench_timing import timed


def measure(folder: Path, size: int, bare: float) -> dict[str, Any]:
    """Each beside `bare`, the seconds that the engine alone takes for all of it."""
    folder.mkdir()
    with _server(size) as url, App(Folder(folder)) as app:
        enrolment = _enrolment(url)
        app.join(enrolment).result()
        clock = _Clock()
        with contextlib.closing(Pretix(enrolment, Replica(app), clock=clock)) as server:
            round_once = partial(_round, Engine(app, server, clock=clock), clock)
            with Memory() as memory:
                first = timed(round_once)
            unchanged, delta = timed(round_once), timed(round_once)
        changed, held = app.read(_orders)
    assert changed == min(CHANGED, held)  # noqa: S101 - else it is something else that was measured
    return {
        "attendees": size,
        "server": "pretix",
        "first_ratio": round(first / bare, 2),
        "unchanged_ratio": round(unchanged / bare, 3),
        "delta_ratio": round(delta / bare, 3),
        "first_s": round(first, 2),
        "bare_s": round(bare, 2),
        "memory_mib": round(memory.own_peak / 1024),
    }


def line(values: dict[str, Any]) -> str:
    """For people."""
    return (
        f"{values['attendees']:>9,} attendees: from a pretix that answers at once, first sync"
        f" {values['first_ratio']}× the bare engine ({values['first_s']} to {values['bare_s']} s), nothing new"
        f" {values['unchanged_ratio']}×, {CHANGED:,} changed orders {values['delta_ratio']}×;"
        f" memory grew by {values['memory_mib']} MiB"
    )


class _Clock:
    """Goes on by an hour between two rounds, so that everything is asked for anew."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _round(engine: Engine, clock: _Clock) -> None:
    clock.seconds += 3_600
    engine.round_once()


def _enrolment(url: str) -> Enrolment:
    return Enrolment(
        kind="pretix",
        url=url,
        token="bench",  # noqa: S106 - the stand-in asks for none
        device_id=f"{ORGANIZER}/1",
        name="Bench",
        organizer=ORGANIZER,
        events=(CONF,),
        software=__version__,
    )


def _orders(connection: Connection) -> tuple[int, int]:
    """How many have another address now, and how many there are."""
    changed, held = connection.execute("SELECT sum(email LIKE 'new-%'), count(*) FROM orders").fetchone()
    return int(changed), int(held)


@contextlib.contextmanager
def _server(size: int) -> Iterator[str]:
    command = (sys.executable, "-m", "boxoffice.cli.bench_pretix_server", str(size))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None  # noqa: S101 - both were asked for
        assert process.stdout is not None  # noqa: S101
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
