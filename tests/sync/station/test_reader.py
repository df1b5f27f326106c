"""A first sync is read by a process of its own, which may die, hang or speak nonsense at any moment."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.decoding import packed_decoder
from boxoffice.domain.catalog import Item
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.nouns import Gone
from boxoffice.domain.orders import Order, Payment, Position, Status
from boxoffice.errors import DeviceRevoked, Filled, ServerTrouble
from boxoffice.ports import Change, Enrolment
from boxoffice.storage import feeds
from boxoffice.storage.ready_orders import Ready
from sync import arrivals, reader, reader_process
from sync import pull as pulling
from sync.hub_client import Access, Hub
from sync.pull import Pulled
from sync.reader import COMMAND, Reader, ReaderLost
from sync.sheaf import Rows, Sheaf
from sync.wire.hub_feed import NDJSON

EVENT = "conf26"
CODES = ["A1", "A2", "A3", *(f"B{number:02}" for number in range(30))]

# What the process does when it has handed over two sheaves of five, and a part of the third.
ILL = """
import os, sys, time
from sync import reader_process, sheaf

sheaf.SHEAF, reader_process.PART = 5, 2
send, sent = reader_process._send, []

def fall_ill(answers, message):
    send(answers, message)
    sent.append(message)
    if len(sent) == 9:
        {what}

reader_process._send = fall_ill
reader_process.main()
"""
ILLNESSES = {
    "dies": "os._exit(1)",
    "hangs": "time.sleep(3600)",
    "speaks nonsense": "answers.write(b'\\0\\0\\0\\5hello'); answers.flush()",
    "prints": "answers.write(b'Traceback: '); answers.flush(); os._exit(1)",
}
WELL = ILL.format(what="print('a library prints')")


class Readers:
    """Starts processes, and knows all that were started."""

    def __init__(self) -> None:
        self.command = COMMAND
        self.started: list[Reader] = []

    def run(self, script: str) -> None:
        """From now on processes do this."""
        self.command = (sys.executable, "-c", script)

    def start(self, access: Access, event: str) -> Reader:
        self.started.append(_Awaited(access, event, command=self.command))
        return self.started[-1]

    def are_gone(self) -> bool:
        return all(one._process.returncode is not None for one in self.started)


class _Awaited(Reader):
    """As if the feed were so long that it is not at its end when the process has loaded."""

    @property
    def loaded(self) -> bool:
        return self._loaded.wait(60)


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    readers = Readers()
    monkeypatch.setattr(reader, "Reader", readers.start)
    monkeypatch.setattr(arrivals, "WORTH_A_PROCESS", 1)
    return readers


@pytest.fixture
def door(hub: Any, doorway: Callable[..., Any]) -> Any:
    """A station that has heard of nothing, of a hub with an event and its orders."""
    hub.load(*(_order(code) for code in CODES[3:]))
    return doorway(hub.station("North").enrolment)


def _order(code: str) -> Order:
    position = Position(number=1, item=1, secret=f"secret-{code}", name="Ada Lovelace")
    return Order(event=EVENT, code=code, status=Status.PAID, positions=(position,))


@pytest.fixture
def pull(door: Any) -> Iterator[Callable[..., Pulled]]:
    line = Hub(door.app.enrolment)

    def run(meanwhile: Any = lambda _applied, _total: True) -> Pulled:
        return pulling.pull(door.app, line, EVENT, threading.Event(), meanwhile)

    yield run
    line.close()


def total(door: Any) -> int:
    found: int = door.app.read(lambda c: feeds.progress(c, EVENT)).applied
    return found


def test_a_first_sync_is_read_by_the_process(door: Any, pull: Any, readers: Readers) -> None:
    done = pull()
    assert (done.complete, door.orders()) == (True, CODES)
    assert done.applied == total(door) == len(CODES) + 3
    assert len(door.app.lookup.search("lovelace", 100)) == len(CODES)
    assert len(readers.started) == 1
    assert readers.are_gone()
    assert pull() == Pulled(applied=0, complete=True)
    assert len(readers.started) == 1, "only a first sync is worth a process"


def test_the_station_reads_no_further_than_to_the_first_order(
    door: Any, pull: Any, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather = Sheaf.gather
    here: list[Any] = []

    def listed(sheaf: Sheaf, change: Change) -> Rows:
        here.append(change.noun)
        return gather(sheaf, change)

    monkeypatch.setattr(Sheaf, "gather", listed)
    monkeypatch.setattr(_Awaited, "loaded", False)
    pull()
    assert door.orders() == CODES
    assert [type(noun) for noun in here].index(Order) == len(here) - 1


@pytest.mark.parametrize("illness", ILLNESSES)
def test_when_the_process_falls_ill_the_sync_goes_on_without_it(
    door: Any, pull: Any, readers: Readers, monkeypatch: pytest.MonkeyPatch, illness: str
) -> None:
    readers.run(ILL.format(what=ILLNESSES[illness]))
    if illness == "hangs":
        monkeypatch.setattr(reader, "PATIENCE", 0.2)
    done = pull()
    assert (done.complete, door.orders()) == (True, CODES)
    assert done.applied == total(door) == len(CODES) + 3, "no row came twice"
    assert readers.are_gone()


@pytest.mark.parametrize("command", [("there-is-no-such-program",), (sys.executable, "-c", "")])
def test_a_process_that_cannot_be_had_is_not_waited_for(
    door: Any, pull: Any, readers: Readers, command: tuple[str, ...]
) -> None:
    readers.command = command
    assert pull().complete
    assert door.orders() == CODES
    assert readers.are_gone()


def test_a_first_sync_that_is_stopped_ends_the_process_and_goes_on_later(
    door: Any, pull: Any, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "LONGEST_QUEUE", 1)
    readers.run(WELL)
    stopped = pull(lambda applied, _total: applied < 10)
    assert not stopped.complete
    assert 10 <= len(door.orders()) + 3 < len(CODES)
    assert readers.are_gone()
    assert pull().complete
    assert door.orders() == CODES
    assert len(readers.started) == 2


@pytest.fixture
def reading(liar: Any) -> Iterator[Callable[..., list[Any]]]:
    """Lets a process read from a server that says what a test wants; everything that came goes into `came`."""
    access = Access(Enrolment(kind="hub", url=liar.url, token="secret-token", device_id="d", name="N"), True, 60.0)
    one = Reader(access, "e")

    def read(came: list[Any]) -> None:
        came.extend(row for rows in one.sheaves("") for row in rows)

    yield read
    one.end()


def test_a_station_that_was_sent_away_hears_it(reading: Any, liar: Any) -> None:
    liar.answers(b'{"error":"revoked","message":"Gone"}', status="401 Unauthorized")
    with pytest.raises(DeviceRevoked, match="sent away") as raised:
        reading([])
    assert raised.value.status == 401
    assert isinstance(raised.value.what, Filled), "A screen can say it in its own language"
    assert b"Bearer secret-token" in liar.heard[0]


def test_a_busy_server_says_when_to_come_back(reading: Any, liar: Any) -> None:
    liar.answers(b'{"message":"Too much"}', status="503 Busy", Retry_After="7")
    with pytest.raises(ServerTrouble, match="busy") as raised:
        reading([])
    assert (raised.value.status, raised.value.retry_after) == (503, 7.0)
    assert "Too much" in raised.value.what


def test_of_a_feed_that_breaks_off_the_whole_rows_come(reading: Any, liar: Any) -> None:
    liar.answers(b'{"kind":"category","cursor":"1","id":"1","row":{"id":1,"event":"e"}}\n{"kind":', media=NDJSON)
    came: list[Any] = []
    with pytest.raises(ServerTrouble):
        reading(came)
    assert [cursor for cursor, _ in came] == ["1"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs a system that shows it")
def test_nobody_who_looks_at_the_process_sees_the_token(readers: Readers) -> None:
    enrolment = Enrolment(kind="hub", url="http://127.0.0.1:1", token="secret-token", device_id="d", name="N")
    one = readers.start(Access(enrolment, True, 1.0), "e")
    assert one.loaded
    seen = [Path(f"/proc/{one.process_id}/{what}").read_bytes() for what in ("cmdline", "environ")]
    with pytest.raises(ServerTrouble) as raised:
        list(one.sheaves(""))
    one.end()
    assert not any(b"secret-token" in what for what in (*seen, str(raised.value).encode()))


def test_the_process_ends_when_nobody_holds_its_pipe(liar: Any) -> None:
    liar.stays_open = True
    liar.says = [b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99\r\n\r\n"]
    access = Access(Enrolment(kind="hub", url=liar.url, token="t", device_id="d", name="N"), True, 3600.0)
    errand = msgspec.json.encode(reader_process.Errand(access, "e", ""))
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=reader._environment())
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(errand + b"\n")
    process.stdin.flush()
    process.stdin.close()
    assert process.wait(60) == 0
    process.stdout.close()


def test_every_kind_of_row_comes_out_as_it_went_in() -> None:
    day = datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
    positions = (
        Position(number=1, item=1, secret="s", name="王小明", answers={"1": "2"}, valid_from=day, blocked=True),
        Position(number=2, item=2, addon_to=1, seat="A-1"),
    )
    paid = (Payment(id="P-1", amount=2300, at=day),)
    nouns = [
        Item(id=1, event="e", name={"en": "Day"}),
        Order(event="e", code="B", positions=positions, placed_at=day, payments=paid, checkin_text=None),
        Order(event="e", code="A"),
        CheckIn(nonce="n", event="e", list=1, ticket="B-1", at=day),
        Gone("order", "e", "X"),
    ]
    sheaf = Sheaf(fresh=True)
    sent = [row for place, noun in enumerate(nouns) for row in sheaf.gather(Change(str(place), noun))]
    sent += sheaf.bind()
    pipe = io.BytesIO()
    reader_process._hand_over(sent, pipe)
    pipe.seek(0)
    came = []
    while data := reader._message(pipe):
        came += reader_process.rows_of(packed_decoder(reader_process.Part).decode(data))
    assert came == sent
    assert {type(row) for _, row in came} >= {Ready, Item, CheckIn, Gone}


def test_a_cursor_without_a_row_is_nonsense() -> None:
    with pytest.raises(ReaderLost):
        reader._rows(reader_process.Part("7", [], []))
