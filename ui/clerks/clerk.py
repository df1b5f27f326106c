"""Who serves at the till: one cart, what it costs, and what stands against it.

Each change of the cart is kept by the station at once, so that a crash loses none of it. How it is paid, what there is
to sell and what happens to the drawer have rooms of their own beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from PySide6.QtCore import QObject, Signal

from boxoffice.bootstrap import App
from boxoffice.domain import asking, redeeming, selling
from boxoffice.domain import cart as carts
from boxoffice.domain.cart import Cart, CartLine, HeldPass, Objection, Override
from boxoffice.domain.catalog import Catalog, Item
from boxoffice.domain.facts import Guest
from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.held import HeldCart
from boxoffice.domain.orders import Ticket
from boxoffice.domain.permissions import Permit
from boxoffice.domain.pricing import Bill, bill
from boxoffice.domain.shift import Shift
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.words import Sentence
from boxoffice.errors import Trouble
from boxoffice.ids import new_id
from boxoffice.services import elsewhere, lookup, pass_sale
from boxoffice.storage import settings
from ui.background import Background
from ui.courier import Courier
from ui.language import language, name_of, tell, tr

from .assortment import Assortment
from .drawer_clerk import DrawerClerk
from .limited import Limited
from .payment_clerk import PaymentClerk
from .turns import Turns
from .wares import Ware


class Clerk(QObject):
    """One cart at one till. Everything it says is reckoned anew from the replica."""

    changed = Signal()
    """The cart, the shift or what is offered for it is another."""

    def __init__(
        self, app: App, courier: Courier, report: Callable[[Trouble], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._app = app
        self.courier = courier
        self.report = report
        self.counter = app.counter()
        self.turns = Turns(courier, report, self)
        self.turns.failed.connect(self.changed)
        self.payment = PaymentClerk(app, self)
        self.drawer = DrawerClerk(self)
        self.assortment = Assortment(app, self)
        self.limited = Limited(app, self)
        self.background: Background | None = None
        """Where the server is asked; None where nobody waits for it."""
        self.shift: Shift | None = None
        self.permits: tuple[Permit, ...] = ()
        """What somebody stands by for this cart."""
        self.cart = Cart(id=new_id(), event="")
        self.newcomer = ""
        """Who was sought and not found, and wants a ticket."""
        self.look_again()

    @property
    def busy(self) -> bool:
        """Whether the station is asked for something, and nothing else may be begun."""
        return self.turns.busy

    # What there is

    def look_again(self) -> None:
        """See which shift is open, and take up a cart that a crash left behind."""
        self.shift = self.counter.shift
        if self.shift is None:
            self.cart = Cart(id=self.cart.id, event="")
        elif self.cart.event != self.shift.event:
            left = [one for one in self.counter.left_open(self.shift.event) if not one.cart.empty]
            self.cart = left[-1].cart if left else self._new_cart(self.shift.event)
            self.payment.offers = ()
            self.turns.beside(self.counter.codes.tidy(self.cart.id))
        self.changed.emit()

    @property
    def events(self) -> list[str]:
        """Events that a shift can be opened for."""
        return self._app.events()

    def name_of(self, event: str) -> str:
        """What an event is called."""
        return name_of(self._app.catalog(event).event.name) or event

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

    def catalog_of(self, event: str) -> Catalog | None:
        """What another event has for sale; None if it is not known here."""
        return self._app.catalog(event) if event in self._app.events() else None

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
        return self.cart.id, self.payment.offers, self.permits

    def take_up(self, unfinished: object) -> None:
        """Go on with what the screen before this one had, if it was for the same cart."""
        if isinstance(unfinished, tuple) and unfinished[0] == self.cart.id:
            _, self.payment.offers, self.permits = unfinished
            self.changed.emit()

    def take_over(self) -> None:
        """Somebody else stands here now, or it is training, or that is over; the cart stays with what it is."""
        training = self.counter.training
        self.counter = self._app.counter()
        if training is not self.counter.training:
            self.cart = Cart(id=new_id(), event="")
            self.payment.offers = self.permits = ()
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
        found = self.against(self.cart) + self.limited.objections
        return tuple(one for one in found if one.kind != "role" or self.cart.quick)

    def against(self, cart: Cart) -> tuple[Objection, ...]:
        """What the rules have against a cart; not what is left of anything."""
        codes, now, language_here = self.counter.codes, datetime.now(UTC), language()
        known, members = codes.vouchers(cart), codes.members(cart)
        found = selling.objections(cart, self.catalog, now, known, {}, language_here, members)
        found += self._app.read(lambda c: elsewhere.objections(c, self._app.shelf, cart, self.catalog, now))
        if cart.to_pass is not None:
            found += self._app.read(lambda c: pass_sale.objections(c, cart, self.catalog, language_here))
        return found

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
        date = above.subevent if above is not None else self.assortment.date_for(ware.item)
        line = CartLine(
            id=new_id(), item=ware.item.id, variation=variation, quantity=many, part_of=part_of, subevent=date
        )
        line = self._for_newcomer(line, ware.item)
        self._set(carts.added(self.cart, line, *carts.bundled(line, ware.item, new_id)))

    def _for_newcomer(self, line: CartLine, item: Item) -> CartLine:
        """Whoever was sought and not found gets the first ticket of which nothing is asked."""
        asked = asking.asked_of(line, self.catalog)
        if not (self.newcomer and item.admission) or asked is None or asked.fields or asked.roles or asked.questions:
            return line
        guest, self.newcomer = Guest(name=self.newcomer), ""
        return msgspec.structs.replace(line, guest=guest)

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
        self.permits = (*self.permits, *permits)

    def allow(self, kind: str, permits: tuple[Permit, ...] = ()) -> None:
        """Wave an objection through."""
        self.stand_by(permits)
        self._set(msgspec.structs.replace(self.cart, allowed=(*self.cart.allowed, kind)))

    # Codes

    def take_code(self, code: str) -> str | None:
        """Put a voucher or a membership into the cart; why it cannot be, or None if it is there."""
        if self.busy:
            return tr("One moment…")
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
        offers = self.payment.offers
        self.load(code, amount, Why.CHANGE)
        self.payment.offers = offers
        self.payment.offer(Means.CASH, given)

    def _set(self, cart: Cart) -> None:
        """The cart as it is from now on. It is kept at once, so that a crash loses none of it."""
        self.cart = cart
        self.payment.keep_charged()
        if cart.event:
            self.turns.beside(self.counter.begin(cart))
        self.changed.emit()

    def empty(self) -> None:
        """Let the cart go."""
        if not self.busy:
            self.turns.go(self.counter.drop(self.cart.id), lambda _: self.begin_anew())

    def hold(self, note: str = "") -> None:
        """Put the cart by, under a name if it has one."""
        if not self.cart.empty and not self.busy:
            self.turns.go(self.counter.hold(self.cart, note), lambda _: self.begin_anew())

    def recall(self, sale: str) -> None:
        """Take up a cart that was put by; what lies in the cart now is put by for it."""
        if self.busy:
            return
        if not self.cart.empty:
            self.turns.go(self.counter.hold(self.cart), lambda _: self.turns.go(self.counter.recall(sale), self._set))
            return
        self.turns.go(self.counter.recall(sale), self._set)

    def elsewhere(self) -> list[HeldCart]:
        """Carts that other tills have put by, as far as this station has heard."""
        return self._app.shared_carts.elsewhere(self.cart.event)

    def take(self, held: HeldCart) -> None:
        """Take up another till's cart: the server gives it to one till only."""
        background = self.background
        if self.busy or background is None:
            return

        def ask(_: object = None) -> None:
            self.turns.go(background.ask(lambda: self._app.shared_carts.take(held.event, held.id)), self._set)

        if self.cart.empty:
            ask()
        else:
            self.turns.go(self.counter.hold(self.cart), ask)

    def begin_anew(self) -> None:
        """What is sold next has nothing of what was sold before."""
        self.cart = self._new_cart(self.shift.event) if self.shift else Cart(id=new_id(), event="")
        self.payment.offers = self.permits = ()
        self.newcomer = ""
        self.changed.emit()

    def _new_cart(self, event: str) -> Cart:
        chosen = self._app.read(lambda c: settings.at_counter(c, event))
        return Cart(id=new_id(), event=event, quick=chosen.quick, check_in=chosen.check_in)
