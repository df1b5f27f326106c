"""The ground of an answer: its fill, and stripes where it is a caution."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from ui import shapes
from ui.answers import Kind


class Ground:
    """Fill and stripes of a widget, kept: the countdown has them painted again many times a second."""

    def __init__(self, of: QWidget) -> None:
        self._of = of
        self._kept: tuple[tuple[Kind, QSize, float, int], QPixmap] | None = None

    def picture(self, kind: Kind, top: int) -> QPixmap:
        """As large as the widget; the upper stripes begin `top` pixels below its edge."""
        size, ratio = self._of.size(), self._of.devicePixelRatio()
        key = (kind, size, ratio, top)
        if self._kept is None or self._kept[0] != key:
            ground = QPixmap(size * ratio)
            ground.setDevicePixelRatio(ratio)
            ground.fill(QColor(kind.tone.fill))
            if kind is Kind.CAUTION:
                self._paint_stripes(ground, float(top))
            self._kept = (key, ground)
        return self._kept[1]

    def _paint_stripes(self, ground: QPixmap, top: float) -> None:
        painter = QPainter(ground)
        whole = QRectF(self._of.rect())
        shapes.stripes(painter, whole, QColor(0, 0, 0, 16), 44)
        edge = max(10.0, min(22.0, whole.height() / 24))
        for y in (top, whole.height() - edge):
            shapes.stripes(painter, QRectF(0, y, whole.width(), edge), QColor(0, 0, 0, 215), 22)
        painter.end()
