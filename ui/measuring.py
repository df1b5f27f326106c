"""The window measured as a person meets it: how long until an answer is painted, and how late its clock gets.

Nothing of the window is replaced. A scan comes in as scans do, a picture as a camera's pictures do, and the clock is
a timer of the window's own thread. The benchmarks ask; nothing here compares.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer

from boxoffice.bootstrap import App
from boxoffice.domain.scan import Scan
from boxoffice.errors import DeviceTrouble

from . import app as windows
from .screens.door.screen import DoorScreen

if TYPE_CHECKING:
    from boxoffice.scanning.found import Outline, Picture

TICK = 0.005
"""Seconds between two ticks of the clock that is watched."""
_PATIENCE = 10_000


class Measured:
    """The window of an open station, with everything loaded that comes after its first picture."""

    def __init__(self, app: App) -> None:
        windows.application()
        self._window = windows.open_window(app)
        self._answers = _Answers(self._window.door)
        loop = QEventLoop()
        self._window.complete.connect(loop.quit)
        loop.exec()
        self._window.door.load_the_rest()
        windows.keep_what_is_loaded()
        # What comes in from the camera's threads.
        self.take: Callable[[Scan], None] = windows.in_window(self._window, self._window.scans.take)
        self.show_picture: Callable[[Picture, tuple[Outline, ...]], None] = self._window.scans.eye.on_frame

    def close(self) -> None:
        """Close the window; the station stays open."""
        gc.unfreeze()
        windows.close_window(self._window)
        self._window.deleteLater()
        # No loop runs any more that would do it, and a window that is left over would go on asking a closed store.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def scan(self, scan: Scan) -> float:
        """The seconds from a scan to its painted answer."""
        begun = time.perf_counter()
        self._window.scans.take(scan)
        return self._answers.next() - begun

    def next_answer(self) -> float:
        """Wait for an answer: the `time.perf_counter` of its being painted."""
        return self._answers.next()

    def clear(self, rest: float) -> None:
        """Take the answer away and let the window live for so many seconds."""
        self._window.door.clear()
        loop = QEventLoop()
        QTimer.singleShot(round(rest * 1000), loop.quit)
        loop.exec()

    def lateness(self, over: Callable[[], bool]) -> list[float]:
        """The seconds by which each tick was late, until it is over."""
        clock = _Clock(over)
        clock.loop.exec()
        return clock.late


class _Answers(QObject):
    """Notices when an answer is on the screen: after the painting that follows its being shown."""

    def __init__(self, door: DoorScreen) -> None:
        super().__init__(door)
        self._due = False
        self._at: float | None = None
        self._loop = QEventLoop(self)
        door.answer_shown.connect(self._on_shown)
        door.panel.installEventFilter(self)

    def next(self) -> float:
        """The time of the next answer, or of one that nobody asked for yet. Raises `DeviceTrouble` if none comes."""
        if self._at is None:
            late = QTimer(singleShot=True, interval=_PATIENCE)
            late.timeout.connect(self._loop.quit)
            late.start()
            self._loop.exec()
        at, self._at = self._at, None
        if at is None:
            raise DeviceTrouble("No answer was painted", f"{_PATIENCE // 1000} seconds passed.", "See the log.")
        return at

    def _on_shown(self, _: object) -> None:
        self._due = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self._due and event.type() is QEvent.Type.Paint:
            self._due = False
            QTimer.singleShot(0, self, self._on_painted)
        return False

    def _on_painted(self) -> None:
        self._at = time.perf_counter()
        self._loop.quit()


class _Clock(QObject):
    """Wants to tick every `TICK`, and keeps by how much it came too late."""

    def __init__(self, over: Callable[[], bool]) -> None:
        super().__init__()
        self.late: list[float] = []
        self.loop = QEventLoop(self)
        self._over = over
        self._due = time.perf_counter() + TICK
        self._timer = QTimer(self, interval=round(TICK * 1000), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, now - self._due))
        self._due = next_due(self._due, now)
        if self._over():
            self._timer.stop()
            self.loop.quit()


def next_due(due: float, now: float) -> float:
    """When a timer ticks again that was due then and ticks now: one that has missed a turn begins anew from here."""
    return due + TICK if due + TICK > now else now + TICK
