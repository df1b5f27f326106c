"""Vouchers and memberships at the till: held while a cart is open, redeemed with its sale, told if two were first."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item, Quota
from boxoffice.domain.conflicts import Kind
from boxoffice.domain.memberships import Membership
from boxoffice.domain.redeeming import State
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.vouchers import Mode, Use, Voucher
from boxoffice.errors import Refused
from boxoffice.services import amend, disagree, redeem, sell
from boxoffice.storage import conflicts, orders, outbox, redeeming, verify


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


class Desk:
    """A till that is open, and a voucher that halves the price, twice."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.app = counter.app
        counter.open(0)
        self.tell()

    def tell(self, **more: Any) -> None:
        half = {"event": "conf26", "code": "HALF", "mode": Mode.PERCENT, "value": 5_000, "max_usages": 2}
        self.counter.day.hear(Voucher(id=1, **(half | more)))

    def put_in(self, code: str = "half", quantity: int = 1, name: str = "sale-1") -> Cart:
        lines = (CartLine(id="l1", item=1, quantity=quantity),) if quantity else ()
        cart = Cart(id=name, event="conf26", lines=lines)
        return self.counter.write(
            lambda c: redeem.put_in(c, cart, code, self.app.shelf.of(c, "conf26"), self.counter.at("09:00"))
        )

    def open(self, quantity: int = 1, name: str = "sale-1", at: str = "09:00") -> Cart:
        cart = self.put_in(quantity=quantity, name=name)
        self.counter.begin(cart, at)
        return cart

    def sell(self, quantity: int = 1, name: str = "sale-1") -> Any:
        cart = self.open(quantity, name)
        total = self.app.read(lambda c: sell.reckon(c, self.app.shelf, cart, self.counter.at("09:00"))).total
        return self.counter.finish(cash(total), name=name)

    def states(self) -> list[State]:
        return [one.state for one in self.app.read(redeeming.listing)]

    def told(self) -> list[Kind]:
        return [one.kind for one in self.app.read(conflicts.open_ones)]


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def test_a_voucher_makes_it_cheaper_and_the_server_hears_of_it(desk: Desk) -> None:
    sale = desk.sell()
    assert sale.receipt.total == 5_000
    assert "HALF" in sale.receipt.lines[0].notes
    sold = next(one.entry.fact() for one in desk.app.read(outbox.waiting) if one.entry.operation == "sale-1")
    assert [(one.voucher, one.saved) for one in sold.lines] == [("HALF", 5_000)]
    assert desk.states() == [State.REDEEMED]
    assert desk.app.read(verify.check).sound


def test_only_as_many_tickets_have_it_as_it_has_uses(desk: Desk) -> None:
    cart = desk.put_in(quantity=3)
    assert [(one.quantity, one.voucher) for one in cart.lines] == [(2, "HALF"), (1, "")]


def test_what_is_held_for_one_cart_is_not_there_for_another(desk: Desk) -> None:
    desk.open(quantity=2)
    with pytest.raises(Refused, match="has been used, 2 of 2 times"):
        desk.put_in(name="sale-2")
    desk.counter.write(lambda c: sell.drop(c, "sale-1", desk.counter.at("09:05")))
    assert desk.states() == [State.ABANDONED]
    assert desk.put_in(name="sale-2").lines[0].voucher == "HALF"


def test_a_cart_that_was_put_by_keeps_its_voucher(desk: Desk) -> None:
    cart = desk.open(quantity=2)
    desk.counter.write(lambda c: sell.hold(c, cart, "Hat", desk.counter.at("09:05")))
    desk.counter.write(lambda c: redeem.tidy(c, desk.counter.at("12:00")))
    with pytest.raises(Refused):
        desk.put_in(name="sale-2")


def test_a_cart_that_is_put_by_holds_the_voucher_that_was_put_in_last(desk: Desk) -> None:
    cart = desk.put_in(quantity=2)
    desk.counter.write(lambda c: sell.hold(c, cart, "Hat", desk.counter.at("09:05")))
    with pytest.raises(Refused, match="has been used, 2 of 2 times"):
        desk.put_in(name="sale-2")


def test_after_a_restart_what_was_left_behind_is_let_go_but_for_the_cart_that_is_taken_up(desk: Desk) -> None:
    desk.open(name="left")
    desk.open(name="taken-up")
    assert desk.counter.write(lambda c: redeem.tidy(c, desk.counter.at("09:01"), "taken-up")) == 1
    assert sorted(desk.states()) == [State.ABANDONED, State.HELD]


def test_a_cart_that_nobody_touches_lets_go_by_itself(desk: Desk) -> None:
    desk.open(quantity=2, at="09:00")
    desk.counter.begin(Cart(id="sale-2", event="conf26"), "09:31")
    assert desk.states() == [State.ABANDONED]


@pytest.mark.parametrize(
    ("voucher", "quantity", "why"),
    [
        ({"redeemed": 2}, 1, "has been used, 2 of 2"),
        ({"item": 2}, 0, "nothing in the cart that this voucher is for"),
        ({"budget": 10_000, "budget_used": 10_000}, 1, "budget of this voucher is used up"),
        ({"seat": "A-1"}, 1, "for seat A-1"),
        ({"quota": 77}, 1, "nothing in the cart that this voucher is for"),
    ],
)
def test_a_voucher_says_why_it_cannot_be_used(desk: Desk, voucher: dict[str, Any], quantity: int, why: str) -> None:
    desk.tell(**voucher)
    with pytest.raises(Refused, match=why):
        desk.put_in(quantity=quantity)


def test_less_than_the_minimum_is_not_sold(desk: Desk) -> None:
    desk.tell(min_usages=2, max_usages=3)
    cart = desk.put_in(quantity=1)
    desk.counter.begin(cart)
    with pytest.raises(Refused, match="at least 2 in one sale"):
        desk.counter.finish(cash(5_000))


def test_a_station_that_was_told_of_no_vouchers_says_so(counter: Any) -> None:
    counter.open(0)
    with pytest.raises(Refused, match="told of no vouchers"):
        counter.write(
            lambda c: redeem.put_in(
                c, Cart(id="s", event="conf26"), "X", counter.app.shelf.of(c, "conf26"), counter.at("09:00")
            )
        )


def test_a_budget_ends_in_the_middle_of_a_cart(desk: Desk) -> None:
    desk.tell(budget=7_000)
    sale = desk.sell(quantity=2)
    assert sale.receipt.total == 13_000
    assert sum(one.amount for one in sale.receipt.lines) == sale.receipt.total


def test_its_own_ticket_comes_with_a_voucher(desk: Desk) -> None:
    desk.counter.day.hear(Item(id=7, event="conf26", name={"en": "Backstage"}, price=9_000, require_voucher=True))
    desk.tell(item=7)
    cart = desk.put_in(quantity=0)
    assert [(one.item, one.voucher) for one in cart.lines] == [(7, "HALF")]


def test_tickets_that_are_kept_back_are_there_for_the_voucher_alone(desk: Desk) -> None:
    desk.counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=2, items=(1,)))
    desk.tell(item=1, block_quota=True)
    desk.counter.begin(desk.counter.cart(CartLine(id="l1", item=1), name="plain"))
    with pytest.raises(Refused, match="Sold out"):
        desk.counter.finish(cash(10_000), name="plain")
    assert desk.sell(quantity=2).receipt.total == 10_000


def test_what_is_cancelled_gives_its_voucher_back(desk: Desk) -> None:
    sale = desk.sell(quantity=2)
    desk.counter.give_back(sale.order.code, cash(-5_000), wished={1: None})
    assert sorted(desk.states()) == [State.REDEEMED, State.REVERSED]
    assert desk.put_in(name="sale-2").lines[0].voucher == "HALF"


def test_an_order_that_is_valid_again_has_its_voucher_again(desk: Desk) -> None:
    code = desk.sell().order.code

    def order(c: Any) -> Any:
        return orders.by_code(c, "conf26", code)

    desk.counter.write(lambda c: amend.cancel(c, order(c), (), "Mistake", desk.counter.at("10:00")))
    assert desk.states() == [State.REVERSED]
    desk.counter.write(lambda c: amend.reactivate(c, desk.counter.stock, order(c), desk.counter.at("10:05")))
    assert desk.states() == [State.REDEEMED]


def test_uses_that_the_server_names_count_once(desk: Desk) -> None:
    desk.sell()
    desk.tell(redeemed=1, uses=(Use(operation="sale-1", device="North door"),))
    held = desk.app.read(lambda c: redeem.voucher(c, "conf26", "HALF"))
    assert (held.redeemed, held.max_usages) == (1, 2)


def test_two_tills_that_both_had_the_last_use_are_told(desk: Desk) -> None:
    desk.tell(max_usages=1)
    desk.sell()
    uses = (Use(operation="elsewhere", device="South", order="B0001"), Use(operation="sale-1", device="North door"))
    desk.tell(max_usages=1, redeemed=2, uses=uses)
    [found] = desk.app.read(conflicts.open_ones)
    assert found.kind is Kind.VOUCHER_OVERUSED
    assert [(one.what, one.device) for one in found.sides] == [
        ("overused", ""),
        ("sold", "South"),
        ("sold", "North door"),
    ]
    assert found.sides[0].words == "HALF: 2 / 1"
    desk.tell(max_usages=2, redeemed=2, uses=uses)
    assert desk.told() == []


def test_a_sale_that_the_server_took_without_its_voucher_is_told(desk: Desk) -> None:
    desk.sell()
    at = desk.counter.at("11:00")
    desk.counter.write(lambda c: disagree.look_at_remark(c, "sale-1", "It was used by somebody else.", at))
    assert desk.told() == [Kind.WITHOUT_VOUCHER]
    assert desk.states() == [State.REFUSED]


# Members


@pytest.fixture
def members(desk: Desk) -> Desk:
    desk.counter.day.hear(
        Item(id=5, event="conf26", name={"en": "Members"}, price=4_000, require_membership=True, membership_types=(1,)),
        Membership(event="conf26", number="M-100", type=1, ends=desk.counter.at("23:00")),
        Membership(event="conf26", number="M-200", type=1, ends=desk.counter.at("06:00")),
        Membership(event="conf26", number="M-300", type=2, type_name="Friends"),
        Membership(event="conf26", number="M-400", type=1, canceled=True),
        Membership(event="conf26", number="M-500", type=1, max_usages=2, usages=2),
    )
    return desk


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("", "for members"),
        ("M-999", "No membership has this number"),
        ("m-200", "expired on 21 Nov 06:00"),
        ("M-300", "of another kind: Friends"),
        ("M-400", "was cancelled"),
        ("M-500", "used, 2 of 2"),
    ],
)
def test_who_is_no_member_is_told_why_and_somebody_may_allow_it(members: Desk, number: str, why: str) -> None:
    cart = Cart(id="sale-1", event="conf26", lines=(CartLine(id="l1", item=5, member=number),))
    members.counter.begin(cart)
    with pytest.raises(Refused, match=why):
        members.counter.finish(cash(4_000))
    members.counter.begin(msgspec.structs.replace(cart, allowed=("member",)))
    assert members.counter.finish(cash(4_000)).receipt.total == 4_000


def test_a_member_pays_the_members_price(members: Desk) -> None:
    cart = Cart(id="sale-1", event="conf26", lines=(CartLine(id="l1", item=5, member=" m-100 "),))
    assert members.counter.sell(cart, cash(4_000)).receipt.total == 4_000
