"""Orders and their positions: kept, and found by what people hold in their hands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from boxoffice.domain.orders import Order, Position, Ticket, ticket_key

from . import beneath, search_index
from .order_rows import (
    COLUMNS_OF_TICKET,
    NEW_ORDER,
    NEW_POSITION,
    PUT_ORDER,
    PUT_POSITION,
    fingerprint,
    order_row,
    position_row,
    ticket_of,
)

if TYPE_CHECKING:
    from .connection import Connection

_TICKETS = f"SELECT {COLUMNS_OF_TICKET} FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"


def put(connection: Connection, order: Order) -> bool:
    """Keep an order and its positions; whether anything changed. Positions it no longer names become cancelled."""
    changes: int = connection.execute(PUT_ORDER, order_row(order)).rowcount
    changes += sum(connection.execute(PUT_POSITION, position_row(order, one)).rowcount for one in order.positions)
    held = connection.execute(
        "SELECT id, number FROM positions WHERE event = ? AND order_code = ?", (order.event, order.code)
    ).fetchall()
    if len(held) > len(order.positions):
        changes += cancel_missing(connection, order)
        if changes > 0:
            index(connection, order.event, order.code)
    elif changes > 0:
        _index_as_told(connection, order, {number: position_id for position_id, number in held})
    return changes > 0


def put_new(connection: Connection, order: Order) -> None:
    """Keep an order of which there is nothing yet, and its positions. The engine refuses one that there is."""
    connection.execute(NEW_ORDER, order_row(order))
    ids = {one.number: connection.execute(NEW_POSITION, position_row(order, one)).lastrowid for one in order.positions}
    _index_as_told(connection, order, ids)


def _index_as_told(connection: Connection, order: Order, ids: Mapping[int, int]) -> None:
    """Let all positions of an order be found, of which the tables hold what the order says."""
    found = [(ids[one.number], words(order, one)) for one in order.positions]
    search_index.index_words(connection, [(number, text) for number, text in found if text is not None])
    search_index.remove(connection, [number for number, text in found if text is None])


def words(order: Order, position: Position) -> str | None:
    """What a position is found by; None for one that is found by its ticket."""
    if position.addon_to is not None:
        return None
    entry = search_index.Entry(
        0, order.event, order.code, position.name, position.company, position.email,
        order.customer, order.email, order.phone,
    )  # fmt: skip
    return search_index.words(entry)


def cancel_missing(connection: Connection, order: Order) -> bool:
    """Cancel the positions that are kept and that the order no longer names; whether there were any."""
    kept = msgspec.json.encode([position.number for position in order.positions]).decode()
    cursor = connection.execute(
        "UPDATE positions SET canceled = 1, clear = 0 WHERE event = ? AND order_code = ? AND canceled = 0"
        " AND number NOT IN (SELECT value FROM json_each(?))",
        (order.event, order.code, kept),
    )
    return bool(cursor.rowcount)


def index(connection: Connection, event: str, code: str) -> None:
    """Let the positions of an order be found by what stands in the tables."""
    rows = connection.execute("SELECT id FROM positions WHERE event = ? AND order_code = ?", (event, code)).fetchall()
    search_index.index_positions(connection, [number for (number,) in rows])


def drop(connection: Connection, event: str, code: str) -> None:
    """Forget an order that the server no longer has; its tickets are no longer found."""
    beneath.drop(connection, event, code)
    rows = connection.execute("SELECT id FROM positions WHERE event = ? AND order_code = ?", (event, code)).fetchall()
    search_index.remove(connection, [number for (number,) in rows])
    connection.execute("DELETE FROM positions WHERE event = ? AND order_code = ?", (event, code))
    connection.execute("DELETE FROM orders WHERE event = ? AND code = ?", (event, code))


def by_secret(connection: Connection, secret: str) -> list[Ticket]:
    """The tickets with this secret, in any event."""
    return _tickets(connection, f"{_TICKETS} WHERE p.fingerprint = ? AND p.secret = ?", (fingerprint(secret), secret))


def sharing(connection: Connection, order: Order) -> list[Ticket]:
    """The tickets of other events that bear the code of this order, and the secret of one of its tickets."""
    secrets = {one.secret for one in order.positions if one.addon_to is None and one.secret}
    found = (ticket for secret in secrets for ticket in by_secret(connection, secret))
    return [one for one in found if one.event != order.event and one.order.code == order.code]


def by_key(connection: Connection, event: str, key: str) -> Ticket | None:
    """The ticket that is called `CODE-number` in an event."""
    code, _, number = key.rpartition("-")
    if not number.isdecimal():
        return None
    found = _tickets(
        connection,
        f"{_TICKETS} WHERE p.event = ? AND p.order_code = ? AND p.number = ?",
        (event, code, int(number)),
    )
    return found[0] if found else None


def of_order(connection: Connection, event: str, code: str) -> list[Ticket]:
    """All tickets of one order, by number."""
    return _tickets(connection, f"{_TICKETS} WHERE p.event = ? AND p.order_code = ? ORDER BY p.number", (event, code))


def each(connection: Connection, event: str) -> Iterator[Ticket]:
    """All tickets of an event, order by order, read as they are asked for."""
    for row in connection.execute(f"{_TICKETS} WHERE p.event = ? ORDER BY p.order_code, p.number", (event,)):
        yield ticket_of(row)


def is_there(connection: Connection, event: str, code: str) -> bool:
    """Whether an order is called that."""
    found = connection.execute("SELECT 1 FROM orders WHERE event = ? AND code = ?", (event, code)).fetchone()
    return found is not None


def by_code(connection: Connection, event: str, code: str) -> Order | None:
    """A whole order, with its positions."""
    tickets = of_order(connection, event, code)
    if not tickets:
        return None
    return msgspec.structs.replace(tickets[0].order, positions=tuple(ticket.position for ticket in tickets))


def keys_of(connection: Connection, event: str, server_ids: Iterable[int]) -> dict[int, str]:
    """The tickets that the server calls by these ids: id to `CODE-number`; those that are there."""
    rows = connection.execute(
        "SELECT server_id, order_code, number FROM positions"
        " WHERE event = ? AND server_id IN (SELECT value FROM json_each(?))",
        (event, msgspec.json.encode(list(server_ids)).decode()),
    )
    return {server_id: ticket_key(code, number) for server_id, code, number in rows.fetchall()}


def addons(connection: Connection, ticket: Ticket) -> tuple[Position, ...]:
    """The add-on positions of a ticket, cancelled ones too."""
    found = connection.execute(
        "SELECT 1 FROM positions WHERE event = ? AND order_code = ? AND addon_to = ? LIMIT 1",
        (ticket.event, ticket.order.code, ticket.position.number),
    ).fetchone()
    if found is None:
        return ()
    every = of_order(connection, ticket.event, ticket.order.code)
    return tuple(one.position for one in every if one.position.addon_to == ticket.position.number)


def _tickets(connection: Connection, sql: str, values: Iterable[object]) -> list[Ticket]:
    return [ticket_of(row) for row in connection.execute(sql, tuple(values)).fetchall()]


def faults(connection: Connection) -> Iterator[str]:
    """Tickets that a door would not find, or let in without a look at their order, though it has something to say."""
    for event, code, number, secret, kept in connection.execute(
        "SELECT event, order_code, number, secret, fingerprint FROM positions"
    ):
        if kept != fingerprint(secret):
            yield f"Ticket {event}/{ticket_key(code, number)} is not found by its code."
    rows = connection.execute(
        "SELECT p.event, p.order_code, p.number FROM positions p"
        " JOIN orders o ON o.event = p.event AND o.code = p.order_code WHERE p.clear"
        " AND (o.status <> 'p' OR o.checkin_attention OR coalesce(o.checkin_text, '') <> '')"
    )
    for event, code, number in rows:
        yield f"Ticket {event}/{ticket_key(code, number)} counts as clear, but its order is not."
