"""What all of pretix's JSON has in common: pages, money, times, errors, and the handshake of a new device.

Every answer is read into structs that name only what we need, so that a newer server may say more. What
does not fit ends in a `ServerTrouble` with a sentence; nothing of pretix's spelling leaves `sync`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain.words import Localised
from boxoffice.errors import ServerTrouble, filled
from boxoffice.ports import Enrolment, Role

from .hub_feed import BROKEN, nonsense, why
from .measure import measure_of

PAGE = 50
"""Rows of a page; the server gives no more, however many are asked for."""
GENERATED = "X-Page-Generated"
"""The header of lists of orders with the server's time before it looked: the next `modified_since`."""
IDEMPOTENCY = "X-Idempotency-Key"
REVOKED = "Device access has been revoked."
NARROW = "Request denied by device security profile."
FULL = "full"
"""The profile with which a device may do all that a box office does."""
SCANS_ONLY = frozenset({"pretixscan"})
"""Profiles with which a device may read everybody and let them in, but sell nothing."""

Text = Localised | str | None
"""A text as the server writes it."""

_T = TypeVar("_T")
_Noun = TypeVar("_Noun", bound=msgspec.Struct)


class Page(msgspec.Struct):
    """One page of a list; its rows are read one by one."""

    count: int = 0
    next: str | None = None
    results: list[msgspec.Raw] = []


class Gate(msgspec.Struct):
    """The place where a device stands."""

    id: int = 0
    name: str = ""


class Device(msgspec.Struct):
    """What the server knows of this station. Only some answers carry the token."""

    device_id: int
    organizer: str
    name: str = ""
    api_token: str = ""
    security_profile: str = FULL
    gate: Gate | None = None
    unique_serial: str = ""


class About(msgspec.Struct):
    """The answer to who we are."""

    device: Device
    medium_key_sets: list[msgspec.Raw] = []


class Arrival(msgspec.Struct, kw_only=True):
    """What a device says of itself, when it comes and whenever that has changed."""

    token: str = ""
    hardware_brand: str
    hardware_model: str
    os_name: str = ""
    os_version: str = ""
    software_brand: str = "boxoffice"
    software_version: str
    rsa_pubkey: str | None = None
    """Taken once in a device's life."""


def money(amount: Decimal | None, places: int) -> int:
    """An amount as minor units. Raises `ValueError` for one that is finer than the currency."""
    if amount is None:
        return 0
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} is finer than the currency")
    return int(minor)


def amount_of(minor: int, places: int) -> Decimal:
    """Minor units as an amount."""
    return Decimal(minor).scaleb(-places)


def decimal(minor: int, places: int) -> str:
    """Minor units as the server writes them, always with two digits behind the point."""
    return f"{amount_of(minor, places):.2f}"


def localised(text: Text) -> Localised:
    """A text in all its languages; a plain one stands for English."""
    if not text:
        return {}
    if isinstance(text, str):
        return {"en": text}
    return {locale: said for locale, said in text.items() if said}


def understood(body: bytes, kind: type[_T]) -> _T:
    """An answer's body as a value. Raises `ServerTrouble`."""
    try:
        return decode(body, kind)
    except BROKEN as error:
        raise nonsense(f"{why(error)}.") from error


def page_of(body: bytes) -> Page:
    """One page. Raises `ServerTrouble`."""
    return understood(body, Page)


class Rows:
    """Reads the rows of one kind into nouns of one event."""

    def __init__(self, row: type[Any], noun: type[msgspec.Struct], event: str, places: int) -> None:
        self._decoder = decoder(row)
        self._measure = measure_of(noun)
        self._event = event
        self._places = places

    def nouns(self, rows: list[msgspec.Raw]) -> Iterator[Any]:
        """The nouns of some rows. Raises `ServerTrouble` for one that makes no sense."""
        for raw in rows:
            try:
                noun = self._decoder.decode(raw).noun(self._event, self._places)
                fault = self._measure.fault(noun)
            except (*BROKEN, ValueError, ArithmeticError) as error:
                raise nonsense(f"In {self._event}: {why(error)}.") from error
            if fault:
                raise nonsense(f"In {self._event}: {fault}.")
            yield noun


def said(body: bytes) -> str:
    """What an error says to people: its detail, or its fields with their complaints."""
    try:
        found = decode(body)
    except BROKEN:
        return ""
    return "; ".join(_complaints(found))[:500]


def _complaints(found: object, field: str = "") -> Iterator[str]:
    match found:
        case str():
            yield found if field in ("", "detail", "non_field_errors") else f"{field}: {found}"
        case list():
            for one in found:
                yield from _complaints(one, field)
        case dict():
            for name, one in found.items():
                yield from _complaints(one, str(name))


def is_revoked(status: int, body: bytes) -> bool:
    """Whether an answer sends this station away for good."""
    return status == 401 and said(body) == REVOKED


def is_narrow(status: int | None, words: str) -> bool:
    """Whether the device's security profile stands in the way."""
    return status == 403 and NARROW in words


def too_narrow(what: str) -> ServerTrouble:
    """The trouble with a profile that does not allow something."""
    return ServerTrouble(
        "This device may not do that",
        filled("Its security profile in pretix is too narrow: {what}.", what=what),
        "Let the organiser set it to full device access; it counts at once.",
        status=403,
    )


def enrolment_of(device: Device, url: str, events: tuple[str, ...], software: str) -> Enrolment:
    """What the server gives a new station. Raises `ServerTrouble`."""
    if not device.api_token:
        raise nonsense("It enrolled this station without a token.")
    return Enrolment(
        kind="pretix",
        url=url,
        token=device.api_token,
        device_id=name_of(device.organizer, device.device_id),
        name=device.name,
        organizer=device.organizer,
        events=events,
        gate=device.gate.name if device.gate else "",
        role=Role.SUPERVISOR if device.security_profile == FULL else Role.DESK,
        software=software,
    )


def name_of(organizer: str, device: int | None) -> str:
    """The id of a device as the journal and check-ins know it; its number is unique only within its organiser."""
    return "" if device is None else f"{organizer}/{device}"


def stamp(moment: datetime) -> str:
    """A moment as the server reads it back without loss."""
    return moment.isoformat()


def noun_of(row: msgspec.Struct, noun: type[_Noun], **other: Any) -> _Noun:
    """The noun that a row stands for: what both call alike as it is, lists as tuples, and `other` for the rest."""
    alike = set(noun.__struct_fields__).intersection(row.__struct_fields__) - other.keys()
    return noun(**{name: _kept(getattr(row, name)) for name in alike}, **other)


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
