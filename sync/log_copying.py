"""Keeping the store's log short while very much is written, and in nobody's way.

The engine copies a long log into the file within some commit, and whoever waits for that one waits for all
of it. So meanwhile the calling thread copies, beside the writer. The engine begins the log from its start
only when all of it was copied before somebody writes again, and a writer that is never idle never lets that
happen; so when the log has become long, the background pauses for as long as it takes to copy the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from boxoffice.storage import connection as connections
from boxoffice.storage.writer import Lane

from .station import Station

COPY_EVERY = 0.5
"""Seconds."""
LONG = 16_000
"""Pages in the log after which it is to begin from its start."""
FAR_TOO_LONG = 100_000
"""Pages after which a commit copies it all the same: so much writes nobody while one copy is made."""


class LogCopying:
    """Copies the log of one station. `begin` and `end` it; in between `look` now and then, on one thread."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._begun = False
        self._copied_at = time.monotonic()

    def begin(self) -> None:
        """From now on no commit copies the log. More than once is once."""
        if not self._begun:
            self._begun = True
            self._station.writer.do(lambda c: connections.checkpoint_after(c, FAR_TOO_LONG), Lane.BACKGROUND)

    def look(self, pause: Callable[[], object]) -> None:
        """Copy what has come to the log, if it is time to. `pause` returns when nothing of ours is being written."""
        if time.monotonic() - self._copied_at < COPY_EVERY:
            return
        if self._station.read(connections.checkpoint) > LONG:
            pause()
            self._station.read(connections.checkpoint)
        self._copied_at = time.monotonic()

    def end(self) -> None:
        """Copy the rest, and leave it to the engine again."""
        if self._begun:
            self._begun = False
            self._station.read(connections.checkpoint)
            self._station.writer.do(connections.checkpoint_after, Lane.BACKGROUND)
