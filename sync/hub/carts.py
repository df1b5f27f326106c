"""Giving a cart that was put by to one till: whoever asks first has it, and is told so as often as it asks."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import decoder
from boxoffice.domain.held import HeldCart
from boxoffice.ports import Role

from . import documents, sql
from .answers import No
from .auth import Caller

KIND = "held_cart"
_held = decoder(HeldCart)
_CLAIM = text(
    "UPDATE documents SET body = :new WHERE event = :event AND kind = :kind AND id = :id AND body = :old"
    " RETURNING version"
)


def take(connection: Connection, caller: Caller, event: str, cart: str) -> tuple[HeldCart, dict[str, int]]:
    """The cart, and the events in which something changed by that. Raises `No`."""
    if caller.role is Role.STEWARD:
        raise No(403, "role", "A steward's station sells nothing.")
    body = documents.body(connection, event, KIND, cart)
    if body is None:
        raise No(404, "cart", "No such cart was put by.")
    held = _held.decode(body)
    if held.taken_by == caller.id:
        return held, {}
    taken = msgspec.structs.replace(held, taken_by=caller.id)
    new = documents.document(taken)
    place = {"event": event, "kind": KIND, "id": cart, "old": body, "new": new.body}
    if held.taken_by or not sql.rows(connection, _CLAIM, place):
        raise No(409, "taken", "Another till has taken this cart.")
    return taken, documents.put(connection, [new])
