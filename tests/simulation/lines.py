"""A line between a station and the hub, and what is said on it: real bytes, written and read by the HTTP library.

The station sees it as a socket, with all that sockets may raise. What happens to a request on its way, and who
answers, is the network's.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .fibres import Fibre
from .world import Machine, come_about, within

if TYPE_CHECKING:
    from .network import Network

HOST = "hub.example"


class Request:
    """What a station sent."""

    def __init__(self, machine: Machine, head: bytes, body: bytes) -> None:
        first, *fields = head.decode("latin-1").split("\r\n")
        self.machine = machine
        self.method, self.target, _ = first.split(" ")
        self.headers = [(name.lower().encode(), value.strip().encode()) for name, _, value in map(_field, fields)]
        self.body = body

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def scope(self) -> dict[str, Any]:
        parts = urlsplit(self.target)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "https",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": self.headers,
            "client": (self.machine.name, 1),
            "server": (HOST, 443),
        }


def _field(line: str) -> tuple[str, str, str]:
    return line.partition(":")


class Nobody:
    """At the other end of a line that nobody holds any more."""

    def hear(self, part: bytes, after: float = 0.0) -> None:
        """Nobody hears it."""

    def end(self, error: OSError | None = None, after: float = 0.0) -> None:
        """Nobody notices."""

    async def left(self) -> None:
        """He has always been away; but the hub does not know yet."""
        await asyncio.sleep(1.0)


class Line:
    """One connection, seen from the station as a socket."""

    def __init__(self, network: Network, machine: Machine, *, trusted: bool) -> None:
        self.machine = machine
        self.trusted = trusted
        self._network = network
        self._loop = network.world.loop
        self._patience: float | None = None
        self._in = bytearray()
        self._under_way: deque[_Underway] = deque()
        self._end: OSError | str = ""
        self._stirred: asyncio.Future[None] = network.world.loop.create_future()
        self._left = asyncio.Event()

    # As the station's HTTP library uses it

    def settimeout(self, seconds: float | None) -> None:
        self._patience = seconds

    def sendall(self, data: bytes) -> None:
        """A whole request."""
        if self._left.is_set() or isinstance(self._end, OSError):
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        head, _, body = data.partition(b"\r\n\r\n")
        self._network.world.go(self._network.carry(self, Request(self.machine, head, body)))

    def take(self, size: int) -> bytes:
        """What has arrived, or nothing at the end. Blocks, and raises as a socket does."""
        if not self._in and not self._end:
            self._stirred = within(self._loop, self._patience)
            Fibre.wait(lambda: self._stirred)
        if self._in:
            taken = bytes(self._in[:size])
            del self._in[:size]
            return taken
        if isinstance(self._end, OSError):
            raise self._end
        if self._end:
            return b""
        raise TimeoutError("timed out")

    @property
    def has_news(self) -> bool:
        return bool(self._in or self._end)

    def shutdown(self, _how: int) -> None:
        self._end = self._end or "closed"
        self._stir()

    def close(self) -> None:
        self.shutdown(socket.SHUT_RDWR)
        self._left.set()
        self._network.gone(self)

    # As the network uses it

    def hear(self, part: bytes, after: float = 0.0) -> None:
        self._bring(part, after)

    def end(self, error: OSError | None = None, after: float = 0.0) -> None:
        self._bring(error or "closed", after)

    def _bring(self, thing: bytes | OSError | str, after: float) -> None:
        """What comes down one line arrives in order, and what was sent at one moment in one piece."""
        at = self._loop.time() + after
        if isinstance(thing, bytes) and self._under_way and self._under_way[-1].goes_with(at):
            self._under_way[-1].bytes += thing
            return
        self._under_way.append(_Underway(at, thing))
        self._loop.call_at(at, self._arrive)

    def _arrive(self) -> None:
        arrived = self._under_way.popleft()
        self._in += b"" if self._end else arrived.bytes
        if arrived.end:
            self._end = self._end or arrived.end
            self._left.set()
        self._stir()

    async def left(self) -> None:
        await self._left.wait()

    def _stir(self) -> None:
        come_about(self._stirred)


class _Underway:
    """Something that will arrive at a moment: bytes, or the end of the line."""

    def __init__(self, at: float, thing: bytes | OSError | str) -> None:
        self.at = at
        self.bytes = thing if isinstance(thing, bytes) else b""
        self.end = "" if isinstance(thing, bytes) else thing

    def goes_with(self, at: float) -> bool:
        return self.at == at and not self.end


def wrap(line: Line) -> Line:
    """Instead of a handshake: raises if the certificate is somebody else's."""
    if not line.trusted:
        raise ssl.SSLCertVerificationError(1, "certificate verify failed: Hostname mismatch")
    return line
