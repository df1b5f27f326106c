"""Orders, positions, secrets and media: found by what people hold in their hands."""

from __future__ import annotations

from binascii import crc32
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain.instants import maybe_micros, maybe_moment
from boxoffice.domain.orders import (
    Blocked,
    Fee,
    Medium,
    Order,
    Payment,
    Position,
    Refund,
    Revoked,
    Status,
    Ticket,
    ticket_key,
)

from . import search

if TYPE_CHECKING:
    from .connection import Connection

_ORDER = (
    "event, code, status, email, phone, locale, placed_at, expires_at, total, require_approval,"
    " valid_if_pending, checkin_attention, checkin_text, customer, money"
)
_POSITION = (
    "event, order_code, number, item, variation, price, secret, name, company, email, subevent, addon_to,"
    " seat, canceled, blocked, valid_from, valid_until, answers, server_id, clear, fingerprint"
)
_ORDER_OF_TICKET = ", ".join(f"o.{column.strip()}" for column in _ORDER.split(",")[2:])
_POSITION_OF_TICKET = ", ".join(f"p.{column.strip()}" for column in _POSITION.split(",")[2:])
COLUMNS_OF_TICKET = (
    f"p.event, p.order_code, {_ORDER_OF_TICKET}, {_POSITION_OF_TICKET},"
    " EXISTS (SELECT 1 FROM blocked b WHERE b.secret = p.secret AND b.event = p.event)"
)
"""What `ticket_of` makes a ticket of: a position `p` and its order `o`. Further columns may follow.

Where the order is clear it need not be joined: in a large event each row that is looked at is a page to be read.
"""
_TICKETS = f"SELECT {COLUMNS_OF_TICKET} FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"


class _Money(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    fees: tuple[Fee, ...] = ()


_NONE = _Money()
_money = decoder(_Money)
_orders = decoder(Order)
_answers = decoder(dict[str, str])
_STATUSES = {status.value: status for status in Status}


def _upsert(table: str, columns: str, key: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    rest = [name for name in names if name not in key.split(", ")]
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    moved = " OR ".join(f"{table}.{name} IS NOT excluded.{name}" for name in rest)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"
        f" ON CONFLICT ({key}) DO UPDATE SET {changes} WHERE {moved}"
    )


PUT_ORDER = _upsert("orders", _ORDER, "event, code")
PUT_POSITION = _upsert("positions", _POSITION, "event, order_code, number")


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


def _index_as_told(connection: Connection, order: Order, ids: Mapping[int, int]) -> None:
    """Let all positions of an order be found, of which the tables hold what the order says."""
    found = [(ids[one.number], words(order, one)) for one in order.positions]
    search.index_words(connection, [(number, text) for number, text in found if text is not None])
    search.remove(connection, [number for number, text in found if text is None])


def words(order: Order, position: Position) -> str | None:
    """What a position is found by; None for one that is found by its ticket."""
    if position.addon_to is not None:
        return None
    entry = search.Entry(
        0, order.event, order.code, position.name, position.company, position.email,
        order.customer, order.email, order.phone,
    )  # fmt: skip
    return search.words(entry)


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
    search.index_positions(connection, [number for (number,) in rows])


def put_beneath(connection: Connection, order: Order) -> None:
    """Keep an order as the server has it, beneath what this station did to it."""
    connection.execute(
        "INSERT OR REPLACE INTO beneath (event, code, body) VALUES (?, ?, ?)",
        (order.event, order.code, msgspec.json.encode(order).decode()),
    )


def beneath(connection: Connection, event: str, code: str) -> Order | None:
    """An order as the server has it, if this station did something to it since."""
    row = connection.execute("SELECT body FROM beneath WHERE event = ? AND code = ?", (event, code)).fetchone()
    return _orders.decode(row[0]) if row else None


def drop_beneath(connection: Connection, event: str, code: str) -> None:
    """The server knows everything that this station did to an order."""
    connection.execute("DELETE FROM beneath WHERE event = ? AND code = ?", (event, code))


def all_beneath(connection: Connection) -> set[str]:
    """The orders (`event/CODE`) of which the server's own version is kept."""
    return {f"{event}/{code}" for event, code in connection.execute("SELECT event, code FROM beneath").fetchall()}


def drop(connection: Connection, event: str, code: str) -> None:
    """Forget an order that the server no longer has; its tickets are no longer found."""
    drop_beneath(connection, event, code)
    rows = connection.execute("SELECT id FROM positions WHERE event = ? AND order_code = ?", (event, code)).fetchall()
    search.remove(connection, [number for (number,) in rows])
    connection.execute("DELETE FROM positions WHERE event = ? AND order_code = ?", (event, code))
    connection.execute("DELETE FROM orders WHERE event = ? AND code = ?", (event, code))


def fingerprint(secret: str) -> int:
    """By what a secret is found: most of such an index stays in memory, where each look into one of texts is a page.

    Two secrets may share one, so whoever is found by it still has to have the secret.
    """
    return crc32(secret.encode()) - 2**31


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


def ticket_of(row: Sequence[Any]) -> Ticket:
    """The ticket in a row that begins with the `COLUMNS_OF_TICKET`."""
    return Ticket(_order_of(row), _position_of(row))


def _order_of(row: Sequence[Any]) -> Order:
    if row[2] is None:  # not joined
        return Order(event=row[0], code=row[1], status=Status.PAID)
    money = _money.decode(row[14]) if row[14] else _NONE
    return Order(
        event=row[0],
        code=row[1],
        status=_STATUSES[row[2]],
        email=row[3],
        phone=row[4],
        locale=row[5],
        placed_at=maybe_moment(row[6]),
        expires_at=maybe_moment(row[7]),
        total=row[8],
        require_approval=bool(row[9]),
        valid_if_pending=bool(row[10]),
        checkin_attention=bool(row[11]),
        checkin_text=row[12],
        customer=row[13],
        payments=money.payments,
        refunds=money.refunds,
        fees=money.fees,
    )


def _position_of(row: Sequence[Any]) -> Position:
    return Position(
        number=row[15],
        item=row[16],
        variation=row[17],
        price=row[18],
        secret=row[19],
        name=row[20],
        company=row[21],
        email=row[22],
        subevent=row[23],
        addon_to=row[24],
        seat=row[25],
        canceled=bool(row[26]),
        blocked=bool(row[27] or row[34]),
        valid_from=maybe_moment(row[28]),
        valid_until=maybe_moment(row[29]),
        answers=_answers.decode(row[30]) if row[30] != "{}" else {},
        server_id=row[31],
    )


def order_row(order: Order) -> tuple[object, ...]:
    """The values of `PUT_ORDER`."""
    return (
        order.event,
        order.code,
        order.status.value,
        order.email,
        order.phone,
        order.locale,
        maybe_micros(order.placed_at),
        maybe_micros(order.expires_at),
        order.total,
        order.require_approval,
        order.valid_if_pending,
        order.checkin_attention,
        order.checkin_text,
        order.customer,
        _money_of(order),
    )


def _money_of(order: Order) -> str:
    """What was paid, as it is kept; empty where there is nothing."""
    if not (order.payments or order.refunds or order.fees):
        return ""
    return msgspec.json.encode(_Money(payments=order.payments, refunds=order.refunds, fees=order.fees)).decode()


def position_row(order: Order, position: Position) -> tuple[object, ...]:
    """The values of `PUT_POSITION`."""
    return (
        order.event,
        order.code,
        position.number,
        position.item,
        position.variation,
        position.price,
        position.secret,
        position.name,
        position.company,
        position.email,
        position.subevent,
        position.addon_to,
        position.seat,
        position.canceled,
        position.blocked,
        maybe_micros(position.valid_from),
        maybe_micros(position.valid_until),
        msgspec.json.encode(position.answers).decode() if position.answers else "{}",
        position.server_id,
        order.clear and not position.canceled,
        fingerprint(position.secret),
    )


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


def put_medium(connection: Connection, medium: Medium) -> None:
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


def drop_medium(connection: Connection, event: str, identifier: str) -> None:
    """Forget a medium."""
    connection.execute("DELETE FROM media WHERE identifier = ? AND event = ?", (identifier, event))


def media(connection: Connection, identifier: str) -> list[Medium]:
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
