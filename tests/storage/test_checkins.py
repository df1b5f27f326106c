from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.checkins import HandOut
from boxoffice.domain.instants import moment
from boxoffice.storage import checkins

MAIN = CheckInList(id=1, event="conf26")
NOW = moment(10**9)


@pytest.fixture
def counts(store):
    def figures(gate_list=MAIN, closed=None):
        found = checkins.counts(store, gate_list, closed)
        return found.entries, found.tickets, found.inside

    return figures


@pytest.fixture
def passes(store, passage):
    def put(*arguments, own=True, **properties):
        one = passage(*arguments, **properties)
        checkins.put(store, one, own=own)
        return one

    return put


def test_somebody_who_came_in_is_inside(passes, counts):
    passes(1)
    assert counts() == (1, 1, 1)


def test_somebody_who_left_was_there(passes, counts):
    passes(1)
    passes(2, "exit")
    assert counts() == (1, 1, 0)


def test_coming_back_is_an_entry_of_the_same_ticket(passes, counts):
    passes(1)
    passes(2, "exit")
    passes(3)
    assert counts() == (2, 1, 1)


def test_what_is_heard_late_is_put_where_it_belongs(passes, counts):
    passes(3)
    passes(2, "exit", own=False)
    assert counts() == (1, 1, 1)


def test_an_entry_that_is_heard_after_the_exit_leaves_nobody_inside(passes, counts):
    passes(1)
    passes(3, "exit")
    passes(2, own=False)
    assert counts() == (2, 1, 0)


def test_the_same_passage_counts_once_whoever_tells_it(store, passes, counts):
    own = passes(1)
    assert not checkins.put(store, own, own=False)
    assert counts() == (1, 1, 1)
    assert checkins.is_own(store, own.nonce)


def test_another_stations_word_does_not_change_our_own_passage(store, passes, passage):
    own = passes(1, gate="North")
    checkins.put(store, passage(5, gate="South", nonce=own.nonce), own=False)
    assert checkins.find(store, own.nonce) == own


def test_a_passage_that_is_taken_back_no_longer_counts(store, passes, counts):
    one = passes(1)
    assert checkins.annul(store, one.nonce) == [one]
    assert counts() == (0, 0, 0)
    assert checkins.history(store, "conf26", 1, ("A-1",)) == ()


def test_what_was_taken_back_stays_so_whatever_is_heard_later(store, passes, counts):
    one = passes(1)
    checkins.annul(store, one.nonce)
    assert not checkins.put(store, one, own=False)
    assert counts() == (0, 0, 0)


def test_taking_back_takes_along_what_followed_from_it(store, passes, counts):
    passes(1, list=2, nonce="earlier")
    entry = passes(2, nonce="now")
    passes(2, "exit", list=2, nonce="now/2", auto=True)
    assert {one.nonce for one in checkins.annul(store, entry.nonce)} == {"now", "now/2"}
    assert counts(CheckInList(id=2, event="conf26")) == (1, 1, 1)


def test_history_knows_a_ticket_under_all_its_names(store, passes):
    passes(1, ticket="sig:abc")
    passes(2, "exit", ticket="A-1")
    found = checkins.history(store, "conf26", 1, ("A-1", "sig:abc"))
    assert [one.direction.value for one in found] == ["entry", "exit"]


def test_after_closing_time_only_those_who_came_later_are_inside(passes, counts):
    passes(1, ticket="A-1")
    passes(30, ticket="B-1")
    assert counts() == (2, 2, 2)
    assert counts(closed=moment(20_000_000)) == (2, 2, 1)


def test_counts_that_were_tampered_with_are_found(store, passes):
    passes(1)
    store.execute("UPDATE list_counts SET inside = 7")
    (fault,) = checkins.count_faults(store)
    assert "(1, 1, 7)" in fault
    assert "(1, 1, 1)" in fault


def test_what_was_handed_out_is_kept_once(store):
    given_out = HandOut(event="conf26", ticket="A-1", what=("T-shirt", "Lunch"), at=NOW, device="Desk", operation="o1")
    checkins.put_handout(store, given_out)
    checkins.put_handout(store, given_out)
    assert checkins.handed_out(store, "conf26", "A-1") == [given_out]


def test_a_newer_answer_stands_above_an_older_one(store):
    checkins.put_answers(store, "conf26", "A-1", {"1": "M", "2": "vegan"})
    checkins.put_answers(store, "conf26", "A-1", {"1": "L"})
    assert checkins.answers(store, "conf26", "A-1") == {"1": "L", "2": "vegan"}


steps = st.lists(
    st.tuples(
        st.sampled_from(["entry", "exit", "annul", "again"]),
        st.integers(0, 6),  # when
        st.integers(0, 3),  # whose
        st.integers(1, 2),  # which list
        st.booleans(),
    ),
    max_size=25,
)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_counts_always_equal_what_the_rows_add_up_to(store, passage, day):
    store.execute("BEGIN")
    seen = []
    for what, at, ticket, gate_list, own in day:
        if what == "annul" and seen:
            checkins.annul(store, seen[at % len(seen)].nonce)
        elif what == "again" and seen:
            checkins.put(store, seen[at % len(seen)], own=own)
        elif what in ("entry", "exit"):
            seen.append(passage(at, what, ticket=f"A-{ticket}", list=gate_list))
            checkins.put(store, seen[-1], own=own)
        assert checkins.count_faults(store) == []
    store.execute("ROLLBACK")
