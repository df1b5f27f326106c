"""A gun on a serial line: bytes cut anywhere, and a plug that comes out."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boxoffice.domain.scan import Scan, Source
from boxoffice.scanning import serial_gun
from boxoffice.scanning.serial_gun import LONGEST, Framing, SerialGun
from boxoffice.scanning.state import Phase, SourceState

STREAM = b"\x02k3jy7zq\r\nTICKET-2\r\n\r\nZo\xc3\xab\n\x02fourth\x03fifth\0"
CODES = ["k3jy7zq", "TICKET-2", "Zoë", "fourth", "fifth"]


@pytest.mark.parametrize("size", range(1, len(STREAM) + 1))
def test_codes_are_the_same_however_the_bytes_were_cut(size: int) -> None:
    framing = Framing()
    pieces = [STREAM[start : start + size] for start in range(0, len(STREAM), size)]
    assert [code for piece in pieces for code in framing.feed(piece)] == CODES


def test_a_gun_without_an_end_is_read_when_it_falls_silent() -> None:
    framing = Framing()
    assert framing.feed(b"ABC123") == []
    assert framing.flush() == ["ABC123"]
    assert framing.flush() == []


def test_bytes_that_are_no_utf8_arrive_all_the_same() -> None:
    assert Framing().feed(b"Zo\xeb\r") == ["Zoë"]


def test_noise_without_end_is_dropped_and_the_next_code_is_read() -> None:
    framing = Framing()
    assert framing.feed(b"x" * (LONGEST + 1)) == []
    assert framing.feed(b"yyy\rABC123\r") == ["ABC123"]


class Bench:
    """A gun on a pseudo terminal that can be pulled out and put back, and what the app heard of it."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "gun"
        self.scans: queue.Queue[Scan] = queue.Queue()
        self.states: queue.Queue[SourceState] = queue.Queue()
        self._ends: list[int] = []

    def plug(self) -> None:
        ours, theirs = os.openpty()
        self.port.symlink_to(os.ttyname(theirs))
        self._ends = [ours, theirs]

    def unplug(self) -> None:
        self.port.unlink()
        for end in self._ends:
            os.close(end)

    def pull_trigger(self, data: bytes) -> None:
        os.write(self._ends[0], data)

    def hears(self) -> str:
        return self.scans.get(timeout=60).text

    def until(self, phase: Phase) -> SourceState:
        while (state := self.states.get(timeout=60)).phase is not phase:
            pass
        return state


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    if sys.platform == "win32":
        pytest.skip("no pseudo terminals here")
    return Bench(tmp_path)


@pytest.fixture
def start(bench: Bench) -> Iterator[Callable[..., SerialGun]]:
    started: list[SerialGun] = []

    def begin(**more: object) -> SerialGun:
        gun = SerialGun(
            str(bench.port),
            on_scan=bench.scans.put,
            on_state=bench.states.put,
            retry=(0.01,),
            **more,
        )
        started.append(gun)
        gun.start()
        return gun

    yield begin
    for gun in started:
        gun.stop()


def test_a_gun_is_read(bench: Bench, start: Callable[..., SerialGun], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_gun, "_SILENCE", 60.0)  # However late its second half comes, it belongs to the first.
    bench.plug()
    start()
    bench.until(Phase.RUNNING)
    bench.pull_trigger(b"k3jy")
    bench.pull_trigger(b"7zq\rTICKET-2\r")
    first = bench.scans.get(timeout=60)
    assert (first.text, first.source) == ("k3jy7zq", Source.SERIAL)
    assert first.nonce
    assert bench.hears() == "TICKET-2"
    bench.unplug()


def test_a_gun_without_end_is_read(bench: Bench, start: Callable[..., SerialGun]) -> None:
    bench.plug()
    start()
    bench.until(Phase.RUNNING)
    bench.pull_trigger(b"k3jy7zq")
    assert bench.hears() == "k3jy7zq"


def test_a_gun_that_is_pulled_out_is_named_and_works_on_when_it_is_back(
    bench: Bench, start: Callable[..., SerialGun]
) -> None:
    bench.plug()
    start()
    bench.until(Phase.RUNNING)
    bench.unplug()
    unplugged = bench.until(Phase.UNPLUGGED)
    assert unplugged.trouble is not None
    assert "unplugged" in unplugged.trouble.title
    missing = bench.until(Phase.MISSING)
    assert missing.trouble is not None
    assert missing.trouble.hint
    bench.plug()
    bench.until(Phase.RUNNING)
    bench.pull_trigger(b"back again\r")
    assert bench.hears() == "back again"


def test_a_gun_that_another_program_holds_is_busy(bench: Bench, start: Callable[..., SerialGun]) -> None:
    bench.plug()
    start()
    bench.until(Phase.RUNNING)
    start()
    busy = bench.until(Phase.BUSY)
    assert busy.trouble is not None
    assert "another program" in busy.trouble.what


def test_stopping_ends_the_thread_at_once(bench: Bench, start: Callable[..., SerialGun]) -> None:
    gun = start()
    bench.until(Phase.MISSING)
    gun.stop()
    bench.until(Phase.STOPPED)
    assert "serial-gun" not in {thread.name for thread in threading.enumerate()}


def test_a_scan_that_the_app_stumbles_over_does_not_end_the_reading(
    bench: Bench, start: Callable[..., SerialGun], expect_warning: Callable[[str], None]
) -> None:
    expect_warning("stumbled")
    bench.plug()
    taken: list[str] = []

    def fussy(scan: Scan) -> None:
        if not taken:
            taken.append(scan.text)
            raise ValueError("our own bug")
        bench.scans.put(scan)

    gun = SerialGun(str(bench.port), on_scan=fussy, on_state=bench.states.put, retry=(0.01,))
    gun.start()
    try:
        bench.until(Phase.RUNNING)
        bench.pull_trigger(b"first\r")
        bench.until(Phase.OPENING)
        bench.until(Phase.RUNNING)
        bench.pull_trigger(b"second\r")
        assert bench.hears() == "second"
    finally:
        gun.stop()


def test_ports_are_listed_with_what_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from serial.tools import list_ports
    from serial.tools.list_ports_common import ListPortInfo

    port = ListPortInfo("/dev/ttyACM1")
    port.vid, port.pid, port.serial_number, port.description = 0x0C2E, 0x0B61, "A1", "Honeywell"
    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    (found,) = serial_gun.found_ports()
    assert (found.device, found.hardware) == ("/dev/ttyACM1", "usb:0c2e:0b61:A1")
    assert serial_gun._device(found.hardware) == "/dev/ttyACM1"
