"""A real hub on loopback for each test, stations of it, and a server that misbehaves on command."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.types import Receive, Scope, Send

from boxoffice.decoding import decode
from boxoffice.domain import facts, journal
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.facts import Admitted, Fact, Private
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.ids import new_id
from boxoffice.ports import Enrolment, Receipt, Role
from sync.hub import auth
from sync.hub.app import Hub as HubApp
from sync.hub.database import Database, file_url
from sync.hub.loading import Loaded, load
from sync.hub.serve import Server, listen
from sync.hub_client import Hub, enrol

EVENT = "conf26"
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def an_order(code: str, *, event: str = EVENT, name: str = "Ada Lovelace", **more: Any) -> Order:
    position = Position(
        number=1, item=1, price=2300, secret=f"secret-{event}-{code}", name=name, email="ada@example.org"
    )
    order = Order(event=event, code=code, status=Status.PAID, email="b@example.org", phone="+49 30 1234", total=2300)
    return msgspec.structs.replace(order, positions=(position,), **more)


def an_event(event: str = EVENT) -> list[Noun]:
    return [
        Event(slug=event, name={"en": event.title()}, date_from=NINE),
        Item(id=1, event=event, name={"en": "Regular"}, price=2300),
        CheckInList(id=1, event=event, name="Main entrance"),
    ]


class Station:
    """A station as the hub sees it: its enrolment, its line, and a journal that it keeps in memory."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.enrolment = enrolment
        self.line = Hub(enrolment, patience=60)
        self.epoch = 1
        self.sequence = 0
        self.previous = journal.GENESIS

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.enrolment.token}"}

    def write(self, fact: Fact, private: Private | None = None, operation: str | None = None) -> Entry:
        """One entry, sealed with the one before it."""
        salt = os.urandom(16)
        body, kept = journal.body_of(fact, private, salt)
        return self.seal(body, operation=operation, private=kept, salt=salt.hex() if kept else "")

    def seal(self, body: str, *, operation: str | None = None, private: str = "", salt: str = "") -> Entry:
        self.sequence += 1
        device = self.enrolment.device_id
        sealed = journal.chain(device, self.epoch, self.sequence, self.previous, body)
        entry = Entry(
            device=device,
            epoch=self.epoch,
            sequence=self.sequence,
            operation=operation or new_id(),
            body=body,
            previous=self.previous.hex(),
            hash=sealed.hex(),
            private=private,
            salt=salt,
        )
        self.previous = sealed
        return entry

    def enters(self, ticket: str = "A1-1", *, event: str = EVENT, **more: Any) -> Entry:
        """An entry that says that somebody went in at nine."""
        fact = Admitted(event=event, at=micros(NINE), list=1, ticket=ticket, **more)
        return self.write(fact, Private(text=f"secret of {ticket}"))

    def push(self, *entries: Entry) -> Receipt:
        return self.line.push(entries)

    def new_epoch(self) -> None:
        self.epoch += 1
        self.sequence = 0

    def feed(self, event: str = EVENT, cursor: str = "") -> list[Any]:
        """The nouns that changed since a cursor."""
        return [change.noun for change in self.line.changes(event, cursor)]

    def cursor(self, event: str = EVENT) -> str:
        """The cursor of a station that has everything."""
        feed = self.line.changes(event, "")
        assert list(feed) is not None
        return feed.cursor


class Count:
    """How many there are of something, and a way to wait until there are none."""

    def __init__(self) -> None:
        self._number = 0
        self._changed = threading.Condition()

    def up(self) -> None:
        with self._changed:
            self._number += 1

    def down(self) -> None:
        with self._changed:
            self._number -= 1
            self._changed.notify_all()

    def wait_until_none(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: not self._number, 60)


class Running:
    """One hub: its address, its database, and stations that enrol with it."""

    def __init__(self, url: str, database: str, loop: Callable[[], asyncio.AbstractEventLoop | None]) -> None:
        self.url = url
        self._loop = loop
        self._busy = Count()
        self.database = Database(database)
        self.hub = HubApp(self.database)
        self.app = self.hub.app()
        self._stations: list[Station] = []

    def load(self, *nouns: Noun) -> Loaded:
        return load(self.database, nouns)

    def invite(self, name: str = "North", role: Role = Role.DESK, events: tuple[str, ...] = (), gate: str = "") -> str:
        with self.database.writing() as connection:
            return auth.invite(connection, name, role, events, gate, micros(NINE))

    def station(self, name: str = "North", role: Role = Role.DESK, events: tuple[str, ...] = ()) -> Station:
        station = Station(enrol(self.url, self.invite(name, role, events)))
        self._stations.append(station)
        return station

    def revoke(self, station: Station) -> None:
        with self.database.writing() as connection:
            auth.revoke(connection, station.enrolment.device_id, micros(NINE))

    def refusals(self) -> list[facts.RefusedEntry]:
        with self.database.reading() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM acts WHERE kind = 'refused' ORDER BY received_at").all()
        return [decode(body, facts.RefusedEntry) for (body,) in rows]

    def stop_streams(self) -> None:
        """What a hub does first when it is stopped."""
        loop = self._loop()
        assert loop is not None
        loop.call_soon_threadsafe(self.hub.pokes.close)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._busy.up()
        try:
            await self.app(scope, receive, send)
        finally:
            self._busy.down()

    def close(self) -> None:
        for station in self._stations:
            station.line.close()
        if loop := self._loop():
            loop.call_soon_threadsafe(self.hub.pokes.close)
        self._busy.wait_until_none()
        self.hub.close()
        self.database.close()


class _Switch:
    """Stands in the one server for whichever hub the test at hand has; starting a server takes a while."""

    def __init__(self) -> None:
        self.current: Running | None = None
        self.server: Server | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def pokes(self) -> Any:
        return self

    def app(self) -> Any:
        return self._serve

    def close(self) -> None:
        """Streams end with the test that opened them."""

    def lines(self) -> list[Any]:
        """The open lines of those who ask."""
        assert self.server is not None
        lines = [one.transport.get_extra_info("socket") for one in list(self.server.server_state.connections)]
        return [line for line in lines if line.fileno() >= 0]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.current is not None
        self.loop = asyncio.get_running_loop()
        await self.current.serve(scope, receive, send)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[tuple[str, _Switch]]:
    switch, ready = _Switch(), threading.Event()
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = switch.server = Server(switch, listener, ready.set)
    thread = threading.Thread(target=server.serve_until_stopped, name="hub under test")
    thread.start()
    assert ready.wait(60)
    yield url, switch
    server.stop()
    thread.join()


@pytest.fixture(scope="session")
def empty_hub_file(quick_disk: Path) -> Path:
    """The SQLite file of a hub that knows nothing yet. It is copied, because it takes longer to make one."""
    file = quick_disk / "empty hub.db"
    Database(file_url(file)).close()
    return file


@pytest.fixture
def file_database_url(tmp_path: Path, empty_hub_file: Path) -> str:
    """An empty hub's database in a SQLite file."""
    shutil.copyfile(empty_hub_file, tmp_path / "hub.db")
    return file_url(tmp_path / "hub.db")


@pytest.fixture
def database_url(file_database_url: str) -> str:
    """Where the hub keeps everything: a SQLite file. Tests of the hub itself stand above this, and take each kind."""
    return file_database_url


@pytest.fixture
def empty_hub(shared_server: tuple[str, _Switch], database_url: str) -> Iterator[Running]:
    """A hub on loopback that knows nothing yet."""
    url, switch = shared_server
    running = Running(url, database_url, lambda: switch.loop)
    switch.current = running
    with contextlib.closing(running):
        yield running


@pytest.fixture
def hub(empty_hub: Running) -> Running:
    """A hub on loopback with one event and three orders: A1, A2, A3."""
    empty_hub.load(*an_event(), an_order("A1"), an_order("A2"), an_order("A3"))
    return empty_hub


@pytest.fixture
def north(hub: Running) -> Station:
    """A desk's station of that hub."""
    return hub.station("North")


@pytest.fixture
def order() -> Callable[..., Order]:
    """Makes an order of the event: `order("A1", name="Ada")`."""
    return an_order


@pytest.fixture
def event() -> Callable[..., list[Noun]]:
    """Makes an event's catalog: `event("other")`."""
    return an_event


@pytest.fixture
def at_nine() -> datetime:
    """Nine o'clock on the day."""
    return NINE


class Liar:
    """A server that answers every request with the same bytes, and remembers what it was sent."""

    def __init__(self) -> None:
        self.says: list[bytes] = []
        self.heard: list[bytes] = []
        self.stays_open = False
        self.context: ssl.SSLContext | None = None
        """Speaks TLS where a test sets one."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, name="liar")
        self._thread.start()

    def answers(self, body: bytes, *, status: str = "200 OK", media: str = "application/json", **headers: str) -> None:
        """Answer with a whole body and an honest length."""
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        more += f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        head = f"HTTP/1.1 {status}\r\n{more}\r\n"
        self.says = [head.encode() + body]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(60)
                if self.context is None:
                    self._answer(connection)
                    continue
                with self.context.wrap_socket(connection, server_side=True) as secure:
                    self._answer(secure)

    def _answer(self, connection: socket.socket) -> None:
        self.heard.append(self._request(connection))
        for part in self.says:
            connection.sendall(part)
        if self.stays_open:
            connection.recv(1)

    def _request(self, connection: socket.socket) -> bytes:
        """One whole request; closing with half of it unread would take the answer back."""
        heard = b""
        while b"\r\n\r\n" not in heard and (part := connection.recv(65536)):
            heard += part
        head, _, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def liar() -> Iterator[Liar]:
    """A server that says whatever a test wants it to say."""
    with contextlib.closing(Liar()) as liar:
        yield liar
