"""All of an event as it was at one version, in the order in which a station can take it in fastest.

Orders go out by their codes, as they will lie in the station's tables: in the order in which they were bought each
would be put into another page of them, and a page costs the same whether one order is put into it or all. What a door
needs to open goes before them, what speaks of their tickets behind them. Whatever changes meanwhile has a later
version; it is left out here and told afterwards, as changes are. So a place in here is the version and the last row.
"""

from __future__ import annotations

import re

import msgspec
from sqlalchemy import Connection, text

from boxoffice.domain import catalog

from . import documents, sql
from .sql import Row

_BEFORE = ", ".join(f"'{kind}'" for kind in (*catalog.KINDS, "person", "design", "blocked", "revoked"))
_PARTS = (
    (f"kind IN ({_BEFORE}) AND version > :after", "version"),
    ("kind = 'order' AND id > :after", "id"),
    (f"kind NOT IN ({_BEFORE}, 'order') AND version > :after", "version"),
)
_BY_NAME = 1
_THERE = "FROM documents WHERE event = :event AND version <= :upto AND body IS NOT NULL"
# At a bare number SQLite looks each time, to plan the statement anew.
_PAGES = tuple(
    text(f"SELECT version, kind, id, body {_THERE} AND {part} ORDER BY {column} LIMIT :limit + 0")
    for part, column in _PARTS
)
_COUNTS = tuple(text(f"SELECT count(*) {_THERE} AND {part}") for part, _ in _PARTS)
_VERSION = re.compile(r"[0-9]{0,18}", re.ASCII)
_PLACE = re.compile(r"([0-2])\.((?:[0-9a-f]{2})*)", re.ASCII)


class Place(msgspec.Struct, frozen=True):
    """How far it has gone out."""

    version: int
    """Of which it tells."""
    part: int = 0
    after: str = ""
    """The last row's name or version; empty at the beginning of the part."""

    def behind(self, row: Row) -> Place:
        """The place behind a row of the same part."""
        version, _, name, _ = row
        return Place(self.version, self.part, name if self.part == _BY_NAME else str(version))

    @property
    def next_part(self) -> Place | None:
        """Where it goes on when there is no more of this part; None if that was all."""
        return Place(self.version, self.part + 1) if self.part + 1 < len(_PARTS) else None

    def __str__(self) -> str:
        """As it stands in a cursor behind the version. Names may hold any sign, a cursor may not."""
        return f"{self.part}.{self.after.encode().hex()}"


def place_in(version: int, given: str) -> Place:
    """The place that a cursor names behind the version. Raises `ValueError` for what is none."""
    parts = _PLACE.fullmatch(given)
    if parts is None:
        raise ValueError("This is no cursor of this hub")
    part, after = int(parts[1]), bytes.fromhex(parts[2]).decode(errors="replace")
    if "\0" in after if part == _BY_NAME else not _VERSION.fullmatch(after):
        raise ValueError("This is no cursor of this hub")
    return Place(version, part, after)


def page(connection: Connection, event: str, place: Place, limit: int) -> list[Row]:
    """Version, kind, id and body of the next rows of a part; fewer than `limit` are its last ones."""
    return sql.rows(connection, _PAGES[place.part], {**_asked(event, place), "limit": limit})


def remaining(connection: Connection, event: str, place: Place) -> int:
    """How many rows there are from there on."""
    if place == Place(place.version):
        return documents.remaining(connection, event, 0, place.version)
    number = 0
    ahead: Place | None = place
    while ahead is not None:
        [(some,)] = sql.rows(connection, _COUNTS[ahead.part], _asked(event, ahead))
        number += int(some)
        ahead = ahead.next_part
    return number


def _asked(event: str, place: Place) -> dict[str, object]:
    after = place.after if place.part == _BY_NAME else int(place.after or 0)
    return {"event": event, "upto": place.version, "after": after}
