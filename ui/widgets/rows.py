"""Rows to tick: what was handed out, who of an order comes along, which options were chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ui import shapes, theme
from ui.shapes import Shape


class CheckRow(QCheckBox):
    """One line to tick over its whole width, with a second line below it and a word at the end."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        below: str = "",
        end: str = "",
        one_of_many: bool = False,
        height: int = 52,
    ) -> None:
        super().__init__(text, parent)
        self._below = below
        self._end = end
        self._one_of_many = one_of_many
        self.setMinimumHeight(max(height, theme.TOUCH))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(", ".join(part for part in (text, below, end) if part))

    def set_end(self, end: str) -> None:
        """Say something else at the end."""
        if end != self._end:
            self._end = end
            self.setAccessibleName(", ".join(part for part in (self.text(), self._below, end) if part))
            self.update()

    def hitButton(self, pos: object) -> bool:  # noqa: ARG002 - the whole row is the button
        return True

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(theme.font(17))
        return QSize(round(metrics.horizontalAdvance(self.text())) + 96, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        self._paint_ground(painter, box)
        ink = theme.color("ink") if self.isEnabled() else theme.color("muted")
        self._paint_tick(painter, QRectF(box.left() + 12, box.center().y() - 12, 24, 24), ink)
        self._paint_words(painter, box.adjusted(50, 0, -14, 0), ink)

    def _paint_ground(self, painter: QPainter, box: QRectF) -> None:
        hot = self.isEnabled() and (self.underMouse() or self.isChecked())
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("selection") if self.isChecked() else theme.color("raised" if hot else "surface"))
        painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2.5))
            painter.drawRoundedRect(box, 8, 8)

    def _paint_tick(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        radius = 12 if self._one_of_many else 6
        checked = self.isChecked()
        painter.setPen(QPen(theme.color("accent") if checked else ink, 2))
        painter.setBrush(theme.color("accent") if checked else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place, radius, radius)
        if checked:
            shapes.draw(painter, Shape.CLEAR, place.adjusted(3, 3, -3, -3), theme.color("on_accent"))

    def _paint_words(self, painter: QPainter, room: QRectF, ink: QColor) -> None:
        small = QFontMetricsF(theme.font(13))
        end = min(small.horizontalAdvance(self._end), room.width() * 0.45) if self._end else 0.0
        words = room.adjusted(0, 0, -(end + 10 if end else 0), 0)
        if self._end:
            painter.setFont(theme.font(13))
            painter.setPen(theme.color("muted") if not self.isChecked() else theme.color("on_selection"))
            shown = small.elidedText(self._end, Qt.TextElideMode.ElideRight, end + 1)
            place = QRectF(room.right() - end - 1, room.top(), end + 2, room.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(theme.color("on_selection") if self.isChecked() else ink)
        self._paint_line(painter, words.adjusted(0, 5, 0, -22) if self._below else words, self.text(), 17)
        if self._below:
            painter.setPen(theme.color("muted") if not self.isChecked() else theme.color("on_selection"))
            self._paint_line(painter, words.adjusted(0, 27, 0, -4), self._below, 13)

    def _paint_line(self, painter: QPainter, room: QRectF, text: str, pixels: float) -> None:
        font = theme.font(pixels)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        if shown != text:
            self.setToolTip(text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def scrolled(rows: Sequence[CheckRow], name: str) -> QScrollArea:
    """Rows below each other, all of them where they are few, else as many as leave room for the rest of a sheet."""
    ground = QWidget()
    ground.setProperty("role", "page")
    column = QVBoxLayout(ground)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_APART)
    for row in rows:
        column.addWidget(row)
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(ground)
    high = sum(row.minimumHeight() + _APART for row in rows[:_AT_ONCE])
    area.setFixedHeight(high + (_HALF if len(rows) > _AT_ONCE else 0))
    return area


_AT_ONCE = 4
_APART = 6
_HALF = 26
"""Part of a row, so that it is seen that there are more."""
