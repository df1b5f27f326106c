"""The thread that speaks with terminals: whatever happens to the line, the store knows how it stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.payment_steps import Compared, Sent
from boxoffice.domain.terminals import Kind, Mark, Terminal
from boxoffice.errors import DeviceTrouble, Refused
from boxoffice.ports import Word
from boxoffice.services import card, card_terminals
from boxoffice.storage import payments
from boxoffice.terminals.manual import ManualTerminal, Typed, Typing
from boxoffice.terminals.simulated import Behaviour, SimulatedTerminal
from boxoffice.terminals.worker import TerminalWorker


class Till:
    """A station with one simulated terminal, and the worker that speaks with it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.terminal = SimulatedTerminal()
        self.shown: list[str] = []
        self.asked = threading.Event()
        app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED))).result()
        self.worker = TerminalWorker(app, lambda _: self.terminal)

    def begin(self, operation: str = "sale-1", amount: int = 1250) -> Attempt:
        wish = card.Wish(operation=operation, event="conf26", amount=amount, currency="EUR", terminal="Till 1")
        return self.app.write(lambda c: card.begin(c, wish, amount, datetime.now(UTC))).result()

    def shows(self, word: Word) -> None:
        self.shown.append(word.text)
        self.asked.set()

    def pay(self, behaviour: Behaviour = Behaviour.APPROVE, operation: str = "sale-1") -> Attempt:
        self.terminal.behaviour = behaviour
        return self.worker.pay(self.begin(operation).id, self.shows).result(60)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with App(Folder(tmp_path)) as app:
        yield app


@pytest.fixture
def till(app: App) -> Iterator[Till]:
    till = Till(app)
    till.worker.start()
    yield till
    till.worker.stop()


@pytest.mark.parametrize(
    ("behaviour", "state", "kept"),
    [
        (Behaviour.APPROVE, State.CAPTURED, 1),
        (Behaviour.DECLINE, State.DECLINED, 0),
        (Behaviour.ABORT, State.ABORTED, 0),
        (Behaviour.CUT_BEFORE, State.CANCELLED, 0),
        (Behaviour.CUT_SENT, State.NOT_CHARGED, 0),
        (Behaviour.CUT_PROGRESS, State.NOT_CHARGED, 0),
        (Behaviour.CUT_APPROVED, State.NOT_CHARGED, 0),
        (Behaviour.CUT_KEPT, State.CAPTURED, 1),
    ],
)
def test_the_store_agrees_with_the_terminal(till: Till, behaviour: Behaviour, state: State, kept: int) -> None:
    ended = till.pay(behaviour)
    assert ended.state is state
    assert till.app.read(lambda c: payments.attempt(c, ended.id)) == ended
    assert len(till.terminal.kept) == kept
    assert till.pay(operation="sale-2").state is State.CAPTURED  # The terminal is free again.


def test_what_the_terminal_shows_reaches_the_till(till: Till) -> None:
    till.pay()
    assert till.shown == ["Please present the card."]


def test_a_wait_for_a_card_can_be_broken_off(till: Till) -> None:
    till.terminal.behaviour = Behaviour.STALL
    waiting = till.worker.pay(till.begin().id, till.shows)
    assert till.asked.wait(60)
    till.worker.break_off()
    assert waiting.result(60).state is State.ABORTED


@pytest.mark.parametrize("back", [False, True])
def test_what_waits_for_another_terminal_can_be_broken_off(till: Till, back: bool) -> None:
    begun, other_answers = threading.Event(), threading.Event()

    def silent(_: str) -> Any:
        begun.set()
        assert other_answers.wait(60)
        raise DeviceTrouble("The terminal does not answer", "", "")

    wanted = till.pay() if back else till.begin("sale-2")
    if back:
        till.app.write(lambda c: card.reverse(c, wanted.id, "", datetime.now(UTC))).result()
    till.terminal.last = silent
    till.worker.newest("Till 1")
    assert begun.wait(60)
    waits = till.worker.reverse if back else till.worker.pay
    ended = waits(wanted.id, till.shows)
    till.worker.break_off()
    other_answers.set()
    assert ended.result(60).state is (State.REVERSAL_DECLINED if back else State.CANCELLED)
    assert till.pay(operation="sale-3").state is State.CAPTURED


def test_a_payment_can_be_broken_off_before_the_terminal_has_begun(till: Till) -> None:
    class Early(SimulatedTerminal):
        def pay(self, *about: Any) -> Any:
            till.worker.break_off()
            return super().pay(*about)

    till.terminal = Early(Behaviour.STALL)
    assert till.worker.pay(till.begin().id, till.shows).result(60).state is State.ABORTED
    till.terminal.behaviour = Behaviour.APPROVE
    other = till.worker.pay(till.begin("sale-2").id, till.shows)
    assert other.result(60).state is State.CAPTURED


def test_a_terminal_that_does_not_answer_leaves_the_question_open(till: Till) -> None:
    class Gone(SimulatedTerminal):
        def last(self, _: str) -> Any:
            raise DeviceTrouble("The terminal does not answer")

    gone = till.terminal = Gone(Behaviour.CUT_KEPT)
    attempt = till.worker.pay(till.begin().id, till.shows).result(60)
    assert attempt.state is State.UNKNOWN
    assert attempt.because == "The terminal does not answer."
    with pytest.raises(Refused):
        till.worker.end_of_day("Till 1").result(60)
    gone.last = lambda _: gone.kept[-1]
    assert till.worker.recover(attempt.id).result(60).state is State.CAPTURED


def test_what_nobody_has_typed_when_the_app_closes_is_a_question_and_what_waits_is_not_begun(app: App) -> None:
    till = Till(app)
    asked = threading.Event()
    apart = ManualTerminal(Typing(lambda _: asked.set()))
    till.worker.start()
    first = till.begin()
    typed = till.worker.pay(first.id, till.shows, apart)
    assert asked.wait(60)
    app.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 2", kind=Kind.SIMULATED))).result()
    wish = card.Wish(operation="sale-2", event="conf26", amount=1250, currency="EUR", terminal="Till 2")
    second = app.write(lambda c: card.begin(c, wish, 1250, datetime.now(UTC))).result()
    waits = till.worker.pay(second.id, till.shows, ManualTerminal(Typing(lambda _: None)))
    till.worker.stop()
    assert typed.result(60).state is State.UNKNOWN
    assert waits.result(60).state is State.CANCELLED


def test_a_terminal_that_has_just_begun_when_the_app_closes_is_broken_off_too(till: Till) -> None:
    begins, told = threading.Event(), threading.Event()

    class Begins(SimulatedTerminal):
        def pay(self, *about: Any) -> Any:
            begins.set()
            assert told.wait(60)
            return super().pay(*about)

        def stop(self) -> None:
            super().stop()
            told.set()

    till.terminal = Begins(Behaviour.STALL)
    paying = till.worker.pay(till.begin().id, till.shows)
    assert begins.wait(60)
    till.worker.stop()
    assert paying.result(60).state is State.ABORTED


def test_nothing_is_sent_twice(till: Till) -> None:
    done = till.pay()
    with pytest.raises(Refused):
        till.worker.pay(done.id, till.shows).result(60)
    assert len(till.terminal.kept) == 1


def test_a_payment_is_taken_back(till: Till) -> None:
    done = till.pay()
    till.app.write(lambda c: card.reverse(c, done.id, "", datetime.now(UTC))).result()
    assert till.worker.reverse(done.id, till.shows).result(60).state is State.REVERSED


def test_what_a_crash_left_is_asked_first(app: App) -> None:
    till = Till(app)
    left = till.begin()
    app.write(lambda c: card.take(c, left.id, Compared(mark=Mark()), datetime.now(UTC))).result()
    app.write(lambda c: card.take(c, left.id, Sent(), datetime.now(UTC))).result()
    till.worker.start()
    till.worker.stop()
    ended = app.read(lambda c: payments.attempt(c, left.id))
    assert ended is not None
    assert ended.state is State.NOT_CHARGED


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        (Typed(charged=True, approval="A1", last_four="1234"), State.CAPTURED),
        (Typed(charged=False, text="Limit reached"), State.DECLINED),
        (None, State.UNKNOWN),
    ],
)
def test_a_terminal_apart_is_as_good_as_what_is_typed(till: Till, typed: Typed | None, state: State) -> None:
    done = till.worker.pay(till.begin().id, till.shows, ManualTerminal(lambda _: typed)).result(60)
    assert done.state is state
    if state is State.CAPTURED:
        assert (done.evidence.pan, done.evidence.approval) == ("************1234", "A1")
