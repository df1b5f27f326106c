"""Sales under way: each cart under the id that its sale keeps for good, from the first wish to pay on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.cart import Cart
from boxoffice.domain.instants import micros, moment

from .connection import Connection

_carts = decoder(Cart)

OPEN, HELD, FINISHED, DROPPED = "open", "held", "finished", "dropped"


class UnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that was begun."""

    id: str
    state: str
    cart: Cart
    changed_at: datetime


def put_sale(connection: Connection, cart: Cart, state: str, at: datetime) -> None:
    """Keep a cart under its id."""
    connection.execute(
        "INSERT INTO sales (id, event, state, cart, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, cart = excluded.cart, changed_at = excluded.changed_at",
        (cart.id, cart.event, state, msgspec.json.encode(cart).decode(), micros(at)),
    )


def keep_open(connection: Connection, cart: Cart, at: datetime) -> bool:
    """Keep a cart as a sale under way; False, and nothing is changed, where it was sold or dropped before."""
    cursor = connection.execute(
        "INSERT INTO sales (id, event, state, cart, changed_at) VALUES (?, ?, 'open', ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, cart = excluded.cart, changed_at = excluded.changed_at"
        " WHERE sales.state IN ('open', 'held')",
        (cart.id, cart.event, msgspec.json.encode(cart).decode(), micros(at)),
    )
    return bool(cursor.rowcount)


def end_sale(connection: Connection, sale_id: str, state: str, at: datetime) -> None:
    """A sale under way is over; its cart stays as it was."""
    connection.execute("UPDATE sales SET state = ?, changed_at = ? WHERE id = ?", (state, micros(at), sale_id))


def sale(connection: Connection, sale_id: str) -> UnderWay | None:
    """One sale, however far it has come."""
    found = _sales(connection, "id = ?", (sale_id,))
    return found[0] if found else None


def held(connection: Connection, event: str, *, training: bool = False) -> list[UnderWay]:
    """The carts that were put by, oldest first."""
    return _sales(connection, f"{_CARTS} AND state = 'held' ORDER BY changed_at", (event, training))


def open_sales(connection: Connection, event: str, *, training: bool = False) -> list[UnderWay]:
    """Sales that nobody finished, put by or dropped: what a crash left behind."""
    return _sales(connection, f"{_CARTS} AND state = 'open' ORDER BY changed_at", (event, training))


_CARTS = "event = ? AND state IN ('open', 'held') AND coalesce(cart ->> 'training', 0) = ?"
"""Carts of an event, for selling or for training: one never becomes the other. Its states are those of the index."""


def _sales(connection: Connection, where: str, values: Sequence[object]) -> list[UnderWay]:
    rows = connection.execute(f"SELECT id, state, cart, changed_at FROM sales WHERE {where}", values)
    return [
        UnderWay(id=row[0], state=row[1], cart=_carts.decode(row[2]), changed_at=moment(row[3]))
        for row in rows.fetchall()
    ]
