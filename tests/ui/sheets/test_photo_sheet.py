"""The sheet on which a photo is taken: the live picture, the frame, and what is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QPushButton, QWidget

from ui.sheets.photo_sheet import PhotoSheet
from ui.widgets.proof_picker import ProofPicker


class FakeEye(QObject):
    """A camera that looks when it is told to."""

    seen = Signal(object, tuple)
    looking = True

    def fit(self, wide: int, high: int) -> None:
        self.room = (wide, high)


def picture(colour: str) -> QImage:
    """Grey, with this colour in its middle third."""
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("grey"))
    for x in range(150, 250):
        for y in range(100, 200):
            image.setPixelColor(x, y, QColor(colour))
    return image


@pytest.fixture
def sheet(qtbot: Any) -> Callable[..., tuple[PhotoSheet, list[bytes]]]:
    window = QWidget()
    qtbot.addWidget(window)

    def open_sheet(eye: FakeEye | None = None) -> tuple[PhotoSheet, list[bytes]]:
        kept: list[bytes] = []
        made = PhotoSheet("Ada", eye, window)
        made.taken.connect(kept.append)
        made.open()
        return made, kept

    return open_sheet


def test_a_photo_is_what_the_camera_saw_when_it_was_taken(sheet: Any, qtbot: Any) -> None:
    eye = FakeEye()
    shown, kept = sheet(eye)
    eye.seen.emit(picture("red"), ())
    shown.snap.click()
    eye.seen.emit(picture("blue"), ())
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    with Image.open(io.BytesIO(kept[0])) as found:
        assert found.size == (226, 300)
        assert found.convert("RGB").getpixel((113, 150)) == (255, 0, 0)
    eye.seen.emit(picture("green"), ())


def test_once_more_lets_the_picture_move_again(sheet: Any) -> None:
    eye = FakeEye()
    shown, kept = sheet(eye)
    eye.seen.emit(picture("red"), ())
    shown.snap.click()
    shown.snap.click()
    assert not shown.keep.isEnabled()
    eye.seen.emit(picture("blue"), ())
    shown.snap.click()
    shown.keep.click()
    with Image.open(io.BytesIO(kept[0])) as found:
        assert found.convert("RGB").getpixel((113, 150)) == (0, 0, 255)


def test_keys_move_and_size_the_frame_within_the_picture(sheet: Any, qtbot: Any) -> None:
    eye = FakeEye()
    shown, _ = sheet(eye)
    eye.seen.emit(picture("red"), ())
    for _ in range(3):
        qtbot.keyClicks(shown.view, "+")
    smaller = shown.view.frame
    assert smaller.width() < 160
    for _ in range(60):
        qtbot.keyClick(shown.view, Qt.Key.Key_Left)
    assert shown.view.frame.left() == 0
    qtbot.keyClick(shown.view, Qt.Key.Key_Right)
    assert shown.view.frame.left() > 0
    for _ in range(9):
        qtbot.keyClicks(shown.view, "-")
    assert shown.view.frame.height() == 300


def test_without_a_camera_it_is_a_file_and_a_broken_one_is_named(sheet: Any, tmp_path: Path) -> None:
    shown, kept = sheet()
    assert shown.snap.isHidden()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"GIF89a")
    shown.open_file(broken)
    assert not shown.keep.isEnabled()
    shown.keep.click()
    assert kept == []


def test_the_photo_of_a_slip_is_what_the_camera_sees_too(qtbot: Any) -> None:
    eye = FakeEye()
    picker = ProofPicker(eye)
    qtbot.addWidget(picker)
    eye.seen.emit(picture("red"), ())
    picker.findChildren(QPushButton)[2].click()
    with Image.open(io.BytesIO(picker.image or b"")) as found:
        assert found.convert("RGB").getpixel((200, 150)) == (255, 0, 0)
