"""One card payment with something going wrong in it, from its first frame to whoever settles it, in virtual time.

The till is the real one down to its socket, which is a virtual one; its store is a real one. The terminal's book is
the judge of what the till believes in the end.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, TypeVar

import pytest

from boxoffice.domain import payment
from boxoffice.domain.payment import Attempt, Kind, State
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import card
from boxoffice.storage.connection import Connection
from boxoffice.terminals import zvt_tcp
from boxoffice.terminals.worker import TerminalWorker
from boxoffice.terminals.zvt_tcp import ZvtTerminal

from . import ledger as book
from .fake_terminal import PAN, Customer, Dialect, Terminal
from .wire import Clock, Fault, VirtualSocket, Wire

T = TypeVar("T")
AMOUNT = 1250
NOTHING_MOVED = frozenset({State.CANCELLED, State.DECLINED, State.ABORTED, State.NOT_CHARGED})
ASKED_AGAIN_AFTER = (30.0, 300.0, 900.0)
"""Seconds between the times at which a person has the terminal asked once more."""


class PowerCut(BaseException):
    """The till is gone; nothing of it goes on."""


@dataclass(frozen=True)
class Case:
    """What happens to one payment."""

    dialect: Dialect
    customer: Customer = field(default_factory=Customer)
    faults: tuple[tuple[int, Fault], ...] = ()
    """By the number of the frame, counted from the first of this payment."""
    crash_at_write: int | None = None
    """The till dies in place of its so-many-th transaction."""
    crash_at_frame: int | None = None
    """The till dies as this frame passes."""
    history: str = "paid before"
    """`none`, `paid before`, or `stranger`: another till has charged the same amount there since our last payment."""

    def __str__(self) -> str:
        faults = [f"{number}:{fault.name}" for number, fault in self.faults]
        return f"{self.dialect} {self.customer} {faults} {self.crash_at_write=} {self.crash_at_frame=} {self.history}"


class Instead:
    """A module of which some parts are replaced."""

    def __init__(self, module: ModuleType, **parts: Any) -> None:
        self.__dict__.update(vars(module), **parts)


class Station:
    """A store, and a till that can die in the middle."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.writes = 0
        self.dies_at: int | None = None
        self.is_dead = False

    def read(self, question: Callable[[Connection], T]) -> T:
        self._mind()
        return question(self.connection)

    def write(self, job: Callable[[Connection], T], *_: Any) -> Future[T]:
        self._mind()
        if self.writes == self.dies_at:
            self.is_dead = True
            raise PowerCut
        self.writes += 1
        done: Future[T] = Future()
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            value = job(self.connection)
        except BaseException as error:
            self.connection.execute("ROLLBACK")
            if not isinstance(error, Exception):
                raise
            done.set_exception(error)
        else:
            self.connection.execute("COMMIT")
            done.set_result(value)
        return done

    def _mind(self) -> None:
        if self.is_dead:
            raise PowerCut


@dataclass
class Verdict:
    """What came of a case."""

    attempt: Attempt
    charged: list[book.Entry]
    """What the books charged for it, of every terminal that stood there."""
    orders: int
    """How often the till told a terminal to charge."""
    transcript: list[str]
    wrong: list[str]


class Desk:
    """One store, and a new terminal for each case."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.clock = Clock()
        self.wire: Wire | None = None
        self._began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
        """So that all of it is past: a terminal tells no year."""
        self._cases = 0

    # In the place of the system's

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Have the driver use this desk's line and time, and nobody else."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(zvt_tcp, "socket", Instead(socket, create_connection=self.create_connection))
            patch.setattr(zvt_tcp, "select", Instead(select, select=self.select))
            patch.setattr(zvt_tcp, "time", Instead(time, monotonic=self.clock, sleep=self.sleep))
            yield

    def create_connection(self, _: object, timeout: float | None = None) -> VirtualSocket:
        if self.wire is None:
            raise ConnectionRefusedError
        self._mind_station()
        return VirtualSocket(self.wire, self.clock, timeout)

    def select(self, reading: list[Any], _: object, __: object, timeout: float) -> Any:
        self._mind_station()
        (line,) = reading
        return ([line] if line.wait(timeout) else []), [], []

    def sleep(self, seconds: float) -> None:
        if self.wire is not None:
            self.wire.let_pass(self.clock, seconds)

    def _mind_station(self) -> None:
        if self.station.is_dead:
            raise PowerCut

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.clock())

    # A case

    def play(self, case: Case) -> Verdict:
        self._cases += 1
        self.clock.seconds = 0.0
        name = f"Card {self._cases}"
        self.station = Station(self.connection)
        here = self._began.replace(tzinfo=None)
        terminal = Terminal(self.clock, case.dialect, epoch=here)
        spare = Terminal(self.clock, case.dialect, epoch=here, terminal_id=77777777)
        spare.ledger.receipt = terminal.ledger.receipt = 9998
        self.wire = Wire(terminal, self.clock, spare=spare)
        self.station.write(lambda c: card.put_terminal(c, payment.Terminal(name=name, kind=Kind.ZVT, host="x")))
        self._prepare(case, name)
        before = {id(one) for one in (*terminal.ledger.entries, *spare.ledger.entries)}
        began = len(self.wire.passed)
        self.wire.faults = {began + number: fault for number, fault in case.faults}
        terminal.customers.append(case.customer)
        attempt = self._pay(case, name, began)
        self._let_end()
        charged = [one for one in (*terminal.ledger.charged, *spare.ledger.charged) if id(one) not in before]
        passed = self.wire.passed[began:]
        told = sum(one.to_terminal and one.data.startswith(b"\x06\x01") for one in passed)
        transcript = [str(one) for one in passed]
        verdict = Verdict(attempt, charged, told, transcript, [])
        verdict.wrong = list(self._wrong(verdict))
        self._settle(verdict)
        return verdict

    def _prepare(self, case: Case, name: str) -> None:
        if case.history == "none":
            return
        with self._worker() as worker:
            self._begun_and_paid(worker, name)
        if case.history == "stranger":
            stranger = self.wire.terminal
            entry = stranger.ledger.approve(book.Kind.PAYMENT, AMOUNT, 0x978, stranger.wall, "4000123412340000")
            entry.standing = book.Standing.KEPT
        self.wire.let_pass(self.clock, 30)

    def _begun_and_paid(self, worker: TerminalWorker, name: str) -> Attempt:
        wish = card.Wish(operation=new_id(), event="e", amount=AMOUNT, currency="EUR", terminal=name)
        one = self.station.write(lambda c: card.begin(c, wish, AMOUNT, self.now())).result()
        self._attempt = one.id
        return worker.pay(one.id, lambda _: None).result()

    def _pay(self, case: Case, name: str, began: int) -> Attempt:
        if case.crash_at_write is not None:
            self.station.dies_at = (
                self.station.writes + 2 + case.crash_at_write
            )  # after what was left, and the beginning
        if case.crash_at_frame is not None:
            self.wire.on_frame = self._crash_at(began + case.crash_at_frame)
        with self._worker() as worker, contextlib.suppress(PowerCut, Trouble):
            self._begun_and_paid(worker, name)
        self.wire.on_frame = self.station.dies_at = None
        if self.station.is_dead:
            self.wire.unplug()
            self.wire.let_pass(self.clock, 20)
            self.station = Station(self.connection)
        with self._worker() as worker:
            for seconds in ASKED_AGAIN_AFTER:
                self.wire.let_pass(self.clock, seconds)
                one = worker.recover(self._attempt).result()
        return one

    def _crash_at(self, number: int) -> Callable[[int], None]:
        def crash(passing: int) -> None:
            if passing == number:
                self.station.is_dead = True
                raise PowerCut

        return crash

    @contextlib.contextmanager
    def _worker(self) -> Iterator[TerminalWorker]:
        worker = TerminalWorker(self.station, lambda one: ZvtTerminal(one, UTC), self.now)
        worker.start()
        with contextlib.suppress(Trouble):
            worker.recover("what was left behind").result()  # comes after it
        try:
            yield worker
        finally:
            worker.stop()

    def _let_end(self) -> None:
        self.wire.let_pass(self.clock, 1_000)
        self.wire.unplug()
        self.wire.let_pass(self.clock, 1_000)

    def _wrong(self, verdict: Verdict) -> Iterator[str]:
        """What is wrong with how it ended, in words."""
        attempt, charged = verdict.attempt, verdict.charged
        if len(charged) > 1:
            yield "charged twice"
        if verdict.orders > 1:
            yield "ordered twice"
        if any(one.amount != attempt.amount for one in charged):
            yield "another amount was charged"
        if attempt.state is State.CAPTURED and not charged:
            yield "nobody was charged, and it is taken for paid"
        if attempt.state in NOTHING_MOVED and charged:
            yield "somebody was charged, and it is taken for not paid"
        if attempt.state is State.CAPTURED and charged and attempt.evidence.receipt != charged[0].receipt:
            yield "it stands on another receipt"
        if attempt.state not in {State.CAPTURED, *NOTHING_MOVED} | payment.FOR_A_PERSON:
            yield f"nobody looks after it: {attempt.state}"
        if PAN[:12] in repr(attempt):
            yield "it keeps what no till may keep"

    def _settle(self, verdict: Verdict) -> None:
        """A person looks at the terminal and says how it is."""
        if verdict.attempt.state in payment.FOR_A_PERSON:
            seen = card.Seen(charged=bool(verdict.charged), by="Ada", reason="Looked at the journal")
            self.station.write(lambda c: card.settle(c, verdict.attempt.id, seen, self.now())).result()
