"""What lies between the strip and the screen for as long as it is true: no server, first download, revoked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from ui import theme
from ui.language import number, tr
from ui.shapes import Shape

from .buttons import Button, Weight


class Banner(QFrame):
    """One or two sentences and a button. In nobody's way."""

    pressed = Signal()

    def __init__(self, name: str, button: str, parent: QWidget | None = None, *, shape: Shape | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "banner")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setFont(theme.half_bold(theme.TEXT))
        self.button = Button(button, shape=shape, weight=Weight.QUIET)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self.pressed)
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._column.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 2, 10, 2)
        row.addLayout(self._column, 1)
        row.addWidget(self.button)
        self.hide()

    def say(self, text: str) -> None:
        """Show this."""
        self.words.setText(text)
        self.setAccessibleName(text)
        self.show()


class ProgressBanner(Banner):
    """The first download: how far it has come, and stopping it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("first_sync", tr("Stop"), parent)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self._column.addWidget(self.bar)
        self._column.setContentsMargins(0, 6, 0, 8)

    def show_progress(self, applied: int, total: int | None) -> None:
        """So many of so many; nobody knows of how many if `total` is None."""
        self.bar.setRange(0, total or 0)
        self.bar.setValue(min(applied, total or 0))
        self.button.setText(tr("Stop"))
        if total:
            self.say(tr("Fetching the event: {n} of {all}", n=number(applied), all=number(total)))
        else:
            self.say(tr("Fetching the event: {n}", n=number(applied)))
