"""One process per station folder: two that write would each believe they are the station."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from boxoffice.errors import StorageTrouble


class StationInUse(StorageTrouble):
    """Another window has this station open."""


class Lock:
    """Held from construction to `release`; the operating system lets go of it if the process dies.

    Raises `StationInUse` if another process holds it.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("a+", encoding="ascii")
        try:
            _take(self._file)
        except OSError as error:
            self._file.close()
            raise StationInUse(
                "This station is open in another window",
                "Only one may write at a time. Nothing was changed.",
                "Use that window, or close it and try again.",
            ) from error
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process have the station."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[str]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
