from __future__ import annotations

import pytest

from boxoffice.domain.facts import Edited, Sold
from boxoffice.ports import Enrolment
from boxoffice.storage import outbox, settings


@pytest.fixture
def waiting(store):
    return lambda **how: [one.entry.operation for one in outbox.waiting(store, **how)]


@pytest.fixture
def waits(store, write_down, admitted):
    """Something happened to these tickets, one after the other; the operations."""
    return lambda *tickets: [write_down(store, admitted(ticket)) for ticket in tickets]


def test_what_is_written_down_waits_in_order(waits, waiting):
    assert waits("A-1", "B-1", "C-1") == waiting()


@pytest.mark.parametrize(("kind", "waits"), [("pretix", False), ("hub", True)])
def test_what_is_for_this_station_alone_goes_to_a_hub_which_follows_the_chain(store, write_down, waiting, kind, waits):
    settings.put(store, "enrolment", Enrolment(kind=kind, url="http://127.0.0.1:1", token="t", device_id="d", name="n"))
    written = write_down(store, send=False)
    assert waiting() == ([written] if waits else [])


def test_before_there_is_a_server_everything_waits_for_it(store, write_down, waiting):
    written = write_down(store, send=False)
    assert waiting() == [written]


def test_what_the_server_has_leaves(store, waits, waiting):
    first, second = waits("A-1", "B-1")
    outbox.done(store, first)
    assert waiting() == [second]


def test_hearing_twice_that_it_is_done_changes_nothing(store, waits, waiting):
    first, second = waits("A-1", "B-1")
    outbox.done(store, first)
    outbox.done(store, first)
    assert waiting() == [second]


def test_what_is_refused_is_kept_with_the_servers_words(store, waits, waiting):
    (first,) = waits("A-1")
    outbox.park(store, first, "No such list")
    assert waiting() == []
    (kept,) = outbox.parked(store)
    assert (kept.entry.operation, kept.because, kept.state, kept.tries) == (first, "No such list", "parked", 1)


def test_a_refused_act_holds_up_only_its_own_ticket(store, waits, waiting):
    first, second, same = waits("A-1", "B-1", "A-1")
    outbox.park(store, first, "No such list")
    assert waiting() == [second]
    outbox.retry(store)
    assert waiting() == [first, second, same]


def test_what_came_before_a_refused_act_does_not_wait_for_it(store, waits, waiting):
    first, second = waits("A-1", "A-1")
    outbox.park(store, second, "No")
    assert waiting() == [first]


def test_an_act_about_no_ticket_waits_for_nothing(store, waits, waiting):
    first, second = waits("", "")
    outbox.park(store, first, "No")
    assert waiting() == [second]


def test_one_of_the_refused_can_be_tried_again_alone(store, waits, waiting):
    first, second = waits("A-1", "B-1")
    outbox.park(store, first, "No")
    outbox.park(store, second, "No")
    assert outbox.retry(store, second) == [second]
    assert waiting() == [second]
    assert outbox.retry(store, "nonsense") == []


def test_later_keeps_the_place_and_counts_the_try(store, waits, waiting):
    first, second = waits("A-1", "B-1")
    assert [outbox.later(store, first, "Busy") for _ in range(2)] == [1, 2]
    assert waiting() == [first, second]
    assert outbox.waiting(store)[0].tries == 2


def test_pages_go_on_behind_the_number_of_the_last(store, waits, waiting):
    operations = waits("A-1", "B-1", "C-1")
    page = outbox.waiting(store, 2)
    assert [one.entry.operation for one in page] == operations[:2]
    assert waiting(after=page[-1].number) == operations[2:]


def test_counts_say_how_much_and_since_when(store, waits):
    assert outbox.counts(store) == outbox.Counts()
    first, *_ = waits("A-1", "B-1", "C-1")
    outbox.park(store, first, "No")
    counts = outbox.counts(store)
    assert (counts.waiting, counts.parked, counts.oldest) == (2, 1, "1970-01-01T00:00:01+00:00")


def test_what_the_server_lost_waits_again_in_its_old_place(store, waits, waiting):
    first, second, third = waits("A-1", "B-1", "C-1")
    for operation in (first, second):
        outbox.done(store, operation)
    lost = outbox.acknowledged(store, "d1", 1, [(2, 3)])
    outbox.send_again(store, lost)
    assert waiting() == [second, third]


def test_newest_is_the_number_of_the_last_act_that_waits(store, waits):
    assert outbox.newest(store) == 0
    _first, second = waits("A-1", "B-1")
    outbox.park(store, second, "No")
    assert outbox.newest(store) == outbox.waiting(store)[0].number


def test_the_next_page_costs_the_same_however_much_was_sent_before_it(store, waits):
    def steps(after):
        """What the engine does to find the ten acts behind a number."""
        taken = []
        store.set_progress_handler(lambda: taken.append(1), 1)
        assert len(outbox.waiting(store, 10, after=after)) == 10
        store.set_progress_handler(None, 0)
        return len(taken)

    store.execute("BEGIN")
    waits(*(f"A-{number}" for number in range(1_000)))
    first, last = steps(after=0), steps(after=990)
    assert max(first, last) <= min(first, last) * 1.5


def test_an_entry_waits_behind_the_sale_of_its_ticket_but_not_behind_a_name_put_right(
    store, write_down, admitted, waiting
):
    about = {"event": "conf26", "at": 1}
    sold = write_down(store, Sold(**about, order="A", lines=(), total=0))
    edited = write_down(store, Edited(**about, order="B", position=1))
    behind_sale, behind_edit = (write_down(store, admitted(ticket)) for ticket in ("A-1", "B-1"))
    again = write_down(store, Edited(**about, order="B", position=1))
    for operation in (sold, edited):
        outbox.park(store, operation, "No")
    assert waiting() == [behind_edit]
    outbox.give_up(store, sold)
    outbox.give_up(store, edited)
    assert waiting() == [behind_sale, behind_edit, again]
