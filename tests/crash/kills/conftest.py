"""Stations in processes of their own, which end in the middle of a word; and the hub they were talking to."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.instants import micros
from boxoffice.ports import Role
from sync.engine import Engine
from sync.enrol import enrol
from sync.hub import auth
from sync.hub.app import Hub
from sync.hub.database import Database, file_url
from sync.hub.loading import load
from sync.hub.serve import Server, listen
from sync.hub_client import Hub as Line

DAY = datetime(2026, 11, 21, tzinfo=UTC)
NURSERY = Path(__file__).parent / "nursery.py"


class Nursery:
    """Brings stations up as processes of their own, and buries them."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            words = [sys.executable, "-W", "error", "-c", NURSERY.read_text(encoding="utf-8"), str(theirs.fileno())]
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        self._said = self._line.makefile("r")

    def begin(self, words: Sequence[str], folder: Path, channels: Sequence[int]) -> int:
        """Start a station that reads from the first channel and writes to the second; its number."""
        asked = json.dumps({"words": words, "folder": str(folder)})
        socket.send_fds(self._line, [f"{asked}\n".encode()], list(channels))
        return int(self._said.readline())

    def kill(self, station: int) -> None:
        """It is still there to be killed: a process keeps its number until somebody has heard how it ended."""
        os.kill(station, signal.SIGKILL)
        assert int(self._said.readline()) == -signal.SIGKILL

    def close(self) -> None:
        self._said.close()
        self._line.close()
        assert self._process.wait() == 0


class Door:
    """A station in a process of its own, with a heap of codes before it."""

    def __init__(self, nursery: Nursery, words: Sequence[str], folder: Path, codes: Sequence[str]) -> None:
        inwards, outwards = os.pipe(), os.pipe()
        self._nursery = nursery
        self._process = nursery.begin(words, folder, (inwards[0], outwards[1]))
        os.close(inwards[0])
        os.close(outwards[1])
        self._to, self._from = os.fdopen(inwards[1], "wb", 0), os.fdopen(outwards[0], "rb", 0)
        self._said = b""
        self._heard = threading.Condition()
        self._ear = threading.Thread(target=self._listen, name="ear")
        self._ear.start()
        self._to.write("".join(f"{code}\n" for code in codes).encode())

    def _listen(self) -> None:
        while part := self._from.read(65536):
            with self._heard:
                self._said += part
                self._heard.notify()

    def has_answered(self, times: int) -> None:
        """Wait until it has answered so often."""
        with self._heard:
            assert self._heard.wait_for(lambda: self._said.count(b"\n") >= times, 60)

    def kill(self) -> list[dict[str, Any]]:
        """End it. Everything that it said is an answer, to the last whole line."""
        self._nursery.kill(self._process)
        self._ear.join()
        self._to.close()
        self._from.close()
        return [json.loads(line) for line in self._said.split(b"\n")[:-1]]


@pytest.fixture(scope="session")
def _nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as nursery:
        yield nursery


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The same for a test each time, another for each test."""
    return random.Random(request.node.name)


@pytest.fixture
def killed(_nursery: Nursery) -> Callable[..., list[dict[str, Any]]]:
    """`killed(words, folder, codes, when)`: what a process answered until it was killed, right after `when(door)`."""

    def run(
        words: Sequence[str], folder: Path, codes: Sequence[str], when: Callable[[Door], object]
    ) -> list[dict[str, Any]]:
        door = Door(_nursery, words, folder, codes)
        try:
            when(door)
        finally:
            answers = door.kill()
        return answers

    return run


class _Switch:
    """Stands in the one server for the hub of the test at hand."""

    def __init__(self) -> None:
        self.current: Any = None
        self.requests: list[str] = []
        self.asked = threading.Condition()
        self._under_way = 0

    @property
    def pokes(self) -> Any:
        return self

    def app(self) -> Any:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            with self.asked:
                self.requests.append(scope["path"])
                self._under_way += 1
                self.asked.notify_all()
            try:
                await self.current(scope, receive, send)
            finally:
                with self.asked:
                    self._under_way -= 1
                    self.asked.notify_all()

        return serve

    def rest(self) -> None:
        """Wait until nobody is being answered."""
        with self.asked:
            assert self.asked.wait_for(lambda: not self._under_way, 60)

    def close(self) -> None:
        """Streams end with their stations."""


class Venue:
    """A hub and a station that is enrolled with it and has some of its tickets; more have been sold since."""

    def __init__(self, folder: Path, switch: _Switch) -> None:
        self.database = Database(file_url(folder / "hub.db"))
        self.station = folder / "station"
        self._hub = Hub(self.database)
        switch.current = self._hub.app()
        switch.requests.clear()
        self._switch = switch

    def was_asked(self, what: str, times: int = 1) -> None:
        """Wait until the hub has heard so many requests of a kind."""
        with self._switch.asked:
            enough = self._switch.asked.wait_for(lambda: self._heard(what) >= times, 60)
        assert enough, f"only {self._switch.requests}"

    def _heard(self, what: str) -> int:
        return sum(path.endswith(what) for path in self._switch.requests)

    def rest(self) -> None:
        """Wait until the hub does nothing any more; a stream ends a moment after the station that was killed."""
        self._switch.rest()
        self._hub.pokes.join()

    def query(self, sql: str) -> list[Any]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]

    def sync(self) -> None:
        """One round, on this thread."""
        with App(Folder(self.station)) as app:
            assert app.enrolment is not None
            with closing(Line(app.enrolment)) as server:
                assert Engine(app, server).round_once().trouble is None


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[str, _Switch]]:
    switch, ready = _Switch(), threading.Event()
    listener = listen("127.0.0.1", 0)
    server = Server(switch, listener, ready.set)
    thread = threading.Thread(target=server.serve_until_stopped, name="hub of the killed")
    thread.start()
    assert ready.wait(60)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", switch
    server.stop()
    thread.join()


@pytest.fixture(scope="session")
def venues(_server: tuple[str, _Switch], quick_disk: Path, evening: Any) -> Callable[[Path], Any]:
    """`with venues(folder) as venue:` copies a venue into a folder and opens the hub in it."""
    url, switch = _server
    template = quick_disk / "venue"
    template.mkdir()

    @contextmanager
    def opened(folder: Path) -> Iterator[Venue]:
        venue = Venue(folder, switch)
        with closing(venue.database):
            yield venue
            venue.rest()

    with opened(template) as venue:
        load(venue.database, [
            Event(slug=evening.event), Item(id=1, event=evening.event), CheckInList(id=1, event=evening.event),
            *(evening.order(number) for number in range(1, 101)),
        ])  # fmt: skip
        with venue.database.writing() as connection:
            token = auth.invite(connection, "North door", Role.DESK, (), "", micros(DAY))
        venue.station.mkdir()
        with App(Folder(venue.station)) as app:
            enrol(app, url, token)
        venue.sync()
        load(venue.database, [evening.order(number) for number in range(101, 401)])

    @contextmanager
    def copied(folder: Path) -> Iterator[Venue]:
        shutil.copytree(template, folder)
        with opened(folder) as venue:
            yield venue

    return copied
