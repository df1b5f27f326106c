"""Orders made ready for their turn in the store, so that it is short, by whoever has time for that.

Such an order holds the rows that will be kept as one text each, which the engine takes apart by itself: no
object of ours is made for a column, neither where they are read nor where many thousand of them wait in line,
and another process hands them over as they are. What was told lies beside them for the few that need a look.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.orders import Order, Status

from . import bulk, order_rows, orders, search_index

if TYPE_CHECKING:
    from .connection import Connection


class Ready(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An order, and as the texts of JSON arrays what is kept of it."""

    event: str
    code: str
    size: int
    """How many positions it has."""
    canceled: bool
    """Whether any of them admits nobody any more."""
    told: bytes
    """The order itself."""
    row: bytes
    positions: tuple[bytes, ...]
    words: tuple[bytes, ...] | None
    """What each position is found by: order, number, words. None if that is worked out for those that change."""

    @property
    def order(self) -> Order:
        """The order itself, as it was told."""
        return _orders.decode(self.told)


_orders = decoder(Order)
_encode = msgspec.json.Encoder().encode
_SURPLUS = (
    "SELECT told.value ->> 0 FROM json_each(?2) told WHERE told.value ->> 1 <"
    " (SELECT count(*) FROM positions p WHERE p.event = ?1 AND p.order_code = told.value ->> 0)"
)


def ready(order: Order, *, words: bool) -> Ready:
    """Make an order ready; with its search `words` if it is most likely new."""
    every = order.positions
    return Ready(
        order.event,
        order.code,
        len(every),
        order.status is Status.CANCELED or any(one.canceled for one in every),
        _encode(order),
        _encode(order_rows.order_row(order)),
        tuple(_encode(order_rows.position_row(order, one)) for one in every),
        _words(order) if words else None,
    )


def _words(order: Order) -> tuple[bytes, ...]:
    return tuple(_encode((order.code, one.number, orders.words(order, one))) for one in order.positions)


def put_all(connection: Connection, some: Sequence[Ready]) -> None:
    """Like `orders.put` for each, in a handful of statements. They must be of one event, and none may come twice."""
    changes = bulk.insert_texts(connection, order_rows.PUT_ORDER, [one.row for one in some])
    changes += bulk.insert_texts(connection, order_rows.PUT_POSITION, [row for one in some for row in one.positions])
    event = some[0].event
    surplus = _with_more_positions(connection, event, some)
    for one in some:
        if one.code in surplus and orders.cancel_missing(connection, one.order):
            changes += 1
    if changes > 0:
        _index(connection, event, some, surplus)


def _index(connection: Connection, event: str, some: Sequence[Ready], surplus: Collection[str]) -> None:
    every: list[bytes] = []
    for one in some:
        words = _words(one.order) if one.words is None else one.words
        if one.code in surplus or not all(map(bulk.can_be_taken_apart, words)):
            orders.index(connection, event, one.code)
        else:
            every += words
    search_index.index_tickets(connection, event, every)


def _with_more_positions(connection: Connection, event: str, some: Sequence[Ready]) -> set[str]:
    """The orders of which more is kept than they name now."""
    told = _encode([(one.code, one.size) for one in some]).decode()
    return {code for (code,) in connection.execute(_SURPLUS, (event, told)).fetchall()}
