"""A cart that was put by at one till and may be taken up at another: who has it, and since when."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.decoding import decoder

from .cart import Cart

_carts = decoder(Cart)


class HeldCart(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """As a server tells it to the tills of an event. Whoever has taken it goes on with it under an id of its own."""

    event: str
    id: str
    cart: str
    """The cart itself, written down as the till that held it keeps it."""
    at: datetime
    device: str = ""
    device_id: str = ""
    """Who put it by, for people and for programs."""
    taken_by: str = ""
    """The device that has it now; empty while nobody has."""

    def unpacked(self) -> Cart | None:
        """The cart; None if it is of a kind that this version does not know."""
        try:
            return _carts.decode(self.cart)
        except msgspec.MsgspecError:
            return None


def packed(cart: Cart) -> str:
    """A cart, written down."""
    return msgspec.json.encode(cart).decode()
