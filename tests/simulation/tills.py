"""What happens at a till: the station's own counter sells, takes money, gives it back and lets people work here.

Several tills know the same vouchers, gift cards and open orders, and cannot always ask each other. What a till has
told a customer is promised like a verdict at the door: each act that it wrote down has to arrive, once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item, Quota
from boxoffice.domain.documents import Movement
from boxoffice.domain.facts import Guest, Line, Private, Sold
from boxoffice.domain.gift_cards import GiftCard, Load, Why
from boxoffice.domain.instants import micros
from boxoffice.domain.nouns import Noun
from boxoffice.domain.operators import NewOperator, Operator
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.permissions import Act, Permit, Role
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.ids import new_id, new_secret
from boxoffice.services import card_terminals, deal, gift_cards, operators
from boxoffice.storage import accepted, orders
from boxoffice.storage import operators as people
from boxoffice.terminals.simulated import Behaviour
from boxoffice.terminals.worker import TerminalWorker

if TYPE_CHECKING:
    from .laptops import Laptop

SUPPER, GALA, WORKSHOP = 2, 3, 4
PRICE = 3_000
PLACES = 2
"""In the workshop, of which tills have some set aside for themselves."""
VOUCHERS = ("HALF", "GALA")
CARDS = ("CARD0000AAAABBBB", "CARD1111AAAABBBB")
ON_A_CARD = 5_000
UNPAID = ("P1", "P2")
TERMINAL = "Till 1"


def nouns(event: str) -> list[Noun]:
    """What there is to sell, and with what: half a price twice, a seat at a gala that is kept back, few places."""
    return [
        Item(id=SUPPER, event=event, name={"en": "Supper"}, price=PRICE),
        Item(id=GALA, event=event, name={"en": "Gala"}, price=2 * PRICE, require_voucher=True),
        Quota(id=1, event=event, name="Gala", size=1, items=(GALA,)),
        Item(id=WORKSHOP, event=event, name={"en": "Workshop"}, price=2_000),
        Quota(id=2, event=event, name="Workshop", size=PLACES, items=(WORKSHOP,)),
        Voucher(id=1, event=event, code="HALF", max_usages=2, mode=Mode.PERCENT, value=5_000, item=SUPPER),
        Voucher(id=2, event=event, code="GALA", max_usages=1, item=GALA, block_quota=True),
        *(GiftCard(event=event, code=code, currency="EUR", value=ON_A_CARD) for code in CARDS),
        *(_unpaid(event, code) for code in UNPAID),
    ]


def set_up(connection: Any, event: str) -> None:
    """What is chosen at a till before the first day: it has a card terminal, and pays out gift cards."""
    card_terminals.put_terminal(connection, Terminal(name=TERMINAL, kind=Kind.SIMULATED))
    accepted.keep(connection, event, Tendering(cash_out=True))


def _unpaid(event: str, code: str) -> Order:
    held = Position(number=1, item=SUPPER, price=PRICE, secret=f"secret-{code}", name="Ada Lovelace")
    return Order(event=event, code=code, status=Status.PENDING, total=PRICE, positions=(held,))


class Till:
    """The counter of one laptop."""

    def __init__(self, laptop: Laptop, event: str) -> None:
        self._laptop = laptop
        self._event = event

    # Selling

    def sell(self, number: int = 1) -> None:
        """Suppers, for cash."""
        self._sell("sells suppers", Cart(id="", event=self._event, lines=(_line(SUPPER, number),)))

    def sell_with(self, voucher: str) -> None:
        """What a voucher is for."""
        cart = Cart(id="", event=self._event, lines=(_line(GALA if voucher == "GALA" else SUPPER),))
        self._sell(f"sells with {voucher}", cart, voucher=voucher)

    def spend(self, card: str) -> None:
        """A supper, as far as it goes with a gift card."""
        self._sell(f"is paid with {card[:5]}", Cart(id="", event=self._event, lines=(_line(SUPPER),)), card=card)

    def sell_a_place(self) -> None:
        """In the workshop, as far as some are set aside for this till. Whoever cannot, wants one set aside."""
        if not self._sell("sells a place", Cart(id="", event=self._event, lines=(_line(WORKSHOP),))):
            self.set_aside(1)

    def set_aside(self, number: int) -> None:
        """Have so many of what is limited set aside for this till, or give back what there is."""
        until = self._laptop.clock() + timedelta(hours=12)
        self._laptop.book(
            f"wants {number} set aside",
            lambda app: app.write(lambda c: app.stock.set_aside(c, self._event, number, until)).result(),
        )

    def load(self, card: str, amount: int, *, new: bool) -> bool:
        """Sell a gift card, or put more on one. Whether it was done."""
        loads = (Load(id="g1", code=card, amount=amount, why=Why.SOLD if new else Why.TOPPED_UP),)
        return self._sell(f"puts {amount} on {card[:5]}", Cart(id="", event=self._event, loads=loads))

    def _sell(self, what: str, empty: Cart, *, voucher: str = "", card: str = "") -> bool:
        def do(app: App) -> Any:
            till, at = self._counter(app), self._laptop.clock()
            cart = Cart(id=new_id(), event=empty.event, lines=empty.lines, loads=empty.loads)
            if voucher:
                cart = till.codes.put_in(cart, voucher, at)
            total = till.begin(cart, at).result().total
            return till.finish(cart.id, self._offers(app, total, card), at).result()

        return self._laptop.book(what, do) is not None

    def _offers(self, app: App, total: int, card: str) -> list[Offer]:
        """What a card has for it, and the rest in cash; of what is dear, half by transfer."""
        if total > PRICE and not card:
            return [Offer(means=Means.TRANSFER, amount=total // 2), Offer(means=Means.CASH, amount=total - total // 2)]
        left = app.read(lambda c: gift_cards.balance(c, self._event, card, "EUR")).left if card else 0
        by_card = min(max(left, 0), total)
        offers = [Offer(means=Means.GIFT_CARD, amount=by_card, code=card)] if by_card else []
        return [*offers, Offer(means=Means.CASH, amount=total - by_card)] if total > by_card else offers

    # By card

    def sell_by_card(self, terminal_does: Behaviour, *, goes: bool) -> None:
        """A supper by card, in cash where that fails. Who `goes` leaves the sale open that the card was charged for."""
        terminal = self._laptop.terminal
        terminal.behaviour = terminal_does

        def do(app: App) -> Any:
            till, at = self._counter(app), self._laptop.clock()
            cart = Cart(id=new_id(), event=self._event, lines=(_line(SUPPER),))
            till.begin(cart, at).result()
            attempt = till.cards.charge(cart.id, PRICE, TERMINAL, at).result()
            TerminalWorker(app, lambda _: terminal, self._laptop.clock)._pay(attempt.id, lambda *_: None, None, 0)
            return None if goes else self._finish(till, cart.id, PRICE)

        self._laptop.book(f"sells by card, which the terminal will {terminal_does.value}", do)

    def finish_what_is_open(self) -> None:
        """Whoever left a sale open has come back."""

        def do(app: App) -> Any:
            till = self._counter(app)
            left = till.left_open(self._event)
            return self._finish(till, left[0].cart.id, PRICE) if left else None

        self._laptop.book("finishes what was left open", do)

    def _finish(self, till: Counter, sale: str, total: int) -> Any:
        by_card = till.cards.moved_for(sale)
        open_ = total - sum(one.amount for one in by_card)
        offers = [*by_card, *([Offer(means=Means.CASH, amount=open_)] if open_ else [])]
        return till.finish(sale, offers, self._laptop.clock()).result()

    # Orders that there are

    def order(self, code: str) -> bool:
        """Somebody orders a supper and pays later. Whether it was written down."""

        def do(app: App) -> Any:
            at = micros(self._laptop.clock())
            sold = Sold(
                event=self._event, at=at, order=code, lines=(Line(number=1, item=SUPPER, price=PRICE),), total=PRICE
            )
            guests = {"1": Guest(secret=new_secret(), name="Grace Hopper")}
            return app.write(lambda c: deal.record(c, sold, Private(guests=guests))).result()

        return self._laptop.book(f"is ordered {code} from", do) is not None

    def take(self, code: str) -> None:
        """The money for what is open of an order."""

        def do(app: App) -> Any:
            till, at = self._counter(app), self._laptop.clock()
            there = app.read(lambda c: orders.by_code(c, self._event, code))
            owed = there.total - there.paid if there is not None else PRICE
            return till.orders.pay(self._event, code, [Offer(means=Means.CASH, amount=owed)], at).result()

        self._laptop.book(f"takes the money for {code}", do)

    def give_back(self, code: str) -> None:
        """All of the money for an order, in cash."""

        def do(app: App) -> Any:
            till = self._counter(app)
            offers = [Offer(means=Means.CASH, amount=-till.orders.quote(self._event, code).total)]
            permits = self._permits(app, Act.REFUND, Act.OTHER_TENDER)
            at = self._laptop.clock()
            return till.orders.give_back(self._event, code, offers, "Ill", at=at, permits=permits).result()

        self._laptop.book(f"gives the money for {code} back", do)

    def void(self) -> None:
        """The last sale, as it was paid."""

        def do(app: App) -> Any:
            [(number,)] = self._laptop.rows("SELECT coalesce(max(number), 0) FROM receipts")
            permits = self._permits(app, Act.VOID, Act.OTHER_TENDER)
            return self._counter(app).orders.void(number, "Mistyped", self._laptop.clock(), permits=permits).result()

        self._laptop.book("takes its last sale back", do)

    def correct(self) -> None:
        """The last receipt: it was paid by transfer in truth. Where there is none yet, something is sold."""
        last = self._laptop.rows(_LAST) if self._laptop.app is not None else []
        if not last:
            self.sell()
            return
        [(number, total)] = last

        def do(app: App) -> Any:
            permits = self._permits(app, Act.CORRECTION)
            offers = [Offer(means=Means.TRANSFER, amount=total)]
            till, at = self._counter(app), self._laptop.clock()
            return till.orders.correct(number, offers, "So it was", at=at, permits=permits).result()

        self._laptop.book("puts its last receipt right", do)

    def cash_out(self, card: str) -> None:
        """All that is on a card."""

        def do(app: App) -> Any:
            permits = self._permits(app, Act.CASH_OUT)
            codes = self._counter(app).codes
            return codes.cash_out(card, "Moves away", at=self._laptop.clock(), permits=permits).result()

        self._laptop.book(f"pays out {card[:5]}", do)

    # The shift

    def move(self, movement: Movement, amount: int) -> None:
        """Cash into the drawer, or out of it."""

        def do(app: App) -> Any:
            permits = self._permits(app, Act.PAY_OUT)
            return self._counter(app).move(movement, amount, "Change", self._laptop.clock(), permits).result()

        self._laptop.book(f"moves cash: {movement.value}", do)

    def close(self) -> None:
        """Bring some of it to the safe, count what is in the drawer, and make the Z."""

        def do(app: App) -> Any:
            till, at = self._counter(app), self._laptop.clock()
            till.move(Movement.DROP, 700, "To the safe", at).result()
            till.count({1: 0}, at).result()
            return till.close("Nobody counted", at, permits=self._permits(app, Act.DIFFERENCE)).result()

        self._laptop.book("closes its shift", do)

    def _counter(self, app: App) -> Counter:
        """The counter with its drawer open, for whoever may stand at it."""
        who = self._organiser(app)
        till = app.counter(who.name if who is not None else "")
        if till.shift is None:
            till.open(self._event, 10_000, self._laptop.clock()).result()
        return till

    # People

    def hire(self, role: Role) -> None:
        """Somebody new; the first of all is an organiser."""

        def do(app: App) -> Any:
            there = len(app.read(people.everybody))
            wanted = role if self._organiser(app) is not None else Role.ORGANISER
            new = NewOperator(name=f"{self._laptop.name} {there}", role=wanted, pin="471108")
            return self._lead(
                app, lambda c, at, who, permits: operators.add(c, [(new, "sealed")], at, operator=who, permits=permits)
            )

        self._laptop.book("hires", do)

    def promote(self, role: Role) -> None:
        """Whoever is not an organiser has another role now; where there is nobody yet, somebody comes."""
        app = self._laptop.app
        others = [one for one in app.read(people.everybody) if one.role is not Role.ORGANISER] if app else []
        if app is None or not others or self._organiser(app) is None:
            self.hire(role)
            return
        name = others[0].name

        def do(app: App) -> Any:
            return self._lead(
                app,
                lambda c, at, who, permits: operators.change(
                    c, name, at, role=role, pin="471108", sealed="sealed", operator=who, permits=permits
                ),
            )

        self._laptop.book("gives another role", do)

    def _lead(self, app: App, job: Any) -> Any:
        who, at = self._organiser(app), self._laptop.clock()
        permits = self._permits(app, Act.OPERATORS)
        return app.write(lambda c: job(c, at, who.name if who is not None else "", permits)).result()

    def _organiser(self, app: App) -> Operator | None:
        known = app.read(people.everybody)
        return next((one for one in known if one.role is Role.ORGANISER and one.has_pin), None)

    def _permits(self, app: App, *acts: Act) -> list[Permit]:
        """What the organiser stands by, where there is one."""
        one = self._organiser(app)
        return (
            [Permit(id=new_id(), act=act, by=one.id, name=one.name, reason="So it is") for act in acts] if one else []
        )


_LAST = "SELECT number, total FROM receipts ORDER BY number DESC LIMIT 1"


def _line(item: int, number: int = 1) -> CartLine:
    return CartLine(id="l1", item=item, quantity=number)
