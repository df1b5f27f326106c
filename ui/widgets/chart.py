"""Amounts over time as columns, painted by hand: with its unit, a scale, and words where there is nothing yet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from boxoffice.domain.documents import Row
from ui import theme
from ui.language import number, tr
from ui.money import bare, money

_SMALL = 12.5
_WIDEST = 72.0
"""Of a column: a single one is no wall."""
_LEFT, _FOOT, _HEAD = 74.0, 24.0, 28.0


class ColumnChart(QWidget):
    """One column a row; what went back is painted below the line."""

    def __init__(self, rows: Sequence[Row], currency: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._currency = currency
        self.setMinimumHeight(190)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(self._words(row) for row in rows) or tr("Nothing was sold yet"))
        theme.the().changed.connect(self.update)

    def _words(self, row: Row) -> str:
        return f"{row.label}: {money(row.amount or 0, self._currency)} ({number(row.count or 0)})"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(_SMALL))
        if not any(row.amount or row.count for row in self._rows):
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, tr("Nothing was sold yet"))
            return
        self._paint_scale(painter)
        for place, row in enumerate(self._rows):
            self._paint_column(painter, place, row)

    @property
    def _span(self) -> tuple[int, int]:
        amounts = [row.amount or 0 for row in self._rows]
        return min(0, *amounts, 0), max(1, *amounts, 1)

    def _plot(self) -> QRectF:
        return QRectF(_LEFT, _HEAD, max(10.0, self.width() - _LEFT - 6), max(10.0, self.height() - _HEAD - _FOOT))

    def _height_of(self, amount: int) -> float:
        least, most = self._span
        plot = self._plot()
        return plot.bottom() - (amount - least) / (most - least) * plot.height()

    def _paint_scale(self, painter: QPainter) -> None:
        least, most = self._span
        plot = self._plot()
        for amount in dict.fromkeys((least, 0, most)):
            high = self._height_of(amount)
            painter.setPen(QPen(theme.color("line"), 1 if amount else 1.5))
            painter.drawLine(QPointF(plot.left(), high), QPointF(plot.right(), high))
            painter.setPen(theme.color("muted"))
            place = QRectF(0, high - 9, _LEFT - 8, 18)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, right, bare(amount, self._currency))
        painter.drawText(QRectF(0, 0, _LEFT - 8, 18), Qt.AlignmentFlag.AlignRight, self._currency)

    def _column(self, place: int) -> QRectF:
        plot = self._plot()
        wide = plot.width() / len(self._rows)
        return QRectF(plot.left() + place * wide, plot.top(), wide, plot.height())

    def _paint_column(self, painter: QPainter, place: int, row: Row) -> None:
        column, amount = self._column(place), row.amount or 0
        gap = max(min(6.0, column.width() * 0.15), (column.width() - _WIDEST) / 2)
        zero, high = self._height_of(0), self._height_of(amount)
        bar = QRectF(column.left() + gap, min(zero, high), column.width() - 2 * gap, abs(zero - high))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if amount >= 0 else "bad"))
        painter.drawRect(bar)
        metrics = QFontMetricsF(painter.font())
        widest = max(metrics.horizontalAdvance(one.label) for one in self._rows) + 10
        every = max(1, -(-int(widest) // max(1, int(column.width()))))
        if place % every:
            return
        painter.setPen(theme.color("muted"))
        left = min(max(column.center().x() - widest / 2, 0.0), self.width() - widest)
        words = QRectF(left, self.height() - 20.0, widest, 18)
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter, row.label)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            for place, row in enumerate(self._rows):
                if self._column(place).contains(QPointF(event.pos())):
                    QToolTip.showText(event.globalPos(), self._words(row), self)
                    return True
        return super().event(event)
