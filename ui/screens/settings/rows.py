"""Rows of the settings: words at the left, and what is chosen or typed beside them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from ui import theme
from ui.widgets.choice import Choice


def line(text: str, changed: Callable[[str], object], name: str, *, able: bool) -> QLineEdit:
    """A field whose words count when it is left."""
    made = QLineEdit(text)
    made.setMinimumHeight(theme.TOUCH)
    made.setAccessibleName(name)
    made.setEnabled(able)
    made.editingFinished.connect(lambda: changed(made.text()))
    return made


def stand_at(box: Choice, chosen: str) -> None:
    """Show what was chosen or typed before."""
    at = box.findData(chosen)
    if at >= 0:
        box.setCurrentIndex(at)
    else:
        box.setEditText(chosen)


def chosen_or_typed(box: Choice) -> str:
    """The name behind the words of a row, or what was typed in its place."""
    at = box.findText(box.currentText())
    return str(box.itemData(at) or "") if at >= 0 else box.currentText().strip()


def labelled(text: str, widget: QWidget) -> QHBoxLayout:
    """The row."""
    row = QHBoxLayout()
    label = QLabel(text)
    label.setFixedWidth(240)
    label.setWordWrap(True)
    label.setBuddy(widget)
    row.addWidget(label)
    row.addWidget(widget, 1)
    return row
