"""Small dialogs. They open without stopping anything: a scan that comes meanwhile is judged and shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLayout, QLineEdit, QVBoxLayout, QWidget

from boxoffice.errors import Trouble
from ui import theme
from ui.language import breakable, sentences, tr

from .buttons import Button, Weight


def words_of(trouble: Trouble) -> str:
    """A trouble in one paragraph, in the language of the window."""
    return sentences(*trouble.parts())


class Dialog(QDialog):
    """A sheet over the window with a heading, a body and buttons; Esc closes it."""

    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(heading)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(440)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(28, 24, 28, 24)
        self._rows.setSpacing(14)
        title = QLabel(breakable(heading))
        title.setFont(theme.bold(22))
        title.setWordWrap(True)
        self._rows.addWidget(title)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.take_room()

    def take_room(self) -> None:
        """Be as large as what is in it, as far as the screen goes: Qt takes two thirds of it, and wraps no line."""
        rows, room = self._rows, self.screen().availableGeometry()
        wide = min(max(self.width(), rows.totalMinimumSize().width()), room.width())
        high = max(self.height(), rows.totalSizeHint().height(), rows.totalHeightForWidth(wide))
        self.resize(wide, min(high, room.height()))

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
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        for button in buttons:
            button.setAutoDefault(False)
            row.addWidget(button)
        self._rows.addSpacing(6)
        self._rows.addLayout(row)


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
            usual.setAutoDefault(False)
            usual.clicked.connect(lambda _=False, text=reason: self._finish(text))
            grid.addWidget(usual, index // 2, index % 2)
        self._rows.addLayout(grid)
        self._own = QLineEdit()
        self._own.setMinimumHeight(theme.TOUCH)
        self._own.setPlaceholderText(tr("Another reason"))
        self._own.setAccessibleName(tr("Another reason"))
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
        self.setMinimumWidth(640)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F1):
            self.accept()
            return
        super().keyPressEvent(event)
