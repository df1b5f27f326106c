"""A lock of the operating system on an open file: one process has it, and loses it when it ends, however it does."""

from __future__ import annotations

import sys
import time
from typing import IO, Any

LOOK_EVERY = 0.001
"""Seconds between two looks where the system cannot wait by itself."""

if sys.platform == "win32":
    import msvcrt

    def take(file: IO[Any]) -> None:
        """Take the lock. Raises `BlockingIOError` if another process has it, `OSError` where there are no locks."""
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(error.errno, error.strerror) from error

    def wait(file: IO[Any]) -> None:
        """Wait until the lock is ours, however long that is."""
        while True:
            try:
                return take(file)
            except BlockingIOError:
                time.sleep(LOOK_EVERY)

    def release(file: IO[Any]) -> None:
        """Let another process have it."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def take(file: IO[Any]) -> None:
        """Take the lock. Raises `BlockingIOError` if another process has it, `OSError` where there are no locks."""
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def wait(file: IO[Any]) -> None:
        """Wait until the lock is ours, however long that is."""
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)

    def release(file: IO[Any]) -> None:
        """Let another process have it."""
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
