"""The feed of one event as bytes: pages read by version, written out line by line, packed if asked for.

Bodies go out as they are kept. Between pages no transaction is open and nothing is remembered but the
version, so a first sync of any size costs the hub one page of memory and holds up no writer.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from sync.wire.hub_feed import last_line, line

from . import documents, eras
from .database import Database
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


def span(connection: Connection, event: str, cursor: str) -> Span:
    """What is new in an event since a cursor: all, if the store was put back since. Raises `ValueError`."""
    since, upto = eras.version_in(connection, cursor), documents.newest(connection)
    first = documents.page(connection, event, since, upto, PAGE + 1)
    whole = len(first) <= PAGE
    total = len(first) if whole else documents.remaining(connection, event, since, upto)
    return Span(event, eras.name(connection), since, upto, total, first if whole else None)


def short(what: Span, trim: Trim | None) -> bytes | None:
    """The whole feed at once, if it is no longer than a page: what a station in step asks for all day."""
    if what.rows is None:
        return None
    return _lines(what.era, what.rows, trim) + last_line(
        eras.cursor(what.era, what.rows[-1][0] if what.rows else what.since)
    )


def lines(database: Database, what: Span, limit: int | None, trim: Trim | None) -> Iterator[bytes]:
    """The feed, many lines at a time, and at its end the line that says that it is whole."""
    since, left = what.since, what.total if limit is None else min(limit, what.total)
    while left > 0:
        with database.reading() as connection:
            rows = documents.page(connection, what.event, since, what.upto, min(PAGE, left))
        if not rows:
            break
        yield _lines(what.era, rows, trim)
        since = rows[-1][0]
        left -= len(rows)
    yield last_line(eras.cursor(what.era, since))


def _lines(era: str, rows: list[Row], trim: Trim | None) -> bytes:
    return b"".join(_line(eras.cursor(era, version), kind, name, body, trim) for version, kind, name, body in rows)


def _line(cursor: str, kind: str, name: str, body: str | None, trim: Trim | None) -> bytes:
    if trim is not None and kind in SPENDABLE:
        return b""
    row = None if body is None else body.encode()
    if row is not None and trim is not None:
        row = trim(kind, row)
    return line(cursor, kind, name, row)


def packed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same as gzip, with each chunk readable as soon as it arrives."""
    packer = zlib.compressobj(_FAST, wbits=_GZIP)
    for chunk in chunks:
        yield packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
