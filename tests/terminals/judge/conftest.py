"""The judge of card payments: a fake terminal, the line to it, and a plain till made by hand to try it with."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from boxoffice.domain.payment_steps import NotCharged
from boxoffice.storage import connection, schema, settings

from . import capture, fake_terminal, frames, ledger, matrix, port, wire


@pytest.fixture
def zvt() -> SimpleNamespace:
    """The words of the fake's world, for tests that build what they need."""
    return SimpleNamespace(
        Terminal=fake_terminal.Terminal,
        Dialect=fake_terminal.Dialect,
        Customer=fake_terminal.Customer,
        Ledger=ledger.Ledger,
        Kind=ledger.Kind,
        Standing=ledger.Standing,
        Wire=wire.Wire,
        Fault=wire.Fault,
        Passing=wire.Passing,
        Clock=wire.Clock,
        Unplugged=wire.Unplugged,
        VirtualSocket=wire.VirtualSocket,
        frames=frames,
        capture=capture,
        Port=port.Port,
        real_time=port.real_time,
        HandMade=HandMade,
        Case=matrix.Case,
        NotCharged=NotCharged,
        PAN=fake_terminal.PAN,
    )


class HandMade:
    """A till that sends given bytes, and acknowledges what it gets unless it is told otherwise."""

    def __init__(self, line, desk=None) -> None:
        self.line, self.desk = line, desk
        self._framing = frames.Framing()
        self._had: list[frames.Apdu] = []

    def say(self, text: str) -> None:
        self.line.sendall(bytes.fromhex(text))

    def hear(self) -> str:
        """The next frame in hex, or how it ended."""
        while not self._had:
            try:
                data = self.line.recv(4096)
            except TimeoutError:
                return "nothing"
            if not data:
                return "cut"
            self._had.extend(self._framing.feed(data))
        one = self._had.pop(0)
        return frames.encode(*one).hex(" ")

    def through(self, order: str, *, until: tuple[str, ...] = ("06 0f", "06 1e", "84")) -> list[str]:
        """Give an order and acknowledge everything until it is over; what was heard."""
        self.say(order)
        heard = [self.hear()]
        while not heard[-1].startswith((*until, "nothing", "cut")):
            heard.append(self.hear())
            if not heard[-1].startswith(("80", "84", "nothing", "cut")):
                self._acknowledge()
        return heard

    def _acknowledge(self) -> None:
        with contextlib.suppress(ConnectionError):
            self.say("80 00 00")


@pytest.fixture
def bench(zvt) -> Callable[..., SimpleNamespace]:
    """A terminal of the given dialect with a till made by hand plugged in, in virtual time."""

    def build(*, customers=(), faults=None, receipt=0, off=None, spare=None, **dialect) -> SimpleNamespace:
        clock = zvt.Clock()
        terminal = zvt.Terminal(clock, zvt.Dialect(**dialect), ledger=zvt.Ledger(receipt=receipt))
        terminal.customers.extend(
            zvt.Customer(*one) if isinstance(one, tuple) else zvt.Customer(one) for one in customers
        )
        if off is not None:
            terminal.clock_off = off
        other = zvt.Terminal(clock, zvt.Dialect(**dialect), terminal_id=77777777)
        line = zvt.Wire(terminal, clock, faults or {}, spare=other)

        def plug() -> HandMade:
            return HandMade(zvt.VirtualSocket(line, clock, timeout=180), desk)

        desk = SimpleNamespace(
            clock=clock, terminal=terminal, ledger=terminal.ledger, wire=line, plug=plug, other=other
        )
        return desk

    return build


WRONG = ("_ws.malformed", "zvt.apdu_len.invalid", "tcp.analysis.lost_segment")
UNKNOWN = b"\x06\x20"
"""The dissector does not know the order to repeat a receipt."""


@pytest.fixture
def dissect(tmp_path: Path) -> Callable[..., list[list[str]]]:
    """What tshark tells of frames in the named columns, a row for each."""

    def dissect(passed, *columns: str) -> list[list[str]]:
        file = tmp_path / "line.pcap"
        capture.write(file, passed)
        read = ["tshark", "-n", "-d", f"tcp.port=={capture.PORT},zvt", "-r", str(file), "-T", "fields"]
        wanted = [word for column in columns for word in ("-e", column)]
        told = subprocess.run([*read, *wanted], capture_output=True, text=True, check=True, timeout=120)
        return [row.split("\t") for row in told.stdout.splitlines()]

    return dissect


@pytest.fixture
def malformed(dissect) -> Callable[..., list[str]]:
    """The frames that the dissector finds fault with."""

    def malformed(passed) -> list[str]:
        rows = dissect(passed, "frame.protocols", *WRONG)
        return [
            str(one)
            for one, (protocols, *wrong) in zip(passed, rows, strict=True)
            if any(wrong) or not (protocols.endswith(":zvt") or one.data.startswith(UNKNOWN))
        ]

    return malformed


def _store() -> connection.Connection:
    """A till's store in memory. What it keeps when the power goes is proven elsewhere."""
    store = connection.writable(Path(":memory:"), bytes(range(32)))
    schema.prepare(store)
    settings.put(store, "station", settings.Station(device="d1", name="Till 1"))
    return store


@pytest.fixture
def desk() -> Iterator[matrix.Desk]:
    """A till with its store, in virtual time."""
    with contextlib.closing(_store()) as store:
        desk = matrix.Desk(store)
        with desk.in_place():
            yield desk


@pytest.fixture
def tcp_desk() -> Iterator[matrix.TcpDesk]:
    """The same till at a real port on loopback."""
    with contextlib.closing(_store()) as store:
        desk = matrix.TcpDesk(store)
        with desk.in_place():
            yield desk
