"""The verbs of the till for screens and the command line: each goes through the writer and comes back as a future.

It belongs to an open station and decides nothing; the services do. The cart stays a value with whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from boxoffice.domain.tenders import Offer, Tendering
from boxoffice.errors import Refused
from boxoffice.storage import begun_sales, receipt_book, till

if TYPE_CHECKING:
    from boxoffice.card_counter import CardCounter
    from boxoffice.code_counter import Codes
    from boxoffice.domain.cart import Cart, HeldPass
    from boxoffice.domain.documents import CashSlip, Movement, Report
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.pricing import Bill
    from boxoffice.domain.shift import Booked, Shift
    from boxoffice.order_counter import OrderCounter
    from boxoffice.services.sell import Sale
    from boxoffice.storage.station import Station


def _now() -> datetime:
    return datetime.now(UTC)


class Counter:
    """A till. `training` sells without consequence: outside all books, with numbers of its own."""

    def __init__(self, station: Station, operator: str = "", *, training: bool = False) -> None:
        from boxoffice.services.stock import Stock

        self.station = station
        self.stock = Stock(station.shelf)
        self.operator = operator
        self.training = training

    @property
    def codes(self) -> Codes:
        """Vouchers, gift cards and memberships."""
        from boxoffice.code_counter import Codes

        return Codes(self.station, self.operator)

    @property
    def cards(self) -> CardCounter:
        """Card terminals, and what they have charged and given back."""
        from boxoffice.card_counter import CardCounter

        return CardCounter(self)

    @property
    def orders(self) -> OrderCounter:
        """What is done with orders that there are, and with what was sold."""
        from boxoffice.order_counter import OrderCounter

        return OrderCounter(self)

    def mind_training(self) -> None:
        """Raises `Refused` where training would reach what is real: orders that there are, and cards."""
        if self.training:
            raise Refused("This is training", "Nothing was done.", "End the training first.")

    # The shift

    @property
    def shift(self) -> Shift | None:
        """The shift that is open."""
        return self.station.read(lambda c: till.current_shift(c, training=self.training))

    def open(
        self, event: str, amount: int, at: datetime | None = None, pieces: Mapping[int, int] | None = None
    ) -> Future[Shift]:
        """Open the drawer with so much in it, minor units; with `pieces`, what was counted. Raises `Refused`."""
        from boxoffice.services import shifts

        return self.station.write(
            lambda c: shifts.open_shift(
                c,
                self.station.shelf,
                event,
                amount,
                at or _now(),
                self.operator,
                training=self.training,
                pieces=pieces,
            )
        )

    def move(
        self,
        movement: Movement,
        amount: int,
        reason: str,
        at: datetime | None = None,
        permits: Sequence[Permit] = (),
    ) -> Future[CashSlip]:
        """Put cash in or take it out. Raises `Refused`, `BadInput`."""
        from boxoffice.services import shifts

        return self.station.write(
            lambda c: shifts.move(
                c,
                self.station.shelf,
                movement,
                amount,
                reason,
                at or _now(),
                self.operator,
                training=self.training,
                permits=permits,
            )
        )

    def count(self, pieces: Mapping[int, int], at: datetime | None = None) -> Future[int]:
        """Keep a count of the drawer: denomination to number of pieces; what it comes to. Raises `Refused`."""
        from boxoffice.services import shifts

        return self.station.write(
            lambda c: shifts.count(c, pieces, at or _now(), self.operator, training=self.training)
        )

    def x_report(self, at: datetime | None = None) -> Report:
        """The figures so far. Raises `Refused` if no shift is open."""
        from boxoffice.services import shifts

        shelf = self.station.shelf
        return self.station.read(
            lambda c: shifts.x_report(c, shelf, at or _now(), self.operator, training=self.training)
        )

    def close(
        self,
        reason: str = "",
        at: datetime | None = None,
        *,
        despite_unknown: bool = False,
        witness: str = "",
        permits: Sequence[Permit] = (),
    ) -> Future[Report]:
        """Close the shift that was counted; its Z. `despite_unknown` is a supervisor's; `witness` saw the difference.

        Raises `Refused`.
        """
        from boxoffice.services import closing

        return self.station.write(
            lambda c: closing.close(
                c,
                self.station.shelf,
                at or _now(),
                self.operator,
                reason,
                training=self.training,
                despite_unknown=despite_unknown,
                witness=witness,
                permits=permits,
            )
        )

    def z_report(self, number: int | None = None) -> Report | None:
        """A Z as it was closed; the last one if none is named."""
        return self.station.read(lambda c: till.z(c, number or till.perpetual(c)[0]))

    # Selling

    def begin(self, cart: Cart, at: datetime | None = None) -> Future[Bill]:
        """Keep a cart as a sale under way; what it costs. Raises `Refused` if it is over."""
        from boxoffice.services import sell

        own = self._own(cart)
        return self.station.write(lambda c: sell.begin(c, self.station.shelf, own, at or _now()))

    def _own(self, cart: Cart) -> Cart:
        """The cart as one for selling or for training, whichever is done here."""
        return cart if cart.training is self.training else msgspec.structs.replace(cart, training=self.training)

    def hold(self, cart: Cart, note: str = "") -> Future[None]:
        """Put a cart by."""
        from boxoffice.services import sell

        own = self._own(cart)
        return self.station.write(lambda c: sell.hold(c, own, note, _now(), shared=not self.training))

    def recall(self, sale: str) -> Future[Cart]:
        """Take up a cart that was put by. Raises `BadInput`."""
        from boxoffice.services import sell

        return self.station.write(lambda c: sell.recall(c, sale, _now()))

    def drop(self, sale: str) -> Future[None]:
        """Let a cart go."""
        from boxoffice.services import sell

        return self.station.write(lambda c: sell.drop(c, sale, _now()))

    def held(self, event: str) -> list[begun_sales.UnderWay]:
        """The carts that were put by."""
        return self.station.read(lambda c: begun_sales.held(c, event, training=self.training))

    def left_open(self, event: str) -> list[begun_sales.UnderWay]:
        """Carts that were about to be paid when the app ended."""
        return self.station.read(lambda c: begun_sales.open_sales(c, event, training=self.training))

    def finish(
        self,
        sale: str,
        offers: Sequence[Offer],
        at: datetime | None = None,
        *,
        may_oversell: bool = False,
        permits: Sequence[Permit] = (),
    ) -> Future[Sale]:
        """Sell. Done twice, it answers what it answered first. Raises `Refused`, `BadInput`."""
        from boxoffice.services import sell

        return self.station.write(
            lambda c: sell.finish(
                c,
                self.station.shelf,
                self.stock,
                sale,
                offers,
                at or _now(),
                self.operator,
                may_oversell=may_oversell,
                training=self.training,
                permits=permits,
            )
        )

    def receipt(self, number: int) -> Booked | None:
        """A receipt by its number."""
        return self.station.read(lambda c: receipt_book.receipt(c, number, training=self.training))

    def find_pass(self, event: str, code: str) -> HeldPass:
        """The pass with this code, to which tickets can be added. Raises `BadInput`, `Refused`."""
        from boxoffice.services import pass_sale

        return self.station.read(lambda c: pass_sale.find(c, self.station.shelf, event, code))

    def tendering(self, event: str) -> Tendering:
        """Which means are taken for an event here."""
        from boxoffice.storage import accepted

        return self.station.read(lambda c: accepted.taken(c, event))

    def keep_proof(self, image: bytes) -> Future[str]:
        """Keep the picture of a transfer slip for an offer that is about to be made; its digest."""
        from boxoffice.storage import badges

        return self.station.write(lambda c: badges.put_picture(c, image))
