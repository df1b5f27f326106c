"""Does the gun type what the code says? It is set to one keyboard, the laptop often to another.

The sheet shows a code that has every character by which keyboards differ. What arrives tells which two
layouts meet, and from then on each scan can be put right.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from boxoffice.scanning import layouts
from boxoffice.scanning.layouts import Mending
from ui import theme
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog
from ui.widgets.qr import QrPicture

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
        code = QrPicture(TEST_CODE, tr("Test code"), side=260)
        self._rows.addWidget(code, 0, Qt.AlignmentFlag.AlignCenter)
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
