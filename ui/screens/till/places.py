"""The six places of a box office, one key each, and who makes the page of each.

A page is made when it is first visited. It may have `look_again()` (what it shows may be others now), `take_keys()`
(the keyboard is its own) and `take_scan(text)` (a scan while it is shown; whether it took it). A place without a page
of its own sells from the tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from ui.language import tr
from ui.widgets.buttons import Button, Weight

if TYPE_CHECKING:
    from .screen import TillScreen


class Place(StrEnum):
    """Where one can be at the till."""

    EVENT = "event"
    PASSES = "passes"
    VOUCHERS = "vouchers"
    CART = "cart"
    ORDERS = "orders"
    REPORT = "report"


_NAMES = {
    Place.EVENT: "Event",
    Place.PASSES: "Passes",
    Place.VOUCHERS: "Gift vouchers",
    Place.CART: "Cart",
    Place.ORDERS: "Orders",
    Place.REPORT: "Report",
}


def key_of(place: Place) -> str:
    """The key that leads there."""
    return f"Alt+{list(Place).index(place) + 1}"


def make(place: Place, till: TillScreen) -> QWidget | None:
    """The page of a place; None where the tiles are it."""
    match place:
        case Place.PASSES:
            return _passes(till)
        case Place.CART:
            return _cart(till)
        case Place.ORDERS:
            return _orders(till)
        case Place.REPORT:
            return _report(till)
        case Place.VOUCHERS:
            return _gift_vouchers(till)
        case _:
            return None


def _cart(till: TillScreen) -> QWidget:
    from .cart_page import CartPage

    return CartPage(till)


def _orders(till: TillScreen) -> QWidget:
    from .orders_page import OrdersPage

    page = OrdersPage(till)
    till.order_wanted.connect(page.show_order)
    return page


def _passes(till: TillScreen) -> QWidget:
    from .passes import PassPage

    return PassPage(till)


def _report(till: TillScreen) -> QWidget:
    from ui.screens.report.screen import ReportScreen

    page = ReportScreen(till)
    page.differences.order_wanted.connect(till.show_order)
    page.differences.cards_wanted.connect(till.cards.show_list)
    page.differences.outbox_wanted.connect(till.outbox_wanted)
    return page


def _gift_vouchers(till: TillScreen) -> QWidget:
    from .gift_vouchers import GiftVouchersPage

    return GiftVouchersPage(till)


class PlaceBar(QWidget):
    """The places beside each other, each with its key."""

    went = Signal(object)
    """The `Place` that was pressed."""

    def __init__(self, places: Sequence[Place] = tuple(Place), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("till_places")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 0)
        row.setSpacing(6)
        self._group = QButtonGroup(self)
        self.buttons: dict[Place, Button] = {}
        for place in places:
            button = Button(tr(_NAMES[place]), weight=Weight.QUIET, key=key_of(place), height=48)
            button.setCheckable(True)
            button.setObjectName(f"till_{place.value}")
            button.clicked.connect(lambda _=False, at=place: self.went.emit(at))
            self._group.addButton(button)
            self.buttons[place] = button
            row.addWidget(button, 1)

    def stand_at(self, place: Place) -> None:
        """Mark the place one is at."""
        self.buttons[place].setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < sum(button.sizeHint().width() + 6 for button in self.buttons.values()) + 32
        for button in self.buttons.values():
            button.be_brief(brief=narrow or self.width() < _WIDE)


_WIDE = 1000
"""Below this there is no room for the keys."""
