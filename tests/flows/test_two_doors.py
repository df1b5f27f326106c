"""Two doors that cannot hear of each other, and what becomes of it when they can; on both databases of the hub."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from boxoffice.domain.catalog import Quota
from boxoffice.domain.facts import Canceled, Guest, Line, Paid, Private, Sold
from boxoffice.domain.gate import Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import Operator
from boxoffice.domain.permissions import Role
from boxoffice.errors import DeviceRevoked, ServerTrouble
from boxoffice.services import deal
from boxoffice.storage import conflicts, verify

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
ENTRIES = "SELECT operation FROM acts WHERE kind = 'admitted'"


class Tables:
    """A hub's store as a database on PostgreSQL, copied and put back as its own tools do it."""

    def __init__(self, postgresql: Any, url: str) -> None:
        self._postgresql = postgresql
        self.url = url
        self._name = make_url(url).database

    def copy(self) -> str:
        copy = f"{self._name}_copy"
        self._postgresql.say(f"CREATE DATABASE {copy} TEMPLATE {self._name} STRATEGY file_copy")
        return copy

    def set_back_to(self, copy: str) -> None:
        self._postgresql.say(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._postgresql.say(f"ALTER DATABASE {copy} RENAME TO {self._name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def hubs_store(request: pytest.FixtureRequest, hubs_store: Any) -> Any:
    """Where the hub of the hall keeps everything: either database in turn."""
    if request.param == "sqlite":
        return hubs_store
    return Tables(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_url"))


def sound(gate: Any) -> bool:
    findings = gate.app.read(verify.check)
    assert findings.faults == ()
    return bool(findings.sound)


def test_both_doors_let_the_same_ticket_in_and_later_both_know_it(hall: Any) -> None:
    hall.tickets("A1", "A2")
    north, south = hall.gate("North"), hall.gate("South")

    hall.hub.switch_off()
    assert north.scan("A1", at="09:00").reason is Reason.OK
    assert south.scan("A1", at="09:05").reason is Reason.OK
    for gate in (north, south):
        with pytest.raises(ServerTrouble):
            gate.sync()
        assert gate.waits() == 1

    hall.hub.switch_on()
    for gate in (north, south, north):
        gate.sync()
    (at_north,), (at_south,) = north.app.conflicts(), south.app.conflicts()
    assert at_north.id == at_south.id
    assert [side.gate for side in at_north.sides] == ["North", "South"]
    assert len(hall.hub.query(ENTRIES)) == 2

    settled = north.app.settle(at_north.id[:8], "annul", "One person, two phones").result()
    assert settled.action == "annul"
    for gate in (north, south):
        gate.sync()
        assert gate.app.conflicts() == []
    (passages,) = {
        tuple((one.gate, one.annulled) for one in gate.app.lookup.card("conf26", "A1-1").checkins)
        for gate in (north, south)
    }
    assert passages == (("North", False), ("South", True))
    assert len(hall.hub.query(ENTRIES)) == 2
    assert all(sound(gate) for gate in (north, south))


def test_both_doors_and_the_desk_know_who_let_somebody_in_twice_and_who_settled_it(hall: Any) -> None:
    hall.tickets("A1")
    north, south, desk = hall.gate("North"), hall.gate("South"), hall.gate("Desk")
    north.app.staff.operator = Operator(id="n", name="Nora", role=Role.STEWARD)
    desk.app.staff.operator = Operator(id="d", name="Dora", role=Role.DESK)
    north.scan("A1", at="09:00")
    south.scan("A1", at="09:05")
    for gate in (north, south, desk, north, south):
        gate.sync()
    for gate in (north, south, desk):
        (found,) = gate.app.conflicts()
        assert [(side.device, side.person) for side in found.sides] == [("North", "Nora"), ("South", "")]
    settled = desk.app.settle(found.id, "accept").result()
    assert settled.settled_by == "Dora, Desk"
    for gate in (desk, north):
        gate.sync()
    assert [one.settled_by for one in north.app.read(lambda c: conflicts.find(c, ""))] == ["Dora, Desk"]


def test_accepting_a_double_entry_closes_it_everywhere_and_takes_nothing_back(hall: Any) -> None:
    hall.tickets("A1")
    north, south = hall.gate("North"), hall.gate("South")
    north.scan("A1", at="09:00")
    south.scan("A1", at="09:05")
    for gate in (north, south, north):
        gate.sync()
    south.app.settle(south.app.conflicts()[0].id, "accept").result()
    for gate in (south, north):
        gate.sync()
        assert gate.app.conflicts() == []
    assert [one.annulled for one in north.app.lookup.card("conf26", "A1-1").checkins] == [False, False]


def test_a_door_that_hears_in_time_turns_the_second_one_away(hall: Any) -> None:
    hall.tickets("A1")
    north, south = hall.gate("North"), hall.gate("South")
    north.scan("A1", at="09:00")
    north.sync()
    south.sync()
    verdict = south.scan("A1", at="09:01")
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert verdict.first_entry.gate == "North"
    south.sync()
    assert south.app.conflicts() == []


def test_a_hub_set_back_to_an_older_state_learns_everything_again(hall: Any) -> None:
    hall.tickets("A1", "A2", "A3")
    north, south = hall.gate("North"), hall.gate("South")
    north.scan("A1")
    north.sync()
    copy = hall.hub.copy()
    north.scan("A2")
    north.sync()
    assert len(hall.hub.query(ENTRIES)) == 2

    hall.hub.set_back_to(copy)
    hall.tickets("A4")
    assert len(hall.hub.query(ENTRIES)) == 1
    assert south.scan("A4", at="10:00").reason is Reason.INVALID
    assert north.sync().pushed.again == 1
    assert len(hall.hub.query(ENTRIES)) == 2
    south.sync()
    assert south.scan("A2", at="10:00").reason is Reason.ALREADY_REDEEMED
    assert north.scan("A4", at="10:00").reason is Reason.OK


def test_a_copied_station_is_noticed_and_nothing_of_it_is_lost(hall: Any, expect_warning: Any) -> None:
    expect_warning("double")
    hall.tickets("A1", "A2", "A3")
    north = hall.gate("North")
    north.scan("A1")
    north.sync()
    north.app.backup(north.folder / "copy.db")
    twin_folder = hall.folder / "twin"
    twin_folder.mkdir()
    shutil.copy(north.folder / "copy.db", twin_folder / "station.db")
    shutil.copy(north.folder / "key", twin_folder / "key")

    north.scan("A2")
    north.scan("A3")
    north.sync()
    twin = hall.folder_gate("twin")
    twin.scan("A2")
    assert twin.sync().forked is not None
    assert twin.state.cloned
    assert twin.waits() == 1
    assert len(hall.hub.query(ENTRIES)) == 3
    north.scan("A1", at="11:00")
    assert north.sync().trouble is None


def test_a_station_that_was_sent_away_keeps_what_it_did_and_goes_on(hall: Any) -> None:
    hall.tickets("A1", "A2")
    north = hall.gate("North")
    north.scan("A1")
    hall.hub.send_away(north.device)
    with pytest.raises(DeviceRevoked):
        north.sync()
    assert north.scan("A2").reason is Reason.OK
    assert north.waits() == 2
    assert sound(north)


def test_two_tills_that_sold_the_last_ticket_both_hear_of_it(hall: Any) -> None:
    hall.hub.load(Quota(id=1, event="conf26", name="Seats", size=1, items=(1,)))
    north, south = hall.gate("North"), hall.gate("South")
    for gate, code in ((north, "N1"), (south, "S1")):
        sale = Sold(event="conf26", at=micros(NINE), order=code, lines=(Line(number=1, item=1, price=5),), total=5)
        guest = Private(guests={"1": Guest(secret=f"secret-{code}", name="Grace Hopper")})
        money = Paid(event="conf26", at=micros(NINE), order=code, amount=5, tender="cash")
        gate.app.write(lambda c, s=sale, g=guest: deal.record(c, s, g)).result()
        gate.app.write(lambda c, m=money: deal.record(c, m)).result()
    for gate in (north, south, north):
        gate.sync()
    for gate in (north, south):
        (conflict,) = gate.app.conflicts()
        assert (conflict.kind, conflict.sides[0].words) == ("oversold", "Seats: 2 / 1")
        assert gate.waits() == 0
    south.app.write(lambda c: deal.record(c, Canceled(event="conf26", at=micros(NINE), order="S1"))).result()
    for gate in (south, north):
        gate.sync()
        assert gate.app.conflicts() == []
