"""The walk through a terminal's bad moments, with somebody who really pulls the cable: of the fake terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli import terminal_walk
from boxoffice.config import Folder
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.services import card_terminals
from boxoffice.terminals.worker import TerminalWorker

ORDER = b"\x06\x01"
SPEED = 20.0
"""Of the terminal's patience. Its clock goes as the till's does, however long the walk takes."""


class Person:
    """Pulls the cable when told to, and reads the terminal's journal truly."""

    def __init__(self, wire, faults) -> None:
        self._wire = wire
        self._faults = faults
        self._known = 0
        self.told: list[str] = []

    def ask(self, words: str) -> str:
        self.told.append(words)
        if words.startswith("Look at"):
            charged = len(self._wire.terminal.ledger.charged) - self._known
            self._known += charged
            return "y" if charged else "n"
        while self._wire.terminal.due is not None:  # It says on its display when it is ready.
            time.sleep(0.005)
        return ""

    def tell(self, words: str) -> None:
        self.told.append(words)
        for name, customer, fault, start in self._faults:
            if words.strip().lower().startswith(name + "."):
                if customer:
                    self._wire.terminal.customers.append(customer)
                if fault:
                    self._wire.on_frame = self._when(start, fault)

    def _when(self, start: bytes, fault):
        """The fault meets the first frame that begins like this, once the amount has left."""
        waiting = iter((ORDER, start))
        awaited = [next(waiting)]

        def meet(number: int) -> None:
            if not self._wire.passed[number].data.startswith(awaited[0]):
                return
            if awaited[0] == ORDER:
                awaited[0] = next(waiting)
            else:
                self._wire.faults = {number: fault}
                self._wire.on_frame = None

        return meet


@pytest.fixture
def walked(tmp_path, zvt) -> Iterator[SimpleNamespace]:
    """A walk at the fake terminal, in the moments that a test names."""
    customer = zvt.Customer
    cut = zvt.Fault.CUT_BEFORE
    faults = [
        ("declined", customer("is declined"), None, b""),
        ("stopped", customer("presses stop"), None, b""),
        ("cable at the card", customer("walks away"), cut, b"\x04\xff"),
        ("cable at the yes", None, cut, b"\x04\x0f"),
        ("cable at the slip", None, zvt.Fault.CUT_AFTER, b"\x06\x0f"),
    ]

    class OnTime(zvt.Terminal):
        @property
        def wall(self) -> datetime:
            return datetime.now(UTC).astimezone().replace(tzinfo=None)

    clock = zvt.real_time(SPEED)
    terminal = OnTime(clock, zvt.Dialect(unacknowledged="keep"))
    wire = zvt.Wire(terminal, clock)
    with zvt.Port(wire) as port, App(Folder(tmp_path)) as app:
        there = Terminal(name="Till 1", kind=Kind.ZVT, host="127.0.0.1", port=port.port)
        app.write(lambda c: card_terminals.put_terminal(c, there)).result()
        worker = TerminalWorker(app)
        worker.start()
        person = Person(wire, faults)
        walk = terminal_walk.Walk(app, worker, "Till 1", "Ana", person.ask, person.tell)

        def go(*names: str) -> dict[str, tuple[str, str]]:
            chosen = [one for one in terminal_walk.MOMENTS if one.name in names]
            return {one.moment: (one.state, one.verdict) for one in (walk.at(moment, 1) for moment in chosen)}

        yield SimpleNamespace(go=go, walk=walk, app=app, terminal=terminal, person=person)
        worker.stop()


def test_cables_are_pulled_and_till_and_journal_agree(walked):
    found = walked.go("paid", "declined", "stopped", "cable at the card", "cable at the yes", "cable at the slip")
    assert found == {
        "paid": ("captured", "agrees"),
        "declined": ("declined", "agrees"),
        "stopped": ("aborted", "agrees"),
        "cable at the card": ("not_charged", "agrees"),
        "cable at the yes": ("captured", "agrees"),
        "cable at the slip": ("captured", "agrees"),
    }
    assert walked.walk.take_back() == []
    assert walked.terminal.ledger.charged == []  # Nobody has paid for the test.
    assert walked.app.counter().cards.loose() == []


def test_a_journal_that_says_something_else_is_told(walked):
    walked.walk._ask = lambda _: "n"
    assert walked.go("paid") == {"paid": ("captured", "differs")}
