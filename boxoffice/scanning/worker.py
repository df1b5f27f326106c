"""Decoding at arm's length: pictures go to a process of their own, and what it found comes back.

Native decoders have crashed and hung on pictures before. Here that costs one picture: the process is ended,
the caller hears of it, and the next picture starts a new one. One picture is under way at a time; who has
newer ones keeps only the newest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from boxoffice.decoding import decode
from boxoffice.errors import DeviceTrouble

from .found import QR_ONLY, Effort, Found
from .worker_process import Reading, Request

if TYPE_CHECKING:
    from .found import Picture
    from .slot import Slot

DEADLINES = {Effort.LIVE: 4.0, Effort.THOROUGH: 30.0}
"""Seconds that one picture may take: a hundred times the usual, as a busy machine is no hanging decoder."""

START = 30.0
"""Seconds that the process may take to load, on a slow disk."""

COMMAND = (sys.executable, "-m", "boxoffice.scanning.worker_process")

_WATCH_EVERY = 0.1
_USUAL = 1920 * 1080
# Larger pictures are scanned sheets and posters; they are made smaller first.
_MOST_PIXELS = 24_000_000
# Only Windows knows these; elsewhere the process lowers its priority by itself.
_UNSEEN_AND_LATER = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
_SOURCES = Path(__file__).parents[2]


class DecoderLost(DeviceTrouble):
    """The decoding process crashed, or hung and was ended. The picture is lost, the next one is not."""


class DecodingProcess:
    """Decodes pictures in a process that is started when needed. For one thread at a time."""

    def __init__(
        self,
        formats: Sequence[str] = QR_ONLY,
        *,
        deadline: float | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        """`deadline` stands above `DEADLINES`, in seconds a picture."""
        self._formats = tuple(formats)
        self._deadline = deadline
        self._command = tuple(command)
        self._child: _Child | None = None
        self._serial = 0
        self.started = 0
        """How many processes were needed so far."""

    def start(self) -> None:
        """Start the process now, so that the first picture need not wait for it to load."""
        self._fitting_child(_USUAL)

    @property
    def process_id(self) -> int | None:
        """The running process, if there is one."""
        return self._child.process_id if self._child else None

    def read(self, picture: Picture, effort: Effort = Effort.LIVE) -> Reading:
        """The codes in a grey or BGR picture. Raises `DecoderLost` if the process did not live to answer."""
        picture, scale = _made_fit(picture)
        height, width = picture.shape[:2]
        child = self._fitting_child(height * width)
        self._serial += 1
        try:
            child.await_ready()
            child.lay(picture)
            reading = child.ask(Request(self._serial, height, width, effort), self._deadline or DEADLINES[effort])
        except DecoderLost:
            self.close()
            raise
        return _enlarged(reading, scale)

    def close(self) -> None:
        """End the process and give its memory back. The next picture would start a new one."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _fitting_child(self, pixels: int) -> _Child:
        if self._child is not None and self._child.room < pixels:
            self.close()
        if self._child is None:
            patience = 2 * (self._deadline or max(DEADLINES.values()))
            self._child = _Child(self._command, self._formats, max(pixels, _USUAL), patience)
            self.started += 1
        return self._child


class _Child:
    """One running process, the slot it looks into, and the thread that ends it when it takes too long."""

    def __init__(self, command: Sequence[str], formats: Sequence[str], room: int, patience: float) -> None:
        from .slot import Slot

        self.room = room
        self._slot: Slot = Slot(room)
        self._ready = False
        try:
            self._process = subprocess.Popen(
                [*command, self._slot.address, str(room), ",".join(formats), str(patience)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A windowed program on Windows has no place for complaints to go.
                stderr=None if sys.stderr else subprocess.DEVNULL,
                env=_environment(),
                pass_fds=self._slot.descriptors,
                creationflags=_UNSEEN_AND_LATER,
            )
        except OSError as error:
            self._slot.close()
            raise _lost(f"it could not be started ({error})") from error
        # The caller reads the answer itself: a thread in between would cost every frame another wake-up.
        self._due: float | None = None
        self._late = False
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._end_when_late, name="decoder-watch", daemon=True)
        self._watch.start()

    @property
    def process_id(self) -> int:
        return self._process.pid

    def await_ready(self) -> None:
        """Wait until the process has loaded; only the first picture has to."""
        if not self._ready:
            self._await(0, START)
            self._ready = True

    def lay(self, picture: Picture) -> None:
        """Put the picture into the slot, as grey."""
        slot = self._slot.picture(*picture.shape[:2])
        if picture.ndim == 2:
            slot[:] = picture
            return
        from .opencv import cv2

        cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY, dst=slot)

    def ask(self, request: Request, seconds: float) -> Reading:
        """The answer to a request, if it comes in time."""
        assert self._process.stdin is not None  # noqa: S101 — it was opened as a pipe
        try:
            self._process.stdin.write(msgspec.json.encode(request) + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise _lost("it crashed") from error
        return self._await(request.serial, seconds)

    def end(self) -> None:
        """End the process, wait for it, and give everything back."""
        self._ended.set()
        self._process.kill()
        self._process.wait()
        self._watch.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)
        self._slot.close()

    def _await(self, serial: int, seconds: float) -> Reading:
        assert self._process.stdout is not None  # noqa: S101 — it was opened as a pipe
        self._due = time.monotonic() + seconds
        line = self._process.stdout.readline()
        self._due = None
        if self._late:
            raise _lost(f"it did not answer within {seconds:g} seconds")
        if not line:
            raise _lost(f"it crashed (exit status {self._process.wait()})")
        try:
            reading = decode(line, Reading)
        except msgspec.DecodeError as error:
            raise _lost("it answered nonsense") from error
        if reading.serial != serial:
            raise _lost("it answered out of turn")
        return reading

    def _end_when_late(self) -> None:
        while not self._ended.wait(_WATCH_EVERY):
            due = self._due
            if due is not None and time.monotonic() > due:
                self._late = True
                self._process.kill()
                return


def _environment() -> dict[str, str]:
    """Ours, in which the process finds this package also from a checkout."""
    paths = [str(_SOURCES), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _lost(because: str) -> DecoderLost:
    return DecoderLost(
        "A picture could not be read",
        f"The decoder was started again: {because}.",
        "Hold the code to the camera once more, or use the gun.",
    )


def _close(pipe: object) -> None:
    """Close a pipe whose reader may be gone, with what was still to be written."""
    try:
        pipe.close()  # type: ignore[attr-defined]
    except BrokenPipeError:
        return


def _made_fit(picture: Picture) -> tuple[Picture, float]:
    """The picture, made smaller if it is huge, and how much smaller it is now."""
    height, width = picture.shape[:2]
    if height * width <= _MOST_PIXELS:
        return picture, 1.0
    from .opencv import cv2

    scale = (_MOST_PIXELS / (height * width)) ** 0.5
    return cv2.resize(picture, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_AREA), scale


def _enlarged(reading: Reading, scale: float) -> Reading:
    if scale == 1.0:
        return reading
    found = tuple(
        Found(one.text, one.format, tuple((x / scale, y / scale) for x, y in one.outline), one.stage)
        for one in reading.found
    )
    return msgspec.structs.replace(reading, found=found)
