"""A file as the answer to a question: a photo that is taken now, a picture or a PDF from the disk.

What was chosen is made fit to be kept at once, so that whoever asked sees what goes to the server; what is no answer is
refused here, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.errors import BadInput
from ui.language import tr
from ui.shapes import Shape

from .buttons import Button
from .dialogs import words_of

if TYPE_CHECKING:
    from ui.inputs.lens import Eye

_WIDE, _HIGH = 340, 150
"""Pixels within which a picture is shown."""


class FilePicker(QWidget):
    """What was handed in, and the buttons to take something else."""

    changed = Signal()

    def __init__(self, words: str, eye: Eye | None, *, portrait: bool = False, content: bytes | None = None) -> None:
        """`words` name what is wanted; `eye` is the window's camera, which lends its pictures while it looks."""
        super().__init__()
        self.content: bytes | None = None
        """Fit to be an answer; None while nothing was handed in."""
        self._words = words
        self._eye = eye
        self._portrait = portrait
        self._shown = QLabel(tr("A photo is wanted") if portrait else tr("A photo, a picture or a PDF is wanted"))
        self._shown.setProperty("role", "muted")
        self._shown.setWordWrap(True)
        self._photo = Button(tr("Photo…"), shape=Shape.CAMERA, height=56)
        self._photo.clicked.connect(self._take_photo)
        self._file = Button(tr("Choose a file…"), height=56)
        self._file.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._photo)
        row.addWidget(self._file)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._shown)
        rows.addLayout(row)
        looks = eye is not None and eye.looking
        self._photo.setVisible(portrait or looks)
        self._file.setVisible(not portrait)
        self.setFocusProxy(self._photo if portrait or looks else self._file)
        if content is not None:
            self._show(content)

    def take(self, content: bytes) -> None:
        """Somebody has chosen this."""
        from boxoffice.services import attachments

        self._try(lambda: attachments.fit(content, portrait=self._portrait))

    def open_file(self, path: Path) -> None:
        """Somebody has chosen the file there."""
        from boxoffice.services import attachments

        self._try(lambda: attachments.from_file(path, portrait=self._portrait))

    def _try(self, fitted: Callable[[], bytes]) -> None:
        try:
            content = fitted()
        except BadInput as trouble:
            self._shown.setProperty("role", "warn")
            self._say(words_of(trouble))
            return
        self._show(content)
        self.changed.emit()

    def _show(self, content: bytes) -> None:
        self.content = content
        picture = QPixmap()
        if picture.loadFromData(content):
            self._shown.setWordWrap(False)  # With it, a label leaves no room for a picture.
            self._shown.setPixmap(
                picture.scaled(
                    _WIDE, _HIGH, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            )
            return
        self._shown.setProperty("role", "plain")
        self._say(tr("A PDF of {n} kB", n=max(1, len(content) // 1000)))

    def _say(self, words: str) -> None:
        self._shown.setWordWrap(True)
        self._shown.setText(words)
        self._shown.style().polish(self._shown)

    def _take_photo(self) -> None:
        from ui.sheets.photo_sheet import open_photo_sheet

        sheet = open_photo_sheet(self._words, self._eye, self.take, self.window(), whole=not self._portrait)
        sheet.finished.connect(lambda _: self.setFocus(Qt.FocusReason.OtherFocusReason))

    def _choose(self) -> None:
        kinds = tr("Pictures and PDF") + " (*.png *.jpg *.jpeg *.pdf)"
        file, _ = QFileDialog.getOpenFileName(self.window(), tr("Choose a file…"), "", kinds)
        if file:
            self.open_file(Path(file))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button where nothing was handed in yet; else it goes on, like in any other field."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.content is None and isinstance(button, Button):
            button.click()
            return
        super().keyPressEvent(event)
