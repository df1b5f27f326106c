"""What a dialect may ask of the station's own store, so that it need not carry a second copy in memory.

Some servers name tickets by ids of their own where a station says `CODE-number`; this is where one becomes
the other. It only reads, with the calling thread's connection, except for what the server calls the station.
"""

from __future__ import annotations

from collections.abc import Iterable

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.orders import MediumKeys, Ticket
from boxoffice.ports import Enrolment
from boxoffice.storage import checkins, journal, media, orders, outbox, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

from .station import Station


class Sent:
    """What a server surely had of us at one moment, because it had said so by then."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._newest, self._waiting = station.read(_unsent)

    def holds(self, nonce: str) -> bool:
        """Whether it had the passage of this scan, or what followed from it."""
        operation = nonce.partition("/")[0]
        number = self._station.read(lambda c: journal.number(c, operation))
        return number is not None and number <= self._newest and operation not in self._waiting


def _unsent(connection: Connection) -> tuple[int, set[str]]:
    return journal.last(connection), outbox.operations(connection)


class Replica:
    """The store of one open station."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def keys(self, event: str, server_ids: Iterable[int]) -> dict[int, str]:
        """Tickets by the server's ids; those that are there."""
        wanted = list(server_ids)
        return self._station.read(lambda c: orders.keys_of(c, event, wanted)) if wanted else {}

    def ticket(self, event: str, key: str) -> Ticket | None:
        """The ticket that is called `CODE-number`."""
        return self._station.read(lambda c: orders.by_key(c, event, key))

    def now(self) -> Sent:
        """What the server surely has of us now."""
        return Sent(self._station)

    def passages(self, event: str, code: str) -> list[CheckIn]:
        """The passages that count of an order's tickets."""
        return self._station.read(lambda c: checkins.of_order(c, event, code))

    def has_medium(self, event: str, identifier: str) -> bool:
        """Whether a wristband or card is known for this event."""
        return any(medium.event == event for medium in self._station.read(lambda c: media.by_identifier(c, identifier)))

    def followed_from(self, nonce: str) -> list[CheckIn]:
        """The exits elsewhere that followed from an entry."""
        return self._station.read(lambda c: checkins.followed_from(c, nonce))

    def currency(self, event: str) -> str:
        """What an event is paid in."""
        return self._station.read(lambda c: self._station.shelf.of(c, event)).event.currency

    def catalog(self, event: str) -> Catalog:
        """What an event consists of."""
        return self._station.read(lambda c: self._station.shelf.of(c, event))

    def medium_keys(self) -> tuple[MediumKeys, ...]:
        """The keys to chips that are kept."""
        return self._station.read(settings.medium_keys)

    def keep_medium_keys(self, keys: tuple[MediumKeys, ...]) -> None:
        """The keys to chips that the server has sealed for this station."""
        self._station.writer.do(lambda c: settings.put(c, settings.MEDIUM_KEYS, keys), Lane.BACKGROUND)

    def keep(self, enrolment: Enrolment) -> None:
        """What the server says of this station now."""
        self._station.writer.do(lambda c: settings.keep_enrolment(c, enrolment), Lane.BACKGROUND)
