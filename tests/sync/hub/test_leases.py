"""Tickets set aside for tills: taken, renewed, given back, kept beyond their time, and never given twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from boxoffice.domain.catalog import Quota
from boxoffice.domain.orders import Status
from boxoffice.domain.vouchers import Voucher
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Role
from sync.hub import leases
from sync.wire.hub import Wish


@pytest.fixture
def quota(hub):
    """Ten tickets, three of which are sold."""
    hub.load(Quota(id=1, event="conf26", size=10, items=(1,)))


def wish(turn=1, wanted=5, sold=0, quota=1):
    return Wish(quota=quota, sold=sold, wanted=wanted, turn=turn)


def numbers(lease):
    return lease.granted, lease.sold


def test_a_till_gets_what_it_wants_as_long_as_there_is_some(hub, north, quota):
    south = hub.station("South")
    assert numbers(north.line.lease("conf26", wish())) == (5, 0)
    assert numbers(south.line.lease("conf26", wish())) == (2, 0)
    assert numbers(hub.station("West").line.lease("conf26", wish())) == (0, 0)


def test_a_lease_ends_some_hours_from_now_by_the_hubs_clock(north, quota):
    until = north.line.lease("conf26", wish()).until
    assert timedelta(minutes=-1) < until - datetime.now(UTC) - leases.LASTS < timedelta(minutes=1)


def test_a_wish_that_comes_again_is_answered_alike_and_an_older_one_changes_nothing(north, quota):
    first = north.line.lease("conf26", wish(turn=1))
    assert north.line.lease("conf26", wish(turn=1)) == first
    given_back = north.line.lease("conf26", wish(turn=2, wanted=0))
    assert numbers(given_back) == (0, 0)
    assert north.line.lease("conf26", wish(turn=1)) == given_back


def test_what_is_given_back_is_there_for_others(hub, north, quota):
    north.line.lease("conf26", wish(wanted=7))
    south = hub.station("South")
    assert south.line.lease("conf26", wish(turn=1)).granted == 0
    north.line.lease("conf26", wish(turn=2, wanted=1))
    assert south.line.lease("conf26", wish(turn=2)).granted == 5


def test_what_was_sold_from_a_lease_counts_once_when_its_orders_are_here(hub, north, quota, order):
    north.line.lease("conf26", wish(wanted=4))
    hub.load(*(order(f"D{number}") for number in range(4)))  # seven of ten are sold now
    assert numbers(north.line.lease("conf26", wish(turn=2, sold=4, wanted=5))) == (7, 4)
    assert hub.station("South").line.lease("conf26", wish()).granted == 0


def test_orders_that_were_cancelled_make_room(hub, north, quota, order):
    hub.load(order("A1", status=Status.CANCELED))
    assert north.line.lease("conf26", wish(wanted=10)).granted == 8


def test_an_expired_lease_stays_set_aside_until_somebody_knows(hub, north, quota, monkeypatch):
    monkeypatch.setattr(leases, "LASTS", timedelta(seconds=-1))
    north.line.lease("conf26", wish(wanted=7))
    south = hub.station("South")
    assert south.line.lease("conf26", wish(turn=1)).granted == 0
    device = north.enrolment.device_id
    with hub.database.writing() as connection:
        assert leases.write_off(connection, device, datetime.now(UTC)) == 7
    assert south.line.lease("conf26", wish(turn=2)).granted == 5


def test_a_lease_that_runs_is_written_off_on_purpose_only(hub, north, quota):
    north.line.lease("conf26", wish(wanted=7))
    device = north.enrolment.device_id
    with hub.database.writing() as connection:
        assert leases.write_off(connection, device, datetime.now(UTC)) == 0
        assert leases.write_off(connection, device, datetime.now(UTC), running=True) == 7
        assert [numbers(held.lease) for held in leases.outstanding(connection)] == [(0, 0)]


def test_doors_sell_no_more_than_is_meant_for_them(hub, north):
    hub.load(Quota(id=1, event="conf26", size=10, door_allowance=4, items=(1,)))
    assert north.line.lease("conf26", wish(wanted=3)).granted == 3
    assert hub.station("South").line.lease("conf26", wish(wanted=3)).granted == 1


def test_what_is_kept_back_for_vouchers_is_set_aside_for_no_till(hub, north, quota):
    hub.load(
        Voucher(id=1, event="conf26", code="SPEAKERS", max_usages=5, redeemed=1, quota=1, block_quota=True),
        Voucher(id=2, event="conf26", code="PRESS", max_usages=5, quota=1),
    )
    assert north.line.lease("conf26", wish(wanted=10)).granted == 3


def test_an_order_that_comes_between_counting_and_giving_is_counted(hub, north, quota, order, monkeypatch):
    really = leases.count

    def slowly(*arguments):
        counted = really(*arguments)
        monkeypatch.setattr(leases, "count", really)
        hub.load(*(order(f"D{number}") for number in range(6)))
        return counted

    monkeypatch.setattr(leases, "count", slowly)
    assert north.line.lease("conf26", wish()).granted == 1


def test_many_tills_at_once_get_no_more_than_there_is(hub, quota):
    stations = [hub.station(f"Till {number}") for number in range(6)]
    granted = []
    threads = [
        threading.Thread(target=lambda one=one: granted.append(one.line.lease("conf26", wish(wanted=2)).granted))
        for one in stations
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 7


def test_who_sells_nothing_gets_nothing(hub, quota):
    with pytest.raises(ServerTrouble) as trouble:
        hub.station("Door", Role.STEWARD).line.lease("conf26", wish())
    assert trouble.value.status == 403


def test_a_quota_that_is_none_is_told_so(north):
    with pytest.raises(ServerTrouble) as trouble:
        north.line.lease("conf26", wish(quota=77))
    assert trouble.value.status == 404
