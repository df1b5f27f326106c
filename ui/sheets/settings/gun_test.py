"""Does the gun type what the code says? It is set to one keyboard, the laptop often to another.

The sheet shows a code that has every character by which keyboards differ. What arrives tells which two
layouts meet, and from then on each scan can be put right.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from boxoffice.scanning import layouts
from boxoffice.scanning.layouts import Mending
from ui import theme
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog

TEST_CODE = "Test-Code/2026:yzqwam&?=;"


class GunTest(Dialog):
    """Shows the test code, waits for a scan of it, and says what is to be done."""

    mended = Signal(object)
    """The `Mending` to use from now on; one that mends nothing if the gun types right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Test the gun"), parent)
        self.setObjectName("gun_test")
        self._found: Mending | None = None
        self.say(tr("Scan this code from the screen, or from a print of it."))
        self.add(CodePicture(TEST_CODE))
        self.answer = QLabel(tr("Waiting for the gun…"))
        self.answer.setWordWrap(True)
        self.add(self.answer)
        close = Button(tr("Close"), key="Esc")
        close.clicked.connect(self.reject)
        self.use = Button(tr("Put scans right from now on"), weight=Weight.PRIMARY)
        self.use.clicked.connect(self._on_use)
        self.use.hide()
        self.add_buttons(close, self.use)

    def take(self, text: str) -> bool:
        """What the gun typed; always taken while the sheet is open."""
        self._found = layouts.detect(TEST_CODE, text)
        if self._found is None:
            self._say(tr("Something else arrived: {text}", text=text[:80]), "bad")
        elif not self._found.needed:
            self._say(tr("The gun types exactly what the code says."), "good")
            self.mended.emit(self._found)
        else:
            self._say(self._what(self._found), "warn")
        self.use.setVisible(self._found is not None and self._found.needed)
        return True

    def _what(self, found: Mending) -> str:
        keys = tr(
            "The gun types for a {gun} keyboard, this computer reads a {laptop} one.",
            gun=found.gun,
            laptop=found.laptop,
        )
        lock = tr("Caps lock is on.")
        return " ".join(part for part in (keys if found.table else "", lock if found.caps_lock else "") if part)

    def _say(self, text: str, role: str) -> None:
        theme.tell(self.answer, text, role)

    def _on_use(self) -> None:
        if self._found is not None:
            self.mended.emit(self._found)
        self.accept()


class CodePicture(QWidget):
    """A QR code, black on white in every look, large enough for a gun."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from qrcode.constants import ERROR_CORRECT_M
        from qrcode.main import QRCode

        code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
        code.add_data(text)
        self._rows = code.get_matrix()
        self.setAccessibleName(tr("Test code"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height())
        cell = side // len(self._rows)
        full = cell * len(self._rows)
        left, top = (self.width() - full) // 2, (self.height() - full) // 2
        painter.fillRect(QRectF(left, top, full, full), QColor(Qt.GlobalColor.white))
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    painter.fillRect(left + x * cell, top + y * cell, cell, cell, QColor(Qt.GlobalColor.black))
