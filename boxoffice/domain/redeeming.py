"""What a code that was typed or scanned at the till does to the cart: a voucher goes to the lines it is for.

It goes where it saves most, as often as it may still be used; a ticket that nothing else can buy is put into the cart
with it. What becomes of a code stands in its state, from the moment it is held for a cart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

import msgspec

from . import cart as carts
from .cart import Cart, CartLine
from .catalog import Catalog
from .pricing import list_price
from .vouchers import Voucher, same_code
from .words import Sentence


class Kind(StrEnum):
    """What a code is of."""

    VOUCHER = "voucher"
    GIFT_CARD = "gift_card"


class State(StrEnum):
    """What became of a code at this station."""

    HELD = "held"
    """For a cart that is open or put by."""
    ABANDONED = "abandoned"
    """Its cart was dropped, or left behind by a crash."""
    REDEEMED = "redeemed"
    LOADED = "loaded"
    """Money was put on it."""
    REVERSED = "reversed"
    """What it was redeemed for was cancelled."""
    REFUSED = "refused"
    """The server would not have it; a person is told what to do."""


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """One code at this station: for which sale, and what became of it."""

    id: str
    operation: str
    """The sale, payment or refund that it is about."""
    act: str = ""
    """The act by which the server hears of it."""
    event: str
    kind: Kind
    code: str
    why: str = ""
    number: int = 1
    amount: int = 0
    """Minor units: what a voucher took off, or what a gift card got; negative where it paid."""
    position: int = 0
    state: State
    told: bool = False
    """Whether what the server says of it has this in it."""
    at: datetime
    changed_at: datetime
    receipt: int = 0
    order: str = ""
    because: str = ""


def with_voucher(
    cart: Cart, voucher: Voucher, catalog: Catalog, now: datetime, left: int, new_id: Callable[[], str]
) -> Cart | Sentence:
    """The cart with a voucher on what it is for, or why it cannot go there. `left` is how often it can be used."""
    if any(same_code(line.voucher, voucher.code) for line in cart.lines):
        return Sentence("This voucher is in the cart already")
    fitting = [line for line in cart.lines if _can_have(line, voucher, catalog)]
    if not fitting:
        return _with_its_item(cart, voucher, catalog, new_id)
    before, most = cart, left
    for line in sorted(fitting, key=lambda one: -_saving(one, voucher, catalog, now)):
        if left <= 0:
            break
        cart = _put_on(cart, line, voucher, min(left, line.quantity), new_id)
        left -= line.quantity
    return cart if cart != before else Sentence("This voucher can be used {left} more times", {"left": most})


def without_voucher(cart: Cart, code: str) -> Cart:
    """The cart without a voucher; everything else stays."""
    lines = tuple(
        msgspec.structs.replace(line, voucher="") if line.voucher and same_code(line.voucher, code) else line
        for line in cart.lines
    )
    return msgspec.structs.replace(cart, lines=lines)


def with_member(cart: Cart, number: str) -> Cart:
    """The cart with a membership's number on everything that may ask for one."""
    lines = tuple(msgspec.structs.replace(line, member=number) for line in cart.lines)
    return msgspec.structs.replace(cart, lines=lines)


def _can_have(line: CartLine, voucher: Voucher, catalog: Catalog) -> bool:
    if line.part_of or line.voucher or line.override is not None:
        return False
    return voucher.fits(catalog, line.item, line.variation, line.subevent)


def _saving(line: CartLine, voucher: Voucher, catalog: Catalog, now: datetime) -> int:
    full = list_price(catalog, catalog.items[line.item], line.variation, line.subevent, now)
    return full - voucher.price(full)


def _put_on(cart: Cart, line: CartLine, voucher: Voucher, number: int, new_id: Callable[[], str]) -> Cart:
    """A line has it whole, or it is parted: a line with parts of its own stays one, so that they keep to it."""
    whole = number == line.quantity
    with_it = msgspec.structs.replace(line, voucher=voucher.code, quantity=number)
    if whole:
        lines = [with_it if one.id == line.id else one for one in cart.lines]
        return msgspec.structs.replace(cart, lines=tuple(lines))
    if cart.parts(line.id):
        return cart
    rest = msgspec.structs.replace(line, id=new_id(), quantity=line.quantity - number)
    lines = [other for one in cart.lines for other in ((with_it, rest) if one.id == line.id else (one,))]
    return msgspec.structs.replace(cart, lines=tuple(lines))


def _with_its_item(cart: Cart, voucher: Voucher, catalog: Catalog, new_id: Callable[[], str]) -> Cart | Sentence:
    item = catalog.items.get(voucher.item) if voucher.item is not None else None
    shelf = catalog.categories.get(item.category or 0) if item is not None else None
    if item is None or not item.active or (shelf is not None and shelf.is_addon):
        return Sentence("There is nothing in the cart that this voucher is for")
    if item.variations and voucher.variation is None:
        return Sentence("There is nothing in the cart that this voucher is for")
    line = CartLine(
        id=new_id(),
        item=item.id,
        variation=voucher.variation,
        subevent=voucher.subevent,
        voucher=voucher.code,
    )
    return carts.added(cart, line)
