"""A place with a heading, tools beside it, and cards below that scroll: what the desk reads in quieter minutes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui import theme
from ui.focus import turn_page
from ui.language import breakable


class Page(QWidget):
    """Heading, one line under it, tools at the right, and a column of cards."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(heading)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(28, 20, 28, 0)
        self._rows.setSpacing(12)
        title = self._title = QLabel(heading)
        title.setProperty("role", "title")
        self.below = QLabel()
        self.below.setProperty("role", "muted")
        self.below.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(self.below)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(10)
        head = QHBoxLayout()
        head.addLayout(words, 1)
        head.addLayout(self.tools)
        self._rows.addLayout(head)
        self._column = QWidget()
        self._column.setProperty("role", "page")
        self.cards = QVBoxLayout(self._column)
        self.cards.setContentsMargins(0, 4, 8, 24)
        self.cards.setSpacing(12)
        self.cards.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setAccessibleName(heading)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._column)
        self._rows.addWidget(scroll, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whatever has the keys and has no use for these: they turn the pages."""
        if not turn_page(self._scroll, event):
            super().keyPressEvent(event)

    def be_plain(self) -> None:
        """Show the cards alone: the heading is somewhere else."""
        self._title.hide()
        self.below.hide()
        self._rows.setContentsMargins(0, 0, 0, 0)

    def clear(self) -> None:
        """Take all cards away."""
        while self.cards.count() > 1:
            item = self.cards.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, widget: QWidget) -> None:
        """One more card at the foot."""
        self.cards.insertWidget(self.cards.count() - 1, widget)

    def say_empty(self, heading: str, text: str) -> None:
        """What to read where there is nothing to do."""
        card = Card()
        card.say(heading, "heading")
        card.say(text, "muted")
        self.add(card)


class Card(QFrame):
    """One thing: words at the left, buttons at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(20, 14, 16, 14)
        self.row.setSpacing(16)
        self.words = QVBoxLayout()
        self.words.setSpacing(4)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.row.addLayout(self.words, 1)
        self.row.addLayout(self.buttons)

    def say(self, text: str, role: str = "") -> QLabel:
        """One more line, in one of the style sheet's roles."""
        label = QLabel(breakable(text))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        # A name in Arabic stands where the others stand; it is only read from the right.
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
        if role:
            label.setProperty("role", role)
        else:
            label.setFont(theme.font(theme.TEXT))
        self.words.addWidget(label)
        return label
