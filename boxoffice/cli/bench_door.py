"""`bench door`: from a scan, or from a code in front of the lens, to the painted answer; and what the camera costs.

The window is the real one on a station that is offline; only its camera is drawn. The yardsticks are the verdict
without a window, the time that passes between two frames, and the same window with the same camera that decodes
nothing.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.scan import Source
from boxoffice.domain.verdicts import Wish
from boxoffice.ids import new_scan
from boxoffice.scanning.camera import Camera, Device
from boxoffice.scanning.found import Effort
from boxoffice.scanning.worker import DecodingProcess
from boxoffice.scanning.worker_process import Reading

from . import bench_event
from .bench_timing import at
from .output import flush, say

if TYPE_CHECKING:
    from boxoffice.scanning.found import Picture
    from ui.measuring import Measured

SIZE = 50_000
RATE = 30
_REST = 0.05
_BETWEEN = 0.3
_WARM = 30
"""Frames until a decoding process has loaded all that it ever needs."""

Line = tuple[dict[str, Any], str]


class Amount(msgspec.Struct, frozen=True):
    """How much is measured."""

    scans: int
    codes: int
    seconds: float


FULL = Amount(scans=150, codes=40, seconds=15.0)
QUICK = Amount(scans=2, codes=1, seconds=0.3)


def run(args: argparse.Namespace) -> int:
    """Measure a window on each size; prints three lines each."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.measuring import Measured

    amount = QUICK if args.quick else FULL
    for size in args.attendees or (SIZE,):
        with bench_event.scratch() as folder, App(Folder(folder)) as app:
            bench_event.fill(app, size)
            window = Measured(app)
            try:
                for values, text in _measures(window, app, size, amount):
                    say(args, {"attendees": size, **values}, text)
                    flush()
            finally:
                window.close()
    return 0


def _measures(window: Measured, app: App, size: int, amount: Amount) -> Iterator[Line]:
    tickets = (bench_event.secret(number * bench_event.STEP % size) for number in range(size))
    bare: list[float] = []
    yield _scans(window, app, tickets, bare, amount.scans)
    yield _codes(window, tickets, at(bare, 0.5), amount.codes)
    yield _lateness(window, amount.seconds)


def _scans(window: Measured, app: App, tickets: Iterator[str], bare: list[float], count: int) -> Line:
    """A scan and its painted answer, in turn with a verdict that nobody sees."""
    painted: list[float] = []
    for _ in range(count):
        begun = time.perf_counter()
        app.gate.admit(new_scan(next(tickets), Source.SCRIPT), app.door, Wish()).result()
        bare.append(time.perf_counter() - begun)
        painted.append(window.scan(new_scan(next(tickets), Source.WEDGE)))
        window.clear(_REST)
    values = {
        "measure": "scan to painted answer",
        "ratio": round(at(painted, 0.5) / at(bare, 0.5), 1),
        "p50_ms": _ms(at(painted, 0.5)),
        "p99_ms": _ms(at(painted, 0.99)),
        "most_ms": _ms(max(painted)),
        "verdict_p50_ms": _ms(at(bare, 0.5)),
    }
    return values, (
        f"scan to painted answer: {values['p50_ms']} ms, p99 {values['p99_ms']} ms, at most {values['most_ms']} ms;"
        f" {values['ratio']}× the verdict alone ({values['verdict_p50_ms']} ms)"
    )


def _codes(window: Measured, tickets: Iterator[str], verdict: float, count: int) -> Line:
    """A code that comes before the lens: from the frame that shows it to its painted answer."""
    import numpy as np

    from boxoffice.scanning.sample_codes import picture

    scene = _Scene()
    camera = Camera(Device(), on_scan=window.take, on_frame=window.show_picture, opener=lambda _: scene)
    camera.start()
    taken: list[float] = []
    try:
        window.clear(_WARM / RATE)
        for number in range(count):
            scene.show(_colour(picture("easy", next(tickets), np.random.default_rng([408, number]))))
            painted = window.next_answer()
            taken.append(painted - scene.shown_at)
            scene.show(None)
            window.clear(_BETWEEN)
    finally:
        camera.stop()
    frames = [(one - verdict) * RATE for one in taken]
    values = {
        "measure": "code before the lens to painted answer",
        "frames": round(at(frames, 0.5), 2),
        "p99_frames": round(at(frames, 0.99), 2),
        "p50_ms": _ms(at(taken, 0.5)),
        "p99_ms": _ms(at(taken, 0.99)),
        "codes": len(taken),
    }
    return values, (
        f"code before the lens to painted answer: {values['frames']} frames of a thirtieth of a second and a verdict,"
        f" p99 {values['p99_frames']} ({values['p50_ms']} ms, p99 {values['p99_ms']} ms)"
    )


def _lateness(window: Measured, seconds: float) -> Line:
    """How late the window's own clock ticks with the camera's picture shown, without and with decoding."""
    with_decoding = _Counting()
    quiet = _ticks(window, _Blind(), seconds)
    busy = _ticks(window, with_decoding, seconds)
    values = {
        "measure": "tick lateness",
        "ratio": round(at(busy, 0.99) / at(quiet, 0.99), 2),
        "with_decoding_p99_ms": _ms(at(busy, 0.99)),
        "without_p99_ms": _ms(at(quiet, 0.99)),
        "frames": int(seconds * RATE),
        "tried": with_decoding.tried - _WARM,
    }
    return values, (
        f"720p at {RATE} frames a second with preview: the window's ticks are {values['ratio']}× as late as without"
        f" decoding (p99 {values['with_decoding_p99_ms']} to {values['without_p99_ms']} ms);"
        f" {values['tried']} of {values['frames']} frames were tried"
    )


def _ticks(window: Measured, decoder: DecodingProcess, seconds: float) -> list[float]:
    for _ in range(_WARM):
        decoder.read(_empty())
    scene = _Scene(int(seconds * RATE))
    camera = Camera(
        Device(),
        on_scan=window.take,
        on_frame=window.show_picture,
        opener=lambda _: scene,
        decoder=decoder,
    )
    camera.start()
    try:
        return window.lateness(scene.over.is_set)
    finally:
        camera.stop()


class _Scene:
    """A camera that gives a 720p picture thirty times a second: of clutter, or of what is held before it."""

    def __init__(self, frames: int = -1) -> None:
        import numpy as np

        from boxoffice.scanning.sample_codes import clutter

        self.over = threading.Event()
        """So many frames were given."""
        self.shown_at = 0.0
        """When the first picture of what is held before it was taken."""
        self._clutter = [_colour(clutter(np.random.default_rng([407, number]))) for number in range(4)]
        self._held: Picture | None = None
        self._fresh = False
        self._left = frames
        self._pause = threading.Event()
        self._due = time.perf_counter()

    def show(self, held: Picture | None) -> None:
        """Hold something before the lens, or nothing."""
        self._fresh = held is not None
        self._held = held

    def read(self) -> tuple[bool, Any]:
        self._due = max(self._due + 1 / RATE, time.perf_counter() - 1 / RATE)
        self._pause.wait(max(0.0, self._due - time.perf_counter()))
        self._left -= 1
        if self._left == 0:
            self.over.set()
        held = self._held
        if held is None:
            return True, self._clutter[self._left % len(self._clutter)].copy()
        if self._fresh:
            self._fresh = False
            self.shown_at = time.perf_counter()
        return True, held.copy()

    def release(self) -> None:
        """There is no device to give back."""


class _Blind(DecodingProcess):
    """Sees nothing and does nothing: the camera without decoding."""

    def start(self) -> None:
        """There is nothing to start."""

    def read(self, picture: Picture, effort: Effort = Effort.LIVE) -> Reading:  # noqa: ARG002
        return Reading(0)


class _Counting(DecodingProcess):
    """Counts the frames that were tried."""

    tried = 0

    def read(self, picture: Picture, effort: Effort = Effort.LIVE) -> Reading:
        reading = super().read(picture, effort)
        self.tried += 1
        return reading


def _empty() -> Picture:
    import numpy as np

    return np.zeros((720, 1280), dtype=np.uint8)


def _colour(grey: Picture) -> Picture:
    """A frame as a camera gives it."""
    from boxoffice.scanning.opencv import cv2

    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 1)
