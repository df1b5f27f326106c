"""Bringing the search index to one place after a first sync, in steps that nobody notices.

While a first sync runs only the smallest of its parts are merged, because each merge writes all of them anew.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from boxoffice.storage import search_index
from boxoffice.storage.writer import Job, Lane

from . import tempo
from .log_copying import LogCopying
from .station import Station

BESIDE = 12
"""Steps that are done while the calling thread does something else."""


@contextlib.contextmanager
def tidying(station: Station, begun: float) -> Iterator[None]:
    """Begin with it, while the calling thread does something else. `begun` says when the first sync did."""
    jobs = [station.writer.submit(_step(station, begun, everything=True), Lane.BACKGROUND)]
    jobs += [station.writer.submit(_step(station, begun), Lane.BACKGROUND) for _ in range(BESIDE)]
    yield
    for job in jobs:
        job.result()


def tidy(
    station: Station, begun: float, log: LogCopying, stopping: threading.Event, meanwhile: Callable[[], bool]
) -> None:
    """Go on with it until there is nothing left to do."""
    work = True
    while work and meanwhile() and not stopping.is_set():
        work = station.writer.do(_step(station, begun), Lane.BACKGROUND)
        log.look(pause=lambda: None)
    station.writer.do(lambda c: search_index.merge_by_hand(c, False), Lane.BACKGROUND)


def _step(station: Station, begun: float, *, everything: bool = False) -> Job[bool]:
    return lambda c: search_index.merge(c, tempo.speed(station.writer, begun).pages, everything=everything)
