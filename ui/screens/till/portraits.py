"""The photos of those whose pass wants one: asked for as soon as it is sold, while they still stand there.

A photo that is not taken then keeps nothing up: it is said, and the place for passes takes it later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from boxoffice.domain.orders import Order, Position
from boxoffice.services.sell import Sale
from ui.language import name_of, tr
from ui.sheets.photo_sheet import ask_for_photo

if TYPE_CHECKING:
    from .screen import TillScreen


class Portraits(QObject):
    """Takes one photo after the other of one sale, and is gone then."""

    def __init__(self, till: TillScreen) -> None:
        super().__init__(till)
        self._till = till
        self._waiting: list[tuple[str, str, str]] = []
        """Event, ticket, and what it is called."""

    def ask(self, sale: Sale) -> None:
        """Ask for the photos that a sale wants, and that nobody has taken yet."""
        self._waiting = [
            (sale.order.event, key, one.name or self._named(one) or key)
            for one in sale.order.positions
            if self._wants(one) and not self._till.station.badges.photo(sale.order.event, key := _key(sale.order, one))
        ]
        self._next()

    def _wants(self, one: Position) -> bool:
        item = self._till.clerk.catalog.items.get(one.item)
        terms = item.pass_terms if item is not None else None
        return terms is not None and terms.photo and not one.canceled

    def _named(self, one: Position) -> str:
        item = self._till.clerk.catalog.items.get(one.item)
        return name_of(item.name) if item is not None else ""

    def _next(self) -> None:
        if not self._waiting:
            self._till.take_keys()
            self.deleteLater()
            return
        event, key, name = self._waiting.pop(0)
        till = self._till
        sheet = ask_for_photo(name, till.payment.eye, lambda image: keep(till, event, key, image, till), till.window())
        sheet.rejected.connect(
            lambda: till.notices.say(tr("{name} has no photo yet. The place for passes takes it.", name=name))
        )
        sheet.finished.connect(lambda _: self._next())


def _key(order: Order, one: Position) -> str:
    return f"{order.code}-{one.number}"


def keep(
    till: TillScreen, event: str, key: str, image: bytes, to: QObject, done: Callable[[object], object] | None = None
) -> None:
    """Let a ticket have a photo; `done` once it is kept."""
    badges = till.station.badges

    def later() -> None:
        badges.put_photo(event, key, image).result()

    put = badges.put_photo(event, key, image) if till.background is None else till.background.ask(later)
    till.courier.bring(put, to=to, done=done or (lambda _: None), failed=till.tell)
