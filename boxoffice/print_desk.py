"""Paper for screens and the command line: what is put into the print queue, and what became of it.

It belongs to an open station and decides nothing; the services do. The spooler brings the queue to paper.
"""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.services import printing
from boxoffice.storage import print_queue

if TYPE_CHECKING:
    from boxoffice.domain.documents import Document
    from boxoffice.domain.printing import Answer, Job, Printing
    from boxoffice.storage.station import Station


class PrintDesk:
    """The papers of a station."""

    def __init__(self, station: Station) -> None:
        self._station = station

    @property
    def setup(self) -> Printing:
        """The printers of this station, and what goes to which."""
        return self._station.read(printing.setup)

    def enqueue(
        self,
        document: Document,
        *,
        event: str = "",
        operator: str = "",
        reason: str = "",
        printer: str = "",
        at: datetime | None = None,
    ) -> Future[Job]:
        """Put a document into the print queue. Raises `PrintedBefore` for a second badge without a reason."""
        now = at or datetime.now(UTC)
        return self._station.write(
            lambda c: printing.enqueue(c, document, now, event=event, operator=operator, reason=reason, printer=printer)
        )

    def again(self, operation: str, *, operator: str = "", reason: str = "", printer: str = "") -> Future[Job]:
        """Print a document of the queue once more, marked as a copy if it came out or may have."""
        now = datetime.now(UTC)
        return self._station.write(
            lambda c: printing.reprint(c, operation, now, operator=operator, reason=reason, printer=printer)
        )

    def answer(self, operation: str, said: Answer, *, operator: str = "") -> Future[Job]:
        """Say what became of a job whose outcome nobody knows."""
        return self._station.write(lambda c: printing.answer(c, operation, said, datetime.now(UTC), operator=operator))

    def open_drawer(
        self, *, event: str = "", receipt: str = "", operator: str = "", reason: str = ""
    ) -> Future[Job | None]:
        """Have the cash drawer opened now; None if this station has none."""
        now = datetime.now(UTC)
        return self._station.write(
            lambda c: printing.open_drawer(c, now, event=event, receipt=receipt, operator=operator, reason=reason)
        )

    @property
    def queue(self) -> list[Job]:
        """Everything that waits for paper, failed, or needs an answer; oldest first."""
        return self._station.read(print_queue.open_ones)
