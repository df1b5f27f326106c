"""A cart at the counter: what goes in, what it costs, and what stands against selling it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import cart as carts
from boxoffice.domain import pricing, selling
from boxoffice.domain.cart import Cart, CartLine, Override
from boxoffice.domain.catalog import (
    AddOnRule,
    Bundle,
    Catalog,
    Category,
    Discount,
    Event,
    Item,
    SubEvent,
    TaxRule,
    Variation,
)
from boxoffice.domain.facts import Guest
from boxoffice.domain.vouchers import Mode, Voucher, same_code, why_not

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
EVENT = "conf26"
TICKET, STUDENT, SHIRT, DINNER, DRINK = 1, 2, 3, 4, 5
ADDONS, MERCH = 1, 2


def named(name: str) -> dict[str, str]:
    return {"en": name}


def a_catalog(*discounts: Discount, **of_ticket: Any) -> Catalog:
    ticket = Item(id=TICKET, event=EVENT, name=named("Ticket"), price=10_000, tax_rule=1)
    items = [
        msgspec.structs.replace(ticket, **of_ticket),
        Item(id=STUDENT, event=EVENT, name=named("Student"), price=5_000, tax_rule=1),
        Item(
            id=SHIRT,
            event=EVENT,
            name=named("T-shirt"),
            price=2_500,
            category=MERCH,
            tax_rule=1,
            variations=(Variation(id=1, value=named("M")), Variation(id=2, value=named("XXL"), price=2_800)),
        ),
        Item(id=DINNER, event=EVENT, name=named("Dinner"), price=4_200, category=ADDONS, tax_rule=2),
        Item(id=DRINK, event=EVENT, name=named("Drink"), price=500, category=ADDONS, tax_rule=1),
    ]
    return Catalog(
        event=Event(slug=EVENT),
        categories={
            ADDONS: Category(id=ADDONS, event=EVENT, name=named("Catering"), is_addon=True),
            MERCH: Category(id=MERCH, event=EVENT, name=named("Shop")),
        },
        tax_rules={
            1: TaxRule(id=1, event=EVENT, name=named("VAT"), rate=1900),
            2: TaxRule(id=2, event=EVENT, name=named("VAT"), rate=700),
        },
        items={one.id: one for one in items},
        discounts={one.id: one for one in discounts},
    )


def a_cart(*lines: CartLine) -> Cart:
    cart = Cart(id="c", event=EVENT)
    for line in lines:
        cart = carts.added(cart, line)
    return cart


def line(item: int, quantity: int = 1, name: str = "", **more: Any) -> CartLine:
    return CartLine(id=name or f"l{item}", item=item, quantity=quantity, **more)


def prices(cart: Cart, catalog: Catalog, *vouchers: Voucher) -> list[int]:
    known = {one.code.casefold(): one for one in vouchers}
    return [unit.price for unit in pricing.bill(cart, catalog, NOW, known).units]


def against(cart: Cart, catalog: Catalog, *vouchers: Voucher, used: int = 0) -> list[str]:
    known = {one.code.casefold(): one for one in vouchers}
    return [one.kind for one in selling.objections(cart, catalog, NOW, known, dict.fromkeys(known, used))]


# What goes in


def test_more_of_the_same_is_counted_up() -> None:
    cart = a_cart(line(SHIRT, name="a", variation=1), line(SHIRT, name="b", variation=1), line(SHIRT, variation=2))
    assert [(one.variation, one.quantity) for one in cart.lines] == [(1, 2), (2, 1)]


def test_a_ticket_with_a_name_stands_by_itself() -> None:
    cart = a_cart(line(TICKET, name="a", guest=Guest(name="Ada")), line(TICKET, name="b"))
    assert len(cart.lines) == 2


def test_an_add_on_stands_behind_its_ticket_and_goes_with_it() -> None:
    cart = a_cart(line(TICKET, name="t", guest=Guest(name="Ada")), line(SHIRT, variation=1))
    cart = carts.added(cart, line(DINNER, name="d", part_of="t"))
    assert [one.item for one in cart.lines] == [TICKET, DINNER, SHIRT]
    assert [one.item for one in carts.without(cart, "t").lines] == [SHIRT]


def test_a_line_of_nothing_is_gone() -> None:
    cart = a_cart(line(SHIRT, 2, variation=1))
    assert carts.changed(cart, f"l{SHIRT}", quantity=0).empty


# What it costs


def test_a_variation_has_its_own_price_or_the_items() -> None:
    assert prices(a_cart(line(SHIRT, name="m", variation=1), line(SHIRT, name="x", variation=2)), a_catalog()) == [
        2_500,
        2_800,
    ]


def test_a_date_has_its_own_price() -> None:
    catalog = a_catalog()
    date = SubEvent(id=7, event=EVENT, item_prices={str(TICKET): 9_000}, variation_prices={"2": 1_000})
    catalog = msgspec.structs.replace(catalog, subevents={7: date})
    cart = a_cart(line(TICKET, subevent=7), line(SHIRT, variation=2, subevent=7), line(STUDENT, subevent=7))
    assert prices(cart, catalog) == [9_000, 1_000, 5_000]


def test_a_free_price_is_never_below_the_list() -> None:
    catalog = a_catalog(free_price=True)
    assert prices(a_cart(line(TICKET, asked=12_000)), catalog) == [12_000]
    assert prices(a_cart(line(TICKET, asked=1)), catalog) == [10_000]
    assert prices(a_cart(line(TICKET, asked=12_000)), a_catalog()) == [10_000]


def test_a_person_with_permission_stands_above_every_price() -> None:
    cart = a_cart(line(TICKET, override=Override(price=100, reason="Sponsor"), voucher="half"))
    half = Voucher(id=1, event=EVENT, code="HALF", mode=Mode.PERCENT, value=5_000)
    assert prices(cart, a_catalog(), half) == [100]


def test_an_add_on_that_is_in_the_price_costs_nothing() -> None:
    catalog = a_catalog(addons=(AddOnRule(category=ADDONS, max_count=2, price_included=True),))
    cart = carts.added(a_cart(line(TICKET, name="t")), line(DINNER, part_of="t"))
    assert prices(cart, catalog) == [10_000, 0]


def test_a_bundle_is_a_share_of_its_tickets_price() -> None:
    catalog = a_catalog(bundles=(Bundle(item=DINNER, count=1, price=3_000),))
    cart = carts.added(
        Cart(id="c", event=EVENT), line(TICKET, name="t"), line(DINNER, name="d", part_of="t", bundled=True)
    )
    reckoned = pricing.bill(cart, catalog, NOW, {})
    assert [unit.price for unit in reckoned.units] == [7_000, 3_000]
    assert [(group.rate, group.gross) for group in reckoned.taxes] == [(1900, 7_000), (700, 3_000)]
    more = carts.changed(cart, "t", quantity=3)
    assert [one.quantity for one in more.lines] == [3, 3]
    assert pricing.bill(more, catalog, NOW, {}).total == 30_000


@pytest.mark.parametrize(
    ("mode", "value", "price"),
    [
        (Mode.NONE, 0, 10_000),
        (Mode.SET, 2_000, 2_000),
        (Mode.SET, 20_000, 10_000),
        (Mode.SUBTRACT, 1_500, 8_500),
        (Mode.SUBTRACT, 15_000, 0),
        (Mode.PERCENT, 3_333, 6_667),
        (Mode.PERCENT, 10_000, 0),
    ],
)
def test_a_voucher_makes_it_cheaper_in_its_way(mode: Mode, value: int, price: int) -> None:
    voucher = Voucher(id=1, event=EVENT, code="FRIEND", mode=mode, value=value)
    assert prices(a_cart(line(TICKET, voucher="friend")), a_catalog(), voucher) == [price]


def test_a_voucher_for_something_else_changes_nothing() -> None:
    voucher = Voucher(id=1, event=EVENT, code="FRIEND", mode=Mode.SET, value=0, item=STUDENT)
    cart = a_cart(line(TICKET, voucher="FRIEND"))
    assert prices(cart, a_catalog(), voucher) == [10_000]
    assert against(cart, a_catalog(), voucher) == ["voucher"]


# Automatic discounts


def discount(**more: Any) -> Discount:
    return Discount(id=1, event=EVENT, name="Group", percent=2_000, **more)


def test_from_three_on_all_of_them_cost_less() -> None:
    catalog = a_catalog(discount(min_count=3, all_items=False, items=(TICKET,)))
    assert prices(a_cart(line(TICKET, 2)), catalog) == [10_000] * 2
    assert prices(a_cart(line(TICKET, 3), line(STUDENT)), catalog) == [8_000] * 3 + [5_000]


def test_buy_two_and_the_cheaper_is_free_leaves_out_the_odd_one() -> None:
    free = discount(min_count=2, cheapest_only=1)
    catalog = a_catalog(msgspec.structs.replace(free, percent=10_000))
    assert sorted(prices(a_cart(line(TICKET, 2), line(STUDENT, 1)), catalog)) == [0, 10_000, 10_000]
    assert sorted(prices(a_cart(line(TICKET, 2), line(STUDENT, 2)), catalog)) == [0, 0, 10_000, 10_000]


def test_from_a_sum_on() -> None:
    catalog = a_catalog(discount(min_value=12_000))
    assert prices(a_cart(line(TICKET)), catalog) == [10_000]
    assert prices(a_cart(line(TICKET), line(STUDENT)), catalog) == [8_000, 4_000]


def test_with_a_ticket_something_else_costs_less() -> None:
    catalog = a_catalog(discount(min_count=1, all_items=False, items=(TICKET,), same_items=False, other_items=(SHIRT,)))
    assert prices(a_cart(line(SHIRT, variation=1)), catalog) == [2_500]
    assert prices(a_cart(line(TICKET), line(SHIRT, variation=1)), catalog) == [10_000, 2_000]


def test_nothing_is_discounted_twice() -> None:
    second = Discount(id=2, event=EVENT, name="Again", percent=5_000, position=1)
    catalog = a_catalog(discount(min_count=2), second)
    assert prices(a_cart(line(TICKET, 2)), catalog) == [8_000, 8_000]


def test_one_of_each_date() -> None:
    dates = {number: SubEvent(id=number, event=EVENT) for number in (7, 8)}
    catalog = msgspec.structs.replace(a_catalog(discount(min_count=2, per_date="distinct")), subevents=dates)
    same = a_cart(line(TICKET, 2, subevent=7))
    both = a_cart(line(TICKET, 2, name="a", subevent=7), line(TICKET, name="b", subevent=8))
    assert prices(same, catalog) == [10_000, 10_000]
    assert sorted(prices(both, catalog)) == [8_000, 8_000, 10_000]


def test_a_discount_has_its_time() -> None:
    catalog = a_catalog(discount(available_until=NOW - timedelta(hours=1)))
    assert prices(a_cart(line(TICKET)), catalog) == [10_000]


def test_the_bill_names_what_made_it_cheaper() -> None:
    catalog = a_catalog(discount(min_count=3, cheapest_only=1, all_items=False, items=(TICKET,)))
    cart = a_cart(line(TICKET, 3), line(SHIRT, variation=2))
    lines = pricing.bill_lines(cart, pricing.bill(cart, catalog, NOW, {}), catalog, "en")
    assert [(one.text, one.quantity, one.amount) for one in lines] == [
        ("Ticket", 3, 30_000),
        ("Group", 1, -2_000),
        ("T-shirt", 1, 2_800),
    ]
    assert lines[2].notes == ("XXL",)


@given(
    st.lists(st.tuples(st.sampled_from((TICKET, STUDENT, DINNER, DRINK)), st.integers(1, 4)), max_size=6),
    st.integers(0, 10_000),
    st.integers(0, 4),
    st.sampled_from((None, 1, 2)),
    st.booleans(),
)
def test_lines_units_groups_and_total_are_one_sum(
    wishes: list[tuple[int, int]], percent: int, least: int, cheapest: int | None, on_top: bool
) -> None:
    reduced = Discount(
        id=1, event=EVENT, name="Less", percent=percent, min_count=least, cheapest_only=cheapest if least else None
    )
    catalog = a_catalog(reduced)
    rules = {
        number: msgspec.structs.replace(rule, price_includes_tax=not on_top)
        for number, rule in catalog.tax_rules.items()
    }
    catalog = msgspec.structs.replace(catalog, tax_rules=rules)
    cart = a_cart(*(line(item, quantity, name=f"w{n}") for n, (item, quantity) in enumerate(wishes)))
    reckoned = pricing.bill(cart, catalog, NOW, {})
    lines = pricing.bill_lines(cart, reckoned, catalog, "en")
    added = sum(group.tax for group in reckoned.taxes) if on_top else 0
    assert reckoned.total == sum(unit.gross for unit in reckoned.units) == sum(one.gross for one in reckoned.taxes)
    assert sum(one.amount for one in lines) + added == reckoned.total
    assert all(0 <= unit.price <= unit.listed for unit in reckoned.units)


# What stands against it


def test_a_cart_that_is_in_order_meets_no_objection() -> None:
    assert against(a_cart(line(TICKET), line(SHIRT, variation=1)), a_catalog()) == []


def test_outside_its_time_it_takes_permission() -> None:
    catalog = a_catalog(available_until=NOW - timedelta(days=1))
    cart = a_cart(line(TICKET))
    (no,) = selling.objections(cart, catalog, NOW, {}, {})
    assert str(no.words) == "The sale of Ticket ended at 20 Nov 09:00"
    assert against(msgspec.structs.replace(cart, allowed=("period",)), catalog) == []


def test_what_is_gone_from_the_catalogue_cannot_be_waved_through() -> None:
    cart = msgspec.structs.replace(a_cart(line(99)), allowed=("inactive",))
    assert against(cart, a_catalog()) == ["inactive"]


def test_a_kind_has_to_be_chosen() -> None:
    assert against(a_cart(line(SHIRT)), a_catalog()) == ["variation"]


def test_add_ons_are_neither_missing_nor_too_many_nor_strangers() -> None:
    catalog = a_catalog(addons=(AddOnRule(category=ADDONS, min_count=1, max_count=1),))
    cart = a_cart(line(TICKET, name="t"))
    assert against(cart, catalog) == ["add-ons missing"]
    fed = carts.added(cart, line(DINNER, part_of="t"))
    assert against(fed, catalog) == []
    assert against(carts.added(fed, line(DRINK, part_of="t")), catalog) == ["too many add-ons"]
    assert against(carts.added(fed, line(SHIRT, variation=1, part_of="t")), catalog) == ["add-on"]


def test_so_many_in_one_sale() -> None:
    catalog = a_catalog(max_per_order=2, min_per_order=2)
    assert against(a_cart(line(TICKET, 1)), catalog) == ["too few"]
    assert against(a_cart(line(TICKET, 2)), catalog) == []
    assert against(a_cart(line(TICKET, 3)), catalog) == ["too many"]


def test_a_voucher_says_why_it_cannot_be_used() -> None:
    spent = Voucher(id=1, event=EVENT, code="V", max_usages=2, redeemed=1)
    late = Voucher(id=1, event=EVENT, code="V", valid_until=NOW - timedelta(days=1))
    assert why_not(spent, NOW) is None
    assert str(why_not(spent, NOW, used_here=1)) == "This voucher has been used, 2 of 2 times"
    assert str(why_not(spent, NOW, wanted=2)) == "This voucher can be used 1 more times"
    assert str(why_not(late, NOW)) == "This voucher was valid until 20 Nov 09:00"
    assert why_not(None, NOW) is not None
    assert against(a_cart(line(TICKET, voucher="v")), a_catalog(), spent, used=1) == ["voucher"]


def test_what_needs_a_voucher_is_not_sold_without() -> None:
    catalog = a_catalog(require_voucher=True)
    voucher = Voucher(id=1, event=EVENT, code="V")
    assert against(a_cart(line(TICKET)), catalog) == ["voucher needed"]
    assert against(a_cart(line(TICKET, voucher=" v ")), catalog, voucher) == []


def test_codes_are_typed_as_people_type() -> None:
    assert same_code("Friend 2026", " FRIEND2026")
