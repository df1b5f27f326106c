"""What stands on a badge, one below the other, and the buttons that add to it, lift, double and remove."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QMenu, QVBoxLayout, QWidget

from boxoffice.domain.badges import Box, Element, Image, Square, Template, Words
from ui import theme
from ui.language import tr
from ui.widgets.badge_form import kind_of
from ui.widgets.buttons import Button

_WIDTH = 280


class ElementList(QWidget):
    """The badge itself comes first, then its elements as they are drawn."""

    chosen = Signal(object)
    """The place of an element; None for the badge itself."""
    added = Signal(str)
    """A kind of element is wanted: text, code, picture, box."""
    lifted = Signal(int)
    """The chosen one is drawn earlier (-1) or later (1)."""
    doubled = Signal()
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH)
        self.rows = QListWidget()
        self.rows.setObjectName("badge_elements")
        self.rows.setAccessibleName(tr("What stands on the badge"))
        self.rows.setFont(theme.font(theme.TEXT))
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setUniformItemSizes(True)
        self.rows.currentRowChanged.connect(self._on_row)
        self.add = Button(tr("Add…"))
        self.add.setMenu(self._kinds())
        self.twice = Button(tr("Duplicate"))
        self.twice.setToolTip("Ctrl+D")
        self.twice.clicked.connect(lambda: self.doubled.emit())
        self._acts = [self.twice]
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.twice, 1)
        for sign, word, act in (
            ("↑", tr("Draw earlier"), partial(self.lifted.emit, -1)),
            ("↓", tr("Draw later"), partial(self.lifted.emit, 1)),
            ("✕", tr("Remove"), self.removed.emit),
        ):
            button = Button(sign)
            button.setAccessibleName(word)
            button.setToolTip(word)
            button.clicked.connect(lambda _=False, act=act: act())
            line.addWidget(button)
            self._acts.append(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.rows, 1)
        column.addWidget(self.add)
        column.addLayout(line)

    def _kinds(self) -> QMenu:
        menu = QMenu(self)
        for kind, word in (
            ("text", tr("Text")),
            ("code", tr("Code")),
            ("picture", tr("Picture")),
            ("box", tr("Frame or line")),
        ):
            menu.addAction(word, partial(self.added.emit, kind))
        return menu

    def show_template(self, template: Template, chosen: int | None) -> None:
        """Show a badge's elements, and which of them is chosen."""
        wanted = [tr("The badge"), *(_row(one) for one in template.elements)]
        with QSignalBlocker(self.rows):
            if [self.rows.item(at).text() for at in range(self.rows.count())] != wanted:
                self.rows.clear()
                self.rows.addItems(wanted)
            self.rows.setCurrentRow(0 if chosen is None else chosen + 1)
        for button in self._acts:
            button.setEnabled(chosen is not None)

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(row - 1 if row else None)


def _row(element: Element) -> str:
    says = element.text.replace("\n", " ") if isinstance(element, Words | Square) else ""
    return f"{kind_of(element)}  {says}".strip()


def new_element(kind: str, template: Template) -> Element:
    """An element to begin with, in the middle of the badge."""
    side = min(25.0, template.width / 2, template.height / 2)
    width, height = (
        (side, side) if kind in ("code", "picture") else (template.width - 8, min(12.0, template.height / 4))
    )
    x, y = round((template.width - width) / 2, 1), round((template.height - height) / 2, 1)
    match kind:
        case "text":
            return Words(x=x, y=y, width=width, height=height, text="{name}", size=18, smallest=8)
        case "code":
            return Square(x=x, y=y, width=width, height=height)
        case "picture":
            return Image(x=x, y=y, width=width, height=height)
        case _:
            return Box(x=x, y=y, width=width, height=height)
