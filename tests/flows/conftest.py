"""A hall with a hub and doors: real stores, real requests over loopback, and a plug that can be pulled.

And a station that was made ready the day before, for tests that bring a real screen or a camera to it.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Admitted, Fact
from boxoffice.domain.gate import Verdict, Wish
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment, Role
from boxoffice.services import hear
from boxoffice.storage import connection, journal, verify
from sync.engine import Engine
from sync.enrol import enrol
from sync.hub import auth
from sync.hub.app import Hub as HubApp
from sync.hub.database import Database, file_url
from sync.hub.loading import load
from sync.hub.serve import Server
from sync.rounds import Round
from sync.servers import central_server
from sync.state import State

DAY = datetime(2026, 11, 21, tzinfo=UTC)
EVENT = "conf26"


class Files:
    """A hub's store as a folder with a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir()
        self.url = file_url(folder / "hub.db")

    def copy(self) -> Path:
        to = self._folder.with_name("copy of the hub")
        shutil.copytree(self._folder, to)
        return to

    def set_back_to(self, copy: Path) -> None:
        shutil.rmtree(self._folder)
        shutil.copytree(copy, self._folder)


class Hub:
    """The hub's machine: its store, and a server that can be switched off and on."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._socket = _place(0)
        self._port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.take_above: Callable[[str, str], object] | None = None
        """Where the hub of a venue asks for carts that the server above keeps."""
        self.switch_on()

    def switch_on(self) -> None:
        self.database = Database(self._store.url)
        ready = threading.Event()
        self._socket.listen()
        self._server = Server(HubApp(self.database, self._ask_above), self._socket, ready.set)
        self._thread = threading.Thread(target=self._server.serve_until_stopped, name="hub")
        self._thread.start()
        assert ready.wait(60)

    def _ask_above(self, event: str, cart: str) -> None:
        assert self.take_above is not None
        self.take_above(event, cart)

    def switch_off(self) -> None:
        self._end()
        self._socket = _place(self._port)

    def close(self) -> None:
        """Switch it off for good."""
        self._end()
        self._socket.close()

    def _end(self) -> None:
        self._server.stop()
        self._thread.join()
        self.database.close()

    def set_back_to(self, copy: Any) -> None:
        """Bring an older state of the store back."""
        self.switch_off()
        self._store.set_back_to(copy)
        self.switch_on()

    def copy(self) -> Any:
        """A copy of the store as it is."""
        self.switch_off()
        copy = self._store.copy()
        self.switch_on()
        return copy

    def load(self, *nouns: Noun) -> None:
        load(self.database, nouns)

    def invite(self, name: str = "", role: Role = Role.SUPERVISOR, events: tuple[str, ...] = ()) -> str:
        with self.database.writing() as connection:
            return auth.invite(connection, name, role, events, "", micros(DAY))

    def send_away(self, device: str) -> None:
        with self.database.writing() as connection:
            auth.revoke(connection, device, micros(DAY))

    def query(self, sql: str) -> list[Any]:
        from sqlalchemy import text

        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


def _place(port: int) -> socket.socket:
    """A port on which nobody listens yet. It is held: else another test may have it before the hub is back."""
    # With its protocol named, as the hub's own: otherwise each answer takes 45 ms.
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", port))
    return held


class Gate:
    """A station at a door."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.app = App(Folder(folder))
        self._engine: Engine | None = None

    def enrol(self, hub: Hub, name: str, **more: Any) -> Gate:
        enrol(self.app, hub.url, hub.invite(**more), name=name)
        return self

    @property
    def device(self) -> str:
        return self.app.station.device

    def sync(self) -> Round:
        """One round. Raises what kept it from going well."""
        enrolment = self.app.enrolment
        assert enrolment is not None
        server = central_server(enrolment)
        self._engine = Engine(self.app, server)
        try:
            return self._engine.round_once()
        finally:
            server.close()

    @property
    def state(self) -> State:
        assert self._engine is not None
        return self._engine.state

    def scan(self, ticket: str, at: str = "09:00", **wish: Any) -> Verdict:
        hour, minute = at.split(":")
        scan = new_scan(f"secret-{ticket}", Source.MANUAL, DAY.replace(hour=int(hour), minute=int(minute)))
        gate = self.app.station.name
        return self.app.gate.admit(scan, Door(lists=((EVENT, 1),), gate=gate), Wish(**wish)).result()

    def waits(self) -> int:
        return self.app.outbox().waiting

    def close(self) -> None:
        self.app.close()


class Hall:
    """Everything on one table."""

    def __init__(self, folder: Path, store: Any) -> None:
        self.folder = folder
        self.hub = Hub(store)
        self.gates: list[Gate] = []
        self.hub.load(
            Event(slug=EVENT, timezone="UTC"),
            Item(id=1, event=EVENT, name={"en": "Regular"}),
            CheckInList(id=1, event=EVENT, name="Main entrance"),
        )

    def tickets(self, *codes: str) -> None:
        """Sell tickets, somewhere else."""
        for code in codes:
            held = Position(number=1, item=1, secret=f"secret-{code}", name="Ada Lovelace")
            self.hub.load(Order(event=EVENT, code=code, status=Status.PAID, positions=(held,)))

    def gate(self, name: str, **more: Any) -> Gate:
        """A door with a station that is enrolled and in step."""
        gate = self.folder_gate(name.lower()).enrol(self.hub, name, **more)
        gate.sync()
        return gate

    def folder_gate(self, name: str) -> Gate:
        """The station of a folder, new or not."""
        self.gates.append(Gate(self.folder / name))
        return self.gates[-1]

    def close(self) -> None:
        for gate in self.gates:
            gate.close()
        self.hub.close()


@pytest.fixture
def hubs_store(tmp_path: Path) -> Any:
    """Where the hub of the hall keeps everything."""
    return Files(tmp_path / "hub")


@pytest.fixture
def new_hub(tmp_path: Path) -> Callable[[str], Hub]:
    """Another hub, with nothing in it; whoever makes it closes it."""
    return lambda name: Hub(Files(tmp_path / name))


@pytest.fixture
def hall(tmp_path: Path, hubs_store: Any) -> Iterator[Hall]:
    hall = Hall(tmp_path, hubs_store)
    yield hall
    hall.close()


def make_ready(app: App, codes: Sequence[str], camera: str = "") -> None:
    """An event, a ticket for each code, a door, and somebody who may do everything."""
    from ui.preferences import Preferences, save

    nouns: list[Noun] = [
        Event(slug=EVENT, name={"en": "Conference"}, timezone="UTC"),
        Item(id=1, event=EVENT, name={"en": "Regular"}),
        CheckInList(id=1, event=EVENT, name="Main entrance"),
    ]
    for number, code in enumerate(codes, start=1):
        held = Position(number=1, item=1, secret=code, name=f"Ada Lovelace {number}")
        nouns.append(Order(event=EVENT, code=f"A{number:04d}", status=Status.PAID, positions=(held,)))

    def take_in(connection: Any) -> None:
        for noun in nouns:
            hear.apply(connection, app.shelf, noun)

    app.write(take_in).result()
    enrolment = Enrolment(
        kind="hub", url="http://127.0.0.1:1", token="t", device_id="d1", name="North door", role=Role.SUPERVISOR
    )
    app.join(enrolment).result()
    app.set_door(Door(lists=((EVENT, 1),), gate="North")).result()
    save(app, Preferences(language="en", camera=camera, seconds=60)).result()


class Kept:
    """What a station has written down, read from its store from outside."""

    def __init__(self, folder: Folder) -> None:
        self._connection = connection.reading(folder.store, config.key(folder))

    def codes(self) -> list[str]:
        """The codes that were admitted, in order."""
        return [one.private_part().text for one in self._entries() if isinstance(one.fact(), Admitted)]

    def others(self) -> list[Fact]:
        """Everything else that was done: refusals, passages taken back."""
        return [one.fact() for one in self._entries() if not isinstance(one.fact(), Admitted)]

    def settings(self) -> dict[str, str]:
        """Everything that is set; without the mark that changes with each time of setting."""
        return dict(self._connection.execute("SELECT key, value FROM settings WHERE key <> 'version'").fetchall())

    def check(self) -> verify.Findings:
        return verify.check(self._connection)

    def close(self) -> None:
        self._connection.close()

    def _entries(self) -> Iterator[Entry]:
        return journal.entries(self._connection)


@pytest.fixture
def ready() -> Callable[..., None]:
    """`ready(app, codes)` makes a station ready for the holders of these codes."""
    return make_ready


@pytest.fixture
def kept() -> Iterator[Callable[[Folder], Kept]]:
    """`kept(folder)`: what the station of a folder has written down."""
    opened: list[Kept] = []

    def read(folder: Folder) -> Kept:
        opened.append(Kept(folder))
        return opened[-1]

    yield read
    for one in opened:
        one.close()
