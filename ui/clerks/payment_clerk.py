"""The way of a clerk's cart to its receipt: what is handed over, cards at their terminals, and the sale.

The same sale is finished once, however often Enter is pressed. Cards that were charged stay, whatever else is taken
back; one of which nobody knows is a question to a person, and not a reason to charge again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxoffice.bootstrap import App
from boxoffice.domain import cash
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.permissions import Permit
from boxoffice.domain.pricing import Bill
from boxoffice.domain.tenders import Lacking, Means, Offer, Settled, Tendering, open_in_cash, settle
from boxoffice.domain.vouchers import same_code
from boxoffice.errors import Trouble
from boxoffice.services.card import Seen
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.services.sell import Sale

from .card_work import NOT_READY, CardWork

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker

    from .clerk import Clerk


class PaymentClerk(QObject):
    """Takes the money for one clerk's cart."""

    sold = Signal(object)
    """A `Sale` is done."""
    terminal_shows = Signal(str)
    """What the card terminal says while it works."""
    in_doubt = Signal(object)
    """Nobody knows what became of a card payment: the `Attempt`."""
    unreachable = Signal(object)
    """The terminal could not be used, and nothing was charged: the `Attempt`."""

    def __init__(self, app: App, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._clerk = clerk
        self._turns = clerk.turns
        self.offers: tuple[Offer, ...] = ()
        self.worker: Callable[[], TerminalWorker | None] = lambda: None
        """What speaks with card terminals; None while it is not there."""
        self.cards = CardWork(app, clerk.courier, lambda: self.worker(), self)
        self.cards.shows.connect(self.terminal_shows)

    # What there is to pay

    @property
    def tendering(self) -> Tendering:
        """Which means are taken here."""
        return self._clerk.counter.tendering(self._clerk.cart.event)

    def open_amount(self, means: Means = Means.CASH) -> int:
        """What is still to pay, in cash rounded to the coins there are."""
        total = self._clerk.bill.total
        if means is Means.CASH:
            return open_in_cash(total, self.offers, self._step)
        return total - sum(one.amount for one in self.offers)

    def quick(self) -> Sequence[int]:
        """What is likely to be handed over."""
        return cash.quick_amounts(self.open_amount(), self._clerk.currency)

    @property
    def _step(self) -> int:
        return cash.step(self._clerk.currency)

    def _settled(self, offers: tuple[Offer, ...]) -> Settled | Lacking:
        """What these offers make of the bill."""
        return settle(self._clerk.bill.total, offers, self._step)

    def prepare(self) -> None:
        """Somebody wants to pay: from here on the cart survives a crash."""
        self._turns.go(self._clerk.counter.begin(self._clerk.cart), lambda _: self._mind_doubt())

    def _mind_doubt(self) -> None:
        """A card may have been charged for this cart before, and nobody knows yet."""
        cards = self._clerk.counter.cards.of(self._clerk.cart.id)
        doubtful = next((one for one in cards if one.is_doubtful), None)
        if doubtful is not None:
            self.in_doubt.emit(doubtful)

    # What is handed over

    def offer(
        self,
        means: Means,
        amount: int,
        terminal: str = "",
        details: tuple[str, ...] = (),
        proof: str = "",
        code: str = "",
    ) -> None:
        """Something is handed over; a card at the terminal that is named, a gift card by its number.

        If it covers the bill, the sale is done.
        """
        clerk, counter = self._clerk, self._clerk.counter
        if clerk.busy:
            return
        if self.offers and not amount and isinstance(self._settled(self.offers), Settled):
            self._finish()  # A card has paid for all of it before the app ended.
            return
        offers = (*self.offers, Offer(means=means, amount=amount, details=details, proof=proof, code=code))
        outcome = self._settled(offers)
        if isinstance(outcome, Lacking) and outcome.because:
            clerk.report(Trouble("This cannot be paid so", outcome.because, ""))
            return
        if means is Means.CARD and not counter.training and (counter.cards.terminals or self.cards.ready):
            self._charge(amount, terminal or ("" if counter.cards.terminals else BY_HAND.name))
            return
        if means is Means.GIFT_CARD and not counter.training:
            held = sum(one.amount for one in offers if same_code(one.code, code))
            self._turns.go(counter.codes.reserve(clerk.cart, code, held), lambda _: self._handed_over(offers, outcome))
            return
        self._handed_over(offers, outcome)

    def _handed_over(self, offers: tuple[Offer, ...], outcome: Settled | Lacking) -> None:
        self.offers = offers
        self._clerk.changed.emit()
        if isinstance(outcome, Settled):
            self._finish()

    def take_back(self) -> None:
        """Forget what was handed over so far, but for cards that were charged."""
        clerk = self._clerk
        if clerk.busy:
            return
        if any(one.means is Means.GIFT_CARD for one in self.offers):
            self._turns.beside(clerk.counter.codes.release(clerk.cart.id))
        self.offers = self._charged()
        clerk.changed.emit()

    def keep_charged(self) -> None:
        """The cart is another: only what cards have paid for it stays handed over."""
        self.offers = self._charged() if self.offers else ()

    def _charged(self) -> tuple[Offer, ...]:
        """The cards that were charged for this cart already; they stay, whatever else is taken back."""
        cards = self._clerk.counter.cards.of(self._clerk.cart.id)
        return tuple(Offer(means=Means.CARD, amount=one.amount) for one in cards if one.is_stray)

    # Cards

    def _charge(self, amount: int, terminal: str) -> None:
        """Let the terminal take it. Only what it has charged is handed over."""
        clerk, cart = self._clerk, self._clerk.cart
        if not self.cards.ready:
            clerk.report(Trouble(*NOT_READY))
            return

        def written_down(attempt: Attempt) -> None:
            self._turns.go(self.cards.run(attempt), self._on_answer)

        beside = [one for one in self.offers if one.means is not Means.CARD]

        def begun(_: Bill) -> None:
            self._turns.attempt(
                lambda permits: clerk.counter.cards.charge(cart.id, amount, terminal, beside=beside, permits=permits),
                written_down,
                had=clerk.permits,
            )

        self._turns.go(clerk.counter.begin(cart), begun)

    def settle(self, attempt: Attempt, seen: Seen) -> None:
        """A person has looked at the terminal: the sale goes on with what they say."""
        counter = self._clerk.counter
        self._turns.attempt(
            lambda permits: counter.cards.settle(attempt.id, seen, permits), self._on_answer, reason=seen.reason
        )

    def ask_again(self, attempt: Attempt) -> None:
        """Have the terminal say what became of a payment."""
        self._turns.go(self.cards.ask_again(attempt), self._on_answer)

    def give_up(self, attempt: Attempt, reason: str, had: tuple[Permit, ...] = ()) -> None:
        """Take back a card payment that stands on no receipt: its sale did not happen."""
        cards = self._clerk.counter.cards

        def written_down(reversing: Attempt) -> None:
            self._turns.go(self.cards.run(reversing), self._on_given_up)

        self._turns.attempt(
            lambda permits: cards.take_back(attempt.id, reason, permits=permits),
            written_down,
            None,
            reason,
            had,
        )

    def finish_errand(self, operation: str) -> None:
        """Write the receipt about an order for what cards have moved."""
        clerk = self._clerk
        self._turns.go(clerk.counter.cards.finish_errand(operation), lambda _: clerk.changed.emit())

    def break_off(self) -> None:
        """Ask the terminal to let it be; it says itself what became of the payment."""
        self.cards.break_off()

    def _on_given_up(self, attempt: Attempt) -> None:
        self.offers = self._charged()
        self._clerk.changed.emit()
        if attempt.is_open:
            self.in_doubt.emit(attempt)
        else:
            title = "The payment stays charged" if attempt.is_charged else "The payment was taken back"
            evidence = attempt.evidence.text if attempt.is_charged else ""
            self._clerk.report(Trouble(title, evidence, attempt.advice))

    def _on_answer(self, attempt: Attempt) -> None:
        if attempt.operation != self._clerk.cart.id:
            self._clerk.changed.emit()  # It was for another cart, which is there when it is taken up again.
            return
        self.offers = (*(one for one in self.offers if one.means is not Means.CARD), *self._charged())
        self._clerk.changed.emit()
        if not attempt.is_charged:
            self._say_not_charged(attempt)
        elif isinstance(self._settled(self.offers), Settled):
            self._finish()

    def _say_not_charged(self, attempt: Attempt) -> None:
        title = "Nobody knows yet whether the card was charged" if attempt.is_open else "The card was not charged"
        self._clerk.report(Trouble(title, attempt.evidence.text or attempt.because, attempt.advice))
        if attempt.is_open:
            self.in_doubt.emit(attempt)
        elif attempt.state is State.CANCELLED:
            self.unreachable.emit(attempt)

    # The sale

    def _finish(self) -> None:
        """Sell."""
        counter, cart, offers = self._clerk.counter, self._clerk.cart, self.offers
        had = self._clerk.permits

        def kept(_: object) -> None:
            self._turns.attempt(
                lambda permits: counter.finish(cart.id, offers, permits=permits), self._on_sold, had=had
            )

        self._turns.go(counter.begin(cart), kept)

    def _on_sold(self, sale: Sale) -> None:
        self._clerk.begin_anew()
        self.sold.emit(sale)
