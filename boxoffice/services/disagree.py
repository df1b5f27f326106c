"""Where stations that could not hear of each other did not agree, and how a person settles it.

Every station that holds the same passages finds the same conflict under the same id, so both doors and
the desk lead see it, whichever server lies between them. Nothing is rewritten: a settlement is an act
of its own, and an entry that is annulled for it is taken back like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from boxoffice.domain import conflicts as rules
from boxoffice.domain.checkins import Settlement
from boxoffice.domain.conflicts import Conflict
from boxoffice.domain.facts import Private, Settled
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Status, Ticket, ticket_key
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_id
from boxoffice.storage import checkins, conflicts, journal, orders, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import admit

ACTIONS = ("accept", "annul", "escalate")


def look_at_ticket(connection: Connection, shelf: Shelf, event: str, list_id: int, key: str) -> None:
    """Compare what is known of one ticket on one list; keep what disagrees, close what no longer does."""
    catalog = shelf.of(connection, event)
    gate_list = catalog.lists.get(list_id)
    if gate_list is None:
        return
    ticket = orders.by_key(connection, event, key)
    names = admit.names_of(catalog, ticket) if ticket else (key,)
    passages = checkins.on_list(connection, event, list_id, names)
    found = rules.double_entries(passages, gate_list, catalog.event)
    canceled = rules.canceled_after_entry(ticket, passages) if ticket else None
    _keep(connection, (event, list_id, key), (*found, canceled) if canceled else found)


def _keep(connection: Connection, where: tuple[str, int, str], found: Iterable[Conflict]) -> None:
    now = datetime.now(UTC)
    ids = set()
    for conflict in found:
        ids.add(conflict.id)
        conflicts.put(connection, conflict, now)
    for old in conflicts.open_of(connection, *where):
        if old.id not in ids:
            gone = Settlement(
                event=old.event, conflict=old.id, action="resolved", at=now, note="One side was taken back"
            )
            conflicts.settle(connection, gone)


def look_at_order(connection: Connection, shelf: Shelf, order: Order) -> None:
    """An order that is cancelled now may have been let in before this station heard of it."""
    for position in order.positions:
        if order.status is not Status.CANCELED and not position.canceled:
            continue
        ticket = Ticket(order, position)
        names = admit.names_of(shelf.of(connection, order.event), ticket)
        for list_id in {one.list for one in checkins.of_ticket(connection, order.event, names)}:
            look_at_ticket(connection, shelf, order.event, list_id, ticket_key(order.code, position.number))


def settle(connection: Connection, beginning: str, action: str, note: str, at: datetime) -> Conflict:
    """Decide a conflict: `accept` both sides, `annul` the later entry, or `escalate` with a note.

    Raises `BadInput` for an id that fits none or several, `Refused` for one that is settled.
    """
    if action not in ACTIONS:
        raise BadInput(f"{action} is no way to settle a conflict", "", f"Choose one of {', '.join(ACTIONS)}.")
    found = conflicts.find(connection, beginning)
    if len(found) != 1:
        what = "Several conflicts begin" if found else "No conflict begins"
        raise BadInput(f"{what} with {beginning}", "Nothing was changed.", "`boxoffice conflicts` lists them.")
    conflict = found[0]
    if conflict.settled_at is not None:
        raise Refused(
            "This conflict is settled", f"By {conflict.settled_by}: {conflict.action}.", "Nothing was changed."
        )
    nonce = conflict.passages[-1].nonce if action == "annul" else ""
    if nonce:
        admit.undo(connection, nonce, at, note or "Settled as a double entry")
    _write_down(connection, conflict, action, note, at, nonce)
    return conflicts.find(connection, conflict.id)[0]


def _write_down(connection: Connection, conflict: Conflict, action: str, note: str, at: datetime, nonce: str) -> None:
    station = settings.station(connection)
    settlement = Settlement(
        event=conflict.event, conflict=conflict.id, action=action, at=at, device=station.name, note=note
    )
    conflicts.settle(connection, settlement)
    fact = Settled(
        event=conflict.event,
        at=micros(at),
        conflict=conflict.id,
        action=action,
        ticket=conflict.ticket,
        nonce=nonce,
    )
    journal.append(connection, new_id(), fact, Private(note=note))
