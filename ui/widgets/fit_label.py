"""A label for names of every length and script.

It wraps where there is no space too (Chinese, long single words), takes as many lines as it may, makes the
letters smaller within bounds, and only then leaves something out, which its tool tip shows.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from ui import theme


class FitLabel(QLabel):
    """Text of at most `lines` lines in letters of `pixels`, or smaller ones down to `least`."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        pixels: float = theme.TEXT,
        least: float | None = None,
        weight: QFont.Weight = QFont.Weight.Normal,
        lines: int = 1,
    ) -> None:
        super().__init__(parent)
        self._weight = weight
        self._lines = lines
        self._pixels = pixels
        self._least = least or pixels
        self._ink: QColor | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(pixels, weight))

    def set_pixels(self, pixels: float, least: float | None = None) -> None:
        """Change the height of the letters."""
        self._pixels = pixels
        self._least = least or pixels
        self.setFont(theme.font(pixels, self._weight))
        self.updateGeometry()

    def set_ink(self, ink: QColor | None) -> None:
        """Paint in this colour instead of the window's."""
        self._ink = ink
        self.update()

    def set_lines(self, lines: int) -> None:
        """Change how many lines there may be."""
        self._lines = lines

    def needed(self, width: float, pixels: float | None = None) -> float:
        """The height that the text takes in this width, within its lines."""
        if not self.text():
            return 0.0
        font = theme.font(pixels or self._pixels, self._weight)
        return min(_line_count(self.text(), font, width), self._lines) * _line_height(font)

    def fitted(self, width: float) -> float:
        """The height of the letters that this width leads to."""
        pixels = self._pixels
        while pixels > self._least and not self.fits(width, pixels):
            pixels = max(self._least, pixels - 1)
        return pixels

    def fits(self, width: float, pixels: float) -> bool:
        """Whether the whole text can be shown in this width with letters of this height."""
        return _line_count(self.text(), theme.font(pixels, self._weight), width) <= self._lines

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        return QSize(round(metrics.horizontalAdvance(self.text())) + 2, round(_line_height(self.font())))

    def minimumSizeHint(self) -> QSize:
        return QSize(24, round(_line_height(theme.font(self._least, self._weight))))

    def hasHeightForWidth(self) -> bool:
        return self._lines > 1

    def heightForWidth(self, width: int) -> int:
        return round(self.needed(width)) or -1

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.text():
            return
        painter = QPainter(self)
        painter.setPen(self._ink or self.palette().windowText().color())
        font = theme.font(self.fitted(self.width()), self._weight)
        whole = _paint(painter, self.text(), font, self.width(), self.height(), self._lines, self.alignment())
        self.setToolTip("" if whole else self.text())


def _line_height(font: QFont) -> float:
    return QFontMetricsF(font).lineSpacing()


def _laid_out(text: str, font: QFont, width: float) -> QTextLayout:
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1.0))
    layout.endLayout()
    return layout


def _line_count(text: str, font: QFont, width: float) -> int:
    return _laid_out(text, font, width).lineCount() if text else 0


def _paint(
    painter: QPainter, text: str, font: QFont, width: float, height: float, most: int, alignment: Qt.AlignmentFlag
) -> bool:
    """Paint at most so many lines; whether everything was shown. Arabic names stand at the left like others."""
    layout = _laid_out(text, font, width)
    step = _line_height(font)
    shown = max(1, min(most, layout.lineCount(), round(height / step) or 1))
    y = (height - shown * step) / 2 if alignment & Qt.AlignmentFlag.AlignVCenter else 0.0
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    whole = layout.lineCount() <= shown
    for index in range(shown):
        line = layout.lineAt(index)
        piece = layout.text()[line.textStart() : line.textStart() + line.textLength()].rstrip("\u2028 ")
        if index == shown - 1 and not whole:
            piece = metrics.elidedText(layout.text()[line.textStart() :], Qt.TextElideMode.ElideRight, width)
        taken = metrics.horizontalAdvance(piece)
        x = 0.0
        if alignment & Qt.AlignmentFlag.AlignHCenter:
            x = (width - taken) / 2
        elif alignment & Qt.AlignmentFlag.AlignRight:
            x = width - taken
        painter.drawText(QPointF(x, y + index * step + metrics.ascent()), piece)
    return whole
