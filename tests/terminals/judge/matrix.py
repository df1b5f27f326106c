"""One card payment, refund or reversal with something going wrong in it, from its first frame to who settles it.

Time is virtual. The till is the real one down to its socket, which is a virtual one; its store is a real one. The
terminal's book is the judge of what the till believes in the end.
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

from boxoffice.domain import payment, terminals
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.terminals import Kind
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import card, card_terminals
from boxoffice.storage.connection import Connection
from boxoffice.terminals import zvt_tcp
from boxoffice.terminals.worker import TerminalWorker
from boxoffice.terminals.zvt_tcp import ZvtTerminal

from . import ledger as book
from .fake_terminal import PAN, Customer, Dialect, Terminal
from .port import MOMENT, Port
from .wire import Clock, Fault, Passing, VirtualSocket, Wire

T = TypeVar("T")
AMOUNT = 1250
NOTHING_MOVED = frozenset({State.CANCELLED, State.DECLINED, State.ABORTED, State.NOT_CHARGED})
_FRAMES = {"pay": b"\x06\x01", "refund": b"\x06\x31", "reverse": b"\x06\x30"}
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
    order: str = "pay"
    """`pay`, `refund`, or `reverse` a payment of before."""
    history: str = "paid before"
    """`none`, `paid before`, `swapped`: another terminal stands there since, or `stranger`: another till has charged
    the same amount there since our last payment."""

    def __str__(self) -> str:
        faults = [f"{number}:{fault.name}" for number, fault in self.faults]
        crash = f"{self.crash_at_write=} {self.crash_at_frame=}"
        return f"{self.order} {self.dialect} {self.customer} {faults} {crash} {self.history}"


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
    order: str
    charged: list[book.Entry]
    """What the books moved for it, of every terminal that stood there."""
    strangers_back: int
    """How many payments of somebody else were taken back."""
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
            patch.setattr(zvt_tcp, "_GLANCE", 3_600.0)  # Nobody asks it to stop meanwhile, so it need not look up.
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

    def _begin_anew(self) -> None:
        self.clock.seconds = 0.0

    @contextlib.contextmanager
    def _plugged(self, wire: Wire) -> Iterator[tuple[str, int]]:
        """Where the till finds the terminal."""
        self.wire = wire
        yield "x", 20007

    def _let_pass(self, seconds: float) -> None:
        self.wire.let_pass(self.clock, seconds)

    def _die(self) -> None:
        """The till is gone as a frame passes."""
        self.station.is_dead = True
        raise PowerCut

    def play(self, case: Case) -> Verdict:
        self._cases += 1
        self._begin_anew()
        name = f"Card {self._cases}"
        self.station = Station(self.connection)
        here = self._began.replace(tzinfo=None)
        terminal = Terminal(self.clock, case.dialect, epoch=here)
        spare = Terminal(self.clock, case.dialect, epoch=here, terminal_id=77777777)
        spare.ledger.receipt = terminal.ledger.receipt = 9998
        with self._plugged(Wire(terminal, self.clock, spare=spare)) as (host, port):
            there = terminals.Terminal(name=name, kind=Kind.ZVT, host=host, port=port)
            self.station.write(lambda c: card_terminals.put_terminal(c, there))
            return self._play(case, name, terminal, spare)

    def _play(self, case: Case, name: str, terminal: Terminal, spare: Terminal) -> Verdict:
        self._prepare(case, name)
        books = (terminal.ledger, spare.ledger)
        before = {id(one) for one in (*terminal.ledger.entries, *spare.ledger.entries)}
        began = len(self.wire.passed)
        self.wire.faults = {began + number: fault for number, fault in case.faults}
        self.wire.terminal.customers.append(case.customer)
        attempt = self._pay(case, name, began)
        self._let_end()
        new = [one for book_ in books for one in book_.entries if id(one) not in before]
        old = [one for book_ in books for one in book_.entries if id(one) in before]
        passed = self.wire.passed[began:]
        told = sum(one.to_terminal and one.data.startswith(_FRAMES[case.order]) for one in passed)
        transcript = [str(one) for one in passed]
        moved = {"pay": [one for one in new if one.charges], "refund": [one for one in new if one.gives]}
        taken_back = [one for one in old if one.standing is book.Standing.TAKEN_BACK]
        ours = [one for one in taken_back if one.trace == self._ours]
        charged = moved.get(case.order, ours)
        verdict = Verdict(attempt, case.order, charged, len(taken_back) - len(ours), told, transcript, [])
        verdict.wrong = list(self._wrong(verdict))
        self._settle(verdict)
        return verdict

    def _prepare(self, case: Case, name: str) -> None:
        self._ours = -1
        spare = self.wire.spare
        if case.order == "reverse":  # On the other terminal, a payment of somebody else has the number of ours.
            strange = spare.ledger.approve(book.Kind.PAYMENT, AMOUNT, 0x978, spare.wall, "4000123412340000")
            strange.trace, strange.standing = -7, book.Standing.KEPT
        if case.history == "none" and case.order == "pay":
            return
        with self._worker() as worker:
            paid = self._begun(worker, name, payment.Way.CHARGE)
        self._paid = paid.id
        self._ours = paid.evidence.trace
        if case.history == "stranger":
            stranger = self.wire.terminal
            entry = stranger.ledger.approve(book.Kind.PAYMENT, AMOUNT, 0x978, stranger.wall, "4000123412340000")
            entry.standing = book.Standing.KEPT
        if case.history == "swapped":
            self.wire.terminal, self.wire.spare = self.wire.spare, self.wire.terminal
            self.wire.terminal.customers.clear()
        self._let_pass(30)

    def _begun(self, worker: TerminalWorker, name: str, way: payment.Way) -> Attempt:
        wish = card.Wish(operation=new_id(), event="e", amount=AMOUNT, currency="EUR", terminal=name, way=way)
        one = self.station.write(lambda c: card.begin(c, wish, AMOUNT, self.now())).result()
        self._attempt = one.id
        return worker.pay(one.id, lambda _: None).result()

    def _given_order(self, worker: TerminalWorker, name: str, order: str) -> None:
        if order != "reverse":
            self._begun(worker, name, payment.Way.CHARGE if order == "pay" else payment.Way.REFUND)
            return
        self._attempt = self._paid
        self.station.write(lambda c: card.reverse(c, self._paid, "", self.now())).result()
        worker.reverse(self._paid, lambda _: None).result()

    def _pay(self, case: Case, name: str, began: int) -> Attempt:
        if case.crash_at_write is not None:
            self.station.dies_at = (
                self.station.writes + 2 + case.crash_at_write
            )  # after what was left, and the beginning
        if case.crash_at_frame is not None:
            self.wire.on_frame = self._crash_at(began + case.crash_at_frame)
        with self._worker() as worker, contextlib.suppress(PowerCut, Trouble):
            self._given_order(worker, name, case.order)
        self.wire.on_frame = self.station.dies_at = None
        if self.station.is_dead:
            self.wire.unplug()
            self._let_pass(20)
            self.station = Station(self.connection)
        with self._worker() as worker:
            for seconds in ASKED_AGAIN_AFTER:
                self._let_pass(seconds)
                one = worker.recover(self._attempt).result()
        return one

    def _crash_at(self, number: int) -> Callable[[int], None]:
        def crash(passing: int) -> None:
            if passing == number:
                self._die()

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
        self._let_pass(1_000)
        self.wire.unplug()
        self._let_pass(1_000)

    def _wrong(self, verdict: Verdict) -> Iterator[str]:
        """What is wrong with how it ended, in words."""
        attempt, charged = verdict.attempt, verdict.charged
        if verdict.strangers_back:
            yield "somebody else's payment was taken back"
        if verdict.order == "reverse":
            yield from self._wrong_with_reversal(attempt, charged)
            return
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

    @staticmethod
    def _wrong_with_reversal(attempt: Attempt, taken_back: list[book.Entry]) -> Iterator[str]:
        if attempt.state is State.REVERSED and not taken_back:
            yield "it stays charged, and is taken for taken back"
        if attempt.is_charged and taken_back:
            yield "it was taken back, and is taken for charged"
        if not (attempt.is_charged or attempt.state in {State.REVERSED} | payment.FOR_A_PERSON):
            yield f"nobody looks after it: {attempt.state}"

    def _settle(self, verdict: Verdict) -> None:
        """A person looks at the terminal and says how it is."""
        if verdict.attempt.state in payment.FOR_A_PERSON:
            moved = bool(verdict.charged) is (verdict.order != "reverse")
            seen = card.Seen(charged=moved, by="Ada", reason="Looked at the journal")
            self.station.write(lambda c: card.settle(c, verdict.attempt.id, seen, self.now())).result()


class TcpDesk(Desk):
    """The same, with a real socket to a real port on loopback.

    Time is virtual here too: it goes on to what happens next once both sides have seen all that there is. So nobody's
    patience ends because this machine is busy.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.passed: list[Passing] = []
        """All frames of all cases."""

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(zvt_tcp, "select", Instead(select, select=self.select))
            patch.setattr(zvt_tcp, "time", Instead(time, monotonic=self.clock))
            patch.setattr(zvt_tcp, "_GLANCE", 3_600.0)
            yield

    def select(self, reading: list[Any], _: object, __: object, timeout: float) -> Any:
        until = self.clock() + timeout
        while not (ready := select.select(reading, [], [], MOMENT))[0]:
            self._port.look()
            ready = select.select(reading, [], [], 0)
            if ready[0] or self.clock() >= until:
                return ready
            self._go_on(until)
        return ready

    @contextlib.contextmanager
    def _plugged(self, wire: Wire) -> Iterator[tuple[str, int]]:
        self.wire = wire
        with Port(wire) as self._port:
            yield "127.0.0.1", self._port.port
        self.passed += wire.passed

    def _let_pass(self, seconds: float) -> None:
        until = self.clock() + seconds
        self._port.look()
        while self.clock() < until:
            self._go_on(until)
            self._port.look()

    def _go_on(self, until: float) -> None:
        """To what happens next by itself."""
        due = self.wire.due
        self.clock.pass_to(until if due is None else min(max(due, self.clock()), until))

    def _die(self) -> None:
        self.station.is_dead = True  # It is the terminal's thread that sees the frame; the till dies at its next step.
