"""Fields that are seen in every look and large enough for a finger: a choice, a number, a measure."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox, QSpinBox, QWidget

from ui import theme

_ARROW = 36


class Choice(QComboBox):
    """One of several."""

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(theme.TOUCH)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        _chevron(painter, QRect(self.width() - _ARROW, 0, _ARROW, self.height()), up=False, able=self.isEnabled())

    def wheelEvent(self, event: object) -> None:
        """A wheel scrolls the page; it does not change what is set on the way."""
        event.ignore()  # type: ignore[attr-defined]


class Number(QSpinBox):
    """A whole number, with arrows at its right end."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            _give_room(self, 2 * _ARROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _give_room(self, 2 * _ARROW)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        _give_room(self, 2 * _ARROW)

    def __init__(self, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(theme.TOUCH)
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        for up in (True, False):
            _chevron(painter, self._arrow(up=up), up=up, able=self.isEnabled())

    def _arrow(self, *, up: bool) -> QRect:
        left = self.width() - (_ARROW if up else 2 * _ARROW)
        return QRect(left, 0, _ARROW, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        for up in (True, False):
            if self._arrow(up=up).contains(place):
                self.stepBy(1 if up else -1)
                return
        super().mousePressEvent(event)

    def wheelEvent(self, event: object) -> None:
        """A wheel scrolls the page; it does not change what is set on the way."""
        event.ignore()  # type: ignore[attr-defined]


class Measure(QDoubleSpinBox):
    """A length or a size of letters, typed; arrow keys change it by a step."""

    def __init__(self, name: str, unit: str, least: float, most: float, step: float = 0.5) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.setMinimumHeight(theme.TOUCH)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setDecimals(2)
        self.setRange(least, most)
        self.setSingleStep(step)
        self.setSuffix(f" {unit}")
        self.setKeyboardTracking(False)

    def textFromValue(self, value: float) -> str:
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", self.locale().decimalPoint())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            _give_room(self, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _give_room(self, 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        _give_room(self, 0)

    def wheelEvent(self, event: object) -> None:
        """A wheel scrolls the page; it does not change what is set on the way."""
        event.ignore()  # type: ignore[attr-defined]


def _give_room(box: QAbstractSpinBox, right: int) -> None:
    """Let the figure have the whole field: a style sheet leaves it no room where the buttons are gone."""
    box.lineEdit().setGeometry(box.rect().adjusted(10, 3, -10 - right, -3))


def _chevron(painter: QPainter, box: QRect, *, up: bool, able: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(theme.color("muted" if able else "disabled"), 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    middle, tip = QPointF(box.center()), 3.0 if up else -3.0
    points = [QPointF(middle.x() + x, middle.y() + (tip if x else -tip)) for x in (-5, 0, 5)]
    painter.drawPolyline(QPolygonF(points))
