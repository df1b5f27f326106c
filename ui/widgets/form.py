"""Rows of a form: what is asked at the left, where it is typed at the right."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from ui import theme


class FormRows(QGridLayout):
    """Grows by a row for each thing that is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalSpacing(8)
        self.setHorizontalSpacing(12)
        self.setColumnStretch(1, 1)

    def ask(self, name: str, widget: QWidget) -> None:
        """A row with something to choose or to type."""
        widget.setMinimumHeight(theme.TOUCH)
        widget.setAccessibleName(name)
        at = self.rowCount()
        label = QLabel(name)
        label.setBuddy(widget)
        self.addWidget(label, at, 0)
        self.addWidget(widget, at, 1)

    def ask_line(self, name: str, text: str) -> QLineEdit:
        """A row with a line of text."""
        line = QLineEdit(text)
        self.ask(name, line)
        return line
