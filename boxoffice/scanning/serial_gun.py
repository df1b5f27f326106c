"""A barcode gun on a serial or USB serial port, on a thread of its own.

`Framing` turns bytes into codes and knows no port, so it can be fed any way the bytes were cut. The thread
reads, reports what became of the port, and looks for it again for as long as it runs: a gun that is pulled
out and put back works on.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from boxoffice.domain.scan import Scan, Source
from boxoffice.errors import DeviceTrouble, filled
from boxoffice.ids import new_scan

from .state import Phase, SourceState

log = logging.getLogger(__name__)

LONGEST = 4096
"""Bytes of one code; longer runs are noise and are dropped up to their end."""

RETRY = (0.5, 1.0, 2.0, 5.0)
"""Seconds before each new attempt to open the port; the last one repeats."""

_SILENCE = 0.06
_START_OF_TEXT = b"\x02"
_ENDS = b"\r\n\0\x03"


class Framing:
    """Cuts a gun's bytes into codes at CR, LF, NUL or ETX."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[str]:
        """Take bytes as they came; answer the codes that are complete with them."""
        codes: list[str] = []
        for byte in data:
            if byte in _ENDS:
                codes += self.flush()
            elif len(self._buffer) < LONGEST:
                self._buffer.append(byte)
            else:
                self._overlong = True
        return codes

    def flush(self) -> list[str]:
        """The line is silent: what has come is a code, for guns that send no end."""
        frame, overlong = bytes(self._buffer).lstrip(_START_OF_TEXT), self._overlong
        self._buffer.clear()
        self._overlong = False
        if overlong or not frame:
            return []
        return [_text(frame)]


class Port(Protocol):
    """An open serial port: what we need of pyserial's."""

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes; fewer when the port's time is up."""

    @property
    def in_waiting(self) -> int:
        """Bytes that have arrived already."""

    def close(self) -> None:
        """Let the port go."""


class FoundPort(msgspec.Struct, frozen=True):
    """A serial port of this machine, as a person chooses it and as it is found again."""

    device: str
    description: str
    hardware: str = ""
    """`usb:VID:PID:SERIAL`, which stays the same when the port gets another number; or empty."""


def found_ports() -> tuple[FoundPort, ...]:
    """The serial ports there are now."""
    from serial.tools.list_ports import comports

    return tuple(FoundPort(one.device, one.description, _hardware(one)) for one in comports())


def open_port(name: str, baudrate: int) -> Port:
    """Open `name`: a device, a pyserial address, or the `usb:...` of a found port."""
    import serial

    # Two readers of one gun would share its characters between them.
    exclusive = True if os.name == "posix" else None
    try:
        return serial.serial_for_url(  # type: ignore[no-any-return]
            _device(name), baudrate=baudrate, timeout=_SILENCE, exclusive=exclusive
        )
    except (OSError, ValueError) as error:
        raise _closed(name, error) from error


class SerialGun:
    """Reads codes from a serial port until it is stopped; `on_scan` and `on_state` run on its thread."""

    def __init__(
        self,
        name: str,
        *,
        on_scan: Callable[[Scan], None],
        on_state: Callable[[SourceState], None] | None = None,
        baudrate: int = 9600,
        retry: Sequence[float] = RETRY,
        opener: Callable[[str, int], Port] = open_port,
    ) -> None:
        self._name = name
        self._on_scan = on_scan
        self._on_state = on_state or (lambda _state: None)
        self._baudrate = baudrate
        self._retry = retry
        self._opener = opener
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial-gun", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Let the port go and wait for the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            try:
                self._on_state(SourceState(Phase.OPENING))
                port = self._opener(self._name, self._baudrate)
                attempt = 0
                self._on_state(SourceState(Phase.RUNNING))
                self._read(port)
            except _PortTrouble as trouble:
                self._on_state(SourceState(trouble.phase, trouble))
            except Exception:
                log.exception("The serial gun at %s stumbled", self._name)
            self._stopping.wait(self._retry[min(attempt, len(self._retry) - 1)])
            attempt += 1
        self._on_state(SourceState(Phase.STOPPED))

    def _read(self, port: Port) -> None:
        framing = Framing()
        try:
            while not self._stopping.is_set():
                data = self._next(port)
                for text in framing.feed(data) if data else framing.flush():
                    self._on_scan(new_scan(text, Source.SERIAL))
        finally:
            port.close()

    def _next(self, port: Port) -> bytes:
        try:
            return port.read(max(1, port.in_waiting))
        except OSError as error:
            raise _PortTrouble(
                Phase.UNPLUGGED,
                "Barcode gun unplugged",
                filled("{name} is gone; everything read before is kept.", name=self._name),
                "Plug it in again, or type the code or use the camera.",
            ) from error


class _PortTrouble(DeviceTrouble):
    def __init__(self, phase: Phase, title: str, what: str, hint: str) -> None:
        super().__init__(title, what, hint)
        self.phase = phase


def _closed(name: str, error: Exception) -> _PortTrouble:
    """Why the port did not open, in words: held by another program, or not there."""
    reason = f"{type(error).__name__} {error}"
    if "PermissionError" in reason or "Permission denied" in reason or "busy" in reason or "lock" in reason:
        return _PortTrouble(
            Phase.BUSY,
            "Barcode gun is busy",
            filled("{name} is held by another program, or you may not use it.", name=name),
            "Close the other program; on Linux the user must be in the group dialout.",
        )
    return _PortTrouble(
        Phase.MISSING,
        "Barcode gun not found",
        filled("There is no gun at {name}.", name=name),
        "Check its cable and the port in the settings; the camera and typing still work.",
    )


def _device(name: str) -> str:
    if not name.startswith("usb:"):
        return name
    for port in found_ports():
        if port.hardware == name:
            return port.device
    return name


class _Listed(Protocol):
    vid: int | None
    pid: int | None
    serial_number: str | None


def _hardware(port: _Listed) -> str:
    if port.vid is None or port.pid is None:
        return ""
    return f"usb:{port.vid:04x}:{port.pid:04x}:{port.serial_number or ''}"


def _text(frame: bytes) -> str:
    try:
        return frame.decode()
    except UnicodeDecodeError:
        return frame.decode("latin-1")
