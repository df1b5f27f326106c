"""A printer on a serial line. Slow, and it says when it has had enough: by a wire, or by a byte in its answers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from boxoffice.errors import filled

from .address import Address
from .line import LineLost
from .path import NotSent

TAKES_WITHIN = 5.0
_PIECE = 256
"""Bytes: a quarter of a second at 9600 baud, so that a stop is heard soon."""
_SLICE = 0.02


class SerialLine:
    """An open port. Raises `NotSent` if it cannot be opened."""

    ends = False
    hears = True

    def __init__(self, address: Address, stopped: Callable[[], bool]) -> None:
        import serial

        self._stopped = stopped
        self._finished = False
        self._trouble = (serial.SerialException, OSError)
        try:
            self._port = serial.Serial(
                address.name,
                address.baud,
                timeout=0,
                write_timeout=TAKES_WITHIN,
                dsrdtr=address.flow == "dsrdtr",
                rtscts=address.flow == "rtscts",
                xonxoff=address.flow == "xonxoff",
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise NotSent(
                "The printer's serial port cannot be opened",
                filled("{name}: {error}. Nothing was sent.", name=address.name, error=error),
                "Check the cable and the port's name; the document waits.",
            ) from error

    def write(self, data: bytes) -> None:
        """Send it all, as long as it takes something. Raises `LineLost`."""
        for at in range(0, len(data), _PIECE):
            if self._stopped():
                raise LineLost("The app is closing", nothing_left=at == 0)
            try:
                self._port.write(data[at : at + _PIECE])
            except self._trouble as error:
                raise LineLost(filled("It takes nothing any more: {error}", error=error)) from error

    def read(self, seconds: float) -> bytes | None:
        """What has come within that time; None for nothing, empty for the end. Raises `LineLost`."""
        until = time.monotonic() + seconds
        while True:
            try:
                data: bytes = self._port.read(4096)
            except self._trouble as error:
                raise LineLost(str(error)) from error
            if data:
                return data
            if time.monotonic() >= until or self._stopped():
                return None
            time.sleep(_SLICE)

    def finish(self) -> None:
        """Wait until the system has handed everything to the wire, as long as it goes forward."""
        until, left = time.monotonic() + TAKES_WITHIN, -1
        while (now_left := self._waiting()) > 0:
            if now_left != left:
                until, left = time.monotonic() + TAKES_WITHIN, now_left
            if time.monotonic() > until or self._stopped():
                raise LineLost("It takes nothing any more")
            time.sleep(_SLICE)
        self._finished = True

    def _waiting(self) -> int:
        try:
            return int(self._port.out_waiting)
        except self._trouble as error:
            raise LineLost(str(error)) from error

    def close(self) -> None:
        """Let go of it."""
        if not self._finished:
            # Else closing waits for a printer that takes nothing any more; one that is gone has nothing to throw away.
            with contextlib.suppress(*self._trouble):
                self._port.reset_output_buffer()
        self._port.close()
