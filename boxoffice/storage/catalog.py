"""The server's nouns that are read whole: kept as documents, handed out as one value an event.

A rule sees a `Catalog`, never a table. Whoever asks keeps the value and its version, and asks again
only when the version moved; so a scan costs one small look-up instead of a few hundred rows.
"""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from boxoffice.domain.catalog import Catalog, CheckInList, Event
from boxoffice.domain.nouns import CATALOG_KINDS, KINDS, Gone, Noun, event_of, id_of, kind_of
from boxoffice.ids import new_id

from . import settings
from .connection import Connection

_VERSION = "catalog_version"
_FIELDS = {
    "subevent": "subevents",
    "category": "categories",
    "tax_rule": "tax_rules",
    "item": "items",
    "quota": "quotas",
    "question": "questions",
    "list": "lists",
}


def put(connection: Connection, noun: Noun) -> None:
    """Keep one noun of the catalog; unchanged ones cost nothing."""
    cursor = connection.execute(
        "INSERT INTO catalog (event, kind, id, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (event, kind, id) DO UPDATE SET body = excluded.body WHERE body IS NOT excluded.body",
        (event_of(noun), kind_of(noun), id_of(noun), msgspec.json.encode(noun).decode()),
    )
    if cursor.rowcount:
        _moved(connection)


def drop(connection: Connection, gone: Gone) -> None:
    """Forget a noun that the server no longer has."""
    connection.execute("DELETE FROM catalog WHERE event = ? AND kind = ? AND id = ?", (gone.event, gone.kind, gone.id))
    _moved(connection)


def _moved(connection: Connection) -> None:
    # Not a count: a change that was rolled back and the next one would bear the same number.
    settings.put(connection, _VERSION, new_id())


def version(connection: Connection) -> str:
    """Another one whenever any noun of any catalog has changed."""
    return settings.get(connection, _VERSION, str, "")


def events(connection: Connection) -> list[str]:
    """The slugs of the events in the replica."""
    return [slug for (slug,) in connection.execute("SELECT id FROM catalog WHERE kind = 'event' ORDER BY id")]


def load(connection: Connection, event: str) -> Catalog:
    """All nouns of one event. An event that is not there yet is an empty one of that name."""
    found: dict[str, dict[int, Any]] = {field: {} for field in _FIELDS.values()}
    own = Event(slug=event)
    rows = connection.execute(
        f"SELECT kind, body FROM catalog WHERE event = ? AND kind IN ({', '.join('?' * len(CATALOG_KINDS))})",
        (event, *CATALOG_KINDS),
    )
    for kind, body in rows:
        noun: Any = msgspec.json.decode(body, type=KINDS[kind])
        if isinstance(noun, Event):
            own = noun
        else:
            found[_FIELDS[kind]][noun.id] = noun
    return Catalog(event=own, **found)


class Shelf:
    """Catalogs already read, per event; safe to ask from any thread with that thread's connection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, Catalog]] = {}

    def of(self, connection: Connection, event: str) -> Catalog:
        """The event's catalog as the connection sees it now."""
        now = version(connection)
        held = self._held.get(event)
        if held is not None and held[0] == now:
            return held[1]
        catalog = load(connection, event)
        with self._lock:
            self._held[event] = (now, catalog)
        return catalog


def check_in_lists(connection: Connection) -> list[CheckInList]:
    """All lists of all events, by event and name."""
    rows = connection.execute("SELECT body FROM catalog WHERE kind = 'list'").fetchall()
    found = [msgspec.json.decode(body, type=CheckInList) for (body,) in rows]
    return sorted(found, key=lambda one: (one.event, one.name, one.id))
