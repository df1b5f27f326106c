"""Designs at the hub: the desk lead's reach all stations, and the later change holds in whatever order they come."""

from __future__ import annotations

from datetime import timedelta

from boxoffice.domain.designs import Design
from boxoffice.domain.facts import Designed, Private
from boxoffice.domain.instants import micros
from boxoffice.ports import Outcome, Role


def designs(station):
    return [noun for noun in station.feed() if isinstance(noun, Design)]


def test_a_design_is_told_to_all_with_its_pictures_and_whose_it_is(hub, at_nine):
    desk = hub.station("Desk", Role.SUPERVISOR)
    fact = Designed(event="conf26", at=micros(at_nine), design="papers", body="{}")
    desk.push(desk.write(fact, Private(pictures={"d": b"\x89PNG"})))
    for role in Role:
        (told,) = designs(hub.station(f"A {role}", role))
        assert (told.body, told.pictures, told.device, told.at) == ("{}", {"d": b"\x89PNG"}, "Desk", at_nine)


def test_the_later_change_holds_though_it_arrives_first(hub, at_nine):
    north, south = (hub.station(name, Role.SUPERVISOR) for name in ("North", "South"))
    for station, hours, body in ((south, 1, '"later"'), (north, 0, '"earlier"')):
        at = micros(at_nine + timedelta(hours=hours))
        station.push(station.write(Designed(event="conf26", at=at, design="badge-1", body=body)))
    assert [one.body for one in designs(south)] == ['"later"']


def test_nobody_but_a_lead_designs_for_all(hub, at_nine):
    for role in (Role.STEWARD, Role.CASHIER):
        station = hub.station(f"A {role}", role)
        receipt = station.push(station.write(Designed(event="conf26", at=micros(at_nine), design="papers")))
        assert [answer.outcome for answer in receipt.answers] == [Outcome.REFUSED]
        assert designs(station) == []
