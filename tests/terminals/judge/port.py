"""The fake terminal behind a real port on loopback, in real time or in one that runs faster.

One thread is the terminal and its line; it lives from `with` to the end of it. A second call takes the place of
the first, as with a device that has one line.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Self

from .wire import Unplugged, Wire, loopback

MOMENT = 0.01
"""Seconds between two looks of a terminal that nothing happens to."""


class Port:
    """A wire that a real socket can be plugged into."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._listener = loopback()
        self.port: int = self._listener.getsockname()[1]
        self._ending = threading.Event()
        self._looks = 0
        self._looked = threading.Condition()
        self._thread = threading.Thread(target=self._live, name="card terminal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(60)
        self._listener.close()

    def look(self) -> None:
        """Wait until the terminal has seen all that there is by now, and said what it has to say to that."""
        with self._looked:
            after = self._looks + 2  # the look that is under way may have missed it
            assert self._looked.wait_for(lambda: self._looks >= after, 60)

    def _live(self) -> None:
        line = None
        while not self._ending.is_set():
            ready = select.select([self._listener, *([line] if line else [])], [], [], MOMENT)[0]
            if line in ready:
                self._read(line)
            if self._listener in ready:
                if line:
                    line.close()
                line = self._answer()
            self.wire.run()
            if line:
                with contextlib.suppress(OSError):
                    line.sendall(self.wire.get())
                if not self.wire.is_open:
                    line.close()
                    line = None
            with self._looked:
                self._looks += 1
                self._looked.notify_all()
        if line:
            line.close()

    def _read(self, line: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            if data := line.recv(4096):
                self.wire.put(data)
            else:
                self.wire.unplug()

    def _answer(self) -> socket.socket | None:
        line, _ = self._listener.accept()
        try:
            self.wire.plug()
        except Unplugged:
            line.close()
            return None
        line.settimeout(1)
        return line


def real_time(speed: float = 1.0) -> Callable[[], float]:
    """A clock that runs `speed` times as fast as that on the wall."""
    began = time.monotonic()
    return lambda: 1_000.0 + (time.monotonic() - began) * speed
