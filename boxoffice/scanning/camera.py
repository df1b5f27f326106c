"""The camera: pictures on threads of its own, each code handed on once for as long as it is in sight.

One thread takes pictures as they come and shows them; a second one has them decoded and only ever gets the
newest, so nothing piles up when decoding is slow. Films and folders stand in for a camera in tests, tours and
kiosks: there every frame is looked at. A camera that is missing, busy or pulled out is named and tried again;
a decoder that crashes or hangs costs one frame. No picture library is loaded before the camera starts.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import msgspec

from boxoffice.domain.scan import Scan, Source
from boxoffice.errors import DeviceTrouble, filled
from boxoffice.ids import new_scan

from .found import QR_ONLY, Effort, Outline
from .once import AWAY, Presence
from .state import Phase, SourceState
from .worker import DecoderLost, DecodingProcess

if TYPE_CHECKING:
    from .found import Picture
    from .frames import Frame

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY = (1.0, 2.0, 5.0, 10.0)
"""Seconds before each new attempt to open the camera; the last one repeats."""

# Some cameras drop a picture now and then; several in a row mean that it is gone.
_DROPPED_IN_A_ROW = 3
_SECONDS_AN_OUTLINE_STAYS = 0.3
# From the third loss in a row on a person should know.
_LOSSES_TO_TELL = 3
_LONGEST_REST = 5.0


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A camera of this machine, by its number or its path, and what to ask of it."""

    name: int | str = 0
    width: int = 1280
    height: int = 720
    rate: int = 30


class Film(msgspec.Struct, frozen=True):
    """A film, a picture or a folder of pictures; `paced` shows it as slowly as it was taken."""

    path: Path
    paced: bool = True


Lens = Device | Film


def lens(text: str) -> Lens:
    """What a person calls a camera: a number, a device's path, or a film, picture or folder."""
    if text.isdigit():
        return Device(name=int(text))
    path = Path(text)
    if text.startswith("/dev/") and not path.is_file() and not path.is_dir():  # In /dev/shm there are films too.
        return Device(name=text)
    return Film(path)


class Capture(Protocol):
    """An open camera: what we need of OpenCV's."""

    def read(self) -> tuple[bool, Any]:
        """The next picture, if there is one."""

    def release(self) -> None:
        """Let the camera go."""


class CameraTrouble(DeviceTrouble):
    """A camera that cannot be used now, and in which phase that leaves it."""

    def __init__(self, phase: Phase, title: str, what: str, hint: str) -> None:
        super().__init__(title, what, hint)
        self.phase = phase


def open_device(device: Device) -> Capture:
    """Open a camera of this machine. Raises `CameraTrouble`."""
    from .opencv import cv2

    capture = cv2.VideoCapture(device.name)
    if not capture.isOpened():
        capture.release()
        raise _not_open(device)
    # Compressed pictures: at this size plain ones exceed what a USB 2 port carries.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, device.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, device.height)
    capture.set(cv2.CAP_PROP_FPS, device.rate)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


class Camera:
    """Looks through a lens until it is stopped or the film ends. All callbacks run on its threads.

    `on_frame` gets every picture (BGR or grey; not to be changed) with the outlines of the codes last found in it.
    """

    def __init__(
        self,
        lens: Lens,
        *,
        on_scan: Callable[[Scan], None],
        on_frame: Callable[[Picture, tuple[Outline, ...]], None] | None = None,
        on_state: Callable[[SourceState], None] | None = None,
        formats: Sequence[str] = QR_ONLY,
        away: float = AWAY,
        retry: Sequence[float] = RETRY,
        opener: Callable[[Device], Capture] = open_device,
        decoder: DecodingProcess | None = None,
    ) -> None:
        self._lens = lens
        self._on_frame = on_frame or (lambda _picture, _outlines: None)
        self._on_state = on_state or (lambda _state: None)
        self._retry = retry
        self._opener = opener
        self._stopping = threading.Event()
        self._decoder = decoder or DecodingProcess(formats)
        self._gaze = _Gaze(self._decoder, on_scan, self._on_state, self._stopping, away)
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, within: float = 2.0) -> None:
        """Let the camera go. Nothing is handed on from now; a camera that hangs is not waited for any longer."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(within)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until a film has ended; whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        last = SourceState(Phase.STOPPED)
        try:
            if isinstance(self._lens, Device):
                self._watch_device(self._lens)
            else:
                last = self._watch_film(self._lens)
        except Exception:
            log.exception("The camera stumbled")
        finally:
            self._decoder.close()
            self._on_state(last)

    def _watch_film(self, film: Film) -> SourceState:
        from .frames import frames, is_film

        self._on_state(SourceState(Phase.OPENING))
        effort = Effort.LIVE if is_film(film.path) else Effort.THOROUGH
        begun: float | None = None
        try:
            for frame in frames(film.path):
                if begun is None:
                    begun = time.monotonic()
                    self._on_state(SourceState(Phase.RUNNING))
                if film.paced and self._stopping.wait(max(0.0, begun + frame.at - time.monotonic())):
                    break
                if self._stopping.is_set():
                    break
                self._show(frame, effort)
        except DeviceTrouble as trouble:
            return SourceState(Phase.MISSING, trouble)
        return SourceState(Phase.STOPPED if self._stopping.is_set() else Phase.ENDED)

    def _show(self, frame: Frame, effort: Effort) -> None:
        outlines = self._gaze.look(frame.picture, frame.at, effort)
        self._on_frame(frame.picture, outlines)

    def _watch_device(self, device: Device) -> None:
        self._gaze.prepare()
        attempt = 0
        while not self._stopping.is_set():
            try:
                self._on_state(SourceState(Phase.OPENING))
                capture = self._opener(device)
                attempt = 0
                self._on_state(SourceState(Phase.RUNNING))
                self._capture(device, capture)
            except CameraTrouble as trouble:
                self._on_state(SourceState(trouble.phase, trouble))
            except Exception:
                log.exception("The camera %s stumbled", device.name)
            self._stopping.wait(self._retry[min(attempt, len(self._retry) - 1)])
            attempt += 1

    def _capture(self, device: Device, capture: Capture) -> None:
        """Take pictures until the camera is gone or we are stopped; decode the newest on a second thread."""
        newest: Newest[tuple[Picture, float]] = Newest()
        looking = threading.Thread(target=self._look, args=(newest,), name="camera-decoder", daemon=True)
        looking.start()
        dropped = 0
        try:
            while not self._stopping.is_set():
                taken, picture = capture.read()
                dropped = 0 if taken else dropped + 1
                if dropped >= _DROPPED_IN_A_ROW:
                    raise _gone(device)
                if taken and not self._stopping.is_set():
                    at = time.monotonic()
                    newest.put((picture, at))
                    self._on_frame(picture, self._gaze.outlines(at))
        finally:
            newest.close()
            looking.join()
            capture.release()

    def _look(self, newest: Newest[tuple[Picture, float]]) -> None:
        while (taken := newest.take()) is not None:
            try:
                self._gaze.look(*taken, Effort.LIVE)
            except Exception:
                log.exception("A picture of the camera made us stumble")
                self._stopping.wait(1.0)


class Newest(Generic[T]):
    """A mailbox for one: what is put in replaces what nobody has taken yet."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: T | None = None
        self._closed = False

    def put(self, item: T) -> None:
        """Leave the newest."""
        with self._changed:
            self._item = item
            self._changed.notify()

    def take(self) -> T | None:
        """Wait for something new and take it; None once the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._item is not None)
            item, self._item = self._item, None
            return None if self._closed else item

    def close(self) -> None:
        """Nobody takes any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Gaze:
    """Looks at one picture after the other, hands each code on once, and remembers where it saw it."""

    def __init__(
        self,
        decoder: DecodingProcess,
        on_scan: Callable[[Scan], None],
        on_state: Callable[[SourceState], None],
        stopping: threading.Event,
        away: float,
    ) -> None:
        self._decoder = decoder
        self._on_scan = on_scan
        self._on_state = on_state
        self._stopping = stopping
        self._presence = Presence(away)
        self._losses = 0
        self._seen: tuple[tuple[Outline, ...], float] = ((), float("-inf"))

    def prepare(self) -> None:
        """Let the decoder load while the camera opens."""
        try:
            self._decoder.start()
        except DecoderLost as lost:
            self._lost(lost)

    def look(self, picture: Picture, at: float, effort: Effort) -> tuple[Outline, ...]:
        """Have one picture decoded; the outlines of its codes."""
        try:
            reading = self._decoder.read(picture, effort)
        except DecoderLost as lost:
            self._lost(lost)
            return ()
        self._found_again()
        if self._stopping.is_set():
            return ()
        if reading.found:
            self._seen = (tuple(one.outline for one in reading.found), at)
        for text in self._presence.seen((one.text for one in reading.found), at):
            self._on_scan(new_scan(text, Source.CAMERA))
        return tuple(one.outline for one in reading.found)

    def outlines(self, at: float) -> tuple[Outline, ...]:
        """Where codes were seen a moment ago."""
        outlines, seen_at = self._seen
        return outlines if at - seen_at < _SECONDS_AN_OUTLINE_STAYS else ()

    def _lost(self, lost: DecoderLost) -> None:
        self._losses += 1
        log.warning("%s", lost)
        if self._losses >= _LOSSES_TO_TELL:
            trouble = DeviceTrouble(
                "The camera reads no codes",
                "The decoder ends again and again; it is started anew each time.",
                "Use the gun or type the code; if it goes on, restart the app.",
            )
            self._on_state(SourceState(Phase.RUNNING, trouble))
        self._stopping.wait(min(0.05 * 2 ** (self._losses - 1), _LONGEST_REST))

    def _found_again(self) -> None:
        if self._losses >= _LOSSES_TO_TELL:
            self._on_state(SourceState(Phase.RUNNING))
        self._losses = 0


def _not_open(device: Device) -> CameraTrouble:
    if _is_there(device):
        return CameraTrouble(
            Phase.BUSY,
            "Camera is busy",
            filled("Camera {name} is held by another program, or you may not use it.", name=device.name),
            "Close the other program (a video call?); the gun works meanwhile.",
        )
    return CameraTrouble(
        Phase.MISSING,
        "No camera",
        filled("Camera {name} was not found, or another program holds it.", name=device.name),
        "Plug it in or choose another one; the gun works meanwhile.",
    )


def _is_there(device: Device) -> bool:
    """Whether the camera exists though it does not open. Only Linux tells."""
    if sys.platform != "linux":
        return False
    return os.path.exists(f"/dev/video{device.name}" if isinstance(device.name, int) else device.name)


def _gone(device: Device) -> CameraTrouble:
    return CameraTrouble(
        Phase.UNPLUGGED,
        "Camera unplugged",
        filled("Camera {name} gives no pictures any more; everything scanned is kept.", name=device.name),
        "Plug it in again; the gun works meanwhile.",
    )
