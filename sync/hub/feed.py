"""The feed of one event as bytes: pages read by version, written out line by line, packed if asked for.

Bodies go out as they are kept. Between pages no transaction is open and nothing is remembered but the
place, so a first sync of any size costs the hub one page of memory and holds up no writer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from sync.wire.hub_feed import last_line, line

from . import documents, eras, first_feed
from .database import Database
from .first_feed import Place
from .sql import Row
from .trim import SPENDABLE, Trim

PAGE = 1000
_FAST = 1
_GZIP = 16 + zlib.MAX_WBITS


class Span(msgspec.Struct, frozen=True):
    """From which version to which a feed goes, and how many nouns lie between."""

    event: str
    era: str
    since: int
    upto: int
    total: int
    rows: list[Row] | None = None
    """All of them, if they are no more than a page."""
    first: Place | None = None
    """Before them comes everything as it was at `since`, from here on."""


def span(connection: Connection, event: str, cursor: str) -> Span:
    """What is new in an event since a cursor: all, if the store was put back since. Raises `ValueError`."""
    (since, place), upto = eras.place_in(connection, cursor), documents.newest(connection)
    rows = [] if place else documents.page(connection, event, since, upto, PAGE + 1)
    if not place and len(rows) <= PAGE:
        return Span(event, eras.name(connection), since, upto, len(rows), rows)
    if not since:
        since, place = upto, Place(upto)
    total = documents.remaining(connection, event, since, upto)
    if place:
        total += first_feed.remaining(connection, event, place)
    return Span(event, eras.name(connection), since, upto, total, first=place)


def short(what: Span, trim: Trim | None) -> bytes | None:
    """The whole feed at once, if it is no longer than a page: what a station in step asks for all day."""
    if what.rows is None:
        return None
    return _lines(what.era, what.rows, trim) + last_line(
        eras.cursor(what.era, what.rows[-1][0] if what.rows else what.since)
    )


def lines(database: Database, what: Span, limit: int | None, trim: Trim | None) -> Iterator[bytes]:
    """The feed, many lines at a time, and at its end the line that says that it is whole."""
    place, since, left = what.first, what.since, what.total if limit is None else min(limit, what.total)
    while place and left > 0:
        asked = min(PAGE, left)
        with database.reading() as connection:
            rows = first_feed.page(connection, what.event, place, asked)
        if rows:
            yield _first_lines(what.era, place, rows, trim)
        left -= len(rows)
        place = place.behind(rows[-1]) if len(rows) == asked else place.next_part
    while left > 0:
        with database.reading() as connection:
            rows = documents.page(connection, what.event, since, what.upto, min(PAGE, left))
        if not rows:
            break
        yield _lines(what.era, rows, trim)
        since = rows[-1][0]
        left -= len(rows)
    whole = limit is None or limit >= what.total
    yield last_line(eras.cursor(what.era, since, None if whole else place))


def _first_lines(era: str, place: Place, rows: list[Row], trim: Trim | None) -> bytes:
    return b"".join(_line(eras.cursor(era, place.version, place.behind(row)), row, trim) for row in rows)


def _lines(era: str, rows: list[Row], trim: Trim | None) -> bytes:
    return b"".join(_line(eras.cursor(era, row[0]), row, trim) for row in rows)


def _line(cursor: str, row: Row, trim: Trim | None) -> bytes:
    _, kind, name, body = row
    if trim is not None and kind in SPENDABLE:
        return b""
    told = None if body is None else body.encode()
    if told is not None and trim is not None:
        told = trim(kind, told)
    return line(cursor, kind, name, told)


def packed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same as gzip, with each chunk readable as soon as it arrives."""
    packer = zlib.compressobj(_FAST, wbits=_GZIP)
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
