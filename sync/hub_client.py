"""The hub as a station sees it: `ports.CentralServer` in the hub's own dialect.

The feed is read line by line and handed out change by change, so that a first sync of any size needs no
more memory than a line. What the hub says is understood in `wire`, how it is reached stands in `api`,
which is loaded with the first station and not with this module.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from boxoffice.domain.catalog import Event
from boxoffice.domain.held import HeldCart
from boxoffice.domain.journal import Entry
from boxoffice.domain.stock import Lease
from boxoffice.errors import BadInput, Refused, ServerTrouble
from boxoffice.ports import Change, Enrolment, Receipt

from .wire import hub as wire
from .wire.hub_feed import NDJSON, TOTAL, FeedReader, nonsense

if TYPE_CHECKING:
    from .answers import Reply, Stream
    from .api import Api

PATIENCE = 6.0
"""Seconds without a byte of an answer. A network that swallows everything shows only in this: three such silences
in a row, of a feed, of the question whether the server is there, and of the next try, end within twenty seconds.
The hub sends the first page of a feed of any size well within it."""
SILENCE = 40.0
"""Seconds without a sign of life after which a stream is lost; the hub gives one every fifteen."""


def enrol(url: str, token: str, *, name: str = "", software: str = "", hardware: str = "", os: str = "") -> Enrolment:
    """Turn a one-time token into a station's own. Raises `ServerTrouble`, or `BadInput` for a token that is spent."""
    from .api import Api

    arrival = wire.Arrival(token=token.strip(), name=name, software=software, hardware=hardware, os=os)
    with contextlib.closing(Api(url, clock=wire.SERVER_TIME)) as api:
        reply = api.post("/v1/enrol", wire.encode(arrival), welcome=(400, 403))
        if reply.status != 200:
            raise BadInput("This token does not work", wire.word_of(reply.body).message, "Ask for a new one.")
        return wire.enrolment_of(reply.body, api.url)


class Access(msgspec.Struct, frozen=True):
    """What it takes to speak to a hub as a station, the secret token with it."""

    enrolment: Enrolment
    authority: str | bool
    patience: float


class Hub:
    """One station's line to its hub. One thread syncs, another may listen, any may close."""

    def __init__(self, enrolment: Enrolment, *, authority: str | bool = True, patience: float = PATIENCE) -> None:
        self.access = Access(enrolment, authority, patience)
        """With which another process can read the same feeds."""
        self._url = enrolment.url
        self._patience = patience
        self._authority = authority
        self._api = self._session(enrolment.token)
        self._line = self._session(enrolment.token)

    def _session(self, token: str) -> Api:
        from .api import Api

        return Api(
            self._url,
            f"Bearer {token}",
            read=self._patience,
            authority=self._authority,
            clock=wire.SERVER_TIME,
            revoked=_says_revoked,
        )

    @property
    def skew(self) -> float | None:
        """Seconds by which the hub's clock is ahead of ours; None before its first answer."""
        return self._api.skew

    def changes(self, event: str, cursor: str) -> HubFeed:
        """Everything that changed after `cursor`, as a stream. It is opened here, so that `total` is known."""
        stream = self._api.stream(f"/v1/events/{quote(event, safe='')}/changes", {"since": cursor}, media=NDJSON)
        return HubFeed(stream, FeedReader(event, cursor))

    def push(self, entries: Sequence[Entry]) -> Receipt:
        """Hand over acts in order, at most `wire.hub.ENTRIES_AT_ONCE`; none at all asks how far the hub has come."""
        return wire.receipt_of(self._api.post("/v1/acts", wire.acts(entries)).body, entries)

    def listen(self, events: Sequence[str]) -> Iterator[str]:
        """Slugs of events as something changes in them; each once at the start."""
        stream = self._line.stream(
            "/v1/stream", [("event", one) for one in events], media="text/event-stream", silence=SILENCE
        )
        with stream, contextlib.suppress(ServerTrouble):  # A lost line is the end, not a trouble.
            for data in _messages(stream):
                yield wire.poked(data)

    def events(self) -> tuple[Event, ...]:
        """The events that this station may see."""
        return wire.events_of(self._api.get("/v1/events").body)

    def device(self) -> wire.Device:
        """What the hub knows of this station."""
        return wire.understood(self._api.get("/v1/device/info").body, wire.Device)

    def lease(self, event: str, wish: wire.Wish) -> Lease:
        """Take, renew or give back tickets of a quota; what is set aside for this station now."""
        path = f"/v1/events/{quote(event, safe='')}/leases"
        lease = wire.lease_of(self._api.post(path, wire.encode(wish)).body)
        if (lease.event, lease.quota) != (event, wish.quota):
            raise nonsense("It speaks of another lease.")
        return lease

    def take_cart(self, event: str, cart: str) -> HeldCart:
        """Take up a cart that was put by. Raises `Refused` if another till was first, or it is gone."""
        path = f"/v1/events/{quote(event, safe='')}/carts/{quote(cart, safe='')}/take"
        reply = self._api.post(path, welcome=(403, 404, 409))
        if reply.status != 200:
            raise Refused("This cart cannot be taken", wire.word_of(reply.body).message, "Look at the list again.")
        return wire.understood(reply.body, HeldCart)

    def introduce(self, software: str, hardware: str, os: str) -> None:
        """Say what this station runs on now."""
        arrival = wire.Arrival(software=software, hardware=hardware, os=os)
        self._api.post("/v1/device/update", wire.encode(arrival))

    def roll(self) -> str:
        """A new token for this station. The old one works until the new one is used, so a lost answer costs nothing."""
        return wire.understood(self._api.post("/v1/device/roll").body, wire.Device).token

    def revoke(self) -> None:
        """Give the token back for good."""
        self._api.post("/v1/device/revoke")

    def close(self) -> None:
        """Let go of connections; also ends a `listen` that another thread waits in."""
        self._line.close()
        self._api.close()


class HubFeed:
    """Changes of one event, streamed. After the last one `cursor` is the place from which to go on."""

    def __init__(self, stream: Stream, reader: FeedReader) -> None:
        self._stream = stream
        self._reader = reader
        self.total = _count(stream.headers)
        """How many changes there are to come."""

    @property
    def cursor(self) -> str:
        """The place after the last line read; it also passes over lines of kinds that this station does not know."""
        return self._reader.cursor

    @property
    def skipped(self) -> Mapping[str, int]:
        """Kinds that this station does not know, and how many lines of each there were."""
        return self._reader.skipped

    def __iter__(self) -> Iterator[Change]:
        """The changes. Raises `ServerTrouble` where the feed breaks off; what was handed out before it is good."""
        read = self._reader.read
        with self._stream as lines:
            for line in lines:
                change = read(line)
                if change is not None:
                    yield change
        if not self._reader.whole:
            raise ServerTrouble(
                "The server's answer is not complete", "The feed ended early.", "It goes on from where it was."
            )

    def close(self) -> None:
        """Let go of it before its end."""
        self._stream.close()


def _count(headers: Mapping[str, str]) -> int | None:
    value = headers.get(TOTAL, "")
    return int(value) if value.isdecimal() and len(value) < 16 else None


def _messages(lines: Iterator[bytes] | Stream) -> Iterator[str]:
    """The data of each server-sent event; comments, which only keep the line alive, are passed over."""
    data: list[str] = []
    for line in lines:
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        if not text and data:
            yield "\n".join(data)
            data = []
        elif text.startswith("data:"):
            data.append(text[5:].removeprefix(" "))


def _says_revoked(reply: Reply) -> bool:
    return wire.word_of(reply.body).error == wire.REVOKED
