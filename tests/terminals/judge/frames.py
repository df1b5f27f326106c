"""ZVT on the line, as a terminal writes and reads it: control field, length, and fields that begin with a number.

Written from the public description of the protocol (revision 13), and from nothing else: it stands against whatever
the till makes of the same description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

POSITIVE = 0x8000
REGISTRATION = 0x0600
AUTHORISATION = 0x0601
LOG_OFF = 0x0602
COMPLETION = 0x060F
ABORT = 0x061E
REPEAT_RECEIPT = 0x0620
REVERSAL = 0x0630
REFUND = 0x0631
END_OF_DAY = 0x0650
DIAGNOSIS = 0x0670
BREAK_OFF = 0x06B0
PRINT_LINE = 0x06D1
PRINT_TEXT = 0x06D3
STATUS_ENQUIRY = 0x0501
STATUS = 0x040F
INTERMEDIATE = 0x04FF

_FIXED: Mapping[int, int] = {
    0x01: 1,
    0x02: 1,
    0x03: 1,
    0x04: 6,
    0x05: 1,
    0x0B: 3,
    0x0C: 3,
    0x0D: 2,
    0x0E: 2,
    0x17: 2,
    0x19: 1,
    0x27: 1,
    0x29: 4,
    0x2A: 15,
    0x37: 3,
    0x3A: 2,
    0x3B: 8,
    0x3D: 3,
    0x49: 2,
    0x87: 2,
    0x88: 3,
    0x8A: 1,
    0x8C: 1,
    0xA0: 1,
}
"""Bytes of the fields that have always as many."""
_COUNTED: Mapping[int, int] = {0x22: 2, 0x23: 2, 0x2D: 2, 0x8B: 2, 0x24: 3, 0x3C: 3, 0x60: 3}
"""Digits of the length before the fields that say it themselves."""
_LONGEST_SHORT = 0xFE


class Malformed(ValueError):
    """This is not ZVT."""


class Apdu(NamedTuple):
    """One message: what it is, and what it carries."""

    control: int
    data: bytes = b""

    @property
    def is_answer(self) -> bool:
        return self.control >> 8 in (0x80, 0x84)


def encode(control: int, data: bytes = b"", *, long: bool = False) -> bytes:
    """One message. Up to 254 bytes a single byte says how long it is, unless it is to be `long`."""
    length = bytes([len(data)]) if len(data) <= _LONGEST_SHORT and not long else None
    return control.to_bytes(2, "big") + (length or b"\xff" + len(data).to_bytes(2, "little")) + data


class Framing:
    """Messages out of bytes, however these were cut."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Apdu]:
        self._buffer += data
        found: list[Apdu] = []
        while (one := self._take()) is not None:
            found.append(one)
        return found

    def _take(self) -> Apdu | None:
        if len(self._buffer) < 3:
            return None
        begin, length = 3, self._buffer[2]
        if length == 0xFF:
            if len(self._buffer) < 5:
                return None
            begin, length = 5, int.from_bytes(self._buffer[3:5], "little")
        if len(self._buffer) < begin + length:
            return None
        one = Apdu(int.from_bytes(self._buffer[:2], "big"), self._buffer[begin : begin + length])
        self._buffer = self._buffer[begin + length :]
        return one


def bcd(number: int, size: int) -> bytes:
    """A number, two digits a byte."""
    return bytes.fromhex(f"{number:0{2 * size}d}")


def number(data: bytes) -> int:
    """The number in packed digits. Raises `Malformed` for anything else."""
    try:
        return int(data.hex())
    except ValueError as error:
        raise Malformed(data.hex()) from error


def counted(data: bytes, digits: int) -> bytes:
    """Data behind its length, whose digits stand in the lower halves of bytes that begin with F."""
    return bytes(0xF0 | int(digit) for digit in f"{len(data):0{digits}d}") + data


def tlv(tag: int, data: bytes) -> bytes:
    """One data object; its length is a byte up to 127, else one or two after 81 or 82."""
    name = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    if len(data) < 0x80:
        return name + bytes([len(data)]) + data
    if len(data) < 0x100:
        return name + b"\x81" + bytes([len(data)]) + data
    return name + b"\x82" + len(data).to_bytes(2, "big") + data


def fields(data: bytes) -> dict[int, bytes]:
    """The fields of a message by their number. Raises `Malformed` for one that nobody knows, or that is cut off."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        name, at = data[at], at + 1
        begin, size = _extent(name, data, at)
        if begin + size > len(data):
            raise Malformed(f"Field {name:02x} ends early: {data.hex()}")
        found[name] = data[begin : begin + size]
        at = begin + size
    return found


def _extent(name: int, data: bytes, at: int) -> tuple[int, int]:
    if name in _FIXED:
        return at, _FIXED[name]
    if name in _COUNTED:
        digits = data[at : at + _COUNTED[name]]
        if len(digits) < _COUNTED[name] or any(one & 0xF0 != 0xF0 or one & 0x0F > 9 for one in digits):
            raise Malformed(f"Field {name:02x} has no length: {data.hex()}")
        return at + len(digits), int("".join(str(one & 0x0F) for one in digits))
    if name == 0x06:
        return _container(data, at)
    raise Malformed(f"Nobody knows field {name:02x}: {data.hex()}")


def _container(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise Malformed(f"The container has no length: {data.hex()}")
    more = {0x81: 1, 0x82: 2}.get(data[at], 0)
    if data[at] >= 0x80 and not more:
        raise Malformed(f"The container has a strange length: {data.hex()}")
    length = int.from_bytes(data[at + 1 : at + 1 + more], "big") if more else data[at]
    return at + 1 + more, length
