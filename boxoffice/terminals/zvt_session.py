"""One command to a ZVT terminal, from its first frame to its last, as a conversation without a line and a clock.

The caller passes bytes and the time in and sends out what it is given. Every frame of the terminal is acknowledged
at once but one: that a card was charged. The terminal keeps that payment for good only once it hears our word, and
the caller gives it when it has written the payment down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo

import msgspec

from boxoffice.domain.terminals import Evidence, Last
from boxoffice.ports import Totals

from . import zvt_frames as frames
from . import zvt_words
from .zvt_frames import Apdu, Framing, Garbled

T3 = 5.0
"""Seconds in which a frame is answered."""
T4 = 180.0
"""Seconds in which something is heard of a command that goes on."""
PORT = 20007

REGISTRATION, AUTHORISATION, REPEAT_RECEIPT, REVERSAL, REFUND, END_OF_DAY, ABORT = (
    *(0x0600, 0x0601, 0x0620, 0x0630, 0x0631, 0x0650),
    0x06B0,
)
_SHOWS, _STATUS, _COMPLETION, _BROKEN_OFF, _LINE, _BLOCK = 0x04FF, 0x040F, 0x060F, 0x061E, 0x06D1, 0x06D3
_CANNOT = Apdu(0x8483)
"""Our answer to what no till of this kind does."""

_WITH_PROGRESS = 0x08
"""Of the registration's configuration: the terminal says what it is doing. It prints its own slips."""
_SERVICE_LAST = 0x03
"""Of a repeated receipt: as data for the till, not on paper."""
_ACCEPTS_BLOCKS = bytes.fromhex("26040a0206d3")
"""Tagged values of the registration: the till takes lines of text in blocks, and so tagged values at all."""


# Commands


def registration(password: str, currency: str) -> Apdu:
    """Name us as the terminal's till. Raises `Garbled` for a currency or password that there is not."""
    values = frames.field(frames.TLV, bytes([len(_ACCEPTS_BLOCKS)]) + _ACCEPTS_BLOCKS)
    data = frames.password(password) + bytes([_WITH_PROGRESS]) + _currency(currency)
    return Apdu(REGISTRATION, data + values)


def authorisation(amount: int, currency: str) -> Apdu:
    """Charge a card."""
    return Apdu(AUTHORISATION, _amount(amount) + frames.field(frames.CURRENCY, _currency(currency)))


def refund(password: str, amount: int, currency: str) -> Apdu:
    """Give money back to a card."""
    data = _amount(amount) + frames.field(frames.CURRENCY, _currency(currency))
    return Apdu(REFUND, frames.password(password) + data)


def reversal(password: str, receipt: int) -> Apdu:
    """Take back the payment of that number."""
    return Apdu(REVERSAL, frames.password(password) + frames.field(frames.RECEIPT, frames.bcd(receipt, 2)))


def repeat_receipt(password: str) -> Apdu:
    """Tell the newest payment again."""
    return Apdu(REPEAT_RECEIPT, frames.password(password) + frames.field(frames.SERVICE, bytes([_SERVICE_LAST])))


def end_of_day(password: str) -> Apdu:
    """Close the terminal's day."""
    return Apdu(END_OF_DAY, frames.password(password))


def _amount(amount: int) -> bytes:
    if not 0 < amount < 10**12:
        raise Garbled(f"{amount} is no amount for a terminal")
    return frames.field(frames.AMOUNT, frames.bcd(amount, 6))


def _currency(letters: str) -> bytes:
    code = frames.NUMBERS.get(letters)
    if code is None:
        raise Garbled(f"{letters} has no number here")
    return frames.bcd(code, 2)


# News


class Taken(msgspec.Struct, frozen=True):
    """The terminal has taken the command."""


class Rejected(msgspec.Struct, frozen=True):
    """The terminal does not take the command; nothing came of it."""

    code: int


class Shows(msgspec.Struct, frozen=True):
    """What the terminal is doing."""

    text: str


class Printed(msgspec.Struct, frozen=True):
    """Lines of text for paper."""

    lines: tuple[str, ...]


class Told(msgspec.Struct, frozen=True):
    """What became of a transaction, or of the one that was asked for."""

    fields: Mapping[int, bytes]
    lines: tuple[str, ...] = ()

    @property
    def result(self) -> int:
        """0 is a yes. Raises `Garbled` where the terminal gives no result."""
        if frames.RESULT not in self.fields:
            raise Garbled("A status without a result")
        return self.fields[frames.RESULT][0]


class Completed(msgspec.Struct, frozen=True):
    """The command is over, and did what it should."""

    fields: Mapping[int, bytes]


class BrokenOff(msgspec.Struct, frozen=True):
    """The command is over, and did not."""

    code: int


News = Taken | Rejected | Shows | Printed | Told | Completed | BrokenOff


class Conversation:
    """One command. `hold` keeps the word back that a card was charged until `acknowledge`."""

    def __init__(self, command: Apdu, now: float, *, hold: bool = False) -> None:
        self._framing = Framing()
        self._out = command.encode()
        self._hold = hold
        self._taken = False
        self.held = False
        self.over = False
        self.deadline = now + T3
        """The time after which nothing more is to be expected."""

    def take_out(self) -> bytes:
        """What is to be sent now."""
        out, self._out = self._out, b""
        return out

    def receive(self, data: bytes, now: float) -> Iterator[News]:
        """What these bytes say, one after another. Raises `Garbled`; then nothing is known any more."""
        for frame in self._framing.feed(data):
            if self.over:
                return
            news = self._understand(frame)
            self.deadline = now + T4
            if news is not None:
                yield news

    def acknowledge(self) -> None:
        """Let the terminal keep the payment that was told: it is written down."""
        if self.held:
            self.held = False
            self._out += frames.YES.encode()

    def abort(self) -> None:
        """Ask the terminal to break off. It says itself what came of that."""
        self._out += Apdu(ABORT).encode()

    def _understand(self, frame: Apdu) -> News | None:
        if frame.is_answer:
            return self._answered(frame)
        if frame.command == _STATUS:
            return self._told(frame)
        if frame.command in (_SHOWS, _LINE, _BLOCK, _COMPLETION, _BROKEN_OFF):
            news = _READ[frame.command](frame.data)
            self._out += frames.YES.encode()
            self.over = frame.command in (_COMPLETION, _BROKEN_OFF)
            return news
        self._out += _CANNOT.encode()
        return None

    def _answered(self, frame: Apdu) -> News | None:
        if self._taken:
            return None  # The answer to an abort; what counts is how the command ends.
        self._taken = True
        if frame.is_no:
            self.over = True
            return Rejected(frame.command & 0xFF)
        return Taken()

    def _told(self, frame: Apdu) -> Told:
        values = frames.fields(frame.data)
        told = Told(values, tuple(frames.texts(values.get(frames.TLV, b""))))
        if self._hold and told.result == 0:
            self.held = True
        else:
            self._out += frames.YES.encode()
        return told


def _shows(data: bytes) -> Shows:
    """A number for what it is doing, a time, and with newer terminals the text on its display."""
    lines: list[str] = []
    place = data.find(frames.TLV, 1, 3)  # Behind the number, or behind the number and the time.
    if place > 0:
        lines = frames.texts(frames.fields(data[place:]).get(frames.TLV, b""))
    return Shows(" ".join(lines) or (zvt_words.doing(data[0]) if data else ""))


def _line(data: bytes) -> Printed:
    return Printed((frames.text(data[1:]),))  # The first byte says how it is printed.


def _block(data: bytes) -> Printed:
    return Printed(tuple(frames.texts(frames.fields(data).get(frames.TLV, b""))))


def _completed(data: bytes) -> Completed:
    return Completed(frames.fields(data))


def _broken_off(data: bytes) -> BrokenOff:
    return BrokenOff(data[0] if data else 0xFF)


_READ: Mapping[int, Callable[[bytes], News]] = {
    _SHOWS: _shows,
    _LINE: _line,
    _BLOCK: _block,
    _COMPLETION: _completed,
    _BROKEN_OFF: _broken_off,
}


# What a status says


def evidence(told: Told, terminal_id: str) -> Evidence:
    """What it says of a payment. Raises `Garbled`. `terminal_id` is what it called itself when it was registered."""
    one = told.fields
    words = [frames.text(one.get(frames.ADDITIONAL, b"")), *told.lines]
    return Evidence(
        receipt=_number(one, frames.RECEIPT),
        trace=_number(one, frames.TRACE),
        terminal_id=terminal_id_of(one) or terminal_id,
        pan=frames.card_number(one.get(frames.PAN, b"")),
        card=frames.text(one.get(frames.CARD_NAME, b"").rstrip(b"\0")),
        approval=frames.text(one.get(frames.APPROVAL, b"").strip(b"\0 ")),
        text=" ".join(word for word in words if word),
    )


def terminal_id_of(fields: Mapping[int, bytes]) -> str:
    """The terminal's id of eight digits; empty where it is not told."""
    return fields[frames.TERMINAL_ID].hex() if frames.TERMINAL_ID in fields else ""


def last(told: Told, terminal_id: str, now: datetime, zone: tzinfo) -> Last:
    """The transaction that was asked for. Its clock is taken to stand in `zone`."""
    about = evidence(told, terminal_id)
    one = told.fields
    return Last(
        evidence=about,
        amount=_number(one, frames.AMOUNT) if frames.AMOUNT in one else None,
        currency=frames.LETTERS.get(_number(one, frames.CURRENCY), ""),
        at=_time(one, now.astimezone(zone), zone),
        approved=told.result == 0,
        is_payment=frames.ORIGINAL_TRACE not in one,
    )


def commands_of(fields: Mapping[int, bytes]) -> frozenset[int]:
    """The commands that the terminal says it knows, where it says so; else none. Raises `Garbled`."""
    listed = frames.every(fields.get(frames.TLV, b""), _COMMAND, inside=_COMMANDS)
    return frozenset(int.from_bytes(one, "big") for one in listed)


_COMMANDS, _COMMAND = 0x26, 0x0A


def totals(told: Told) -> Totals:
    """What it says of its day: the turnover, and how many payments each scheme's sum is made of."""
    one = told.fields
    sums = one.get(frames.TOTALS, b"")
    number = sum(frames.number(sums[place : place + 1]) for place in _COUNTS) if len(sums) == _TOTALS else None
    return Totals(amount=_number(one, frames.AMOUNT) if frames.AMOUNT in one else None, number=number)


_TOTALS = 53
"""Bytes of the single sums: first and last receipt, then for each of seven schemes a count and a sum."""
_COUNTS = range(4, _TOTALS, 7)


def _number(fields: Mapping[int, bytes], name: int) -> int:
    return frames.number(fields[name]) if name in fields else 0


def _time(fields: Mapping[int, bytes], now: datetime, zone: tzinfo) -> datetime | None:
    """Month, day and time; the year is the one that brings it closest to now."""
    if frames.TIME not in fields or frames.DATE not in fields:
        return None
    month, day = divmod(_number(fields, frames.DATE), 100)
    hour, rest = divmod(_number(fields, frames.TIME), 10_000)
    times = []
    for year in (now.year - 1, now.year, now.year + 1):
        try:
            times.append(datetime(year, month, day, hour, *divmod(rest, 100), tzinfo=zone))
        except ValueError:
            continue  # No such day in that year, or no such day at all.
    return min(times, key=lambda one: abs(one - now), default=None)
