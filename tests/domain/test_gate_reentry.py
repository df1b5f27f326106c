"""Coming back: what an earlier entry or exit means for the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.gate import Reason
from boxoffice.domain.passages import next_closing, ordered

A_YEAR = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - the clock's, without its zone
OK, USED = Reason.OK, Reason.ALREADY_REDEEMED


@pytest.mark.parametrize(
    ("before", "plain", "after_exit", "several"),
    [
        ("", OK, OK, OK),
        ("entry", USED, USED, OK),
        ("exit", OK, OK, OK),
        ("exit exit", OK, OK, OK),
        ("entry exit", USED, OK, OK),
        ("exit entry", USED, USED, OK),
        ("entry exit entry", USED, USED, OK),
        ("entry exit entry exit", USED, OK, OK),
        ("entry entry exit", USED, OK, OK),
    ],
)
def test_who_may_come_in_again(evening, before, plain, after_exit, several):
    for hour, direction in enumerate(before.split(), 10):
        evening.passed(f"{hour}:00", direction)
    for gate_list, expected in [
        (evening.a_list(allow_entry_after_exit=False), plain),
        (evening.a_list(allow_entry_after_exit=True), after_exit),
        (evening.a_list(allow_entry_after_exit=False, allow_multiple_entries=True), several),
    ]:
        evening.list = gate_list
        assert evening.scan().reason is expected
        assert evening.scan(direction="exit").reason is OK


def test_what_was_heard_of_late_counts_at_its_own_time(evening):
    evening.passed("12:00", "exit")
    evening.passed("11:00")
    assert evening.scan().reason is OK
    evening.passed("13:00")
    evening.passed("10:00", "exit")
    assert evening.scan().reason is USED


def test_a_used_ticket_names_its_first_entry(evening):
    evening.list = evening.a_list(allow_entry_after_exit=False)
    evening.passed("18:04", gate="North", device="Door 1")
    evening.passed("18:20", "exit")
    verdict = evening.scan(at="18:30")
    assert str(verdict.explanation) == "Already used 21 Nov 18:04: North, Door 1"
    assert (verdict.first_entry.at, verdict.first_entry.gate) == (evening.time("18:04"), "North")


def test_somebody_inside_is_told_since_when(evening):
    evening.passed("10:00", day=20)
    evening.passed("12:00", "exit", day=20)
    evening.passed("18:04", gate="", device="Door 2")
    verdict = evening.scan(at="18:30")
    assert str(verdict.explanation) == "Inside since 21 Nov 18:04: Door 2"
    assert verdict.first_entry.at == evening.time("10:00", day=20)


def test_an_entry_of_which_nothing_but_the_time_is_known(evening):
    evening.passed("18:04", gate="", device="")
    assert str(evening.scan(at="18:30").explanation) == "Inside since 21 Nov 18:04"


class TestSameNonce:
    def test_is_answered_again_and_is_nothing_new(self, evening):
        evening.passed("18:00", nonce="now")
        verdict = evening.scan(at="18:00", nonce="now")
        assert (verdict.reason, verdict.repeated) == (OK, True)

    def test_is_found_among_later_ones(self, evening):
        evening.passed("17:00", nonce="now")
        evening.passed("17:30", "exit")
        evening.passed("17:45")
        assert evening.scan(nonce="now").repeated

    def test_does_not_reach_over_to_the_other_direction(self, evening):
        evening.passed("17:00", nonce="now")
        verdict = evening.scan(nonce="now", direction="exit")
        assert (verdict.reason, verdict.repeated) == (OK, False)

    def test_comes_after_the_checks_of_the_ticket(self, evening):
        evening.passed("17:00", nonce="now")
        assert evening.scan(evening.ticket(blocked=True), nonce="now").reason is Reason.BLOCKED

    def test_of_an_exit_is_repeated_too(self, evening):
        evening.passed("17:00", "exit", nonce="now")
        assert evening.scan(nonce="now", direction="exit").repeated

    def test_that_is_empty_names_no_scan(self, evening):
        evening.passed("17:00", nonce=" ")
        evening.history = (evening.changed(evening.history[0], nonce=""),)
        assert evening.scan(nonce="").reason is USED


class TestClosingTime:
    def test_sends_everybody_home(self, evening):
        evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=22))
        evening.passed("18:00")
        assert evening.scan(at="02:59", day=22).reason is USED
        assert evening.scan(at="03:00", day=22).reason is OK

    def test_of_yesterday_does_not_send_home_who_came_today(self, evening):
        evening.list = evening.a_list(exit_all_at=evening.time("03:00"))
        evening.passed("18:00")
        assert evening.scan(at="23:00").reason is USED

    def test_comes_round_every_day_while_the_server_is_away(self, evening):
        evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=19))
        evening.passed("18:00")
        assert evening.scan(at="02:59", day=22).reason is USED
        assert evening.scan(at="03:00", day=22).reason is OK
        assert evening.scan(at="09:00", day=24).reason is OK

    def test_does_not_help_where_nobody_may_come_back(self, evening):
        evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=22), allow_entry_after_exit=False)
        evening.passed("18:00")
        assert evening.scan(at="09:00", day=22).reason is USED

    def test_makes_the_person_absent_for_the_rules(self, evening):
        outside = {"==": [{"var": "entry_status"}, "absent"]}
        evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=22), rules=outside)
        evening.passed("18:00")
        assert evening.scan(at="02:00", day=22).reason is Reason.RULES
        assert evening.scan(at="09:00", day=22).reason is OK

    @given(
        st.datetimes(*A_YEAR),
        st.datetimes(*A_YEAR),
        st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
    )
    def test_is_the_next_one_on_the_event_s_clock(self, closing, entered, name):
        zone = ZoneInfo(name)
        closing, entered = closing.replace(tzinfo=zone), entered.replace(tzinfo=zone)
        found = next_closing(closing, zone, entered)
        assert timedelta() <= found - entered <= timedelta(hours=25)
        clock = found.astimezone(zone).replace(tzinfo=None).time()
        moved = zone.utcoffset(found.replace(tzinfo=None)) != zone.utcoffset(closing.replace(tzinfo=None))
        assert clock == closing.time() or moved


def test_passages_of_the_same_moment_have_one_order_everywhere(evening):
    evening.passed("18:00", device="B", nonce="2")
    evening.passed("18:00", device="A", nonce="9")
    evening.passed("18:00", device="A", nonce="1")
    there = ordered(evening.history)
    assert there == ordered(reversed(evening.history))
    assert [passage.nonce for passage in there] == ["1", "9", "2"]
