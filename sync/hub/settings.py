"""What the hub knows of itself, by name."""

from __future__ import annotations

from sqlalchemy import Connection, text

from . import sql

ADDRESS = "address"
"""Where stations reach it, as it was last served."""

UPSTREAM = "upstream"
"""The server above this hub, to which it hands on everything that its stations do."""

_GET = text("SELECT value FROM settings WHERE name = :name")
_PUT = text(
    "INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def get(connection: Connection, name: str) -> str:
    """A setting; empty if it was never made."""
    found = sql.row(connection, _GET, {"name": name})
    return found[0] if found else ""


def put(connection: Connection, name: str, value: str) -> None:
    """Make a setting."""
    sql.run(connection, _PUT, {"name": name, "value": value})
