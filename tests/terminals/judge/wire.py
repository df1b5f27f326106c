"""The line between a till and a terminal, and what goes wrong on it: frame by frame, in a time that can be skipped.

Every frame that enters the line has a number, in both directions together, and a fault meets the frame of its
number. The same line serves a socket in virtual time, with which minutes pass at once, and a port on loopback.
"""

from __future__ import annotations

import heapq
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from itertools import count

from .fake_terminal import Terminal
from .frames import Framing, encode


class Fault(Enum):
    """What happens to one frame."""

    CUT_BEFORE = "the line is cut before it"
    CUT_AFTER = "the line is cut after it"
    LOST = "it is lost"
    LATE = "it comes later than an acknowledgement is waited for"
    VERY_LATE = "it comes later than anything is waited for"
    TWICE = "it comes twice"
    TRUNCATED = "it ends early, and the line is cut"
    GARBAGE_BEFORE = "there is garbage before it"
    GARBAGE_INSTEAD = "there is garbage in its place"
    REBOOT = "the terminal starts anew before it"
    SWAPPED = "another terminal stands there before it"
    SILENCE = "nothing comes through any more, and nobody says so"
    CLOCK = "the terminal's clock jumps before it"


GARBAGE = bytes.fromhex("15047f3300ffee")
LATE = 7.0
VERY_LATE = 200.0
REBOOTS_FOR = 20.0


class Unplugged(OSError):
    """Nobody answers at the other end."""


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_to(self, when: float) -> None:
        self.seconds = max(self.seconds, when)


@dataclass
class Passing:
    """One frame on the line, for the transcript."""

    at: float
    to_terminal: bool
    data: bytes
    fault: Fault | None = None

    def __str__(self) -> str:
        arrow = "till -> terminal" if self.to_terminal else "terminal -> till"
        return f"{self.at:9.1f}  {arrow}  {self.data.hex(' ')}{f'  ({self.fault.value})' if self.fault else ''}"


@dataclass
class Wire:
    """One place to plug a till in, with a terminal at the other end."""

    terminal: Terminal
    now: Callable[[], float]
    faults: Mapping[int, Fault] = field(default_factory=dict)
    """By the number of the frame, from 0; each meets one frame."""
    spare: Terminal | None = None
    """What stands there after a swap."""
    passed: list[Passing] = field(default_factory=list)
    is_open: bool = False
    away_until: float = 0.0
    on_frame: Callable[[int], None] | None = None
    """Told of each frame before it passes."""
    _silent: bool = False
    _to_till: bytes = b""
    _under_way: list[tuple[float, int, bool, bytes]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)
    _framing: Framing = field(default_factory=Framing)

    # The till's end

    def plug(self) -> None:
        """Open a line. Raises `Unplugged` while the terminal starts anew."""
        if self.now() < self.away_until:
            raise Unplugged("The terminal does not answer")
        self.unplug()
        self.is_open, self._silent, self._to_till = True, False, b""
        self._framing = Framing()
        self.terminal.connect()

    def unplug(self) -> None:
        """Close it, from whichever end."""
        if self.is_open:
            self.is_open = False
            self._under_way.clear()
            self.terminal.disconnect()

    def put(self, data: bytes) -> None:
        """What the till says."""
        for apdu in self._framing.feed(data):
            if self.is_open:
                self._pass(encode(*apdu), to_terminal=True)
        self.run()

    def get(self) -> bytes:
        """What has reached the till since."""
        out, self._to_till = self._to_till, b""
        return out

    def put_back(self, data: bytes) -> None:
        """What was not wanted yet."""
        self._to_till = data + self._to_till

    @property
    def has_news(self) -> bool:
        """Whether there is something for the till, or the line is cut."""
        return bool(self._to_till) or not self.is_open

    # Time

    @property
    def due(self) -> float | None:
        """When something happens next by itself."""
        dues = [self._under_way[0][0]] if self._under_way else []
        if self.terminal.due is not None:
            dues.append(self.terminal.due)
        return min(dues, default=None)

    def run(self) -> None:
        """Let everything happen that is due."""
        while True:
            self.terminal.run()
            for frame in self.terminal.take():
                if self.is_open:
                    self._pass(frame, to_terminal=False)
            if not self._under_way or self._under_way[0][0] > self.now():
                return
            _, _, to_terminal, data = heapq.heappop(self._under_way)
            self._arrive(data, to_terminal)

    def let_pass(self, clock: Clock, seconds: float) -> None:
        """Let so much virtual time pass, and everything happen in it at its moment."""
        until = clock() + seconds
        self.run()
        while (due := self.due) is not None and due <= until:
            clock.pass_to(due)
            self.run()
        clock.pass_to(until)

    def _pass(self, frame: bytes, *, to_terminal: bool) -> None:
        number = len(self.passed)
        passing = Passing(self.now(), to_terminal, frame)
        self.passed.append(passing)
        if self.on_frame is not None:
            self.on_frame(number)
        fault = passing.fault = self.faults.get(number)
        if self._silent:
            return
        self._meet(fault, frame, to_terminal)

    def _meet(self, fault: Fault | None, frame: bytes, to_terminal: bool) -> None:
        match fault:
            case Fault.CUT_BEFORE:
                self.unplug()
            case Fault.CUT_AFTER:
                self._arrive(frame, to_terminal)
                self.unplug()
            case Fault.TRUNCATED:
                self._arrive(frame[:-1], to_terminal)
                self.unplug()
            case Fault.LATE | Fault.VERY_LATE:
                late = LATE if fault is Fault.LATE else VERY_LATE
                self._send_off(frame, to_terminal, late)
            case Fault.TWICE:
                self._send_off(frame, to_terminal)
                self._send_off(frame, to_terminal)
            case Fault.GARBAGE_BEFORE:
                self._send_off(GARBAGE + frame, to_terminal)
            case Fault.GARBAGE_INSTEAD:
                self._send_off(GARBAGE, to_terminal)
            case Fault.SILENCE:
                self._silent = True
            case Fault.REBOOT:
                self.unplug()
                self.terminal.reboot()
                self.away_until = self.now() + REBOOTS_FOR
            case Fault.SWAPPED:
                self.unplug()
                if self.spare is not None:
                    self.terminal.reboot()
                    self.terminal, self.spare = self.spare, self.terminal
            case Fault.CLOCK:
                self.terminal.clock_off += timedelta(days=1)
                self._send_off(frame, to_terminal)
            case Fault.LOST:
                pass
            case None:
                self._send_off(frame, to_terminal)

    def _send_off(self, data: bytes, to_terminal: bool, late: float = 0.0) -> None:
        heapq.heappush(self._under_way, (self.now() + late, next(self._numbers), to_terminal, data))

    def _arrive(self, data: bytes, to_terminal: bool) -> None:
        if not self.is_open:
            return
        if to_terminal:
            self.terminal.receive(data)
        else:
            self._to_till += data


class VirtualSocket:
    """A connected socket as far as a till needs one. Waiting for the terminal takes no time but the clock's."""

    def __init__(self, wire: Wire, clock: Clock, timeout: float | None = None) -> None:
        wire.plug()
        self._wire, self._clock, self._timeout = wire, clock, timeout
        self._closed = False

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        return self._timeout

    def setsockopt(self, *_: object) -> None:
        """There is nothing to set."""

    def sendall(self, data: bytes) -> None:
        if not data:
            return
        if not self._wire.is_open or self._closed:
            raise BrokenPipeError("The line is cut")
        self._wire.put(data)

    def recv(self, size: int) -> bytes:
        """What came. Raises `TimeoutError` when nothing did in time; nothing at all after a cut."""
        if not self.wait(self._timeout):
            raise TimeoutError("timed out")
        return self._keep_rest(self._wire.get(), size)

    def wait(self, seconds: float | None) -> bool:
        """Let time pass until something has come, or the line is cut; whether that was in time."""
        limit = None if seconds is None else self._clock() + seconds
        while True:
            self._wire.run()
            if self._wire.has_news or self._closed:
                return True
            due = self._wire.due
            if due is None and limit is None:
                raise AssertionError("The till would wait for ever")
            if due is None or (limit is not None and due > limit):
                self._clock.pass_to(limit)
                return False
            self._clock.pass_to(due)

    def _keep_rest(self, data: bytes, size: int) -> bytes:
        self._wire.put_back(data[size:])
        return data[:size]

    def shutdown(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._wire.unplug()

    def __enter__(self) -> VirtualSocket:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def loopback() -> socket.socket:
    """A listening port of this machine alone."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.02)
    return listener
