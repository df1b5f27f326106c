"""What is known of people, orders and lists, for screens and the command line. All of it is read on the calling thread.

It belongs to an open station and decides nothing; the services do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.services import lookup
from boxoffice.storage import checkins

if TYPE_CHECKING:
    from boxoffice.domain.catalog import CheckInList
    from boxoffice.services.lookup import Answered, Card, Hit, Member
    from boxoffice.storage.checkins import Counts
    from boxoffice.storage.station import Station


class Lookup:
    """Looks into the replica of one station."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Attendees as the desk finds them, best first."""
        return self._station.read(lambda c: lookup.search(c, self._station.shelf, text, limit))

    def card(self, event: str, ticket: str) -> Card | None:
        """Everything that is known of one ticket."""
        return self._station.read(lambda c: lookup.card(c, self._station.shelf, event, ticket))

    def group(self, event: str, code: str, list_id: int) -> list[Member]:
        """The tickets of an order as one list sees them: who is in, who may come."""
        shelf, now = self._station.shelf, datetime.now(UTC)
        return self._station.read(lambda c: lookup.group(c, shelf, event, code, list_id, now))

    def counts(self, gate_list: CheckInList) -> Counts:
        """Entries, tickets seen and people inside of one list."""
        shelf, now = self._station.shelf, datetime.now(UTC)
        return self._station.read(lambda c: lookup.counts(c, shelf, gate_list, now))

    def expected(self, gate_list: CheckInList) -> int:
        """Of how many: the tickets that the list covers. Takes a moment on large events; keep the figure."""
        return self._station.read(lambda c: checkins.expected(c, gate_list))

    def last_scans(self, limit: int = 10) -> list[Answered]:
        """The last answers of this station, newest first."""
        return self._station.read(lambda c: lookup.last_scans(c, limit))
