"""A camera's picture on its way to the screen: as large as it is painted, in the colours that it had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ui.courier import Courier
from ui.inputs.lens import Eye

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
