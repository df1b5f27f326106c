"""Finding somebody by what they say, from the keyboard alone: ↑ ↓ Enter in the rows that drop below, Esc back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import shapes, theme
from ui.language import tr
from ui.shapes import Shape

if TYPE_CHECKING:
    from boxoffice.services.lookup import Hit

    from .search_results import Results


class SearchBox(QLineEdit):
    """The field. Rows drop below it; ↑ ↓ Enter choose one, Esc goes back."""

    chosen = Signal(object)
    """A `Hit`."""
    new_wanted = Signal(str)
    """Nobody was found by what was typed, and a ticket is to be sold to it."""
    left = Signal()
    """Esc: back to where one was."""

    def __init__(
        self,
        find: Callable[[str], Sequence[Hit]],
        parent: QWidget | None = None,
        *,
        contact: bool = False,
        sells: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("search")
        self._find = find
        self.setMinimumHeight(theme.TOUCH)
        self.setFont(theme.font(18))
        self.setPlaceholderText(tr("Search   F2"))
        self.setAccessibleName(tr("Search attendees"))
        self.setClearButtonEnabled(False)
        self.setTextMargins(34, 0, 0, 0)
        self._contact = contact
        self._sells = sells
        self._made: Results | None = None
        self.textChanged.connect(self._on_text)

    @property
    def results(self) -> Results:
        """The rows below the field."""
        if self._made is None:
            from .search_results import Results

            self._made = Results(self, contact=self._contact, sells=self._sells)
            self._made.picked.connect(self._choose)
            self._made.new_wanted.connect(self._on_new)
        return self._made

    def dismiss(self) -> None:
        """Empty the field and take the rows away."""
        self.clear()
        self._hide_rows()

    def rows_of_its_own(self) -> Results:
        """Let the rows stay open, in a place that the screen gives them."""
        from .search_results import Results

        self._made = Results(self, contact=self._contact, floating=False, sells=self._sells)
        self._made.picked.connect(self.chosen)
        self._made.new_wanted.connect(self._on_new)
        return self._made

    def _hide_rows(self) -> None:
        if self._made is not None:
            self._made.put_away()

    def _on_text(self, text: str) -> None:
        if not text.strip():
            self._hide_rows()
            return
        self.results.show_for(text.strip(), self._find(text.strip()))

    def _on_new(self, name: str) -> None:
        self.dismiss()
        self.new_wanted.emit(name)

    def _choose(self, hit: Hit) -> None:
        self.dismiss()
        self.chosen.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.results.move_by({Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5}.get(Qt.Key(key), -5))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.results.pick()
        elif key == Qt.Key.Key_Escape:
            self.dismiss()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        QTimer.singleShot(0, self, self._hide_if_left)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._on_text(self.text())

    def _hide_if_left(self) -> None:
        if not self.hasFocus() and self._made is not None:
            self._made.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        shapes.draw(painter, Shape.SEARCH, QRectF(13, self.height() / 2 - 11, 22, 22), theme.color("muted"))
