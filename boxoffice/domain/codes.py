"""The text of a scan: what is left of it after guns and line ends, and the tickets that prove themselves.

Whatever a code says, it is data: nothing is opened, fetched or run. Of a signed ticket (`pretix_sig1`)
only the one spelling that the server prints is accepted, so that nobody can make a second text of it
that the lists of used and revoked codes do not know.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LIMIT = 4096
"""Bytes of UTF-8 that a code may have. No ticket comes near it."""

# Guns in ECI mode put the character set in front (\000026 is UTF-8), some the symbology as well (]Q2).
_GUN_PREFIX = re.compile(r"(?:\s|\][ACEILQdez][0-9A-Fa-f]|\\[0-9]{6})+")


def clean(text: str, *, prefix: str = "", suffix: str = "") -> str:
    """The code in what a gun, a camera or a keyboard delivered; empty if there is none.

    `prefix` and `suffix` are what this gun was set to add. What is over the limit is cut off: such a
    text is no ticket, and its beginning is enough to be recorded as refused.
    """
    if text.isalnum() and not prefix and not suffix:
        return _within_limit(text)
    text, prefix, suffix = _tidy(text), _tidy(prefix), _tidy(suffix)
    if prefix and text.startswith(prefix):
        text = text[len(prefix) :]
    if suffix and text.endswith(suffix):
        text = text[: -len(suffix)]
    text = _tidy(text)
    if found := _GUN_PREFIX.match(text):
        text = text[found.end() :]
    return _within_limit(text)


def _tidy(text: str) -> str:
    text = text.strip()
    if text.isprintable():
        return text
    return "".join(letter for letter in text if not _invisible(letter)).strip()


def _invisible(letter: str) -> bool:
    """Control characters, halves of characters, and the byte order mark."""
    return unicodedata.category(letter) in ("Cc", "Cs") or letter == "\ufeff"


def _within_limit(text: str) -> str:
    if len(text) * 4 <= LIMIT:
        return text
    return text.encode()[:LIMIT].decode(errors="ignore").rstrip()


class SignedTicket(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket says of itself, signed by the server that sold it."""

    seed: str
    item: int
    variation: int | None = None
    subevent: int | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def signed_key(code: str) -> str:
    """The name under which check-ins of a signed ticket are kept that the replica does not hold."""
    return "sig:" + hashlib.sha256(code.encode()).hexdigest()[:32]


_VERSION = 1
_HEADER = 5
_SIGNATURE = 64


def signed(code: str, keys: Sequence[str]) -> SignedTicket | None:
    """The ticket in a signed code, if one of the event's public keys (base64 of PEM) vouches for it.

    The signature is verified before the payload is looked at. Anything else than a sound ticket is None.
    """
    parts = _split(code)
    if parts is None:
        return None
    payload, signature = parts
    if not any(_vouches(key, payload, signature) for key in keys):
        return None
    return _ticket_in(payload)


def _split(code: str) -> tuple[bytes, bytes] | None:
    """Payload and signature of a code that is put together as it should be, to the last bit."""
    if not (_HEADER + _SIGNATURE) * 4 // 3 <= len(code) <= LIMIT or not code.isascii():
        return None
    raw = _decoded(code[::-1])
    if raw is None or len(raw) < _HEADER or raw[0] != _VERSION:
        return None
    payload_length = int.from_bytes(raw[1:3], "big")
    signature_length = int.from_bytes(raw[3:5], "big")
    if signature_length != _SIGNATURE or len(raw) != _HEADER + payload_length + signature_length:
        return None
    return raw[_HEADER : _HEADER + payload_length], raw[_HEADER + payload_length :]


def _decoded(text: str) -> bytes | None:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None


def _vouches(key: str, payload: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    public = _public_key(key)
    if public is None:
        return False
    try:
        public.verify(signature, payload)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _public_key(key: str) -> Ed25519PublicKey | None:
    """The key in the server's form; None for one that is broken or of another kind."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(base64.b64decode(key))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return public if isinstance(public, Ed25519PublicKey) else None


class _NotOurs(ValueError):
    """A payload that is signed, but is not the message that we know."""


_SEED, _ITEM, _VARIATION, _SUBEVENT, _VALID_FROM, _VALID_UNTIL = range(1, 7)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ticket_in(payload: bytes) -> SignedTicket | None:
    try:
        fields = dict(_fields(payload))
        return SignedTicket(
            seed=_text(fields.get(_SEED, b"")),
            item=_number(fields.get(_ITEM, 0)),
            variation=_number(fields.get(_VARIATION, 0)) or None,
            subevent=_number(fields.get(_SUBEVENT, 0)) or None,
            valid_from=_moment(fields.get(_VALID_FROM)),
            valid_until=_moment(fields.get(_VALID_UNTIL)),
        )
    except (ValueError, OverflowError):
        return None


def _text(value: int | bytes) -> str:
    if isinstance(value, int):
        raise _NotOurs("A number where a text should be")
    return value.decode()


def _number(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise _NotOurs("A text where a number should be")
    return value - (1 << 64) if value >> 63 else value


def _moment(value: int | bytes | None) -> datetime | None:
    """A moment; the server writes a zero where there is none."""
    seconds = 0 if value is None else _number(value)
    return _EPOCH + timedelta(seconds=seconds) if seconds else None


_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def _fields(payload: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message as number and value; of repeated ones the last counts."""
    at = 0
    while at < len(payload):
        tag, at = _varint(payload, at)
        field, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, at = _varint(payload, at)
            yield field, value
            continue
        if wire == _BYTES:
            length, at = _varint(payload, at)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise _NotOurs("A kind of field that this message never has")
        if length > len(payload) - at:
            raise _NotOurs("A field that is longer than the message")
        yield field, payload[at : at + length]
        at += length


def _varint(payload: bytes, at: int) -> tuple[int, int]:
    value = 0
    for step in range(10):
        if at + step >= len(payload):
            raise _NotOurs("A number that is cut off")
        byte = payload[at + step]
        value |= (byte & 0x7F) << (7 * step)
        if not byte & 0x80:
            if value >> 64:
                raise _NotOurs("A number of more than 64 bits")
            return value, at + step + 1
    raise _NotOurs("A number without an end")
