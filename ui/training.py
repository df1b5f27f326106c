"""Training at the till: what it looks like, and how it begins and ends.

Stripes as on a barrier lie above and below every screen, so that nobody takes it for the real thing, and nobody trains
unawares. What is sold counts nowhere; it ends with a press, and with the app.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.errors import Trouble
from boxoffice.staff import Staff

from . import shapes, theme
from .courier import Courier
from .language import tr
from .widgets.buttons import Button

_GROUND, _INK = QColor("#FFB000"), QColor("#000000")
_EDGE = 8


class Band(QWidget):
    """Stripes over the whole width; with words, where there is room for them."""

    end_pressed = Signal()

    def __init__(self, *, speaks: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_band")
        self.setFixedHeight(64 if speaks else 2 * _EDGE)
        if not speaks:
            return
        row = QHBoxLayout(self)
        row.setContentsMargins(20, _EDGE, 12, _EDGE)
        words = QLabel(tr("TRAINING · nothing of this counts"))
        words.setFont(theme.bold(17))
        words.setStyleSheet("color: #000000; background: transparent;")
        self.setAccessibleName(words.text())
        end = Button(tr("End training"))
        end.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        end.clicked.connect(self.end_pressed)
        row.addWidget(words, 1)
        row.addWidget(end)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        wide, high = self.width(), self.height()
        for top in {0, high - _EDGE}:
            shapes.stripes(painter, QRectF(0, top, wide, _EDGE), _INK, 18)


class Training(QObject):
    """Begins and ends it, and puts the bands where they are seen."""

    changed = Signal()

    def __init__(self, staff: Staff, courier: Courier, above: QVBoxLayout, below: QVBoxLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._staff = staff
        self._courier = courier
        self._bands: list[Band] = []
        self.move_in(above, below)

    def move_in(self, above: QVBoxLayout, below: QVBoxLayout) -> None:
        """The window was made anew."""
        self._above, self._below = above, below
        self._bands = []
        self._show()

    def begin(self, failed: Callable[[Trouble], object]) -> None:
        """Train from now on, if somebody stands by it."""
        self._courier.attempt(self._staff.begin_training, to=self, done=lambda _: self._turn(), failed=failed)

    def end(self) -> None:
        """From now on it counts."""
        self._staff.end_training()
        self._turn()

    def _turn(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        if self._staff.training and not self._bands:
            upper, lower = Band(speaks=True), Band(speaks=False)
            upper.end_pressed.connect(self.end)
            self._above.insertWidget(0, upper)
            self._below.addWidget(lower)
            self._bands = [upper, lower]
        if not self._staff.training:
            for band in self._bands:
                band.hide()
                band.deleteLater()
            self._bands = []
