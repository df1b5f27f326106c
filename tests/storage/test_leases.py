"""Tickets that are set aside for this station, and what was sold of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from boxoffice.domain.catalog import Quota
from boxoffice.domain.facts import Exchanged, Extended, Line, Sold, Swap
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.stock import Anchor, Lease
from boxoffice.errors import Refused
from boxoffice.storage import journal, leases, orders, outbox

ONE = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
LEASE = Lease(event="conf26", quota=1, granted=5, until=ONE, turn=3)


def test_a_lease_is_kept_as_it_was_granted(store):
    leases.keep(store, LEASE)
    assert leases.of_event(store, "conf26") == {1: LEASE}
    assert leases.one(store, "conf26", 2) is None
    assert leases.of_event(store, "other") == {}


def test_what_is_sold_is_drawn_from_it_and_no_more_than_there_is(store):
    leases.keep(store, LEASE)
    leases.draw(store, "conf26", "op1", {1: 3})
    with pytest.raises(Refused):
        leases.draw(store, "conf26", "op2", {1: 3})
    leases.draw(store, "conf26", "op2", {1: 2})
    assert leases.one(store, "conf26", 1).sold == 5


def test_without_a_lease_nothing_is_drawn(store):
    with pytest.raises(Refused):
        leases.draw(store, "conf26", "op1", {1: 1})


def test_a_sale_has_arrived_when_it_has_left_the_outbox(store, admitted):
    leases.keep(store, LEASE)
    for operation in ("op1", "op2"):
        journal.append(store, operation=operation, fact=admitted())
        leases.draw(store, "conf26", operation, {1: 2})
    assert leases.arrived(store, "conf26", 1) == 0
    outbox.done(store, "op1")
    outbox.park(store, "op2", "No.")
    assert leases.arrived(store, "conf26", 1) == 2


def test_a_new_grant_leaves_what_was_sold_alone(store):
    leases.keep(store, LEASE)
    leases.draw(store, "conf26", "op1", {1: 3})
    leases.keep(store, Lease(event="conf26", quota=1, granted=9, sold=77, until=ONE, turn=4))
    assert leases.one(store, "conf26", 1) == Lease(event="conf26", quota=1, granted=9, sold=3, until=ONE, turn=4)


def test_what_is_gone_of_a_quota_is_counted_by_item_variation_and_date(store):
    quota = Quota(id=1, event="conf26", size=9, items=(1, 2), variations=(7,))
    for code, status, positions in (
        ("A", Status.PAID, [{"item": 1}, {"item": 1, "canceled": True}, {"item": 3}]),
        ("B", Status.PENDING, [{"item": 2, "variation": 7}, {"item": 2, "variation": 8}, {"item": 1, "subevent": 4}]),
        ("C", Status.CANCELED, [{"item": 1}]),
    ):
        made = tuple(Position(number=number, secret=f"{code}{number}", **one) for number, one in enumerate(positions))
        orders.put(store, Order(event="conf26", code=code, status=status, positions=made))
    other = Quota(id=2, event="conf26", size=9, items=(1,), subevent=4)
    assert leases.taken(store, quota) == 2
    assert leases.all_taken(store, "conf26", (quota, other)) == {1: 2, 2: 1}
    assert leases.all_taken(store, "conf26", ()) == {}


def test_whatever_takes_a_place_counts_until_the_server_knows(store):
    """Where the server counts itself, its figure is without what was sold, added to a pass and exchanged here since."""
    quota = Quota(id=1, event="conf26", size=9, available=9, items=(1, 2))
    line, day = Line(number=2, item=1, price=100), {"event": "conf26", "at": 1, "order": "A"}
    inside = Swap(position=1, item=2, was_item=1)
    into, out_of = Swap(position=2, item=1, was_item=3), Swap(position=3, item=3, was_item=1)
    for operation, fact in (
        ("sold", Sold(lines=(line,), total=100, **day)),
        ("more", Extended(lines=(line, line, Line(number=5, item=3)), **day)),
        ("other", Exchanged(swaps=(inside, into, out_of), **day)),
        ("elsewhere", Sold(lines=(line,), total=100, **{**day, "event": "conf27"})),
    ):
        journal.append(store, operation, fact)
    assert leases.unsent(store, quota) == 4
    outbox.done(store, "more")
    outbox.give_up(store, "sold")
    assert leases.unsent(store, quota) == 1


def test_the_time_is_kept_as_it_was_last_told(store):
    assert leases.anchor(store) is None
    for anchor in (Anchor(ONE, ONE, 1.5, "p1"), Anchor(ONE, ONE, 2.5, "p2")):
        leases.set_anchor(store, anchor)
        assert leases.anchor(store) == anchor
