"""The number of a gift card that pays: scanned, or typed."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from ui.language import tr


class CardNumber(QLineEdit):
    """The field for it. A sheet hands it what the gun reads."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(56)
        self.setPlaceholderText(tr("Scan the card, or type its number"))
        self.setAccessibleName(tr("Scan the card, or type its number"))
