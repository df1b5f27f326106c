"""A file goes into the hub in pieces: doors go on meanwhile, and nobody sees half an event."""

from __future__ import annotations

import pytest

from boxoffice.errors import BadInput
from boxoffice.ports import Outcome
from sync.hub import loading
from sync.hub.loading import load


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(loading, "PIECE", 2)


def slugs(station):
    return [one.slug for one in station.line.events()]


def test_doors_go_on_between_two_pieces(hub, north, order):
    answers = []

    def scan(done):
        answers.append(north.push(north.enters(f"A{done}-1")).answers[0].outcome)

    load(hub.database, [order(f"B{number}") for number in range(6)], meanwhile=scan)
    assert answers == [Outcome.DONE] * 3


def test_how_far_it_is_is_told(hub, order):
    told = []
    load(hub.database, [order(f"B{number}") for number in range(5)], meanwhile=told.append)
    assert told == [2, 4, 5]


def test_a_new_event_is_seen_when_all_of_it_is_in(hub, event, order):
    north = hub.station()
    seen = []

    def look(_):
        entry = north.enters("B1-1", event="new")
        seen.append((slugs(north), north.push(entry).answers[0].outcome))

    load(hub.database, [*event("new"), order("B1", event="new"), order("B2", event="new")], meanwhile=look)
    hidden, whole = (["conf26"], Outcome.REFUSED), (["conf26", "new"], Outcome.DONE)
    assert seen == [hidden, hidden, whole]
    assert len(north.feed("new")) == 6


def test_an_event_that_is_there_stays_there_while_more_comes(hub, north, event, order):
    seen = []
    more = [*event(), *(order(f"B{number}") for number in range(4))]
    load(hub.database, more, meanwhile=lambda _: seen.append(slugs(north)))
    assert seen == [["conf26"]] * 4


def test_loading_that_broke_off_is_finished_by_loading_again(hub, event, order):
    north = hub.station()
    nouns = [*event("new"), *(order(f"B{number}", event="new") for number in range(4))]

    class PowerCut(Exception):
        pass

    def cut(done):
        if done == 4:
            raise PowerCut

    with pytest.raises(PowerCut):
        load(hub.database, nouns, meanwhile=cut)
    assert slugs(north) == ["conf26"]
    again = load(hub.database, nouns)
    assert (again.read, again.changed, again.events) == (7, 3, ("new",))
    assert slugs(north) == ["conf26", "new"]
    assert load(hub.database, nouns).changed == 0


def test_a_bad_noun_in_the_midst_leaves_a_new_event_unseen(hub, event, order):
    north = hub.station()
    with pytest.raises(BadInput):
        load(hub.database, [*event("new"), order("B1", event="new"), order("B2", event="new", total=10**30)])
    assert slugs(north) == ["conf26"]


@pytest.mark.parametrize("code", ["B\0", "B" * 300])
def test_a_name_that_cannot_be_kept_is_found_before_anything_is_loaded(order, code):
    with pytest.raises(BadInput, match="could not read"):
        loading.check([order("A1"), order(code)])


def test_a_noun_that_comes_twice_is_there_once_as_it_came_last(hub, north, order):
    cursor = north.cursor()
    load(hub.database, [order("B1", name="Ada"), order("B1", name="Grace")])
    assert north.feed(cursor=cursor) == [order("B1", name="Grace")]
