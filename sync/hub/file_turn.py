"""Whose turn it is to write among the threads and processes that share one SQLite file.

The engine lets a process that finds the file taken look again after ever longer pauses, up to a tenth of a second, in
which nobody may be writing at all. Here it waits for a lock of the operating system on a file beside the store, and
goes on at once when that is free. It is no more than a courtesy: where there are no such locks, and against programs
that do not know of it, the engine's own lock has the last word.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import IO

from boxoffice import file_lock

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds after which the engine is asked all the same, which then says what is wrong."""


class FileTurn:
    """The turns of this process at one file."""

    def __init__(self, store: Path | None) -> None:
        """`store` is none where no other process can reach it."""
        self._thread = threading.Lock()
        self._path = None if store is None else store.with_name(f"{store.name}-turn")
        if self._path is not None and (why := _hindrance(self._path)):
            log.warning("Processes take turns at the store more slowly: %s", why)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """It is ours until the end."""
        with self._thread:
            file = None if self._path is None else _taken(self._path)
            try:
                yield
            finally:
                if file is not None:
                    _let_go(file)


def _opened(path: Path) -> IO[bytes]:
    """The file beside the store, made if it is not there. Nobody but its owner can read it."""
    return open(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "rb+", buffering=0)


def _hindrance(path: Path) -> str:
    """Why there is no such file; it may belong to somebody else, who looked after the hub with all rights."""
    try:
        _opened(path).close()
    except OSError as error:
        return str(error)
    return ""


def _taken(path: Path) -> IO[bytes] | None:
    """The file with the lock on it, opened anew for each turn: whoever comes late by another one takes it from nobody.

    None without the lock.
    """
    try:
        file = _opened(path)
    except OSError:
        return None
    try:
        file_lock.take(file)
    except BlockingIOError:
        return file if _has_come(file) else None
    except OSError:
        file.close()
        return None
    return file


def _has_come(file: IO[bytes]) -> bool:
    """Wait for the lock; the system cannot be told to wait only so long, so a thread does that in our place."""
    ours: Future[bool] = Future()
    threading.Thread(target=_wait, args=(file, ours), name="hub turn", daemon=True).start()
    try:
        return ours.result(PATIENCE)
    except TimeoutError:
        return not ours.cancel() and ours.result()


def _wait(file: IO[bytes], ours: Future[bool]) -> None:
    try:
        file_lock.wait(file)
        has_it = True
    except OSError:
        has_it = False
    wanted = ours.set_running_or_notify_cancel()
    if not (has_it and wanted):
        _let_go(file)
    if wanted:
        ours.set_result(has_it)


def _let_go(file: IO[bytes]) -> None:
    with file, contextlib.suppress(OSError):
        file_lock.release(file)
