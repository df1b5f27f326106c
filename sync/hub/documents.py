"""What stations are told: each noun once, at its latest version, in one order of commit.

A version is taken from a counter row inside the writing transaction. Taking it locks that row until the
commit (SQLite: the whole file; PostgreSQL: the row), so the next writer gets its numbers only after this
one's are visible: the order of versions is the order of commits on both, and a cursor can never step over
a row that commits later. A sequence would not do: it hands out numbers without waiting for anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec
from sqlalchemy import Connection, bindparam, text

from boxoffice.domain.nouns import Noun, event_of, id_of, kind_of
from sync.wire.hub_feed import row_of

_TAKE = text("UPDATE newest SET version = version + :number RETURNING version")
_NEWEST = text("SELECT version FROM newest")
_PUT = text(
    "INSERT INTO documents (event, kind, id, version, body) VALUES (:event, :kind, :id, :version, :body)"
    " ON CONFLICT (event, kind, id) DO UPDATE SET version = excluded.version, body = excluded.body"
)
_BODIES = text("SELECT id, body FROM documents WHERE event = :event AND kind = :kind AND id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_BODY = text("SELECT body FROM documents WHERE event = :event AND kind = :kind AND id = :id")
# At the start there is nothing to forget yet, so what is gone is left out.
_AFTER = "event = :event AND version > :since AND version <= :upto AND (body IS NOT NULL OR :since > 0)"
_PAGE = text(f"SELECT version, kind, id, body FROM documents WHERE {_AFTER} ORDER BY version LIMIT :limit")
_COUNT = text(f"SELECT count(*) FROM documents WHERE {_AFTER}")
_LATEST = text("SELECT max(version) FROM documents WHERE event = :event")
_EVENTS = text("SELECT event FROM documents WHERE kind = 'event' AND body IS NOT NULL ORDER BY event")
_OF_KIND = text("SELECT body FROM documents WHERE event = :event AND kind = :kind AND body IS NOT NULL")


class Document(msgspec.Struct, frozen=True):
    """A noun as it is kept; without a body it is gone."""

    event: str
    kind: str
    id: str
    body: str | None


def document(noun: Noun) -> Document:
    """A noun, ready to be kept."""
    return Document(event_of(noun), kind_of(noun), id_of(noun), row_of(noun).decode())


def put(connection: Connection, documents: Sequence[Document]) -> dict[str, int]:
    """Keep documents under fresh versions, in this order; the newest version of each event."""
    if not documents:
        return {}
    last = connection.execute(_TAKE, {"number": len(documents)}).scalar_one()
    first = last - len(documents) + 1
    rows = [
        {"event": one.event, "kind": one.kind, "id": one.id, "version": version, "body": one.body}
        for version, one in enumerate(documents, first)
    ]
    connection.execute(_PUT, rows)
    return {one.event: version for version, one in enumerate(documents, first)}


def put_changed(connection: Connection, nouns: Iterable[Noun]) -> dict[str, int]:
    """Keep those nouns that are not there yet, or differ; the others keep their versions."""
    wanted = {(one.event, one.kind, one.id): one for one in map(document, nouns)}
    there: dict[tuple[str, str, str], str | None] = {}
    for (event, kind), some in groupby(sorted(wanted.values(), key=_place), key=_place):
        for name, body in connection.execute(_BODIES, {"event": event, "kind": kind, "ids": [one.id for one in some]}):
            there[event, kind, name] = body
    return put(connection, [one for place, one in wanted.items() if there.get(place) != one.body])


_place = attrgetter("event", "kind")


def body(connection: Connection, event: str, kind: str, name: str) -> str | None:
    """The body of one noun; None if it is gone or was never there."""
    found: str | None = connection.execute(_BODY, {"event": event, "kind": kind, "id": name}).scalar_one_or_none()
    return found


def of_kind(connection: Connection, event: str, kind: str) -> list[str]:
    """The bodies of all nouns of a kind. For the few of a catalog; orders are too many."""
    return list(connection.execute(_OF_KIND, {"event": event, "kind": kind}).scalars())


def events(connection: Connection) -> list[str]:
    """The slugs of all events."""
    return list(connection.execute(_EVENTS).scalars())


def newest(connection: Connection) -> int:
    """The version of the last commit."""
    return int(connection.execute(_NEWEST).scalar_one())


def latest(connection: Connection, event: str) -> int:
    """The version of the newest noun of an event; 0 if there is none."""
    return int(connection.execute(_LATEST, {"event": event}).scalar() or 0)


Row = tuple[int, str, str, str | None]
"""Version, kind, id, body."""


def page(connection: Connection, event: str, since: int, upto: int, limit: int) -> list[Row]:
    """What changed after one version and until another, oldest first."""
    span = {"event": event, "since": since, "upto": upto, "limit": limit}
    return connection.execute(_PAGE, span).all()  # type: ignore[return-value]


def remaining(connection: Connection, event: str, since: int, upto: int) -> int:
    """How many nouns there are in that span."""
    return int(connection.execute(_COUNT, {"event": event, "since": since, "upto": upto}).scalar_one())
