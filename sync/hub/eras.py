"""Which stretch of the hub's life a cursor comes from, so that one from a life that was taken back is noticed.

A version alone does not say it: a store that is put back from a backup and grows again gives the same numbers to
other things. Nothing outside the store has to be kept for it, because a backup cannot hold the name of an era that
began later. Each opening of the store begins an era behind all versions so far. A cursor names the era in which it
was given and is good up to where the next one began; what was told after the backup lies behind that, or in an era
that nobody knows any more. A PostgreSQL cannot be put back under a hub without cutting its lines, so the first
that is written after a line was cut begins an era as well.
"""

from __future__ import annotations

import re
import secrets

from sqlalchemy import Connection, text

from . import documents, first_feed, sql
from .first_feed import Place

_BEGIN = text(
    "INSERT INTO eras (number, name, begins_after) SELECT coalesce(max(number), 0) + 1, CAST(:name AS TEXT),"
    " (SELECT version FROM newest) FROM eras"
)
_NAME = text("SELECT name FROM eras ORDER BY number DESC LIMIT 1")
_NEXT = text(
    "SELECT (SELECT later.begins_after FROM eras AS later WHERE later.number = eras.number + 1) FROM eras"
    " WHERE name = :name"
)
_CURSOR = re.compile(r"([0-9a-f]{8})\.([0-9]{1,18})(?:\.(.*))?", re.ASCII)


def begin(connection: Connection) -> None:
    """From here on cursors are of another era. Belongs into a transaction that writes."""
    sql.run(connection, _BEGIN, {"name": secrets.token_hex(4)})


def name(connection: Connection) -> str:
    """The era that we are in."""
    [(found,)] = sql.rows(connection, _NAME)
    return str(found)


def cursor(era: str, version: int, place: Place | None = None) -> str:
    """The place behind a version, or within a first feed of it, as stations keep it."""
    return f"{era}.{version}" if place is None else f"{era}.{version}.{place}"


def place_in(connection: Connection, given: str) -> tuple[int, Place | None]:
    """The version that a cursor stands for, and where in the first feed of it; 0 is the start.

    That is also where one leads that is from a life that was taken back. Raises `ValueError` for what is no cursor.
    """
    if not given:
        return 0, None
    parts = _CURSOR.fullmatch(given)
    if parts is None:
        raise ValueError("This is no cursor of this hub")
    version = int(parts[2])
    place = None if parts[3] is None else first_feed.place_in(version, parts[3])
    found = sql.row(connection, _NEXT, {"name": parts[1]})
    if found is None:
        return 0, None
    ends = documents.newest(connection) if found[0] is None else int(found[0])
    return (version, place) if version <= ends else (0, None)
