"""What may be sold where nobody can be asked: from a lease, at a risk, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.catalog import Quota
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.stock import (
    Anchor,
    Granting,
    Lease,
    Piece,
    Sale,
    covers,
    grant,
    sell_offline,
    taken_by,
    trusted_now,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEATS = Quota(id=1, event="conf26", size=100, items=(1, 2), variations=(7,))
HALL = Quota(id=2, event="conf26", size=500, items=(1, 2, 3), variations=(7,))
PROGRAMMES = Quota(id=3, event="conf26", items=(9,))


def lease(quota=1, granted=5, sold=0, until=NOON + HOUR):
    return Lease(event="conf26", quota=quota, granted=granted, sold=sold, until=until)


def rule(*pieces, quotas=(SEATS,), leases=(), taken=(), now=NOON):
    return sell_offline(pieces, quotas, {one.quota: one for one in leases}, dict(taken), now)


def test_what_is_set_aside_for_this_station_may_be_sold():
    ruling = rule(Piece(item=1, number=2), leases=[lease()])
    assert (ruling.sale, ruling.draws, ruling.short) == (Sale.COVERED, {1: 2}, {})


def test_what_has_no_limit_may_be_sold_without_a_lease_or_a_clock():
    assert rule(Piece(item=9), quotas=[PROGRAMMES], now=None).sale is Sale.COVERED


def test_without_a_lease_it_is_a_risk():
    ruling = rule(Piece(item=1), taken={1: 99})
    assert (ruling.sale, ruling.short) == (Sale.RISK, {1: 1})


def test_what_is_gone_as_far_as_anybody_here_knows_is_refused():
    assert rule(Piece(item=1), taken={1: 100}).sale is Sale.REFUSED
    assert rule(Piece(item=1, number=2), taken={1: 99}).sale is Sale.REFUSED


def test_more_than_is_left_in_the_lease_is_a_risk_for_the_rest():
    ruling = rule(Piece(item=1, number=7), leases=[lease(granted=6, sold=1)])
    assert (ruling.sale, ruling.draws, ruling.short) == (Sale.RISK, {1: 5}, {1: 2})


@pytest.mark.parametrize("now", [NOON + HOUR, NOON + 2 * HOUR, None])
def test_an_expired_lease_and_one_without_a_clock_cover_nothing(now):
    assert rule(Piece(item=1), leases=[lease()], now=now).sale is Sale.RISK


def test_what_stands_in_two_quotas_needs_room_in_both():
    ruling = rule(Piece(item=1), quotas=[SEATS, HALL], leases=[lease()])
    assert (ruling.sale, ruling.draws, ruling.short) == (Sale.RISK, {1: 1}, {2: 1})
    assert rule(Piece(item=1), quotas=[SEATS, HALL], leases=[lease(), lease(2)]).sale is Sale.COVERED


def test_several_things_in_one_cart_add_up():
    assert rule(Piece(item=1, number=3), Piece(item=2, variation=7, number=3), leases=[lease()]).short == {1: 1}


@pytest.mark.parametrize(
    ("item", "variation", "subevent", "covered"),
    [(1, None, None, True), (2, 7, None, True), (2, 8, None, False), (3, None, None, False), (1, None, 11, False)],
)
def test_a_quota_covers_its_items_variations_and_date(item, variation, subevent, covered):
    assert covers(SEATS, item, variation, subevent) is covered


def test_orders_that_hold_tickets_take_them():
    positions = (Position(number=1, item=1), Position(number=2, item=1, canceled=True), Position(number=3, item=3))
    order = Order(event="conf26", code="A", status=Status.PAID, positions=positions)
    assert taken_by(order, [SEATS, HALL]) == {1: 1, 2: 2}
    assert taken_by(Order(event="conf26", code="A", status=Status.CANCELED, positions=positions), [SEATS]) == {}


def granting(size=10, allowance=None, taken=0, set_aside=0, at_doors=0):
    return Granting(size, allowance, taken, set_aside, at_doors)


def test_a_station_gets_what_is_neither_sold_nor_set_aside_for_others():
    assert grant(granting(taken=3, set_aside=4), held=0, sold=0, wanted=5) == 3
    assert grant(granting(taken=8, set_aside=4), held=0, sold=0, wanted=5) == 0


def test_what_a_station_holds_is_not_taken_from_it():
    assert grant(granting(taken=10), held=4, sold=1, wanted=5) == 4
    assert grant(granting(taken=10), held=4, sold=1, wanted=2) == 3


def test_doors_sell_no_more_than_is_meant_for_them():
    assert grant(granting(allowance=6, at_doors=4), held=0, sold=0, wanted=5) == 2
    assert grant(granting(allowance=6, at_doors=3), held=2, sold=2, wanted=5) == 3


def test_a_quota_without_a_size_gives_what_is_wanted():
    assert grant(granting(size=None), held=0, sold=0, wanted=7) == 7


ANCHOR = Anchor(NOON, NOON - timedelta(days=3), 100.0, "p1")


def test_the_servers_time_goes_on_by_our_clocks_however_wrong_they_are():
    assert trusted_now(ANCHOR, ANCHOR.wall + HOUR, 3700.0, "p1") == NOON + HOUR


def test_a_clock_that_is_set_back_gains_no_time():
    assert trusted_now(ANCHOR, ANCHOR.wall - HOUR, 3700.0, "p1") == NOON + HOUR


def test_a_laptop_that_slept_has_not_stood_still():
    assert trusted_now(ANCHOR, ANCHOR.wall + 8 * HOUR, 160.0, "p1") == NOON + 8 * HOUR


def test_after_a_restart_the_wall_clock_is_believed_unless_it_went_back():
    assert trusted_now(ANCHOR, ANCHOR.wall + HOUR, 5.0, "p2") == NOON + HOUR
    assert trusted_now(ANCHOR, ANCHOR.wall - timedelta(seconds=1), 5.0, "p2") is None


def test_who_was_never_told_the_time_does_not_know_it():
    assert trusted_now(None, NOON, 5.0, "p1") is None


@given(
    size=st.integers(0, 30),
    wishes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 3)), max_size=30),
)
def test_however_stations_wish_and_sell_no_ticket_is_sold_twice(size, wishes):
    """Stations that sell all they can without asking, and are heard of in any order."""
    granted, sold, arrived = [0] * 4, [0] * 4, [0] * 4
    for station, in_hand, sells in wishes:
        others = [one for one in range(4) if one != station]
        quota = Granting(size, None, sum(arrived), sum(granted[one] - arrived[one] for one in others), 0)
        granted[station] = grant(quota, granted[station], arrived[station], in_hand + sold[station] - arrived[station])
        sold[station] += min(sells, granted[station] - sold[station])
        assert sum(sold) <= size
        if in_hand % 2:
            arrived[station] = sold[station]
