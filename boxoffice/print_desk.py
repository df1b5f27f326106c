"""Paper for screens and the command line: what is put into the print queue, and what became of it.

It belongs to an open station and decides nothing; the services do. Who is signed in stands on what is printed, unless
somebody else is named. The spooler brings the queue to paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.services import print_jobs, print_setup, printing
from boxoffice.storage import print_queue

if TYPE_CHECKING:
    from boxoffice.domain.documents import Document
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.printing import Answer, Job, Printing
    from boxoffice.storage.connection import Connection
    from boxoffice.storage.station import Station


class PrintDesk:
    """The papers of a station."""

    def __init__(self, station: Station, operator: str = "") -> None:
        self._station = station
        self._operator = operator

    @property
    def setup(self) -> Printing:
        """The printers of this station, and what goes to which."""
        return self._station.read(print_setup.read)

    def find(self, kind: str, name: str, events: Sequence[str], *, operator: str = "") -> tuple[str, Document]:
        """A paper by the name that people give it, and the event that it is about. Raises `BadInput`, `Refused`."""
        from boxoffice.services import named_papers

        now, who, shelf = datetime.now(UTC), operator or self._operator, self._station.shelf
        return self._station.read(lambda c: named_papers.find(c, shelf, kind, name, events, now, who))

    def enqueue(
        self, document: Document, *, event: str = "", operator: str = "", reason: str = "", printer: str = ""
    ) -> Future[Job]:
        """Put a document into the print queue. Raises `PrintedBefore` for a second badge without a reason."""
        now, who = datetime.now(UTC), operator or self._operator
        return self._station.write(
            lambda c: printing.enqueue(c, document, now, event=event, operator=who, reason=reason, printer=printer)
        )

    def print(
        self, document: Document, *, event: str = "", operator: str = "", reason: str = "", printer: str = ""
    ) -> Future[Job]:
        """Put a document into the print queue that may have been printed before, and is a copy then. Raises `Refused`
        if it still waits there, `PrintedBefore` as `enqueue` does.
        """
        now, who = datetime.now(UTC), operator or self._operator
        return self._station.write(
            lambda c: printing.again(c, document, now, event=event, operator=who, reason=reason, printer=printer)
        )

    def print_tickets(self, event: str, order: str, *, reason: str = "") -> Future[list[Job]]:
        """Print all tickets of an order that open a door. Raises `PrintedBefore` if one was, and there is no reason."""
        from boxoffice.services import papers

        now, who, shelf = datetime.now(UTC), self._operator, self._station.shelf

        def put(connection: Connection) -> list[Job]:
            found = papers.tickets(connection, shelf, event, order, now, who)
            return [printing.enqueue(connection, one, now, event=event, operator=who, reason=reason) for one in found]

        return self._station.write(put)

    def again(self, operation: str, *, operator: str = "", reason: str = "", printer: str = "") -> Future[Job]:
        """Print a document of the queue once more, marked as a copy if it came out or may have."""
        now, who = datetime.now(UTC), operator or self._operator
        return self._station.write(
            lambda c: printing.reprint(c, operation, now, operator=who, reason=reason, printer=printer)
        )

    def answer(self, operation: str, said: Answer, *, operator: str = "") -> Future[Job]:
        """Say what became of a job whose outcome nobody knows."""
        now, who = datetime.now(UTC), operator or self._operator
        return self._station.write(lambda c: print_jobs.answer(c, operation, said, now, operator=who))

    def open_drawer(self, reason: str, *, operator: str = "", permits: Sequence[Permit] = ()) -> Future[Job | None]:
        """Have the cash drawer opened now, for no sale; None if this station has none. Raises `NeedsPermission`."""
        from boxoffice.services import shifts

        now, who, shelf = datetime.now(UTC), operator or self._operator, self._station.shelf
        return self._station.write(lambda c: shifts.open_drawer(c, shelf, now, who, reason, permits))

    @property
    def queue(self) -> list[Job]:
        """Everything that waits for paper, failed, or needs an answer; oldest first."""
        return self._station.read(print_queue.open_ones)
