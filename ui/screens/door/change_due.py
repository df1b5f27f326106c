"""The change of somebody who paid at the door, as large as at the till, until the next scan.

It stands below the answer, in the place of the last scans: the answer keeps its room, and is not waited for.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.language import tr
from ui.widgets.fit_label import FitLabel

_FIGURE, _LEAST_FIGURE = 96, 32


class ChangeDue(QWidget):
    """What goes back, and on which receipt."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("change_due")
        word = QLabel(tr("Change"))
        word.setFont(theme.half_bold(26))
        self._receipt = QLabel()
        self._receipt.setProperty("role", "muted")
        self.figure = FitLabel(pixels=_FIGURE, least=_LEAST_FIGURE, weight=QFont.Weight.Bold)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        about = QVBoxLayout()
        about.setSpacing(2)
        about.addStretch(1)
        about.addWidget(word)
        about.addWidget(self._receipt)
        about.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 0, 0)
        row.setSpacing(28)
        row.addLayout(about)
        row.addWidget(self.figure, 1)
        self.hide()

    def tell(self, receipt: int, amount: str) -> None:
        """Show what goes back."""
        self._receipt.setText(tr("Receipt {number}", number=receipt))
        self.figure.setText(amount)
        self.setAccessibleName(tr("Receipt {number}: change {amount}", number=receipt, amount=amount))
