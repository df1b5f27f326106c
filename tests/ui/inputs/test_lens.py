"""A camera's picture on its way to the screen: as large as it is painted, in the colours that it had."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from boxoffice.scanning import camera
from boxoffice.scanning.state import Phase, SourceState
from ui.courier import Courier
from ui.inputs import lens
from ui.inputs.lens import AUTO, Eye

BLUE = (255, 0, 0)
"""As cameras give colours: blue, green, red."""


@pytest.fixture
def shown(qtbot: Any) -> Any:
    """Let a picture come from the camera; the picture for the screen, and where the code is in it."""
    eye = Eye(Courier(), lambda _: None)

    def come(picture: Any, *outlines: Any, room: tuple[int, int] | None = None) -> Any:
        if room is not None:
            eye.fit(*room)
        with qtbot.waitSignal(eye.seen) as seen:
            eye.on_frame(picture, outlines)
        return seen.args

    return come


def test_a_picture_is_made_as_large_as_it_is_painted(shown: Any) -> None:
    picture = np.full((720, 1280, 3), BLUE, dtype=np.uint8)
    image, outlines = shown(picture, ((1280.0, 720.0), (0.0, 0.0)), room=(256, 200))
    assert (image.width(), image.height()) == (256, 144)
    assert image.pixelColor(128, 72).getRgb() == (0, 0, 255, 255)
    assert outlines == (((256.0, 144.0), (0.0, 0.0)),)


def test_a_grey_picture_stays_grey(shown: Any) -> None:
    image, _ = shown(np.full((480, 640), 100, dtype=np.uint8), room=(320, 240))
    assert image.pixelColor(10, 10).getRgb() == (100, 100, 100, 255)


def test_a_small_picture_is_not_made_larger(shown: Any) -> None:
    image, _ = shown(np.zeros((90, 160, 3), dtype=np.uint8), room=(800, 800))
    assert (image.width(), image.height()) == (160, 90)


def test_a_view_without_a_size_yet_gets_a_picture_too(shown: Any) -> None:
    image, _ = shown(np.zeros((720, 1280, 3), dtype=np.uint8), room=(0, 0))
    assert image.width() > 0


def test_what_is_finer_than_the_screen_is_shown_as_its_mean(shown: Any) -> None:
    rows, columns = np.indices((720, 1280))
    chequered = ((rows + columns) % 2 * 200).astype(np.uint8)
    image, _ = shown(chequered, room=(338, 190))
    shades = {image.pixelColor(x, y).red() for x in range(0, 338, 13) for y in range(0, 190, 7)}
    assert shades <= set(range(98, 103))


class Shelf:
    """The cameras that are plugged in, by the path to open each by, and what is seen of them."""

    def __init__(self, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there: dict[str, str] = {}
        self.opened: list[str] = []
        self.tell: list[Any] = []
        monkeypatch.setattr(lens, "cameras", lambda: list(self.there.items()))
        monkeypatch.setattr(camera, "Camera", self._camera)
        monkeypatch.setattr(lens, "LOOK_AGAIN", 1)
        self.eye = Eye(Courier(), lambda _: None)
        self.phases: list[Phase] = []
        self.eye.changed.connect(lambda state: self.phases.append(state.phase))
        self.qtbot = qtbot

    def _camera(self, looked_through: Any, *, on_state: Any, **_: Any) -> Any:
        self.opened.append(looked_through.name)
        self.tell.append(on_state)
        return SimpleNamespace(start=lambda: None, stop=lambda: None)

    def says(self, phase: Phase, camera: int = -1) -> None:
        self.tell[camera](SourceState(phase))
        self.qtbot.waitUntil(lambda: self.phases[-1:] == [phase])

    def until_opened(self, *names: str) -> None:
        self.qtbot.waitUntil(lambda: self.opened == list(names))


@pytest.fixture
def shelf(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    made = Shelf(qtbot, monkeypatch)
    yield made
    made.eye.stop()


def test_a_camera_that_comes_after_the_start_is_looked_through(shelf: Shelf) -> None:
    shelf.eye.through(AUTO)
    assert not shelf.eye.looking
    shelf.there["/dev/video0"] = "Webcam"
    shelf.until_opened("/dev/video0")


def test_a_camera_that_comes_back_in_another_place_is_known_by_its_name(shelf: Shelf) -> None:
    shelf.there |= {"/dev/video0": "Built-in", "/dev/video2": "Webcam"}
    shelf.eye.through("/dev/video2")
    del shelf.there["/dev/video2"]
    shelf.says(Phase.UNPLUGGED)
    shelf.there["/dev/video4"] = "Webcam"
    shelf.until_opened("/dev/video2", "/dev/video4")


def test_where_any_will_do_the_other_one_is_taken_when_the_first_is_gone(shelf: Shelf) -> None:
    shelf.there |= {"/dev/video0": "Built-in", "/dev/video2": "Webcam"}
    shelf.eye.through(AUTO)
    del shelf.there["/dev/video0"]
    shelf.says(Phase.UNPLUGGED)
    shelf.until_opened("/dev/video0", "/dev/video2")


def test_what_a_camera_says_that_was_let_go_is_heard_no_more(shelf: Shelf) -> None:
    shelf.there |= {"/dev/video0": "Built-in", "/dev/video2": "Webcam"}
    shelf.eye.through("/dev/video0")
    shelf.eye.through("/dev/video2")
    shelf.tell[0](SourceState(Phase.STOPPED))
    shelf.says(Phase.RUNNING)
    assert Phase.STOPPED not in shelf.phases


def test_a_camera_that_comes_back_is_left_alone_once_none_is_wanted(shelf: Shelf) -> None:
    shelf.there["/dev/video2"] = "Webcam"
    shelf.eye.through("/dev/video2")
    del shelf.there["/dev/video2"]
    shelf.says(Phase.UNPLUGGED)
    shelf.eye.through("")
    shelf.there["/dev/video2"] = "Webcam"
    if shelf.eye._again.isActive():  # Not waited for: that nothing comes is seen at once.
        shelf.eye._look_again()
    assert (shelf.opened, shelf.eye.looking) == (["/dev/video2"], False)


def test_a_picture_on_its_way_is_not_shown_once_its_camera_is_let_go(shelf: Shelf, qtbot: Any) -> None:
    shelf.there["/dev/video0"] = "Webcam"
    shelf.eye.through("/dev/video0")
    seen: list[Any] = []
    shelf.eye.seen.connect(lambda picture, _: seen.append(picture))
    shelf.eye.on_frame(np.zeros((90, 160, 3), dtype=np.uint8), ())
    shelf.eye.through("")
    QApplication.processEvents()
    assert seen == []
    shelf.eye.through("/dev/video0")
    with qtbot.waitSignal(shelf.eye.seen):
        shelf.eye.on_frame(np.zeros((90, 160, 3), dtype=np.uint8), ())
