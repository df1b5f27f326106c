"""A QR code on the screen, as sharp as the screen is, dark on white in every look."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

Cells = list[list[bool]]
"""Row by row, whether a cell is dark; with the quiet zone that readers ask for."""


def cells_of(text: str) -> Cells:
    """The cells of a code; none for no text."""
    if not text:
        return []
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    return [[bool(cell) for cell in row] for row in code.get_matrix()]


def paint_cells(painter: QPainter, place: QRectF, cells: Cells) -> None:
    """Paint a code into the middle of a place, on white. All cells are alike, so that none is blurred."""
    side = int(min(place.width(), place.height())) // len(cells)
    full = side * len(cells)
    left = round(place.center().x() - full / 2)
    top = round(place.center().y() - full / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(left, top, full, full, Qt.GlobalColor.white)
    for y, row in enumerate(cells):
        for x, dark in enumerate(row):
            if dark:
                painter.fillRect(left + x * side, top + y * side, side, side, Qt.GlobalColor.black)
    painter.restore()


class QrPicture(QWidget):
    """Shows one text as a code, under a name for those who do not see it; nothing for no text."""

    def __init__(self, text: str, name: str, side: int = 220, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._cells = cells_of(text)
        self.setAccessibleName(name)
        self.setFixedSize(side, side)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._cells:
            paint_cells(QPainter(self), QRectF(self.rect()), self._cells)
