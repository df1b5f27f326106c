"""A paper on the screen, letter by letter in its columns: amounts stand below each other, whatever is before them.

No typeface of a system keeps Chinese letters twice as wide as Latin ones next to each other; a printer does.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from printers import cells
from ui import theme

_PIXELS = 15


class Typed(QWidget):
    """Lines of a paper of so many columns."""

    def __init__(self, text: str, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = text.splitlines()
        self._columns = columns
        self._letters = _typewriter()
        metrics = QFontMetricsF(self._letters)
        self._wide, self._high = metrics.horizontalAdvance("0"), metrics.height() + 2
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription(text)
        theme.the().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(round(self._columns * self._wide) + 2, round(len(self._lines) * self._high))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._letters)
        painter.setPen(theme.color("ink"))
        first = int(event.rect().top() // self._high)
        last = int(event.rect().bottom() // self._high) + 1
        for number, line in enumerate(self._lines[first:last], start=first):
            self._paint_line(painter, line, number * self._high)

    def _paint_line(self, painter: QPainter, line: str, top: float) -> None:
        column = 0
        for letter in cells.letters(line):
            taken = cells.width_of(letter)
            place = QRectF(column * self._wide, top, max(taken, 1) * self._wide, self._high)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, letter)
            column += taken


def _typewriter() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(_PIXELS)
    return font
