"""Cards at the till for screens and the command line: what is to be charged or given back, and what became of it.

Here it is written down before a terminal hears of it; the worker of the terminals takes it to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from boxoffice.services import card, card_terminals, charged, errands, sell
from boxoffice.storage import payments

if TYPE_CHECKING:
    from boxoffice.counter import Counter
    from boxoffice.domain.errands import Errand
    from boxoffice.domain.payment import Attempt
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.tenders import Offer
    from boxoffice.domain.terminals import Terminal, TerminalDay
    from boxoffice.services.card import Seen
    from boxoffice.services.errands import Finished


def _now() -> datetime:
    return datetime.now(UTC)


class CardCounter:
    """The cards of one till."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._station = counter.station
        self._shelf = counter.station.shelf
        self._operator = counter.operator

    @property
    def terminals(self) -> tuple[Terminal, ...]:
        """The card terminals of this station. Training is done without one."""
        return () if self._counter.training else self._station.read(card_terminals.terminals)

    def days(self) -> list[TerminalDay]:
        """What terminals have said at their ends of day since the shift was opened."""
        shift = self._counter.shift
        return [] if shift is None else self._station.read(lambda c: payments.days_of_shift(c, shift.id))

    def charge(
        self,
        sale: str,
        amount: int,
        terminal: str = "",
        at: datetime | None = None,
        *,
        beside: Sequence[Offer] = (),
        may_oversell: bool = False,
        permits: Sequence[Permit] = (),
    ) -> Future[Attempt]:
        """Write down that a card is to be charged for a sale, beside what else pays; the worker takes it to its end.

        Raises `Refused` for more than is open, and while its sale or its terminal waits for an outcome.
        """
        self._counter.mind_training()
        stock, operator = self._counter.stock, self._operator
        return self._station.write(
            lambda c: sell.charge(
                c,
                self._shelf,
                stock,
                sale,
                amount,
                terminal,
                at or _now(),
                operator,
                permits,
                beside=beside,
                may_oversell=may_oversell,
            )
        )

    def take_back(
        self, attempt: str, reason: str, at: datetime | None = None, permits: Sequence[Permit] = ()
    ) -> Future[Attempt]:
        """Write down that a charge without a receipt is to be taken back; the worker does it.

        Raises `Refused`, `BadInput`.
        """
        operator = self._operator
        return self._station.write(lambda c: card.give_up(c, attempt, reason, at or _now(), operator, permits))

    def settle(self, attempt: str, seen: Seen, permits: Sequence[Permit] = ()) -> Future[Attempt]:
        """Say what became of a card payment, after looking. Raises `Refused`, `BadInput`."""
        return self._station.write(lambda c: card.settle(c, attempt, seen, _now(), permits))

    def of(self, operation: str) -> list[Attempt]:
        """Every attempt to charge a card for a sale, oldest first."""
        return self._station.read(lambda c: payments.of_operation(c, operation))

    def charge_order(
        self,
        errand: Errand,
        amount: int,
        terminal: str = "",
        at: datetime | None = None,
        *,
        permits: Sequence[Permit] = (),
    ) -> Future[Attempt]:
        """Write down that a card is to be charged for an open order; the worker does it. Raises `Refused`."""
        self._counter.mind_training()
        return self._station.write(
            lambda c: errands.charge(c, self._shelf, errand, amount, terminal, at or _now(), self._operator, permits)
        )

    def advance(
        self, errand: Errand, terminal: str = "", at: datetime | None = None, *, permits: Sequence[Permit] = ()
    ) -> Future[Attempt | None]:
        """Write down the next movement of a card for an errand; the worker does it. None once all has moved.

        Raises `Refused`, `BadInput`.
        """
        self._counter.mind_training()
        stock = self._counter.stock
        return self._station.write(
            lambda c: errands.advance(
                c, self._shelf, stock, errand, terminal, at or _now(), self._operator, permits=permits
            )
        )

    def about(self, operation: str) -> list[Attempt]:
        """Every attempt for an operation, those among them that are taken back for it."""
        return self._station.read(lambda c: payments.about(c, operation))

    def left_to_send(self, errand: Errand) -> int:
        """What has yet to go back to cards for a refund; minor units."""
        return self._station.read(lambda c: errands.left(c, self._shelf, errand))

    def moved_for(self, operation: str) -> tuple[Offer, ...]:
        """The cards by which money has moved for an operation, and that stand on no receipt yet."""
        return self._station.read(lambda c: charged.as_offers(c, operation))

    def unfinished(self, event: str, order: str) -> Errand | None:
        """What is under way with cards for an order."""
        return self._station.read(lambda c: card.unfinished(c, event, order))

    def finish_errand(self, operation: str) -> Future[Finished]:
        """Write the receipt for what cards have moved, after a crash in between. Raises `Refused`, `BadInput`."""
        return self._station.write(
            lambda c: errands.finish(c, self._shelf, self._counter.stock, operation, _now(), self._operator)
        )

    def loose(self) -> list[Attempt]:
        """Attempts that somebody has to look after: in doubt, or by which money has moved without a receipt."""
        return self._station.read(payments.loose)

    def doubtful(self) -> list[Attempt]:
        """Attempts by which money may have moved, and nobody can say so yet."""
        return self._station.read(payments.doubtful)
