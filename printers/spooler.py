"""The workers that bring the queue to paper: one thread a printer, so that a dead one holds up nobody else's.

Each commit pokes them. What cannot be printed now is tried again by itself, later and later; what left and was not
heard of again, never. Rendering is done for the printer that is set up now. Nothing that a person does waits here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from boxoffice.errors import Trouble
from boxoffice.services import print_jobs, print_setup
from boxoffice.storage import print_queue

from .lane import PAUSE, Lane, Render, Station
from .paths.system import SheetPrinter
from .state import PrinterState, State

log = logging.getLogger(__name__)

DEBOUNCE = 0.02
"""Seconds after a commit before we look: many come together."""
TICK = 1.0
"""Seconds between two looks while something waits."""
REST = 600.0
"""The same while nothing does."""


class Spooler:
    """Brings one station's queue to paper. `start` and `stop` it.

    `render` makes a job's bytes, and `sheets` is what the window lends for the system's own. Listeners
    in `on_state` are called with each new state, on a thread of the spooler's; they must be quick and must not raise.
    """

    def __init__(self, station: Station, render: Render, sheets: SheetPrinter | None = None) -> None:
        self.on_state: list[Callable[[State], None]] = []
        self.state = State()
        self._station = station
        self._render = render
        self._sheets = sheets
        self._stopping = threading.Event()
        self._poke = threading.Event()
        self._lanes: dict[str, Lane] = {}
        self._tidied_at = float("-inf")
        self._thread = threading.Thread(target=self._work, name="spooler", daemon=True)

    # From outside, on any thread

    def start(self) -> None:
        """Begin to print what waits."""
        self._station.writer.after_commit.append(self._poke.set)
        self._thread.start()

    def stop(self, patience: float = 1.0) -> None:
        """Let go of the printers. What was half printed is unknown then; what had not begun waits."""
        self._stopping.set()
        self._poke.set()
        for lane in list(self._lanes.values()):
            lane.stop()
        until = time.monotonic() + patience
        _join(self._thread, until)
        for lane in list(self._lanes.values()):
            _join(lane.thread, until)
        if self._poke.set in self._station.writer.after_commit:
            self._station.writer.after_commit.remove(self._poke.set)

    def hurry(self, printer: str = "") -> None:
        """Try again now: a person has seen to a printer, or to all."""
        for name, lane in list(self._lanes.items()):
            if printer in ("", name):
                lane.hurry()

    # On its own thread

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._station.write(lambda c: print_jobs.interrupted(c, _now())).result()
                break
            except Exception as error:  # noqa: BLE001 - the guard of this loop
                self._failed(error)
        while not self._stopping.is_set():
            self._poke.clear()
            try:
                wait = self._look_around()
            except Exception as error:  # noqa: BLE001 - the guard of this loop
                self._failed(error)
                wait = PAUSE
            if self._poke.wait(wait):
                self._stopping.wait(DEBOUNCE)

    def _failed(self, error: Exception) -> None:
        if self._stopping.is_set():
            return
        if isinstance(error, Trouble):
            log.info("The spooler waits: %s", error)
        else:
            log.error("The spooler has a fault", exc_info=error)
        self._stopping.wait(PAUSE)

    def _look_around(self) -> float:
        """Keep the queue in order and the lanes awake; how long until the next look, if nobody pokes."""
        self._keep_lanes()
        if time.monotonic() - self._tidied_at > REST or self._station.read(lambda c: print_jobs.is_untidy(c, _now())):
            self._station.write(lambda c: print_jobs.tidy(c, _now())).result()
            self._tidied_at = time.monotonic()
        for lane in self._lanes.values():
            lane.wake()
        self._show()
        return TICK if self.state.waiting or any(lane.stopping for lane in self._lanes.values()) else REST

    def _keep_lanes(self) -> None:
        wanted = {one.name: one for one in self._station.read(print_setup.read).printers}
        for name, lane in list(self._lanes.items()):
            if wanted.get(name) != lane.printer:
                lane.stop()
                if lane.thread.is_alive():
                    lane.thread.join(PAUSE)
                if not lane.thread.is_alive():
                    del self._lanes[name]
        for name, printer in wanted.items():
            if name not in self._lanes and not self._stopping.is_set():
                lane = Lane(self._station, printer, self._render, self._sheets, self._poke.set)
                self._lanes[name] = lane
                if self._stopping.is_set():  # Looked at only now: whoever stops us looks at the lanes after that.
                    lane.stop()
                lane.thread.start()

    def _show(self) -> None:
        lines = {line.printer: line for line in self._station.read(print_queue.lines)}
        oldest = [line.oldest for line in lines.values() if line.oldest is not None]
        state = State(
            printers=tuple(_of(lane, lines.get(name)) for name, lane in self._lanes.items()),
            waiting=sum(line.waiting for line in lines.values()),
            asks=sum(line.asks for line in lines.values()),
            failed=sum(line.failed for line in lines.values()),
            oldest=min(oldest) if oldest else None,
        )
        if state == self.state:
            return
        self.state = state
        for listener in self.on_state:
            listener(state)


def _join(thread: threading.Thread, until: float) -> None:
    if thread.is_alive():
        thread.join(max(0.0, until - time.monotonic()))


def _of(lane: Lane, line: print_queue.Line | None) -> PrinterState:
    line = line or print_queue.Line(printer=lane.printer.name)
    return PrinterState(
        printer=lane.printer,
        condition=lane.condition,
        trouble=lane.trouble,
        busy=lane.busy,
        waiting=line.waiting,
        asks=line.asks,
        failed=line.failed,
        oldest=line.oldest,
    )


def _now() -> datetime:
    return datetime.now(UTC)
