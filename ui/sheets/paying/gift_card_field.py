"""The number of the gift card that money goes onto: scanned, typed, or a new one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from boxoffice.code_counter import Codes
from boxoffice.domain.gift_cards import Why
from ui.language import tell, tr
from ui.widgets.buttons import Button
from ui.widgets.text_field import TextField


class GiftCardField(QWidget):
    """A field, and beside it what makes a number."""

    changed = Signal()

    def __init__(self, codes: Codes, event: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._codes = codes
        self._event = event
        self.number = TextField(tr("Scan the card, or type its number"))
        self.number.textChanged.connect(self.changed)
        self.new = Button(tr("New number"))
        self.new.setAutoDefault(False)
        self.new.clicked.connect(lambda: self.number.setText(codes.new_number()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.number, 1)
        row.addWidget(self.new)

    @property
    def code(self) -> str:
        """The number as it stands there."""
        return self.number.text().strip()

    def why_not(self, amount: int, why: Why) -> str:
        """Why so much cannot go onto this card, in words; empty if it can, or if none is named yet."""
        if not self.code or amount <= 0:
            return ""
        words = self._codes.why_no_load(self._event, self.code, amount, why)
        return tell(words) if words is not None else ""
