"""The pages of a PDF as pictures: for the system's printers, and to be seen beforehand as they will be printed.

Where nobody has such a page, what reads PDF is never loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfDocument

_POINTS = 72
"""An inch of them, as PDF counts."""
_GAP = 16
_BETWEEN = QColor("#8a93a3")


class Sheet:
    """One page: its size, and its picture as fine as it is asked for."""

    def __init__(self, document: QPdfDocument, number: int) -> None:
        self._document = document
        self._number = number

    @property
    def millimetres(self) -> QSizeF:
        """How large it is."""
        return QSizeF(self._document.pagePointSize(self._number)) / _POINTS * 25.4

    def drawn(self, dpi: int) -> QImage:
        """As opaque as paper: what can be seen through is slow, or black, on some systems."""
        page = self._document.render(self._number, (self.millimetres / 25.4 * dpi).toSize())
        sheet = QImage(page.size(), QImage.Format.Format_RGB32)
        sheet.fill(Qt.GlobalColor.white)
        painter = QPainter(sheet)
        painter.drawImage(QPointF(), page)
        painter.end()
        return sheet


def sheets(data: bytes) -> Iterator[Sheet]:
    """The pages, one after the other; each is to be drawn before the next one is asked for."""
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    try:
        yield from (Sheet(document, number) for number in range(document.pageCount()))
    finally:
        document.close()


def below_each_other(data: bytes, dpi: int) -> QImage:
    """All pages as one picture."""
    drawn = [sheet.drawn(dpi) for sheet in sheets(data)]
    wide = max((page.width() for page in drawn), default=1)
    tall = sum(page.height() for page in drawn) + _GAP * (len(drawn) - 1)
    whole = QImage(wide, max(1, tall), QImage.Format.Format_RGB32)
    whole.fill(_BETWEEN)
    painter, top = QPainter(whole), 0
    for page in drawn:
        painter.drawImage((wide - page.width()) // 2, top, page)
        top += page.height() + _GAP
    painter.end()
    return whole
