"""The people who work here, their PINs as nobody can read them, and what they stood by.

A permission is the projection of an entry of the journal, written in its transaction; `faults` compares them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from boxoffice.domain.instants import micros, moment
from boxoffice.domain.operators import Operator
from boxoffice.domain.permissions import Act, Role
from boxoffice.domain.pins import Tries

from .connection import Connection

_COLUMNS = "SELECT id, name, role, active, pin <> '' FROM operators"


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Something guarded that was done, and who stood by it. Names as they were then."""

    operation: str
    act: Act
    event: str
    about: str
    at: datetime
    asked: str
    permitted: str
    reason: str


GONE = "gone"
"""Stands in the place of a PIN that another station has ended, by sending its owner away."""


def there_are(connection: Connection) -> bool:
    """Whether people are known by name and PIN here. Where nobody ever was, nothing is guarded.

    Sending the only one away from elsewhere opens nothing: else it would give more to whoever was sent away.
    """
    return connection.execute("SELECT 1 FROM operators WHERE pin <> '' LIMIT 1").fetchone() is not None


def somebody_has_pin(connection: Connection) -> bool:
    """Whether there is anybody who can say who they are."""
    return connection.execute("SELECT 1 FROM operators WHERE active AND pin <> '' LIMIT 1").fetchone() is not None


def forget_gone(connection: Connection) -> None:
    """Let whoever was sent away from elsewhere guard nothing any more."""
    connection.execute("UPDATE operators SET pin = '' WHERE NOT active")


def everybody(connection: Connection) -> list[Operator]:
    """Those who work here, by name."""
    rows = connection.execute(f"{_COLUMNS} WHERE active").fetchall()
    return sorted((_operator(row) for row in rows), key=lambda one: one.name.casefold())


def by_id(connection: Connection, operator: str) -> Operator | None:
    """One of them, also after they left."""
    row = connection.execute(f"{_COLUMNS} WHERE id = ?", (operator,)).fetchone()
    return _operator(row) if row else None


def named(connection: Connection, name: str) -> Operator | None:
    """Who is called so, however it is written."""
    return next((one for one in everybody(connection) if one.name.casefold() == name.strip().casefold()), None)


def _operator(row: tuple[str, str, str, int, int]) -> Operator:
    return Operator(id=row[0], name=row[1], role=Role(row[2]), active=bool(row[3]), has_pin=bool(row[4]))


def put(connection: Connection, operator: Operator, at: datetime, *, heard: bool = False) -> None:
    """Keep somebody, or what is different about them since then. A new one has no PIN yet.

    `heard` says that another station has told it.
    """
    connection.execute(
        "INSERT INTO operators (id, name, role, pin, active, changed_at, heard) VALUES (?, ?, ?, '', ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, active = excluded.active,"
        " changed_at = excluded.changed_at,"
        f" pin = CASE WHEN excluded.active THEN pin WHEN excluded.heard AND pin <> '' THEN '{GONE}' ELSE '' END",
        (operator.id, operator.name, operator.role.value, operator.active, micros(at), heard),
    )


def changed_at(connection: Connection, operator: str) -> datetime | None:
    """Since when somebody is as they are known here."""
    row = connection.execute("SELECT changed_at FROM operators WHERE id = ?", (operator,)).fetchone()
    return moment(row[0]) if row else None


def put_pin(connection: Connection, operator: str, sealed: str) -> None:
    """Another PIN. Wrong ones before it are forgotten."""
    connection.execute("UPDATE operators SET pin = ?, failed = 0, tried_at = 0 WHERE id = ?", (sealed, operator))


def pin(connection: Connection, operator: str) -> tuple[str, Tries]:
    """The sealed PIN (empty for nobody), and how often in a row another one was tried."""
    row = connection.execute("SELECT pin, failed, tried_at FROM operators WHERE id = ?", (operator,)).fetchone()
    return (row[0], Tries(failed=row[1], at=row[2])) if row else ("", Tries())


def put_tries(connection: Connection, operator: str, tries: Tries) -> None:
    """How often in a row it was wrong by now."""
    values = (tries.failed, tries.at, operator)
    connection.execute("UPDATE operators SET failed = ?, tried_at = ? WHERE id = ?", values)


def put_permission(connection: Connection, one: Permission) -> None:
    """Keep a permission. A second one of that operation is refused by the engine."""
    connection.execute(
        "INSERT INTO permissions (operation, act, event, about, at, asked, permitted, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.operation, one.act.value, one.event, one.about, micros(one.at), one.asked, one.permitted, one.reason),
    )


def permissions(connection: Connection, since: datetime | None = None, about: str = "") -> list[Permission]:
    """What was permitted, oldest first; only about one thing, where one is named."""
    rows = connection.execute(
        "SELECT operation, act, event, about, at, asked, permitted, reason FROM permissions"
        " WHERE at >= ? AND (? = '' OR about = ?) ORDER BY at, operation",
        (micros(since) if since else 0, about, about),
    )
    return [
        Permission(
            operation=row[0],
            act=Act(row[1]),
            event=row[2],
            about=row[3],
            at=moment(row[4]),
            asked=row[5],
            permitted=row[6],
            reason=row[7],
        )
        for row in rows.fetchall()
    ]


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong with permissions, counts and people, sentence by sentence."""
    told = _in_journal(connection, "permitted")
    kept = {row[0] for row in connection.execute("SELECT operation FROM permissions")}
    for operation in sorted(told - kept):
        yield f"The journal says that {operation} was permitted, but there is no such permission."
    for operation in sorted(kept - told):
        yield f"There is a permission {operation} that the journal does not know."
    counted = _in_journal(connection, "counted")
    rows = connection.execute(
        "SELECT d.operation FROM drawer_counts d JOIN shifts s ON s.id = d.shift WHERE NOT s.training"
    )
    counts = {row[0] for row in rows}
    for operation in sorted(counted ^ counts):
        yield f"The count {operation} stands in the journal or among the counts, but not in both."
    for (name,) in connection.execute("SELECT name FROM operators WHERE active AND pin = '' AND NOT heard"):
        yield f"{name} has no PIN."


def _in_journal(connection: Connection, kind: str) -> set[str]:
    """Operations of this station's own; what it hands on for others says whose it is."""
    rows = connection.execute(
        "SELECT operation FROM journal WHERE kind = ? AND coalesce(body ->> 'station', '') = ''", (kind,)
    )
    return {row[0] for row in rows}
