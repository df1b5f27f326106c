"""A printer in the network: raw bytes to port 9100, and what comes back on the same connection."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from boxoffice.errors import filled

from .line import LineLost
from .path import NotSent

CONNECTS_WITHIN = 2.0
TAKES_WITHIN = 5.0
"""Seconds in which a printer takes at least one more byte; one that prints a long picture does."""
_SLICE = 0.1


class NetworkLine:
    """One connection. Raises `NotSent` if there is none to be had."""

    ends = True
    hears = True

    def __init__(self, host: str, port: int, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        try:
            self._socket = socket.create_connection((host, port), timeout=CONNECTS_WITHIN)
        except OSError as error:
            raise NotSent(
                "The printer cannot be reached",
                filled("{host}:{port}: {error}. Nothing was sent to it.", host=host, port=port, error=_why(error)),
                "Check power and cable; the document waits.",
            ) from error
        self._socket.setblocking(False)

    def write(self, data: bytes) -> None:
        """Send it all, as long as it takes something. Raises `LineLost`."""
        rest, whole = memoryview(data), len(data)
        until = time.monotonic() + TAKES_WITHIN
        while rest:
            if self._stopped():
                raise LineLost("The app is closing", nothing_left=len(rest) == whole)
            _, ready, _ = select.select((), (self._socket,), (), _SLICE)
            if not ready:
                if time.monotonic() > until:
                    raise LineLost("It takes nothing any more", nothing_left=len(rest) == whole)
                continue
            try:
                taken = self._socket.send(rest)
            except OSError as error:
                raise LineLost(_why(error), nothing_left=len(rest) == whole) from error
            rest = rest[taken:]
            until = time.monotonic() + TAKES_WITHIN

    def read(self, seconds: float) -> bytes | None:
        """What has come within that time; None for nothing, empty for the end. Raises `LineLost`."""
        ready, _, _ = select.select((self._socket,), (), (), seconds)
        if not ready:
            return None
        try:
            return self._socket.recv(4096)
        except OSError as error:
            raise LineLost(_why(error)) from error

    def finish(self) -> None:
        """Nothing more comes from us. Raises `LineLost`."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise LineLost(_why(error)) from error

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()


def _why(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return error.strerror or str(error)
