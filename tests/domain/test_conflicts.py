"""Two doors, one ticket: what both find once they can hear of each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.catalog import CheckInList, Event
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.conflicts import Kind, canceled_after_entry, double_entries
from boxoffice.domain.gate import Direction
from boxoffice.domain.orders import Status


@pytest.fixture
def seen(evening):
    def build(at, door="North", direction="entry", *, day=21, nonce="", **fields):
        kept = {
            "event": "conf26",
            "list": 1,
            "ticket": "A7B9C-1",
            "direction": Direction(direction),
            "at": evening.time(at, day),
            "nonce": nonce or f"{day} {at} {door}",
            "gate": door,
            "device": f"Laptop {door}",
            "device_id": door,
        }
        return CheckIn(**{**kept, **fields})

    return build


@pytest.fixture
def found(evening):
    return lambda *checkins: double_entries(checkins, evening.list, evening.event)


def sides(conflicts):
    return [tuple(side.nonce for side in one.sides) for one in conflicts]


def test_two_entries_are_a_conflict_that_names_both_sides(seen, found, evening):
    first, second = seen("18:04", "North"), seen("18:06", "South")
    (conflict,) = found(second, first)
    assert conflict.kind is Kind.DOUBLE_ENTRY
    assert (conflict.event, conflict.list, conflict.ticket) == ("conf26", 1, "A7B9C-1")
    assert [(side.at, side.gate, side.device) for side in conflict.sides] == [
        (evening.time("18:04"), "North", "Laptop North"),
        (evening.time("18:06"), "South", "Laptop South"),
    ]


def test_one_entry_is_none_and_neither_is_the_same_one_heard_twice(seen, found):
    entry = seen("18:04")
    assert found() == ()
    assert found(entry, entry) == ()


def test_three_doors_give_two_conflicts_with_the_first(seen, found):
    conflicts = found(seen("18:08", "West"), seen("18:04", "North"), seen("18:06", "South"))
    assert sides(conflicts) == [("21 18:04 North", "21 18:06 South"), ("21 18:04 North", "21 18:08 West")]
    assert len({conflict.id for conflict in conflicts}) == 2


def test_somebody_who_went_out_in_between_came_back_rightly(seen, found):
    assert found(seen("18:04"), seen("18:30", direction="exit"), seen("18:40", "South")) == ()
    assert found(seen("18:04"), seen("18:30", direction="exit", auto=True), seen("18:40", "South")) == ()


def test_an_exit_does_not_help_where_nobody_may_come_back(seen, found, evening):
    evening.list = evening.a_list(allow_entry_after_exit=False)
    assert len(found(seen("18:04"), seen("18:30", direction="exit"), seen("18:40", "South"))) == 1


def test_an_exit_before_the_first_entry_changes_nothing(seen, found):
    assert len(found(seen("17:00", direction="exit"), seen("18:04"), seen("18:40", "South"))) == 1


def test_a_list_for_several_entries_knows_no_double_ones(seen, found, evening):
    evening.list = evening.a_list(allow_multiple_entries=True)
    assert found(seen("18:04"), seen("18:40", "South")) == ()


def test_what_was_taken_back_does_not_count(seen, found):
    assert found(seen("18:04", annulled=True), seen("18:40", "South")) == ()
    assert found(seen("18:04"), seen("18:40", "South", annulled=True)) == ()


def test_what_was_taken_back_anywhere_is_taken_back(seen, found):
    entry, same = seen("18:04", nonce="a"), seen("18:04", nonce="a", annulled=True)
    assert found(entry, same, seen("18:40", "South")) == ()
    assert found(same, entry, seen("18:40", "South")) == ()


def test_an_exit_that_was_taken_back_leaves_the_person_inside(seen, found):
    assert len(found(seen("18:04"), seen("18:30", direction="exit", annulled=True), seen("18:40", "South"))) == 1


def test_whoever_forced_it_knew(seen, found):
    assert found(seen("18:04"), seen("18:40", "South", forced=True)) == ()


def test_whoever_forced_it_for_another_reason_did_not_know(seen, found):
    assert len(found(seen("18:04"), seen("18:40", "South", forced=True, unaware=True))) == 1


def test_an_entry_after_a_forced_one_meets_the_first(seen, found):
    conflicts = found(seen("18:04"), seen("18:05", "South", forced=True), seen("18:06", "West"))
    assert sides(conflicts) == [("21 18:04 North", "21 18:06 West")]


def test_an_entry_after_only_a_forced_one_is_a_double_one(seen, found):
    assert len(found(seen("18:04", forced=True), seen("18:06", "South"))) == 1


def test_closing_time_lies_between_two_evenings(seen, found, evening):
    evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=22))
    assert found(seen("18:04"), seen("18:04", "South", day=22)) == ()
    assert len(found(seen("18:04"), seen("19:04", "South"))) == 1


def test_closing_time_that_the_server_has_moved_on_still_lay_between(seen, found, evening):
    evening.list = evening.a_list(exit_all_at=evening.time("03:00", day=25))
    assert found(seen("18:04"), seen("18:04", "South", day=22)) == ()


def test_a_door_that_knew_only_the_signature_names_the_ticket_differently(seen, found):
    conflicts = found(seen("18:04", ticket="sig:0123"), seen("18:06", "South"))
    assert [one.ticket for one in conflicts] == ["A7B9C-1"]


def test_another_list_or_ticket_has_conflicts_of_its_own(seen, found):
    ids = {
        found(seen("18:04", **fields), seen("18:06", "South", **fields))[0].id
        for fields in ({}, {"list": 2}, {"ticket": "A7B9C-2"}, {"event": "fair26"})
    }
    assert len(ids) == 4


passages = st.builds(
    lambda minute, door, direction, forced, annulled: CheckIn(
        event="conf26",
        list=1,
        ticket="A7B9C-1",
        direction=direction,
        at=datetime(2026, 11, 21, 18, minute, tzinfo=UTC),
        nonce=f"{minute} {door}",
        device_id=door,
        forced=forced,
        annulled=annulled,
    ),
    st.integers(0, 9),
    st.sampled_from(["North", "South", "West"]),
    st.sampled_from(Direction),
    st.booleans(),
    st.booleans(),
)


@given(
    news=st.lists(passages, max_size=8, unique_by=lambda one: one.nonce),
    heard=st.randoms(use_true_random=False),
    after_exit=st.booleans(),
)
def test_both_doors_find_the_same_whatever_the_order_of_the_news(news, heard, after_exit):
    gate_list = CheckInList(id=1, event="conf26", allow_entry_after_exit=after_exit)
    elsewhere = [*news, *news[:3]]
    heard.shuffle(elsewhere)
    here = double_entries(news, gate_list, Event(slug="conf26"))
    there = double_entries(elsewhere, gate_list, Event(slug="conf26"))
    assert here == there
    assert len({conflict.id for conflict in here}) == len(here)
    assert all(first.at <= second.at for first, second in (conflict.sides for conflict in here))


def test_a_ticket_that_was_cancelled_after_its_entry(seen, evening):
    checkins = [seen("19:00", "South"), seen("18:04"), seen("18:30", direction="exit")]
    for ticket in (evening.ticket(canceled=True), evening.ticket({"status": Status.CANCELED})):
        conflict = canceled_after_entry(ticket, checkins)
        assert conflict.kind is Kind.CANCELED_AFTER_ENTRY
        assert [side.what for side in conflict.sides] == ["entry", "canceled"]
        assert (conflict.ticket, sides([conflict])) == ("A7B9C-1", [("21 18:04 North", "")])


def test_a_ticket_that_stands_or_never_came_in_is_no_matter(seen, evening):
    gone = evening.ticket(canceled=True)
    assert canceled_after_entry(evening.ticket(), [seen("18:04")]) is None
    assert canceled_after_entry(evening.ticket({"status": Status.EXPIRED}), [seen("18:04")]) is None
    assert canceled_after_entry(gone, []) is None
    assert canceled_after_entry(gone, [seen("18:04", direction="exit")]) is None
    assert canceled_after_entry(gone, [seen("18:04", annulled=True)]) is None
    assert canceled_after_entry(gone, [seen("18:04", forced=True)]) is None


def test_the_two_kinds_of_conflict_have_different_names(seen, found, evening):
    first, second = seen("18:04"), seen("18:06", "South")
    assert canceled_after_entry(evening.ticket(canceled=True), [first, second]).id != found(first, second)[0].id
