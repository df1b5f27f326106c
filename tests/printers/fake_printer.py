"""A receipt printer on a loopback port or on a serial line, which is as well or as ill as a test wants it to be.

What it really printed is kept byte by byte, and every document that came out whole once more in a ledger, so that a
test can say what lies on the counter. It has a receive buffer and a paper end, answers when asked for its state, and
carries out nothing while it is offline. As a process of its own (`fake_printer.py --help`) it outlives whoever prints.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import selectors
import socket
import struct
import sys
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

if __package__:
    from .commands import Command, NotUnderstood, Reader
else:  # started as a process of its own
    from commands import Command, NotUnderstood, Reader

PATIENCE = 60.0
"""Seconds a test waits for what it expects; it is only ever waited for in full by a test that fails."""
BUFFER = 4096
"""Bytes a printer takes while it does not print; a usual size."""
_SMALL = 2048
"""Of the system's buffer for a connection, so that it is the printer that holds the bytes."""
_RESET = struct.pack("ii", 1, 0)
_REAL_TIME = re.compile(
    rb"\x10\x04[\x01-\x04]|\x10\x14\x01[\x00\x01][\x01-\x08]|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
)
_LONGEST_REAL_TIME = 10
_QUESTIONS = {"DLE EOT", "GS I", "GS a", "GS r", "GS ( H"}
"""They leave nothing on paper, and nothing in the ledger."""


class Paper(Enum):
    """What the two sensors see."""

    PLENTY = "plenty"
    LOW = "low"
    OUT = "out"


@dataclass
class Mechanism:
    """What is inside: sensors, a buffer, a print head, a knife. Bytes in, answers out; no thread in here."""

    paper: Paper = Paper.PLENTY
    cover_open: bool = False
    jammed: bool = False
    """The knife; only switching it off and on helps."""
    knife: bool = True
    drawer_open: bool = False
    paper_left: int | None = None
    """After so many more bytes the paper ends, at the end of a command; None for a long roll."""
    printed: bytearray = field(default_factory=bytearray)
    documents: list[bytes] = field(default_factory=list)
    """What lies there cut off; without a knife, what came between two connections."""
    pulses: int = 0
    strange: bytearray = field(default_factory=bytearray)
    """What was no command."""
    forgotten: bytearray = field(default_factory=bytearray)
    """What it had taken in and not printed when it was switched off."""
    _reader: Reader = field(default_factory=Reader)
    _waiting: bytearray = field(default_factory=bytearray)
    _heard: bytes = b""
    _watch: int = 0
    _document_began: int = 0

    @property
    def online(self) -> bool:
        return not (self.cover_open or self.jammed or self.paper is Paper.OUT)

    @property
    def room(self) -> int:
        """How many bytes it can take now."""
        return BUFFER - len(self._waiting)

    @property
    def unfinished(self) -> bytes:
        """What is on the paper behind the last document."""
        return bytes(self.printed[self._document_began :])

    @property
    def busy(self) -> bool:
        """There is something in it that is not on paper."""
        return bool(self._waiting)

    def receive(self, data: bytes) -> bytes:
        """Take bytes in, and print if it can; what it answers. Real-time commands come before their turn."""
        answers, kept = self._listen(data)
        self._waiting += kept
        return answers + self.go_on()

    def go_on(self) -> bytes:
        """Print what waits, as far as it can."""
        answers = b""
        while self._waiting and self.online:
            answers += self._feed(bytes(self._waiting[:1]) if self.paper_left is not None else bytes(self._waiting))
        return answers

    def change(self, **sensors: Any) -> bytes:
        """Something happens to it; what it says of its own accord."""
        before = self._basic_status()
        for name, value in sensors.items():
            setattr(self, name, value)
        answers = self._basic_status() if self._watch and self._basic_status() != before else b""
        return answers + self.go_on()

    def forget(self) -> None:
        """Nobody is there any more to say how a command went on; what waits is lost with a switch only."""
        self._reader = Reader()
        self._heard = b""
        if not self.knife and self.unfinished:
            self._finish()

    def switch_off(self) -> None:
        self.forgotten += self._waiting
        self._waiting.clear()
        self._watch = 0
        self.jammed = False
        self.forget()

    def _feed(self, data: bytes) -> bytes:
        answers = b""
        del self._waiting[: len(data)]
        self.printed += data
        commands = self._reader.feed(data)
        while True:
            try:
                for command in commands:
                    answers += self._obey(command)
                break
            except NotUnderstood:
                self.strange.append(self._reader.skip())
                commands = iter(self._reader.next, None)
        if self.paper_left is not None:
            self.paper_left -= len(data)
            if self.paper_left <= 0 and not self._reader.rest:
                self.paper_left = None
                answers += self.change(paper=Paper.OUT)
        return answers

    def _obey(self, command: Command) -> bytes:
        argument = command.arguments[0] if command.arguments else 0
        if command.name in _QUESTIONS:
            end = len(self.printed) - len(self._reader.rest)
            del self.printed[end - len(command.data) : end]
        if command.name in ("GS V", "ESC i", "ESC m") and self.knife:
            self._finish(len(self.printed) - len(self._reader.rest))
        if command.name == "ESC p":
            self.pulses += 1
        if command.name == "GS a":
            self._watch = argument
            return self._basic_status() if argument else b""
        if command.name == "GS r":
            return bytes([self._paper_bits(0x03, 0x0C)]) if argument in b"\x011" else bytes([int(self.drawer_open)])
        if command.name == "GS ( H":
            return b"\x37\x22" + command.arguments[4:8] + b"\0"
        if command.name == "GS I":
            return b"\x20" if argument < 65 else b"_Fake printer\0"
        return b""

    def _finish(self, end: int | None = None) -> None:
        end = len(self.printed) if end is None else end
        self.documents.append(bytes(self.printed[self._document_began : end]))
        self._document_began = end

    def _listen(self, data: bytes) -> tuple[bytes, bytes]:
        """Real-time commands work wherever they stand, in the middle of a picture too. What is to be printed stays."""
        before = len(self._heard)
        self._heard += data
        answers = b""
        end = 0
        for found in _REAL_TIME.finditer(self._heard):
            end = found.end()
            answers += self._at_once(found[0])
            if found[0][:3] == b"\x10\x14\x08":
                data = self._heard[max(end, before) :]
        self._heard = self._heard[max(end, len(self._heard) - _LONGEST_REAL_TIME + 1) :]
        return answers, data

    def _at_once(self, command: bytes) -> bytes:
        if command[:2] == b"\x10\x04":
            return bytes([self.status(command[2])])
        if command[2] == 1:
            self.pulses += 1
            return b""
        self._waiting.clear()
        self._reader = Reader()
        return b"\x37\x25\0"

    def status(self, number: int) -> int:
        """The byte that answers DLE EOT."""
        bits = {
            1: 0x04 * self.drawer_open | 0x08 * (not self.online),
            2: 0x04 * self.cover_open | 0x20 * (self.paper is Paper.OUT) | 0x40 * self.jammed,
            3: 0x08 * self.jammed,
            4: self._paper_bits(0x0C, 0x60),
        }
        return 0x12 | bits[number]

    def _paper_bits(self, low: int, out: int) -> int:
        return {Paper.PLENTY: 0, Paper.LOW: low, Paper.OUT: low | out}[self.paper]

    def _basic_status(self) -> bytes:
        first = 0x10 | 0x04 * self.drawer_open | 0x08 * (not self.online) | 0x20 * self.cover_open
        return bytes([first, 0x08 * self.jammed, self._paper_bits(0x03, 0x0C), 0])


class FakePrinter:
    """A mechanism at the end of a line, with a thread that reads. What happens to it is told in verbs."""

    def __init__(self, *, knife: bool = True) -> None:
        self._mechanism = Mechanism(knife=knife)
        self._changed = threading.Condition()
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        self._selector.register(self._ear, selectors.EVENT_READ, self._hear_bell)
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name="fake printer", daemon=True)
        self._on_document: Callable[[int, bytes], None] = lambda _number, _document: None
        self._told = 0
        self.received = 0
        """Bytes that were read off the line, ever."""
        self.connections = 0
        self._well()

    # What a test can see

    @property
    def documents(self) -> list[bytes]:
        """Every document that came out whole, in order, with its cut."""
        with self._changed:
            return list(self._mechanism.documents)

    @property
    def printed(self) -> bytes:
        """All that was carried out, in order; what was no command too."""
        with self._changed:
            return bytes(self._mechanism.printed)

    @property
    def forgotten(self) -> bytes:
        """What it had taken in and not printed when it was switched off."""
        with self._changed:
            return bytes(self._mechanism.forgotten)

    @property
    def unfinished(self) -> bytes:
        """What hangs out of it behind the last document."""
        with self._changed:
            return self._mechanism.unfinished

    @property
    def strange(self) -> bytes:
        """Bytes that were no command."""
        with self._changed:
            return bytes(self._mechanism.strange)

    @property
    def pulses(self) -> int:
        """How often the drawer was opened."""
        with self._changed:
            return self._mechanism.pulses

    @property
    def busy(self) -> bool:
        """It took something in that it could not print yet."""
        with self._changed:
            return self._mechanism.busy

    def wait_until(self, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until something holds of what is seen here; it is asked each time that anything happens."""
        with self._changed:
            assert self._changed.wait_for(holds, patience), f"It did not come to be within {patience:.0f} s."

    def wait_for_documents(self, number: int = 1) -> list[bytes]:
        """The documents, as soon as there are so many."""
        self.wait_until(lambda: len(self._mechanism.documents) >= number)
        return self.documents

    # What happens to it

    def comes_back(self) -> None:
        """Switched on, paper in, cover closed, cable in: all is well again, and what it still holds is printed."""
        with self._happening():
            self._well()
            self._open()
            self._sense(paper=Paper.PLENTY, cover_open=False, jammed=False, paper_left=None)

    def falls_silent(self) -> None:
        """It prints and answers nothing."""
        with self._happening():
            self._mute = True

    def stops_reading(self) -> None:
        """It takes nothing more in, and holds the line."""
        self.holds_at(0)

    def holds_at(self, byte: int) -> None:
        """It reads no further than to this byte of a connection, until it `goes_on`."""
        with self._happening():
            self._hold = byte

    def goes_on(self) -> None:
        with self._happening():
            self._hold = None

    def slows_down(self, bytes_a_second: float) -> None:
        """960 is a serial line of 9,600 baud."""
        with self._happening():
            self._rate = bytes_a_second

    def runs_out_of_paper(self, after: int | None = None) -> None:
        """Now, or once it has carried out so many more bytes, at the end of the command."""
        with self._happening():
            if after is None:
                self._sense(paper=Paper.OUT)
            else:
                self._sense(paper_left=after)

    def runs_low(self) -> None:
        with self._happening():
            self._sense(paper=Paper.LOW)

    def is_opened(self) -> None:
        """Its cover."""
        with self._happening():
            self._sense(cover_open=True)

    def jams(self) -> None:
        """The knife stands still, and it with it."""
        with self._happening():
            self._sense(jammed=True)

    def drawer(self, is_open: bool) -> None:
        with self._happening():
            self._sense(drawer_open=is_open)

    def is_switched_off(self) -> None:
        """What it held is lost, and nobody is on the line until it `comes_back`."""
        with self._happening():
            self._mechanism.switch_off()
            self._shut()

    # Inside

    def __enter__(self) -> FakePrinter:
        with self._changed:
            self._open()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopping = True
        self._bell.send(b".")
        self._thread.join()
        self._shut()
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def _well(self) -> None:
        self._mute = False
        self._hold: int | None = None
        self._rate: float | None = None
        self._next_byte_at = 0.0

    @contextlib.contextmanager
    def _happening(self) -> Iterator[None]:
        with self._changed:
            yield
            self._changed.notify_all()
        self._bell.send(b".")

    def _sense(self, **sensors: Any) -> None:
        self._answer(self._mechanism.change(**sensors))

    def _hear_bell(self) -> None:
        self._ear.recv(4096)

    def _live(self) -> None:
        while True:
            with self._changed:
                if self._stopping:
                    return
                timeout = self._look_around()
            ready = self._selector.select(timeout)
            with self._changed:
                for key, _ in ready:
                    key.data()
                self._tell()
                self._changed.notify_all()

    def _tell(self) -> None:
        for document in self._mechanism.documents[self._told :]:
            self._told += 1
            self._on_document(self._told, document)

    def _attend(self, line: Any, wanted: bool, then: Callable[[], None]) -> None:
        attended = line in self._selector.get_map()
        if wanted and not attended:
            self._selector.register(line, selectors.EVENT_READ, then)
        if attended and not wanted:
            self._selector.unregister(line)

    def _appetite(self, received: int) -> int:
        """How many bytes of a line, of which it has had so many, it takes now."""
        limits = [self._mechanism.room, BUFFER]
        if self._hold is not None:
            limits.append(self._hold - received)
        if self._rate is not None:
            limits.append(1 if time.monotonic() >= self._next_byte_at else 0)
        return max(0, min(limits))

    def _take(self, data: bytes) -> None:
        self.received += len(data)
        if self._rate is not None:
            self._next_byte_at = max(self._next_byte_at, time.monotonic()) + len(data) / self._rate
        self._answer(self._mechanism.receive(data))

    def _answer(self, answers: bytes) -> None:
        if answers and not self._mute:
            self._send(answers)

    def _look_around(self) -> float | None:
        """Attend to the lines on which something is wanted now; how long until that changes by itself."""
        raise NotImplementedError

    def _open(self) -> None:
        raise NotImplementedError

    def _shut(self) -> None:
        raise NotImplementedError

    def _send(self, answers: bytes) -> None:
        raise NotImplementedError


class NetworkPrinter(FakePrinter):
    """On a port of this machine. It talks to one at a time, as most do; whoever comes meanwhile waits."""

    def __init__(self, *, knife: bool = True) -> None:
        super().__init__(knife=knife)
        # Keeps the port while nobody listens on it.
        self._keeper = self._socket(0)
        self.port: int = self._keeper.getsockname()[1]
        self._listener: socket.socket | None = None
        self._line: socket.socket | None = None
        self._had = 0
        self._fillers: list[socket.socket] = []

    host = "127.0.0.1"

    @property
    def engaged(self) -> bool:
        """It has somebody on the line, or has not yet noticed that they hung up."""
        with self._changed:
            return self._line is not None

    def refuses(self) -> None:
        """Nobody listens there any more; a connection that stands goes on."""
        with self._happening():
            self._close_listener()

    def accepts_and_closes(self) -> None:
        """It takes each call and hangs up, as one does that is taken by another."""
        with self._happening():
            self._closes_at = 0

    def vanishes(self) -> None:
        """Not even a refusal comes back."""
        with self._happening():
            assert self._listener is not None
            self._listener.listen(0)
            for _ in range(2):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex((self.host, self.port))
                self._fillers.append(filler)

    def resets_at(self, byte: int, times: int = 1) -> None:
        """The connection breaks after so many of its bytes, and so do the next ones; 0 is at once."""
        with self._happening():
            self._resets_at, self._resets_left = byte, times

    def closes_at(self, byte: int) -> None:
        """It hangs up after so many bytes of each connection."""
        with self._happening():
            self._closes_at = byte

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._keeper.close()

    def _well(self) -> None:
        super()._well()
        self._closes_at: int | None = None
        self._resets_at = 0
        self._resets_left = 0

    def _socket(self, port: int) -> socket.socket:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        line.bind((self.host, port))
        line.setblocking(False)
        return line

    def _open(self) -> None:
        if self._fillers:
            self._close_listener()
        if self._listener is None:
            self._listener = self._socket(self.port)
        self._listener.listen(16)

    def _shut(self) -> None:
        self._close_listener()
        if self._line is not None:
            self._hang_up(reset=True)

    def _close_listener(self) -> None:
        while self._fillers:
            self._fillers.pop().close()
        if self._listener is not None:
            self._attend(self._listener, False, self._accept)
            self._listener.close()
            self._listener = None

    def _look_around(self) -> float | None:
        if self._listener is not None:
            self._attend(self._listener, self._line is None and not self._fillers, self._accept)
        if self._line is None:
            return None
        wanted = self._appetite(self._had) > 0
        self._attend(self._line, wanted, self._read)
        if wanted or self._rate is None or self._mechanism.room == 0:
            return None
        return max(0.0, self._next_byte_at - time.monotonic())

    def _accept(self) -> None:
        if self._listener is None or self._fillers:
            return  # since the selector saw it
        with contextlib.suppress(BlockingIOError, ConnectionError):
            self._line, _ = self._listener.accept()
            self._line.setblocking(False)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._had = 0
            self.connections += 1
            self._end_it_where_it_shall()

    def _read(self) -> None:
        appetite = self._appetite(self._had)
        if self._line is None or not appetite:
            return  # since the selector saw it
        ends = [self._resets_at - self._had] if self._resets_left else []
        ends += [self._closes_at - self._had] if self._closes_at is not None else []
        try:
            data = self._line.recv(max(1, min([appetite, *ends])))
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._hang_up()
            return
        self._had += len(data)
        self._take(data)
        self._end_it_where_it_shall()

    def _end_it_where_it_shall(self) -> None:
        if self._resets_left and self._had >= self._resets_at:
            self._resets_left -= 1
            self._hang_up(reset=True)
        elif self._closes_at is not None and self._had >= self._closes_at:
            self._hang_up()

    def _hang_up(self, reset: bool = False) -> None:
        assert self._line is not None
        self._attend(self._line, False, self._read)
        if reset:
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._line.close()
        self._line = None
        self._mechanism.forget()

    def _send(self, answers: bytes) -> None:
        if self._line is not None:
            with contextlib.suppress(BlockingIOError, ConnectionError):
                self._line.send(answers)


class SerialPrinter(FakePrinter):
    """On a serial line: a pseudo terminal, under a name that goes away with it when it is unplugged."""

    def __init__(self, path: Path, *, knife: bool = True) -> None:
        super().__init__(knife=knife)
        self.path = path
        self._ends: tuple[int, int] | None = None
        self._had = 0

    def is_unplugged(self) -> None:
        """Whoever has the line open hears of it at the next byte."""
        with self._happening():
            self._shut()

    def holds_at(self, byte: int) -> None:
        """Counted from now: a serial line knows no connections."""
        with self._happening():
            self._had = 0
            self._hold = byte

    def _open(self) -> None:
        if self._ends is None:
            self._ends = os.openpty()
            tty.setraw(self._ends[1])
            os.set_blocking(self._ends[0], False)
            self.path.symlink_to(os.ttyname(self._ends[1]))

    def _shut(self) -> None:
        if self._ends is not None:
            self._attend(self._ends[0], False, self._read)
            self.path.unlink()
            for end in self._ends:
                os.close(end)
            self._ends = None
            self._mechanism.forget()

    def _look_around(self) -> float | None:
        if self._ends is None:
            return None
        wanted = self._appetite(self._had) > 0
        self._attend(self._ends[0], wanted, self._read)
        if wanted or self._rate is None or self._mechanism.room == 0:
            return None
        return max(0.0, self._next_byte_at - time.monotonic())

    def _read(self) -> None:
        appetite = self._appetite(self._had)
        if self._ends is None or not appetite:
            return  # since the selector saw it
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._ends[0], appetite)
            self._had += len(data)
            self._take(data)

    def _send(self, answers: bytes) -> None:
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):
                os.write(self._ends[0], answers)


def main() -> None:
    """Print what comes until standard input ends; its lines are JSON: a verb, and its arguments by name."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--serial", type=Path, metavar="PATH", help="a serial line under this name, not a port")
    options.add_argument("--no-knife", action="store_true")
    options.add_argument("--ledger", type=Path, required=True, metavar="FOLDER", help="a file for every whole document")
    asked = options.parse_args()
    knife = not asked.no_knife
    printer = SerialPrinter(asked.serial, knife=knife) if asked.serial else NetworkPrinter(knife=knife)
    printer._on_document = lambda number, document: _file(asked.ledger / f"{number:06d}.bin", document)
    with printer:
        _say(printer.port if isinstance(printer, NetworkPrinter) else str(printer.path))
        for line in sys.stdin:
            verb, arguments = json.loads(line)
            said = getattr(printer, verb)
            _say((said(**arguments) if callable(said) else said) or None)


def _file(path: Path, document: bytes) -> None:
    path.with_suffix(".part").write_bytes(document)
    path.with_suffix(".part").rename(path)


def _say(what: Any) -> None:
    if isinstance(what, list):
        what = [document.hex() for document in what]
    if isinstance(what, bytes):
        what = what.hex()
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
