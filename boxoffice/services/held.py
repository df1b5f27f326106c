"""Carts that are put by at one till and taken up at another.

Each till tells its server what it has put by and what it let go; the server gives a cart to one till only. Offline a
till has its own carts, and sees of the others' what it heard last. A cart that is taken goes on under a new id, so
that nothing which is done with it can be mistaken for an act of the till that held it.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.cart import Cart
from boxoffice.domain.facts import CartHeld, CartLetGo, Private
from boxoffice.domain.held import HeldCart, packed
from boxoffice.domain.instants import micros
from boxoffice.errors import BadInput
from boxoffice.ids import new_id
from boxoffice.storage import begun_sales, held_carts, journal, settings
from boxoffice.storage.connection import Connection

from . import redeem


def tell(connection: Connection, cart: Cart, now: datetime) -> None:
    """Let the other tills know that a cart was put by, where the server has a place for that."""
    if settings.hub(connection) is not None:
        fact = CartHeld(event=cart.event, at=micros(now), cart=cart.id)
        journal.append(connection, new_id(), fact, Private(cart=packed(cart)))


def let_go(connection: Connection, sale: begun_sales.UnderWay, now: datetime) -> None:
    """Let the other tills know that it is not to be had any more."""
    if sale.state == begun_sales.HELD and settings.hub(connection) is not None:
        journal.append(connection, new_id(), CartLetGo(event=sale.cart.event, at=micros(now), cart=sale.id))


def hear(connection: Connection, noun: HeldCart) -> None:
    """The server tells of a cart: another till's, or one of our own that somebody else has taken."""
    own = settings.station(connection).device
    taken_by_other = noun.taken_by not in ("", own)
    if noun.device_id == own:
        if taken_by_other:
            _give_up(connection, noun)
    elif taken_by_other:
        held_carts.drop(connection, noun.event, noun.id)
    else:
        held_carts.put(connection, noun)


def _give_up(connection: Connection, noun: HeldCart) -> None:
    """Another till goes on with a cart of ours, unless it was taken up here before that was heard of."""
    sale = begun_sales.sale(connection, noun.id)
    if sale is not None and sale.state == begun_sales.HELD:
        begun_sales.put_sale(connection, sale.cart, begun_sales.DROPPED, noun.at)
        redeem.let_go(connection, sale.id, noun.at)


def take_in(connection: Connection, noun: HeldCart, now: datetime) -> Cart:
    """Go on with a cart that the server gave to this till. Raises `BadInput` if it cannot be read here."""
    cart = noun.unpacked()
    if cart is None:
        raise BadInput("This cart cannot be read", "A newer version has put it by.", "Take it up where it was put by.")
    mine = msgspec.structs.replace(cart, id=new_id())
    begun_sales.put_sale(connection, mine, begun_sales.OPEN, now)
    held_carts.take_in(connection, noun)
    return mine
