"""The hub's words for enrolment and acts, for both ends. The feed has a file of its own.

What arrives at the station ends in a `ServerTrouble` with a sentence if it does not fit; what arrives at
the hub is answered for each entry by itself, so that a broken one holds up nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain.catalog import Event
from boxoffice.domain.journal import Entry
from boxoffice.domain.stock import Lease
from boxoffice.ports import Answer, Enrolment, Outcome, Receipt, Role

from .hub_feed import BROKEN, nonsense, why

SERVER_TIME = "Server-Time"
"""The header with the hub's clock, in Unix seconds with a fraction; `Date` has whole ones only."""
REVOKED = "revoked"
"""The word in the body of a 401 that tells a station that it was sent away for good."""
ENTRIES_AT_ONCE = 1000
"""How many acts one request may carry."""
HANDSHAKE = 1

_T = TypeVar("_T")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What the QR code for a new station says."""

    handshake_version: int = HANDSHAKE
    url: str
    token: str


class Arrival(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a new station says of itself. A name stands above the one it was invited by."""

    token: str = ""
    name: str = ""
    hardware: str = ""
    software: str = ""
    os: str = ""


class Device(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the hub knows of a station. Only the answers to enrolling and rolling carry its token."""

    device_id: str
    name: str
    role: Role
    token: str = ""
    organizer: str = ""
    events: tuple[str, ...] = ()
    gate: str = ""
    epoch: int = 0
    high_water: int = 0
    missing: tuple[tuple[int, int], ...] = ()
    alarm: str = ""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a station wants set aside of one quota: it takes a lease with it, renews it, or gives it back."""

    quota: int
    sold: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    """Tickets sold from the lease, in sales that the hub has."""
    wanted: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    """Tickets to have beside those: to sell, or sold in sales that the hub does not have yet."""
    turn: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    """Greater than in any wish before: one that is not is answered and changes nothing."""


class Word(msgspec.Struct, frozen=True):
    """A no of the hub: a word for programs and a sentence for people."""

    error: str = ""
    message: str = ""


class Broken(msgspec.Struct, frozen=True):
    """An entry that cannot be read, and its operation where that much can be."""

    operation: str
    why: str


class _Acts(msgspec.Struct):
    entries: list[Entry]


class _RawActs(msgspec.Struct):
    entries: list[msgspec.Raw]


class _Named(msgspec.Struct):
    operation: str = ""


class _Poke(msgspec.Struct):
    event: str


class _Events(msgspec.Struct):
    events: tuple[Event, ...]


_acts = decoder(_Acts)
_raw_acts = decoder(_RawActs)
_entries = decoder(Entry)
_encode = msgspec.json.Encoder().encode


def encode(value: msgspec.Struct) -> bytes:
    """One of this file's values, or a `Receipt`, as it travels."""
    return _encode(value)


def acts(entries: Sequence[Entry]) -> bytes:
    """The request that hands over entries."""
    return _encode({"entries": entries})


def entries_of(body: bytes) -> Sequence[Entry | Broken]:
    """The entries of a request, each by itself: a broken one spoils no other.

    Raises `ValueError` if the request as a whole makes no sense.
    """
    entries = _entries_of(body)
    if len(entries) > ENTRIES_AT_ONCE:
        raise ValueError(f"there are more than {ENTRIES_AT_ONCE} entries")
    return entries


def _entries_of(body: bytes) -> Sequence[Entry | Broken]:
    try:
        return _acts.decode(body).entries
    except BROKEN:  # one of them, or all of it
        return _one_by_one(body)


def _one_by_one(body: bytes) -> list[Entry | Broken]:
    try:
        raws = _raw_acts.decode(body).entries
    except BROKEN as error:
        raise ValueError(why(error)) from error
    return [_entry(raw) for raw in raws]


def _entry(raw: msgspec.Raw) -> Entry | Broken:
    try:
        return _entries.decode(raw)
    except BROKEN as error:
        return Broken(_operation(raw), why(error))


def _operation(raw: msgspec.Raw) -> str:
    try:
        return decode(raw, _Named).operation
    except BROKEN:
        return ""


def arrival_of(body: bytes) -> Arrival:
    """What a new station says of itself. Raises `ValueError`."""
    try:
        return decode(body, Arrival)
    except BROKEN as error:
        raise ValueError(why(error)) from error


def wish_of(body: bytes) -> Wish:
    """What a station wants set aside. Raises `ValueError`."""
    try:
        return decode(body, Wish)
    except BROKEN as error:
        raise ValueError(why(error)) from error


def lease_of(body: bytes) -> Lease:
    """What is set aside for a station. Raises `ServerTrouble`."""
    lease = understood(body, Lease)
    if lease.until.tzinfo is None or not 0 <= lease.sold <= lease.granted < 2**53:
        raise nonsense("It speaks of a lease that cannot be.")
    return lease


def receipt_of(body: bytes, entries: Sequence[Entry]) -> Receipt:
    """The hub's word on exactly these entries; one that it left out is to be sent again. Raises `ServerTrouble`."""
    found = understood(body, Receipt)
    by_operation = {answer.operation: answer for answer in found.answers}
    answers = tuple(by_operation.get(entry.operation) or _left_out(entry) for entry in entries)
    server_time = found.server_time if found.server_time and found.server_time.tzinfo else None
    return msgspec.structs.replace(found, answers=answers, server_time=server_time)


def _left_out(entry: Entry) -> Answer:
    return Answer(entry.operation, Outcome.LATER, "The server did not answer for this one.")


def enrolment_of(body: bytes, url: str) -> Enrolment:
    """What the hub gives a new station. Raises `ServerTrouble`."""
    device = understood(body, Device)
    if not device.token or not device.device_id:
        raise nonsense("It enrolled this station without a token or a name for it.")
    return Enrolment(
        kind="hub",
        url=url,
        token=device.token,
        device_id=device.device_id,
        name=device.name,
        organizer=device.organizer,
        events=device.events,
        gate=device.gate,
        role=device.role,
    )


def events(rows: Sequence[bytes]) -> bytes:
    """The events that a station may see, from their rows."""
    return b'{"events":[%b]}' % b",".join(rows)


def events_of(body: bytes) -> tuple[Event, ...]:
    """The events that this station may see. Raises `ServerTrouble`."""
    return understood(body, _Events).events


def poke(event: str, cursor: str) -> bytes:
    """The message of the stream that says that an event has something new."""
    return b"data: %b\n\n" % _encode({"event": event, "cursor": cursor})


def poked(data: str) -> str:
    """The event that a message of the stream is about. Raises `ServerTrouble`."""
    return understood(data.encode(), _Poke).event


def word_of(body: bytes) -> Word:
    """The hub's no; empty if the body is of somebody else."""
    try:
        return decode(body, Word)
    except BROKEN:
        return Word()


def understood(body: bytes, kind: type[_T]) -> _T:
    """An answer's body as a value. Raises `ServerTrouble`."""
    try:
        return decode(body, kind)
    except BROKEN as error:
        raise nonsense(f"{why(error)}.") from error
