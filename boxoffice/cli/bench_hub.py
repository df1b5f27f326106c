"""`bench hub`: two hundred stations hand over what they did, beside the hub's database doing the same alone.

The stations are one process that speaks HTTP with as little effort as goes; their requests are made ready
beforehand. The yardstick is the bare database: the same rows in the same batches and in the order in which
they come, each batch one durable commit. The hub answers with one process and with two on SQLite, and with two on
PostgreSQL. Then come the feed, read by one station to its end, and the time until an entry at one door is known at
nineteen others.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boxoffice.decoding import decode
from boxoffice.domain import journal
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.facts import Admitted, Private
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.errors import DeviceTrouble
from boxoffice.ids import new_id
from boxoffice.ports import Role
from sync.hub import auth
from sync.hub.cluster import Cluster
from sync.hub.database import Database, file_url
from sync.hub.loading import load
from sync.wire.hub import Arrival
from sync.wire.hub import acts as request_of

from . import bench_event, bench_hub_bare
from .bench_hub_bare import BATCH, EVENT
from .output import flush, say

STATIONS = 200
ROUNDS = 4
WORKERS = 2
"""Processes of a hub that has many stations."""
DOORS = 20
ENTRIES = 50
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")


def run(args: argparse.Namespace) -> int:
    """Measure both databases; prints a line each."""
    with bench_event.scratch() as folder:
        for workers in (1, WORKERS):
            place = folder / f"sqlite-{workers}"
            place.mkdir()
            say_so(
                args,
                _measure("sqlite", file_url(place / "hub.db"), place, args.quick, bench_hub_bare.sqlite, workers),
            )
        cluster = Cluster(folder)
        try:
            cluster.start(durable=True)
        except DeviceTrouble as trouble:
            sys.stderr.write(f"boxoffice: {trouble}\n")
            return 0
        try:
            say_so(args, _measure("postgresql", cluster.url(), folder, args.quick, bench_hub_bare.postgresql, WORKERS))
        finally:
            cluster.stop()
    return 0


def say_so(args: argparse.Namespace, values: dict[str, Any]) -> None:
    """Print what was measured of one database."""
    text = (
        f"{values['database']}, processes: {values['workers']}:"
        f" {values['acts_s']:,} acts a second from {values['stations']} stations,"
        f" {values['acts_ratio']}× the bare database ({values['bare_acts_s']:,});"
        f" an act costs {values['act_us']} µs of processor time here and {values['stations_act_us']} at the stations;"
        f" {values['feed_rows_s']:,} rows of the feed a second; {values['memory_mib']} MiB;"
        f" an entry is known at {values['doors'] - 1} other doors after {values['known_p50_ms']} ms"
        f" (slowest hundredth {values['known_p99_ms']} ms)"
    )
    say(args, values, text)
    flush()


def _measure(name: str, url: str, folder: Path, quick: bool, bare: Any, workers: int) -> dict[str, Any]:
    stations, rounds = (DOORS, 1) if quick else (STATIONS, ROUNDS)
    with contextlib.closing(Database(url)) as database:
        load(database, _nouns(2_000 if quick else 20_000))
        doors = _enrolled(database, stations)
        turns = [[door.batch(BATCH) for door in doors] for _ in range(rounds)]
        bare_seconds = bare(url, folder, [batch for turn in turns for batch in turn])
    batches = dict(zip(doors, zip(*turns, strict=True), strict=True))
    number = stations * rounds * BATCH
    with _serving(url, workers) as (process, port):
        family = _family(process.pid)
        before, own_before = sum(map(_processor, family)), time.process_time()
        seconds = asyncio.run(_hand_over(port, batches))
        processor, own = sum(map(_processor, family)) - before, time.process_time() - own_before
        feed_seconds, rows = asyncio.run(_read_feed(port, doors[0]))
        known = sorted(asyncio.run(_tell_each_other(port, doors[:DOORS], 5 if quick else ENTRIES)))
        memory = sum(map(_memory, family))
    return {
        "database": name,
        "workers": workers,
        "stations": stations,
        "batch": BATCH,
        "acts_s": round(number / seconds),
        "bare_acts_s": round(number / bare_seconds),
        "acts_ratio": round(bare_seconds / seconds, 2),
        "act_us": round(1_000_000 * processor / number, 1),
        "stations_act_us": round(1_000_000 * own / number, 1),
        "feed_rows_s": round(rows / feed_seconds),
        "memory_mib": round(memory / 1024),
        "doors": DOORS,
        "known_p50_ms": round(1000 * known[len(known) // 2], 1),
        "known_p99_ms": round(1000 * known[int(len(known) * 0.99)], 1),
    }


def _nouns(size: int) -> Iterator[Event | Item | CheckInList | Order]:
    yield Event(slug=EVENT, name={"en": "Bench"})
    yield Item(id=1, event=EVENT)
    yield CheckInList(id=1, event=EVENT, name="Main")
    for number in range(size):
        position = Position(number=1, item=1, secret=bench_event.secret(number), name=f"Attendee {number}")
        yield Order(event=EVENT, code=f"B{number:07d}", status=Status.PAID, positions=(position,))


class _Door:
    """A station as far as the hub sees one: a token, and a journal that goes on."""

    def __init__(self, device: str, token: str) -> None:
        self.device = device
        self.head = f"Host: hub\r\nAuthorization: Bearer {token}\r\n".encode()
        self.cursor = ""
        self._sequence = 0
        self._previous = journal.GENESIS
        self._at = micros(datetime.now(UTC))

    def batch(self, number: int) -> list[Entry]:
        """The next so many entries."""
        return [self._entry() for _ in range(number)]

    def _entry(self) -> Entry:
        self._sequence += 1
        operation, salt = new_id(), os.urandom(16)
        fact = Admitted(event=EVENT, at=self._at, list=1, ticket=f"B{self._sequence:07d}-1", gate="Main", source="gun")
        body, private = journal.body_of(fact, Private(text=operation), salt)
        sealed = journal.chain(self.device, 1, self._sequence, self._previous, body)
        entry = Entry(
            device=self.device,
            epoch=1,
            sequence=self._sequence,
            operation=operation,
            body=body,
            previous=self._previous.hex(),
            hash=sealed.hex(),
            private=private,
            salt=salt.hex(),
        )
        self._previous = sealed
        return entry

    def request(self, entries: Sequence[Entry]) -> bytes:
        """What hands these over."""
        body = request_of(entries)
        return b"POST /v1/acts HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (self.head, len(body), body)


def _enrolled(database: Database, number: int) -> list[_Door]:
    doors = []
    now = micros(datetime.now(UTC))
    with database.writing() as connection:
        for place in range(number):
            token = auth.invite(connection, f"Door {place}", Role.DESK, (EVENT,), "Main", now)
            device = auth.enrol(connection, Arrival(token=token), now)
            doors.append(_Door(device.device_id, device.token))
    return doors


@contextlib.contextmanager
def _serving(url: str, workers: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A hub in a process of its own, and its port."""
    command = [sys.executable, "-m", "boxoffice", "hub", "serve", "--db", url, "--port", "0", "--json"]
    if workers > 1:
        command += ["--workers", str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            address = decode(process.stdout.readline())["url"]
            yield process, int(address.rpartition(":")[2])
        finally:
            process.terminate()


def _family(process: int) -> list[int]:
    """A process and those that it started."""
    children = Path(f"/proc/{process}/task/{process}/children")
    return [process, *map(int, children.read_text(encoding="ascii").split())] if children.exists() else [process]


def _memory(process: int) -> int:
    """The most that a process ever had in memory, in KiB; 0 where the system does not say."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="ascii"))
    return int(found[1]) if found else 0


def _processor(process: int) -> float:
    """Seconds of processor time that a process has had; 0 where the system does not say."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Line:
    """One station's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, request: bytes) -> bytes:
        """Send a request; the body of its answer. Raises if it is no 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"The hub said {head[:60]!r}")
        length = _LENGTH.search(head)
        if length is not None:
            return await self.reader.readexactly(int(length[1]))
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readexactly(2)
        return b"".join(parts)


@contextlib.asynccontextmanager
async def _lines(port: int, number: int) -> AsyncIterator[list[_Line]]:
    lines = [_Line(*await asyncio.open_connection("127.0.0.1", port, limit=2**26)) for _ in range(number)]
    try:
        yield lines
    finally:
        for line in lines:
            line.writer.close()


async def _hand_over(port: int, batches: Mapping[_Door, Sequence[Sequence[Entry]]]) -> float:
    """Seconds in which all stations get rid of all batches, each one after the other."""
    requests = [[door.request(some) for some in each] for door, each in batches.items()]
    async with _lines(port, len(requests)) as lines:
        begun = time.perf_counter()
        await asyncio.gather(*map(_one_after_the_other, lines, requests))
        return time.perf_counter() - begun


async def _one_after_the_other(line: _Line, requests: list[bytes]) -> None:
    for request in requests:
        answer = await line.ask(request)
        if answer.count(b'"done"') != BATCH:
            raise RuntimeError(f"The hub did not take everything: {answer[:200]!r}")


async def _read_feed(port: int, door: _Door) -> tuple[float, int]:
    """Seconds that a station reads the whole feed, and how many rows that are."""
    async with _lines(port, 1) as [line]:
        begun = time.perf_counter()
        body = await line.ask(b"GET /v1/events/%b/changes HTTP/1.1\r\n%b\r\n" % (EVENT.encode(), door.head))
        return time.perf_counter() - begun, body.count(b"\n") - 1


async def _tell_each_other(port: int, doors: Sequence[_Door], times: int) -> list[float]:
    """Seconds from the moment that one door hands an entry over to the moment that another has it; for each other."""
    async with _lines(port, len(doors)) as lines, _lines(port, len(doors)) as ears:
        listeners = [_Listener(*one) for one in zip(doors, lines, ears, strict=True)]
        for listener in listeners:
            await listener.begin()
        known = []
        for turn in range(times):
            speaker = listeners[turn % len(listeners)]
            [entry] = speaker.door.batch(1)
            others = [one for one in listeners if one is not speaker]
            waiting = [asyncio.create_task(one.hears(entry.operation)) for one in others]
            begun = time.perf_counter()
            await speaker.line.ask(speaker.door.request([entry]))
            known += [at - begun for at in await asyncio.gather(*waiting)]
            await speaker.hears(entry.operation)
        return known


class _Listener:
    """A door with a stream, which asks for what is new whenever it is poked."""

    def __init__(self, door: _Door, line: _Line, ear: _Line) -> None:
        self.door = door
        self.line = line
        self._ear = ear

    async def begin(self) -> None:
        """Open the stream, and be in step."""
        path = f"/v1/events/{EVENT}".encode()
        self._ear.writer.write(b"GET %b/stream HTTP/1.1\r\n%b\r\n" % (path, self.door.head))
        await self._ear.reader.readuntil(b"data: ")
        await self._changes()

    async def hears(self, operation: str) -> float:
        """Wait until an entry has come; when that was."""
        while operation.encode() not in await self._changes():
            await self._ear.reader.readuntil(b"data: ")
        return time.perf_counter()

    async def _changes(self) -> bytes:
        path = f"/v1/events/{EVENT}/changes?since={self.door.cursor}".encode()
        body = await self.line.ask(b"GET %b HTTP/1.1\r\n%b\r\n" % (path, self.door.head))
        self.door.cursor = re.findall(rb'"cursor":"([^"]*)"', body)[-1].decode()
        return body
