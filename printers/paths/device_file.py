"""A printer behind a name of the file system: a device, a pipe that another program reads, a plain file."""

from __future__ import annotations

import os
import select
import stat
import time
from collections.abc import Callable
from pathlib import Path

from boxoffice.errors import filled

from .line import LineLost
from .path import NotSent

TAKES_WITHIN = 5.0
_SLICE = 0.1


class FileLine:
    """An open file; a plain one grows. Says nothing back. Raises `NotSent` if it cannot be opened."""

    ends = False
    hears = False

    def __init__(self, name: str, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            self._file = os.open(Path(name).expanduser(), flags, 0o600)
        except OSError as error:
            why = "nobody reads from it" if error.errno == 6 else error.strerror  # ENXIO, of a pipe
            raise NotSent(
                "The printer's file cannot be opened",
                filled("{name}: {why}. Nothing was sent.", name=name, why=why),
                "The document waits.",
            ) from error
        self._plain = stat.S_ISREG(os.fstat(self._file).st_mode)

    def write(self, data: bytes) -> None:
        """Send it all, as long as it takes something. Raises `LineLost`."""
        rest, whole = memoryview(data), len(data)
        until = time.monotonic() + TAKES_WITHIN
        while rest:
            if self._stopped():
                raise LineLost("The app is closing", nothing_left=len(rest) == whole)
            if not self._plain and not select.select((), (self._file,), (), _SLICE)[1]:
                if time.monotonic() > until:
                    raise LineLost("It takes nothing any more", nothing_left=len(rest) == whole)
                continue
            try:
                taken = os.write(self._file, rest)
            except OSError as error:
                raise LineLost(error.strerror or str(error), nothing_left=len(rest) == whole) from error
            rest = rest[taken:]
            until = time.monotonic() + TAKES_WITHIN

    def read(self, seconds: float) -> bytes | None:  # noqa: ARG002 - there is nothing to wait for
        """What has come within that time; None for nothing, empty for the end. Raises `LineLost`."""
        return None

    def finish(self) -> None:
        """Nothing more comes from us. Raises `LineLost`."""
        if not self._plain:
            return
        try:
            os.fsync(self._file)
        except OSError as error:
            raise LineLost(error.strerror or str(error)) from error

    def close(self) -> None:
        """Let go of it."""
        os.close(self._file)
