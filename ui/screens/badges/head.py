"""The line above the drawing board: which template is drawn, what can be done with it, and back and forth."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from ui.language import tr
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice


class Head(QWidget):
    """Says what was pressed; what it means is the board's."""

    chosen = Signal(str)
    """The id of another template."""
    new_wanted = Signal()
    copy_wanted = Signal()
    deleting_wanted = Signal()
    file_wanted = Signal()
    export_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(tr("Badges"))
        title.setProperty("role", "title")
        self.templates = Choice(tr("Template"))
        self.templates.setMinimumWidth(240)
        self.templates.activated.connect(lambda at: self.chosen.emit(self.templates.itemData(at)))
        self.more = Button(tr("More…"))
        self.more.setMenu(self._menu())
        self.undo = Button(tr("Undo"), key="Ctrl+Z", shape=Shape.UNDO)
        self.redo = Button(tr("Redo"), key="Ctrl+Y")
        self.keep = Button(tr("Save"), weight=Weight.PRIMARY, key="Ctrl+S")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(title)
        line.addSpacing(8)
        line.addWidget(self.templates, 1)
        line.addWidget(self.more)
        line.addStretch(1)
        for button in (self.undo, self.redo, self.keep):
            line.addWidget(button)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(tr("New badge"), self.new_wanted.emit)
        menu.addAction(tr("Copy of this one"), self.copy_wanted.emit)
        menu.addAction(tr("Delete…"), self.deleting_wanted.emit)
        menu.addSeparator()
        menu.addAction(tr("Import a file…"), self.file_wanted.emit)
        menu.addAction(tr("Export…"), self.export_wanted.emit)
        self.layouts = menu.addMenu(tr("From the server"))
        """The badges that the server has: listed when it is opened."""
        return menu
