"""A sale is made: the change, larger than anything else, until the next one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from boxoffice.domain.tenders import Means
from boxoffice.services.sell import Sale
from ui import theme
from ui.language import tr
from ui.money import money
from ui.widgets.buttons import Button, Weight


class DonePanel(QWidget):
    """The change, until the next sale."""

    next_pressed = Signal()
    back_pressed = Signal()
    """The sale was a mistake."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("done")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._words = QLabel(tr("Change"))
        self._words.setFont(theme.half_bold(26))
        self.change = QLabel()
        self.change.setFont(theme.bold(96))
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        self.about.setFont(theme.font(17))
        following = Button(tr("Next sale"), key=tr("Enter"), weight=Weight.PRIMARY, height=64)
        following.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        following.clicked.connect(self.next_pressed)
        rows = QVBoxLayout(self)
        rows.addStretch(1)
        for label in (self._words, self.change, self.about):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addSpacing(24)
        rows.addWidget(following, 0, Qt.AlignmentFlag.AlignCenter)
        back = Button(tr("Take back…"), key="F8", weight=Weight.QUIET)
        back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        back.clicked.connect(self.back_pressed)
        rows.addWidget(back, 0, Qt.AlignmentFlag.AlignCenter)
        rows.addStretch(1)
        self.receipt = 0
        """The number of the receipt that was given out."""

    def show_sale(self, sale: Sale) -> None:
        """What goes back to the customer."""
        self.receipt = sale.booked.number
        currency = sale.receipt.currency
        later = 0 if sale.change else sum(one.amount for one in sale.receipt.tenders if Means(one.tender).pays_later)
        self._words.setText(tr("The order stays unpaid") if later else tr("Change"))
        self.change.setText(money(later or sale.change, currency))
        total = money(sale.receipt.total + sale.receipt.rounding, currency)
        self.about.setText(
            tr(
                "Receipt {number}, order {order}: {total}",
                number=sale.booked.number,
                order=sale.order.code,
                total=total,
            )
        )
        self.setAccessibleName(f"{self._words.text()} {self.change.text()}")
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape):
            self.next_pressed.emit()
            return
        super().keyPressEvent(event)
