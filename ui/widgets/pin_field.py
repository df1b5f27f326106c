"""The field for a PIN: digits that nobody can read over a shoulder; the arrows choose whose it is."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import theme
from ui.language import tr


class PinField(QLineEdit):
    """Digits only, shown as dots."""

    moved = Signal(int)
    """An arrow: the next person, or the one before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,12}"), self))
        self.setMinimumHeight(56)
        self.setFont(theme.half_bold(17))
        self.setPlaceholderText(tr("PIN"))
        self.setAccessibleName(tr("PIN"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)
