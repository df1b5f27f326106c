"""What the processes of one hub have in common."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import wait

import msgspec
import pytest

from boxoffice.domain.held import HeldCart
from boxoffice.errors import Refused
from boxoffice.ports import Enrolment, Role
from sync.hub import workers
from sync.hub.serve import listen
from sync.hub.workers import _Place
from sync.venue import take_cart
from tests.sync.conftest import Station

ABOVE = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d", name="Venue")


@pytest.fixture
def served_beside(hub):
    """Starts another process that serves the hub's store, at an address of its own."""
    started, lines = [], []

    class Beside:
        def __init__(self, take_above=None):
            self.listener = listen("127.0.0.1", 0)
            self.place = _Place()
            self.place.fill(hub.database.url, self.listener, take_above)
            started.append(self)
            assert wait(self.place.signs, 60)

        def station(self, name, role=Role.DESK):
            """A station that was let in at the hub and asks here."""
            url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
            station = Station(msgspec.structs.replace(hub.station(name, role).enrolment, url=url))
            lines.append(station.line)
            return station

    yield Beside
    for line in lines:
        line.close()
    for one in started:
        one.place.stop()
        one.listener.close()
    for one in started:
        one.place.wait()


def test_each_process_of_a_venues_hub_asks_above_for_the_carts_that_are_kept_there(hub, at_nine, served_beside):
    hub.load(HeldCart(event="conf26", id="c1", at=at_nine, cart="", device="Box", device_id="somebody above"))
    till = served_beside(partial(take_cart, ABOVE)).station("Till", Role.CASHIER)
    with pytest.raises(Refused, match="cannot be asked now"):
        till.line.take_cart("conf26", "c1")


def test_a_process_for_which_there_is_no_room_is_started_later(hub, monkeypatch, expect_warning):
    expect_warning("cannot be started: no room")
    monkeypatch.setattr(workers, "PAUSE", 0.0)
    listener, place = listen("127.0.0.1", 0), _Place()

    def has_no_room(_):
        raise OSError("no room")

    with monkeypatch.context() as crowded:
        crowded.setattr(workers._processes.Process, "start", has_no_room)
        place.fill(hub.database.url, listener, None)
    assert place.is_vacant
    place.fill(hub.database.url, listener, None)
    assert wait(place.signs, 60)
    assert place.answers()
    place.stop()
    listener.close()
    place.wait()


def test_processes_that_share_one_file_take_in_each_act_once(hub, north, served_beside):
    doors = [north, *(served_beside().station(f"Door {number}") for number in range(2))]

    def hand_over(door):
        entries = [door.enters() for _ in range(30)]
        for entry in entries:
            assert [answer.outcome.value for answer in door.push(entry).answers] == ["done"]
        return entries, door.push(*entries)

    with ThreadPoolExecutor(len(doors)) as side_by_side:
        handed_over = list(side_by_side.map(hand_over, doors))
    assert [(said.high_water, said.missing, said.alarm) for _, said in handed_over] == [(30, (), "")] * 3
    written = [entry.operation for entries, _ in handed_over for entry in entries]
    for door in doors:
        told = [noun.nonce for noun in door.feed() if hasattr(noun, "nonce")]
        assert Counter(told) == Counter(written)


def test_an_act_that_one_process_took_in_is_known_to_whoever_listens_at_another(north, served_beside):
    listening = served_beside().station("Door").line.listen(["conf26"])
    assert next(listening) == "conf26"
    north.push(north.enters())
    assert next(listening) == "conf26"


def test_a_process_that_took_anothers_place_has_to_say_for_itself_that_it_answers(
    served_beside, monkeypatch, expect_warning
):
    expect_warning("another takes its place")
    monkeypatch.setattr(workers, "PAUSE", 0.0)
    beside = served_beside()
    assert beside.place.answers()
    beside.place._process.kill()
    beside.place.wait()
    beside.place.fill("sqlite:////nowhere/at/all/hub.db", beside.listener, None)
    beside.place.wait()
    assert not beside.place.answers()
