"""A card terminal that speaks ZVT, with customers in front of it and a book of its own that says who was charged.

No socket and no clock in here: bytes in, frames out, and the time is asked for. Terminals differ in what they send
besides the necessary, in what they do alone when the line is gone, and in what they make of an acknowledgement that
never came: each of that is a `Dialect`. The line between it and the till, and what goes wrong there, is `wire.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import frames
from .frames import Apdu, Framing, Malformed, bcd, counted, encode, tlv
from .ledger import Entry, Kind, Ledger, Standing

EUR = 0x978
T3 = 5.0
"""Seconds for which an acknowledgement is waited for."""
PAN = "4000123412345678"
WAITS_FOR_CARD = 0x0A
WAITS_FOR_HOST = 0x0E
NOT_REGISTERED = 0x6B
BROKEN_OFF = 0x6C
WRONG_CURRENCY = 0x6F
IMPOSSIBLE = 0x83
PROTOCOL = 0x9A
AGAIN = 0x9C
BUSY = 0xA0
ALREADY_REVERSED = 0xB4
NOT_REVERSIBLE = 0xB5
DECLINED = 0x05
"""The bank's own number for a plain no."""
PRINTS_RECEIPTS = 0x02
"""Of the configuration byte: the till prints what the customer gets."""
TELLS_PROGRESS = 0x08
"""Of the configuration byte: the till wants to hear 04 FF."""
_PRIVATE = 0x0409
"""The card's end of validity, which no till may keep."""

Script = Generator[tuple[str, float], Apdu | None, None]


@dataclass(frozen=True)
class Dialect:
    """In what a terminal differs from the next."""

    intermediate: int = 2
    """How often it says 04 FF before the customer has done."""
    printing: str = ""
    """`lines` or `block` if the till is to print for it."""
    long_lengths: bool = False
    container: bool = False
    """Whether there is a TLV container in what it says."""
    alone: str = "break off"
    """Without a line before the customer has done: `break off`, or `go on`."""
    unacknowledged: str = "let go"
    """Without the till's acknowledgement: `let go`, as the rules are, or `keep`."""
    tells_failure: bool = True
    """Whether a no comes with 04 0F before 06 1E."""
    remembers_failure: bool = False
    """Whether a no is a last transaction, too, when it is asked for it."""
    bare_numbers: bool = False
    """Whether it says the card's number in full, as a till must never keep it."""
    repeats: str = "tells"
    """Asked for its last transaction: `tells`, `turns down` the question, or always `finds nothing`."""
    currency_told: bool = True
    """Whether its status information names the currency."""


@dataclass
class Customer:
    """What happens in front of the terminal."""

    does: str = "pays"
    """`pays`, `is declined`, `walks away` or `presses stop`."""
    takes: float = 8.0
    """Seconds until then."""


@dataclass
class Terminal:
    """The device. Say `connect` and `disconnect` of the line, `receive` of bytes, `run` when time has passed."""

    now: Callable[[], float]
    dialect: Dialect = field(default_factory=Dialect)
    ledger: Ledger = field(default_factory=Ledger)
    terminal_id: int = 52500041
    customers: deque[Customer] = field(default_factory=deque)
    """Those who come next; after them, everybody pays."""
    clock_off: timedelta = timedelta(0)
    epoch: datetime = datetime(2026, 11, 21, 18, 0)  # noqa: DTZ001 (a terminal knows one time, of where it stands)
    has_line: bool = False
    busy_with: int | None = None
    """The order that it carries out."""
    registered: bool = False
    said: list[bytes] = field(default_factory=list)
    """All frames that it ever sent."""
    heard: list[Apdu] = field(default_factory=list)
    """All frames that ever reached it."""
    _out: deque[bytes] = field(default_factory=deque)
    _framing: Framing = field(default_factory=Framing)
    _script: Script | None = None
    _listens: bool = False
    _due: float = 0.0
    _stop: bool = False
    _configuration: int = 0
    _failure: tuple[int, int] | None = None
    _line: int = 0
    _ordered_on: int = 0

    # The line

    def connect(self) -> None:
        """A new line; an order that came over an earlier one has nobody to speak with any more."""
        self.disconnect()
        self.has_line = True
        self._line += 1
        self._framing = Framing()

    @property
    def _is_heard(self) -> bool:
        """Whether the line over which the order came is still there."""
        return self.has_line and self._line == self._ordered_on

    def disconnect(self) -> None:
        """The line is gone; what is being waited for will not come any more."""
        self.has_line = False
        self._out.clear()
        if self._script is not None and not self._listens and self.dialect.alone == "break off":
            self._due = self.now()

    def receive(self, data: bytes) -> None:
        for apdu in self._framing.feed(data):
            self.heard.append(apdu)
            self._hear(apdu)

    def take(self) -> list[bytes]:
        """What it has said since."""
        out = list(self._out)
        self._out.clear()
        return out

    # Time

    @property
    def due(self) -> float | None:
        """When it wants to `run` next; None while it waits for an order."""
        return self._due if self._script is not None else None

    def run(self) -> None:
        """Do what is due by now."""
        while self._script is not None and self._due <= self.now():
            self._go_on(None)

    def reboot(self) -> None:
        """Forget everything but the book. What was approved and waits is settled as without an acknowledgement."""
        self.has_line = self.registered = False
        self._script = self.busy_with = None
        self._stop = False
        self._out.clear()
        for entry in self.ledger.entries:
            if entry.standing is Standing.WAITING:
                self._settle_alone(entry)

    @property
    def wall(self) -> datetime:
        """What its own clock shows."""
        return self.epoch + timedelta(seconds=round(self.now())) + self.clock_off

    # Orders

    def _hear(self, apdu: Apdu) -> None:
        if apdu.is_answer:
            if self._script is not None and self._listens and self._is_heard:
                self._go_on(apdu)
            return
        if apdu.control == frames.BREAK_OFF:
            self._hear_break_off()
            return
        if self._script is not None:
            self._send(0x8400 | BUSY)
            return
        orders: dict[int, Callable[[bytes], Script]] = {
            frames.REGISTRATION: self._register,
            frames.AUTHORISATION: self._authorise,
            frames.LOG_OFF: self._log_off,
            frames.REPEAT_RECEIPT: self._repeat,
            frames.REVERSAL: self._reverse,
            frames.REFUND: self._refund,
            frames.END_OF_DAY: self._end_day,
            frames.DIAGNOSIS: self._diagnose,
            frames.STATUS_ENQUIRY: self._tell_state,
        }
        if apdu.control not in orders:
            self._send(0x8400 | IMPOSSIBLE)
            return
        self.busy_with = apdu.control
        self._stop = False
        self._ordered_on = self._line
        self._script = self._guarded(orders[apdu.control](apdu.data))
        self._go_on(None)

    def _hear_break_off(self) -> None:
        self._send(frames.POSITIVE)
        if self._script is not None and not self._listens:
            self._stop = True
            self._due = self.now()

    def _guarded(self, script: Script) -> Script:
        try:
            yield from script
        except Malformed:
            self._send(0x8400 | PROTOCOL)

    def _go_on(self, heard: Apdu | None) -> None:
        if self._script is None:
            return
        try:
            what, seconds = self._script.send(heard)
        except StopIteration:
            self._script = self.busy_with = None
            return
        self._listens = what == "hear"
        self._due = self.now() + seconds

    def _send(self, control: int, data: bytes = b"") -> None:
        if self.has_line:
            frame = encode(control, data, long=self.dialect.long_lengths and control >> 8 not in (0x80, 0x84))
            self.said.append(frame)
            self._out.append(frame)

    def _say(self, control: int, data: bytes = b"") -> Generator[tuple[str, float], Apdu | None, int | None]:
        """Say it, and hear what the till answers: its control field, or None if nothing came in time."""
        if self._is_heard:
            self._send(control, data)
        answer = yield ("hear", T3 if self._is_heard else 0.0)
        return answer.control if answer is not None else None

    # What it can do

    def _register(self, data: bytes) -> Script:
        if len(data) < 4:
            raise Malformed(data.hex())
        if len(data) >= 6 and data[4:6] != EUR.to_bytes(2, "big"):
            self._send(0x8400 | WRONG_CURRENCY, EUR.to_bytes(2, "big"))
            return
        frames.fields(data[6:])
        self._configuration = data[3]
        self.registered = True
        self._send(frames.POSITIVE)
        told = b"\x19\x00" + b"\x29" + bcd(self.terminal_id, 4)
        if len(data) >= 6:
            told += b"\x49" + EUR.to_bytes(2, "big")
        if self.dialect.container:
            can = tlv(0x0A, b"\x06\x01") + (tlv(0x0A, b"\x06\x20") if self.dialect.repeats == "tells" else b"")
            told += tlv(0x06, tlv(0x26, can))
        yield from self._say(frames.COMPLETION, told)

    def _log_off(self, _: bytes) -> Script:
        self.registered = False
        self._send(frames.POSITIVE)
        return
        yield

    def _authorise(self, data: bytes) -> Script:
        order = frames.fields(data)
        if 0x04 not in order:
            raise Malformed(data.hex())
        amount = frames.number(order[0x04])
        self._send(frames.POSITIVE)
        if not self.registered:
            yield from self._say(frames.ABORT, bytes([NOT_REGISTERED]))
            return
        if order.get(0x49, EUR.to_bytes(2, "big")) != EUR.to_bytes(2, "big"):
            yield from self._say(frames.ABORT, bytes([WRONG_CURRENCY]))
            return
        customer = self.customers.popleft() if self.customers else Customer()
        yield from self._attend(customer)
        if self._stop or (not self._is_heard and self.dialect.alone == "break off"):
            yield from self._fail(amount, BROKEN_OFF)
        elif customer.does == "is declined":
            yield from self._fail(amount, DECLINED)
        elif customer.does != "pays":
            yield from self._fail(amount, BROKEN_OFF)
        else:
            yield from self._charge(Kind.PAYMENT, amount)

    def _attend(self, customer: Customer) -> Script:
        words = self.dialect.intermediate if self._configuration & TELLS_PROGRESS else 0
        pieces = words + 1
        for piece in range(words):
            if self._stop:
                return
            word = WAITS_FOR_CARD if piece == 0 else WAITS_FOR_HOST
            text = tlv(0x06, tlv(0x24, tlv(0x07, b"Card, please"))) if self.dialect.container else b""
            yield from self._say(frames.INTERMEDIATE, bytes([word, 0]) + text if text else bytes([word]))
            if not self._is_heard and self.dialect.alone == "break off":
                return
            yield ("rest", customer.takes / pieces)
        if not self._stop:
            yield ("rest", customer.takes / pieces)

    def _charge(self, kind: Kind, amount: int) -> Script:
        entry = self.ledger.approve(kind, amount, EUR, self.wall, PAN)
        self._failure = None
        answer: int | None = 0x8400 | AGAIN
        while answer == 0x8400 | AGAIN:
            answer = yield from self._say(frames.STATUS, self._status(entry))
        if answer is None:
            self._settle_alone(entry)
        else:
            entry.standing = Standing.KEPT if answer in (frames.POSITIVE, 0x8400) else Standing.LET_GO
        if entry.standing is Standing.LET_GO:
            yield from self._say(frames.ABORT, bytes([BROKEN_OFF]))
            return
        yield from self._print(entry)
        yield from self._say(frames.COMPLETION)

    def _settle_alone(self, entry: Entry) -> None:
        entry.standing = Standing.KEPT if self.dialect.unacknowledged == "keep" else Standing.LET_GO

    def _fail(self, amount: int, code: int) -> Script:
        self._failure = amount, code
        if self.dialect.tells_failure:
            yield from self._say(frames.STATUS, b"\x27" + bytes([code]) + b"\x04" + bcd(amount, 6) + self._place())
        yield from self._say(frames.ABORT, bytes([code]))

    def _print(self, entry: Entry) -> Script:
        if not self.dialect.printing or not self._configuration & PRINTS_RECEIPTS:
            return
        words = [f"Receipt {entry.receipt:04d}", f"{entry.amount // 100},{entry.amount % 100:02d} EUR", "Thank you"]
        if self.dialect.printing == "lines":
            for word in words:
                yield from self._say(frames.PRINT_LINE, b"\x00" + word.encode("ascii"))
            yield from self._say(frames.PRINT_LINE, b"\x81")
            return
        lines = b"".join(tlv(0x07, word.ljust(80).encode("ascii")) for word in words)
        yield from self._say(frames.PRINT_TEXT, tlv(0x06, tlv(0x1F07, b"\x02") + tlv(0x25, lines + tlv(0x09, b"\xff"))))

    def _repeat(self, data: bytes) -> Script:
        asked = frames.fields(data[3:])
        if self.dialect.repeats == "turns down":
            self._send(0x8400 | IMPOSSIBLE)
            return
        self._send(frames.POSITIVE)
        entry = self.ledger.newest if self.dialect.repeats == "tells" else None
        if self._failure is not None and self.dialect.remembers_failure:
            amount, code = self._failure
            told = b"\x27" + bytes([code]) + b"\x04" + bcd(amount, 6) + self._place()
        elif entry is None:
            yield from self._say(frames.ABORT, bytes([IMPOSSIBLE]))
            return
        else:
            told = self._status(entry)
        if 0x03 in asked:
            yield from self._say(frames.STATUS, told)
        if entry is not None:
            yield from self._print(entry)
        yield from self._say(frames.COMPLETION)

    def _reverse(self, data: bytes) -> Script:
        asked = frames.fields(data[3:])
        receipt = frames.number(asked.get(0x87, b""))
        self._send(frames.POSITIVE)
        known = [one for one in self.ledger.entries if one.receipt == receipt and not one.closed]
        entry = self.ledger.payment(receipt)
        if entry is None:
            was = any(one.standing is Standing.TAKEN_BACK for one in known)
            yield from self._say(frames.ABORT, bytes([ALREADY_REVERSED if was else NOT_REVERSIBLE]))
            return
        entry.standing = Standing.TAKEN_BACK
        back = self.ledger.approve(Kind.REVERSAL, entry.amount, EUR, self.wall, PAN)
        back.standing = Standing.KEPT
        yield from self._say(frames.STATUS, self._status(back))
        yield from self._print(back)
        yield from self._say(frames.COMPLETION)

    def _refund(self, data: bytes) -> Script:
        asked = frames.fields(data[3:])
        if 0x04 not in asked:
            raise Malformed(data.hex())
        self._send(frames.POSITIVE)
        yield from self._attend(Customer())
        if self._stop or (not self._is_heard and self.dialect.alone == "break off"):
            yield from self._fail(frames.number(asked[0x04]), BROKEN_OFF)
            return
        yield from self._charge(Kind.REFUND, frames.number(asked[0x04]))

    def _end_day(self, _: bytes) -> Script:
        self._send(frames.POSITIVE)
        today = [one for one in self.ledger.entries if not one.closed]
        first, last = (today[0].receipt, today[-1].receipt) if today else (0, 0)
        count = sum(one.charges for one in today)
        total = self.ledger.close_day()
        sums = bcd(count, 1) + bcd(max(total, 0), 6) + bytes(6 * 7)
        told = b"\x27\x00\x04" + bcd(max(total, 0), 6) + b"\x49" + EUR.to_bytes(2, "big") + self._moment()
        told += b"\x60" + counted(bcd(first, 2) + bcd(last, 2) + sums, 3)
        yield from self._say(frames.STATUS, told)
        yield from self._say(frames.COMPLETION)

    def _diagnose(self, _: bytes) -> Script:
        self._send(frames.POSITIVE)
        yield from self._say(frames.COMPLETION)

    def _tell_state(self, _: bytes) -> Script:
        self._send(frames.POSITIVE)
        yield from self._say(frames.COMPLETION, b"\x00")

    # What it says

    def _status(self, entry: Entry) -> bytes:
        told = b"\x27\x00" + b"\x04" + bcd(entry.amount, 6)
        if self.dialect.currency_told:
            told += b"\x49" + EUR.to_bytes(2, "big")
        told += b"\x0b" + bcd(entry.trace, 3) + self._moment(entry.at) + b"\x0e" + _PRIVATE.to_bytes(2, "big")
        told += b"\x17" + bcd(1, 2) + b"\x19\x60" + b"\x22" + counted(self._card(entry.pan), 2) + self._place()
        told += b"\x87" + bcd(entry.receipt, 2) + b"\x8a\x0a" + b"\x8b" + counted(b"Visa\x00", 2)
        told += b"\x3b" + f"{entry.trace:06d}".encode("ascii") + b"\x00\x00" + b"\x2a" + b"700000000000041"
        told += b"\x3c" + counted(b"Payment made", 3)
        if self.dialect.container:
            application = tlv(0x43, bytes.fromhex("A0000000031010"))
            told += tlv(0x06, tlv(0x60, application) + tlv(0x1F10, b"\x02") + tlv(0x1F12, b"\x02"))
        return told

    def _place(self) -> bytes:
        return b"\x29" + bcd(self.terminal_id, 4)

    def _moment(self, at: datetime | None = None) -> bytes:
        at = at or self.wall
        return b"\x0c" + bcd(int(f"{at:%H%M%S}"), 3) + b"\x0d" + bcd(int(f"{at:%m%d}"), 2)

    def _card(self, pan: str) -> bytes:
        """Its number; what is not to be told is E, half a byte that is left over is F."""
        told = pan if self.dialect.bare_numbers else "e" * (len(pan) - 4) + pan[-4:]
        return bytes.fromhex(told + "f" * (len(told) % 2))
