"""The time that an answer has left, as a bar along its upper edge."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.language import tr


class Countdown(QWidget):
    """A bar that becomes shorter until the answer goes."""

    over = Signal()

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.setObjectName("countdown")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Time until the answer goes"))
        self._whole = 0.0
        self._before = 0.0
        self._ink = QColor()
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(40)
        self._tick.timeout.connect(self._on_tick)
        self.hide()

    @property
    def running(self) -> bool:
        """Whether an answer is about to go."""
        return self._whole > 0

    @property
    def left(self) -> float:
        """Seconds left."""
        passed = self._before + (self._clock.elapsed() / 1000 if self._tick.isActive() else 0.0)
        return max(0.0, self._whole - passed)

    def start(self, seconds: float, ink: str) -> None:
        """Begin with all of it, in this colour."""
        self._whole, self._before, self._ink = seconds, 0.0, QColor(ink)
        self._clock.start()
        self._tick.start()
        self.raise_()
        self.show()

    def stop(self) -> None:
        """No time passes any more."""
        self._whole = 0.0
        self._tick.stop()
        self.hide()

    def pause(self, paused: bool) -> None:
        """Stand still, or go on where it stood."""
        if not self.running or paused != self._tick.isActive():
            return
        if paused:
            self._before += self._clock.elapsed() / 1000
            self._tick.stop()
        else:
            self._clock.start()
            self._tick.start()

    def _on_tick(self) -> None:
        if self.left > 0:
            self.update()
            return
        self.stop()
        self.over.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.running:
            return
        painter = QPainter(self)
        ink = QColor(self._ink)
        ink.setAlpha(40)
        painter.fillRect(self.rect(), ink)
        ink.setAlpha(220)
        painter.fillRect(QRect(QPoint(0, 0), self.rect().bottomRight()).adjusted(0, 0, -self._gone(), 0), ink)

    def _gone(self) -> int:
        return round(self.width() * (1 - self.left / self._whole))
