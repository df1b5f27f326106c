"""What somebody is about to buy: lines of items, tied together where one belongs to the other.

A cart is a value; each change makes a new one. It knows what was wished for and by whom a price was put right, and
nothing of what anything costs: that is reckoned from the catalogue each time, so that a cart that was put by
overnight costs what it costs today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from .catalog import Item
from .facts import Guest
from .gift_cards import Load
from .words import Sentence


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A price that a person with permission set, for each of a line, minor units."""

    price: int
    reason: str
    operator: str = ""


class CartLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """So many of one thing. A ticket that bears a name, or has parts of its own, is a line by itself."""

    id: str
    item: int
    variation: int | None = None
    subevent: int | None = None
    quantity: int = 1
    asked: int | None = None
    """What the customer wants to pay for each, where the price is free."""
    override: Override | None = None
    voucher: str = ""
    member: str = ""
    """The number of the membership with which it is bought."""
    part_of: str = ""
    """The line that this one is an add-on to, or comes with."""
    bundled: bool = False
    """It came with that line by itself, and goes with it."""
    choice: int | None = None
    """Of a pass: the choice that this date was taken for."""
    date_elsewhere: int | None = None
    """The date that was chosen, where the choice is for another event."""
    guest: Guest = Guest()
    note: str = ""


class HeldPass(msgspec.Struct, frozen=True, kw_only=True):
    """A pass that somebody has already."""

    order: str
    position: int
    item: int
    name: str = ""


class Cart(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Lines in the order in which they are shown: a part stands behind what it is a part of."""

    id: str
    event: str
    lines: tuple[CartLine, ...] = ()
    loads: tuple[Load, ...] = ()
    """What is put on gift cards."""
    email: str = ""
    phone: str = ""
    note: str = ""
    """Under which it is found again when it is put by."""
    allowed: tuple[str, ...] = ()
    """What somebody with permission has waved through: kinds of objections."""
    quick: bool = False
    """Nobody is asked for a name or anything else: a walk-in."""
    check_in: int | None = None
    """The list on which they are let in as soon as it is paid."""
    to_pass: HeldPass | None = None
    """A pass that was sold before: what is in the cart is added to it."""

    training: bool = False
    """It is sold for training or not at all."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to sell."""
        return not self.lines and not self.loads

    def line(self, line_id: str) -> CartLine | None:
        """The line of this name."""
        return next((one for one in self.lines if one.id == line_id), None)

    def parts(self, line_id: str) -> tuple[CartLine, ...]:
        """The add-ons of a line, and what comes with it."""
        return tuple(one for one in self.lines if one.part_of == line_id)


def overruling(cart: Cart) -> str:
    """The name under which it is permitted to wave through what was waved through here, and nothing more."""
    return f"{cart.id}/{','.join(sorted(cart.allowed))}"


def repricing(cart: Cart, line: CartLine) -> str:
    """The name under which a price of a line is permitted, and no other price."""
    price = line.override.price if line.override is not None else ""
    return f"{cart.id}/{line.id}/{price}"


def added(cart: Cart, line: CartLine, *bundled: CartLine) -> Cart:
    """The cart with one more line and what comes with it.

    More of something that stands there already, with nothing of its own to tell it apart, is counted up instead.
    """
    if not bundled and (
        twin := next((one for one in cart.lines if _alike(one, line) and not cart.parts(one.id)), None)
    ):
        return changed(cart, twin.id, quantity=twin.quantity + line.quantity)
    here = len(cart.lines)
    if line.part_of:
        here = max(number for number, one in enumerate(cart.lines) if line.part_of in (one.id, one.part_of)) + 1
    lines = (*cart.lines[:here], line, *bundled, *cart.lines[here:])
    return msgspec.structs.replace(cart, lines=lines)


def _alike(one: CartLine, other: CartLine) -> bool:
    same = msgspec.structs.replace(other, id=one.id, quantity=one.quantity)
    return one == same and one.guest == Guest() and not one.bundled


def changed(cart: Cart, line_id: str, **what: object) -> Cart:
    """The cart with one line changed; with a quantity of nothing it is gone. What comes with it follows its number."""
    line = cart.line(line_id)
    if line is None:
        return cart
    new = msgspec.structs.replace(line, **what)
    if new.quantity <= 0:
        return without(cart, line_id)
    lines = [
        new
        if one.id == line_id
        else msgspec.structs.replace(one, quantity=one.quantity * new.quantity // line.quantity)
        if one.part_of == line_id and one.bundled
        else one
        for one in cart.lines
    ]
    return msgspec.structs.replace(cart, lines=tuple(lines))


def without(cart: Cart, line_id: str) -> Cart:
    """The cart without a line and its parts."""
    lines = tuple(one for one in cart.lines if line_id not in (one.id, one.part_of))
    return msgspec.structs.replace(cart, lines=lines)


def bundled(line: CartLine, item: Item, new_id: Callable[[], str]) -> tuple[CartLine, ...]:
    """The lines of what always comes with an item, for one that is about to go into the cart."""
    return tuple(
        CartLine(
            id=new_id(),
            item=one.item,
            variation=one.variation,
            subevent=line.subevent,
            quantity=one.count * line.quantity,
            part_of=line.id,
            bundled=True,
        )
        for one in item.bundles
    )


def apart(cart: Cart, line_id: str, new_id: Callable[[], str]) -> Cart:
    """The cart with a line of several as lines of one each, so that each can bear a name. Parts go along in turn."""
    line = cart.line(line_id)
    if line is None or line.quantity < 2:
        return cart
    names = (line.id, *(new_id() for _ in range(line.quantity - 1)))
    singles: list[CartLine] = []
    for place, name in enumerate(names):
        singles.append(msgspec.structs.replace(line, id=name, quantity=1))
        for part in cart.parts(line_id):
            share = part.quantity // line.quantity + (place < part.quantity % line.quantity)
            if share:
                mine = part.id if not place else new_id()
                singles.append(msgspec.structs.replace(part, id=mine, part_of=name, quantity=share))
    here = next(number for number, one in enumerate(cart.lines) if one.id == line_id)
    rest = [one for one in cart.lines if line_id not in (one.id, one.part_of)]
    before = sum(one in rest for one in cart.lines[:here])
    return msgspec.structs.replace(cart, lines=(*rest[:before], *singles, *rest[before:]))


def count(lines: Iterable[CartLine]) -> int:
    """How many things there are on some lines."""
    return sum(one.quantity for one in lines)


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """Why something cannot be sold as it stands in the cart."""

    kind: str
    line: str
    words: Sentence
    may_be_allowed: bool = False
    """Somebody with permission may wave it through, with a reason."""
