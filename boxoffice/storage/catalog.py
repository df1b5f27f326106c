"""The server's nouns that are read whole: kept as documents, handed out as one value an event.

A rule sees a `Catalog`, never a table. Whoever asks keeps the value and its version, and asks again
only when the version moved; so a scan costs one small look-up instead of a few hundred rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.catalog import KINDS, Catalog, CheckInList, Event, EventSettings

from . import settings
from .connection import Connection
from .settings import ListSettings, Station

if TYPE_CHECKING:
    from boxoffice.domain.nouns import Gone, Noun

T = TypeVar("T")

_FIELDS = {
    "subevent": "subevents",
    "category": "categories",
    "tax_rule": "tax_rules",
    "item": "items",
    "quota": "quotas",
    "question": "questions",
    "list": "lists",
    "discount": "discounts",
    "badge_layout": "badge_layouts",
}


def put(connection: Connection, noun: Noun) -> None:
    """Keep one noun of the catalog; unchanged ones cost nothing."""
    from boxoffice.domain.nouns import event_of, id_of, kind_of  # All kinds there are: not for the first picture.

    cursor = connection.execute(
        "INSERT INTO catalog (event, kind, id, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (event, kind, id) DO UPDATE SET body = excluded.body WHERE body IS NOT excluded.body",
        (event_of(noun), kind_of(noun), id_of(noun), msgspec.json.encode(noun).decode()),
    )
    if cursor.rowcount:
        settings.moved(connection)


def drop(connection: Connection, gone: Gone) -> None:
    """Forget a noun that the server no longer has."""
    connection.execute("DELETE FROM catalog WHERE event = ? AND kind = ? AND id = ?", (gone.event, gone.kind, gone.id))
    settings.moved(connection)


def events(connection: Connection) -> list[str]:
    """The slugs of the events in the replica."""
    return [slug for (slug,) in connection.execute("SELECT id FROM catalog WHERE kind = 'event' ORDER BY id")]


def currencies(connection: Connection) -> list[str]:
    """The currencies of the events in the replica."""
    rows = connection.execute("SELECT body FROM catalog WHERE kind = 'event' ORDER BY id").fetchall()
    return [decode(body, Event).currency for (body,) in rows]


def load(connection: Connection, event: str) -> Catalog:
    """All nouns of one event. An event that is not there yet is an empty one of that name."""
    found: dict[str, dict[int, Any]] = {field: {} for field in _FIELDS.values()}
    own, chosen = Event(slug=event), None
    rows = connection.execute(
        f"SELECT kind, body FROM catalog WHERE event = ? AND kind IN ({', '.join('?' * len(KINDS))})",
        (event, *KINDS),
    )
    for kind, body in rows:
        noun: Any = decode(body, KINDS[kind])
        if isinstance(noun, Event):
            own = noun
        elif isinstance(noun, EventSettings):
            chosen = noun
        else:
            found[_FIELDS[kind]][noun.id] = noun
    return Catalog(event=own, settings=chosen, **found)


class Known:
    """What was read at one version: catalogs, and this station's own settings."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._catalogs: dict[str, Catalog] = {}
        self._remembered: dict[Hashable, Any] = {}

    def catalog(self, connection: Connection, event: str) -> Catalog:
        """The event's catalog."""
        held = self._catalogs.get(event)
        if held is None:
            held = self._catalogs[event] = load(connection, event)
        return held

    def station(self, connection: Connection) -> Station:
        """Who this station is."""
        return self.remembered("station", connection, settings.station)

    def locale(self, connection: Connection) -> str:
        """The language in which names are shown here."""
        return self.remembered("locale", connection, settings.locale)

    def list_settings(self, connection: Connection, event: str, list_id: int) -> ListSettings:
        """This station's own settings of one list."""
        name = ("list", event, list_id)
        return self.remembered(name, connection, lambda c: settings.list_settings(c, event, list_id))

    def remembered(self, name: Hashable, connection: Connection, read: Callable[[Connection], T]) -> T:
        """What was read under this name at this version; read now if it never was."""
        if name not in self._remembered:
            self._remembered[name] = read(connection)
        found: T = self._remembered[name]
        return found


class Shelf:
    """What a station need not read again for every scan; safe to ask from any thread with that thread's connection."""

    def __init__(self) -> None:
        self._known = Known("never read")

    def now(self, connection: Connection) -> Known:
        """What is known at the version that the connection sees: one small look-up, the rest is remembered."""
        return self.at(settings.version(connection))

    def at(self, version: str) -> Known:
        """What is known at the version that a connection sees, for whoever has asked for it already."""
        known = self._known
        if known.version != version:
            known = self._known = Known(version)
        return known

    def of(self, connection: Connection, event: str) -> Catalog:
        """The event's catalog as the connection sees it now."""
        return self.now(connection).catalog(connection, event)


def time_zones(connection: Connection) -> list[str]:
    """The time zones of the events in the replica, each once."""
    rows = connection.execute("SELECT body FROM catalog WHERE kind = 'event' ORDER BY id").fetchall()
    return list(dict.fromkeys(decode(body, Event).timezone for (body,) in rows))


def check_in_lists(connection: Connection) -> list[CheckInList]:
    """All lists of all events, by event and name."""
    rows = connection.execute("SELECT body FROM catalog WHERE kind = 'list'").fetchall()
    found = [decode(body, CheckInList) for (body,) in rows]
    return sorted(found, key=lambda one: (one.event, one.name, one.id))
