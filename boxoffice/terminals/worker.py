"""The thread that speaks with card terminals: one request after another, each step on disk before it is taken.

It decides nothing: the terminal's word, or the judgement of its newest payment, goes into the attempt, and whoever
asked gets the attempt back. What it cannot write down it does not do.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TypeVar

from boxoffice.domain import payment, payment_steps
from boxoffice.domain.payment import RECOVERABLE, Attempt, State
from boxoffice.domain.payment_steps import Step
from boxoffice.domain.terminals import Evidence, Kind, Last, Mark, Terminal, TerminalDay
from boxoffice.errors import DeviceTrouble, Refused, Trouble
from boxoffice.ports import CardTerminal, Word
from boxoffice.services import card, card_terminals
from boxoffice.storage import payments
from boxoffice.storage.station import Station

log = logging.getLogger(__name__)

_ENDING = "The app is being closed."
_STOPPED = "It was stopped before the amount left."
T = TypeVar("T")
Shows = Callable[[Word], None]
Build = Callable[[Terminal], CardTerminal]


def build(terminal: Terminal) -> CardTerminal:
    """The way of speaking with a terminal. Raises `DeviceTrouble` for one that only a person can speak with."""
    if terminal.kind is Kind.ZVT:
        from .zvt_tcp import ZvtTerminal

        return ZvtTerminal(terminal)
    if terminal.kind is Kind.SIMULATED:
        from .simulated import Behaviour, SimulatedTerminal

        return SimulatedTerminal(Behaviour(terminal.behaviour))
    raise DeviceTrouble("This terminal stands apart", "It is not connected.", "Type what it says.")


class TerminalWorker:
    """Speaks with terminals on a thread of its own; to be started and stopped by the caller."""

    def __init__(self, station: Station, build: Build = build, now: Callable[[], datetime] | None = None) -> None:
        self._station = station
        self._build = build
        self._now = now or (lambda: datetime.now(UTC))
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._built: dict[str, tuple[Terminal, CardTerminal]] = {}
        self._at_work: CardTerminal | None = None
        self._door = threading.Lock()
        """Before who is at work: nobody asks a terminal to break off that has just done with it."""
        self._ending = False
        self._breaks = 0
        """How often somebody wanted to break off: whatever waited then for its turn is not begun."""
        self._thread = threading.Thread(target=self._run, name="terminal", daemon=True)

    def start(self) -> None:
        """Begin to work; first with what an earlier run left without an answer.

        What that is, is seen now: whatever is begun from here on is not mistaken for it.
        """
        left = frozenset(one.id for one in self._station.read(payments.open_ones))
        if left:
            self._jobs.put(lambda: self._look_at_what_was_left(left))
        self._thread.start()

    def stop(self) -> None:
        """Break off what goes on, and wait for how it ended; to be called before the station is closed."""
        self._ending = True
        self._jobs.put(None)
        self.break_off()
        self._thread.join()

    def break_off(self) -> None:
        """Ask the terminal that is at work to break off; the outcome is its word. What waits for it is not begun."""
        with self._door:
            self._breaks += 1
            if self._at_work is not None:
                self._at_work.stop()

    def pay(self, attempt: str, shows: Shows, by: CardTerminal | None = None) -> Future[Attempt]:
        """Take an attempt that was begun to its end, as it stands then; `by` is another way to its terminal."""
        breaks = self._breaks
        return self._ask(lambda: self._pay(attempt, shows, by, breaks))

    def reverse(self, attempt: str, shows: Shows, by: CardTerminal | None = None) -> Future[Attempt]:
        """Take a payment back of which `card.reverse` has written down that this happens."""
        breaks = self._breaks
        return self._ask(lambda: self._reverse(attempt, shows, by, breaks))

    def recover(self, attempt: str) -> Future[Attempt]:
        """Ask its terminal what became of an attempt. It stays unknown where the terminal cannot be asked."""
        return self._ask(lambda: self._recover(attempt))

    def newest(self, terminal: str) -> Future[Last]:
        """Whether a terminal answers, and what its newest payment is. Raises `DeviceTrouble`."""
        return self._ask(lambda: self._named(terminal).last(self._currency()))

    def end_of_day(self, terminal: str, operator: str = "") -> Future[TerminalDay]:
        """Have a terminal close its day. Raises `Refused` while a payment at it is in doubt, `DeviceTrouble`."""
        return self._ask(lambda: self._end_of_day(terminal, operator))

    # On the thread

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Trouble as trouble:
                log.warning("A card terminal: %s", trouble)
            except Exception:
                log.exception("A request to a card terminal failed")

    def _ask(self, job: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            try:
                value = job()
            except BaseException as error:  # noqa: BLE001 (it is handed to whoever asked)
                future.set_exception(error)
            else:
                future.set_result(value)

        self._jobs.put(work)
        return future

    def _look_at_what_was_left(self, left: frozenset[str]) -> None:
        for one in self._station.write(lambda c: card.left_behind(c, left, self._now())).result():
            if one.state in RECOVERABLE and self._terminal(one.terminal).kind is not Kind.MANUAL:
                self._recover(one.id)

    def _terminal(self, name: str) -> Terminal:
        return self._station.read(lambda c: card_terminals.terminal(c, name))

    def _named(self, name: str) -> CardTerminal:
        terminal = self._terminal(name)
        held = self._built.get(name)
        if held is None or held[0] != terminal:
            held = self._built[name] = (terminal, self._build(terminal))
        return held[1]

    def _take(self, attempt: str, step: Step) -> Attempt:
        return self._station.write(lambda c: card.take(c, attempt, step, self._now())).result()

    def _known(self, attempt: str) -> Attempt:
        return self._station.read(lambda c: card.known(c, attempt))

    def _pay(self, attempt: str, shows: Shows, by: CardTerminal | None, breaks: int) -> Attempt:
        before = self._known(attempt)
        if before.state is not State.INTENT:
            raise Refused("This payment was begun before", "Nothing was sent a second time.", "Look how it stands.")
        try:
            one = self._put_to_work(by or self._named(before.terminal))
            if self._ending:  # Looked at only now: whoever ends it looks at who is at work.
                return self._take(attempt, payment_steps.NeverSent(because=_ENDING))
            if self._breaks != breaks:
                return self._take(attempt, payment_steps.NeverSent(because=_STOPPED))
            outcome: Step = one.pay(before, _Written(self, attempt, shows))
        except BaseException:
            self._leave(attempt)
            raise
        finally:
            self._is_done()
        ended = self._take(attempt, outcome)
        return self._recover(attempt) if ended.state is State.UNKNOWN and by is None else ended

    def _put_to_work(self, terminal: CardTerminal) -> CardTerminal:
        """From here on it can be asked to break off, also before it has begun."""
        terminal.ready()
        with self._door:
            self._at_work = terminal
        return terminal

    def _is_done(self) -> None:
        with self._door:
            self._at_work = None

    def _leave(self, attempt: str) -> None:
        """Say how an attempt stands that a failure of ours has ended."""
        state = self._known(attempt).state
        if state is State.INTENT:
            self._take(attempt, payment_steps.NeverSent(because="The till failed before the amount left."))
        elif state in RECOVERABLE:
            self._take(attempt, payment_steps.Lost(because="The till failed while the terminal was at work."))

    def _reverse(self, attempt: str, shows: Shows, by: CardTerminal | None, breaks: int) -> Attempt:
        before = self._known(attempt)
        if before.state is not State.REVERSING:
            raise Refused("Nothing is being taken back", "Nothing was sent.", "Look how it stands.")
        try:
            one = self._put_to_work(by or self._named(before.terminal))
            if self._ending:
                return self._take(attempt, payment_steps.ReversalDeclined(text=_ENDING))
            if self._breaks != breaks:
                return self._take(attempt, payment_steps.ReversalDeclined(text=_STOPPED))
            outcome = one.reverse(before, shows)
        except BaseException:
            self._take(attempt, payment_steps.ReversalLost(because="The till failed while the terminal was at work."))
            raise
        finally:
            self._is_done()
        return self._take(attempt, outcome)

    def _recover(self, attempt: str) -> Attempt:
        one = self._known(attempt)
        if one.state not in RECOVERABLE:
            return one
        if one.state is not State.UNKNOWN:
            self._take(attempt, payment_steps.Lost(because=one.because))
        asked = self._take(attempt, payment_steps.Asked())
        try:
            last = self._named(one.terminal).last(one.currency)
        except Trouble as trouble:
            return self._take(attempt, payment_steps.Lost(because=str(trouble)))
        return self._take(attempt, payment.judge(asked, last, self._now()))

    def _currency(self) -> str:
        return self._station.read(card_terminals.currency)

    def _end_of_day(self, terminal: str, operator: str) -> TerminalDay:
        taken = self._station.read(lambda c: payments.open_at(c, terminal))
        if taken is not None:
            raise Refused("A payment at this terminal is not settled", taken.id, "Settle it first.")
        totals = self._named(terminal).end_of_day(self._currency())
        return self._station.write(
            lambda c: card_terminals.close_day(c, terminal, totals, self._now(), operator)
        ).result()


class _Written:
    """A `Ledger`: each step is on disk when it returns."""

    def __init__(self, worker: TerminalWorker, attempt: str, shows: Shows) -> None:
        self._worker = worker
        self._attempt = attempt
        self._shows = shows

    def compared(self, mark: Mark) -> None:
        self._worker._take(self._attempt, payment_steps.Compared(mark=mark))

    def sent(self) -> None:
        self._worker._take(self._attempt, payment_steps.Sent())

    def begun(self) -> None:
        self._worker._take(self._attempt, payment_steps.Begun())

    def approved(self, evidence: Evidence) -> None:
        self._worker._take(self._attempt, payment_steps.Approved(evidence=evidence))

    def shows(self, word: Word) -> None:
        self._shows(word)
