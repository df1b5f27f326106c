"""A ZVT terminal at the end of a line on loopback: what is written down before which byte, and what silence means.

The other side plays fixed transcripts: for each frame of the till, what comes back.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from boxoffice.domain import payment_steps
from boxoffice.domain.payment import Attempt
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.errors import DeviceTrouble, StorageTrouble
from boxoffice.ports import Word
from boxoffice.terminals import zvt_session
from boxoffice.terminals.zvt_frames import Framing
from boxoffice.terminals.zvt_tcp import ZvtTerminal

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HANG_UP, QUIET = None, b""


class Far:
    """The other end: answers the till's frames, in order; with `HANG_UP` it is gone."""

    def __init__(self, log: list[str]) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._log = log
        self._answers: list[bytes | None] = []
        self._thread: threading.Thread | None = None
        self.heard: list[bytes] = []

    def plays(self, *answers: bytes | None) -> None:
        self._answers = list(answers)
        self._thread = threading.Thread(target=self._play, daemon=True)
        self._thread.start()

    def _play(self) -> None:
        line, _ = self._server.accept()
        framing = Framing()
        with line:
            while self._answers and (data := line.recv(999)):
                for frame in framing.feed(data):
                    self._log.append(f"{frame.command:04x}")
                    self.heard.append(frame.data)
                    answer = self._answers.pop(0) if self._answers else HANG_UP
                    if answer is None:
                        return
                    line.sendall(answer)
                    if answer and self._answers[:1] == [HANG_UP]:
                        return

    def close(self) -> None:
        self._server.close()
        if self._thread is not None:
            self._thread.join(60)


class Book:
    """A `Ledger` that notes what was written down, among what went over the line."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.mark: Mark | None = None
        self.fails_at = ""

    def _note(self, step: str) -> None:
        self.log.append(step)
        if step == self.fails_at:
            raise StorageTrouble("The disk is full")

    def compared(self, mark: Mark) -> None:
        self.mark = mark
        self._note("compared")

    def sent(self) -> None:
        self._note("sent")

    def begun(self) -> None:
        self._note("begun")

    def approved(self, evidence: Evidence) -> None:
        assert evidence.receipt
        self._note("approved")

    def shows(self, word: Word) -> None:
        self._note(word.text)


@pytest.fixture
def book() -> Book:
    return Book([])


@pytest.fixture
def far(book: Book, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    monkeypatch.setattr(zvt_session, "T3", 60.0)  # A far end that answers at all is waited for.
    far = Far(book.log)
    yield far
    far.close()


def attempt(**more: Any) -> Attempt:
    values: dict[str, Any] = {"baseline": Mark(receipt=41, trace=741, terminal_id="52500001"), **more}
    return Attempt(
        id="a1",
        operation="sale-1",
        event="conf26",
        amount=1250,
        currency="EUR",
        terminal="Till 1",
        began_at=NINE,
        changed_at=NINE,
        **values,
    )


def terminal(far: Far) -> ZvtTerminal:
    return ZvtTerminal(Terminal(name="Till 1", kind=Kind.ZVT, host="127.0.0.1", port=far.port), UTC)


def registering(said: Any) -> tuple[bytes | None, ...]:
    return (said.yes + said.registered, QUIET)


def comparing(said: Any) -> tuple[bytes | None, ...]:
    """Registered, and asked for the newest payment, which belongs before each."""
    return (*registering(said), said.yes + said.approved, said.completed, QUIET)


def test_each_step_is_written_down_before_the_frame_that_it_announces(far: Far, book: Book, said: Any) -> None:
    far.plays(*comparing(said), said.yes + said.shows, said.approved, said.completed, QUIET)
    assert terminal(far).pay(attempt(), book) == payment_steps.Captured()
    far.close()
    written = ["compared", "sent", "begun", "Insert", "approved"]
    assert [one for one in book.log if one in written] == written
    assert book.log.index("sent") < book.log.index("0601")
    before = book.log[: book.log.index("approved")]
    # Registration, the newest payment and its end, and the display; then the word, the end.
    assert (before.count("8000"), book.log.count("8000")) == (4, 6)


def test_a_baseline_that_is_not_known_is_asked_for(far: Far, book: Book, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.approved, said.completed, QUIET, said.no)
    outcome = terminal(far).pay(attempt(baseline=None), book)
    assert outcome == payment_steps.Aborted(text="The terminal is busy.", code="9C")
    assert book.mark == Mark(receipt=42, trace=742, terminal_id="52500001")


def test_another_terminal_in_its_place_is_asked_as_well(far: Far, book: Book, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.nothing_there, QUIET, HANG_UP)
    terminal(far).pay(attempt(baseline=Mark(receipt=41, terminal_id="52500009")), book)
    assert book.mark == Mark(terminal_id="52500001")


@pytest.mark.parametrize("answer", ["cannot", "broken_off"])
def test_a_terminal_that_does_not_say_what_it_has_is_paid_at_and_not_believed(
    far: Far, book: Book, said: Any, answer: str
) -> None:
    refusal = said.cannot if answer == "cannot" else said.yes + getattr(said, answer)
    rest = (HANG_UP,) if answer == "cannot" else (QUIET, HANG_UP)
    far.plays(*registering(said), refusal, *rest)
    assert isinstance(terminal(far).pay(attempt(baseline=None), book), payment_steps.Lost)
    assert book.mark == Mark(terminal_id="52500001", told=False)


def test_after_its_end_of_day_a_terminal_tells_of_that_and_is_paid_at(far: Far, book: Book, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.day, said.completed, QUIET, HANG_UP)
    terminal(far).pay(attempt(baseline=None), book)
    assert book.mark == Mark(terminal_id="52500001")


def test_a_terminal_is_asked_in_the_currency_of_the_event(far: Far, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.day, said.completed, QUIET)
    totals = terminal(far).end_of_day("CHF")
    far.close()
    assert (totals.amount, totals.number) == (123_450, 3)
    assert far.heard[0].hex() == "000000080756060626040a0206d3"


def test_a_busy_terminal_is_not_paid_at(far: Far, book: Book, said: Any) -> None:
    far.plays(*registering(said), said.no)
    assert isinstance(terminal(far).pay(attempt(), book), payment_steps.NeverSent)
    assert "sent" not in book.log


@pytest.mark.parametrize("until", [0, 1])
def test_a_line_that_is_lost_before_the_amount_leaves_is_no_payment(
    far: Far, book: Book, said: Any, until: int
) -> None:
    far.plays(*(said.yes, HANG_UP)[:until], HANG_UP)
    assert isinstance(terminal(far).pay(attempt(), book), payment_steps.NeverSent)
    assert "sent" not in book.log


def test_a_line_that_is_lost_behind_the_amount_is_a_question(far: Far, book: Book, said: Any) -> None:
    for answers in ((HANG_UP,), (said.yes, HANG_UP), (said.yes + said.approved, HANG_UP)):
        book.log.clear()
        other = Far(book.log)
        other.plays(*comparing(said), *answers)
        assert isinstance(terminal(other).pay(attempt(), book), payment_steps.Lost)
        assert book.log.count("0601") == 1
        other.close()


def test_a_decline_stands_even_if_the_line_is_lost_then(far: Far, book: Book, said: Any) -> None:
    far.plays(*comparing(said), said.yes + said.declined, HANG_UP)
    assert terminal(far).pay(attempt(), book) == payment_steps.Declined(text="The bank declined the card.", code="05")


def test_a_yes_and_then_a_no_is_a_question(far: Far, book: Book, said: Any) -> None:
    far.plays(*comparing(said), said.yes + said.approved, said.broken_off, QUIET)
    assert isinstance(terminal(far).pay(attempt(), book), payment_steps.Lost)


@pytest.mark.parametrize("step", ["sent", "approved"])
def test_what_cannot_be_written_down_is_not_done(far: Far, book: Book, said: Any, step: str) -> None:
    book.fails_at = step
    far.plays(*comparing(said), said.yes + said.approved, QUIET)
    with pytest.raises(StorageTrouble):
        terminal(far).pay(attempt(), book)
    far.close()
    assert book.log.count("0601") == (step == "approved")
    # Of what went before: the terminal forgets what nobody acknowledges.
    assert book.log.count("8000") == 3


def test_the_newest_payment_is_asked_for(far: Far, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.approved, said.completed, QUIET)
    last = terminal(far).last("EUR")
    assert (last.evidence.receipt, last.amount) == (42, 1250)


def test_a_terminal_that_does_not_answer_is_a_devices_trouble(far: Far) -> None:
    far.plays(HANG_UP)
    with pytest.raises(DeviceTrouble, match="Till 1 does not answer"):
        terminal(far).last("EUR")


def test_nothing_is_taken_back_at_another_terminal(far: Far, book: Book, said: Any) -> None:
    far.plays(*registering(said), HANG_UP)
    paid = attempt(evidence=Evidence(receipt=42, terminal_id="52500009"))
    assert isinstance(terminal(far).reverse(paid, lambda _: None), payment_steps.ReversalDeclined)
    far.close()
    assert "0630" not in book.log


def test_what_was_taken_back_before_is_a_question(far: Far, said: Any) -> None:
    far.plays(*registering(said), said.yes + said.taken_back_before, QUIET)
    assert isinstance(terminal(far).reverse(attempt(), lambda _: None), payment_steps.ReversalLost)


def test_a_yes_over_another_amount_is_no_yes(far: Far, book: Book, said: Any) -> None:
    far.plays(*comparing(said), said.yes + said.approved, QUIET)
    assert isinstance(terminal(far).pay(msgspec.structs.replace(attempt(), amount=1251), book), payment_steps.Lost)
    assert "approved" not in book.log


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (lambda said: (said.yes + said.approved, said.completed, QUIET), payment_steps.Reversed),
        (lambda said: (said.yes + said.broken_off, QUIET), payment_steps.ReversalDeclined),
        (lambda said: (said.yes, HANG_UP), payment_steps.ReversalLost),
    ],
)
def test_a_payment_is_taken_back_on_the_terminals_word(
    far: Far, said: Any, answers: Callable[[Any], tuple[bytes | None, ...]], outcome: type
) -> None:
    far.plays(*registering(said), *answers(said))
    assert isinstance(terminal(far).reverse(attempt(), lambda _: None), outcome)
