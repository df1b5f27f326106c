"""A passing word at the foot of the window: something was done, or cannot be done now. Nobody has to answer it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from . import theme

_STAYS = 4000


class Notices(QWidget):
    """Shows one at a time over its window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("notice")
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = ""
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(_STAYS)
        self._end.timeout.connect(self.hide)
        window.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown now, or was last."""
        return self._text

    def say(self, text: str) -> None:
        """Show this for a moment."""
        self._text = text
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._end.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        window = self._window
        room = window.width() - 48
        metrics = QFontMetricsF(theme.half_bold(17))
        wide = min(metrics.horizontalAdvance(self._text) + 56, room)
        flags = int(Qt.TextFlag.TextWordWrap)
        tall = metrics.boundingRect(QRectF(0, 0, wide - 48, 400), flags, self._text).height() + 30
        self.setGeometry(
            round((window.width() - wide) / 2), round(window.height() - tall - 28), round(wide), round(tall)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ink"))
        painter.drawRoundedRect(QRectF(self.rect()), 12, 12)
        painter.setPen(theme.color("window"))
        painter.setFont(theme.half_bold(17))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(20, 6, -20, -6), flags, self._text)
