"""Carts that are put by at one till and taken up at another: known to all of them, given to one."""

from __future__ import annotations

import threading

import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.facts import CartHeld, CartLetGo, Private
from boxoffice.domain.held import HeldCart, packed
from boxoffice.domain.instants import micros
from boxoffice.errors import Refused
from boxoffice.ports import Role

CART = Cart(id="c1", event="conf26", lines=(CartLine(id="l1", item=1),), note="Blue coat")


@pytest.fixture
def held(north, at_nine):
    """North has put a cart by."""
    north.push(north.write(CartHeld(event="conf26", at=micros(at_nine), cart="c1"), Private(cart=packed(CART))))


def carts(station):
    return [noun for noun in station.feed() if isinstance(noun, HeldCart)]


def test_a_cart_is_told_to_every_till_and_to_no_steward(hub, held):
    (told,) = carts(hub.station("South", Role.CASHIER))
    assert (told.unpacked(), told.device, told.taken_by) == (CART, "North", "")
    assert carts(hub.station("Door", Role.STEWARD)) == []


def test_whoever_asks_first_has_it_and_is_told_so_again(hub, held):
    south, west = hub.station("South", Role.CASHIER), hub.station("West", Role.CASHIER)
    assert south.line.take_cart("conf26", "c1").unpacked() == CART
    assert south.line.take_cart("conf26", "c1").taken_by == south.enrolment.device_id
    with pytest.raises(Refused, match="Another till"):
        west.line.take_cart("conf26", "c1")
    with pytest.raises(Refused, match="No such cart"):
        west.line.take_cart("conf26", "c2")


def test_of_several_that_ask_at_once_one_has_it(hub, held):
    tills = [hub.station(f"Till {number}", Role.CASHIER) for number in range(4)]
    had = []

    def ask(till):
        try:
            had.append(till.line.take_cart("conf26", "c1").taken_by)
        except Refused:
            had.append("")

    threads = [threading.Thread(target=ask, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in had if one]) == 1
    assert len(had) == 4


def test_its_own_till_has_it_back_unless_another_was_first(hub, north, held, at_nine):
    south = hub.station("South", Role.CASHIER)
    north.push(north.write(CartLetGo(event="conf26", at=micros(at_nine), cart="c1")))
    with pytest.raises(Refused, match="Another till"):
        south.line.take_cart("conf26", "c1")
    assert carts(south)[-1].cart == ""
