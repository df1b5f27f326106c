"""Who may speak to the hub: invitations, the tokens they turn into, and what each device may see.

Tokens are 256 random bits, and only their SHA-256 is kept. A slow hash is for passwords, which people
choose from few; nobody can try out 2^256, so a fast one gives nothing away and costs nothing per request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import decode
from boxoffice.ids import new_id
from boxoffice.ports import Role
from sync.wire.hub import REVOKED, Arrival, Device

from . import documents, sql
from .answers import No

LONGEST_NAME = 100
MOST_RECOGNISED = 10_000

_INVITE = text(
    "INSERT INTO invitations (token, name, role, events, gate, made_at)"
    " VALUES (:token, :name, :role, :events, :gate, :made_at)"
)
_USE = text(
    "UPDATE invitations SET used_at = :now, device = :device WHERE token = :token AND used_at IS NULL"
    " RETURNING name, role, events, gate"
)
_ENROL = text(
    "INSERT INTO devices (id, name, token, role, events, gate, software, hardware, os, enrolled_at, seen_at)"
    " VALUES (:id, :name, :token, :role, :events, :gate, :software, :hardware, :os, :now, :now)"
)
_KNOW = text(
    "SELECT id, name, role, events, gate, revoked_at, next_token = :token AS rolled, seen_at FROM devices"
    " WHERE token = :token OR next_token = :token"
)
_PROMOTE = text("UPDATE devices SET token = next_token, next_token = NULL WHERE next_token = :token")
_ROLL = text("UPDATE devices SET next_token = :token WHERE id = :device")
_DESCRIBE = text("UPDATE devices SET software = :software, hardware = :hardware, os = :os WHERE id = :device")
_REVOKE = text("UPDATE devices SET revoked_at = :now WHERE id = :device AND revoked_at IS NULL")
_GONE = text("SELECT id, name, role, events, gate FROM devices WHERE id = :device AND revoked_at IS NOT NULL")
_SEE = text("UPDATE devices SET seen_at = :now WHERE id = :device AND revoked_at IS NULL")
_HOLD = sql.Telling(
    "UPDATE devices SET seen_at = given.heard_at FROM {given}"
    " WHERE id = given.device AND revoked_at IS NULL AND given.shown IN (token, next_token)",
    {"device": "text", "shown": "text", "heard_at": "bigint"},
)
_KNOWN = text("SELECT 1 FROM devices WHERE id = :device")
_DEVICES = text("SELECT id, name, role, events, gate, seen_at, revoked_at FROM devices ORDER BY enrolled_at, id")


REVOKED_DEVICE = No(401, REVOKED, "This device was revoked.")


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A device that has shown who it is."""

    id: str
    name: str
    role: Role
    events: tuple[str, ...]
    """Slugs; none at all stands for every event of the hub."""
    gate: str
    shown: str = ""
    """The hash of the token that it has shown."""

    def may_see(self, event: str) -> bool:
        """Whether the device was enrolled for this event, if there is one."""
        return not self.events or event in self.events


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A device as the hub's owner sees it."""

    caller: Caller
    seen_at: int
    """When it was last heard, to the minute, in microseconds."""
    revoked: bool


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(connection: Connection, name: str, role: Role, events: tuple[str, ...], gate: str, now: int) -> str:
    """A one-time token for a new device. It is shown once and kept only as its hash."""
    # People type it behind a command, so it must not begin with a hyphen, nor hold what looks like another letter.
    token = secrets.token_hex(32)
    sql.run(
        connection,
        _INVITE,
        {
            "token": _hashed(token),
            "name": name,
            "role": role.value,
            "events": msgspec.json.encode(events).decode(),
            "gate": gate,
            "made_at": now,
        },
    )
    return token


def enrol(connection: Connection, arrival: Arrival, now: int) -> Device:
    """Let a new device in. Raises `No` if its invitation is not known or was used."""
    device, token = new_id(), secrets.token_urlsafe(32)
    used = {"now": now, "device": device, "token": _hashed(arrival.token)}
    invitation = sql.row(connection, _USE, used)
    if invitation is None:
        raise No(403, "token", "This token is not known here, or was used before.")
    name, role, events, gate = invitation
    name = _shown(arrival.name) or name
    sql.run(
        connection,
        _ENROL,
        {
            "id": device,
            "name": name,
            "token": _hashed(token),
            "role": role,
            "events": events,
            "gate": gate,
            "now": now,
            **_described(arrival),
        },
    )
    slugs = tuple(decode(events)) or tuple(documents.events(connection))
    return Device(device_id=device, name=name, role=Role(role), token=token, events=slugs, gate=gate)


def _described(arrival: Arrival) -> dict[str, str]:
    return {
        "software": _shown(arrival.software),
        "hardware": _shown(arrival.hardware),
        "os": _shown(arrival.os),
    }


def _shown(text: str) -> str:
    """What a device says of itself, as far as it can be kept and shown."""
    return text.replace("\0", "")[:LONGEST_NAME]


class Shown(msgspec.Struct, frozen=True):
    """Who has shown a token."""

    caller: Caller
    rolled: bool
    """Whether it is a new token that is used for the first time."""
    seen_at: int


def recognise(connection: Connection, token: str) -> Shown:
    """The device that holds a token.

    Raises `No` for one that is not known or was revoked.
    """
    hashed = _hashed(token)
    found = sql.row(connection, _KNOW, {"token": hashed})
    if found is None:
        raise No(401, "token", "This token is not known here.")
    *device, revoked_at, rolled, seen_at = found
    if revoked_at is not None:
        raise REVOKED_DEVICE
    return Shown(msgspec.structs.replace(_caller(*device), shown=hashed), bool(rolled), seen_at)


def _caller(device: str, name: str, role: str, events: str, gate: str) -> Caller:
    return Caller(id=device, name=name, role=Role(role), events=tuple(decode(events)), gate=gate)


def promote(connection: Connection, token: str) -> None:
    """A rolled token was used, so it has arrived: the old one ends."""
    sql.run(connection, _PROMOTE, {"token": _hashed(token)})


def roll(connection: Connection, device: str) -> str:
    """A new token for a device. The old one works until the new one is first used: an answer may get lost."""
    token = secrets.token_urlsafe(32)
    sql.run(connection, _ROLL, {"device": device, "token": _hashed(token)})
    return token


def describe(connection: Connection, device: str, arrival: Arrival) -> None:
    """Take over what a device says of itself now."""
    sql.run(connection, _DESCRIBE, {"device": device, **_described(arrival)})


def revoke(connection: Connection, device: str, now: int) -> None:
    """Send a device away for good. What it did stays."""
    sql.run(connection, _REVOKE, {"device": device, "now": now})


def hear(connection: Connection, device: str, now: int) -> None:
    """Note that a device was heard."""
    sql.run(connection, _SEE, {"device": device, "now": now})


def hold(connection: Connection, callers: Collection[Caller], now: int) -> None:
    """Note that devices are heard, and keep others of their requests waiting until this transaction ends.

    Raises `No` if one was revoked, or given another token, since it showed its own.
    """
    asked = {(caller.id, caller.shown) for caller in callers}
    if sql.tell(connection, _HOLD, [(*one, now) for one in asked]) < len(asked):
        raise REVOKED_DEVICE


class Recognised:
    """Devices that showed their tokens a moment ago, so that what they hand over is read without asking again.

    It decides nothing: what they want is done only where `hold` finds them in the same transaction.
    """

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}

    def get(self, token: str) -> Caller | None:
        """Who has shown this token, as far as it is remembered."""
        return self._callers.get(_hashed(token))

    def note(self, caller: Caller) -> None:
        """Remember who showed a token."""
        if len(self._callers) >= MOST_RECOGNISED:
            self._callers.clear()
        self._callers[caller.shown] = caller

    def forget(self, token: str) -> None:
        """It may hold no more."""
        self._callers.pop(_hashed(token), None)


def bearer(connection: Connection, caller: Caller, device: str) -> Caller | None:
    """Who `caller` speaks for when it hands over the acts of another device; None if it may not.

    A laptop that was sent away and enrolled again brings what it could not send before. It may do no more with
    that than it may itself.
    """
    plain = device.isprintable() and len(device) <= LONGEST_NAME
    found = sql.row(connection, _GONE, {"device": device}) if plain else None
    if found is None:
        return None
    gone = _caller(*found)
    return Caller(id=gone.id, name=gone.name, role=caller.role, events=caller.events, gate=gone.gate)


def is_known(connection: Connection, device: str) -> bool:
    """Whether this was ever a device of this hub."""
    return sql.row(connection, _KNOWN, {"device": device}) is not None


def devices(connection: Connection) -> list[Known]:
    """All devices that were ever enrolled, oldest first."""
    return [
        Known(caller=_caller(*device), seen_at=seen_at, revoked=revoked_at is not None)
        for *device, seen_at, revoked_at in sql.rows(connection, _DEVICES)
    ]
