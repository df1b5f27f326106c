"""The frames of ZVT, the protocol between tills and card terminals (ECR-Interface PA00P015, revision 13).

A frame is a command of two bytes, a length and data; the data of most is a row of fields, each named by one byte
and as long as that name says. A card's number is masked here, before anybody above sees it; tracks, expiry dates
and chip data are stepped over and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

import msgspec

from boxoffice.domain.terminals import mask

_LONG = 0xFF
"""In the place of a length: the next two bytes are it, the lower one first."""


class Apdu(msgspec.Struct, frozen=True):
    """One frame: the command (class and instruction) and its data."""

    command: int
    data: bytes = b""

    def encode(self) -> bytes:
        """As it goes over the line."""
        size = len(self.data)
        length = bytes([size]) if size < _LONG else bytes([_LONG]) + size.to_bytes(2, "little")
        return self.command.to_bytes(2, "big") + length + self.data

    @property
    def is_no(self) -> bool:
        """Whether it says that the last frame was not taken; the second byte says why."""
        return self.command >> 8 == 0x84 and self.command != 0x8400

    @property
    def is_answer(self) -> bool:
        """Whether it answers a frame of ours, rather than ask for an answer."""
        return self.command >> 8 in (0x80, 0x84)


YES = Apdu(0x8000)


class Framing:
    """Bytes in, frames out, however the bytes were cut."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Apdu]:
        """The frames that are whole now."""
        self._buffer += data
        frames: list[Apdu] = []
        while (frame := self._take()) is not None:
            frames.append(frame)
        return frames

    def _take(self) -> Apdu | None:
        head = self._head()
        if head is None:
            return None
        start, size = head
        if len(self._buffer) < start + size:
            return None
        frame = Apdu(int.from_bytes(self._buffer[:2], "big"), bytes(self._buffer[start : start + size]))
        del self._buffer[: start + size]
        return frame

    def _head(self) -> tuple[int, int] | None:
        """Where the data starts and how long it is; None while that is not known."""
        if len(self._buffer) < 3:
            return None
        if self._buffer[2] != _LONG:
            return 3, self._buffer[2]
        return (5, int.from_bytes(self._buffer[3:5], "little")) if len(self._buffer) >= 5 else None


class Garbled(ValueError):
    """Data that is not what the protocol says. Nothing may be concluded from it."""


# Numbers and texts


def bcd(value: int, size: int) -> bytes:
    """A number as two digits a byte, `size` bytes."""
    return bytes.fromhex(f"{value:0{size * 2}d}")


def number(data: bytes) -> int:
    """A number of two digits a byte. Raises `Garbled`."""
    digits = data.hex()
    if not digits.isdecimal():
        raise Garbled(f"{digits} is no number")
    return int(digits)


def text(data: bytes) -> str:
    """What a terminal writes: its own eight-bit letters (code page 437), without what cannot be printed."""
    return "".join(one if one.isprintable() else " " for one in data.decode("cp437")).strip()


# Fields


class _Size(Enum):
    """Of a field that says its length itself: how many bytes, each with one decimal digit, that takes."""

    LL = 2
    LLL = 3
    TLV = 0


RESULT, AMOUNT, TRACE, TIME, DATE, PAN, TERMINAL_ID = 0x27, 0x04, 0x0B, 0x0C, 0x0D, 0x22, 0x29
CURRENCY, RECEIPT, APPROVAL, CARD_NAME, ADDITIONAL, STATUS, SERVICE, TLV = (
    0x49,
    0x87,
    0x3B,
    0x8B,
    0x3C,
    0x19,
    0x03,
    0x06,
)
PAYMENT_TYPE, ORIGINAL_TRACE, DATE_WITH_YEAR, TOTALS = 0x19, 0x37, 0xAA, 0x60

_SIZES: Mapping[int, int | _Size] = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x05, 0x19, 0x27, 0x8A, 0x8C, 0xA0, 0xD0, 0xD1, 0xD2, 0xD3, 0xFC), 1),
    **dict.fromkeys((0x0D, 0x0E, 0x17, 0x3A, 0x49, 0x87), 2),
    **dict.fromkeys((0x0B, 0x0C, 0x37, 0x3D, 0x88, 0xAA), 3),
    0x29: 4,
    0xBA: 5,
    0x04: 6,
    0x3B: 8,
    0x2A: 15,
    **dict.fromkeys((0x22, 0x23, 0x2D, 0x8B, 0xA7, *range(0xF0, 0xF9)), _Size.LL),
    **dict.fromkeys((0x24, 0x2E, 0x3C, 0x60, 0x92, 0x9A, 0xAF), _Size.LLL),
    0x06: _Size.TLV,
}
_SECRET = frozenset({0x0E, 0x23, 0x24, 0x2D, 0x2E, 0x3A, 0x3D, 0xA7, 0xAF})
"""Fields that are stepped over: tracks, chip, expiry, codes."""


def fields(data: bytes) -> dict[int, bytes]:
    """The fields of a frame by their names, without those that nobody may keep.

    Raises `Garbled` for a field of no known length, or one that ends too early.
    """
    return {name: value for name, value in _walk(data) if name not in _SECRET}


def _walk(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        name = data[place]
        start, size = _extent(data, place + 1, name)
        if start + size > len(data):
            raise Garbled(f"Field {name:02x} ends too early")
        yield name, data[start : start + size]
        place = start + size


def _extent(data: bytes, place: int, name: int) -> tuple[int, int]:
    """Where a field's value starts, and how long it is."""
    size = _SIZES.get(name)
    if size is None:
        raise Garbled(f"Field {name:02x} is not known")
    if isinstance(size, int):
        return place, size
    if size is _Size.TLV:
        return _tlv_length(data, place)
    digits = data[place : place + size.value]
    if len(digits) < size.value or any(one >> 4 != 0xF or one & 0xF > 9 for one in digits):
        raise Garbled(f"Field {name:02x} has no length")
    return place + size.value, int("".join(str(one & 0xF) for one in digits))


def card_number(data: bytes) -> str:
    """A card's number, masked: two digits a byte, `E` for what the terminal masked itself, `F` at the end."""
    return mask(data.hex().rstrip("f"))


# The container of tagged values


def tags(data: bytes) -> dict[int, bytes]:
    """Tagged values, those inside others too; of several alike the first. Raises `Garbled`."""
    found: dict[int, bytes] = {}
    for tag, value, holds_others in _tags(data):
        if holds_others:
            for inner, held in tags(value).items():
                found.setdefault(inner, held)
        found.setdefault(tag, value)
    return found


def every(data: bytes, tag: int, inside: int) -> list[bytes]:
    """All values of a tag directly inside another one. Raises `Garbled`."""
    return [
        value
        for outer, held, holds_others in _tags(data)
        if outer == inside and holds_others
        for name, value, _ in _tags(held)
        if name == tag
    ]


def texts(data: bytes) -> list[str]:
    """Every line of text (tag 07) in a container, in order, however deep. Raises `Garbled`."""
    lines: list[str] = []
    for tag, value, holds_others in _tags(data):
        if holds_others:
            lines += texts(value)
        elif tag == 0x07:
            lines.append(text(value))
    return lines


def _tags(data: bytes) -> Iterator[tuple[int, bytes, bool]]:
    place = 0
    while place < len(data):
        tag, start = _tag(data, place)
        holds_others = bool(data[place] & 0x20)
        start, size = _tlv_length(data, start)
        if start + size > len(data):
            raise Garbled(f"Tag {tag:x} ends too early")
        yield tag, data[start : start + size], holds_others
        place = start + size


def _tag(data: bytes, place: int) -> tuple[int, int]:
    """A tag goes on while the highest bit of its bytes says so, if the first one's five low bits are all set."""
    end = place + 1
    if data[place] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end > len(data):
        raise Garbled("A tag ends too early")
    return int.from_bytes(data[place:end], "big"), end


def _tlv_length(data: bytes, place: int) -> tuple[int, int]:
    """Up to 127 in one byte; else 81 and one byte, or 82 and two with the higher one first."""
    if place >= len(data):
        raise Garbled("A length is missing")
    first = data[place]
    if first < 0x80:
        return place + 1, first
    size = first & 0x7F
    if size not in (1, 2) or place + 1 + size > len(data):
        raise Garbled("A length ends too early")
    return place + 1 + size, int.from_bytes(data[place + 1 : place + 1 + size], "big")


# What a till says


def password(digits: str) -> bytes:
    """The terminal's password: six digits. Raises `Garbled`."""
    if len(digits) != 6 or not digits.isascii() or not digits.isdecimal():
        raise Garbled("A terminal's password has six digits")
    return bytes.fromhex(digits)


def field(name: int, value: bytes) -> bytes:
    """One field of fixed length."""
    return bytes([name]) + value


_ISO = "EUR 978 CHF 756 USD 840 GBP 826 SEK 752 NOK 578 DKK 208 PLN 985 CZK 203 HUF 348 RON 946 BGN 975 ISK 352 JPY 392"
_REST = "CNY 156 KWD 414 AUD 036 CAD 124 NZD 554 SGD 702 HKD 344 TRY 949 ILS 376 ZAR 710"
_PAIRS = f"{_ISO} {_REST}".split()
NUMBERS: Mapping[str, int] = dict(zip(_PAIRS[::2], map(int, _PAIRS[1::2]), strict=True))
"""ISO 4217: the numbers of currencies that terminals are asked for."""
LETTERS: Mapping[int, str] = {code: letters for letters, code in NUMBERS.items()}
