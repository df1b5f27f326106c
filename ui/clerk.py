"""What the till's screen asks of the station: one cart, what it costs, and its way to a receipt.

The cart is kept by the station from the moment somebody wants to pay, so that a crash in between loses nothing; the
same sale is finished once, however often Enter is pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal

from boxoffice.bootstrap import App
from boxoffice.domain import asking, cash, dates, redeeming, selling
from boxoffice.domain import cart as carts
from boxoffice.domain.cart import Cart, CartLine, HeldPass, Objection, Override
from boxoffice.domain.catalog import Catalog, Item
from boxoffice.domain.documents import Movement, Report
from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.held import HeldCart
from boxoffice.domain.orders import Ticket
from boxoffice.domain.payment import Attempt, State
from boxoffice.domain.permissions import Permit
from boxoffice.domain.pricing import Bill, bill
from boxoffice.domain.shift import Shift
from boxoffice.domain.tenders import Lacking, Means, Offer, Settled, Tendering, open_in_cash, settle
from boxoffice.domain.vouchers import same_code
from boxoffice.domain.words import Sentence
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import lookup
from boxoffice.services.card import BY_HAND, Seen
from boxoffice.services.sell import Sale
from boxoffice.storage import settings, shop_pictures
from boxoffice.storage.settings import AtCounter

from . import wares
from .background import Background
from .card_work import NOT_READY, CardWork
from .courier import Courier
from .language import tell
from .wares import Ware

if TYPE_CHECKING:
    from boxoffice.terminals.worker import TerminalWorker

T = TypeVar("T")


class Clerk(QObject):
    """One cart at one till. Everything it says is reckoned anew from the replica."""

    changed = Signal()
    """The cart, the shift or what is offered for it is another."""
    sold = Signal(object)
    """A `Sale` is done."""
    closed = Signal(object)
    """The shift was closed: its Z, a `Report`."""
    busy_changed = Signal()
    terminal_shows = Signal(str)
    """What the card terminal says while it works."""
    in_doubt = Signal(object)
    """Nobody knows what became of a card payment: the `Attempt`."""
    unreachable = Signal(object)
    """The terminal could not be used, and nothing was charged: the `Attempt`."""

    def __init__(
        self, app: App, courier: Courier, report: Callable[[Trouble], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self.courier = courier
        self._report = report
        self.counter = app.counter()
        self.worker: Callable[[], TerminalWorker | None] = lambda: None
        """What speaks with card terminals; None while it is not there."""
        self.cards = CardWork(app, courier, lambda: self.worker(), self)
        self.cards.shows.connect(self.terminal_shows)
        self.background: Background | None = None
        """Where the server is asked; None where nobody waits for it."""
        self.shift: Shift | None = None
        self.offers: tuple[Offer, ...] = ()
        self._permits: tuple[Permit, ...] = ()
        self.busy = False
        self._turn = 0
        self.cart = Cart(id=new_id(), event="")
        self._date: int | None = None
        self.look_again()

    # What there is

    def look_again(self) -> None:
        """See which shift is open, and take up a cart that a crash left behind."""
        self.shift = self.counter.shift
        if self.shift is None:
            self.cart = Cart(id=self.cart.id, event="")
        elif self.cart.event != self.shift.event:
            left = [one for one in self.counter.left_open(self.shift.event) if not one.cart.empty]
            self.cart = left[-1].cart if left else self._new_cart(self.shift.event)
            self.offers = ()
            tidied = self.counter.codes.tidy(self.cart.id)
            self.courier.bring(tidied, to=self, done=lambda _: None, failed=self._report)
        self.changed.emit()

    @property
    def events(self) -> list[str]:
        """Events that a shift can be opened for."""
        return self._app.events()

    def currency_of(self, event: str) -> str:
        """The currency of an event."""
        return self._app.catalog(event).event.currency

    @property
    def currency(self) -> str:
        """The currency of the shift."""
        return self.shift.currency if self.shift is not None else "EUR"

    @property
    def catalog(self) -> Catalog:
        """What the event of the shift has for sale."""
        return self._app.catalog(self.cart.event)

    def wares(self) -> list[Ware]:
        """Everything on tiles, in the organiser's order."""
        return wares.of(self.catalog, datetime.now(UTC), self.date)

    @property
    def at_counter(self) -> AtCounter:
        """How this station sells tickets of the event."""
        return self._app.read(lambda c: settings.at_counter(c, self.cart.event))

    def sell_so(self, chosen: AtCounter) -> None:
        """Sell tickets of the event in another way from now on."""
        event = self.cart.event

        def kept(_: None) -> None:
            self._date = None
            if self.cart.empty:
                self._begin_anew()
            self.changed.emit()

        self._go(self._app.write(lambda c: settings.put_at_counter(c, event, chosen)), kept)

    @property
    def date(self) -> int | None:
        """The date of the series that is sold now; None where there is no series."""
        catalog = self.catalog
        if self._date in catalog.subevents:
            return self._date
        return dates.sold_first(catalog, datetime.now(UTC), self.at_counter.dates)

    def choose_date(self, date: int) -> None:
        """Sell for another date."""
        self._date = date
        self.changed.emit()

    def date_for(self, item: Item) -> int | None:
        """The date that one of these would be sold for: a pass is for none of its own."""
        return None if item.pass_terms is not None else self.date

    def left(self) -> dict[int, int]:
        """What is left of each limited quota; reads the store, and may take a moment."""
        event = self.cart.event
        return self._app.read(lambda c: self.counter.stock.left(c, event)) if event else {}

    def picture_names(self) -> dict[int, str]:
        """Which picture each item has: its digest."""
        event = self.cart.event
        return self._app.read(lambda c: shop_pictures.named(c, event))

    def pictures(self, names: Mapping[int, str]) -> dict[int, bytes]:
        """The pictures behind these names."""
        return self._app.read(lambda c: shop_pictures.of(c, names))

    def ticket_of(self, code: str) -> Ticket | None:
        """The ticket that a code opens the door for, of the event that is sold first."""
        found = self._app.read(lambda c: lookup.by_code(c, code))
        return next((one for one in found if one.event == self.cart.event), found[0] if found else None)

    # Who stands here

    @property
    def people_are_known(self) -> bool:
        """Whether people are known by name here; else a second person is asked for theirs."""
        return self._app.staff.in_use

    @property
    def unfinished(self) -> tuple[str, tuple[Offer, ...], tuple[Permit, ...]]:
        """What was handed over and permitted for the cart so far, for the screen that is made anew."""
        return self.cart.id, self.offers, self._permits

    def take_up(self, unfinished: object) -> None:
        """Go on with what the screen before this one had, if it was for the same cart."""
        if isinstance(unfinished, tuple) and unfinished[0] == self.cart.id:
            _, self.offers, self._permits = unfinished
            self.changed.emit()

    def take_over(self) -> None:
        """Somebody else stands here now, or it is training, or that is over; the cart stays with what it is."""
        training = self.counter.training
        self.counter = self._app.counter()
        if training is not self.counter.training:
            self.cart = Cart(id=new_id(), event="")
            self.offers = self._permits = ()
        self.look_again()

    # The cart

    @property
    def bill(self) -> Bill:
        """What the cart costs now."""
        return bill(self.cart, self.catalog, datetime.now(UTC), self.counter.codes.vouchers(self.cart))

    def total_of(self, cart: Cart) -> int:
        """What another cart would cost now."""
        return bill(cart, self.catalog, datetime.now(UTC), self.counter.codes.vouchers(cart)).total

    @property
    def objections(self) -> tuple[Objection, ...]:
        """What stands against selling it. What somebody is, is asked before they pay, unless nobody is asked."""
        codes, now = self.counter.codes, datetime.now(UTC)
        known, members = codes.vouchers(self.cart), codes.members(self.cart)
        found = selling.objections(self.cart, self.catalog, now, known, {}, members=members)
        return tuple(one for one in found if one.kind != "role" or self.cart.quick)

    def takes(self, item: Item) -> str | None:
        """The line that an add-on would go to; empty for what stands by itself, None if nothing takes it."""
        category = self.catalog.categories.get(item.category or 0)
        if category is None or not category.is_addon:
            return ""
        for line in reversed(self.cart.lines):
            if any(rule.category == category.id for rule in self.catalog.items[line.item].addons):
                return line.id
        return None

    def add(self, ware: Ware, many: int = 1) -> None:
        """Some more of something."""
        part_of = self.takes(ware.item)
        if part_of is None or self.busy:
            return
        variation = ware.variation.id if ware.variation else None
        above = self.cart.line(part_of) if part_of else None
        date = above.subevent if above is not None else self.date_for(ware.item)
        line = CartLine(
            id=new_id(), item=ware.item.id, variation=variation, quantity=many, part_of=part_of, subevent=date
        )
        self._set(carts.added(self.cart, line, *carts.bundled(line, ware.item, new_id)))

    def add_pass(self, line: CartLine, chosen: Sequence[CartLine]) -> None:
        """A pass with the dates that go with it."""
        if not self.busy:
            self._set(carts.added(self.cart, line, *chosen) if chosen else carts.added(self.cart, line))

    def add_to(self, held: HeldPass | None) -> None:
        """Add what is in the cart to a pass that was sold before; None sells it by itself."""
        if not self.busy:
            self._set(msgspec.structs.replace(self.cart, to_pass=held))

    def take_data(self, cart: Cart) -> None:
        """The same cart with what its buyers were asked."""
        if not self.busy and cart.id == self.cart.id:
            self._set(cart)

    @property
    def missing(self) -> tuple[Objection, ...]:
        """What has to be asked before it can be sold."""
        return asking.missing(self.cart, self.catalog)

    def set_quantity(self, line: str, quantity: int) -> None:
        """Another number of a line; none takes it out."""
        if not self.busy:
            self._set(carts.changed(self.cart, line, quantity=quantity))

    def set_note(self, line: str, note: str) -> None:
        """What is noted about a line."""
        if not self.busy:
            self._set(carts.changed(self.cart, line, note=note))

    def reprice(self, line: str, price: int, reason: str, permits: tuple[Permit, ...] = ()) -> None:
        """Another price for each of a line, with its reason and with who stands by it."""
        if not self.busy:
            self.stand_by(permits)
            override = Override(price=price, reason=reason, operator=permits[0].name if permits else "")
            self._set(carts.changed(self.cart, line, override=override))

    def stand_by(self, permits: tuple[Permit, ...]) -> None:
        """Somebody stands by what is about to be done for this cart."""
        self._permits = (*self._permits, *permits)

    def allow(self, kind: str, permits: tuple[Permit, ...] = ()) -> None:
        """Wave an objection through."""
        self.stand_by(permits)
        self._set(msgspec.structs.replace(self.cart, allowed=(*self.cart.allowed, kind)))

    # Codes

    def take_code(self, code: str) -> str | None:
        """Put a voucher or a membership into the cart; why it cannot be, or None if it is there."""
        found = self.counter.codes.what_is(self.cart.event, code, self.cart.id)
        if found.voucher is None and found.member is not None:
            self._set(redeeming.with_member(self.cart, found.member.number))
            return None
        changed = self.counter.codes.tried(self.cart, code)
        if isinstance(changed, Sentence):
            return tell(changed)
        self._set(changed)
        return None

    def drop_voucher(self, code: str) -> None:
        """Sell without a voucher after all."""
        if not self.busy:
            self._set(redeeming.without_voucher(self.cart, code))

    def knows_code(self, code: str) -> bool:
        """Whether a code is a voucher, a gift card or a membership."""
        return bool(self.cart.event) and self.counter.codes.what_is(self.cart.event, code).is_known

    def load(self, code: str, amount: int, why: Why) -> None:
        """Put money on a gift card with this sale."""
        if not self.busy:
            load = Load(id=new_id(), code=code, amount=amount, why=why)
            self._set(msgspec.structs.replace(self.cart, loads=(*self.cart.loads, load)))

    def unload(self, load_id: str) -> None:
        """Put no money on that gift card after all."""
        if not self.busy:
            loads = tuple(one for one in self.cart.loads if one.id != load_id)
            self._set(msgspec.structs.replace(self.cart, loads=loads))

    def put_change_on(self, code: str, amount: int, given: int) -> None:
        """What would be change goes onto a gift card, and all of the cash is taken."""
        if self.busy:
            return
        offers, load = self.offers, Load(id=new_id(), code=code, amount=amount, why=Why.CHANGE)
        self._set(msgspec.structs.replace(self.cart, loads=(*self.cart.loads, load)))
        self.offers = offers
        self.offer(Means.CASH, given)

    def _set(self, cart: Cart) -> None:
        """The cart as it is from now on. It is kept at once, so that a crash loses none of it."""
        self.cart = cart
        self.offers = self._charged() if self.offers else ()
        if cart.event:
            kept = self.counter.begin(cart)
            self.courier.bring(kept, to=self, done=lambda _: None, failed=self._report)
        self.changed.emit()

    def empty(self) -> None:
        """Let the cart go."""
        if not self.busy:
            self._go(self.counter.drop(self.cart.id), lambda _: self._begin_anew())

    def hold(self, note: str = "") -> None:
        """Put the cart by, under a name if it has one."""
        if not self.cart.empty and not self.busy:
            self._go(self.counter.hold(self.cart, note), lambda _: self._begin_anew())

    def recall(self, sale: str) -> None:
        """Take up a cart that was put by; what lies in the cart now is put by for it."""
        if self.busy:
            return
        if not self.cart.empty:
            self._go(self.counter.hold(self.cart), lambda _: self._go(self.counter.recall(sale), self._set))
            return
        self._go(self.counter.recall(sale), self._set)

    def elsewhere(self) -> list[HeldCart]:
        """Carts that other tills have put by, as far as this station has heard."""
        return self._app.held_elsewhere(self.cart.event)

    def take(self, held: HeldCart) -> None:
        """Take up another till's cart: the server gives it to one till only."""
        background = self.background
        if self.busy or background is None:
            return

        def ask(_: object = None) -> None:
            self._go(background.ask(lambda: self._app.take_cart(held.event, held.id)), self._set)

        if self.cart.empty:
            ask()
        else:
            self._go(self.counter.hold(self.cart), ask)

    def _begin_anew(self) -> None:
        self.cart = self._new_cart(self.shift.event) if self.shift else Cart(id=new_id(), event="")
        self.offers = ()
        self._permits = ()
        self.changed.emit()

    def _new_cart(self, event: str) -> Cart:
        chosen = self._app.read(lambda c: settings.at_counter(c, event))
        return Cart(id=new_id(), event=event, quick=chosen.quick, check_in=chosen.check_in)

    # Paying

    @property
    def tendering(self) -> Tendering:
        """Which means are taken here."""
        return self.counter.tendering(self.cart.event)

    def open_amount(self, means: Means = Means.CASH) -> int:
        """What is still to pay, in cash rounded to the coins there are."""
        total = self.bill.total
        if means is Means.CASH:
            return open_in_cash(total, self.offers, cash.step(self.currency))
        return total - sum(one.amount for one in self.offers)

    @property
    def settled(self) -> Settled | Lacking:
        """What the offers so far make of the bill."""
        return settle(self.bill.total, self.offers, cash.step(self.currency))

    def prepare(self) -> None:
        """Somebody wants to pay: from here on the cart survives a crash."""
        self._go(self.counter.begin(self.cart), lambda _: self._mind_doubt())

    def _mind_doubt(self) -> None:
        """A card may have been charged for this cart before, and nobody knows yet."""
        doubtful = next((one for one in self.counter.cards_of(self.cart.id) if one.is_doubtful), None)
        if doubtful is not None:
            self.in_doubt.emit(doubtful)

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
        if self.busy:
            return
        if self.offers and not amount and isinstance(self.settled, Settled):
            self.finish()  # A card has paid for all of it before the app ended.
            return
        offers = (*self.offers, Offer(means=means, amount=amount, details=details, proof=proof, code=code))
        outcome = settle(self.bill.total, offers, cash.step(self.currency))
        if isinstance(outcome, Lacking) and outcome.because:
            self._report(Trouble("This cannot be paid so", outcome.because, ""))
            return
        if means is Means.CARD and not self.counter.training and (self.counter.terminals or self.cards.ready):
            self._charge(amount, terminal or ("" if self.counter.terminals else BY_HAND.name))
            return
        if means is Means.GIFT_CARD and not self.counter.training:
            held = sum(one.amount for one in offers if same_code(one.code, code))
            self._go(self.counter.codes.reserve(self.cart, code, held), lambda _: self._handed_over(offers, outcome))
            return
        self._handed_over(offers, outcome)

    def _handed_over(self, offers: tuple[Offer, ...], outcome: Settled | Lacking) -> None:
        self.offers = offers
        self.changed.emit()
        if isinstance(outcome, Settled):
            self.finish()

    def _charge(self, amount: int, terminal: str) -> None:
        """Let the terminal take it. Only what it has charged is handed over."""
        cart = self.cart
        if not self.cards.ready:
            self._report(Trouble(*NOT_READY))
            return

        def written_down(attempt: Attempt) -> None:
            self._go(self.cards.run(attempt), self._on_answer)

        def begun(_: Bill) -> None:
            self._go(self.counter.charge(cart.id, amount, terminal), written_down)

        self._go(self.counter.begin(cart), begun)

    def settle(self, attempt: Attempt, seen: Seen) -> None:
        """A person has looked at the terminal: the sale goes on with what they say."""
        self._attempt(
            lambda permits: self.counter.settle_card(attempt.id, seen, permits), self._on_answer, reason=seen.reason
        )

    def ask_again(self, attempt: Attempt) -> None:
        """Have the terminal say what became of a payment."""
        self._go(self.cards.ask_again(attempt), self._on_answer)

    def give_up(self, attempt: Attempt) -> None:
        """Take back a card payment that stands on no receipt: its sale did not happen."""

        def written_down(reversing: Attempt) -> None:
            self._go(self.cards.run(reversing), self._on_given_up)

        self._go(self.counter.take_back(attempt.id), written_down)

    def finish_errand(self, operation: str) -> None:
        """Write the receipt about an order for what cards have moved."""
        self._go(self.counter.finish_errand(operation), lambda _: self.changed.emit())

    def _on_given_up(self, attempt: Attempt) -> None:
        self.offers = self._charged()
        self.changed.emit()
        if attempt.is_open:
            self.in_doubt.emit(attempt)
        else:
            title = "The payment stays charged" if attempt.is_charged else "The payment was taken back"
            self._report(Trouble(title, attempt.evidence.text if attempt.is_charged else "", attempt.advice))

    def _on_answer(self, attempt: Attempt) -> None:
        if attempt.operation != self.cart.id:
            self.changed.emit()  # It was for another cart, which is there when it is taken up again.
            return
        self.offers = (*(one for one in self.offers if one.means is not Means.CARD), *self._charged())
        self.changed.emit()
        if not attempt.is_charged:
            title = "Nobody knows yet whether the card was charged" if attempt.is_open else "The card was not charged"
            self._report(Trouble(title, attempt.evidence.text or attempt.because, attempt.advice))
            if attempt.is_open:
                self.in_doubt.emit(attempt)
            elif attempt.state is State.CANCELLED:
                self.unreachable.emit(attempt)
        elif isinstance(self.settled, Settled):
            self.finish()

    def _charged(self) -> tuple[Offer, ...]:
        """The cards that were charged for this cart already; they stay, whatever else is taken back."""
        cards = self.counter.cards_of(self.cart.id)
        return tuple(Offer(means=Means.CARD, amount=one.amount) for one in cards if one.is_stray)

    def break_off(self) -> None:
        """Ask the terminal to let it be; it says itself what became of the payment."""
        self.cards.break_off()

    def take_back(self) -> None:
        """Forget what was handed over so far, but for cards that were charged."""
        if not self.busy:
            if any(one.means is Means.GIFT_CARD for one in self.offers):
                self.courier.bring(
                    self.counter.codes.release(self.cart.id), to=self, done=lambda _: None, failed=self._report
                )
            self.offers = self._charged()
            self.changed.emit()

    def finish(self) -> None:
        """Sell."""
        cart, offers, had = self.cart, self.offers, self._permits

        def kept(_: object) -> None:
            self._attempt(lambda permits: self.counter.finish(cart.id, offers, permits=permits), self._on_sold, had=had)

        self._go(self.counter.begin(cart), kept)

    def _on_sold(self, sale: Sale) -> None:
        self._begin_anew()
        self.sold.emit(sale)

    # The shift

    def open(self, event: str, amount: int, pieces: dict[int, int] | None = None) -> None:
        """Open the drawer with a sum, or with what was counted in it."""
        self._go(self.counter.open(event, amount, pieces=pieces), lambda _: self.look_again())

    def move(self, movement: Movement, amount: int, reason: str) -> None:
        """Cash in or out."""
        self._attempt(
            lambda permits: self.counter.move(movement, amount, reason, permits=permits),
            lambda _: self.changed.emit(),
            reason=reason,
        )

    def close(
        self,
        pieces: dict[int, int],
        reason: str,
        differs: Callable[[Trouble], object],
        *,
        witness: str = "",
        despite_unknown: bool = False,
    ) -> None:
        """Count and close; `differs` hears why it could not be closed."""

        def count_is_kept(_: int) -> None:
            self._attempt(
                lambda permits: self.counter.close(
                    reason, despite_unknown=despite_unknown, witness=witness, permits=permits
                ),
                self._on_closed,
                differs,
                reason,
            )

        self._go(self.counter.count(pieces), count_is_kept, differs)

    def _on_closed(self, report: Report) -> None:
        self.look_again()
        self.closed.emit(report)

    def _attempt(
        self,
        act: Callable[[Sequence[Permit]], Future[T]],
        done: Callable[[T], object],
        failed: Callable[[Trouble], object] | None = None,
        reason: str = "",
        had: tuple[Permit, ...] = (),
    ) -> None:
        """Like `_go`, for what somebody may have to stand by."""

        def refused(trouble: Trouble) -> None:
            def again(permit: Permit) -> None:
                self._attempt(act, done, failed, reason, (*had, permit))

            self.courier.ask(trouble, again, failed or self._report, reason)

        self._go(act(had), done, refused)

    def _go(
        self, future: Future[T], done: Callable[[T], object], failed: Callable[[Trouble], object] | None = None
    ) -> None:
        """Wait for the station without stopping the window; one thing at a time, whatever becomes of it."""
        self._turn = turn = self._turn + 1
        self._be_busy(busy=True)

        def over() -> None:
            if self._turn == turn:  # Else what follows has begun already, and no key comes in between.
                self._be_busy(busy=False)

        def arrived(value: T) -> None:
            done(value)
            over()

        def refused(trouble: Trouble) -> None:
            over()
            (failed or self._report)(trouble)
            self.changed.emit()

        self.courier.bring(future, to=self, done=arrived, failed=refused)
        future.add_done_callback(self.courier.to(self, lambda _: over()))

    def _be_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


def quick(clerk: Clerk) -> Sequence[int]:
    """What is likely to be handed over."""
    return cash.quick_amounts(clerk.open_amount(), clerk.currency)
