"""A venue's hub between laptops and a real pretix: everybody knows of everything, and each act is there once."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.conflicts import Kind
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Change, Edited, Guest, Line, Paid, Private, Sold
from boxoffice.domain.gate import Reason, Verdict, Wish
from boxoffice.domain.instants import micros
from boxoffice.domain.scan import Source
from boxoffice.ids import new_id, new_scan
from boxoffice.ports import Role
from boxoffice.services import deal
from boxoffice.storage import outbox
from sync.engine import Engine
from sync.enrol import enrol
from sync.hub import auth
from sync.hub.app import Hub as HubApp
from sync.hub.database import Database, file_url
from sync.hub.serve import Server, listen
from sync.hub_client import Hub
from sync.venue import Venue

pytestmark = pytest.mark.pretix
EVENT = "/api/v1/organizers/demo/events/conf/"


class Laptop:
    """A door that knows the venue's hub only."""

    def __init__(self, folder: Path, url: str, token: str, gate_list: int) -> None:
        folder.mkdir()
        self.app = App(Folder(folder))
        enrolment = enrol(self.app, url, token, kind="hub")
        self.line = Hub(enrolment)
        self.engine = Engine(self.app, self.line)
        self.list = gate_list

    def sync(self) -> None:
        done = self.engine.round_once()
        assert not done.troubles, done.troubles

    def scan(self, secret: str, at: datetime, **wish: Any) -> Verdict:
        scan = new_scan(secret, Source.MANUAL, at)
        return self.app.gate.admit(scan, Door(lists=(("conf", self.list),)), Wish(**wish)).result()

    def act(self, kind: Any, code: str, private: Private | None = None, **more: Any) -> None:
        fact = kind(event="conf", at=micros(datetime.now(UTC)), order=code, **more)
        self.app.write(lambda c: deal.record(c, fact, private)).result()

    def close(self) -> None:
        self.line.close()
        self.app.close()


class Place:
    """A venue: its hub on loopback, and the hub's own station of the pretix."""

    def __init__(self, server: Any, station: Any, folder: Path) -> None:
        self.server = server
        self.station = station("Venue", events=("conf",))
        self.folder = folder
        self.database = Database(file_url(folder / "hub.db"))
        ready, listener = threading.Event(), listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.hub = Server(HubApp(self.database), listener, ready.set)
        self.thread = threading.Thread(target=self.hub.serve_until_stopped)
        self.thread.start()
        assert ready.wait(10)
        self.venue = Venue(self.station.app, self.database, self.station.line, server.url)
        clock = lambda: self.station.seconds  # noqa: E731
        self.engine = Engine(self.station.app, self.venue.server, clock=clock, chance=lambda: 0.0)

    def laptop(self, name: str) -> Laptop:
        with self.database.writing() as connection:
            token = auth.invite(connection, name, Role.SUPERVISOR, (), "", 0)
        laptop = Laptop(self.folder / name, self.url, token, self.server.known["conf"]["lists"]["main"])
        laptop.sync()
        return laptop

    def settle(self, *laptops: Laptop) -> None:
        for _ in range(3):
            for laptop in laptops:
                laptop.sync()
            self.station.seconds += 3600
            self.venue.hand_up()
            done = self.engine.round_once()
            assert not done.troubles, done.troubles
        for laptop in laptops:
            laptop.sync()

    def close(self) -> None:
        self.hub.stop()
        self.thread.join()
        self.database.close()


@pytest.fixture
def place(server: Any, station: Any, tmp_path: Path) -> Iterator[Place]:
    with contextlib.closing(Place(server, station, tmp_path)) as place:
        place.settle()
        yield place


@pytest.fixture
def laptop(place: Place) -> Iterator[Callable[[str], Laptop]]:
    with contextlib.ExitStack() as open_ones:

        def open_one(name: str) -> Laptop:
            made = place.laptop(name)
            open_ones.callback(made.close)
            return made

        yield open_one


def unused(server: Any, number: int) -> list[tuple[str, str]]:
    """Codes and secrets of regular tickets that nobody has used yet."""
    known = server.known["conf"]
    found = (
        (row["code"], one["secret"])
        for row in server.all(f"{EVENT}orders/?status=p&ordering=-datetime")
        for one in row["positions"]
        if one["item"] == known["items"]["regular"] and not one["checkins"] and not one["blocked"]
        if one["secret"] in known["plain"] and one["positionid"] == 1
    )
    return list(itertools.islice(found, number))


def history(server: Any, place: Place) -> list[dict[str, Any]]:
    number = int(place.station.enrolment.device_id.rpartition("/")[2])
    return [row for row in server.all(f"{EVENT}checkins/?ordering=datetime") if row["device_id"] == number]


def test_a_day_at_a_venue(server: Any, place: Place, laptop: Any, station: Any) -> None:
    north, south = laptop("North"), laptop("South")
    (_, first), (_, second), (code, third), (_, deleted) = unused(server, 4)
    begin = datetime.now(UTC) - timedelta(minutes=10)

    # Two doors inside keep each other in step; one outside could not hear of them.
    assert north.scan(first, begin).reason is Reason.OK
    north.sync()
    south.sync()
    assert south.scan(first, begin + timedelta(minutes=1)).reason is Reason.ALREADY_REDEEMED
    outside = station("Outside", events=("conf",))
    outside.sync()
    assert outside.scan(second, north.list, at=begin).reason is Reason.OK
    assert south.scan(second, begin + timedelta(minutes=2)).reason is Reason.OK
    outside.sync()
    taken_back = south.scan(third, begin + timedelta(minutes=3))
    south.app.gate.undo(taken_back.nonce, at=begin + timedelta(minutes=4)).result()
    north.scan(deleted, begin + timedelta(minutes=5))

    # The till sells, and somebody puts a name right that the back office has changed too.
    sold = f"VEN{new_id()[-5:].upper().replace('I', 'J').replace('O', 'P')}"
    line = Line(number=1, item=server.known["conf"]["items"]["regular"], price=11900)
    guest = Private(guests={"1": Guest(secret=f"venue-{new_id()}", name="Ada")})
    north.act(Sold, sold, guest, lines=(line,), total=11900)
    north.act(Paid, sold, amount=11900, tender="cash")
    [position] = [one for one in server.ask("GET", f"{EVENT}orders/{code}/")[1]["positions"] if one["positionid"] == 1]
    changes = {"name": Change(position["attendee_name"] or "", "Ada King")}
    north.act(Edited, code, Private(changes=changes), position=1)
    path = f"{EVENT}orderpositions/{position['id']}/"
    assert server.ask("PATCH", path, {"attendee_name_parts": {"_scheme": "full", "full_name": "Byron"}})[0] == 200

    place.settle(north, south)
    outside.sync()

    assert [(row["successful"], row["type"], row["error_reason"]) for row in history(server, place)] == [
        (True, "entry", None),
        (False, "entry", "already_redeemed"),
        (True, "entry", None),
        (False, "entry", "annulled"),
        (True, "entry", None),
    ]
    order = server.ask("GET", f"{EVENT}orders/{sold}/")[1]
    assert (order["status"], order["payments"][0]["details"]["pos_id"]) == ("p", "North")
    for one in (north, south, outside):
        assert Kind.DOUBLE_ENTRY in {conflict.kind for conflict in one.app.conflicts()}
    [edited] = [one for one in north.app.conflicts() if one.kind is Kind.EDITED_TWICE]
    assert "Somebody else has changed name" in edited.sides[1].words
    assert Kind.EDITED_TWICE not in {conflict.kind for conflict in south.app.conflicts()}
    north.app.settle(edited.id, "accept").result()

    # The back office deletes an entry of ours: nobody inside counts it any more.
    server.delete_check_ins(deleted)
    place.settle(north, south)
    for one in (north, south):
        assert one.scan(deleted, datetime.now(UTC), preview=True).reason is Reason.OK
        assert one.app.lookup.card("conf", f"{code}-1").ticket.position.name == "Byron"
    assert place.station.app.outbox().waiting == 0
    assert place.station.app.read(outbox.parked) == []
