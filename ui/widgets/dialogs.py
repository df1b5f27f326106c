"""Small dialogs. They open without stopping anything: a scan that comes meanwhile is judged and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from boxoffice.errors import Trouble
from ui import theme
from ui.focus import turn_page
from ui.language import breakable, sentences, tr

from .buttons import Button, Weight
from .sheet_frame import Body, Foot
from .text_field import TextField

_TITLE_BAR = 36
"""What the window system puts above a sheet."""
_EDGE = 1
"""The line above the buttons, where the body scrolls."""


def words_of(trouble: Trouble) -> str:
    """A trouble in one paragraph, in the language of the window."""
    return sentences(*trouble.parts())


def ask_for_picture(parent: QWidget) -> Path | None:
    """A picture that somebody chooses from a disk; None for none."""
    kinds = tr("Pictures") + " (*.png *.jpg *.jpeg)"
    file, _ = QFileDialog.getOpenFileName(parent, tr("Choose a picture…"), "", kinds)
    return Path(file) if file else None


class Dialog(QDialog):
    """A sheet over the window with a heading, a body and buttons; Esc closes it.

    Where it is taller than the screen its body scrolls, and the buttons stay.
    """

    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.is_waiting = False
        """Whether what was asked for is on its way."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._least_size = QSize(440, 0)
        self._inside = QSize()
        self.body = Body()
        self.body.setAccessibleName(heading)
        self._rows = self.body.rows
        self._rows.setContentsMargins(28, 24, 28, 6)
        self._rows.setSpacing(14)
        title = QLabel(breakable(heading))
        title.setFont(theme.bold(22))
        title.setWordWrap(True)
        self._rows.addWidget(title)
        self._edge = QFrame()
        self._edge.setProperty("role", "line")
        self._edge.setFixedHeight(_EDGE)
        self._edge.setVisible(False)
        self._button_row = Foot()
        self._button_row.setContentsMargins(28, 14, 28, 20)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addWidget(self._edge)
        whole.addLayout(self._button_row)
        self.body.verticalScrollBar().rangeChanged.connect(lambda _, most: self._edge.setVisible(most > 0))
        self.body.grew.connect(self._on_grown, Qt.ConnectionType.QueuedConnection)

    def reject(self) -> None:
        """Not while an answer is on its way, which nobody would hear then."""
        if not self.is_waiting:
            super().reject()

    def setVisible(self, visible: bool) -> None:
        """Be as large as what is in it before Qt looks for the middle of the window."""
        if visible and not self.isVisible():
            self.take_room()
        super().setVisible(visible)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for button in self.findChildren(QPushButton):
            # Enter means what the sheet says it means, or the button that a person went to.
            button.setAutoDefault(False)
        self.take_room()

    def widen(self, wide: int, high: int = 0) -> None:
        """Be this wide, and this high, where the screen has the room."""
        self._least_size = QSize(max(self._least_size.width(), wide), max(self._least_size.height(), high))

    def take_room(self) -> None:
        """Be as large as what is in it, as far as the screen goes: Qt takes two thirds of it, and wraps no line."""
        room = self.screen().availableGeometry().size() - QSize(0, _TITLE_BAR)
        usual = min(self._rows.totalSizeHint().width(), room.width() * 2 // 3)
        inside = self.body.wish(max(self._least_size.width(), usual))
        if inside == self._inside:
            return  # It has as much already, or somebody has made it smaller.
        self._inside = inside
        wide = min(inside.width(), room.width())
        high = max(inside.height() + _EDGE + self._button_row.heightForWidth(wide), self._least_size.height())
        if high > room.height():
            wide = min(wide + self.body.verticalScrollBar().sizeHint().width(), room.width())
        wanted = QSize(wide, min(high, room.height()))
        self.resize(wanted.expandedTo(self.size()) if self.isVisible() else wanted)

    def _on_grown(self) -> None:
        if self.isVisible():
            self.take_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn pages of what does not fit, and leave the rest to Qt: Esc closes."""
        if not turn_page(self.body, event):
            super().keyPressEvent(event)

    def say(self, text: str) -> QLabel:
        """A paragraph."""
        label = QLabel(breakable(text))
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._rows.addWidget(label)
        return label

    def add(self, widget: QWidget) -> None:
        """One more row."""
        self._rows.addWidget(widget)

    def add_rows(self, rows: QLayout) -> None:
        """Room for rows that come later."""
        self._rows.addLayout(rows)

    def add_buttons(self, *buttons: Button) -> None:
        """The buttons at the foot, the one that goes on last."""
        for button in buttons:
            self._button_row.addWidget(button)


def ask_before(heading: str, about: str, words: tuple[str, str], act: Callable[[], object], parent: QWidget) -> Dialog:
    """Do something that cannot be taken back once somebody has said so; `words` are those for no and for yes."""
    dialog = Dialog(heading, parent)
    dialog.setObjectName("question_dialog")
    dialog.say(about)
    back, on = Button(words[0], key="Esc"), Button(words[1], weight=Weight.PRIMARY)
    back.clicked.connect(dialog.reject)
    on.clicked.connect(dialog.accept)
    dialog.accepted.connect(act)
    dialog.add_buttons(back, on)
    dialog.open()
    return dialog


class ReasonDialog(Dialog):
    """Why something is taken back, or done once more: one of the usual reasons, or own words."""

    def __init__(
        self,
        heading: str,
        about: str,
        reasons: Sequence[str],
        done: Callable[[str], object],
        parent: QWidget,
        go: str = "",
    ) -> None:
        super().__init__(heading, parent)
        self.setObjectName("reason_dialog")
        self._done = done
        self.say(about)
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, reason in enumerate(reasons):
            usual = Button(reason, height=56)
            usual.clicked.connect(lambda _=False, text=reason: self._finish(text))
            grid.addWidget(usual, index // 2, index % 2)
        self._rows.addLayout(grid)
        self._own = TextField(tr("Another reason"))
        self._own.textChanged.connect(self._on_text)
        self.add(self._own)
        self._go = Button(go or tr("Take back"), weight=Weight.PRIMARY, key=tr("Enter"))
        self._go.clicked.connect(lambda: self._finish(self._own.text().strip()))
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self._go)
        self._on_text("")
        self._own.setFocus()

    def _on_text(self, text: str) -> None:
        self._go.setEnabled(bool(text.strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(self._own.text().strip())
            return
        super().keyPressEvent(event)

    def _finish(self, reason: str) -> None:
        if reason:
            self.accept()
            self._done(reason)


class KeysSheet(Dialog):
    """All keys on one sheet."""

    def __init__(self, keys: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(tr("Keys"), parent)
        self.setObjectName("keys_sheet")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        half = -(-len(keys) // 2)
        for index, (key, meaning) in enumerate(keys):
            cap = QLabel(key)
            cap.setFont(theme.bold(15))
            words = QLabel(meaning)
            words.setWordWrap(True)
            column = 2 * (index // half)
            grid.addWidget(cap, index % half, column)
            grid.addWidget(words, index % half, column + 1)
            grid.setColumnStretch(column + 1, 1)
        self._rows.addLayout(grid)
        close = Button(tr("Close"), weight=Weight.PRIMARY, key="Esc")
        close.clicked.connect(self.accept)
        self.add_buttons(close)
        self.widen(640)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F1):
            self.accept()
            return
        super().keyPressEvent(event)
