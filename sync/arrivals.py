"""What comes from a server on its way into the queue before the writer, and who reads it.

This thread reads it, and of a large first sync only what comes before the first order: with that a door can
open, and for all the rest there is another process, which has begun to load meanwhile. If it is lost, this
thread takes over again behind the last sheaf that had come whole, so nothing is missed and the feed never
counts as further than what there is.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from boxoffice.ports import CentralServer, Feed
from boxoffice.storage.feeds import Progress

from .sheaf import Rows, Sheaf

if TYPE_CHECKING:
    from .reader import Reader

log = logging.getLogger(__name__)

WORTH_A_PROCESS = 5_000
"""Changes of a first sync from which on a process of its own reads them. It takes half a second to load."""
LOOK_EVERY = 8
"""Changes between two looks at how far the writer is."""


class Arrivals:
    """The changes behind a feed's cursor, made ready. Close it, also if it was not read to its end."""

    def __init__(self, server: CentralServer, progress: Progress, feed: Feed) -> None:
        self.total = feed.total
        self._server = server
        self._event = progress.event
        self._feed = feed
        fresh = progress.complete_at is None
        self._sheaf = Sheaf(fresh=fresh)
        self._come_to = progress.cursor
        self._read_elsewhere = False
        self._reader: Reader | None = None
        if fresh and (feed.total or 0) >= WORTH_A_PROCESS:
            self._start_reader()

    @property
    def had_orders(self) -> bool:
        """Whether there may have been an order among the changes."""
        return self._sheaf.in_orders or self._read_elsewhere

    def __iter__(self) -> Iterator[Rows]:
        """Rows for the queue as they come, and nothing at all where it is time to look around."""
        while not (yield from self._read_here()):
            yield self._sheaf.bind()
            self._feed.close()
            if (yield from self._read_there()):
                return
            self._feed = self._server.changes(self._event, self._come_to)

    def rest(self) -> Rows:
        """What came last and is no whole sheaf."""
        return self._sheaf.bind()

    def close(self) -> None:
        """Let go of the server and of the process."""
        self._feed.close()
        self._end_reader()

    def _read_here(self) -> Generator[Rows, None, bool]:
        """Read to the end; False if there is somebody else who is to.

        What orders are found by takes dictionaries, which the station need not load as well.
        """
        for number, change in enumerate(self._feed):
            rows = self._sheaf.gather(change)
            self._come_to = change.cursor
            if rows or number % LOOK_EVERY == 0:
                yield rows
            if self._reader is not None and (self._sheaf.in_orders or self._reader.loaded):
                return False
        return True

    def _read_there(self) -> Generator[Rows, None, bool]:
        """Let the process read to the end; False if it was lost."""
        from .reader import ReaderLost

        assert self._reader is not None  # noqa: S101 - it has just said that it is there
        try:
            for rows in self._reader.sheaves(self._come_to):
                if rows:
                    self._come_to = rows[-1][0]
                    self._read_elsewhere = True
                yield rows
        except ReaderLost as lost:
            log.info("The process that reads is lost, it goes on without: %s", lost)
            self._end_reader()
            return False
        return True

    def _start_reader(self) -> None:
        from .reader import CanBeReadElsewhere, Reader, ReaderLost

        if not isinstance(self._server, CanBeReadElsewhere):
            return
        try:
            self._reader = Reader(self._server.access, self._event)
        except ReaderLost as lost:
            log.info("No process reads, it goes on without: %s", lost)

    def _end_reader(self) -> None:
        if self._reader is not None:
            self._reader.end()
            self._reader = None
