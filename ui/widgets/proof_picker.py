"""A picture that proves something: from a file, from the clipboard, or as the camera sees it now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.errors import BadInput
from ui.language import tr
from ui.papers.images import as_png
from ui.shapes import Shape

from .buttons import Button
from .dialogs import ask_for_picture, words_of

if TYPE_CHECKING:
    from ui.inputs.lens import Eye

_WIDE, _HIGH = 1200, 900
"""Pixels of a photo, so that the figures on a slip can be read."""


class ProofPicker(QWidget):
    """Buttons, and what was chosen."""

    changed = Signal()

    def __init__(self, eye: Eye | None = None, parent: QWidget | None = None) -> None:
        """`eye` is the window's camera, which lends its pictures while it looks."""
        super().__init__(parent)
        self.image: bytes | None = None
        """Fit to be kept; None while nothing was chosen."""
        self._shown = QLabel(tr("A photo or picture of the transfer"))
        self._shown.setProperty("role", "muted")
        self._shown.setMinimumHeight(96)
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setAccessibleName(tr("A photo or picture of the transfer"))
        choose = Button(tr("Choose a picture…"))
        choose.clicked.connect(self._choose)
        paste = Button(tr("Paste"))
        paste.clicked.connect(self._paste)
        self._camera = Button(tr("Take a photo"), shape=Shape.CAMERA)
        self._camera.clicked.connect(self._snap)
        self._seen: QImage | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (choose, paste, self._camera):
            button.setAutoDefault(False)
            row.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._shown)
        rows.addLayout(row)
        self._eye: Eye | None = None
        self._camera.setVisible(eye is not None and eye.looking)
        if eye is not None and eye.looking:
            self._look_through(eye)

    def take(self, content: bytes) -> None:
        """Somebody has chosen this."""
        from boxoffice.services import pictures

        self._keep(lambda: pictures.fit(content))

    def open_file(self, file: Path) -> None:
        """Somebody has chosen the picture in this file."""
        from boxoffice.services import pictures

        self._keep(lambda: pictures.from_file(file))

    def _keep(self, fit: Callable[[], bytes]) -> None:
        try:
            self.image = fit()
        except BadInput as trouble:
            self._shown.setText(words_of(trouble))
            self._shown.setWordWrap(True)
            return
        shown = QPixmap()
        shown.loadFromData(self.image)
        self._show(shown)
        self.changed.emit()

    def _choose(self) -> None:
        if file := ask_for_picture(self.window()):
            self.open_file(file)

    def _paste(self) -> None:
        image = QGuiApplication.clipboard().image()
        if not image.isNull():
            self.take(as_png(image))

    def _look_through(self, eye: Eye) -> None:
        eye.seen.connect(self._on_seen)
        eye.fit(_WIDE, _HIGH)
        self._eye = eye

    def _on_seen(self, picture: QImage, _outlines: object) -> None:
        if self._eye is not None:
            self._eye.fit(_WIDE, _HIGH)
        self._seen = picture
        if self.image is None:
            self._show(QPixmap.fromImage(picture))

    def _show(self, picture: QPixmap) -> None:
        self._shown.setPixmap(
            picture.scaled(360, 140, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )

    def _snap(self) -> None:
        if self._seen is not None:
            self.take(as_png(self._seen))
