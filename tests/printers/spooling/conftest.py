"""A station with a till and a queue, and a spooler that serves it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.printing import DRAWER, Answer, Job, Paper, Printer, State
from boxoffice.services import print_jobs, print_setup, printing
from boxoffice.storage import print_queue
from printers import lane
from printers.paths import line as lines
from printers.spooler import Spooler
from printers.state import State as Shown

CUT = b"\x1dV\x00"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
PATIENCE = 60.0


class Plain:
    """Makes bytes that a test can read, without a model of printer."""

    def load(self) -> None:
        pass

    def data_of(self, job: Job, printer: Printer) -> bytes:
        if job.kind == DRAWER:
            return b"\x1bp\x00\x19\xfa"
        assert isinstance(job.document, Receipt)
        copy = f" COPY {job.copy}" if job.copy else ""
        return f"{printer.columns or ''}{job.document.number}{copy}\n".encode() + CUT


class Counter:
    """Where it is sold, printed and asked."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.spooler: Spooler | None = None
        self.shown: list[Shown] = []
        self._heard = threading.Condition()
        self.render: Any = Plain()

    def printer(self, name: str, address: str, **properties: Any) -> None:
        self.do(print_setup.add_printer, Printer(name=name, address=address, **properties))

    def till(self, port: int, name: str = "Till", **properties: Any) -> None:
        self.printer(name, f"tcp://127.0.0.1:{port}", **properties)

    def do(self, verb: Callable[..., Any], *values: Any, **named: Any) -> Any:
        return self.app.write(lambda c: verb(c, *values, **named)).result()

    def sell(self, number: str = "R-1", **how: Any) -> str:
        receipt = Receipt(at=NOW, number=number, currency="EUR", lines=(BillLine(text="Weekend"),), total=0)
        operation: str = self.do(printing.enqueue, receipt, datetime.now(UTC), event="conf26", **how).operation
        return operation

    def open_drawer(self) -> str:
        operation: str = self.do(printing.open_drawer, datetime.now(UTC), event="conf26").operation
        return operation

    def job(self, operation: str) -> Job:
        found = self.app.read(lambda c: print_queue.find(c, operation))
        assert found is not None
        return found

    def open(self) -> Spooler:
        """The day begins."""
        self.spooler = Spooler(self.app, self.render)
        self.spooler.on_state.append(self._hear)
        self.app.writer.after_commit.append(self._look)
        self.spooler.start()
        return self.spooler

    def close(self) -> None:
        """The day ends."""
        if self.spooler is not None:
            self.app.writer.after_commit.remove(self._look)
            self.spooler.stop(PATIENCE)
            self.spooler = None

    def _hear(self, state: Shown) -> None:
        with self._heard:
            self.shown.append(state)
            self._heard.notify_all()

    def _look(self) -> None:
        with self._heard:
            self._heard.notify_all()

    def waits_until(self, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Until something holds of the queue or of what is shown."""
        with self._heard:
            assert self._heard.wait_for(holds, patience), f"{self.shown[-1:]}, {self.app.paper.queue}"

    def ends(self, operation: str, *states: State, patience: float = PATIENCE) -> Job:
        """Wait until a job has one of these states."""
        self.waits_until(lambda: self.job(operation).state in states, patience)
        return self.job(operation)

    @property
    def state(self) -> Shown:
        assert self.spooler is not None
        return self.spooler.state

    def says(self, name: str = "Till") -> str:
        """Why a printer prints nothing."""
        found = self.state.of(name)
        return found.trouble.title if found is not None and found.trouble is not None else ""

    def paper(self, name: str = "Till") -> Paper | None:
        """What a printer said of its paper; None until the printer is shown, which may be after it has printed."""
        found = self.state.of(name)
        return found.condition.paper if found is not None else None


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for as long as in real life; a drawer that waits for a busy machine opens all the same."""
    monkeypatch.setattr(print_jobs, "DRAWER_PATIENCE", timedelta(seconds=60))
    monkeypatch.setattr(lines, "LOOKS_EVERY", 0.05)
    monkeypatch.setattr(lane, "FIRST_WAIT", 0.05)


class Ledger:
    """What lies on the counter in the end: every receipt once, and any other only as a copy."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @staticmethod
    def on_paper(printed: bytes) -> dict[str, list[int]]:
        """The numbers of the copies (0 for a first print) that came out whole, by receipt."""
        found: dict[str, list[int]] = {}
        for number, copy in _WHOLE.findall(printed):
            found.setdefault(number.decode(), []).append(int(copy or 0))
        return found

    def answer(self, printer: Any) -> None:
        """A person looks at the printer and answers, until nothing waits and nobody asks any more."""
        until = time.monotonic() + 60
        while jobs := self._counter.app.paper.queue:
            assert time.monotonic() < until, jobs
            for job in jobs:
                if job.asks:
                    there = job.copy in self.on_paper(printer.printed).get(job.subject, [])
                    said = Answer.CAME_OUT if there else Answer.AGAIN
                    self._counter.do(print_jobs.answer, job.operation, said, datetime.now(UTC))
            assert self._counter.spooler is not None
            self._counter.spooler.hurry()
            self._counter.waits_until(lambda: True)
            time.sleep(0.01)  # for the printer, which does not say when it has done something

    def check(self, sold: list[str], printer: Any) -> None:
        """Nothing is lost, and nothing is there twice without a mark.

        Nobody can know of what a printer took in good order, without a word, and forgot when it was switched off; of
        that the queue must say no more than that it was sent.
        """
        there = self.on_paper(printer.printed)
        missing = set(sold) - set(there)
        assert missing <= set(self.on_paper(printer.forgotten)), missing
        done = self._counter.app.read(lambda c: print_queue.done_ones(c, 100))
        for number in missing:
            assert State.SENT in [job.state for job in done if job.subject == number], number
            assert State.CONFIRMED not in [job.state for job in done if job.subject == number], number
        for number, copies in there.items():
            assert len(set(copies)) == len(copies), (number, copies)


_WHOLE = re.compile(rb"(R-\d+)(?: COPY (\d+))?\n" + re.escape(CUT))


@pytest.fixture
def ledger(counter: Counter) -> Ledger:
    return Ledger(counter)


@pytest.fixture
def counter(scratch: Path, new_folder: Callable[[Path], Folder]) -> Iterator[Counter]:
    with App(new_folder(scratch)) as app:
        counter = Counter(app)
        yield counter
        counter.close()


@pytest.fixture
def cut() -> bytes:
    return CUT
