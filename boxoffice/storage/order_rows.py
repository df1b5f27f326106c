"""How an order and its positions lie in their tables, and how they come out again.

What writes them one by one, what writes a page of them at once and what reads one at a door share these columns.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Sequence
from typing import Any

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.instants import maybe_micros, maybe_moment
from boxoffice.domain.orders import Fee, Order, Payment, Position, Refund, Status, Ticket

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


class _Money(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    fees: tuple[Fee, ...] = ()


_NONE = _Money()
_money = decoder(_Money)
_answers = decoder(dict[str, str])
_STATUSES = {status.value: status for status in Status}


def _insert(table: str, columns: str) -> str:
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})"


def _upsert(table: str, columns: str, key: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    rest = [name for name in names if name not in key.split(", ")]
    changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
    moved = " OR ".join(f"{table}.{name} IS NOT excluded.{name}" for name in rest)
    return f"{_insert(table, columns)} ON CONFLICT ({key}) DO UPDATE SET {changes} WHERE {moved}"


PUT_ORDER = _upsert("orders", _ORDER, "event, code")
PUT_POSITION = _upsert("positions", _POSITION, "event, order_code, number")
NEW_ORDER = _insert("orders", _ORDER)
NEW_POSITION = _insert("positions", _POSITION)


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
    """The values of `PUT_ORDER` and `NEW_ORDER`."""
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
    """The values of `PUT_POSITION` and `NEW_POSITION`."""
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


def fingerprint(secret: str) -> int:
    """By what a secret is found: most of such an index stays in memory, where each look into one of texts is a page.

    Two secrets may share one, so whoever is found by it still has to have the secret.
    """
    return crc32(secret.encode()) - 2**31
