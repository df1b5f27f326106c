"""What the stations disagreed about, kept open until a person has settled it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.checkins import Settlement
from boxoffice.domain.conflicts import Conflict, Kind, Side
from boxoffice.domain.instants import maybe_moment, micros, moment

from .connection import Connection

RESOLVED = "resolved"
"""Nobody decided: there is nothing left to disagree about."""

_COLUMNS = "id, event, kind, list, ticket, found_at, body, action, settled_at, settled_by, note"


def put(connection: Connection, conflict: Conflict, now: datetime) -> None:
    """Keep a conflict that was found now, once. One that had resolved itself is open again."""
    cursor = connection.execute(
        "INSERT INTO conflicts (id, event, kind, list, ticket, found_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET found_at = excluded.found_at, body = excluded.body, action = NULL,"
        f" settled_at = NULL, settled_by = NULL, note = NULL WHERE action = '{RESOLVED}'",
        (
            conflict.id,
            conflict.event,
            conflict.kind.value,
            conflict.list,
            conflict.ticket,
            micros(now),
            msgspec.json.encode(conflict.sides).decode(),
        ),
    )
    if cursor.rowcount <= 0:
        return
    decided = _decided(connection, conflict.id)
    if decided is not None:
        _close(connection, decided)


def settle(connection: Connection, settlement: Settlement) -> None:
    """Close a conflict as a person decided; `escalate` leaves it open, with the note.

    A decision may be heard of before the passages that it is about, so it is kept beside the conflict.
    """
    connection.execute(
        "INSERT OR REPLACE INTO settlements (conflict, event, action, at, device, person, note)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            settlement.conflict,
            settlement.event,
            settlement.action,
            micros(settlement.at),
            settlement.device,
            settlement.person,
            settlement.note,
        ),
    )
    _close(connection, settlement)


def resolve(connection: Connection, conflict_id: str, at: datetime, note: str) -> None:
    """Close an open conflict that is none any more. It opens again if it is found again."""
    connection.execute(
        "UPDATE conflicts SET action = ?, settled_at = ?, note = ? WHERE id = ? AND settled_at IS NULL",
        (RESOLVED, micros(at), note, conflict_id),
    )


def _decided(connection: Connection, conflict_id: str) -> Settlement | None:
    row = connection.execute(
        "SELECT event, action, at, device, person, note FROM settlements WHERE conflict = ?", (conflict_id,)
    ).fetchone()
    if row is None:
        return None
    event, action, at, device, person, note = row
    return Settlement(
        event=event, conflict=conflict_id, action=action, at=moment(at), device=device, person=person, note=note
    )


def _close(connection: Connection, settlement: Settlement) -> None:
    settled = None if settlement.action == "escalate" else micros(settlement.at)
    whose = ", ".join(part for part in (settlement.person, settlement.device) if part)
    connection.execute(
        "UPDATE conflicts SET action = ?, settled_at = ?, settled_by = ?, note = ? WHERE id = ? AND settled_at IS NULL",
        (settlement.action, settled, whose, settlement.note, settlement.conflict),
    )


def find(connection: Connection, beginning: str) -> list[Conflict]:
    """The conflicts whose id begins so."""
    return _read(connection, "substr(id, 1, length(?1)) = ?1", (beginning,))


def open_of(connection: Connection, event: str, list_id: int, ticket: str) -> list[Conflict]:
    """Open ones about one ticket on one list."""
    return _read(connection, "settled_at IS NULL AND event = ? AND list = ? AND ticket = ?", (event, list_id, ticket))


def open_of_kind(connection: Connection, event: str, kind: Kind) -> list[Conflict]:
    """Open ones of a kind in one event."""
    return _read(connection, "settled_at IS NULL AND event = ? AND kind = ?", (event, kind.value))


def open_ones(connection: Connection) -> list[Conflict]:
    """Conflicts that nobody has settled, oldest first."""
    return _read(connection, "settled_at IS NULL", ())


def count_open(connection: Connection) -> int:
    """How many nobody has settled."""
    return int(connection.execute("SELECT count(*) FROM conflicts WHERE settled_at IS NULL").fetchone()[0])


def _read(connection: Connection, condition: str, values: tuple[object, ...]) -> list[Conflict]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM conflicts WHERE {condition} ORDER BY found_at, id", values)
    return [
        Conflict(
            id=row[0],
            event=row[1],
            kind=Kind(row[2]),
            list=row[3],
            ticket=row[4],
            found_at=moment(row[5]),
            sides=decode(row[6], tuple[Side, ...]),
            action=row[7],
            settled_at=maybe_moment(row[8]),
            settled_by=row[9],
            note=row[10],
        )
        for row in rows.fetchall()
    ]
