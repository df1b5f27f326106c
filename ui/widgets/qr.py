"""A QR code on the screen, as sharp as the screen is, dark on white in every look."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.language import tr


class QrPicture(QWidget):
    """Shows one text as a code; nothing for none."""

    def __init__(self, text: str = "", side: int = 220, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._cells: list[list[bool]] = []
        self.setFixedSize(side, side)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text."""
        from qrcode.constants import ERROR_CORRECT_M
        from qrcode.main import QRCode

        self._cells = []
        if text:
            code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
            code.add_data(text)
            self._cells = [[bool(cell) for cell in row] for row in code.get_matrix()]
        self.setAccessibleName(tr("Code to pay with: {text}", text=text) if text else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._cells:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        step = self.width() / len(self._cells)
        for y, row in enumerate(self._cells):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(QRectF(x * step, y * step, step + 0.5, step + 0.5), Qt.GlobalColor.black)
