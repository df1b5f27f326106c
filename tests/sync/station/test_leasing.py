"""Two tills, few tickets, and a network that loses, delays and repeats: nobody sells what another sold."""

from __future__ import annotations

import contextlib
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boxoffice.domain.catalog import Quota, SubEvent
from boxoffice.domain.facts import Guest, Private, Sold
from boxoffice.domain.facts import Line as SaleLine
from boxoffice.domain.stock import Granting, Lease, Piece, Sale, grant
from boxoffice.errors import Refused, ServerTrouble
from boxoffice.ids import new_id
from boxoffice.services import deal, depart, hear
from boxoffice.services.stock import Stock
from boxoffice.storage import leases, settings
from sync import leasing
from sync.engine import Engine
from sync.hub_client import Hub, enrol
from sync.leaving import leave
from sync.wire.hub import Wish

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIZE = 10


class Clocks:
    """The wall's, which people set, and the one that nobody sets."""

    def __init__(self) -> None:
        self.wall = NOON
        self.steady = 0.0

    def passes(self, time: timedelta) -> None:
        self.wall += time
        self.steady += time.total_seconds()


class Office:
    """The server's side of leases, in memory, with the rule that the hub has."""

    def __init__(self) -> None:
        self.now = NOON
        self.held: dict[str, Lease] = {}
        self.taken = 0

    def fulfil(self, device: str, wish: Any) -> Lease:
        nothing = Lease(event="conf26", quota=1, granted=0, until=self.now)
        before = self.held.get(device, nothing)
        if wish.turn > before.turn:
            aside = sum(one.granted - one.sold for other, one in self.held.items() if other != device)
            sold = max(before.sold, wish.sold)
            self.taken += sold - before.sold  # their orders are here
            granted = grant(Granting(SIZE, None, self.taken, aside, 0), max(before.granted, sold), sold, wish.wanted)
            until = self.now + timedelta(hours=4)
            self.held[device] = Lease(event="conf26", quota=1, granted=granted, sold=sold, until=until, turn=wish.turn)
        return self.held[device]


class Line:
    """A till's line to the office; what goes wrong on it is for the test to say."""

    skew = 0.0

    def __init__(self, office: Office, device: str) -> None:
        self.office = office
        self.device = device
        self.kept_back: list[Any] = []
        self.fault = ""

    def lease(self, _event: str, wish: Any) -> Lease:
        if self.fault == "lost":
            raise ServerTrouble("The server is not reached")
        if self.fault == "late":
            self.kept_back.append(wish)
            raise ServerTrouble("The server does not answer")
        answer = self.office.fulfil(self.device, wish)
        if self.fault == "unheard":
            raise ServerTrouble("The server does not answer")
        return answer

    def let_through(self) -> None:
        for wish in self.kept_back:
            self.office.fulfil(self.device, wish)
        self.kept_back.clear()


class Till:
    """A station that sells."""

    def __init__(self, door: Any, office: Office, name: str) -> None:
        self.app = door.app
        self.clocks = Clocks()
        self.line = Line(office, name)
        self.stock = self.restarted()
        quota = Quota(id=1, event="conf26", size=SIZE, items=(1,))
        self.app.write(lambda c: hear.apply(c, self.app.shelf, quota)).result()

    def restarted(self) -> Stock:
        self.stock = Stock(self.app.shelf, lambda: self.clocks.wall, lambda: self.clocks.steady)
        return self.stock

    def asks(self, in_hand: int) -> int:
        wall = self.clocks.wall
        lease = leasing.have(self.app, self.stock, self.line, "conf26", 1, in_hand, lambda: wall)
        return lease.granted - lease.sold

    def sells(self, number: int = 1, *, may_oversell: bool = False) -> Sale:
        pieces = [Piece(item=1, number=number)]
        sell = lambda c: self.stock.sell(c, "conf26", new_id(), pieces, may_oversell=may_oversell)  # noqa: E731
        return self.app.write(sell).result().sale


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def till(doorway: Any, office: Office) -> Any:
    return lambda name: Till(doorway(), office, name)


def test_a_till_sells_what_it_was_given_and_asks_before_it_sells_more(till: Any) -> None:
    north = till("north")
    assert north.asks(2) == 2
    assert [north.sells(), north.sells()] == [Sale.COVERED] * 2
    with pytest.raises(Refused, match="Others may be selling"):
        north.sells()
    assert north.asks(2) == 2
    assert north.sells(2) is Sale.COVERED


def test_two_tills_without_a_network_cannot_both_sell_the_last_one(till: Any) -> None:
    north, south = till("north"), till("south")
    assert north.asks(9) == 9
    assert [south.asks(5), north.sells(9)] == [1, Sale.COVERED]
    assert south.sells() is Sale.COVERED
    for one in (north, south):
        with pytest.raises(Refused):
            one.sells()


def test_with_permission_a_risk_is_taken_and_said(till: Any) -> None:
    assert till("north").sells(may_oversell=True) is Sale.RISK


def test_an_answer_that_is_lost_costs_nobody_anything(till: Any, office: Office) -> None:
    north = till("north")
    north.line.fault = "unheard"
    with pytest.raises(ServerTrouble):
        north.asks(5)
    with pytest.raises(Refused):
        north.sells()
    north.line.fault = ""
    assert north.asks(5) == 5
    assert office.held["north"].granted == 5


def test_a_wish_that_comes_after_a_later_one_gives_nothing_away(till: Any, office: Office) -> None:
    north, south = till("north"), till("south")
    north.asks(5)
    north.line.fault = "late"
    with pytest.raises(ServerTrouble):
        north.asks(0)
    with pytest.raises(Refused):
        north.sells()  # it has given all back, whether or not anybody has heard of it
    north.line.fault = ""
    assert north.asks(8) == 8
    north.line.let_through()
    assert south.asks(5) == 2


def test_after_its_time_nothing_is_sold_from_a_lease(till: Any) -> None:
    north = till("north")
    north.asks(5)
    north.clocks.passes(timedelta(hours=3, minutes=59))
    assert north.sells() is Sale.COVERED
    north.clocks.passes(timedelta(minutes=1))
    with pytest.raises(Refused):
        north.sells()


def test_setting_the_clock_back_gains_no_time(till: Any) -> None:
    north = till("north")
    north.asks(5)
    north.clocks.passes(timedelta(hours=5))
    north.clocks.wall = NOON
    with pytest.raises(Refused):
        north.sells()


def test_a_till_that_starts_with_its_clock_set_back_sells_nothing_until_it_is_told_the_time(till: Any) -> None:
    north = till("north")
    north.asks(5)
    north.clocks.wall = NOON - timedelta(minutes=1)
    north.restarted()
    with pytest.raises(Refused):
        north.sells()
    north.asks(5)
    assert north.sells() is Sale.COVERED


def test_a_till_that_starts_anew_goes_on_with_its_lease(till: Any) -> None:
    north = till("north")
    north.asks(5)
    north.clocks.passes(timedelta(hours=1))
    north.restarted()
    assert north.sells() is Sale.COVERED


def test_a_store_that_was_put_back_finds_its_turn_again(till: Any, office: Office) -> None:
    north = till("north")
    for _ in range(3):
        north.asks(5)
    north.app.write(leases.forget).result()
    assert north.asks(5) == 5
    assert office.held["north"].turn == 4


def test_the_hub_speaks_as_the_office_does(hub: Any, doorway: Any) -> None:
    hub.load(Quota(id=1, event="conf26", size=5, items=(1,)))  # three are sold
    enrolment = enrol(hub.url, hub.invite())
    door = doorway(enrolment)
    line = Hub(enrolment)
    stock = Stock(door.app.shelf)
    assert leasing.have(door.app, stock, line, "conf26", 1, 4).granted == 2
    assert door.app.read(stock.now) is not None
    line.close()


@pytest.fixture
def rounds(till: Any, office: Office) -> Any:
    """A till whose rounds see to its leases: `rounds("north")`, and then `.round()`."""

    def open_one(name: str) -> Any:
        one = till(name)
        one.app.__dict__["stock"] = one.stock
        one.seconds = 0.0
        one.leasing = leasing.Leasing(one.app, one.line, lambda: one.seconds, lambda: one.clocks.wall)

        def a_round(after: timedelta = timedelta(minutes=2)) -> int:
            one.clocks.passes(after)
            office.now += after
            one.seconds += after.total_seconds()
            one.leasing.run()
            lease = one.app.read(lambda c: leases.one(c, "conf26", 1))
            return lease.granted - lease.sold if lease else 0

        one.round = a_round
        return one

    return open_one


def opens(till: Any, number: int, hours: float = 8) -> None:
    until = till.clocks.wall + timedelta(hours=hours)
    till.app.write(lambda c: till.stock.set_aside(c, "conf26", number, until)).result()


def closes(till: Any) -> None:
    till.app.write(lambda c: till.stock.give_back(c, "conf26")).result()


def test_a_till_that_opens_has_tickets_in_hand_after_the_next_round_and_is_topped_up(rounds: Any) -> None:
    north = rounds("north")
    assert north.round() == 0
    opens(north, 4)
    assert north.round() == 4
    north.sells(1)
    assert north.round() == 3
    north.sells(1)
    assert north.round() == 4


def test_what_somebody_is_about_to_buy_is_asked_for_at_once_and_once(rounds: Any) -> None:
    north = rounds("north")
    opens(north, 4)
    north.round()
    north.app.write(lambda c: north.stock.want(c, "conf26", {1: 6})).result()
    assert north.leasing.is_wanted()
    assert north.round() == 6
    assert not north.leasing.is_wanted()
    assert north.app.read(settings.in_hand)["conf26"].more == {}


def test_of_a_later_date_there_is_in_hand_what_somebody_buys_until_the_till_closes(rounds: Any) -> None:
    north = rounds("north")
    later = SubEvent(id=9, event="conf26", date_from=NOON + timedelta(days=3))
    for noun in (later, Quota(id=1, event="conf26", size=SIZE, items=(1,), subevent=9)):
        north.app.write(lambda c, noun=noun: hear.apply(c, north.app.shelf, noun)).result()
    opens(north, 4)
    assert north.round() == 0
    north.app.write(lambda c: north.stock.want(c, "conf26", {1: 1})).result()
    assert north.round() == 4
    assert north.round() == 4
    closes(north)
    assert north.round() == 0


def test_a_till_that_closes_gives_back_what_it_did_not_sell(rounds: Any) -> None:
    north, south = rounds("north"), rounds("south")
    opens(north, 9)
    opens(south, 5)
    assert (north.round(), south.round()) == (9, 1)
    closes(north)
    assert (north.round(), south.round()) == (0, 5)


def test_a_till_that_nobody_closed_gives_back_when_its_day_is_over(rounds: Any, office: Office) -> None:
    north = rounds("north")
    opens(north, 4, hours=8)
    north.round()
    assert north.round(timedelta(hours=8)) == 0
    assert office.held["north"].granted == 0


def test_a_lease_is_renewed_long_before_it_ends(rounds: Any, office: Office) -> None:
    north = rounds("north")
    opens(north, 4)
    north.round()
    first = office.held["north"].until
    north.round()
    assert office.held["north"].until == first
    north.round(timedelta(hours=2))
    assert office.held["north"].until > first


def test_a_till_that_cannot_have_all_it_wants_does_not_ask_all_the_time(rounds: Any, office: Office) -> None:
    north, south = rounds("north"), rounds("south")
    opens(north, 10)
    north.round()
    opens(south, 4)
    for _ in range(30):
        south.round(timedelta(seconds=5))
    assert office.held["south"].turn == 3


def test_a_server_that_sets_nothing_aside_now_does_not_disturb_the_round(rounds: Any) -> None:
    north = rounds("north")
    opens(north, 4)
    north.line.fault = "lost"
    assert north.round() == 0
    north.line.fault = ""
    assert north.round() == 4


def test_a_station_that_was_sent_away_sells_from_no_lease(rounds: Any) -> None:
    north = rounds("north")
    opens(north, 4)
    north.round()
    north.app.write(lambda c: depart.sent_away(c, NOON)).result()
    with pytest.raises(Refused):
        north.sells()


def test_rounds_with_the_hub_see_to_it_and_leaving_gives_everything_back(hub: Any, doorway: Any) -> None:
    hub.load(Quota(id=1, event="conf26", size=5, items=(1,)))  # three are sold
    door = doorway(enrol(hub.url, hub.invite()))
    until = datetime.now(UTC) + timedelta(hours=8)
    door.app.write(lambda c: door.app.stock.set_aside(c, "conf26", 2, until)).result()
    line = Hub(door.app.enrolment)
    Engine(door.app, line).round_once()
    assert door.app.read(lambda c: leases.one(c, "conf26", 1)).granted == 2
    other = Hub(enrol(hub.url, hub.invite()))
    assert other.lease("conf26", Wish(quota=1, sold=0, wanted=2, turn=1)).granted == 0
    leave(door.app, line, NOON)
    assert other.lease("conf26", Wish(quota=1, sold=0, wanted=2, turn=2)).granted == 2
    for one in (line, other):
        one.close()


def test_what_is_left_is_what_the_server_counts_without_what_it_does_not_know_yet(till: Any) -> None:
    north = till("north")
    assert north.app.read(lambda c: north.stock.left(c, "conf26")) == {1: SIZE}
    counted = Quota(id=1, event="conf26", size=SIZE, items=(1,), available=3)
    north.app.write(lambda c: hear.apply(c, north.app.shelf, counted)).result()
    line = SaleLine(number=1, item=1)
    sale = Sold(event="conf26", at=1, order="DOOR1", lines=(line,), total=0)
    north.app.write(lambda c: deal.record(c, sale, Private(guests={"1": Guest(secret="s")}))).result()
    assert north.app.read(lambda c: north.stock.left(c, "conf26")) == {1: 2}
    assert north.app.read(lambda c: north.stock.rule(c, "conf26", [Piece(item=1, number=3)])).sale is Sale.REFUSED
    assert north.app.read(lambda c: north.stock.rule(c, "conf26", [Piece(item=1, number=2)])).sale is Sale.RISK


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_network_does_no_ticket_is_sold_twice(till: Any, office: Office, seed: int) -> None:
    chance = random.Random(seed)
    tills = [till("north"), till("south")]
    sold = 0
    for _ in range(60):
        one = chance.choice(tills)
        one.line.fault = chance.choice(["", "", "lost", "late", "unheard"])
        match chance.randrange(4):
            case 0 | 1:
                with contextlib.suppress(ServerTrouble):
                    one.asks(chance.randrange(5))
            case 2:
                one.line.let_through()
            case 3:
                try:
                    one.sells()
                    sold += 1
                except Refused:
                    pass
        assert sold <= SIZE
    assert sold
