"""The journal: one chain of entries a device, each sealed with the one before it.

The same few lines seal an entry at the station and check it at the server. The personal part of an
entry is bound into the chain by a salted HMAC only, so it can be destroyed and the chain still holds.

    hash = SHA-256("v1" 0 device 0 epoch 0 sequence 0 previous SHA-256(body))

with 0 a NUL byte, numbers in decimal, `previous` the 32 bytes of the hash before (zeros at the start).
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from boxoffice.decoding import Decodes, decoder

from .facts import Fact, Private

GENESIS = bytes(32)

_encoder = msgspec.json.Encoder(order="sorted")
_facts: Decodes[Fact] = decoder(Fact)
_privates = decoder(Private)


class _Sealed(msgspec.Struct):
    """The place in a body that stands for its personal part."""

    private: str = ""


_sealed = decoder(_Sealed)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One entry as it is kept and as it travels. `hash` and `previous` are hex."""

    device: str
    epoch: int
    sequence: int
    operation: str
    body: str
    """Canonical JSON: sorted keys, no floats. Holds `private`, the HMAC, where there is a private part."""
    previous: str
    hash: str
    private: str = ""
    """Canonical JSON of the personal part; empty if there is none or it was destroyed."""
    salt: str = ""

    def fact(self) -> Fact:
        """The fact in the body. Raises `msgspec.ValidationError` for a kind that is not known."""
        return _facts.decode(self.body)

    def private_part(self) -> Private:
        """The personal part, empty where there is none."""
        return private_of(self.private)


def fact_of(body: str) -> Fact:
    """The fact in a canonical body. Raises `msgspec.ValidationError` for a kind that is not known."""
    return _facts.decode(body)


def private_of(kept: str) -> Private:
    """The personal part as it is kept; empty where there is none."""
    return _privates.decode(kept) if kept else Private()


def body_of(fact: Fact, private: Private | None, salt: bytes) -> tuple[str, str]:
    """The canonical body of a fact, and the canonical personal part that its HMAC stands for."""
    if private is None or private.empty:
        return _encoder.encode(fact).decode(), ""
    kept = _encoder.encode(private)
    fields = msgspec.to_builtins(fact)
    fields["private"] = _seal(salt, kept)
    return _encoder.encode(fields).decode(), kept.decode()


def _seal(salt: bytes, private: bytes) -> str:
    # `hmac.digest` lets other threads in for each of these few bytes, and then has to wait for them.
    return hmac.new(salt, private, "sha256").hexdigest()


def chain(device: str, epoch: int, sequence: int, previous: bytes, body: str) -> bytes:
    """The hash that seals an entry."""
    place = f"v1\0{device}\0{epoch}\0{sequence}\0".encode()
    return hashlib.sha256(place + previous + hashlib.sha256(body.encode()).digest()).digest()


def faults(entry: Entry, previous: bytes) -> list[str]:
    """What is wrong with an entry that should follow the one sealed with `previous`; nothing if it is sound."""
    found = []
    if entry.previous != previous.hex():
        found.append("does not follow the entry before it")
    if entry.hash != chain(entry.device, entry.epoch, entry.sequence, previous, entry.body).hex():
        found.append("was changed after it was sealed")
    if entry.private and not _private_fits(entry):
        found.append("has a personal part that is not the one it was sealed with")
    return found


def _private_fits(entry: Entry) -> bool:
    try:
        sealed = _sealed.decode(entry.body).private
    except msgspec.ValidationError:
        return False
    return sealed == _seal(bytes.fromhex(entry.salt), entry.private.encode())  # Both are known to whoever sent it.
