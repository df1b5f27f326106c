"""How far the replica has come with each event, and when it was last in step."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.instants import maybe_moment, micros

from .connection import Connection


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one event's feed."""

    event: str
    cursor: str = ""
    applied: int = 0
    """Changes taken in since the beginning."""
    complete_at: datetime | None = None
    """When the replica last had everything the server had; None before the first sync ended."""


def progress(connection: Connection, event: str) -> Progress:
    """How far this event has come."""
    row = connection.execute("SELECT cursor, applied, complete_at FROM feeds WHERE event = ?", (event,)).fetchone()
    if row is None:
        return Progress(event=event)
    return Progress(event=event, cursor=row[0], applied=row[1], complete_at=maybe_moment(row[2]))


def catalog_is_whole(connection: Connection, event: str) -> bool:
    """Whether everything that an event sells is here, and how much of it there is.

    Servers tell that first, so it is here with the first order, or with all the event. Where no server tells of an
    event there is nothing to wait for.
    """
    row = connection.execute(
        "SELECT complete_at IS NOT NULL OR EXISTS (SELECT 1 FROM orders o WHERE o.event = f.event)"
        " FROM feeds f WHERE f.event = ?",
        (event,),
    ).fetchone()
    return row is None or bool(row[0])


def data_age(connection: Connection, event: str, now: datetime) -> float | None:
    """Seconds since the replica last had everything the server had; None if it never did."""
    return age(progress(connection, event).complete_at, now)


def age(complete: datetime | None, now: datetime) -> float | None:
    """Seconds since that moment. A clock that was set back makes nothing younger than now."""
    return None if complete is None else max(0.0, (now - complete).total_seconds())


def move(connection: Connection, event: str, cursor: str, applied: int) -> None:
    """Everything up to this cursor is in the replica. Belongs into the transaction that put it there."""
    connection.execute(
        "INSERT INTO feeds (event, cursor, applied) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (event) DO UPDATE SET cursor = ?2, applied = applied + ?3",
        (event, cursor, applied),
    )


def complete(connection: Connection, event: str, at: datetime) -> None:
    """The replica had at this moment everything that the server had."""
    connection.execute(
        "INSERT INTO feeds (event, cursor, complete_at) VALUES (?1, '', ?2)"
        " ON CONFLICT (event) DO UPDATE SET complete_at = ?2",
        (event, micros(at)),
    )


def start_over(connection: Connection, event: str | None = None) -> None:
    """Ask for everything of an event (or of all) again: the server does not know our cursor any more.

    Nothing in the replica is lost.
    """
    connection.execute("UPDATE feeds SET cursor = '', applied = 0 WHERE ?1 IS NULL OR event = ?1", (event,))
