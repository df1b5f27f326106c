"""Between the camera's threads and the window: pictures in, the newest one shown; codes on to the door.

A picture is made small on the camera's thread, and only the newest waits for the window: a window that is
busy misses pictures, never time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtGui
from PySide6.QtCore import QObject, QTimer, Signal

from boxoffice.domain.scan import Scan
from boxoffice.scanning.state import Phase, SourceState
from ui.courier import Courier
from ui.language import sentences, tr
from ui.start import multimedia

if TYPE_CHECKING:
    from boxoffice.scanning.camera import Camera
    from boxoffice.scanning.found import Outline, Picture

AUTO = "auto"
"""The first camera there is, or none."""

LOOK_AGAIN = 3_000
"""Milliseconds between two looks for a camera that is not there."""
_ROOM = (480, 270)


class Eye(QObject):
    """Owns the camera. Signals come on the Qt thread."""

    seen = Signal(object, tuple)
    """A picture (`QImage`, which is not loaded before there is one) and the outlines of the codes in it."""
    changed = Signal(object)
    """A `SourceState`."""

    def __init__(self, courier: Courier, take: Callable[[Scan], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._camera: Camera | None = None
        self._wanted = ""
        self._name = ""
        self._label = ""
        """What people call the camera, by which it is known again in another place."""
        self._again = QTimer(self)
        self._again.setInterval(LOOK_AGAIN)
        self._again.timeout.connect(self._look_again)
        self._room = _ROOM
        self._lock = threading.Lock()
        self._newest: tuple[QtGui.QImage, tuple[Outline, ...]] | None = None
        self._take = courier.to(self, take)
        self._tell = courier.to(self, self._hear)
        self._turn = 0
        """One that hangs and is let go says late that it has ended; that is of no interest by then."""
        self._show = courier.to(self, self._on_newest)

    @property
    def looking(self) -> bool:
        """Whether there is a camera to look through."""
        return self._camera is not None

    def through(self, name: str) -> None:
        """Look through this camera from now on; empty for none."""
        self._wanted = name
        if not name:
            self._again.stop()
        found = _first_camera() if name == AUTO else name
        if found != self._name:
            self._open(found)
        if name == AUTO and not found:
            self._again.start()

    def _open(self, name: str) -> None:
        self._let_go()
        self._name = name
        if not name:
            self._on_state(SourceState(Phase.STOPPED))
            return
        from boxoffice.scanning.camera import Camera, lens

        self._label = dict(cameras()).get(name, "")
        said = partial(self._tell, self._turn)
        self._camera = Camera(lens(name), on_scan=self._take, on_frame=self.on_frame, on_state=said)
        self._camera.start()

    def stop(self) -> None:
        """Let the camera go, and look for none."""
        self._again.stop()
        self._wanted = ""
        self._let_go()

    def _let_go(self) -> None:
        camera, self._camera, self._name = self._camera, None, ""
        self._turn += 1
        if camera is not None:
            camera.stop()
        with self._lock:
            self._newest = None  # One on its way would make room at the door for a camera that is gone.

    def _look_again(self) -> None:
        """A camera that is not there may have come, or come back under another number."""
        there = dict(cameras())
        if self._name in there:
            return  # Its own thread opens it.
        alike = (name for name, label in there.items() if self._wanted == AUTO or (label and label == self._label))
        found = next(alike, "")
        if found:
            self._open(found)

    def fit(self, wide: int, high: int) -> None:
        """Make pictures so large, in pixels of the screen, that they need not be scaled when they are painted."""
        if wide > 0 and high > 0:
            self._room = (wide, high)

    def on_frame(self, picture: Picture, outlines: tuple[Outline, ...]) -> None:
        """A picture of the camera; may be called from any thread."""
        image, scale = _shrunk(picture, self._room)
        shrunk = tuple(tuple((x * scale, y * scale) for x, y in outline) for outline in outlines)
        with self._lock:
            waits, self._newest = self._newest is not None, (image, shrunk)
        if not waits:
            self._show()

    def _on_newest(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is not None:
            self.seen.emit(*newest)

    def _hear(self, turn: int, state: SourceState) -> None:
        if turn == self._turn:
            self._on_state(state)

    def _on_state(self, state: SourceState) -> None:
        if state.phase in (Phase.MISSING, Phase.UNPLUGGED):
            self._again.start()
        elif state.phase is Phase.RUNNING:
            self._again.stop()
        self.changed.emit(state)


def _shrunk(picture: Picture, room: tuple[int, int]) -> tuple[QtGui.QImage, float]:
    """A picture as the screen wants it, no larger than the room, and by what it was made smaller.

    Halved as long as it can be, then fitted: a sixth of the work of one step that looks at every point, and as smooth.
    """
    from boxoffice.scanning.opencv import cv2

    high, wide = picture.shape[:2]
    scale = min(room[0] / wide, room[1] / high, 1.0)
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    small = picture
    while small.shape[1] >= 2 * size[0] and small.shape[0] >= 2 * size[1]:
        small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
    small = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
    full = cv2.cvtColor(small, cv2.COLOR_BGR2BGRA if small.ndim == 3 else cv2.COLOR_GRAY2BGRA)
    image = QtGui.QImage(full.data, *size, full.strides[0], QtGui.QImage.Format.Format_RGB32)
    return image.copy(), scale


def words_for(state: SourceState) -> str:
    """What a camera without a picture says in its place."""
    if state.trouble is not None:
        return sentences(state.trouble.title, state.trouble.hint)
    return {
        Phase.OPENING: tr("The camera is starting…"),
        Phase.ENDED: tr("The film has ended."),
        Phase.MISSING: tr("The camera is not there. The gun works."),
        Phase.UNPLUGGED: tr("The camera was unplugged. The gun works."),
        Phase.BUSY: tr("Another program uses the camera. The gun works."),
    }.get(state.phase, "")


def cameras() -> list[tuple[str, str]]:
    """The cameras of this machine: the name to open each by, and what people call it."""
    if sys.platform == "linux":
        from boxoffice.scanning import v4l2

        return v4l2.cameras()
    else:  # noqa: RET505 - what follows a return is not checked for the other systems
        try:
            media_devices = multimedia.devices()
        except ImportError:
            return []
        return [(str(index), device.description()) for index, device in enumerate(media_devices.videoInputs())]


def _first_camera() -> str:
    return next((name for name, _ in cameras()), "")
