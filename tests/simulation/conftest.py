"""A venue in virtual time: real stations, a real hub, and a network between them that does what networks do.

What is put in the place of something real stands here on one page: clocks, waits, threads, the system's
call for a connection, what takes the bytes of an answer apart, the key of a store, and chance. So is what leads to
a store: one connection to each (`stores`, `venue`). Everything else is the code that people will run.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync import pace
from sync.hub import database

from .day import Day, make_templates
from .handset import Handset, pool_of
from .lines import Line, wrap
from .stores import STORES, OneReader, OnTheSpot, in_plain
from .venue import VenueWriter, one_by_one
from .world import Datetime, Threading, Time, in_a_moment, this_machine

CLOCKS = {
    "boxoffice.ids": ("time", "datetime"),
    "boxoffice.services.disagree": ("datetime",),
    "boxoffice.services.stock": ("datetime",),
    "sync.api": ("time",),
    "sync.engine": ("time", "datetime", "threading"),
    "sync.hub.app": ("datetime",),
    "sync.hub.web": ("time",),
    "sync.leasing": ("datetime",),
    "sync.pull": ("time", "datetime"),
    "sync.push": ("datetime",),
    "sync.tempo": ("time",),
}
"""The modules that ask for the time, or wait, and what each of them knows it by."""
COLLECT_AFTER = 8
"""Days. Within one there is little to find, and looking for it costs one part in twenty."""
STAND_INS = {"time": Time, "datetime": Datetime, "threading": Threading}


@contextlib.contextmanager
def virtual_time() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module, names in CLOCKS.items():
            for name in names:
                patch.setattr(f"{module}.{name}", STAND_INS[name])
        patch.setattr("boxoffice.bootstrap.Writer", OnTheSpot)
        patch.setattr("boxoffice.bootstrap.Readers", OneReader)
        patch.setattr("boxoffice.storage.connection._open", in_plain)
        patch.setattr("sync.hub.app.Writer", VenueWriter)
        patch.setattr("sync.hub.database._engine", functools.cache(database._engine))
        patch.setattr("sync.hub.app.run_in_threadpool", in_a_moment)
        patch.setattr("sync.hub.pokes.run_in_threadpool", in_a_moment)
        patch.setattr("sync.hub.pokes.LOOK_EVERY", 30.0)
        patch.setattr("sync.hub.feed.PAGE", 8)
        patch.setattr("sync.pace.HEARTBEAT", pace.HEARTBEAT)  # Each day changes it.
        patch.setattr("starlette.responses.iterate_in_threadpool", one_by_one)
        patch.setattr("sync.light_requests.requests.utils.get_environ_proxies", lambda *_, **__: {})
        patch.setattr("urllib3.util.connection.create_connection", _connect)
        patch.setattr("urllib3.connection._ssl_wrap_socket_and_match_hostname", _shake_hands)
        patch.setattr("urllib3.connection.wait_for_read", _has_news)
        patch.setattr("urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls", Handset)
        patch.setattr("requests.adapters.extract_cookies_to_jar", lambda *_: None)  # which nobody asks for
        patch.setattr("requests.adapters.HTTPAdapter.get_connection_with_tls_context", pool_of)
        for module in (os, random):
            patch.setattr(module, "urandom" if module is os else "_urandom", _drawn)
        for name in ("sync", "boxoffice"):
            patch.setattr(logging.getLogger(name), "propagate", False)
            patch.setattr(logging.getLogger(name), "handlers", [Log()])
        yield


class Log(logging.Handler):
    """What is logged belongs to the day's story; a warning in it has to have a reason there."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        this_machine().world.warned(this_machine().name, record)


def _drawn(number: int) -> bytes:
    return this_machine().chance.randbytes(number)


def _connect(_address: object, timeout: float | None = None, **_: object) -> Line:
    return this_machine().network.connect(this_machine(), timeout)


def _has_news(line: Line, **_: object) -> bool:
    return line.has_news


def _shake_hands(sock: Line, **_: object) -> object:
    from urllib3.connection import _WrappedAndVerifiedSocket

    return _WrappedAndVerifiedSocket(socket=wrap(sock), is_verified=True)


@pytest.fixture(scope="session")
def templates(quick_disk: Path) -> Path:
    """The hub and the laptops as they are on the morning."""
    folder = quick_disk / "simulation"
    with virtual_time():
        make_templates(folder)
    return folder


@pytest.fixture(scope="module")
def live(templates: Path) -> Iterator[Callable[[int], Day]]:
    """`live(17)` lives through the day of seed 17. Raises `AssertionError` with its story if a promise is broken."""

    def live(seed: int) -> Day:
        folder = templates / "day"  # always the same: its stores stay open
        day = Day(seed, templates, folder)
        try:
            day.live()
        finally:
            if not seed % COLLECT_AFTER:
                gc.collect()
        return day

    gc.collect()
    gc.freeze()  # else what thousands of other tests have left is looked through after each few days
    gc.disable()
    with virtual_time():
        yield live
    STORES.forget_all()
    gc.enable()
    gc.unfreeze()
