"""Processes of a hub end in the middle of a word; what they had acknowledged is there, and nothing twice."""

from __future__ import annotations

import abc
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.nouns import Noun
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Outcome
from tests.sync.conftest import Station

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
KILLS = 100 if PROVE else 2
DOORS = 4

T = TypeVar("T")

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Linux tells which processes a process started"
)


class Processes:
    """A hub that several processes serve."""

    def __init__(self, database: str) -> None:
        command = [sys.executable, "-m", "boxoffice", "hub", "serve", "--db", database, "--port", "0", "--json"]
        self._parent = subprocess.Popen([*command, "--workers", "2"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._parent.stdout is not None
        self.url: str = json.loads(self._parent.stdout.readline())["url"]

    def all(self) -> list[int]:
        """The processes that answer now."""
        children = Path(f"/proc/{self._parent.pid}/task/{self._parent.pid}/children").read_text(encoding="ascii")
        return [int(child) for child in children.split() if _answers(child)]

    def kill_one(self) -> None:
        """Wait until all are there, kill one of them, and wait until it is gone."""
        while len(there := self.all()) < 2:
            time.sleep(0.01)
        victim = random.choice(there)
        os.kill(victim, signal.SIGKILL)
        while victim in self.all():
            time.sleep(0.001)

    def end(self) -> None:
        self._parent.terminate()
        self._parent.communicate(timeout=60)


def _answers(process: str) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.fixture
def processes(hub: Any) -> Iterator[Processes]:
    started = Processes(hub.database.url)
    yield started
    started.end()


def until_answered(ask: Callable[[], T]) -> T:
    """What it says in the end; a process that dies meanwhile says nothing."""
    while True:
        with contextlib.suppress(ServerTrouble):
            return ask()


class Busy(abc.ABC):
    """A station that does one thing again and again on a thread of its own."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._going_home = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._going_home.is_set():
            self.do()

    @abc.abstractmethod
    def do(self) -> None: ...

    def go_home(self) -> None:
        self._going_home.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


class Door(Busy):
    """Hands over one act after the other, each until it is acknowledged."""

    def __init__(self, station: Station) -> None:
        self.acknowledged: list[str] = []
        super().__init__(station)

    def do(self) -> None:
        entry = self.station.enters()
        said = until_answered(lambda: self.station.push(entry))
        assert [answer.outcome for answer in said.answers] == [Outcome.DONE]
        self.acknowledged.append(entry.operation)


class Reader(Busy):
    """Reads the feed from its cursor."""

    def __init__(self, station: Station) -> None:
        self.known: list[str] = []
        self._cursor = ""
        super().__init__(station)

    def do(self) -> None:
        nouns, self._cursor = until_answered(self._rest)
        self.known += [noun.nonce for noun in nouns if isinstance(noun, CheckIn)]

    def _rest(self) -> tuple[list[Noun], str]:
        feed = self.station.line.changes("conf26", self._cursor)
        return [change.noun for change in feed], feed.cursor


@pytest.fixture
def station(hub: Any, processes: Processes) -> Iterator[Callable[[str], Station]]:
    """Makes stations that ask the processes."""
    made: list[Station] = []

    def make(name: str) -> Station:
        made.append(Station(msgspec.structs.replace(hub.station(name).enrolment, url=processes.url)))
        return made[-1]

    yield make
    for one in made:
        one.line.close()


def test_what_a_killed_process_had_acknowledged_is_there_once(
    processes: Processes, station: Callable[[str], Station]
) -> None:
    reader = Reader(station("Reader"))
    doors = [Door(station(f"Door {number}")) for number in range(DOORS)]
    for number in range(KILLS):
        while min(len(door.acknowledged) for door in doors) <= number:
            time.sleep(0.001)  # everybody has got on since the last one
        processes.kill_one()
    for one in (*doors, reader):
        one.go_home()
    reader.do()
    acknowledged = [operation for door in doors for operation in door.acknowledged]
    assert Counter(reader.known) == Counter(acknowledged)
    for door in doors:
        said = until_answered(door.station.push)
        assert (said.high_water, said.missing, said.alarm) == (len(door.acknowledged), (), "")
