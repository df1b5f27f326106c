"""Carts that were put by, as rows to take one up again: in the place of the cart, and on a sheet by one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.cart import Cart
from boxoffice.domain.held import HeldCart
from boxoffice.storage.begun_sales import UnderWay
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import ago, apart, plural, tr
from ui.money import money
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog


def rows(clerk: Clerk, taken: Callable[[], object]) -> list[Button]:
    """A button for each; `taken` is told when one was pressed."""
    own = [_row(clerk, one, taken) for one in clerk.counter.held(clerk.cart.event)]
    return [*own, *(button for one in clerk.elsewhere() if (button := _row_elsewhere(clerk, one, taken)) is not None)]


def _row(clerk: Clerk, one: UnderWay, taken: Callable[[], object]) -> Button:
    button = _button(clerk, one.cart, one.changed_at)

    def take() -> None:
        clerk.recall(one.id)
        taken()

    button.clicked.connect(take)
    return button


def _row_elsewhere(clerk: Clerk, held: HeldCart, taken: Callable[[], object]) -> Button | None:
    cart = held.unpacked()
    if cart is None:
        return None
    button = _button(clerk, cart, held.at, held.device)

    def take() -> None:
        clerk.take(held)
        taken()

    button.clicked.connect(take)
    return button


def _button(clerk: Clerk, cart: Cart, at: datetime, where: str = "") -> Button:
    things = sum(line.quantity for line in cart.lines)
    age = ago((datetime.now(UTC) - at).total_seconds())
    total = money(clerk.total_of(cart), clerk.currency)
    parts = (where, cart.note, plural("{n} thing", "{n} things", things), total, age)
    button = Button(apart(*parts), height=theme.TOUCH + 12)
    button.setAutoDefault(False)
    return button


class RecallDialog(Dialog):
    """The carts that were put by."""

    def __init__(self, clerk: Clerk, parent: QWidget) -> None:
        super().__init__(tr("Carts that were put by"), parent)
        held = rows(clerk, self.accept)
        if not held:
            self.say(tr("None. F4 puts a cart by."))
        for button in held:
            self.add(button)
        close = Button(tr("Close"), key="Esc")
        close.clicked.connect(self.reject)
        self.add_buttons(close)
        if held:
            held[0].setFocus()


class HeldColumn(QVBoxLayout):
    """The same rows in a column of a page."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__()
        self._clerk = clerk
        self._shown: list[Button] = []
        self.setSpacing(8)
        self.addStretch(1)

    def look_again(self) -> None:
        """What is put by now."""
        for button in self._shown:
            button.hide()
            button.deleteLater()
        self._shown = rows(self._clerk, lambda: None)
        for button in self._shown:
            self.insertWidget(self.count() - 1, button)

    @property
    def empty(self) -> bool:
        """Whether nothing is put by."""
        return not self._shown
