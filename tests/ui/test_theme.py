"""Every pair of colours that words are read in, computed: nobody has to squint."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import shapes, theme
from ui.answers import Kind
from ui.widgets.choice import Measure, Number

READ_ON = [
    ("ink", "window"),
    ("ink", "surface"),
    ("ink", "raised"),
    ("muted", "window"),
    ("muted", "surface"),
    ("muted", "raised"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_selection", "selection"),
    ("on_mark", "mark"),
    ("good", "window"),
    ("good", "surface"),
    ("warn", "window"),
    ("warn", "surface"),
    ("bad", "window"),
    ("bad", "surface"),
    ("accent", "window"),
    ("accent", "surface"),
    ("on_banner", "banner"),
    ("window", "ink"),
]
LOOKS = {"light": theme.LIGHT, "dark": theme.DARK, "door": theme.DOOR}


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminance, 1 to 21, as WCAG computes it."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("text", "ground"), READ_ON)
def test_words_are_readable_in_every_look(look: str, text: str, ground: str) -> None:
    colours = LOOKS[look]
    assert contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("kind", Kind)
def test_answers_are_readable(kind: Kind) -> None:
    assert contrast(kind.tone.text, kind.tone.fill) >= 4.5


def test_stripes_leave_the_words_of_a_caution_readable() -> None:
    fill = QColor(theme.CAUTION.fill)
    darkest = QColor.fromRgbF(*(channel * (1 - 16 / 255) for channel in fill.getRgbF()[:3])).name()
    assert contrast(theme.CAUTION.text, darkest) >= 4.5


@pytest.mark.parametrize("look", LOOKS)
def test_focus_is_seen(look: str) -> None:
    colours = LOOKS[look]
    assert min(contrast(colours.focus, ground) for ground in (colours.window, colours.surface)) >= 3


def test_the_four_signs_differ_without_any_colour(qapp: object) -> None:
    drawn = [_silhouette(kind) for kind in Kind]
    for index, one in enumerate(drawn):
        for other in drawn[index + 1 :]:
            assert sum(a != b for a, b in zip(one, other, strict=True)) > 0.12 * len(one)


def _silhouette(kind: Kind) -> list[bool]:
    picture = QImage(64, 64, QImage.Format.Format_Grayscale8)
    picture.fill(255)
    painter = QPainter(picture)
    shapes.draw(painter, kind.shape, QRectF(0, 0, 64, 64), QColor("black"), QColor("white"))
    painter.end()
    return [QColor(picture.pixel(x, y)).lightness() < 128 for y in range(64) for x in range(64)]


def test_door_mode_is_dark_from_its_first_picture(evening: object) -> None:
    evening.prefer(door_mode=True)  # type: ignore[attr-defined]
    window = evening.open()  # type: ignore[attr-defined]
    assert QColor(window.palette().window().color()).lightness() < 20
    assert window.isFullScreen()


class Litter(QObject):
    """Python that Qt asks on its way along the widgets, and that leaves one behind in a circle each time."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self._told = told

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's own)
        if event.type() is QEvent.Type.StyleChange:
            left: Any = QWidget()
            left.itself = left
            left.destroyed.connect(lambda: self._told.append("collected"))
        return False


def test_no_widget_is_collected_while_qt_walks_along_all_of_them(qapp: QApplication, qtbot: QtBot) -> None:
    told: list[str] = []
    theme.install(theme.Look.LIGHT)
    litter, shown, collects = Litter(told), QWidget(), gc.get_threshold()
    qtbot.addWidget(shown)
    for _ in range(5):
        QWidget(shown)
    shown.show()
    theme.the().changed.connect(lambda: told.append("worn"))
    qapp.installEventFilter(litter)
    gc.set_threshold(1)
    try:
        theme.wear(theme.Look.DARK)
    finally:
        gc.set_threshold(*collects)
        qapp.removeEventFilter(litter)
    gc.collect()
    QApplication.processEvents()
    assert told[0] == "worn"
    assert "collected" in told


def test_figures_are_seen_in_another_look_as_well(qapp: QApplication, qtbot: QtBot) -> None:
    theme.install(theme.Look.LIGHT)
    page = QWidget()
    rows = QVBoxLayout(page)
    fields = [Number("Seconds"), Measure("Width", "mm", 1, 99)]
    for field in fields:
        rows.addWidget(field)
    qtbot.addWidget(page)
    page.resize(400, 200)
    page.show()
    before = [field.lineEdit().geometry() for field in fields]
    theme.wear(theme.Look.DARK)
    QApplication.processEvents()
    assert [field.lineEdit().geometry() for field in fields] == before
    assert min(place.width() for place in before) > 200
