"""What a clerk can sell now: the wares of the shift's event, for one date of a series, as this station sells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.bootstrap import App
from boxoffice.domain import dates
from boxoffice.domain.catalog import Item
from boxoffice.services.shifts import LONGEST
from boxoffice.storage import settings, shop_pictures
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import AtCounter

from . import wares
from .wares import Ware

if TYPE_CHECKING:
    from .clerk import Clerk


class Assortment:
    """Of the event that the clerk's cart is for."""

    def __init__(self, app: App, clerk: Clerk) -> None:
        self._app = app
        self._clerk = clerk
        self._date: int | None = None

    def wares(self) -> list[Ware]:
        """Everything on tiles, in the organiser's order."""
        return wares.of(self._clerk.catalog, datetime.now(UTC), self.date)

    @property
    def at_counter(self) -> AtCounter:
        """How this station sells tickets of the event."""
        return self._app.read(lambda c: settings.at_counter(c, self._clerk.cart.event))

    def sell_so(self, chosen: AtCounter) -> None:
        """Sell tickets of the event in another way from now on."""
        clerk, event = self._clerk, self._clerk.cart.event

        def kept(_: None) -> None:
            self._date = None
            if clerk.cart.empty:
                clerk.begin_anew()
            clerk.changed.emit()

        shift, stock = clerk.shift, clerk.counter.stock

        def keep(connection: Connection) -> None:
            settings.put_at_counter(connection, event, chosen)
            if shift is not None and not shift.training:
                stock.set_aside(connection, event, chosen.in_hand, shift.opened_at + LONGEST)

        clerk.turns.go(self._app.write(keep), kept)

    @property
    def date(self) -> int | None:
        """The date of the series that is sold now; None where there is no series."""
        catalog = self._clerk.catalog
        if self._date in catalog.subevents:
            return self._date
        return dates.sold_first(catalog, datetime.now(UTC), self.at_counter.dates)

    def choose_date(self, date: int) -> None:
        """Sell for another date."""
        self._date = date
        self._clerk.changed.emit()

    def date_for(self, item: Item) -> int | None:
        """The date that one of these would be sold for: a pass is for none of its own."""
        return None if item.pass_terms is not None else self.date

    def picture_names(self) -> dict[int, str]:
        """Which picture each item has: its digest."""
        event = self._clerk.cart.event
        return self._app.read(lambda c: shop_pictures.named(c, event))

    def pictures(self, names: Mapping[int, str]) -> dict[int, bytes]:
        """The pictures behind these names."""
        return self._app.read(lambda c: shop_pictures.of(c, names))
