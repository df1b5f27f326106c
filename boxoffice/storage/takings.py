"""What the server tells of receipts of other tills: nothing here is ours, so it goes with the server."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.takings import Taking

from . import receipt_book
from .connection import Connection

_takings = decoder(Taking)


def put(connection: Connection, taking: Taking) -> None:
    """Keep a receipt of another till; one of our own stands in our books already."""
    if receipt_book.receipt_of(connection, taking.operation.removesuffix("/receipt")) is not None:
        return
    connection.execute(
        "INSERT INTO takings (operation, event, device, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (operation)"
        " DO UPDATE SET body = excluded.body",
        (
            taking.operation,
            taking.event,
            taking.device,
            micros(taking.at),
            msgspec.json.encode(taking).decode(),
        ),
    )


def between(connection: Connection, event: str, since: datetime, until: datetime) -> list[Taking]:
    """Receipts of other tills in a time (its end is outside), in order."""
    rows = connection.execute(
        "SELECT body FROM takings WHERE event = ? AND at >= ? AND at < ? ORDER BY at, operation",
        (event, micros(since), micros(until)),
    ).fetchall()
    return [_takings.decode(body) for (body,) in rows]


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """Positions of one item at one price, in orders of one state; those that were cancelled count as such."""

    item: int
    variation: int | None
    price: int
    status: str
    number: int

    @property
    def amount(self) -> int:
        """What they come to."""
        return self.price * self.number


def sold(connection: Connection, event: str) -> list[Sold]:
    """Everything that was ever ordered for an event, wherever it was sold."""
    rows = connection.execute(
        "SELECT p.item, p.variation, p.price, CASE WHEN p.canceled THEN 'c' ELSE o.status END AS state, count(*)"
        " FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code WHERE p.event = ?"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        (event,),
    )
    return [
        Sold(item=item, variation=variation, price=price, status=status, number=number)
        for item, variation, price, status, number in rows.fetchall()
    ]


def sold_by_day(connection: Connection, event: str, zone: tzinfo) -> list[tuple[date, int, int]]:
    """Day by that clock, number and price of paid positions by when they were ordered."""
    rows = connection.execute(
        "SELECT o.placed_at / ?1 * ?1, count(*), sum(p.price) FROM positions p"
        " JOIN orders o ON o.event = p.event AND o.code = p.order_code"
        " WHERE p.event = ?2 AND NOT p.canceled AND o.status = 'p' AND o.placed_at IS NOT NULL GROUP BY 1 ORDER BY 1",
        (_STEP // timedelta(microseconds=1), event),
    )
    sums: dict[date, tuple[int, int]] = {}
    for began, number, amount in rows.fetchall():
        day = moment(began).astimezone(zone).date()
        before = sums.get(day, (0, 0))
        sums[day] = (before[0] + number, before[1] + amount)
    return [(day, number, amount) for day, (number, amount) in sums.items()]


_STEP = timedelta(minutes=15)
"""No clock is put forward or back, and no day begins, within one."""
