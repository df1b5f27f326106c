"""Whose turn it is to write among the threads and processes that share one SQLite file.

The engine lets a process that finds the file taken look again after ever longer pauses, up to a tenth of a second, in
which nobody may be writing at all. Here it waits for a lock of the operating system on a file beside the store, and
goes on at once when that is free. It is no more than a courtesy: where there are no such locks, and against programs
that do not know of it, the engine's own lock has the last word.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import IO

from boxoffice import file_lock

PATIENCE = 30.0
"""Seconds after which the engine is asked all the same, which then says what is wrong."""


class FileTurn:
    """The turns of this process at one file."""

    def __init__(self, store: Path | None) -> None:
        """`store` is none where no other process can reach it. Raises `OSError` where nothing can be written."""
        self._thread = threading.Lock()
        self._file = None if store is None else _beside(store).open("rb+", buffering=0)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """It is ours until the end."""
        with self._thread:
            has_it = self._file is not None and _take(self._file)
            try:
                yield
            finally:
                if has_it and self._file is not None:
                    file_lock.release(self._file)

    def close(self) -> None:
        """Have no more turns."""
        if self._file is not None:
            self._file.close()


def _take(file: IO[bytes]) -> bool:
    """Wait for the lock; whether it is ours."""
    try:
        file_lock.take(file)
    except BlockingIOError:
        return _wait(file)
    except OSError:
        return False
    return True


def _wait(file: IO[bytes]) -> bool:
    """The system cannot be told to wait only so long, so a thread does that in our place."""
    ours: Future[None] = Future()
    threading.Thread(target=_wait_for_ever, args=(file, ours), name="hub turn", daemon=True).start()
    try:
        ours.result(PATIENCE)
    except TimeoutError:
        return not ours.cancel()
    except OSError:
        return False
    return True


def _wait_for_ever(file: IO[bytes], ours: Future[None]) -> None:
    try:
        file_lock.wait(file)
    except OSError as error:
        if ours.set_running_or_notify_cancel():
            ours.set_exception(error)
        return
    if ours.set_running_or_notify_cancel():
        ours.set_result(None)
    else:
        with contextlib.suppress(ValueError):  # closed meanwhile
            file_lock.release(file)


def _beside(store: Path) -> Path:
    """The file with the lock, which nobody but the store's owner can read."""
    path = store.with_name(f"{store.name}-turn")
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    return path
