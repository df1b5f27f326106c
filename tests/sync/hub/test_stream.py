"""A change is known at the other doors within a moment; a lost line costs nothing but that."""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
from typing import Any

import pytest
import sqlalchemy

from boxoffice.errors import DeviceRevoked, ServerTrouble, StorageTrouble
from sync.hub import ear as ears
from sync.hub import loading, pokes
from sync.hub.database import Database


class Ear:
    """Listens on a thread of its own, as a station does."""

    def __init__(self, line, events=("conf26",)):
        self.heard: queue.Queue[str] = queue.Queue()
        self.line = line
        self.thread = threading.Thread(target=self._listen, args=(events,))
        self.thread.start()

    def _listen(self, events):
        for event in self.line.listen(events):
            self.heard.put(event)

    def next(self):
        return self.heard.get(timeout=60)

    def close(self):
        self.line.close()
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.fixture
def ear(hub):
    ears = []

    def start(station=None, events=("conf26",)):
        ears.append(Ear((station or hub.station("Ear")).line, events))
        return ears[-1]

    yield start
    for one in ears:
        one.close()


def test_whoever_begins_to_listen_is_poked_once_to_catch_up(ear):
    assert ear().next() == "conf26"


def test_an_act_at_one_door_pokes_the_others(north, ear):
    ears = [ear() for _ in range(3)]
    assert [one.next() for one in ears] == ["conf26"] * 3
    north.push(north.enters())
    assert [one.next() for one in ears] == ["conf26"] * 3


def test_whoever_has_listened_longest_is_poked_first(hub):
    async def stays():
        return True

    async def listening():
        told = []
        streams = pokes.Pokes(hub.database)
        doors: list[Any] = [streams.messages(["conf26"], stays) for _ in range(12)]

        async def hear(number):
            told.append((number, await anext(doors[number])))

        for number in range(12):
            await hear(number)
        del told[:]
        waiting = [asyncio.create_task(hear(number)) for number in reversed(range(12))]
        while not all(one._awake._waiters for one in streams._listeners):
            await asyncio.sleep(0)
        streams.tell({"conf26": 1_000})
        await asyncio.gather(*waiting)
        for door in doors:
            await door.aclose()
        return [number for number, _ in told]

    assert asyncio.run(listening()) == list(range(12))


def test_a_file_loaded_by_another_process_pokes_too(hub, ear, order):
    one = ear()
    one.next()
    elsewhere = Database(hub.database.url)
    loading.load(elsewhere, [order("B1")])
    elsewhere.close()
    assert one.next() == "conf26"


def test_what_goes_wrong_once_while_it_looks_does_not_leave_the_doors_without_news(
    hub, order, monkeypatch, expect_warning
):
    expect_warning("Looking for changes has a fault")
    look, faults = pokes.Pokes._look_once, ["can't start new thread"]

    async def stays():
        return True

    async def look_once(streams):
        if faults:
            raise RuntimeError(faults.pop())
        await look(streams)

    async def listening():
        streams = pokes.Pokes(hub.database)
        door: Any = streams.messages(["conf26"], stays)
        await anext(door)
        while faults:
            await asyncio.sleep(0.001)
        elsewhere = Database(hub.database.url)
        loading.load(elsewhere, [order("B1")])
        elsewhere.close()
        assert b"conf26" in await asyncio.wait_for(anext(door), 20)
        await door.aclose()

    monkeypatch.setattr(pokes.Pokes, "_look_once", look_once)
    asyncio.run(listening())


def test_what_goes_wrong_once_at_the_line_to_the_database_does_not_end_the_listening(monkeypatch, expect_warning):
    expect_warning("Listening for changes has a fault")
    monkeypatch.setattr(ears, "PAUSE", 0.0)
    faults, tried_again, closed = (
        ["QueuePool limit of size 20 overflow 20 reached"],
        threading.Event(),
        threading.Event(),
    )

    class Full:
        def own_line(self):
            if faults:
                raise sqlalchemy.exc.TimeoutError(faults.pop())
            tried_again.set()
            closed.wait(60)
            raise StorageTrouble("The hub's store does not work")

    one = ears.Ear(Full(), moved=print, missed=print)
    assert tried_again.wait(20)
    one.close()
    closed.set()


def test_only_the_events_asked_for_are_heard(hub, event, order, ear):
    hub.load(*event("other"), *event("third"))
    one = ear(events=("conf26", "other"))
    assert {one.next(), one.next()} == {"conf26", "other"}
    station = hub.station()
    station.push(station.enters(event="third"), station.enters(event="other"))
    assert one.next() == "other"


def test_a_refusal_pokes_nobody(hub, north, ear, at_nine):
    one = ear()
    one.next()
    north.push(north.enters(event="nowhere"))
    north.push(north.enters())
    assert one.next() == "conf26"
    assert one.heard.empty()


def test_closing_ends_a_listener_that_waits(ear):
    one = ear()
    one.next()
    one.close()


def test_closing_before_listening_ends_it_at_once(hub):
    station = hub.station()
    station.line.close()
    assert list(itertools.islice(station.line.listen(["conf26"]), 5)) in ([], ["conf26"])


def test_the_line_is_kept_alive_in_quiet_times(hub, ear, monkeypatch, north):
    monkeypatch.setattr(pokes, "ALIVE_EVERY", 0.01)
    one = ear()
    one.next()
    north.push(north.enters())
    assert one.next() == "conf26"


def test_a_revoked_station_loses_its_stream(hub, monkeypatch, ear):
    monkeypatch.setattr(pokes, "ALIVE_EVERY", 0.01)
    station = hub.station()
    one = ear(station)
    one.next()
    hub.revoke(station)
    one.thread.join(60)
    assert not one.thread.is_alive()
    with pytest.raises(DeviceRevoked):
        next(iter(station.line.listen(["conf26"])))


def test_listening_to_an_event_of_others_is_refused(hub):
    with pytest.raises(ServerTrouble):
        next(iter(hub.station(events=("other",)).line.listen(["conf26"])))


def test_a_stopped_hub_ends_its_streams(hub, ear):
    one = ear()
    one.next()
    hub.stop_streams()
    one.thread.join(60)
    assert not one.thread.is_alive()
