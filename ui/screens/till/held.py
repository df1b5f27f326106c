"""Carts that were put by, as rows to take one up again: in the place of the cart, and on a sheet by one key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QVBoxLayout, QWidget

from boxoffice.domain.cart import Cart
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import ago, apart, plural, tr
from ui.money import money
from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog


class PutBy(NamedTuple):
    """A cart that can be taken up: how it is told, and what takes it up."""

    id: str
    at: datetime
    words: str
    take: Callable[[], object]


def put_by(clerk: Clerk) -> list[PutBy]:
    """Those of this till, then what others have put by."""
    own = [
        PutBy(one.id, one.changed_at, _words(clerk, one.cart, one.changed_at), partial(clerk.recall, one.id))
        for one in clerk.counter.held(clerk.cart.event)
    ]
    others = ((one, one.unpacked()) for one in clerk.elsewhere())
    return own + [
        PutBy(one.id, one.at, _words(clerk, cart, one.at, one.device), partial(clerk.take, one))
        for one, cart in others
        if cart is not None
    ]


def _words(clerk: Clerk, cart: Cart, at: datetime, where: str = "") -> str:
    things = sum(line.quantity for line in cart.lines)
    age = ago((datetime.now(UTC) - at).total_seconds())
    total = money(clerk.total_of(cart), clerk.currency)
    return apart(where, cart.note, plural("{n} thing", "{n} things", things), total, age)


def _button(one: PutBy) -> Button:
    button = Button(one.words, height=theme.TOUCH + 12)
    button.setAutoDefault(False)
    button.clicked.connect(lambda: one.take())
    return button


class RecallDialog(Dialog):
    """The carts that were put by."""

    def __init__(self, clerk: Clerk, parent: QWidget) -> None:
        super().__init__(tr("Carts that were put by"), parent)
        held = [_button(one) for one in put_by(clerk)]
        if not held:
            self.say(tr("None. F4 puts a cart by."))
        for button in held:
            button.clicked.connect(self.accept)
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
        self._shown: dict[tuple[str, datetime], Button] = {}
        self.setSpacing(8)
        self.addStretch(1)

    def look_again(self) -> None:
        """What is put by now. A row of a cart that is still there stays: somebody may have a finger on it."""
        there = {(one.id, one.at): one for one in put_by(self._clerk)}
        if list(there) == list(self._shown):
            for name, button in self._shown.items():
                button.setText(there[name].words)
            return
        for button in self._shown.values():
            button.hide()
            button.deleteLater()
        self._shown = {name: _button(one) for name, one in there.items()}
        for button in self._shown.values():
            self.insertWidget(self.count() - 1, button)

    @property
    def empty(self) -> bool:
        """Whether nothing is put by."""
        return not self._shown
