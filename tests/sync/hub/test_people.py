"""Who works here: known at each station of the same events, with their role, and gone everywhere at once."""

from __future__ import annotations

from boxoffice.domain.facts import Private, StaffChanged
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import Person
from boxoffice.ports import Outcome, Role


def told(station, at, what="added", *, role="cashier", name="Ana", later=0):
    fact = StaffChanged(event="", at=micros(at) + later, operator="p1", what=what, role=role)
    return station.push(station.write(fact, Private(person=name)))


def people(station, event="conf26"):
    return [noun for noun in station.feed(event) if isinstance(noun, Person)]


def test_somebody_who_was_added_at_one_station_is_known_at_the_others(hub, north, at_nine):
    assert [one.outcome for one in told(north, at_nine).answers] == [Outcome.DONE]
    assert people(hub.station("South")) == [
        Person(event="conf26", id="p1", name="Ana", role=Role.CASHIER, changed_at=at_nine, device="North")
    ]


def test_the_later_word_about_a_role_holds_whichever_comes_first(hub, north, at_nine):
    told(north, at_nine, "role", role="supervisor", later=2)
    told(hub.station("South"), at_nine, "role", role="desk", later=1)
    assert [one.role for one in people(north)] == [Role.SUPERVISOR]


def test_whoever_was_sent_away_stays_away(hub, north, at_nine):
    told(north, at_nine)
    told(hub.station("South"), at_nine, "left", later=1)
    told(north, at_nine, "role", role="organiser", later=2)
    assert [one.active for one in people(north)] == [False]


def test_a_station_of_one_event_changes_nobody_at_another(hub, north, event, at_nine):
    hub.load(*event("other"))
    told(hub.station("South", events=("other",)), at_nine)
    assert people(north) == []
    assert [one.name for one in people(hub.station("West"), "other")] == ["Ana"]


def test_a_stewards_station_adds_nobody_and_is_not_refused(hub, north, at_nine):
    door = hub.station("Door", Role.STEWARD)
    assert [one.outcome for one in told(door, at_nine, role="organiser").answers] == [Outcome.DONE]
    assert people(north) == []


def test_a_role_that_this_hub_does_not_know_is_kept_and_told_to_nobody(north, at_nine):
    assert [one.outcome for one in told(north, at_nine, role="juggler").answers] == [Outcome.DONE]
    assert people(north) == []


def test_a_time_that_nobody_can_mean_is_refused(north):
    fact = StaffChanged(event="", at=2**62, operator="p1", what="added", role="cashier")
    receipt = north.push(north.write(fact, Private(person="Ana")))
    assert [one.outcome for one in receipt.answers] == [Outcome.REFUSED]
