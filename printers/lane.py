"""One printer and the thread that serves it: a job rendered, written down, sent, and what became of it.

What cannot be printed now is tried again by itself, later and later; what left and was not heard of again, never.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from boxoffice.domain.printing import DRAWER, Condition, Job, Printer
from boxoffice.domain.printing import State as JobState
from boxoffice.errors import Trouble
from boxoffice.services import print_jobs
from boxoffice.storage import print_queue
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Writer

from .paths.opening import open_path
from .paths.path import NotSent, Parcel, Path, Result, Withdrawn
from .paths.system import SheetPrinter

log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE = 1.0
"""Seconds after a fault of our own before a loop goes on."""
FIRST_WAIT = 0.5
LONGEST_WAIT = 10.0
"""Between two tries; whoever has put in paper does not want to wait."""

FAULT = "The app had a fault while it was being printed"


class Station(Protocol):
    """What the spooler needs of an open station."""

    @property
    def writer(self) -> Writer:
        """The thread that writes."""
        ...

    def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the store on the calling thread."""
        ...

    def write(self, job: Callable[[Connection], T]) -> Future[T]:
        """Change the store."""
        ...


class Render(Protocol):
    """Makes the bytes of a job for a printer."""

    def load(self) -> None:
        """Load what that needs: a drawer must not wait for it."""
        ...

    def data_of(self, job: Job, printer: Printer) -> bytes:
        """The bytes. Raises `BadInput` for a printer that is set up as none can be."""
        ...


class Lane:
    """One printer and the thread that serves it; `changed` is called on that thread when anything it shows did."""

    def __init__(
        self,
        station: Station,
        printer: Printer,
        render: Render,
        sheets: SheetPrinter | None,
        changed: Callable[[], None],
    ) -> None:
        self.printer = printer
        self.condition = Condition()
        self.trouble: Trouble | None = None
        self.busy = False
        self.thread = threading.Thread(target=self._work, name=f"printer {printer.name}", daemon=True)
        self._station = station
        self._render = render
        self._sheets = sheets
        self._changed = changed
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._path: Path | None = None
        self._wait = FIRST_WAIT
        self._due = 0.0
        self._in_haste = False
        self._failed_with = ""
        self._made: tuple[str, bytes] | None = None

    # From outside

    def wake(self) -> None:
        """Look for a job."""
        self._wake.set()

    def hurry(self) -> None:
        """Try again now; once more, if a try is on its way that may have begun too early."""
        self._in_haste = True
        self._wait, self._due = FIRST_WAIT, 0.0
        self._wake.set()

    def stop(self) -> None:
        """Let go of the printer."""
        self._stopping.set()
        self._wake.set()

    @property
    def stopping(self) -> bool:
        """Whether it is on its way out, perhaps to make room for the same printer as it is set up now."""
        return self._stopping.is_set()

    # On its thread

    def _work(self) -> None:
        loaded = False
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if not loaded:
                    self._render.load()
                    loaded = True
                served = self._serve()
            except Exception as error:  # noqa: BLE001 - the one guard of this loop
                if self._stopping.is_set():
                    return
                self._paused_by(error)
                continue
            if not served:
                left = self._due - time.monotonic()
                self._wake.wait(left if left > 0 else None)

    def _paused_by(self, error: Exception) -> None:
        if isinstance(error, Trouble):
            log.info("%s waits: %s", self.printer.name, error)
            self.trouble = error
            self._changed()
            self._wake.wait(self._later())
        else:
            log.error("Printing has a fault", exc_info=error)
            self._stopping.wait(PAUSE)

    def _later(self) -> float:
        """How long until the next try, and longer each time."""
        wait = self._wait
        self._wait = min(2 * wait, LONGEST_WAIT)
        return wait

    def _serve(self) -> bool:
        """Print the next job, if there is one and its time has come."""
        job = self._station.read(lambda c: print_queue.next_of(c, self.printer.name))
        if job is None or (job.operation == self._failed_with and time.monotonic() < self._due):
            return False
        self.busy = True
        self._in_haste = False
        self._changed()
        try:
            self._print(job)
        finally:
            self.busy = False
            self._changed()
        return True

    def _print(self, job: Job) -> None:
        try:
            data = self._data_of(job)
            self._path = self._path or open_path(self.printer, self._sheets)
        except Trouble as trouble:
            self._not_sent(job, NotSent(trouble.title, trouble.what, trouble.hint))
            return
        except Exception as error:  # whatever is wrong with one document holds up no other
            log.exception("A %s cannot be printed", job.kind)
            because = f"{type(error).__name__}: {error}"
            self._write(lambda c: print_jobs.failed(c, job.operation, because, _now(), job.printer))
            return
        delivery = _Delivery(self._write, self._tell, self._stopping.is_set, job, data)
        try:
            result = delivery.run(self._path, silent=self.printer.silent)
        except Withdrawn:
            return
        except NotSent as trouble:
            self._not_sent(job, trouble)
            return
        self.trouble, self.condition = None, result.condition
        self._wait, self._failed_with = FIRST_WAIT, ""
        self._settle(job, result)

    def _data_of(self, job: Job) -> bytes:
        """What it becomes on paper: made once, however often it is tried while nobody has put in paper."""
        if self._made is None or self._made[0] != job.operation:
            self._made = job.operation, self._render.data_of(job, self.printer)
        return self._made[1]

    def _settle(self, job: Job, result: Result) -> None:
        """Write down what became of it, however long the disk takes: else it would look as if nobody knew."""
        while True:
            try:
                self._write(lambda c: print_jobs.ended(c, job.operation, result.state, result.because, _now()))
            except Trouble as trouble:
                log.info("What became of a %s is not written down yet: %s", job.kind, trouble)
                if self._stopping.wait(PAUSE):
                    return
            else:
                return

    def _not_sent(self, job: Job, trouble: NotSent) -> None:
        if self._stopping.is_set():
            self._write(lambda c: print_queue.not_sent(c, job.operation, "", job.printer))
            return
        log.info("%s waits: %s", self.printer.name, trouble)
        self._write(lambda c: print_queue.not_sent(c, job.operation, trouble.title, job.printer))
        self.trouble, self.condition = trouble, trouble.condition
        self._failed_with, self._due = job.operation, time.monotonic() + self._later()
        if self._in_haste:  # Looked at only now: whoever is in haste says so before he sets the time.
            self._due = 0.0

    def _tell(self, condition: Condition) -> None:
        self.condition, self.trouble = condition, None
        self._changed()

    def _write(self, job: Callable[[Connection], T]) -> T:
        return self._station.write(job).result()


class _Delivery:
    """One job on its way. Knows whether its bytes may have left."""

    def __init__(
        self,
        write: Callable[[Callable[[Connection], Any]], Any],
        tell: Callable[[Condition], object],
        stopped: Callable[[], bool],
        job: Job,
        data: bytes,
    ) -> None:
        self._write = write
        self._tell = tell
        self._stopped = stopped
        self._job = job
        self._data = data
        self._begun = False

    def run(self, path: Path, *, silent: bool) -> Result:
        """Raises `NotSent` or `Withdrawn` if nothing left."""
        parcel = Parcel(
            data=self._data,
            title=f"{self._job.kind} {self._job.subject}".strip(),
            begin=self._begin,
            stopped=self._stopped,
            told=self._tell,
            drawer=self._job.kind == DRAWER,
            silent=silent,
        )
        try:
            return path.deliver(parcel)
        except (NotSent, Withdrawn):
            raise
        except Exception:
            if not self._begun:
                raise
            log.exception("A path to a printer has a fault")
            return Result(state=JobState.UNKNOWN, because=FAULT)

    def _begin(self) -> bool:
        now = _now()
        if self._stopped() or (self._job.kind == DRAWER and now - self._job.queued_at > print_jobs.DRAWER_PATIENCE):
            return False
        job = self._job
        self._begun = bool(self._write(lambda c: print_jobs.begin(c, job.operation, self._data, now, job.printer)))
        return self._begun


def _now() -> datetime:
    return datetime.now(UTC)
