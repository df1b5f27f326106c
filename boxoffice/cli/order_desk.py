"""An order and the till that does something with it, for as long as one command takes.

Each verb about an order begins alike: the order is found, in the events that were named or in all. Those that move
money go on alike: cards are moved first, under a name that a crash in between does not lose, and somebody with
permission stands by what follows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from boxoffice.bootstrap import App, open_station
from boxoffice.counter import Counter
from boxoffice.domain import cash
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.errands import Errand, What
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.permissions import Permit
from boxoffice.domain.progress import progress
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput, filled
from boxoffice.services import amend
from boxoffice.storage import receipt_book

from . import cards, consent
from .amounts import amount_in
from .output import say
from .till import offer

T = TypeVar("T")


@contextmanager
def order_desk(args: argparse.Namespace) -> Iterator[OrderDesk]:
    """The order that a command names, at this station, for whoever signs in to it.

    Raises `BadInput` if there is none, or in several events, `Refused` for a wrong PIN.
    """
    with open_station(args.data) as app:
        events = [args.event] if args.event else app.events()
        desk = OrderDesk(app, args, app.read(lambda c: amend.find(c, args.code, events)))
        consent.sign_in(app, args)
        yield desk


class OrderDesk:
    """One order, as it was when the command began."""

    def __init__(self, app: App, args: argparse.Namespace, order: Order) -> None:
        self.app = app
        self.args = args
        self.order = order

    @cached_property
    def counter(self) -> Counter:
        """The till, with who stands at it."""
        return self.app.counter(self.args.operator)

    @property
    def catalog(self) -> Catalog:
        """Of the order's event."""
        return self.app.catalog(self.order.event)

    @property
    def currency(self) -> str:
        """Of the order's event."""
        return self.catalog.event.currency

    def amount(self, text: str) -> int:
        """Minor units of what somebody typed. Raises `BadInput`."""
        return amount_in(text, self.currency)

    def plain(self, amount: int) -> str:
        """An amount as it is said."""
        return plain(amount, self.currency)

    def offers(self, texts: Sequence[str]) -> list[Offer]:
        """What is handed over, as it was typed. Raises `BadInput`."""
        return [offer(one, self.currency) for one in texts]

    def offer(self, tender: str, amount: int) -> Offer:
        """An amount by a tender that was typed as `KIND[:CODE]`, in cash rounded to the coins there are."""
        kind, _, code = tender.partition(":")
        means = offer(f"{kind}:0", self.currency).means
        if means is Means.CASH:
            amount = cash.rounded(amount, cash.step(self.currency))
        return Offer(means=means, amount=amount, code=code if means is Means.GIFT_CARD else "")

    def receipt(self) -> int:
        """The number of the receipt that was named, or of the newest sale of the order. Raises `BadInput`."""
        if self.args.receipt:
            return self._named(int(self.args.receipt))
        sales = [one.number for one in self._receipts(self.order) if one.is_sale]
        if not sales:
            raise BadInput(
                filled("This till has no receipt of order {code}", code=self.order.code),
                "Nothing was done.",
                "Look at another till.",
            )
        return sales[-1]

    def _named(self, number: int) -> int:
        """A receipt that was named, which is about no other order than this one."""
        booked = self.counter.receipt(number)
        if booked is not None and booked.receipt.orders and self.order.code not in booked.receipt.orders:
            raise BadInput(
                filled("Receipt {number} is not about order {code}", number=number, code=self.order.code),
                filled("It is about {others}.", others=", ".join(booked.receipt.orders)),
                "Nothing was done. Name that order.",
            )
        return number

    def errand(self, what: What) -> Errand:
        """What cards are to be moved for: under the name of an earlier attempt, where one was left in the middle."""
        operation = cards.operation_for(self.counter, self.order.event, self.order.code, what)
        return Errand(operation=operation, event=self.order.event, order=self.order.code, what=what)

    def move_cards(self, errand: Errand, **details: Any) -> str:
        """Have all cards moved that the errand wants; the name of the operation. Raises `Refused`."""
        cards.move(self.app, self.args, self.counter, msgspec.structs.replace(errand, **details))
        return errand.operation

    def with_leave(self, attempt: Callable[[Sequence[Permit]], T]) -> T:
        """Do it with the permits that it asks for. Raises `NeedsPermission`."""
        return consent.with_leave(self.app, self.args, attempt)

    def say(self, values: Mapping[str, Any], text: str) -> None:
        """Tell what came of it."""
        say(self.args, values, text)

    def show(self, order: Order) -> None:
        """Tell all of an order."""
        self.say(self.as_json(order), self._as_text(order))

    def as_json(self, order: Order) -> dict[str, Any]:
        """All of an order, for scripts."""
        catalog = self.catalog
        return {
            "order": order.code,
            "event": order.event,
            "status": progress(order).lower(),
            "total": self.plain(order.total),
            "paid": self.plain(order.paid),
            "due": self.plain(max(0, order.total - order.paid) if order.status is not Status.CANCELED else 0),
            "currency": self.currency,
            "email": order.email,
            "phone": order.phone,
            "positions": [
                {
                    "position": one.number,
                    "item": localised(catalog.items[one.item].name) if one.item in catalog.items else str(one.item),
                    "name": one.name,
                    "company": one.company,
                    "price": self.plain(one.price),
                    "addon_to": one.addon_to,
                    "canceled": one.canceled,
                }
                for one in order.positions
            ],
            "receipts": [one.number for one in self._receipts(order)],
        }

    def _receipts(self, order: Order) -> list[Booked]:
        return self.app.read(lambda c: receipt_book.receipts_of_order(c, order.event, order.code))

    def _as_text(self, order: Order) -> str:
        values = self.as_json(order)
        lines = [f"{values['order']} ({values['event']}): {values['status']}, {values['total']} {values['currency']}"]
        for one in values["positions"]:
            gone = " (cancelled)" if one["canceled"] else ""
            lines.append(f"  {one['position']}  {one['item']}  {one['name']}  {one['price']}{gone}")
        lines.append(f"  paid {values['paid']}, open {values['due']}")
        return "\n".join(lines)
