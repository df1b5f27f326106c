"""What stations are told: each noun once, at its latest version, in one order of commit.

A version is taken from a counter row inside the writing transaction. Taking it locks that row until the
commit (SQLite: the whole file; PostgreSQL: the row), so the next writer gets its numbers only after this
one's are visible: the order of versions is the order of commits on both, and a cursor can never step over
a row that commits later. A sequence would not do: it hands out numbers without waiting for anybody.

PostgreSQL tells all processes of the hub what moved, at the commit and not before; SQLite cannot.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, TextClause, text

from boxoffice.domain.nouns import Noun, event_of, id_of, kind_of
from sync.wire.hub_feed import row_of

from . import sql

CHANNEL = "boxoffice_hub"
"""Where PostgreSQL says which events moved, and to which version."""
LONGEST_NAME = 250
"""Letters of an event's or a noun's name: PostgreSQL has no room for much longer ones in an index."""
MOST_TOLD_AT_ONCE = 50
"""Events in one notification, of which PostgreSQL takes 8,000 bytes. Slugs are short."""

_TAKE = text("UPDATE newest SET version = version + :number RETURNING version")
_NEWEST = text("SELECT version FROM newest")
_COLUMNS = {"event": "text", "kind": "text", "id": "text", "version": "bigint", "body": "text"}
_NEW = sql.Insert("documents", _COLUMNS)
_PUT = sql.Insert(
    "documents",
    _COLUMNS,
    "ON CONFLICT (event, kind, id) DO UPDATE SET version = excluded.version, body = excluded.body",
)
_THERE = sql.Asking(
    "d.event, d.kind, d.id",
    "{given} JOIN documents d ON d.event = given.event AND d.kind = given.kind AND d.id = given.id",
    {"event": "text", "kind": "text", "id": "text"},
)
_BODY = text("SELECT body FROM documents WHERE event = :event AND kind = :kind AND id = :id")
# At the start there is nothing to forget yet, so what is gone is left out.
_AFTER = "event = :event AND version > :since AND version <= :upto AND (body IS NOT NULL OR :since > 0)"
# At a bare number SQLite looks each time, to plan the statement anew.
_PAGE = text(f"SELECT version, kind, id, body FROM documents WHERE {_AFTER} ORDER BY version LIMIT :limit + 0")
_COUNT = text(f"SELECT count(*) FROM documents WHERE {_AFTER}")
_LATEST = text("SELECT max(version) FROM documents WHERE event = :event")
_EVENTS = text(
    "SELECT event FROM documents WHERE kind = 'event' AND body IS NOT NULL"
    " AND event NOT IN (SELECT event FROM unfinished)"
)
_BEGIN = text("INSERT INTO unfinished (event) VALUES (:event) ON CONFLICT (event) DO NOTHING")
_FINISH = text("DELETE FROM unfinished WHERE event = :event")
_OPEN = text(
    "SELECT 1 FROM documents WHERE event = :event AND kind = 'event' AND id = :event AND body IS NOT NULL"
    " AND event NOT IN (SELECT event FROM unfinished)"
)
_OF_KIND = text("SELECT body FROM documents WHERE event = :event AND kind = :kind AND body IS NOT NULL")
_TELL = text(f"SELECT pg_notify('{CHANNEL}', :moved)")


class Document(msgspec.Struct, frozen=True):
    """A noun as it is kept; without a body it is gone."""

    event: str
    kind: str
    id: str
    body: str | None


def document(noun: Noun) -> Document:
    """A noun, ready to be kept."""
    return Document(event_of(noun), kind_of(noun), id_of(noun), row_of(noun).decode())


def unnameable(noun: Noun) -> str:
    """What is wrong with the names under which a noun would be kept; empty if nothing is."""
    return misnamed(event_of(noun), id_of(noun))


def misnamed(event: str, name: str) -> str:
    """What is wrong with an event's and a noun's name; empty if nothing is."""
    if len(event) > LONGEST_NAME or len(name) > LONGEST_NAME or "\0" in event or "\0" in name:
        return "its name is too long, or no text"
    return ""


def put(connection: Connection, documents: Sequence[Document]) -> dict[str, int]:
    """Keep documents under fresh versions, in this order; the newest version of each event."""
    if not documents:
        return {}
    [(last,)] = sql.rows(connection, _TAKE, {"number": len(documents)})
    first = last - len(documents) + 1
    rows = [(one.event, one.kind, one.id, version, one.body) for version, one in enumerate(documents, first)]
    if sql.is_server(connection):
        rows = _put_new(connection, rows)
    sql.insert(connection, _PUT, rows)
    moved = {one.event: version for version, one in enumerate(documents, first)}
    if sql.is_server(connection):
        _tell(connection, moved)
    return moved


def _put_new(connection: Connection, rows: Sequence[sql.Row]) -> list[sql.Row]:
    """Keep what is not there in any version, which is quicker where nothing can stand in the way; the others."""
    there = set(sql.ask(connection, _THERE, [row[:3] for row in rows]))
    sql.insert(connection, _NEW, [row for row in rows if row[:3] not in there])
    return [row for row in rows if row[:3] in there]


def _tell(connection: Connection, moved: Mapping[str, int]) -> None:
    """Let all processes of the hub hear of it, once it is committed."""
    events = list(moved.items())
    for first in range(0, len(events), MOST_TOLD_AT_ONCE):
        told = dict(events[first : first + MOST_TOLD_AT_ONCE])
        sql.run(connection, _TELL, {"moved": msgspec.json.encode(told).decode()})


def put_changed(connection: Connection, nouns: Iterable[Noun]) -> dict[str, int]:
    """Keep those nouns that are not there yet, or differ; the others keep their versions."""
    return put(connection, changed(connection, map(document, nouns)))


def changed(connection: Connection, documents: Iterable[Document]) -> list[Document]:
    """Those that are not there yet, or differ; of several with one name the last."""
    wanted = {(one.event, one.kind, one.id): one for one in documents}
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    for event, kind, name in wanted:
        names[event, kind].append(name)
    there = {
        (event, kind, name): body
        for (event, kind), some in names.items()
        for name, body in _bodies(connection, event, kind, some)
    }
    return [one for place, one in wanted.items() if there.get(place) != one.body]


def _bodies(connection: Connection, event: str, kind: str, names: Sequence[str]) -> list[sql.Row]:
    values = {f"n{number}": name for number, name in enumerate(names)}
    return sql.rows(connection, _asking_for(len(names)), {"event": event, "kind": kind, **values})


@functools.lru_cache(maxsize=64)
def _asking_for(number: int) -> TextClause:
    names = ", ".join(f":n{one}" for one in range(number))
    return text(f"SELECT id, body FROM documents WHERE event = :event AND kind = :kind AND id IN ({names})")


def body(connection: Connection, event: str, kind: str, name: str) -> str | None:
    """The body of one noun; None if it is gone or was never there."""
    if "\0" in event + name:
        return None  # PostgreSQL would not even look.
    found = sql.row(connection, _BODY, {"event": event, "kind": kind, "id": name})
    return found[0] if found else None


def of_kind(connection: Connection, event: str, kind: str) -> list[str]:
    """The bodies of all nouns of a kind. For the few of a catalog; orders are too many."""
    return [found for (found,) in sql.rows(connection, _OF_KIND, {"event": event, "kind": kind})]


def events(connection: Connection) -> list[str]:
    """The slugs of all events that are here as a whole."""
    return sorted(event for (event,) in sql.rows(connection, _EVENTS))


def is_open(connection: Connection, event: str) -> bool:
    """Whether there is such an event, and all of it."""
    return "\0" not in event and sql.row(connection, _OPEN, {"event": event}) is not None


def begin(connection: Connection, event: str) -> None:
    """An event that nobody has seen yet is being loaded: nobody is to see it before it is finished."""
    sql.run(connection, _BEGIN, {"event": event})


def finish(connection: Connection, event: str) -> None:
    """All of an event is here."""
    sql.run(connection, _FINISH, {"event": event})


def newest(connection: Connection) -> int:
    """The version of the last commit."""
    [(version,)] = sql.rows(connection, _NEWEST)
    return int(version)


def latest(connection: Connection, event: str) -> int:
    """The version of the newest noun of an event; 0 if there is none."""
    [(version,)] = sql.rows(connection, _LATEST, {"event": event})
    return int(version or 0)


def page(connection: Connection, event: str, since: int, upto: int, limit: int) -> list[sql.Row]:
    """Version, kind, id and body of what changed after one version and until another, oldest first."""
    return sql.rows(connection, _PAGE, {"event": event, "since": since, "upto": upto, "limit": limit})


def remaining(connection: Connection, event: str, since: int, upto: int) -> int:
    """How many nouns there are in that span."""
    [(number,)] = sql.rows(connection, _COUNT, {"event": event, "since": since, "upto": upto})
    return int(number)
