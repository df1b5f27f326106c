"""Secrets that open no door any more: revoked for good, or blocked until somebody lifts the block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.domain.orders import Blocked, Revoked

if TYPE_CHECKING:
    from .connection import Connection


def put_blocked(connection: Connection, noun: Blocked) -> None:
    """Block a secret, or lift the block."""
    if noun.blocked:
        connection.execute("INSERT OR IGNORE INTO blocked (secret, event) VALUES (?, ?)", (noun.secret, noun.event))
        return
    connection.execute("DELETE FROM blocked WHERE secret = ? AND event = ?", (noun.secret, noun.event))


def put_revoked(connection: Connection, noun: Revoked) -> None:
    """Remember a secret that is no longer valid."""
    connection.execute("INSERT OR IGNORE INTO revoked (secret, event) VALUES (?, ?)", (noun.secret, noun.event))


def drop_revoked(connection: Connection, event: str, secret: str) -> None:
    """Take a secret off the list of revoked ones."""
    connection.execute("DELETE FROM revoked WHERE secret = ? AND event = ?", (secret, event))


def is_blocked(connection: Connection, event: str, secret: str) -> bool:
    """Whether the secret is on the event's block list."""
    row = connection.execute("SELECT 1 FROM blocked WHERE secret = ? AND event = ?", (secret, event)).fetchone()
    return row is not None


def revoked_in(connection: Connection, secret: str) -> list[str]:
    """The events in which the secret was revoked."""
    return [event for (event,) in connection.execute("SELECT event FROM revoked WHERE secret = ?", (secret,))]
