"""Automatic discounts, as the web shop computes them: which units count, which cost less, and in which groups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import discounts
from boxoffice.domain.catalog import Catalog, Discount, Event, SubEvent
from boxoffice.domain.discounts import Thing

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TICKET, SHIRT = 1, 2


def catalog(*some: Discount) -> Catalog:
    dates = {one: SubEvent(id=one, event="e", date_from=NOW + timedelta(days=one)) for one in (1, 2, 3)}
    return Catalog(event=Event(slug="e"), discounts={one.id: one for one in some}, subevents=dates)


def rule(number: int = 1, **more: Any) -> Discount:
    return Discount(id=number, event="e", **{"name": f"D{number}", "percent": 5_000, "min_count": 1, **more})


def thing(price: int = 1_000, item: int = TICKET, **more: Any) -> Thing:
    return Thing(item=item, price=price, **{"subevent": None, **more})


def prices(things: list[Thing], *some: Discount) -> list[int]:
    less = discounts.given(things, catalog(*some), NOW)
    return [less[place].price if place in less else one.price for place, one in enumerate(things)]


def test_of_three_the_cheapest_is_free_and_of_those_that_cost_the_same_the_last() -> None:
    free = rule(min_count=3, cheapest_only=1, percent=10_000)
    assert prices([thing(900), thing(1_000), thing(800)], free) == [900, 1_000, 0]
    assert prices([thing()] * 3, free) == [1_000, 1_000, 0]
    assert prices([thing()] * 5, free) == [1_000, 1_000, 1_000, 1_000, 0]


def test_it_is_earned_no_more_often_than_there_is_something_to_make_cheaper() -> None:
    shirts = rule(cheapest_only=2, same_items=False, other_items=(SHIRT,), all_items=False, items=(TICKET,))
    then = rule(2, all_items=False, items=(TICKET,), percent=1_000)
    # One ticket is used up by the two shirts; the other two take part in what comes next.
    cart = [thing(), thing(), thing(), thing(400, SHIRT), thing(400, SHIRT)]
    assert prices(cart, shirts, then) == [900, 900, 1_000, 200, 200]


def test_what_counts_may_be_what_costs_less_as_well() -> None:
    both = rule(min_count=2, same_items=False, other_items=(TICKET, SHIRT))
    assert prices([thing(), thing(400, SHIRT)], both) == [500, 200]


def test_a_minimum_value_leaves_what_only_counted_to_the_next_discount() -> None:
    value = rule(min_count=0, min_value=1_000, all_items=False, items=(TICKET,), same_items=False, other_items=(SHIRT,))
    then = rule(2, all_items=False, items=(TICKET,), percent=1_000)
    assert prices([thing(), thing(400, SHIRT)], value, then) == [900, 200]
    assert prices([thing(900), thing(400, SHIRT)], value) == [900, 400]


def test_what_comes_with_something_takes_part_in_none() -> None:
    assert prices([thing(), thing(bundled=True)], rule(min_count=2)) == [1_000, 1_000]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, [500, 500]),
        ({"addons_too": False}, [1_000, 1_000]),
        ({"same_items": False, "other_items": (SHIRT,), "gains_of_addons": False}, [1_000, 1_000]),
        ({"same_items": False, "other_items": (SHIRT,)}, [1_000, 500]),
    ],
)
def test_add_ons_count_and_gain_where_the_organiser_says_so(more: dict[str, Any], wanted: list[int]) -> None:
    assert prices([thing(), thing(item=SHIRT, addon_of="l1")], rule(min_count=2, **more)) == wanted


def test_what_a_voucher_made_cheaper_may_be_left_out() -> None:
    cart = [thing(), thing(by_voucher=True)]
    assert prices(cart, rule(min_count=2)) == [500, 500]
    assert prices(cart, rule(min_count=2, ignore_vouchers=True)) == [1_000, 1_000]
    gaining = {"same_items": False, "other_items": (TICKET,)}
    assert prices(cart, rule(min_count=1, gains_beside_vouchers=False, **gaining)) == [500, 1_000]


def test_only_dates_in_time_count() -> None:
    cart = [thing(subevent=1), thing(subevent=3)]
    late = rule(min_count=1, dates_from=NOW + timedelta(days=2))
    assert prices(cart, late) == [1_000, 500]
    assert prices(cart, rule(min_count=1, dates_until=NOW + timedelta(days=2))) == [500, 1_000]


def test_of_different_dates_the_cheapest_do_not_all_meet_in_one_group() -> None:
    free = rule(min_count=2, cheapest_only=1, percent=10_000, per_date="distinct")
    cart = [thing(500, subevent=1), thing(1_000, subevent=1), thing(600, subevent=2), thing(900, subevent=2)]
    # Each group is the cheapest that is left and the dearest of another date.
    assert prices(cart, free) == [0, 1_000, 0, 900]


def test_what_is_left_over_joins_a_group_of_other_dates() -> None:
    rest = rule(min_count=2, per_date="distinct")
    assert prices([thing(subevent=1), thing(subevent=2), thing(subevent=3)], rest) == [500, 500, 500]
    assert prices([thing(subevent=1), thing(subevent=1)], rest) == [1_000, 1_000]


things = st.lists(
    st.builds(
        Thing,
        item=st.integers(1, 2),
        subevent=st.sampled_from([None, 1, 2, 3]),
        price=st.integers(0, 10_000),
        addon_of=st.sampled_from(["", "", "l1"]),
        bundled=st.booleans(),
        by_voucher=st.booleans(),
    ),
    max_size=8,
)
rules = st.builds(
    rule,
    st.integers(1, 3),
    percent=st.integers(0, 10_000),
    min_count=st.integers(1, 3),
    cheapest_only=st.sampled_from([None, 1, 2]),
    same_items=st.booleans(),
    other_items=st.just((SHIRT,)),
    per_date=st.sampled_from(["", "mixed", "same", "distinct"]),
    addons_too=st.booleans(),
)


@given(things, st.lists(rules, max_size=3))
def test_nothing_costs_more_and_nothing_less_than_nothing(cart: list[Thing], some: list[Discount]) -> None:
    less = discounts.given(cart, catalog(*some), NOW)
    assert all(0 <= one.price < cart[place].price and not cart[place].bundled for place, one in less.items())
