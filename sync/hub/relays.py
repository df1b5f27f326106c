"""What a venue's hub has yet to hand on to the server above it: each act, once it has taken effect here.

An act is noted in the transaction that takes it in, so none can be forgotten, and only where there is a server
above. It is taken off the list when the hub's own station has it in its journal; from there it is sent like
any other act, and known above by the operation id that it has had from the start.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, text

from . import settings, sql

_NOTE = sql.Insert("relays", {"operation": "text"}, "ON CONFLICT (operation) DO NOTHING")
_NOTE_ALL = text(
    "INSERT INTO relays (operation) SELECT operation FROM acts WHERE outcome = 'done' AND kind <> ''"
    " ON CONFLICT (operation) DO NOTHING"
)
_WAITING = text(
    "SELECT a.operation, a.device, d.name, a.body, a.private FROM relays r JOIN acts a ON a.operation = r.operation"
    " LEFT JOIN devices d ON d.id = a.device ORDER BY a.received_at, a.device, a.epoch, a.sequence LIMIT :limit"
)
OBJECTION = "objection"
_OBJECTIONS = text(f"SELECT id, event FROM documents WHERE kind = '{OBJECTION}' AND body IS NOT NULL")
_DONE = text("DELETE FROM relays WHERE operation = :operation")


class Relay(msgspec.Struct, frozen=True):
    """One act of one of the hub's stations."""

    operation: str
    device: str
    name: str
    """What people call the station."""
    body: str
    private: str


def is_below(connection: Connection, upstream: str) -> bool:
    """Whether this has been the server above before."""
    return settings.get(connection, settings.UPSTREAM) == upstream


def begin(connection: Connection, upstream: str) -> None:
    """There is a server above from now on. It hears of everything that was done before, too."""
    if is_below(connection, upstream):
        return
    settings.put(connection, settings.UPSTREAM, upstream)
    sql.run(connection, _NOTE_ALL)


def objections(connection: Connection) -> dict[str, str]:
    """The acts, with their events, of which the stations here know that the server above will not have them."""
    return dict(sql.rows(connection, _OBJECTIONS))


def note(connection: Connection, operations: Sequence[str]) -> None:
    """These acts have taken effect; the server above has to hear of them, if there is one."""
    if operations and settings.get(connection, settings.UPSTREAM):
        sql.insert(connection, _NOTE, [(one,) for one in dict.fromkeys(operations)])


def waiting(connection: Connection, limit: int) -> list[Relay]:
    """What is to be handed on, in the order in which it came; each station's acts in their own."""
    rows = sql.rows(connection, _WAITING, {"limit": limit})
    return [Relay(operation, device, name or "", body, private) for operation, device, name, body, private in rows]


def done(connection: Connection, operations: Sequence[str]) -> None:
    """These are in the journal of the hub's own station."""
    sql.many(connection, _DONE, [{"operation": one} for one in operations])
