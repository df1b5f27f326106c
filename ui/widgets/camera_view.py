"""What the camera sees, with the code that was found outlined, or why there is no picture."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import shapes, theme
from ui.language import tr
from ui.shapes import Shape

_OUTLINE_STAYS = 900


class CameraView(QWidget):
    """The newest picture only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("camera")
        self.setAccessibleName(tr("Camera"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        # Nothing behind it shines through: with each new picture, nothing else of the window is painted.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture: QImage | None = None
        self._outlines: tuple[QPolygonF, ...] = ()
        self._message = ""
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(_OUTLINE_STAYS)
        self._forget.timeout.connect(self._on_forget)

    @property
    def message(self) -> str:
        """Why there is no picture; empty if there is one."""
        return self._message

    def show_picture(self, picture: QImage, outlines: Sequence[Sequence[tuple[float, float]]] = ()) -> None:
        """Show a picture; a code that was found stays outlined for a moment."""
        self._picture = picture
        self._message = ""
        if outlines:
            self._outlines = tuple(QPolygonF([QPointF(x, y) for x, y in one]) for one in outlines)
            self._forget.start()
        self.update()

    def show_message(self, message: str) -> None:
        """Say why there is no picture."""
        self._message = message
        self._picture = None
        self._outlines = ()
        self.setAccessibleDescription(message)
        self.setToolTip(message)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(256, 144)

    def _on_forget(self) -> None:
        self._outlines = ()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor("#0B0E12"))
        if self._picture is None:
            self._paint_message(painter)
            return
        fitted = QRectF(self.rect())
        scale = min(fitted.width() / self._picture.width(), fitted.height() / self._picture.height())
        size = QSize(round(self._picture.width() * scale), round(self._picture.height() * scale))
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(QRect(left, top, size.width(), size.height()), self._picture)
        painter.translate(left, top)
        painter.scale(scale, scale)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, wide in (("#000000", 7), (theme.VALID.fill, 4)):
            painter.setPen(QPen(QColor(colour), wide / scale))
            for outline in self._outlines:
                painter.drawPolygon(outline)

    def _paint_message(self, painter: QPainter) -> None:
        side = min(40.0, self.height() * 0.3)
        top = self.height() * 0.5 - side - 4
        shapes.draw(painter, Shape.CAMERA, QRectF((self.width() - side) / 2, top, side, side), QColor("#9FADBA"))
        painter.setPen(QColor("#D5DDE5"))
        painter.setFont(theme.font(13))
        room = QRectF(self.rect()).adjusted(10, top + side + 6, -10, -4)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self._message)
