"""The pass that somebody has: whose it is, what is left of it, and what can be added."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from ui import theme
from ui.language import breakable, tr
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.slip import pixmap_of

_FACE = 112
"""The height of a photo in pixels."""


class PassCard(QFrame):
    """The pass that somebody has."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.name = QLabel()
        self.name.setFont(theme.bold(24))
        self.name.setWordWrap(True)
        self.face = QLabel()
        self.face.setAccessibleName(tr("Photo of the holder"))
        self.face.hide()
        self.photo = Button(tr("Photo…"), shape=Shape.CAMERA, height=56)
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setFont(theme.font(theme.TEXT))
        self.dates = Button(tr("Add dates…"), weight=Weight.PRIMARY, height=56)
        self.tickets = Button(tr("Add tickets…"), height=56)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 18, 20, 18)
        rows.setSpacing(12)
        rows.addWidget(self.name)
        rows.addWidget(self.face)
        rows.addWidget(self.about)
        rows.addStretch(1)
        rows.addWidget(self.photo)
        rows.addWidget(self.dates)
        rows.addWidget(self.tickets)

    def say(self, text: str) -> None:
        """Nothing is shown but this."""
        self.name.hide()
        self.face.hide()
        self.photo.hide()
        self.dates.hide()
        self.tickets.hide()
        self.about.setText(text)

    def show_pass(self, name: str, facts: list[tuple[str, str]], photo: bytes | None, *, choices: bool) -> None:
        """Whose it is, and what is left of it."""
        self.name.setText(breakable(name))
        self.name.show()
        picture = pixmap_of(photo, _FACE)
        self.face.setVisible(picture is not None)
        if picture is not None:
            self.face.setPixmap(picture)
        self.photo.show()
        self.about.setText("\n".join(f"{label}: {value}" for label, value in facts))
        self.dates.setVisible(choices)
        self.tickets.show()
