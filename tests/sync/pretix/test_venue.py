"""A venue's hub below a pretix: the laptops know what pretix knows, and pretix hears of each act once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.attachments import name_of
from boxoffice.domain.conflicts import Kind
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Canceled, Change, Edited, Guest, Line, Paid, Printed, Private, Refunded, Sold
from boxoffice.domain.gate import Direction, Reason, Verdict, Wish
from boxoffice.domain.instants import micros
from boxoffice.domain.scan import Source
from boxoffice.errors import ServerTrouble
from boxoffice.ids import new_id, new_scan
from boxoffice.services import deal
from boxoffice.storage import journal, orders, outbox, verify
from sync.engine import Engine
from sync.enrol import enrol
from sync.hub_client import Hub
from sync.venue import Venue

EVENT = "conf26"
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Laptop:
    """A door that knows the venue's hub only."""

    def __init__(self, folder: Path, hub: Any, name: str) -> None:
        folder.mkdir()
        self.app = App(Folder(folder))
        enrol(self.app, hub.url, hub.invite(name), kind="hub")
        self.line = Hub(self.app.enrolment)
        self.engine = Engine(self.app, self.line)

    def sync(self) -> Any:
        return self.engine.round_once()

    def scan(self, secret: str, at: datetime = NINE, **wish: Any) -> Verdict:
        scan = new_scan(secret, Source.MANUAL, at)
        gate = f"{self.app.station.name} gate"
        return self.app.gate.admit(scan, Door(lists=((EVENT, 1),), gate=gate), Wish(**wish)).result()

    def act(self, fact: Any, private: Private | None = None) -> None:
        self.app.write(lambda c: deal.record(c, fact, private)).result()

    def close(self) -> None:
        self.line.close()
        self.app.close()


class Place:
    """The venue: its hub, which is a station of the pretix, and the laptops around it."""

    def __init__(self, pretix: Any, door: Any, hub: Any) -> None:
        self.pretix = pretix
        self.above = door
        self.hub = hub
        self.venue = Venue(door.app, hub.database, door.line, door.enrolment.url)
        self.engine = Engine(door.app, self.venue.server, clock=lambda: door.seconds, chance=lambda: 0.0)

    def sync(self) -> Any:
        """Hand up what the laptops did, then one round with the pretix, a while later."""
        self.above.seconds += 12
        self.venue.hand_up()
        return self.engine.round_once()

    def settle(self, *laptops: Laptop) -> None:
        """Everybody talks to everybody until nothing is new."""
        for _ in range(3):
            for laptop in laptops:
                laptop.sync()
            self.sync()
        for laptop in laptops:
            laptop.sync()

    def parked(self) -> list[str | None]:
        return [one.because for one in self.above.app.read(outbox.parked)]


@pytest.fixture
def place(pretix: Any, door: Any, empty_hub: Any) -> Place:
    pretix.sold("NEWBY")
    pretix.sold("OTHER")
    place = Place(pretix, door, empty_hub)
    place.sync()
    return place


@pytest.fixture
def laptop(place: Place, tmp_path: Path) -> Iterator[Callable[[str], Laptop]]:
    with contextlib.ExitStack() as open_ones:

        def open_one(name: str) -> Laptop:
            made = Laptop(tmp_path / name, place.hub, name)
            open_ones.callback(made.close)
            made.sync()
            return made

        yield open_one


@pytest.fixture
def north(laptop: Callable[[str], Laptop]) -> Laptop:
    return laptop("North")


@pytest.fixture
def south(laptop: Callable[[str], Laptop]) -> Laptop:
    return laptop("South")


def passages(laptop: Laptop, ticket: str = "NEWBY-1") -> list[tuple[str, bool]]:
    return [(one.device, one.annulled) for one in laptop.app.lookup.card(EVENT, ticket).checkins]


def test_an_entry_at_a_laptop_reaches_the_pretix_once_and_comes_back_as_what_it_was(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    verdict = north.scan("secret-NEWBY")
    place.settle(north, south)
    [row] = pretix.passages("secret-NEWBY")
    assert (row["nonce"], row["datetime"], row["forced"]) == (verdict.nonce, "2026-11-21T09:00:00+00:00", False)
    for laptop in (north, south):
        assert passages(laptop) == [("North", False)]
        assert laptop.app.conflicts() == []
    assert place.above.app.conflicts() == []
    assert place.above.app.read(verify.check).sound


def test_a_file_handed_in_at_a_laptop_reaches_the_pretix_with_the_entry(
    place: Place, pretix: Any, laptop: Callable[[str], Laptop]
) -> None:
    pretix.kinds["questions"] = [
        {**one, "type": "F", "items": [1]} if one["id"] == 1 else one for one in pretix.kinds["questions"]
    ]
    place.above.seconds += 3600
    place.sync()
    north = laptop("North")
    permit = b"%PDF-1.4 a permit"
    name = name_of(permit)
    assert north.scan("secret-NEWBY").reason is Reason.INCOMPLETE
    assert north.scan("secret-NEWBY", answers={"1": name}, files={name: permit}).admitted
    place.settle(north)
    assert pretix.handed_in == {("secret-NEWBY", "1"): ("application/pdf", permit)}


def test_with_the_internet_unplugged_the_laptops_go_on_and_everything_goes_up_once(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    pretix.fault = lambda _method, _path: "lost"
    north.scan("secret-NEWBY")
    north.sync()
    south.sync()
    assert south.scan("secret-NEWBY", at=NINE + timedelta(minutes=1)).reason is Reason.ALREADY_REDEEMED
    south.scan("secret-OTHER", at=NINE + timedelta(minutes=2))
    south.sync()
    for _ in range(3):
        with pytest.raises(ServerTrouble):
            place.sync()
    pretix.fault = lambda _method, _path: None
    place.settle(north, south)
    assert len(pretix.passages("secret-NEWBY")) == len(pretix.passages("secret-OTHER")) == 1
    assert place.above.app.outbox().waiting == 0
    refusals = [row for row in pretix.checkins if row["error_reason"] == "already_redeemed"]
    assert len(refusals) == 1


@pytest.mark.parametrize("fault", ["mute", "twice", "cut", "busy", "error", "portal"])
def test_an_answer_that_is_lost_on_the_way_down_makes_no_second_entry(
    place: Place, pretix: Any, north: Laptop, fault: str
) -> None:
    north.scan("secret-NEWBY")
    north.sync()
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if "redeem" in path else None
    place.sync()
    pretix.fault = lambda _method, _path: None
    place.settle(north)
    assert len(pretix.passages("secret-NEWBY")) == 1
    assert passages(north) == [("North", False)]


def test_a_door_of_the_pretix_and_a_laptop_that_both_admitted_all_hear_of_it(
    place: Place, pretix: Any, doorway: Any, north: Laptop, south: Laptop
) -> None:
    outside = doorway()
    outside.sync()
    north.scan("secret-NEWBY")
    outside.scan("secret-NEWBY", at=NINE + timedelta(minutes=5))
    north.sync()
    outside.sync()
    place.settle(north, south)
    for _ in range(2):
        outside.sync()
    for station in (north, south, outside):
        [conflict] = station.app.conflicts()
        assert (conflict.kind, conflict.ticket) == (Kind.DOUBLE_ENTRY, "NEWBY-1")
    assert len(pretix.passages("secret-NEWBY")) == 2


def test_an_entry_taken_back_at_a_laptop_is_taken_back_above(place: Place, pretix: Any, north: Laptop) -> None:
    verdict = north.scan("secret-NEWBY")
    place.settle(north)
    north.app.gate.undo(verdict.nonce, at=NINE + timedelta(minutes=3)).result()
    place.settle(north)
    assert pretix.passages("secret-NEWBY") == []
    assert passages(north) == [("North", True)]
    assert place.parked() == []


def test_a_laptops_entry_that_the_back_office_deleted_no_longer_counts(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    north.scan("secret-NEWBY")
    place.settle(north, south)
    [row] = pretix.passages("secret-NEWBY")
    pretix.take_back(row)
    pretix.checkins.remove(row)
    place.settle(north, south)
    for laptop in (north, south):
        assert laptop.scan("secret-NEWBY", preview=True).reason is Reason.OK


def test_another_doors_entry_is_known_at_the_laptops_and_taken_back_there_too(
    place: Place, pretix: Any, north: Laptop
) -> None:
    row = pretix.passes("secret-NEWBY")
    place.settle(north)
    assert north.scan("secret-NEWBY", at=pretix.now, preview=True).reason is Reason.ALREADY_REDEEMED
    row["successful"] = False
    pretix.take_back(row)
    pretix.checkins.remove(row)
    place.settle(north)
    assert north.scan("secret-NEWBY", at=pretix.now, preview=True).reason is Reason.OK


def test_a_sale_at_a_laptop_stands_above_once_and_says_at_which_till(place: Place, pretix: Any, north: Laptop) -> None:
    about = {"event": EVENT, "at": micros(NINE), "order": "DOOR1"}
    line = Line(number=1, item=1, price=11900)
    north.act(Sold(**about, lines=(line,), total=11900), Private(guests={"1": Guest(secret="door-1", name="Ada")}))
    north.act(Paid(**about, amount=11900, tender="cash", receipt="R-1"))
    north.act(Refunded(**about, amount=1900, tender="cash"))
    north.app.write(
        lambda c: journal.append(c, new_id(), Printed(event=EVENT, at=micros(NINE), ticket="DOOR1-1"))
    ).result()
    place.settle(north)
    order = pretix.orders["DOOR1"]
    assert (order["status"], order["positions"][0]["secret"]) == ("p", "door-1")
    [payment] = order["payments"]
    assert (payment["amount"], payment["state"], payment["info"]["pos_id"]) == ("119.00", "confirmed", "North")
    assert [one["amount"] for one in order["refunds"]] == ["19.00"]
    [log] = order["positions"][0]["print_logs"]
    assert log["info"] == {"device": "North"}
    assert place.parked() == []
    assert place.above.app.outbox().waiting == 0


def test_an_edit_that_somebody_else_has_made_otherwise_is_shown_at_the_laptop_that_made_it(
    place: Place, pretix: Any, north: Laptop
) -> None:
    edit = Edited(event=EVENT, at=micros(NINE), order="NEWBY", position=1)
    north.act(edit, Private(changes={"name": Change("Guest NEWBY", "Ada King")}))
    order = pretix.orders["NEWBY"]
    order["positions"][0]["attendee_name"] = "Ada Byron"
    pretix.put(order)
    place.settle(north)
    assert "Somebody else has changed name" in place.parked()[0]
    [conflict] = place.above.app.conflicts()
    assert (conflict.kind, conflict.sides[0].device) == (Kind.EDITED_TWICE, "North")


def test_a_cancelled_order_is_cancelled_on_both_sides(place: Place, pretix: Any, north: Laptop, south: Laptop) -> None:
    north.act(Canceled(event=EVENT, at=micros(NINE), order="NEWBY"))
    north.sync()
    pretix.fault = lambda _method, _path: "lost"
    with pytest.raises(ServerTrouble):
        place.sync()
    assert place.above.scan("secret-NEWBY", preview=True).reason is Reason.CANCELED
    pretix.fault = lambda _method, _path: None
    place.settle(north, south)
    assert pretix.orders["NEWBY"]["status"] == "c"
    assert south.scan("secret-NEWBY", preview=True).reason is Reason.CANCELED


def test_what_a_laptop_does_while_the_pretix_tells_of_the_order_is_not_taken_back_from_the_laptops(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    to_do = [north.sync, lambda: north.act(Canceled(event=EVENT, at=micros(NINE), order="NEWBY"))]

    def meanwhile(_method: str, path: str) -> None:
        while "/orders/" in path and to_do:
            to_do.pop()()

    pretix.put(pretix.orders["NEWBY"] | {"email": "newby@example.org"})
    pretix.fault = meanwhile
    place.sync()
    assert not to_do
    south.sync()
    order = south.app.read(lambda c: orders.by_code(c, EVENT, "NEWBY"))
    assert order is not None
    assert order.email == "newby@example.org"
    assert south.scan("secret-NEWBY", preview=True).reason is Reason.CANCELED


def test_an_exit_is_told_as_one(place: Place, pretix: Any, north: Laptop) -> None:
    north.scan("secret-NEWBY")
    north.scan("secret-NEWBY", at=NINE + timedelta(hours=1), direction=Direction.EXIT)
    place.settle(north)
    assert [row["type"] for row in pretix.passages("secret-NEWBY")] == ["entry", "exit"]
    assert len(passages(north)) == 2


def test_what_the_pretix_will_not_have_is_settled_at_the_laptop_that_did_it(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    north.scan("secret-NEWBY")
    north.scan("secret-NEWBY", at=NINE + timedelta(hours=1), direction=Direction.EXIT)
    held = pretix.orders.pop("NEWBY")
    place.settle(north, south)
    pretix.orders["NEWBY"] = held
    [conflict] = north.app.conflicts()
    assert (conflict.kind, conflict.sides[0].device) == (Kind.REFUSED_ACT, "North")
    assert conflict.sides[1].words == "pretix knows no ticket with this code."
    assert south.app.conflicts() == []
    north.app.settle(conflict.id, "accept").result()
    place.settle(north, south)
    assert place.parked() == []
    assert place.above.app.outbox().waiting == 0
    assert north.app.conflicts() == place.above.app.conflicts() == []


def test_an_entry_that_the_pretix_will_not_have_is_taken_back_at_the_doors(
    place: Place, pretix: Any, north: Laptop, south: Laptop
) -> None:
    north.scan("secret-NEWBY")
    held = pretix.orders.pop("NEWBY")
    place.settle(north, south)
    pretix.orders["NEWBY"] = held
    [conflict] = north.app.conflicts()
    north.app.settle(conflict.id, "annul").result()
    place.settle(north, south)
    assert passages(south) == [("North", True)]
    assert place.parked() == []
    assert (place.above.app.outbox().waiting, north.app.outbox().waiting) == (0, 0)
