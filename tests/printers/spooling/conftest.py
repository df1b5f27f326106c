"""A station with a till and a queue, and a spooler that serves it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.printing import DRAWER, Job, Printer, State
from boxoffice.services import printing
from boxoffice.storage import print_queue
from printers.spooler import Spooler
from printers.state import State as Shown

CUT = b"\x1dV\x00"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
PATIENCE = 10.0


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
        self.do(printing.add_printer, Printer(name=name, address=address, **properties))

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
            self.spooler.stop()
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
            assert self._heard.wait_for(holds, patience), f"{self.shown[-1:]}, {self.app.print_queue()}"

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


@pytest.fixture
def counter(scratch: Path) -> Iterator[Counter]:
    with App(Folder(scratch)) as app:
        counter = Counter(app)
        yield counter
        counter.close()


@pytest.fixture
def cut() -> bytes:
    return CUT
