"""A hub at the venue: the laptops around it stay in step without the internet, and the server above hears once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from boxoffice.cli.main import run
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.facts import Guest, Line, Paid, Private, Sold
from boxoffice.domain.gate import Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.errors import Refused, ServerTrouble
from boxoffice.ports import Outcome, Role
from boxoffice.services import deal, held
from boxoffice.storage import feeds, verify
from sync.servers import central_server
from sync.venue import Venue

NINE = micros(datetime(2026, 11, 21, 9, tzinfo=UTC))
ENTRIES = "SELECT operation FROM acts WHERE kind = 'admitted'"


class Place:
    """The venue's hub: a station of the hall's hub above, and a hub to the gates that are enrolled with it."""

    def __init__(self, hall: Any, hub: Any) -> None:
        self.hall = hall
        self.hub = hub
        self.station = hall.folder_gate("venue").enrol(hall.hub, "Venue")

    def venue(self) -> Venue:
        enrolment = self.station.app.enrolment
        return Venue(self.station.app, self.hub.database, central_server(enrolment, self.station.app), enrolment.url)

    def sync(self) -> Any:
        """Hand up what the laptops did, then one round with the server above."""
        venue = self.venue()
        try:
            venue.hand_up()
            return venue.engine.round_once()
        finally:
            venue.server.close()

    def hand_up(self) -> int:
        venue = self.venue()
        try:
            return venue.hand_up()
        finally:
            venue.server.close()

    def gate(self, name: str) -> Any:
        gate = self.hall.folder_gate(name.lower()).enrol(self.hub, name)
        gate.sync()
        return gate


@pytest.fixture
def place(hall: Any, another_hub: Any) -> Place:
    hall.tickets("A1", "A2", "A3")
    place = Place(hall, another_hub)
    place.sync()
    return place


@pytest.fixture
def another_hub(hall: Any, new_hub: Callable[[str], Any]) -> Iterator[Any]:
    hub = new_hub("venue hub")
    yield hub
    hub.close()


def passages(gate: Any, ticket: str = "A1-1") -> list[tuple[str, str, bool]]:
    return [(one.gate, one.device, one.annulled) for one in gate.app.lookup.card("conf26", ticket).checkins]


def test_the_laptops_get_from_it_what_the_server_above_has(place: Any, hall: Any) -> None:
    north = place.gate("North")
    assert north.scan("A1").reason is Reason.OK
    hall.tickets("A4")
    place.sync()
    north.sync()
    assert north.scan("A4").reason is Reason.OK


def test_with_the_internet_unplugged_the_doors_keep_each_other_in_step(place: Any, hall: Any) -> None:
    north, south = place.gate("North"), place.gate("South")
    hall.hub.switch_off()
    assert north.scan("A1", at="09:00").reason is Reason.OK
    north.sync()
    with pytest.raises(ServerTrouble):
        place.sync()
    south.sync()
    refused = south.scan("A1", at="09:01")
    assert (refused.reason, refused.first_entry.gate) == (Reason.ALREADY_REDEEMED, "North")
    hall.hub.switch_on()


def test_everything_goes_up_once_when_the_line_is_back_and_says_whose_it_was(place: Any, hall: Any) -> None:
    north, south = place.gate("North"), place.gate("South")
    outside = hall.gate("Outside")
    hall.hub.switch_off()
    north.scan("A1", at="09:00")
    south.scan("A2", at="09:01")
    for gate in (north, south):
        gate.sync()
    for _ in range(3):
        with pytest.raises(ServerTrouble):
            place.sync()
    hall.hub.switch_on()
    for _ in range(3):
        place.sync()
    assert len(hall.hub.query(ENTRIES)) == 2
    outside.sync()
    assert passages(outside) == [("North", "North", False)]
    assert passages(outside, "A2-1") == [("South", "South", False)]
    assert place.station.waits() == 0
    assert place.station.app.read(verify.check).faults == ()


def test_what_comes_back_from_above_is_no_second_entry(place: Any, hall: Any) -> None:
    north = place.gate("North")
    north.scan("A1", at="09:00")
    north.sync()
    for _ in range(2):
        place.sync()
        north.sync()
    assert passages(north) == [("North", "North", False)]
    assert north.app.conflicts() == []
    assert place.station.app.conflicts() == []


def test_a_door_outside_and_one_inside_that_both_admitted_both_hear_of_it(place: Any, hall: Any) -> None:
    north, outside = place.gate("North"), hall.gate("Outside")
    assert north.scan("A1", at="09:00").reason is Reason.OK
    assert outside.scan("A1", at="09:05").reason is Reason.OK
    north.sync()
    outside.sync()
    place.sync()
    place.sync()
    for gate in (north, outside):
        gate.sync()
    (inside,), (beyond,) = north.app.conflicts(), outside.app.conflicts()
    assert inside.id == beyond.id
    assert [side.device for side in inside.sides] == ["North", "Outside"]


def test_an_entry_taken_back_outside_is_taken_back_inside(place: Any, hall: Any) -> None:
    north, outside = place.gate("North"), hall.gate("Outside")
    verdict = north.scan("A1", at="09:00")
    north.sync()
    place.sync()
    outside.sync()
    outside.app.gate.undo(verdict.nonce, reason="Wrong person").result()
    outside.sync()
    place.sync()
    north.sync()
    assert passages(north) == [("North", "North", True)]


def test_an_entry_taken_back_inside_stays_so_while_the_server_above_does_not_know(place: Any, hall: Any) -> None:
    north, south = place.gate("North"), place.gate("South")
    verdict = north.scan("A1", at="09:00")
    north.sync()
    place.sync()
    north.app.gate.undo(verdict.nonce, reason="Wrong person").result()
    north.sync()
    place.station.app.write(feeds.start_over).result()
    venue = place.venue()
    venue.engine.round_once()  # hears everything from above again before it hands up
    venue.server.close()
    south.sync()
    assert passages(south) == [("North", "North", True)]
    place.sync()
    assert hall.hub.query("SELECT count(*) FROM acts WHERE kind = 'undone'") == [(1,)]


def test_cut_off_between_its_two_stores_nothing_is_handed_on_twice(place: Any, hall: Any, monkeypatch: Any) -> None:
    from sync.hub import relays

    north = place.gate("North")
    north.scan("A1", at="09:00")
    north.sync()

    def power_goes(*_: Any) -> None:
        raise OSError("The power is gone")

    with monkeypatch.context() as gone:
        gone.setattr(relays, "done", power_goes)
        with pytest.raises(OSError, match="power"):
            place.hand_up()
    assert place.hand_up() == 1
    place.sync()
    assert place.station.waits() == 0
    assert len(hall.hub.query(ENTRIES)) == 1


def test_what_was_done_before_there_was_a_server_above_is_handed_on_too(hall: Any, another_hub: Any) -> None:
    hall.tickets("A1")
    load = hall.hub.query("SELECT kind, id, body FROM documents")
    from sync.wire.hub_feed import noun_of

    another_hub.load(*(noun_of(kind, body.encode()) for kind, _, body in load))
    north = hall.folder_gate("north").enrol(another_hub, "North")
    north.sync()
    north.scan("A1")
    north.sync()
    place = Place(hall, another_hub)
    place.sync()
    assert len(hall.hub.query(ENTRIES)) == 1


def test_a_refusal_at_a_door_is_told_above(place: Any, hall: Any) -> None:
    north = place.gate("North")
    north.scan("nobody")
    north.sync()
    place.sync()
    assert hall.hub.query("SELECT kind, outcome FROM acts") == [("refused", Outcome.DONE.value)]


def test_a_folder_that_is_no_station_of_the_server_above_says_what_to_do(
    station_folder: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["hub", "serve", "--port", "0", "--upstream", "http://127.0.0.1:1"])
    said = capsys.readouterr().err
    assert status == 2
    assert "This hub is no station of http://127.0.0.1:1" in said
    assert "boxoffice enrol http://127.0.0.1:1 TOKEN" in said


def test_what_was_sold_inside_stands_inside_whatever_is_told_from_above_and_goes_up_once(place: Any, hall: Any) -> None:
    north, south = place.gate("North"), place.gate("South")
    sale = Sold(event="conf26", at=NINE, order="DOOR1", lines=(Line(number=1, item=1, price=500),), total=500)
    guest = Private(guests={"1": Guest(secret="secret-DOOR1", name="Grace Hopper")})
    money = Paid(event="conf26", at=NINE, order="DOOR1", amount=500, tender="cash")
    hall.hub.switch_off()
    north.app.write(lambda c: deal.record(c, sale, guest)).result()
    north.app.write(lambda c: deal.record(c, money)).result()
    north.sync()
    south.sync()
    assert south.scan("DOOR1").reason is Reason.OK
    hall.hub.switch_on()
    for _ in range(2):
        place.sync()
        south.sync()
    above = hall.gate("Outside")
    assert above.app.lookup.card("conf26", "DOOR1-1").ticket.order.status is Status.PAID
    assert hall.hub.query("SELECT kind FROM acts WHERE kind IN ('sold', 'paid') ORDER BY kind") == [
        ("paid",),
        ("sold",),
    ]
    assert place.station.app.lookup.card("conf26", "DOOR1-1").ticket.order.status is Status.PAID


def test_an_order_edited_above_keeps_what_was_paid_inside_meanwhile(place: Any, hall: Any) -> None:
    order = Order(
        event="conf26", code="LATE1", total=500, positions=(Position(number=1, item=1, secret="secret-LATE1"),)
    )
    hall.hub.load(order)
    place.sync()
    north, south = place.gate("North"), place.gate("South")
    money = Paid(event="conf26", at=NINE, order="LATE1", amount=500, tender="cash")
    north.app.write(lambda c: deal.record(c, money)).result()
    north.sync()
    hall.hub.load(msgspec.structs.replace(order, phone="+49 30 1"))
    venue = place.venue()
    list(venue.server.changes("conf26", ""))  # hears from above while the money is not known there
    venue.server.close()
    south.sync()
    held = south.app.lookup.card("conf26", "LATE1-1").ticket.order
    assert (held.phone, held.status) == ("+49 30 1", Status.PAID)


def put_by(gate: Any, name: str = "c1") -> None:
    cart = Cart(id=name, event="conf26", lines=(CartLine(id="l1", item=1),), note="Blue coat")
    gate.app.write(lambda c: held.tell(c, cart, datetime.now(UTC))).result()
    gate.sync()


def carts(gate: Any) -> list[str]:
    gate.sync()
    return [one.id for one in gate.app.shared_carts.elsewhere("conf26")]


def test_a_cart_that_is_kept_above_is_given_to_one_till_inside(place: Any, hall: Any) -> None:
    place.hub.take_above = place.venue().take_cart
    north, south, outside = place.gate("North"), place.gate("South"), hall.gate("Outside")
    put_by(hall.gate("Box"))
    place.sync()
    assert [carts(gate) for gate in (north, south, outside)] == [["c1"]] * 3
    assert north.app.shared_carts.take("conf26", "c1").note == "Blue coat"
    place.sync()
    assert [carts(gate) for gate in (north, south, outside)] == [[]] * 3
    for gate in (south, outside):
        with pytest.raises(Refused, match="Another till has taken this cart"):
            gate.app.shared_carts.take("conf26", "c1")


def test_whoever_was_first_above_has_it_and_without_a_line_nobody_inside_does(place: Any, hall: Any) -> None:
    place.hub.take_above = place.venue().take_cart
    north, outside = place.gate("North"), hall.gate("Outside")
    put_by(hall.gate("Box"))
    place.sync()
    hall.hub.switch_off()
    with pytest.raises(Refused, match="cannot be asked now"):
        north.app.shared_carts.take("conf26", "c1")
    hall.hub.switch_on()
    outside.sync()
    outside.app.shared_carts.take("conf26", "c1")
    with pytest.raises(Refused, match="Another till has taken this cart"):
        north.app.shared_carts.take("conf26", "c1")


def test_a_cart_put_by_inside_is_given_out_inside_also_without_a_line(place: Any, hall: Any) -> None:
    north, south, outside = place.gate("North"), place.gate("South"), hall.gate("Outside")
    put_by(north)
    place.sync()
    assert (carts(south), carts(outside)) == (["c1"], [])
    hall.hub.switch_off()
    assert south.app.shared_carts.take("conf26", "c1").note == "Blue coat"
    hall.hub.switch_on()


def test_people_of_a_till_inside_are_known_above(place: Any, hall: Any) -> None:
    north, outside = place.gate("North"), hall.gate("Outside")
    north.app.staff.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    north.sync()
    place.sync()
    outside.sync()
    assert [(one.name, one.has_pin) for one in outside.app.staff.everybody] == [("Olga", False)]
