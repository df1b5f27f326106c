"""The last ten scans: when, what was answered, who. A row can be opened again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QWidget

from ui import answers, shapes, theme
from ui.answers import Kind
from ui.language import clock_with_seconds, tr

if TYPE_CHECKING:
    from boxoffice.services.lookup import Answered

_COLOURS = {Kind.VALID: "good", Kind.CAUTION: "warn", Kind.REFUSAL: "bad", Kind.PASSING: "accent"}
_ROOMY, _TIGHT, _LEAST_WIDTH = 40, 32, 290
_MOST = 10


class ScanRow(QPushButton):
    """One of the last scans."""

    def __init__(self, answered: Answered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tell(answered)

    def tell(self, answered: Answered) -> None:
        """Be the row of another scan."""
        self.answered = answered
        self._kind, self._word = answers.row(answered)
        self._time = clock_with_seconds(answered.at)
        self._name = answered.name or answered.ticket or "—"
        self.setText(f"{self._time} {self._word} {self._name}")
        self.setAccessibleName(self.text())
        self.setToolTip(f"{self._name} — {self._word}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(box, 6, 6)
        colour = theme.color(_COLOURS[self._kind])
        shapes.draw(painter, self._kind.shape, QRectF(8, box.center().y() - 9, 18, 18), colour, theme.color("surface"))
        x = self._piece(painter, 36, self._time, "muted", heavy=False, room=80) + 10
        word = QFontMetricsF(theme.half_bold(14)).horizontalAdvance(self._word)
        end = max(box.right() - 8 - word, x + 60)
        self._piece(painter, x, self._name, "ink", heavy=True, room=end - x - 10)
        self._piece(painter, end, self._word, _COLOURS[self._kind], heavy=True, room=box.right() - end - 2)

    def _piece(self, painter: QPainter, x: float, text: str, colour: str, *, heavy: bool, room: float) -> float:
        font = theme.half_bold(14) if heavy else theme.font(14)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(theme.color(colour))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
        painter.drawText(QRectF(x, 0, room + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        return x + metrics.horizontalAdvance(shown)


class LastScans(QScrollArea):
    """As many columns as there is room for; scrolls where the window is small."""

    opened = Signal(object)
    """An `Answered`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("last_scans")
        self.setAccessibleName(tr("Last scans"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(0)
        self._page = QWidget()
        self._page.setProperty("role", "page")
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(0)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing = QLabel(tr("The last ten scans will stand here."))
        self._nothing.setProperty("role", "muted")
        self._rows: list[ScanRow] = []
        self.setWidget(self._page)
        self.show_scans(())

    @property
    def rows(self) -> tuple[ScanRow, ...]:
        """The rows that are shown, newest first."""
        return tuple(self._rows)

    def show_scans(self, scans: Sequence[Answered]) -> None:
        """Show these, newest first."""
        if [row.answered for row in self._rows] == list(scans) and scans:
            return
        grown = len(scans) != len(self._rows)
        for row, answered in zip(self._rows, scans, strict=False):
            row.tell(answered)
        for answered in scans[len(self._rows) :]:
            self._rows.append(self._row(answered))
        for row in self._rows[len(scans) :]:
            row.hide()
            row.deleteLater()
        self._rows = self._rows[: len(scans)]
        self._nothing.setVisible(not scans)
        if grown:
            self._arrange()

    def _row(self, answered: Answered) -> ScanRow:
        row = ScanRow(answered, self._page)
        row.clicked.connect(lambda: self.opened.emit(row.answered))
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        while self._grid.count():
            self._grid.takeAt(0)
        self._grid.addWidget(self._nothing, 0, 0)
        height, width = self.height(), self.width()
        columns_that_fit = max(1, width // _LEAST_WIDTH)
        tall = _ROOMY if (height // _ROOMY) * columns_that_fit > _MOST else _TIGHT
        down = max(1, height // tall, -(-_MOST // columns_that_fit))
        for column in range(max(self._grid.columnCount(), columns_that_fit)):
            self._grid.setColumnStretch(column, 1 if column < -(-_MOST // down) else 0)
        for index, row in enumerate(self._rows):
            row.setFixedHeight(tall)
            row.show()
            self._grid.addWidget(row, index % down, index // down)
