"""Giving a cart that was put by to one till: whoever asks first has it, and is told so as often as it asks.

A cart is given by the hub whose own station put it by, and by no other: two that each gave it could give it twice. So
a venue's hub tells the server above of no carts, and asks it for those that are kept there.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import decoder
from boxoffice.domain.held import HeldCart
from boxoffice.ports import Role

from . import auth, documents, sql
from .answers import No
from .auth import Caller

KIND = "held_cart"
_held = decoder(HeldCart)
_CLAIM = text(
    "UPDATE documents SET body = :new WHERE event = :event AND kind = :kind AND id = :id AND body = :old"
    " RETURNING version"
)


def is_kept_above(connection: Connection, caller: Caller, event: str, cart: str) -> bool:
    """Whether the server above has to be asked before a device can have it. Raises `No`."""
    held, _ = _known(connection, caller, event, cart)
    return not held.taken_by and not auth.is_known(connection, held.device_id)


def _known(connection: Connection, caller: Caller, event: str, cart: str) -> tuple[HeldCart, str]:
    if caller.role is Role.STEWARD:
        raise No(403, "role", "A steward's station sells nothing.")
    body = documents.body(connection, event, KIND, cart)
    if body is None:
        raise No(404, "cart", "No such cart was put by.")
    return _held.decode(body), body


def take(connection: Connection, caller: Caller, event: str, cart: str) -> tuple[HeldCart, dict[str, int]]:
    """The cart, and the events in which something changed by that. Raises `No`."""
    held, body = _known(connection, caller, event, cart)
    if held.taken_by == caller.id:
        return held, {}
    taken = msgspec.structs.replace(held, taken_by=caller.id)
    new = documents.document(taken)
    place = {"event": event, "kind": KIND, "id": cart, "old": body, "new": new.body}
    if held.taken_by or not sql.rows(connection, _CLAIM, place):
        raise No(409, "taken", "Another till has taken this cart.")
    return taken, documents.put(connection, [new])
