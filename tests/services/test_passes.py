"""Passes at the doors: entries counted across the places, one code for all of it, and two doors that were offline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from boxoffice.domain.catalog import Event, Item, SubEvent
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.gate import Direction, Reason
from boxoffice.domain.offering import Choice, PassTerms
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.storage import conflicts, journal

PASS, EVENING = 7, 8
MAIN, POOL = 1, 2


@pytest.fixture
def park(day: Any) -> Any:
    """Two places, and a pass of three entries."""
    day.list(POOL, "Pool")
    day.terms(entries=3)
    return day


@pytest.fixture
def day(day: Any) -> Any:
    def terms(**what: Any) -> None:
        day.hear(Item(id=PASS, event="conf26", name={"en": "Pass"}, pass_terms=PassTerms(**what)))

    def enter(ticket: Any, place: int = MAIN, at: str = "09:00", days: int = 0, **wish: Any) -> Any:
        scan = new_scan(ticket.position.secret, Source.MANUAL, day.time(at) + timedelta(days=days))
        from boxoffice.domain.door import Door
        from boxoffice.domain.verdicts import Wish

        return day.app.gate.admit(scan, Door(lists=(("conf26", place),), gate="North"), Wish(**wish)).result()

    day.terms, day.enter = terms, enter
    return day


def test_entries_are_counted_across_the_places(park: Any) -> None:
    ticket = park.ticket(item=PASS)
    left = [park.enter(ticket, place).left.entries for place in (MAIN, POOL, MAIN)]
    assert left == [2, 1, 0]
    verdict = park.enter(ticket, POOL, at="10:00")
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert str(verdict.explanation) == "All 3 entries are used, the last one 21 Nov 09:00"
    assert verdict.left.entries == 0


def test_what_was_taken_back_is_not_used(park: Any) -> None:
    ticket = park.ticket(item=PASS)
    first = park.enter(ticket)
    park.app.gate.undo(first.nonce).result()
    assert park.enter(ticket).left.entries == 2


def test_a_place_that_does_not_count_takes_no_entry(park: Any) -> None:
    park.terms(entries=1, places=(MAIN,))
    ticket = park.ticket(item=PASS)
    assert park.enter(ticket, POOL).left.entries == 1
    assert park.enter(ticket, MAIN).admitted
    assert park.enter(ticket, MAIN).reason is Reason.ALREADY_REDEEMED


def test_once_a_day_at_each_place(park: Any) -> None:
    park.terms(once_a_day=True)
    ticket = park.ticket(item=PASS)
    assert park.enter(ticket, MAIN).admitted
    assert park.enter(ticket, POOL).admitted
    verdict = park.enter(ticket, MAIN, at="12:00")
    assert str(verdict.explanation) == "Was here today already, 21 Nov 09:00: once a day at each place"
    assert park.enter(ticket, MAIN, days=1).admitted


def test_one_day_at_several_places(park: Any) -> None:
    park.terms(days=1, once_a_day=True)
    ticket = park.ticket(item=PASS)
    assert park.enter(ticket, MAIN, days=1).left.days == 0
    assert park.enter(ticket, POOL, days=1).admitted
    assert str(park.enter(ticket, MAIN, days=2).explanation).startswith("Good on 1 days, and used on as many")


def test_a_pass_without_numbers_is_judged_by_the_list(park: Any) -> None:
    park.terms(dates=())
    ticket = park.ticket(item=PASS)
    assert park.enter(ticket).left is None
    assert park.enter(ticket).reason is Reason.ALREADY_REDEEMED


def test_more_entries_given_later_reach_a_pass_that_was_sold(park: Any) -> None:
    park.terms(entries=1)
    ticket = park.ticket(item=PASS)
    assert park.enter(ticket).admitted
    park.terms(entries=2)
    assert park.enter(ticket, POOL).admitted


def test_force_lets_in_once_more_and_says_so(park: Any) -> None:
    park.terms(entries=1)
    ticket = park.ticket(item=PASS)
    park.enter(ticket)
    verdict = park.enter(ticket, force=True)
    assert verdict.overruled == (Reason.ALREADY_REDEEMED,)


# Dates


@pytest.fixture
def season(day: Any) -> Any:
    """Two evenings with a door each, and a pass that is good for those that were chosen."""
    day.hear(
        Event(slug="conf26", timezone="UTC", has_subevents=True),
        SubEvent(id=1, event="conf26", name={"en": "First night"}),
        SubEvent(id=2, event="conf26", name={"en": "Second night"}),
        Item(id=EVENING, event="conf26", name={"en": "Evening"}),
    )
    day.terms(choices=(Choice(id=1, item=EVENING),))
    day.list(11, "First night", all_items=False, items=(EVENING,), subevent=1)
    day.list(12, "Second night", all_items=False, items=(EVENING,), subevent=2)
    return day


def a_pass_for(day: Any, *dates: int) -> Any:
    chosen = tuple(
        Position(number=number, item=EVENING, subevent=date, secret=f"own-{date}", addon_to=1)
        for number, date in enumerate(dates, start=2)
    )
    held = Position(number=1, item=PASS, secret="one-code", name="Ada")
    day.hear(Order(event="conf26", code="PASS1", status=Status.PAID, positions=(held, *chosen)))
    return day.app.lookup.card("conf26", "PASS1-1").ticket


def test_one_code_stands_for_every_date_that_was_chosen(season: Any) -> None:
    ticket = a_pass_for(season, 1, 2)
    for place, number in ((11, 2), (12, 3)):
        verdict = season.enter(ticket, place)
        assert (verdict.reason, verdict.ticket.position.number) == (Reason.OK, number)
        assert season.enter(ticket, place).reason is Reason.ALREADY_REDEEMED


def test_a_date_that_was_not_chosen_is_refused_and_one_that_is_added_later_is_not(season: Any) -> None:
    ticket = a_pass_for(season, 1)
    assert season.enter(ticket, 12).reason is Reason.PRODUCT
    assert season.enter(a_pass_for(season, 1, 2), 12).admitted


def test_a_server_that_looks_by_the_code_alone_is_told_the_tickets_own(season: Any) -> None:
    verdict = season.enter(a_pass_for(season, 1), 11)
    number = season.app.read(lambda c: journal.number(c, verdict.nonce))
    assert season.app.read(lambda c: journal.entry(c, number)).private_part().text == "own-1"


def test_a_pass_that_is_good_for_some_dates_says_so(season: Any) -> None:
    season.terms(entries=5, dates=(1,))
    season.list(11, "First night", subevent=1)
    season.list(12, "Second night", subevent=2)
    ticket = season.ticket(item=PASS)
    assert season.enter(ticket, 11).admitted
    assert str(season.enter(ticket, 12).explanation) == "This pass is not good for Second night"


# Two doors that could not hear of each other


def elsewhere(day: Any, ticket: Any, place: int, at: str, nonce: str) -> None:
    day.hear(
        CheckIn(
            event="conf26",
            list=place,
            ticket=ticket.key,
            direction=Direction.ENTRY,
            at=day.time(at),
            nonce=nonce,
            gate="South",
            device="South door",
            device_id="d2",
        )
    )


def test_the_last_entry_used_at_two_places_is_a_conflict(park: Any) -> None:
    park.terms(entries=1)
    ticket = park.ticket(item=PASS)
    park.enter(ticket, MAIN, at="09:05")
    elsewhere(park, ticket, POOL, "09:00", "theirs")
    (conflict,) = park.app.read(lambda c: conflicts.open_of(c, "conf26", POOL, ticket.key))
    assert [side.device for side in conflict.sides] == ["South door", "North door"]


def test_entries_that_the_pass_has_are_none(park: Any) -> None:
    ticket = park.ticket(item=PASS)
    park.enter(ticket, MAIN, at="09:05")
    elsewhere(park, ticket, MAIN, "09:00", "theirs")
    elsewhere(park, ticket, POOL, "09:10", "more")
    assert park.app.read(lambda c: conflicts.open_of(c, "conf26", MAIN, ticket.key)) == []
    elsewhere(park, ticket, POOL, "09:20", "one too many")
    assert len(park.app.read(lambda c: conflicts.open_of(c, "conf26", POOL, ticket.key))) == 1
