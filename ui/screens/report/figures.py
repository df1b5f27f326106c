"""A report to be read on the screen: each part a card, with bars where parts of a whole stand below each other.

It shows the same values that come out on paper, in the words of the paper's own catalogue.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.domain.documents import Report, Row, Section
from boxoffice.domain.shift_report import WALK_INS
from boxoffice.domain.takings import HOURS
from boxoffice.services.reports import DAYS
from printers.phrases import Speech
from ui import language, theme
from ui.card_words import card_words
from ui.language import clock, number
from ui.money import bare
from ui.widgets.chart import ColumnChart

_CHARTS = (HOURS, DAYS)
_BARRED = frozenset(
    {
        *("Items", "Categories", "Cashiers", "Stations", "Tenders", "Discounts"),
        *("Tickets sold", "Ordered, not paid", "Tickets by state"),
    }
)
_ROW = 30
_BAR = 4.0
_NARROWEST = 430
"""A column of cards."""


def say(text: str) -> str:
    """A phrase of a report in the language of the screen."""
    return Speech(language.language()).say(text)


class Rows(QWidget):
    """Labels at the left, counts and amounts below each other at the right."""

    def __init__(self, section: Section, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = section.rows
        self._currency = currency
        self._barred = section.title in _BARRED
        self.setFixedHeight(_ROW * len(self._rows) + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(say(section.title))
        self.setAccessibleDescription("; ".join(" ".join(self._cells(row)).strip() for row in self._rows))
        theme.the().changed.connect(self.update)

    def _cells(self, row: Row) -> tuple[str, str, str]:
        amount = "" if row.amount is None else bare(row.amount, self._currency)
        count = "" if row.count is None else number(row.count)
        if row.at is not None:
            return say(row.label), "", clock(row.at)
        if row.text and row.amount is None and row.count is None:
            return say(row.label), "", card_words(row.text)
        return f"{say(row.label)} {card_words(row.text)}".rstrip(), count, amount

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        usual = QFontMetricsF(theme.bold(15))
        cells = [self._cells(row) for row in self._rows]
        figures = [one for one, row in zip(cells, self._rows, strict=True) if row.amount is not None]
        counts = max((usual.horizontalAdvance(one[1]) for one in cells), default=0.0)
        amounts = max((usual.horizontalAdvance(one[2]) for one in figures), default=0.0)
        most = max((abs(row.amount or 0) for row in self._rows if not _is_beside(row)), default=0)
        for place, (row, words) in enumerate(zip(self._rows, cells, strict=True)):
            top = float(place * _ROW)
            if self._barred and most and row.amount and not _is_beside(row):
                self._paint_bar(painter, top, abs(row.amount) / most, row.amount < 0)
            self._paint_row(painter, top, row, words, (counts, amounts))

    def _paint_bar(self, painter: QPainter, top: float, share: float, back: bool) -> None:
        colour = QColor(theme.color("bad" if back else "accent"))
        colour.setAlphaF(0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(0, top + _ROW - _BAR - 1, self.width(), _BAR), 2, 2)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(0, top + _ROW - _BAR - 1, max(2.0, self.width() * share), _BAR), 2, 2)

    def _paint_row(
        self, painter: QPainter, top: float, row: Row, words: tuple[str, str, str], widths: tuple[float, float]
    ) -> None:
        painter.setFont(theme.bold(15) if row.strong else theme.font(15))
        painter.setPen(theme.color("ink"))
        metrics = QFontMetricsF(painter.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        wide, high = float(self.width()), _ROW - _BAR - 2
        label, count, amount = words
        if row.amount is None and not count:
            room = wide - metrics.horizontalAdvance(label) - 16
            shown = metrics.elidedText(amount, Qt.TextElideMode.ElideMiddle, max(40.0, room))
            painter.drawText(QRectF(0, top, wide, high), middle | Qt.AlignmentFlag.AlignRight, shown)
            taken = metrics.horizontalAdvance(shown) + 12
        else:
            right = Qt.AlignmentFlag.AlignRight | middle
            painter.drawText(QRectF(0, top, wide, high), right, amount)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(0, top, wide - widths[1] - 14, high), right, count)
            taken = widths[0] + widths[1] + 28
        painter.setPen(theme.color("ink"))
        shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, max(20.0, wide - taken))
        painter.drawText(QRectF(0, top, wide - taken, high), middle | Qt.AlignmentFlag.AlignLeft, shown)


def _is_beside(row: Row) -> bool:
    """Whether a row is no part of what the others come to: a total, or some of them counted once more."""
    return row.strong or row.label == WALK_INS


class Figures(QScrollArea):
    """Cards in as many columns as there is room for."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.report: Report | None = None
        self._columns = 0

    def show_report(self, report: Report) -> None:
        """Show these figures, unless they are what is shown already."""
        if self.report is not None and _figures(self.report) == _figures(report):
            self.report = report
            return
        self.report = report
        self._build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.report is not None and self._wanted() != self._columns:
            self._build()

    def _wanted(self) -> int:
        return max(1, min(3, self.viewport().width() // _NARROWEST))

    def _build(self) -> None:
        assert self.report is not None  # noqa: S101 - whoever asks has one
        place = self.verticalScrollBar().value()
        self._columns = self._wanted()
        ground = QWidget()
        ground.setProperty("role", "page")
        beside = QHBoxLayout(ground)
        beside.setContentsMargins(0, 4, 8, 24)
        beside.setSpacing(12)
        columns = [QVBoxLayout() for _ in range(self._columns)]
        heights = [0] * self._columns
        for column in columns:
            column.setSpacing(12)
            beside.addLayout(column, 1)
        for section in self.report.sections:
            shortest = heights.index(min(heights))
            columns[shortest].addWidget(_card(section, self.report.currency))
            heights[shortest] += 60 + (200 if section.title in _CHARTS else _ROW * len(section.rows))
        for column in columns:
            column.addStretch(1)
        self.setWidget(ground)
        self.verticalScrollBar().setValue(place)


def _figures(report: Report) -> object:
    return report.number, report.title, report.currency, report.sections, language.language()


def _card(section: Section, currency: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    rows = QVBoxLayout(card)
    rows.setContentsMargins(18, 12, 18, 12)
    rows.setSpacing(6)
    title = QLabel(say(section.title))
    title.setProperty("role", "heading")
    rows.addWidget(title)
    if section.title in _CHARTS:
        rows.addWidget(ColumnChart(section.rows, currency, say(section.title)))
    else:
        rows.addWidget(Rows(section, currency))
    return card
