"""A ZVT terminal on the network: a line for each command, and around it the order in which things are written down.

Whatever goes wrong before the amount leaves is no payment; whatever goes wrong after that is a question, which this
never answers by itself. It sends no authorisation twice.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo

import msgspec

from boxoffice.domain import payment_steps
from boxoffice.domain.payment import Attempt, Way
from boxoffice.domain.payment_steps import Outcome, ReversalDeclined, ReversalLost, ReversalOutcome, Reversed
from boxoffice.domain.terminals import Evidence, Last, Mark, Terminal
from boxoffice.errors import DeviceTrouble, filled
from boxoffice.ports import Ledger, Totals, Word

from . import zvt_frames as frames
from . import zvt_session as zvt
from . import zvt_words
from .zvt_frames import Apdu, Garbled
from .zvt_session import BrokenOff, Completed, Conversation, Printed, Rejected, Shows, Taken, Told

log = logging.getLogger(__name__)

_GLANCE = 0.2
"""Seconds between two looks at whether somebody wants to stop."""


class _Silence(Exception):
    """Nothing came in time."""


_NOT_NOW = frozenset({0x9C, 0xA0})
"""It is busy with something else."""
_NOTHING_THERE = frozenset({0x83})
"""It has taken the question for its newest payment, and has none to tell. What does not know the question at all
turns it down at once, with the same number."""


def _said(error: Exception) -> object:
    """In the system's words, without its number for them."""
    return error.strerror if isinstance(error, OSError) and error.strerror else error


class _No(Exception):
    """The terminal does not do what it was asked."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{zvt_words.words(code)} ({code:02X})")
        self.code = code


_WAS_BEFORE = frozenset({0xB4})
"""Somebody has taken it back before: the money is gone already, and nobody here knows why."""


def _mind_amount(told: Told, amount: int) -> None:
    """A status over another amount is not about this. Raises `Garbled`."""
    said = told.fields.get(frames.AMOUNT)
    if said is not None and frames.number(said) != amount:
        raise Garbled("The terminal speaks of another amount")


class _Mute(_No):
    """The terminal did what it was asked, and said nothing of what was asked for."""

    def __init__(self) -> None:
        super().__init__(0xFF)


_FAILURES = (OSError, _Silence, Garbled)


class ZvtTerminal:
    """A `CardTerminal` that speaks ZVT over TCP. `zone` is where its clock stands; None for where the till does."""

    def __init__(self, terminal: Terminal, zone: tzinfo | None = None) -> None:
        self._terminal = terminal
        self._zone = zone
        self._stopping = threading.Event()
        self._can: frozenset[int] = frozenset()
        """The commands that it has said it knows; none where it does not say."""

    def pay(self, attempt: Attempt, ledger: Ledger) -> Outcome:
        """Charge a card, or give money back to one."""
        charge: _Charge | None = None
        try:
            command = self._order(attempt)
            with self._compared(attempt, ledger) as (line, terminal_id):
                if self._stopping.is_set():
                    return payment_steps.NeverSent(because="It was stopped before the amount left.")
                ledger.sent()
                charge = _Charge(self, line, command, terminal_id, attempt.amount, ledger)
                charge.run()
        except (*_FAILURES, _No) as error:
            if charge is None:
                return payment_steps.NeverSent(because=f"The terminal cannot be used: {error}")
            return charge.outcome or payment_steps.Lost(because=f"The line to the terminal was lost: {error}")
        return charge.outcome or payment_steps.Lost(because="The terminal ended without a word on the payment.")

    def _order(self, attempt: Attempt) -> Apdu:
        if attempt.way is Way.REFUND:
            return zvt.refund(self._terminal.password, attempt.amount, attempt.currency)
        return zvt.authorisation(attempt.amount, attempt.currency)

    @contextmanager
    def _compared(self, attempt: Attempt, ledger: Ledger) -> Iterator[tuple[socket.socket, str]]:
        """A line to a terminal that has been asked for its newest payment, and the terminal's id."""
        with self._line() as line:
            terminal_id = self._register(line, attempt.currency)
            try:
                self._compare(line, attempt, terminal_id, ledger)
            except _Mute:
                pass
            else:
                yield line, terminal_id
                return
        # Should its answer still come, then not over the line on which it is paid.
        with self._line() as line:
            if self._register(line, attempt.currency) != terminal_id:
                raise _Silence("another terminal stands there all at once")
            yield line, terminal_id

    def _compare(self, line: socket.socket, attempt: Attempt, terminal_id: str, ledger: Ledger) -> None:
        """Ask for the newest payment of just this terminal: since ours another till may have charged the same there.

        Raises `_Mute` if it does not say.
        """
        known = attempt.baseline
        try:
            newest = self._ask_last(line, terminal_id).mark
        except _No as no:
            if no.code in _NOT_NOW:
                raise
            if known is None or known.terminal_id != terminal_id:
                known = Mark(terminal_id=terminal_id)
            # What is known may be older than what it would have said: good for telling that nothing came since.
            ledger.compared(msgspec.structs.replace(known, told=False))
            if isinstance(no, _Mute):
                raise
            return
        if newest.receipt or known is None or known.terminal_id != terminal_id or not known.receipt:
            ledger.compared(newest)

    def reverse(self, attempt: Attempt, shows: Callable[[Word], None]) -> ReversalOutcome:
        """Take back a payment of today."""
        left = False
        done: Evidence | None = None
        try:
            with self._line() as line:
                terminal_id = self._register(line, attempt.currency)
                if attempt.evidence.terminal_id not in ("", terminal_id):
                    # Its payment of that number is somebody else's.
                    return ReversalDeclined(text="Another terminal stands there than the one that was paid at.")
                command = zvt.reversal(self._terminal.password, attempt.evidence.receipt)
                left = True
                for news in self.converse(line, Conversation(command, time.monotonic())):
                    match news:
                        case Shows(text=text):
                            shows(Word(text))
                        case Told() if news.result == 0:
                            _mind_amount(news, attempt.amount)
                            done = zvt.evidence(news, terminal_id)
                        case Told(result=code) | Rejected(code=code) | BrokenOff(code=code) if code in _WAS_BEFORE:
                            return ReversalLost(because=zvt_words.words(code))
                        case Told():
                            return ReversalDeclined(text=zvt_words.words(news.result), code=f"{news.result:02X}")
                        case Rejected(code=code) | BrokenOff(code=code) if done is None:
                            return ReversalDeclined(text=zvt_words.words(code), code=f"{code:02X}")
                        case Completed():
                            return Reversed(evidence=None)
                return ReversalLost(because="The terminal said yes, and then broke it off.")
        except (*_FAILURES, _No) as error:
            if left:
                return ReversalLost(because=f"The line was lost: {error}")
            return ReversalDeclined(text=f"The terminal cannot be used: {error}")

    def last(self, currency: str) -> Last:
        """The terminal's newest transaction."""
        self._stopping.clear()
        with self._asking(currency) as (line, terminal_id):
            return self._ask_last(line, terminal_id)

    def end_of_day(self, currency: str) -> Totals:
        """Have the terminal close its day."""
        self._stopping.clear()
        totals = Totals()
        lines: list[str] = []
        with self._asking(currency) as (line, _):
            command = Conversation(zvt.end_of_day(self._terminal.password), time.monotonic())
            for news in self.converse(line, command):
                match news:
                    case Told() if news.result == 0 and frames.AMOUNT in news.fields:
                        totals = zvt.totals(news)
                    case Told() if news.result:
                        raise _No(news.result)
                    case Printed():
                        lines += news.lines
                    case Rejected(code=code) | BrokenOff(code=code):
                        raise _No(code)
        return Totals(amount=totals.amount, number=totals.number, text="\n".join(lines))

    def ready(self) -> None:
        """Forget that it was to break off."""
        self._stopping.clear()

    def stop(self) -> None:
        """Ask the terminal to break off."""
        self._stopping.set()

    @contextmanager
    def _asking(self, currency: str) -> Iterator[tuple[socket.socket, str]]:
        try:
            with self._line() as line:
                yield line, self._register(line, currency)
        except (*_FAILURES, _No) as error:
            hint = "Look at its cable, its address and its password."
            raise DeviceTrouble(
                filled("The terminal {name} does not answer", name=self._terminal.name),
                filled("{error}.", error=_said(error)),
                hint,
            ) from error

    @contextmanager
    def _line(self) -> Iterator[socket.socket]:
        with socket.create_connection((self._terminal.host, self._terminal.port), zvt.T3) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield line

    def _register(self, line: socket.socket, currency: str) -> str:
        """Name us as its till; its terminal id. What it says it can do is noted."""
        found = ""
        self._can = frozenset()
        for news in self.converse(
            line, Conversation(zvt.registration(self._terminal.password, currency), time.monotonic())
        ):
            match news:
                case Completed(fields=fields):
                    found = zvt.terminal_id_of(fields)
                    self._can = zvt.commands_of(fields)
                case Rejected(code=code) | BrokenOff(code=code):
                    raise _No(code)
        return found

    def _ask_last(self, line: socket.socket, terminal_id: str) -> Last:
        """Its newest transaction, without a number if it says that it has none. Raises `_No` if it does not say."""
        if self._can and zvt.REPEAT_RECEIPT not in self._can:
            raise _Mute
        found: Last | None = None
        for news in self.converse(line, Conversation(zvt.repeat_receipt(self._terminal.password), time.monotonic())):
            match news:
                case Told():
                    zone = self._zone or datetime.now(UTC).astimezone().tzinfo or UTC
                    found = zvt.last(news, terminal_id, datetime.now(UTC), zone)
                case BrokenOff(code=code) if code in _NOTHING_THERE:
                    return Last(evidence=Evidence(terminal_id=terminal_id))
                case Rejected(code=code) | BrokenOff(code=code):
                    raise _No(code)
        if found is None:
            raise _Mute
        return found

    def converse(self, line: socket.socket, talk: Conversation) -> Iterator[zvt.News]:
        """Everything that the terminal says, until the command is over. Raises `OSError`, `_Silence`, `Garbled`."""
        asked = False
        line.sendall(talk.take_out())
        while not talk.over:
            if self._stopping.is_set() and not asked:
                asked = True
                talk.abort()
                line.sendall(talk.take_out())
            left = talk.deadline - time.monotonic()
            if left <= 0:
                raise _Silence("nothing came in time")
            if not select.select([line], [], [], min(left, _GLANCE))[0]:
                continue
            data = line.recv(4096)
            if not data:
                raise ConnectionResetError("it has hung up")
            for news in talk.receive(data, time.monotonic()):
                line.sendall(talk.take_out())  # first: who hears a no may never come back for more
                yield news
                line.sendall(talk.take_out())
            line.sendall(talk.take_out())


class _Charge:
    """The part of a payment after which no silence is a no."""

    def __init__(
        self,
        terminal: ZvtTerminal,
        line: socket.socket,
        command: Apdu,
        terminal_id: str,
        amount: int,
        ledger: Ledger,
    ) -> None:
        self._news = Conversation(command, time.monotonic(), hold=True)
        self._terminal = terminal
        self._line = line
        self._terminal_id = terminal_id
        self._amount = amount
        self._ledger = ledger
        self._approved: Evidence | None = None
        self.outcome: Outcome | None = None

    def run(self) -> None:
        """Hear the terminal out. Raises what ends a conversation; what it said before that stands."""
        for news in self._terminal.converse(self._line, self._news):
            self._hear(news)

    def _hear(self, news: zvt.News) -> None:
        match news:
            case Taken():
                self._ledger.begun()
            case Shows(text=text):
                self._ledger.shows(Word(text))
            case Told() if news.result == 0:
                _mind_amount(news, self._amount)
                self._approve(zvt.evidence(news, self._terminal_id))
            case Told():
                self._refuse(news.result, zvt.evidence(news, self._terminal_id).text)
            case Rejected(code=code) | BrokenOff(code=code):
                self._refuse(code)
            case Completed() if self._approved is not None:
                self.outcome = payment_steps.Captured()

    def _approve(self, evidence: Evidence) -> None:
        if self._approved is None:
            self._ledger.approved(evidence)
            self._approved = evidence
        self._news.acknowledge()

    def _refuse(self, code: int, text: str = "") -> None:
        """The terminal's explicit no. After its yes that is a contradiction, and a question."""
        if self._approved is not None or self.outcome is not None:
            return
        text, number = text or zvt_words.words(code), f"{code:02X}"
        if zvt_words.is_decline(code):
            self.outcome = payment_steps.Declined(text=text, code=number)
        else:
            self.outcome = payment_steps.Aborted(text=text, code=number)
