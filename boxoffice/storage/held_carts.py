"""Carts that other tills of the event have put by, as the server tells of them."""

from __future__ import annotations

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.held import HeldCart

from .connection import Connection

_held = decoder(HeldCart)


def put(connection: Connection, noun: HeldCart) -> None:
    """Know of a cart."""
    connection.execute(
        "INSERT INTO held_carts (event, id, body) VALUES (?, ?, ?)"
        " ON CONFLICT (event, id) DO UPDATE SET body = excluded.body",
        (noun.event, noun.id, msgspec.json.encode(noun).decode()),
    )


def drop(connection: Connection, event: str, cart: str) -> None:
    """It is not to be had any more."""
    connection.execute("DELETE FROM held_carts WHERE event = ? AND id = ?", (event, cart))


def take_in(connection: Connection, noun: HeldCart) -> None:
    """It goes on here under another id; what is still told of it is no news."""
    put(connection, noun)
    connection.execute("UPDATE held_carts SET taken_in = 1 WHERE event = ? AND id = ?", (noun.event, noun.id))


def of_event(connection: Connection, event: str) -> list[HeldCart]:
    """What others have put by, oldest first."""
    rows = connection.execute("SELECT body FROM held_carts WHERE event = ? AND NOT taken_in", (event,)).fetchall()
    return sorted((_held.decode(body) for (body,) in rows), key=lambda one: (one.at, one.id))
