"""How the day stands, and what is done with the drawer: the figures so far, cash in and out, the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit

from ui.language import tr
from ui.screens.page import Page
from ui.widgets.buttons import Button, Weight

from .drawer import CloseDialog, MoveDialog, as_text

if TYPE_CHECKING:
    from .screen import TillScreen


class ReportPage(Page):
    """The X report as it stands now."""

    def __init__(self, till: TillScreen) -> None:
        super().__init__(tr("Report"))
        self._till = till
        self.below.setText(tr("The figures of this shift so far."))
        self.paper = QPlainTextEdit()
        self.paper.setReadOnly(True)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(15)
        self.paper.setFont(font)
        self.paper.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.paper.setMinimumHeight(420)
        self.paper.setAccessibleName(tr("X report"))
        self.add(self.paper)
        move = Button(tr("Move cash"))
        move.clicked.connect(lambda: MoveDialog(till.clerk, till.window()).open())
        close = Button(tr("Count and close"), weight=Weight.PRIMARY)
        close.clicked.connect(lambda: CloseDialog(till.clerk, till.window()).open())
        self.tools.addWidget(move)
        self.tools.addWidget(close)

    def look_again(self) -> None:
        """The figures as they are now."""
        counter = self._till.clerk.counter
        text = as_text(counter.x_report()) if counter.shift is not None else ""
        if text != self.paper.toPlainText():
            self.paper.setPlainText(text)

    def take_keys(self) -> None:
        """The arrows scroll the figures."""
        self.paper.setFocus()
