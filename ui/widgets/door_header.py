"""The line above the answer: which way people pass, on which list, through which gate, and how many did."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from boxoffice.domain.passages import Direction
from ui import shapes, theme
from ui.language import number, tr
from ui.shapes import Shape

_ROOMY = 860
"""The width of a window from which figures are large."""


class DirectionSwitch(QWidget):
    """Entry or exit, both always visible, the one in force filled. Exit looks different in colour and arrow."""

    turned = Signal(object)
    """The `Direction` that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("direction")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._direction = Direction.ENTRY
        self._roomy = True
        self._tell()

    @property
    def direction(self) -> Direction:
        """The way in force."""
        return self._direction

    def set_direction(self, direction: Direction) -> None:
        """Show this way as the one in force."""
        self._direction = direction
        self._tell()
        self.update()

    def _tell(self) -> None:
        leaving = self._direction is Direction.EXIT
        self.setAccessibleName(tr("Direction: exit") if leaving else tr("Direction: entry"))
        self.setToolTip(tr("F7 turns the direction"))

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(theme.bold(19))
        wide = max(metrics.horizontalAdvance(tr("Entry")), metrics.horizontalAdvance(tr("Exit")))
        return QSize(round(2 * (wide + (78 if self._roomy else 54))), theme.TOUCH_AT_DOOR if self._roomy else 56)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def set_roomy(self, roomy: bool) -> None:
        """Take the room of a large window, or of a small one."""
        self._roomy = roomy
        self.updateGeometry()

    def turn(self) -> None:
        """The other way."""
        self.turned.emit(Direction.ENTRY if self._direction is Direction.EXIT else Direction.EXIT)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            return
        wanted = Direction.ENTRY if event.position().x() < self.width() / 2 else Direction.EXIT
        if wanted is not self._direction:
            self.turned.emit(wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wanted = {Qt.Key.Key_Left: Direction.ENTRY, Qt.Key.Key_Right: Direction.EXIT}.get(Qt.Key(event.key()))
        if wanted is not None and wanted is not self._direction:
            self.turned.emit(wanted)
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.turn()
        elif wanted is None:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(theme.color("muted"), 1.5))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(box, 12, 12)
        half = box.width() / 2
        entry = QRectF(box.left(), box.top(), half, box.height())
        exit_ = QRectF(box.left() + half, box.top(), half, box.height())
        leaving = self._direction is Direction.EXIT
        self._half(
            painter, entry, tr("Entry"), Shape.ENTER, None if leaving else (QColor(theme.VALID.fill), QColor("#000000"))
        )
        self._half(
            painter,
            exit_,
            tr("Exit"),
            Shape.ARROW,
            (QColor(theme.PASSING.fill), QColor("#FFFFFF")) if leaving else None,
        )
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 3))
            painter.drawRoundedRect(box, 12, 12)

    def _half(
        self, painter: QPainter, box: QRectF, text: str, shape: Shape, chosen: tuple[QColor, QColor] | None
    ) -> None:
        ink = chosen[1] if chosen else theme.color("muted")
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(chosen[0])
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), 9, 9)
        font = theme.bold(19) if chosen else theme.half_bold(17)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        x = box.center().x() - (wide + 30) / 2
        shapes.draw(painter, shape, QRectF(x, box.center().y() - 10, 20, 20), ink)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRectF(x + 30, box.top(), wide + 4, box.height()), Qt.AlignmentFlag.AlignVCenter, text)


class Place(QPushButton):
    """The list and the gate of this door; pressing it sets them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("place")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumSize(170, 56)
        self.setMaximumWidth(360)
        self._list = ""
        self._below = ""

    def show_place(self, list_name: str, below: str) -> None:
        """Show list and, below it, event and gate."""
        self._list, self._below = list_name, below
        self.setText(f"{list_name}, {below}" if below else list_name)
        self.setAccessibleName(tr("Check-in list and gate: {place}", place=self.text()))
        self.setToolTip(self.text())
        self.update()

    def sizeHint(self) -> QSize:
        wide = max(
            QFontMetricsF(theme.bold(20)).horizontalAdvance(self._list),
            QFontMetricsF(theme.font(15)).horizontalAdvance(self._below),
        )
        return QSize(min(round(wide) + 32, 360), theme.TOUCH_AT_DOOR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 3) if self.hasFocus() else QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(box, 10, 10)
        room = box.adjusted(12, 0, -12, 0)
        middle = box.center().y()
        self._line(painter, QRectF(room.left(), middle - 27, room.width(), 28), self._list, theme.bold(20), "ink")
        self._line(painter, QRectF(room.left(), middle + 3, room.width(), 22), self._below, theme.font(15), "muted")

    def _line(self, painter: QPainter, room: QRectF, text: str, font: QFont, colour: str) -> None:
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(theme.color(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class CountView(QWidget):
    """How many are inside, and how many of how many have come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("counts")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._inside: int | None = None
        self._came: int | None = None
        self._expected: int | None = None
        self._entries = 0

    def show_counts(self, *, inside: int, came: int, entries: int, expected: int | None) -> None:
        """Show these figures; `expected` may not be known yet."""
        self._inside, self._came, self._entries, self._expected = inside, came, entries, expected
        self.setAccessibleName(f"{tr('Inside')} {number(inside)}, {tr('Came')} {self._share}")
        self.setToolTip(
            tr(
                "{inside} inside now. {came} tickets came in, {entries} entries in all.",
                inside=number(inside),
                came=number(came),
                entries=number(entries),
            )
        )
        self.updateGeometry()
        self.update()

    @property
    def _figures(self) -> QFont:
        return theme.bold(22 if self.window().width() >= _ROOMY else 17)

    @property
    def text(self) -> str:
        """The figures as they stand there."""
        return f"{_figure(self._inside)} {self._share}"

    @property
    def _share(self) -> str:
        if self._expected is None:
            return _figure(self._came)
        return tr("{n} of {all}", n=_figure(self._came), all=number(self._expected))

    def sizeHint(self) -> QSize:
        figures = QFontMetricsF(self._figures)
        words = QFontMetricsF(theme.font(13))
        first = max(figures.horizontalAdvance(_figure(self._inside)), words.horizontalAdvance(tr("Inside")))
        second = max(figures.horizontalAdvance(self._share), words.horizontalAdvance(tr("Came")))
        return QSize(round(first + second + 44), theme.TOUCH_AT_DOOR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        figures = self._figures
        first = max(
            QFontMetricsF(figures).horizontalAdvance(_figure(self._inside)),
            QFontMetricsF(theme.font(13)).horizontalAdvance(tr("Inside")),
        )
        top = self.height() / 2 - 27
        columns = ((8.0, tr("Inside"), _figure(self._inside)), (first + 30, tr("Came"), self._share))
        for x, word, figure in columns:
            painter.setFont(theme.font(13))
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(x, top, self.width() - x, 18), Qt.AlignmentFlag.AlignVCenter, word)
            painter.setFont(figures)
            painter.setPen(theme.color("ink"))
            painter.drawText(QRectF(x, top + 17, self.width() - x, 30), Qt.AlignmentFlag.AlignVCenter, figure)
        self._paint_bar(painter, QRectF(8, top + 50, self.width() - 16, 5))

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        if not self._expected or self._came is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line"))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        share = min(1.0, self._came / self._expected)
        painter.setBrush(theme.color("good"))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * share, 5), bar.height()), 2.5, 2.5)


def _figure(value: int | None) -> str:
    """A figure, or the place where it will stand: nobody is told nought before it was counted."""
    return "–" if value is None else number(value)
