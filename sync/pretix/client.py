"""A pretix as a station sees it: `ports.CentralServer` in pretix's dialect.

Reading is in `feed`, what each act becomes there in `acts`, its spelling in `wire`. What is
only loaded with the first station (HTTP) stays out of the way to the first window.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from boxoffice import __version__
from boxoffice.domain.catalog import Event
from boxoffice.domain.journal import Entry
from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble, filled
from boxoffice.ports import Answer, Enrolment, Outcome, Receipt
from sync.wire import pretix as wire
from sync.wire.pretix_event import EventRow
from sync.wire.pretix_orders import KeySetRow

from . import keys
from .acts import Acts
from .cursor import Memory
from .feed import PretixFeed

if TYPE_CHECKING:
    from sync.answers import Reply
    from sync.api import Api
    from sync.replica import Replica

log = logging.getLogger(__name__)


def enrol(url: str, token: str, *, name: str = "") -> Enrolment:
    """Turn a one-time token into a station's own, for all events that are not over.

    Raises `ServerTrouble`, or `BadInput` for a token that is spent and for a profile that cannot work at
    all. The organiser has named the device; a `name` stands above theirs on this side only.
    """
    from sync.api import Api

    with contextlib.closing(Api(url)) as api:
        private = keys.new_key()
        body = msgspec.json.encode(_arrival(token.strip(), keys.public_half(private)))
        reply = api.post("/api/v1/device/initialize", body, welcome=(400, 403))
        if reply.status != 200:
            raise BadInput("This token does not work", wire.said(reply.body), "Ask the organiser for a new one.")
        device = wire.understood(reply.body, wire.Device)
        address = api.url
    if device.security_profile not in {wire.FULL, *wire.SCANS_ONLY}:
        raise BadInput(
            "This device may not do enough",
            filled(
                "pretix gave it the security profile {security_profile}, which does not let it read orders.",
                security_profile=device.security_profile,
            ),
            "Let the organiser make a device with full device access, and enrol with its token.",
        )
    given = wire.enrolment_of(device, address, (), __version__)
    line = Pretix(given)
    with contextlib.closing(line):
        events = tuple(event.slug for event in line.events())
    return msgspec.structs.replace(given, name=name or given.name, events=events, private_key=private)


def is_spoken_at(url: str) -> bool:
    """Whether a pretix answers at this address. Raises `ServerTrouble` if nobody does."""
    from sync.api import Api

    with contextlib.closing(Api(url)) as api:
        reply = api.get("/api/v1/device/info", welcome=(401, 403, 404))
        return reply.status in (401, 403)


def _arrival(token: str = "", public_key: str | None = None) -> wire.Arrival:
    return wire.Arrival(
        token=token,
        hardware_brand=platform.node() or "Computer",
        hardware_model=platform.machine() or "unknown",
        os_name=platform.system(),
        os_version=platform.release(),
        software_version=__version__,
        rsa_pubkey=public_key,
    )


class Pretix:
    """One station's line to its pretix. One thread syncs, any may close."""

    def __init__(
        self,
        enrolment: Enrolment,
        replica: Replica | None = None,
        *,
        authority: str | bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a `replica` it knows less: it asks the server what tickets are called."""
        from sync.api import Api

        self._enrolment = enrolment
        self._replica = replica
        self._clock = clock
        self._api: Api = Api(enrolment.url, f"Device {enrolment.token}", authority=authority, revoked=_says_revoked)
        self._home = f"/api/v1/organizers/{quote(enrolment.organizer, safe='')}/"
        self._acts = Acts(self._api, enrolment.organizer, replica)
        self._memories: dict[str, Memory] = {}
        self._gates: dict[int, str] = {}

    @property
    def skew(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours; None before its first answer."""
        return self._api.skew

    def events(self) -> tuple[Event, ...]:
        """The events that this station may see and that are not over."""
        found: list[Event] = []
        reader = wire.Rows(EventRow, Event, self._enrolment.organizer, 2)
        path: str | None = f"{self._home}events/"
        params: dict[str, str] | None = {"is_past": "false"}
        while path:
            page = wire.page_of(self._api.get(path, params).body)
            found += reader.nouns(page.results)
            path, params = page.next, None
        return tuple(found)

    def changes(self, event: str, cursor: str) -> PretixFeed:
        """Everything that changed after `cursor`. Kinds are asked for in their own time, the first time all."""
        memory = self._memories.setdefault(event, Memory(self._clock))
        return PretixFeed(self._api, self._enrolment.organizer, event, cursor, memory, self._replica, self._gates)

    def push(self, entries: Sequence[Entry]) -> Receipt:
        """Hand over acts, each by itself; none at all asks who we are, which tells whether the server is there."""
        if not entries:
            self._greet()
        return Receipt(answers=tuple(self._tell(entries)), server_time=self._now())

    def _tell(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """The answers, as far as they come.

        What is behind a lost line was not tried, nor what is behind a no: some of it may have to wait for
        a person now, and the outbox knows which.
        """
        for number, entry in enumerate(entries):
            try:
                answer = self._acts.tell(entry)
            except DeviceRevoked:
                raise
            except ServerTrouble:
                if number == 0:
                    raise
                return
            yield answer
            if answer.outcome is Outcome.REFUSED:
                self._look_soon(entry)
            if answer.outcome is Outcome.REFUSED or self._api.closed:
                return

    def _look_soon(self, entry: Entry) -> None:
        """Where the server will not have an act on an order, somebody wants to see at once what it says of it."""
        for event, memory in self._memories.items():
            if f'"event":"{event}"' in entry.body:
                memory.look_soon("orders")

    def _now(self) -> datetime | None:
        return None if self.skew is None else datetime.now(UTC) + timedelta(seconds=self.skew)

    def _greet(self) -> None:
        """Say who we are where that has changed, else ask; and keep what the server calls us."""
        if self._enrolment.software != __version__:
            device = wire.understood(
                self._api.post("/api/v1/device/update", msgspec.json.encode(_arrival())).body, wire.Device
            )
        else:
            about = wire.understood(self._api.get("/api/v1/device/info").body, wire.About)
            device = about.device
            self._take_keys([wire.understood(bytes(row), KeySetRow) for row in about.medium_key_sets])
        self._take(device)

    def _take_keys(self, rows: Sequence[KeySetRow]) -> None:
        """Open the keys to chips where there are new ones: sealed, the same ones look different each time."""
        private = self._enrolment.private_key
        if self._replica is None or not private:
            return
        held = {(one.id, one.organizer, one.type, one.active) for one in self._replica.medium_keys()}
        if held != {(row.public_id, row.organizer, row.media_type, row.active) for row in rows}:
            self._replica.keep_medium_keys(keys.opened(private, rows))

    def _take(self, device: wire.Device) -> None:
        before = self._enrolment
        if device.gate is not None:
            self._gates[device.gate.id] = device.gate.name
        told = wire.enrolment_of(device, before.url, before.events, __version__)
        self._enrolment = msgspec.structs.replace(
            before, token=told.token, gate=told.gate, role=told.role, software=told.software
        )
        if self._enrolment != before and self._replica is not None:
            self._replica.keep(self._enrolment)

    def roll(self) -> str:
        """A new token for this station. The old one dies at once, so a lost answer means to enrol anew."""
        device = wire.understood(self._api.post("/api/v1/device/roll").body, wire.Device)
        self._take(device)
        self._api.authorize(f"Device {device.api_token}")
        return device.api_token

    def revoke(self) -> None:
        """Give the token back for good."""
        self._api.post("/api/v1/device/revoke")

    def listen(self, _events: Sequence[str]) -> Iterator[str]:
        """Nothing: a pretix does not tell by itself. The engine asks at its own pace."""
        return iter(())

    def picture(self, address: str) -> bytes:
        """The picture at an address of this server. Raises `ServerTrouble`."""
        return self._api.picture(address)

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()


def _says_revoked(reply: Reply) -> bool:
    return wire.is_revoked(reply.status, reply.body)
