"""Vouchers and memberships at the till: what this station knows of them, and what it holds for open carts.

A voucher is held, durably, from the moment it goes into a cart, and let go when the cart is dropped; carts that a
crash left behind keep theirs for a while only. It is redeemed in the transaction of the sale. Two stations that hear of
nobody can both redeem the last use; the server counts both, and the conflict is told at each of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from boxoffice.domain import vouchers as rules
from boxoffice.domain.cart import Cart
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.memberships import Membership
from boxoffice.domain.pricing import Bill
from boxoffice.domain.redeeming import Kind, Redemption, State, with_voucher
from boxoffice.domain.vouchers import Voucher, plain_code
from boxoffice.domain.words import Sentence
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import redeeming
from boxoffice.storage.connection import Connection

HOLD_LASTS = timedelta(minutes=30)
"""How long a code stays held for a cart that nobody touches and nobody has put by."""


def known(connection: Connection, cart: Cart) -> dict[str, Voucher]:
    """The vouchers of a cart by plain code, with what this station did laid over what the server says."""
    codes = dict.fromkeys(plain_code(line.voucher) for line in cart.lines if line.voucher)
    found = {code: voucher(connection, cart.event, code, cart.id) for code in codes}
    return {code: one for code, one in found.items() if one is not None}


def voucher(connection: Connection, event: str, code: str, sale: str = "") -> Voucher | None:
    """One voucher as it stands here and now, without what the sale itself holds; None if nobody told of it."""
    held = redeeming.voucher(connection, event, code)
    if held is None:
        return None
    number, saved = redeeming.used_here(connection, event, code, sale)
    return msgspec.structs.replace(held, redeemed=held.redeemed + number, budget_used=held.budget_used + saved)


def members(connection: Connection, cart: Cart) -> dict[str, Membership]:
    """The memberships that a cart names, by plain number; those that are known."""
    return redeeming.memberships(connection, cart.event, (line.member for line in cart.lines))


def put_in(connection: Connection, cart: Cart, code: str, catalog: Catalog, now: datetime) -> Cart:
    """The cart with a voucher on what it is for. Raises `Refused` with the reason why it cannot be used."""
    changed = tried(connection, cart, code, catalog, now)
    if isinstance(changed, Sentence):
        raise Refused("This voucher cannot be used", str(changed), "The cart is as it was.")
    return changed


def tried(connection: Connection, cart: Cart, code: str, catalog: Catalog, now: datetime) -> Cart | Sentence:
    """The cart with a voucher on what it is for, or why it cannot be used."""
    found = voucher(connection, cart.event, code, cart.id)
    if found is None:
        return _unknown(connection, cart.event)
    because = rules.why_not(found, now, wanted=found.min_usages)
    return because or with_voucher(cart, found, catalog, now, found.max_usages - found.redeemed, new_id)


def _unknown(connection: Connection, event: str) -> Sentence:
    if redeeming.has_vouchers(connection, event):
        return Sentence("No voucher has this code, as far as this station knows")
    return Sentence("This station was told of no vouchers for this event")


def hold(connection: Connection, cart: Cart, now: datetime) -> None:
    """Hold what stands in a cart, and no more; what was left behind elsewhere is let go."""
    redeeming.abandon_stale(connection, now - HOLD_LASTS, now, but=cart.id)
    wanted: dict[str, int] = {}
    for line in cart.lines:
        if line.voucher and not line.part_of:
            code = plain_code(line.voucher)
            wanted[code] = wanted.get(code, 0) + line.quantity
    every = [one for one in redeeming.of_operation(connection, cart.id) if one.state is State.HELD]
    before = {one.code: one.at for one in every if one.kind is Kind.VOUCHER}
    if before:
        redeeming.drop_holds(connection, cart.id, Kind.VOUCHER)
    for code, number in wanted.items():
        redeeming.put(connection, _held(cart, code, number, before.get(code, now), now))


def _held(cart: Cart, code: str, number: int, began: datetime, now: datetime) -> Redemption:
    return Redemption(
        id=f"{cart.id}/{Kind.VOUCHER}/{code}",
        operation=cart.id,
        event=cart.event,
        kind=Kind.VOUCHER,
        code=code,
        number=number,
        state=State.HELD,
        at=began,
        changed_at=now,
    )


def let_go(connection: Connection, sale: str, now: datetime) -> None:
    """The cart was dropped: others may have what was held for it."""
    redeeming.abandon(connection, sale, now)


def tidy(connection: Connection, now: datetime, but: str = "") -> int:
    """Let go of everything that a crash left behind, but for the cart that is taken up again; how many codes.

    Carts that were put by keep theirs.
    """
    return redeeming.abandon_stale(connection, now, now, but)


def redeemed(
    connection: Connection, cart: Cart, bill: Bill, first: int, order: str, receipt: int, now: datetime
) -> None:
    """The vouchers of a sale are redeemed, in its transaction; `first` is the number of its first position."""
    redeeming.drop_holds(connection, cart.id)
    for number, unit in enumerate(bill.units, start=first):
        if not unit.voucher:
            continue
        redeeming.put(
            connection,
            Redemption(
                id=f"{cart.id}/voucher/{number}",
                operation=cart.id,
                act=cart.id,
                event=cart.event,
                kind=Kind.VOUCHER,
                code=unit.voucher,
                why="redeemed",
                amount=unit.saved,
                position=number,
                state=State.REDEEMED,
                at=now,
                changed_at=now,
                receipt=receipt,
                order=order,
            ),
        )
