"""Orders as the server has them, beneath what this station did to them and has not told yet.

When the server answers, its own version comes up again, with what is still unsent laid over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.orders import Order

if TYPE_CHECKING:
    from .connection import Connection

_orders = decoder(Order)


def put(connection: Connection, order: Order) -> None:
    """Keep an order as the server has it, beneath what this station did to it."""
    connection.execute(
        "INSERT OR REPLACE INTO beneath (event, code, body) VALUES (?, ?, ?)",
        (order.event, order.code, msgspec.json.encode(order).decode()),
    )


def by_code(connection: Connection, event: str, code: str) -> Order | None:
    """An order as the server has it, if this station did something to it since."""
    row = connection.execute("SELECT body FROM beneath WHERE event = ? AND code = ?", (event, code)).fetchone()
    return _orders.decode(row[0]) if row else None


def drop(connection: Connection, event: str, code: str) -> None:
    """The server knows everything that this station did to an order."""
    connection.execute("DELETE FROM beneath WHERE event = ? AND code = ?", (event, code))


def names(connection: Connection) -> set[str]:
    """The orders (`event/CODE`) of which the server's own version is kept."""
    return {f"{event}/{code}" for event, code in connection.execute("SELECT event, code FROM beneath").fetchall()}
