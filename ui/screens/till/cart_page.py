"""The place of the cart: its lines as large as there is room for, and beside them the carts that were put by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.language import tr
from ui.widgets.buttons import Button
from ui.widgets.text_field import TextField

from .cart_panel import CartPanel
from .held import HeldColumn

if TYPE_CHECKING:
    from .screen import TillScreen


class CartPage(QWidget):
    """Lines at the left, what was put by at the right."""

    def __init__(self, till: TillScreen) -> None:
        super().__init__()
        self._clerk = clerk = till.clerk
        self.panel = CartPanel(clerk, large=True)
        self.panel.pay_pressed.connect(till.pay)
        self.panel.recall_pressed.connect(till.recall)
        self.name = TextField(tr("A name to find it by"))
        self.name.returnPressed.connect(self._hold)
        self._put_by = Button(tr("Put by"), key=tr("Enter"))
        self._put_by.clicked.connect(self._hold)
        clerk.changed.connect(self.look_again)
        clerk.turns.changed.connect(self.panel.show_cart)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(20, 14, 20, 16)
        whole.setSpacing(16)
        whole.addWidget(self.panel, 62)
        whole.addWidget(self._beside(), 38)

    def _beside(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        rows = QVBoxLayout(card)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(10)
        title = QLabel(tr("Carts that were put by"))
        title.setProperty("role", "heading")
        title.setWordWrap(True)
        rows.addWidget(title)
        self._none = QLabel(tr("None. F4 puts a cart by."))
        self._none.setProperty("role", "muted")
        self._none.setWordWrap(True)
        rows.addWidget(self._none)
        ground = QWidget()
        ground.setProperty("role", "page")
        self.held = HeldColumn(self._clerk)
        ground.setLayout(self.held)
        scroll = QScrollArea()
        scroll.setAccessibleName(title.text())
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(ground)
        rows.addWidget(scroll, 1)
        rows.addWidget(self.name)
        rows.addWidget(self._put_by)
        return card

    def look_again(self) -> None:
        """The cart, and what is put by."""
        self.panel.show_cart()
        self.held.look_again()
        self._none.setVisible(self.held.empty)
        self._put_by.setEnabled(not self._clerk.cart.empty)

    def take_keys(self) -> None:
        """What is typed is a name for the cart."""
        self.name.setFocus()

    def _hold(self) -> None:
        self._clerk.hold(self.name.text().strip())
        self.name.clear()
