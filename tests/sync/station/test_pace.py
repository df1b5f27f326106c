"""When a station talks, and what it calls itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.hub_client import PATIENCE
from sync.pace import HEARTBEAT, LONGEST_ASKED, LONGEST_WAIT, Backoff, Pace


def failing(pace: Pace, times: int, now: float = 0.0) -> Pace:
    for _ in range(times):
        pace.failed(now, 0.5)
    return pace


def answered(pace: Pace, times: int, now: float = 0.0) -> Pace:
    for _ in range(times):
        pace.succeeded(now)
    return pace


def test_before_anything_was_tried_it_talks_at_once_and_claims_nothing() -> None:
    pace = Pace()
    assert not pace.known
    assert pace.next_at(17.0, waiting=False) == 17.0


def test_the_first_good_answer_turns_the_light_on() -> None:
    assert answered(Pace(), 1).online


def test_one_lost_answer_changes_nothing_two_in_a_row_do() -> None:
    pace = answered(Pace(), 5)
    assert failing(pace, 1).online
    assert not failing(pace, 1).online


@pytest.mark.parametrize("silences", [1, 2], ids=["at rest", "in the middle of a feed"])
def test_a_network_that_swallows_everything_is_noticed_within_twenty_seconds(silences: int) -> None:
    pace = answered(Pace(), 5, now=0.0)
    now = pace.next_at(0.0, waiting=False) if silences == 1 else 0.0
    now += silences * PATIENCE
    pace.failed(now, 0.999_999)
    assert pace.online
    now = pace.next_at(now, waiting=False) + PATIENCE
    pace.failed(now, 0.999_999)
    assert not pace.online
    assert now < 20


def test_one_lucky_answer_after_a_long_silence_is_not_enough() -> None:
    pace = failing(Pace(), 9)
    assert not answered(pace, 2).online
    assert answered(pace, 1).online


def test_a_line_that_loses_every_second_answer_does_not_blink() -> None:
    pace = answered(Pace(), 5)
    for _ in range(20):
        assert failing(pace, 1).online
        assert answered(pace, 1).online


def test_waits_grow_from_half_a_second_to_twenty_and_are_never_in_step() -> None:
    patient = Backoff()
    shortest = [patient.wait(0.0) for _ in range(10)]
    patient = Backoff()
    longest = [patient.wait(0.999_999) for _ in range(10)]
    assert shortest[0] == pytest.approx(0.25)
    assert longest[0] == pytest.approx(0.5)
    assert longest[-1] == pytest.approx(LONGEST_WAIT, rel=1e-3)
    assert longest == sorted(longest)
    assert all(short < long for short, long in zip(shortest, longest, strict=True))


def test_a_server_that_is_back_and_busy_is_asked_again_soon_and_then_ever_more_rarely() -> None:
    pace = failing(Pace(), 20)
    pace.failed(100.0, 0.5, silent=False)
    assert pace.next_at(100.0, waiting=True) < 100.5
    for _ in range(10):
        pace.failed(200.0, 0.5, silent=False)
    assert pace.next_at(200.0, waiting=True) > 210.0


def test_the_server_is_left_alone_as_long_as_it_asks() -> None:
    pace = answered(Pace(), 1)
    pace.failed(100.0, 0.5, asked=42.0)
    assert pace.next_at(100.0, waiting=True) == 142.0


def test_a_login_page_that_asks_for_a_week_is_not_obeyed() -> None:
    pace = Pace()
    pace.failed(0.0, 0.5, asked=7 * 86_400.0)
    assert pace.next_at(0.0, waiting=True) == LONGEST_ASKED


def test_a_person_who_wants_it_now_gets_it_now() -> None:
    pace = failing(Pace(), 9, now=10.0)
    assert pace.next_at(10.0, waiting=True) > 10.0
    pace.hurry()
    assert pace.next_at(10.0, waiting=False) == 10.0


def test_an_idle_station_asks_often_enough_to_notice_a_lost_server_within_twenty_seconds() -> None:
    pace = answered(Pace(), 5, now=0.0)
    first = pace.next_at(0.0, waiting=False)
    answer_missing = 8.0  # the longest that a request waits
    pace.failed(first + answer_missing, 0.999)
    second = pace.next_at(first + answer_missing, waiting=False)
    pace.failed(second + 3.0, 0.999)  # the longest that a connection waits
    assert not pace.online
    assert second + 3.0 < 20.0


@given(results=st.lists(st.tuples(st.booleans(), st.floats(0, 0.999)), max_size=40))
def test_a_good_network_and_a_waiting_queue_are_never_side_by_side(results: list[tuple[bool, float]]) -> None:
    pace, now = Pace(), 0.0
    for good, chance in results:
        now += 1.0
        if good:
            pace.succeeded(now)
        else:
            pace.failed(now, chance)
        due = pace.next_at(now, waiting=True)
        assert due == now if good else now < due <= now + LONGEST_WAIT
        assert pace.next_at(now, waiting=False) <= now + max(HEARTBEAT, LONGEST_WAIT)
