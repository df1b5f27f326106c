"""Signed tickets of the demo's festival, made as its server would make them.

The key pair is part of the demo and protects nothing: whoever reads this can make tickets for `fest26`.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DEMO_PRIVATE_KEY = hashlib.sha256(b"The demo's key. It is published and protects nothing.").digest()
"""The demo's private Ed25519 key. Never use it for tickets that somebody pays for."""


@lru_cache(maxsize=1)
def _private_key() -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(DEMO_PRIVATE_KEY)


def public_key() -> str:
    """The key by which stations know the demo's tickets, in the server's form: base64 of PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = _private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(pem).decode()


def signed_ticket(
    seed: str,
    item: int,
    variation: int = 0,
    subevent: int = 0,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> str:
    """The text of a ticket that proves itself (`pretix_sig1`), signed with the demo's key."""
    payload = _text_field(1, seed) + _number_field(2, item) + _number_field(3, variation) + _number_field(4, subevent)
    if valid_from is not None:
        payload += _number_field(5, int(valid_from.timestamp()))
    if valid_until is not None:
        payload += _number_field(6, int(valid_until.timestamp()))
    signature = _private_key().sign(payload)
    header = b"\x01" + len(payload).to_bytes(2, "big") + len(signature).to_bytes(2, "big")
    return base64.b64encode(header + payload + signature).decode()[::-1]


def _text_field(number: int, text: str) -> bytes:
    raw = text.encode()
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw


def _number_field(number: int, value: int) -> bytes:
    """Nothing for zero, which is what a field that is not there means."""
    return _varint(number << 3) + _varint(value) if value else b""


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
