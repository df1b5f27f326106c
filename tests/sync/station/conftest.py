"""Open stations, and an honest server in memory that fails on command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Verdict, Wish
from boxoffice.domain.journal import Entry
from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.scan import Source
from boxoffice.errors import ServerTrouble
from boxoffice.ids import new_scan
from boxoffice.ports import Answer, Change, Earlier, Enrolment, Outcome, Receipt
from boxoffice.services import hear

EVENT = "conf26"
DAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def an_order(code: str, *, event: str = EVENT, name: str = "Ada Lovelace", **more: Any) -> Order:
    position = Position(number=1, item=1, secret=f"secret-{code}", name=name)
    return Order(event=event, code=code, status=Status.PAID, positions=(position,), **more)


def an_event(event: str = EVENT) -> list[Noun]:
    return [Event(slug=event), Item(id=1, event=event), CheckInList(id=1, event=event, name="Main")]


def an_enrolment(number: int) -> Enrolment:
    return Enrolment(
        kind="hub",
        url="http://127.0.0.1:1",
        token="t",
        device_id=f"d{number}",
        name=f"Door {number}",
        events=(EVENT,),
    )


def _nothing(_: object) -> None:
    """Goes well."""


class FakeFeed:
    """Changes of an event, which may break off."""

    def __init__(self, changes: list[Change], breaks_after: int | None) -> None:
        self.total = len(changes)
        self.closed = False
        self._changes = changes
        self._breaks_after = breaks_after

    def __iter__(self) -> Iterator[Change]:
        for number, change in enumerate(self._changes):
            if number == self._breaks_after:
                raise ServerTrouble("The server's answer is not complete")
            yield change

    def close(self) -> None:
        self.closed = True


class FakeServer:
    """Keeps acts once each and tells nouns in order, as an honest server does, unless a test says otherwise."""

    def __init__(self) -> None:
        self.held: dict[str, Entry] = {}
        self.requests: list[list[str]] = []
        self.told: dict[str, list[Noun | Gone]] = {}
        self.refuses: set[str] = set()
        self.puts_off: set[str] = set()
        self.chokes_on: set[str] = set()
        self.ill_events: set[str] = set()
        self.breaks_after: int | None = None
        self.seals: tuple[str, ...] = ()
        self.alarm = ""
        self.before: Callable[[Sequence[Entry]], None] = _nothing
        """Called with each request before anything is kept; may raise."""
        self.after: Callable[[Sequence[Entry]], None] = _nothing
        """Called when everything is kept and nothing is answered yet; may raise."""
        self.time: datetime | None = None
        self.feeds: list[FakeFeed] = []
        self.closed = False

    def tell(self, *nouns: Noun | Gone, event: str = EVENT) -> None:
        self.told.setdefault(event, []).extend(nouns)

    def recover(self) -> None:
        """From here on all requests go well."""
        self.before = self.after = _nothing

    def events(self) -> Sequence[Event]:
        return [Event(slug=slug) for slug in self.told]

    def changes(self, event: str, cursor: str) -> FakeFeed:
        if event in self.ill_events:
            raise ServerTrouble("The server says no", status=403)
        since = int(cursor or 0)
        told = self.told.get(event, [])
        since = since if since <= len(told) else 0
        changes = [Change(str(place + 1), noun) for place, noun in enumerate(told) if place >= since]
        self.feeds.append(FakeFeed(changes, self.breaks_after))
        return self.feeds[-1]

    def push(self, entries: Sequence[Entry]) -> Receipt:
        self.requests.append([entry.operation for entry in entries])
        self.before(entries)
        if any(entry.operation in self.chokes_on for entry in entries):
            raise ServerTrouble("The server made a mistake", status=500)
        answers = tuple(self._answer(entry) for entry in entries)
        self.after(entries)
        *earlier, newest = self._epochs() or [Earlier(epoch=0, high_water=0)]
        return Receipt(
            answers=answers,
            epoch=newest.epoch,
            high_water=newest.high_water,
            missing=newest.missing,
            server_time=self.time or datetime.now(UTC),
            seals=self.seals,
            alarm=self.alarm,
            earlier=tuple(earlier),
        )

    def _answer(self, entry: Entry) -> Answer:
        if entry.operation in self.puts_off:
            return Answer(entry.operation, Outcome.LATER, "Not now")
        if entry.operation in self.refuses:
            return Answer(entry.operation, Outcome.REFUSED, "Not here")
        known = self.held.setdefault(entry.operation, entry)
        assert known == entry, "The same operation came with another body"
        return Answer(entry.operation, Outcome.DONE)

    def _epochs(self) -> list[Earlier]:
        """How far it has come with each epoch."""
        there: dict[int, set[int]] = {}
        for entry in self.held.values():
            there.setdefault(entry.epoch, set()).add(entry.sequence)
        gaps = {epoch: [gap for gap in range(1, max(some)) if gap not in some] for epoch, some in there.items()}
        return [
            Earlier(epoch=epoch, high_water=max(some), missing=tuple((gap, gap) for gap in gaps[epoch]))
            for epoch, some in sorted(there.items())
        ]

    def listen(self, _events: Sequence[str]) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        self.closed = True

    def sequences(self) -> list[int]:
        """In the order in which they were first taken."""
        return [entry.sequence for entry in self.held.values()]


class Doorway:
    """One open station at its door."""

    def __init__(self, folder: Path, enrolment: Enrolment) -> None:
        self.folder = folder
        self._enrolment = enrolment
        self.app = App(Folder(folder))
        self.app.join(enrolment).result()

    def reopen(self) -> App:
        """As after a crash: whatever was not on disk is gone."""
        self.app.close()
        self.app = App(Folder(self.folder))
        return self.app

    def hear(self, *nouns: Noun | Gone) -> None:
        """The server told something, some time ago."""
        self.app.write(lambda c: [hear.apply(c, self.app.shelf, noun) for noun in nouns]).result()

    def scan(self, code: str, **wish: Any) -> Verdict:
        """Scan an order's ticket; one that is not there is refused, which is an act as well."""
        return self.scan_text(f"secret-{code}", **wish)

    def scan_text(self, text: str, **wish: Any) -> Verdict:
        scan = new_scan(text, Source.MANUAL, DAY)
        return self.app.gate.admit(scan, Door(lists=((EVENT, 1),), gate="North"), Wish(**wish)).result()

    def waits(self) -> int:
        return self.app.outbox().waiting

    def parked(self) -> int:
        return self.app.outbox().parked

    def orders(self) -> list[str]:
        return [
            code for (code,) in self.app.read(lambda c: c.execute("SELECT code FROM orders ORDER BY code").fetchall())
        ]


@pytest.fixture
def server() -> FakeServer:
    """An honest server that knows an event with three orders: A1, A2, A3."""
    server = FakeServer()
    server.tell(*an_event(), an_order("A1"), an_order("A2"), an_order("A3"))
    return server


@pytest.fixture
def doorway(tmp_path: Path, new_folder: Callable[[Path], Folder]) -> Iterator[Callable[..., Doorway]]:
    """Opens stations: `doorway()`, or with the enrolment that a hub gave."""
    opened: list[Doorway] = []

    def open_one(enrolment: Enrolment | None = None, copy_of: Path | None = None) -> Doorway:
        number = len(opened) + 1
        folder = tmp_path / f"station-{number}"
        if copy_of is None:
            new_folder(folder)
        else:
            shutil.copytree(copy_of, folder)
        opened.append(Doorway(folder, enrolment or an_enrolment(number)))
        return opened[-1]

    yield open_one
    for one in opened:
        one.app.close()


@pytest.fixture
def door(doorway: Callable[..., Doorway], server: FakeServer) -> Doorway:
    """A station that has heard of the event and its orders."""
    door = doorway()
    door.hear(*server.told[EVENT])
    return door


@pytest.fixture
def prepared_door(door: Doorway) -> Path:
    """The folder of a station that knows the event and has done nothing: a copy is quicker than a new one."""
    door.app.close()
    return door.folder


@pytest.fixture
def prepared(doorway: Callable[..., Doorway]) -> Path:
    """The folder of a station that knows nothing."""
    door = doorway()
    door.app.close()
    return door.folder


@pytest.fixture
def order() -> Callable[..., Order]:
    """Makes an order: `order("A1", name="Ada")`."""
    return an_order
