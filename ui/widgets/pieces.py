"""Counting notes and coins: a field for each denomination, and what they come to. Enter goes on to the next one."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain import cash
from ui import theme
from ui.language import tr
from ui.money import bare, money

from .choice import Number


class _Pieces(Number):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
            following = self.window().focusWidget()
            if isinstance(following, Number):
                following.selectAll()
            return
        super().keyPressEvent(event)


class Pieces(QWidget):
    """The pieces of a currency, the largest first, in three columns."""

    changed = Signal()

    def __init__(self, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._currency = currency
        ground = QWidget()
        ground.setProperty("role", "page")
        grid = QGridLayout(ground)
        grid.setHorizontalSpacing(12)
        self.fields: dict[int, Number] = {}
        listed = list(reversed(cash.denominations(currency)))
        high = -(-len(listed) // 3)
        for index, denomination in enumerate(listed):
            words = QLabel(bare(denomination, currency))
            words.setFont(theme.half_bold(16))
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            pieces = _Pieces(bare(denomination, currency))
            pieces.setRange(0, 99_999)
            pieces.setMinimumWidth(124)
            pieces.valueChanged.connect(self._look)
            self.fields[denomination] = pieces
            column = 2 * (index // high)
            grid.addWidget(words, index % high, column)
            grid.addWidget(pieces, index % high, column + 1)
        for before, after in pairwise(self.fields.values()):
            QWidget.setTabOrder(before, after)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Notes and coins"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(ground)
        scroll.setMinimumHeight(min(272, high * 52 + 12))
        self.total = QLabel()
        self.total.setFont(theme.bold(28))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(scroll)
        rows.addWidget(self.total)
        self._look()

    def counted(self) -> dict[int, int]:
        """How many of each there are, of those there are any."""
        return {denomination: field.value() for denomination, field in self.fields.items() if field.value()}

    def take_keys(self) -> None:
        """Begin with the largest."""
        first = next(iter(self.fields.values()))
        first.setFocus()
        first.selectAll()

    def _look(self) -> None:
        self.total.setText(money(sum(value * number for value, number in self.counted().items()), self._currency))
        self.changed.emit()
