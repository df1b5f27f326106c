"""One process per station folder: two that write would each believe they are the station."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

from boxoffice import file_lock
from boxoffice.errors import StorageTrouble, filled


class StationInUse(StorageTrouble):
    """Another window has this station open."""


class Lock:
    """Held from construction to `release`; the operating system lets go of it if the process dies.

    Raises `StationInUse` if another process holds it, `StorageTrouble` where nothing can be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file: IO[str] = path.open("a+", encoding="ascii")
        except OSError as error:
            raise _not_written(path, error) from error
        try:
            file_lock.take(self._file)
        except OSError as error:
            self._file.close()
            raise StationInUse(
                "This station is open in another window",
                "Only one may write at a time. Nothing was changed.",
                "Use that window, or close it and try again.",
            ) from error
        try:
            self._file.truncate(0)
            self._file.write(str(os.getpid()))
            self._file.flush()
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.close()
            raise _not_written(path, error) from error

    def release(self) -> None:
        """Let another process have the station."""
        self._file.close()


def _not_written(path: Path, error: OSError) -> StorageTrouble:
    return StorageTrouble(
        "Nothing can be written in the station's folder",
        filled("{folder}: {reason}. Nothing was changed.", folder=path.parent, reason=error.strerror or error),
        "Make room on the disk and see whose folder it is, or choose another with --data.",
    )
