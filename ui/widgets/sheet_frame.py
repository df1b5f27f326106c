"""What holds a sheet together: a body that scrolls where it is taller than the screen, and a foot that stays.

A screen of 1366 × 768 at twice the size has no more than 683 × 384 to give. The buttons are what a person must always
reach, so they stand below what scrolls, in as many lines as they need.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLayout, QLayoutItem, QScrollArea, QVBoxLayout, QWidget


class Body(QScrollArea):
    """The rows of a sheet. No more of it is seen than there is room for, and never less than its rows can be."""

    grew = Signal()
    """Its rows may want more room, or less."""

    def __init__(self) -> None:
        super().__init__()
        self._column = _Column()
        self._column.setProperty("role", "page")
        self._column.grew.connect(self.grew)
        self.rows = self._column.rows
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # A person tabs from field to field; the keys for pages reach the body through the sheet.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._column)

    def wish(self, wide: int) -> QSize:
        """The room in which nothing has to scroll, at least `wide`."""
        wide = max(wide, self.rows.totalMinimumSize().width())
        return QSize(wide, max(self.rows.totalSizeHint().height(), self.rows.totalHeightForWidth(wide)))

    @property
    def scrolls(self) -> bool:
        """Whether there is more of it than is seen."""
        return self.verticalScrollBar().maximum() > 0


class _Column(QWidget):
    grew = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = QVBoxLayout(self)

    def heightForWidth(self, width: int) -> int:
        """The least, not the usual: a list inside gives way before the whole sheet scrolls."""
        return self.rows.minimumHeightForWidth(width)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.grew.emit()
        return super().event(event)


class Foot(QLayout):
    """Buttons at the right, the one that goes on last, over several lines where one is too short for all of them."""

    _APART = 10

    def __init__(self) -> None:
        super().__init__()
        self._held: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self._held.append(item)

    def count(self) -> int:
        return len(self._held)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._held[index] if 0 <= index < len(self._held) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._held.pop(index) if 0 <= index < len(self._held) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        around = self.contentsMargins()
        high = [_high(line) for line in self._lines(width - around.left() - around.right())]
        return sum(high) + self._APART * max(0, len(high) - 1) + around.top() + around.bottom()

    def sizeHint(self) -> QSize:
        """All of them in one line."""
        shown = self._shown()
        return QSize(self._wide([item.sizeHint().width() for item in shown]), _high(shown)).grownBy(
            self.contentsMargins()
        )

    def minimumSize(self) -> QSize:
        """Each in a line of its own."""
        shown = self._shown()
        widest = max((item.minimumSize().width() for item in shown), default=0)
        return QSize(widest, _high(shown)).grownBy(self.contentsMargins())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        room = rect.marginsRemoved(self.contentsMargins())
        top = room.top()
        for line in self._lines(room.width()):
            wide = [item.sizeHint().width() for item in line]
            if self._wide(wide) > room.width():
                wide = [item.minimumSize().width() for item in line]
            left = room.right() + 1 - self._wide(wide)
            for item, its in zip(line, wide, strict=True):
                item.setGeometry(QRect(left, top, its, item.sizeHint().height()))
                left += its + self._APART
            top += _high(line) + self._APART

    def _lines(self, room: int) -> list[list[QLayoutItem]]:
        """From the last one backwards, so that the first line is the short one."""
        lines: list[list[QLayoutItem]] = []
        for item in reversed(self._shown()):
            longer = [item, *lines[0]] if lines else [item]
            if lines and self._wide([one.minimumSize().width() for one in longer]) <= room:
                lines[0] = longer
            else:
                lines.insert(0, [item])
        return lines

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._held if not item.isEmpty()]

    def _wide(self, widths: Sequence[int]) -> int:
        return sum(widths) + self._APART * max(0, len(widths) - 1)


def _high(line: Sequence[QLayoutItem]) -> int:
    return max((item.sizeHint().height() for item in line), default=0)
