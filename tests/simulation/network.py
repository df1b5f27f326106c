"""The network between the laptops and the hub, as venues have it: lines in front, the hub's application behind.

Between a request and its answer stands what the weather makes of them. A request may reach the hub twice, or days
after everybody forgot it, and an answer may be lost after the hub has committed, or be somebody else's altogether.
"""

from __future__ import annotations

import asyncio
import errno
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from .fibres import Fibre
from .lines import HOST, Line, Nobody, Request
from .world import Machine, World

URL = f"https://{HOST}"
LATENCY = 0.03
DAY = 86_400.0
NO_ACTS = b'{"entries":[]}'

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class Weather:
    """How likely each mishap is for a request, and for the making of a connection."""

    def __init__(self, **mishaps: float) -> None:
        self.mishaps = mishaps

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {share:.0%}" for name, share in self.mishaps.items()) or "fair"

    def draw(self, chance: random.Random, of: tuple[str, ...]) -> str:
        """What happens to this one; empty for nothing."""
        for name in of:
            if chance.random() < self.mishaps.get(name, 0.0):
                return name
        return ""


FAIR = Weather()
CONNECTING = ("no_name", "refused", "swallowed", "wrong_certificate")
ON_THE_WAY = (
    *("lost", "late", "broken_before", "busy", "wait", "conflict", "not_found", "portal", "portal_json", "elsewhere"),
    *("twice", "answer_lost", "failed_after", "broken_after", "cut", "cut_tls", "slow"),
)
"""What may become of one request. From `twice` on the hub gets it."""


class Network:
    """All lines, the weather on each, and the door of the hub behind them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.weather: dict[str, Weather] = {}
        self.hub: Application | None = None
        """None while it is switched off."""
        self.chokes_on: frozenset[str] = frozenset()
        """Operations that something before the hub cannot stand: each request with one of them fails."""
        self.seen: Callable[[Request, int, bytes], None] = lambda *_: None
        """Hears what the hub itself answered, whether it arrives or not."""
        self.asked_until: dict[str, float] = {}
        """Until when somebody asked a station to wait; it may obey."""
        self.pools: list[Any] = []
        """Where the HTTP library keeps its lines."""
        self._lines: dict[Line, None] = {}

    def over(self, machine: Machine) -> Weather:
        return self.weather.get(machine.name, FAIR)

    def connect(self, machine: Machine, timeout: float | None) -> Line:
        """A line to the hub; on the machine's fibre. Raises what the system's own call raises."""
        mishap = self.over(machine).draw(machine.chance, CONNECTING)
        if mishap:
            machine.tell(f"  no connection: {mishap.replace('_', ' ')}")
        Fibre.wait(lambda: asyncio.sleep((timeout or 120.0) if mishap == "swallowed" else LATENCY))
        if mishap == "no_name":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if mishap == "swallowed":
            raise TimeoutError("timed out")
        if mishap == "refused" or self.hub is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        line = Line(self, machine, trusted=mishap != "wrong_certificate")
        self._lines[line] = None
        return line

    def cut_all(self, error: OSError | None = None) -> None:
        """The hub went away: all lines end."""
        for line in list(self._lines):
            line.end(error or ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def close(self) -> None:
        """The day is over. Else the library would keep each line that somebody left open, and with it the whole day."""
        for pool in self.pools:
            pool.close()

    def gone(self, line: Line) -> None:
        self._lines.pop(line, None)

    def cut(self, machine: Machine) -> None:
        """This machine went away."""
        for line in [one for one in self._lines if one.machine is machine]:
            line.close()

    async def carry(self, line: Line, request: Request) -> None:
        """Bring a request to the hub and its answer back, as well as the weather lets it."""
        weather, chance = self.over(request.machine), request.machine.chance
        mishap = weather.draw(chance, ON_THE_WAY)
        if not mishap and len(request.body) > len(NO_ACTS):  # where it hurts, it happens twice as often
            mishap = weather.draw(chance, ON_THE_WAY)
        if any(_names(request.body, operation) for operation in self.chokes_on):
            mishap = "choked"
        if mishap:
            request.machine.tell(f"  {request.method} {request.path}: {mishap.replace('_', ' ')}")
        await asyncio.sleep(LATENCY * (1 + chance.random()) + (chance.uniform(1, 5) if mishap == "slow" else 0))
        if mishap in _INSTEAD:
            line.hear(_INSTEAD[mishap](chance))
            if mishap == "wait":
                self.asked_until[request.machine.name] = self.world.now() + 300
            return
        match mishap:
            case "lost":
                return
            case "late":
                await asyncio.sleep(_long(chance))
                await self.ask(request)
            case "broken_before":
                line.end(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
            case "twice":
                self.world.go(self._again(request, _long(chance)))
                await self._answer(line, request, mishap)
            case "answer_lost":
                await self.ask(request)
            case "failed_after":
                await self.ask(request)
                line.hear(_answer(chance.choice((500, 502, 504)), b"<h1>Bad gateway</h1>", "text/html"))
            case "broken_after":
                await self.ask(request)
                line.end(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
            case _:
                await self._answer(line, request, mishap)

    async def _again(self, request: Request, after: float) -> None:
        await asyncio.sleep(after)
        request.machine.tell(f"  {request.method} {request.path} arrives a second time")
        await self.ask(request)

    async def ask(self, request: Request) -> None:
        """The hub gets a request, and nobody hears its answer."""
        await self._answer(Nobody(), request, "")

    async def _answer(self, line: Line | Nobody, request: Request, mishap: str) -> None:
        if self.hub is None:
            line.end(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
            return
        answer = Answer(self, line, request, mishap)
        await answer.run(self.hub)


def _names(body: bytes, operation: str) -> bool:
    """Whether an act stands in there, or one that is about it; those of the same sale begin with its name only."""
    name = operation.encode()
    return name in body and (name + b'"' in body or name + b'\\"' in body)


def _long(chance: random.Random) -> float:
    """How long something may be on the way: seconds, mostly, but up to ten days."""
    return chance.choice((0.05, 1.0, 10.0, 60.0, 3_600.0, DAY, 2 * DAY, 10 * DAY)) * (0.5 + chance.random() / 2)


def _answer(status: int, body: bytes, media: str, *more: str) -> bytes:
    fields = (f"HTTP/1.1 {status} Said So", f"Content-Type: {media}", f"Content-Length: {len(body)}", *more)
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + body


def _asked(chance: random.Random) -> str:
    return f"Retry-After: {chance.choice(('1', '3', 'soon', '604800', 'Sat, 21 Nov 2026 09:00:10 GMT'))}"


def _busy(chance: random.Random) -> bytes:
    return _answer(chance.choice((408, 425, 500, 502, 503)), b"{}", "application/json")


_PORTAL = b"<html><body>Welcome to Conference Wi-Fi. Please accept our terms.</body></html>"
_INSTEAD: dict[str, Callable[[random.Random], bytes]] = {
    "busy": _busy,
    "choked": _busy,
    "wait": lambda chance: _answer(429, b'{"detail":"Slow down"}', "application/json", _asked(chance)),
    "conflict": lambda _: _answer(409, b'{"detail":"In flight"}', "application/json"),
    "not_found": lambda _: _answer(404, b'{"detail":"Not found"}', "application/json"),
    "portal": lambda _: _answer(200, _PORTAL, "text/html"),
    "portal_json": lambda chance: _answer(200, chance.choice((b"{}", b'{"answers":[]}', b"null")), "application/json"),
    "elsewhere": lambda _: _answer(302, b"", "text/html", "Location: https://login.portal.example/"),
}


class Answer:
    """The hub's answer to one request, on its way back."""

    def __init__(self, network: Network, line: Line | Nobody, request: Request, mishap: str) -> None:
        self._network = network
        self._line = line
        self._request = request
        self._mishap = mishap
        self._sent = False
        self._status = 0
        self._heard = b""
        self._parts: list[bytes] = []

    async def run(self, hub: Application) -> None:
        await hub(self._request.scope(), self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self._line.left()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = message["headers"]
            self._chunked = not any(name == b"content-length" for name, _ in headers)
            fields = [b"%b: %b" % header for header in headers]
            fields += [b"transfer-encoding: chunked"] if self._chunked else []
            head = b"\r\n".join([b"HTTP/1.1 %d Said So" % self._status, *fields]) + b"\r\n\r\n"
            self._pass_on(head)
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        self._heard += body
        if body:
            self._pass_on(b"%x\r\n%b\r\n" % (len(body), body) if self._chunked else body)
        if not more:
            if self._chunked:
                self._pass_on(b"0\r\n\r\n")
            self._network.seen(self._request, self._status, self._heard)
            self._finish()

    def _pass_on(self, part: bytes) -> None:
        if self._mishap in ("cut", "cut_tls"):
            self._parts.append(part)
            return
        self._line.hear(part, LATENCY)

    def _finish(self) -> None:
        whole = b"".join(self._parts)
        if not whole:
            return
        self._line.hear(whole[: self._request.machine.chance.randrange(len(whole))], LATENCY)
        cut = ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "EOF occurred in violation of protocol")
        self._line.end(cut if self._mishap == "cut_tls" else None, LATENCY)
