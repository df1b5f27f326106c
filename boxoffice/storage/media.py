"""Wristbands and cards, and the tickets that they stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.instants import maybe_micros, maybe_moment
from boxoffice.domain.orders import Medium

if TYPE_CHECKING:
    from .connection import Connection


def put(connection: Connection, medium: Medium) -> None:
    """Keep a wristband or card and what it stands for."""
    connection.execute(
        "INSERT OR REPLACE INTO media (identifier, event, type, active, expires, tickets) VALUES (?, ?, ?, ?, ?, ?)",
        (
            medium.identifier,
            medium.event,
            medium.type,
            medium.active,
            maybe_micros(medium.expires),
            msgspec.json.encode(medium.tickets).decode(),
        ),
    )


def drop(connection: Connection, event: str, identifier: str) -> None:
    """Forget a medium."""
    connection.execute("DELETE FROM media WHERE identifier = ? AND event = ?", (identifier, event))


def by_identifier(connection: Connection, identifier: str) -> list[Medium]:
    """The media with this identifier, in any event."""
    rows = connection.execute(
        "SELECT identifier, event, type, active, expires, tickets FROM media WHERE identifier = ?", (identifier,)
    )
    return [
        Medium(
            identifier=row[0],
            event=row[1],
            type=row[2],
            active=bool(row[3]),
            expires=maybe_moment(row[4]),
            tickets=decode(row[5], tuple[str, ...]),
        )
        for row in rows.fetchall()
    ]
