"""Orders at the till for screens and the command line: paying them, changing them, giving back, putting right.

Each verb goes through the writer like those of `counter`, and decides nothing; the services do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.services import corrections, exchange, give_back, pay, tendering, terms, voids
from boxoffice.storage import proofs
from boxoffice.storage.connection import Connection

if TYPE_CHECKING:
    from boxoffice.counter import Counter
    from boxoffice.domain.cart import Objection
    from boxoffice.domain.errands import Wish
    from boxoffice.domain.orders import Order
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.tenders import Offer
    from boxoffice.services.corrections import Corrected
    from boxoffice.services.corrections import Plan as CorrectionPlan
    from boxoffice.services.exchange import Done
    from boxoffice.services.give_back import Back, GivenBack
    from boxoffice.services.pay import Payment
    from boxoffice.services.terms import Terms
    from boxoffice.storage.proofs import Proof


def _now() -> datetime:
    return datetime.now(UTC)


class OrderCounter:
    """The orders of one till."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._station = counter.station
        self._shelf = counter.station.shelf
        self._operator = counter.operator

    def pay(
        self,
        event: str,
        order: str,
        offers: Sequence[Offer],
        at: datetime | None = None,
        operation: str = "",
        permits: Sequence[Permit] = (),
    ) -> Future[Payment]:
        """Take the money for what is open. Under one `operation` it is done once. Raises `Refused`, `BadInput`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: pay.pay(
                c, self._shelf, event, order, offers, at or _now(), self._operator, operation=operation, permits=permits
            )
        )

    def terms(self, event: str, order: str, wishes: Sequence[Wish], at: datetime | None = None) -> Terms:
        """What an exchange would come to. Raises `Refused`, `BadInput`."""
        return self._station.read(lambda c: terms.quote(c, self._shelf, event, order, wishes, at or _now()))

    def against(
        self, event: str, order: str, wishes: Sequence[Wish], at: datetime | None = None
    ) -> tuple[Objection, ...]:
        """What stands against an exchange. Raises `Refused`, `BadInput`."""
        stock = self._counter.stock
        return self._station.read(lambda c: exchange.against(c, self._shelf, stock, event, order, wishes, at or _now()))

    def exchange(
        self,
        event: str,
        order: str,
        wishes: Sequence[Wish],
        offers: Sequence[Offer],
        reason: str = "",
        at: datetime | None = None,
        *,
        operation: str = "",
        allowed: Sequence[str] = (),
        may_oversell: bool = False,
        permits: Sequence[Permit] = (),
    ) -> Future[Done]:
        """Make tickets others, and take or give the difference. Raises `Refused`, `BadInput`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: exchange.exchange(
                c,
                self._shelf,
                self._counter.stock,
                event,
                order,
                wishes,
                offers,
                reason,
                at or _now(),
                self._operator,
                operation=operation,
                allowed=allowed,
                may_oversell=may_oversell,
                permits=permits,
            )
        )

    def attach(
        self,
        event: str,
        order: str,
        image: bytes,
        reference: str = "",
        at: datetime | None = None,
        *,
        permits: Sequence[Permit] = (),
    ) -> Future[Order]:
        """Keep the proof of a transfer for an open order: it awaits confirmation. Raises `BadInput`, `Refused`."""
        return self._station.write(
            lambda c: tendering.attach(c, event, order, image, at or _now(), self._operator, reference, permits)
        )

    def proofs(self, event: str, order: str) -> list[tuple[Proof, bytes]]:
        """What was shown for an order, oldest first."""

        def held(connection: Connection) -> list[tuple[Proof, bytes]]:
            kept = proofs.of_order(connection, event, order)
            return [(one, image) for one in kept if (image := proofs.image(connection, one)) is not None]

        return self._station.read(held)

    def quote(self, event: str, order: str, wished: Mapping[int, int | None] | None = None) -> Back:
        """What would go back. Raises `Refused`, `BadInput`."""
        return self._station.read(lambda c: give_back.quote(c, self._shelf, event, order, wished))

    def give_back(
        self,
        event: str,
        order: str,
        offers: Sequence[Offer],
        reason: str,
        wished: Mapping[int, int | None] | None = None,
        at: datetime | None = None,
        *,
        operation: str = "",
        keep_valid: bool = False,
        permits: Sequence[Permit] = (),
    ) -> Future[GivenBack]:
        """Give money back; it cancels, unless `keep_valid`. Raises `Refused`, `BadInput`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: give_back.give_back(
                c,
                self._shelf,
                event,
                order,
                offers,
                reason,
                at or _now(),
                wished,
                self._operator,
                operation=operation,
                keep_valid=keep_valid,
                permits=permits,
            )
        )

    # Putting right

    def correct(
        self,
        receipt: int,
        offers: Sequence[Offer],
        reason: str,
        amount: int | None = None,
        at: datetime | None = None,
        *,
        operation: str = "",
        permits: Sequence[Permit] = (),
    ) -> Future[Corrected]:
        """Say how a receipt was paid in truth, by a document of its own. Raises `Refused`, `BadInput`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: corrections.correct(
                c,
                self._shelf,
                receipt,
                offers,
                reason,
                at or _now(),
                self._operator,
                amount=amount,
                operation=operation,
                permits=permits,
            )
        )

    def correction(
        self, receipt: int, offers: Sequence[Offer], operation: str, amount: int | None = None
    ) -> CorrectionPlan:
        """What a correction would come to. Raises `Refused`, `BadInput`."""
        return self._station.read(lambda c: corrections.plan(c, receipt, offers, operation, amount))

    def void(
        self,
        receipt: int,
        reason: str,
        at: datetime | None = None,
        *,
        operation: str = "",
        permits: Sequence[Permit] = (),
    ) -> Future[GivenBack]:
        """Take back a whole sale of this shift. Raises `Refused`, `BadInput`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: voids.void(
                c, self._shelf, receipt, reason, at or _now(), self._operator, operation=operation, permits=permits
            )
        )
