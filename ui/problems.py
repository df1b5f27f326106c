"""Troubles as a person reads them: what happened, what was kept, what to do next. Never in the way of a scan."""

from __future__ import annotations

import logging

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.errors import Trouble

from . import theme
from .apology import apology
from .language import breakable, sentences, tr
from .shapes import Shape
from .widgets.buttons import Button, Weight

log = logging.getLogger(__name__)


class Problems(QFrame):
    """A card between strip and screen; stays until it is closed or another trouble takes its place."""

    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self.setProperty("role", "banner")
        self._title = QLabel()
        self._title.setFont(theme.bold(17))
        self._more = QLabel()
        for label in (self._title, self._more):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        close = Button("", shape=Shape.CLOSE, weight=Weight.QUIET)
        close.setAccessibleName(tr("Close"))
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.hide)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._more)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 10, 10, 10)
        row.addLayout(words, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """Everything that is shown."""
        return f"{self._title.text()} {self._more.text()}".strip()

    def report(self, trouble: Trouble) -> None:
        """Show a trouble, in the language in use where it is known there."""
        log.info("Shown to the person: %s", trouble)
        self._title.setText(breakable(tr(trouble.title)))
        self._more.setText(breakable(sentences(trouble.what, trouble.hint)))
        self._more.setVisible(bool(self._more.text()))
        self.setAccessibleName(self.text)
        self.show()
        self.shown.emit()

    def apologise(self) -> None:
        """A bug of ours: nothing that was answered is lost, and the app stays up."""
        self.report(apology())
