"""A line to type in."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from ui import theme


class TextField(QLineEdit):
    """Says what it is for: in itself while it is empty, and to whoever has the screen read out."""

    def __init__(self, words: str, height: int = theme.TOUCH) -> None:
        super().__init__()
        self.setMinimumHeight(height)
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
