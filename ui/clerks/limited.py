"""What there is only so much of: what this till may sell of it, and asking the server for more where a cart takes more.

What is left is counted beside the window, because with many orders it takes a moment; so it may be a moment old here.
When it is sold it is judged anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from boxoffice.bootstrap import App
from boxoffice.domain import selling
from boxoffice.domain.cart import Objection
from boxoffice.domain.stock import Outlook
from ui.language import language

if TYPE_CHECKING:
    from .clerk import Clerk


class Limited:
    """Of the event that the clerk's cart is for."""

    def __init__(self, app: App, clerk: Clerk) -> None:
        self._app = app
        self._clerk = clerk
        self._asked: tuple[str, dict[int, int]] = ("", {})
        self.outlook = Outlook()
        self.online: Callable[[], bool] = lambda: True
        """Whether the server can be asked for more."""

    def look_ahead(self) -> Outlook:
        """What is left, and what this till may sell of it; reads the store, and may take a moment."""
        event, stock = self._clerk.cart.event, self._clerk.counter.stock
        return self._app.read(lambda c: stock.outlook(c, event)) if event else Outlook()

    def take(self, outlook: Outlook) -> None:
        """What is left was counted. Where the cart takes more than is set aside, the server is asked for more."""
        if outlook != self.outlook:
            self.outlook = outlook
            self._clerk.changed.emit()
        clerk, event, stock = self._clerk, self._clerk.cart.event, self._clerk.counter.stock
        taking = selling.pieces_of(one for one in clerk.bill.units if not one.has_room)
        needed = outlook.needs(taking, clerk.catalog.quotas.values())
        if needed and self._asked != (clerk.cart.id, needed) and not outlook.lacks(needed):
            self._asked = (clerk.cart.id, needed)
            clerk.turns.beside(self._app.write(lambda c: stock.want(c, event, needed)))

    @property
    def objections(self) -> tuple[Objection, ...]:
        """What stands against selling the cart, as far as it is known here. Training takes nothing from anybody."""
        clerk = self._clerk
        if clerk.counter.training:
            return ()
        return selling.of_stock(clerk.cart, clerk.bill.units, clerk.catalog, self.outlook, language())

    @property
    def waits_for_more(self) -> bool:
        """Whether the cart takes more than this till may sell, and the server may yet set it aside."""
        return self.online() and any(one.kind == selling.OVERSELL for one in self.objections)
