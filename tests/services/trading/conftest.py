"""A till that trades, and beside it a ledger that is kept by hand.

The ledger knows the prices and what is done, and reckons by itself what the Z has to say. It reads no document of the
till, so that both can only agree where both are right.
"""

from __future__ import annotations

import contextlib
from collections import Counter as Tallies
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import AddOnRule, Category, Discount, Event, Item, TaxRule
from boxoffice.domain.documents import Movement
from boxoffice.domain.errands import Wish
from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.payment_steps import (
    Approved,
    Asked,
    Begun,
    Captured,
    Compared,
    Declined,
    Lost,
    NotCharged,
    Sent,
    Step,
)
from boxoffice.domain.shift import Shift
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.services import (
    card,
    card_terminals,
    cash_out,
    closing,
    corrections,
    exchange,
    give_back,
    pay,
    sell,
    shifts,
    tendering,
    voids,
)
from boxoffice.services.stock import Stock
from boxoffice.storage import till

REGULAR, DINNER, VIP = 10_000, 4_203, 25_000
COINS = {"CHF": 5, "JPY": 1, "KWD": 5, "EUR": 1}
"""What cash is rounded to."""


class Ticket(msgspec.Struct, kw_only=True):
    """A sale as the ledger has it."""

    number: int
    order: str
    total: int
    tenders: dict[Means, int]
    first: int
    """What the first ticket has cost, and has not been given back."""
    plain: bool
    """Bought at the price of the catalogue."""
    owed: bool = False
    whole: bool = True
    """Nothing of it was given back, put right or exchanged."""
    gift: str = ""
    """The gift card that has paid."""
    vouchers: int = 0
    """How often the voucher was used for it."""


class Ledger:
    """What one Z has to say, reckoned from what was done."""

    def __init__(self, coin: int, drawer: int) -> None:
        self.coin = coin
        self.drawer = drawer
        self.receipts = self.sales = self.returns = self.voided = self.loaded = 0
        self.tenders: Tallies[Means] = Tallies()
        self.cashiers: Tallies[str] = Tallies()
        self.training = [0, 0]

    def in_coins(self, amount: int) -> int:
        """The nearest that can be handed over, halves away from zero."""
        sign = -1 if amount < 0 else 1
        return sign * ((2 * abs(amount) + self.coin) // (2 * self.coin) * self.coin)

    def book(self, who: str, revenue: int, tenders: dict[Means, int]) -> None:
        """A document of the till."""
        self.receipts += 1
        self.cashiers[who] += revenue
        self.sales += max(revenue, 0)
        self.returns += min(revenue, 0)
        for means, amount in tenders.items():
            self.tenders[means] += amount
        self.drawer += tenders.get(Means.CASH, 0)

    def paid(self, total: int, *parts: tuple[Means, int]) -> dict[Means, int]:
        """These parts of a bill, and the rest in cash."""
        tenders: dict[Means, int] = {}
        for means, amount in parts:
            if amount:
                tenders[means] = tenders.get(means, 0) + amount
        if rest := total - sum(tenders.values()):
            tenders[Means.CASH] = self.in_coins(rest)
        return tenders


class Stall:
    """A till from day to day. Each act is done by a cashier, and told to the ledger once it is done."""

    def __init__(self, app: App, world: Any, currency: str) -> None:
        self.app, self.world, self.currency = app, world, currency
        self.stock = Stock(app.shelf)
        self.at = world.time("10:00")
        self.sold: list[Ticket] = []
        self.gifts: Tallies[str] = Tallies()
        self.vouchers = 0
        self.done: Tallies[str] = Tallies()
        self._terminal_receipts = 40

    # The day

    def open(self) -> Shift:
        """The next morning."""
        self.at += timedelta(days=1)
        self.sold.clear()
        self.ledger = Ledger(COINS[self.currency], 50_000)
        shelf, at = self.app.shelf, self.at
        if self.app.read(lambda c: till.current_shift(c, training=True)) is None:
            self.write(lambda c: shifts.open_shift(c, shelf, "conf26", 0, at, "Ana", training=True))
        shift: Shift = self.write(lambda c: shifts.open_shift(c, shelf, "conf26", 50_000, at, "Ana"))
        return shift

    def count(self, difference: int) -> int:
        """Count the drawer blind; what is found to be too much, or (negative) missing."""
        found = max(0, self.ledger.drawer + difference)
        self.write(lambda c: shifts.count(c, {1: found}, self.at, "Ana"))
        return found - self.ledger.drawer

    def close(self, connection: Any) -> Any:
        """The Z, in a transaction."""
        return closing.close(connection, self.app.shelf, self.at, "Ana", "Nobody counts so fast")

    def write(self, job: Any) -> Any:
        return self.app.write(job).result()

    def do(self, act: tuple[Any, ...]) -> None:
        """One act of the day; what a rule refuses has changed nothing."""
        kind, who, *values = act
        with contextlib.suppress(Refused):
            getattr(self, kind)(who, *values)
            self.done[kind] += 1

    # Selling

    def sell(self, who: str, quantity: int, dinner: bool, part: int, means: Means) -> None:
        """Tickets, a part of them by another tender, the rest in cash; of three one costs half."""
        whole = quantity * REGULAR + dinner * DINNER - (REGULAR // 2 if quantity > 2 else 0)
        lines = [CartLine(id="a", item=1, quantity=quantity)]
        if dinner:
            lines.append(CartLine(id="d", item=2, part_of="a"))
        first = REGULAR if quantity < 3 else 0
        self._sell(who, lines, whole, (means, min(part, whole)), first=first, plain=quantity < 3)

    def with_voucher(self, who: str, quantity: int) -> None:
        """A fifth off each."""
        lines = [CartLine(id="a", item=1, quantity=quantity, voucher="SAVE")]
        self._sell(who, lines, quantity * (REGULAR - REGULAR // 5), first=REGULAR - REGULAR // 5)
        self.vouchers += quantity
        self.sold[-1].vouchers = quantity

    def on_invoice(self, who: str, quantity: int) -> None:
        """Paid later."""
        lines = [CartLine(id="a", item=1, quantity=quantity)]
        self._sell(who, lines, quantity * REGULAR, (Means.INVOICE, quantity * REGULAR), plain=True)
        self.sold[-1].owed = True

    def pay(self, who: str, which: int, part: int, means: Means) -> None:
        """The money for an invoice comes: no new revenue, but money where there was none."""
        one = self._pick(which, owed=True)
        part = min(part, one.total)
        tenders = self.ledger.paid(one.total, (means, part))
        offers = _offers(tenders)
        self.write(lambda c: pay.pay(c, self.app.shelf, "conf26", one.order, offers, self.at, who))
        self.ledger.book(who, 0, {**tenders, Means.INVOICE: -one.total})
        one.owed, one.tenders, one.whole = False, tenders, False

    def by_terminal(self, who: str, part: int, fate: str) -> None:
        """A card at the terminal, of which it says yes, or no, or nothing until it is asked again; else it is cash."""
        cart = Cart(id=new_id(), event="conf26", lines=(CartLine(id="a", item=1),))
        self._begin(cart)
        part = min(part, REGULAR)
        self._charge(cart.id, part, REGULAR, _FATES[fate])
        if fate == "charged":
            self._finish(who, cart, REGULAR, (Means.CARD, part), first=0)
        else:
            self._finish(who, cart, REGULAR, first=0)

    def sell_gift(self, who: str, amount: int) -> None:
        """A gift card is no revenue."""
        code = f"GIFT{len(self.gifts):012d}"
        self._load(who, code, amount, Why.SOLD)

    def top_up(self, who: str, which: int, amount: int) -> None:
        self._load(who, self._gift(which), amount, Why.TOPPED_UP)

    def change_onto_gift(self, who: str, which: int, change: int) -> None:
        """A ticket, and what would have been change goes onto a card."""
        code = self._gift(which)
        lines = [CartLine(id="a", item=1)]
        self._sell(who, lines, REGULAR, loads=(Load(id="g", code=code, amount=change, why=Why.CHANGE),), first=0)

    def with_gift(self, who: str, which: int, part: int) -> None:
        """A gift card pays, and cash what it does not."""
        code = self._gift(which)
        part = min(part, self.gifts[code], REGULAR)
        self._sell(who, [CartLine(id="a", item=1)], REGULAR, (Means.GIFT_CARD, part), gift=code, first=0)

    def cash_out(self, who: str, which: int) -> None:
        code = self._gift(which)
        worth = self.gifts[code]
        self.write(lambda c: cash_out.cash_out(c, self.app.shelf, code, "She asks for it", self.at, who))
        self._gift_moved(code, -worth)
        self.ledger.book(who, 0, {Means.CASH: self.ledger.in_coins(-worth)})

    def train(self, who: str, quantity: int) -> None:
        """It counts for nothing."""
        cart = Cart(id=new_id(), event="conf26", lines=(CartLine(id="a", item=1, quantity=quantity),), training=True)
        self._begin(cart)
        whole = quantity * REGULAR - (REGULAR // 2 if quantity > 2 else 0)
        offer = Offer(means=Means.CASH, amount=whole)
        self.write(lambda c: sell.finish(c, self.app.shelf, self.stock, cart.id, [offer], self.at, who, training=True))
        self.ledger.training[0] += 1
        self.ledger.training[1] += whole

    def _sell(self, who: str, lines: list[CartLine], revenue: int, *parts: tuple[Means, int], **more: Any) -> None:
        cart = Cart(id=new_id(), event="conf26", lines=tuple(lines), loads=more.pop("loads", ()))
        self._begin(cart)
        try:
            self._finish(who, cart, revenue, *parts, **more)
        except Refused:
            self.write(lambda c: sell.drop(c, cart.id, self.at))
            raise

    def _begin(self, cart: Cart) -> None:
        self.write(lambda c: sell.begin(c, self.app.shelf, cart, self.at))

    def _finish(
        self,
        who: str,
        cart: Cart,
        revenue: int,
        *parts: tuple[Means, int],
        first: int = 0,
        plain: bool = False,
        gift: str = "",
    ) -> None:
        loaded = sum(one.amount for one in cart.loads)
        tenders = self.ledger.paid(revenue + loaded, *parts)
        offers = _offers(tenders, gift, given=7)
        sale = self.write(lambda c: sell.finish(c, self.app.shelf, self.stock, cart.id, offers, self.at, who))
        self.ledger.book(who, revenue, tenders)
        for load in cart.loads:
            self._gift_moved(load.code, load.amount)
        if gift:
            self._gift_moved(gift, -tenders.get(Means.GIFT_CARD, 0))
        if revenue:
            one = Ticket(
                number=sale.booked.number,
                order=sale.order.code,
                total=revenue,
                tenders=tenders,
                first=first,
                plain=plain,
                gift=gift,
                whole=not loaded,
            )
            self.sold.append(one)

    def _load(self, who: str, code: str, amount: int, why: Why) -> None:
        self._sell(who, [], 0, loads=(Load(id="g", code=code, amount=amount, why=why),))

    def _gift(self, which: int) -> str:
        if not self.gifts:
            raise Refused("There is no gift card", "", "")
        return sorted(self.gifts)[which % len(self.gifts)]

    def _gift_moved(self, code: str, amount: int) -> None:
        self.gifts[code] += amount
        self.ledger.loaded += amount

    def _charge(self, operation: str, amount: int, total: int, steps: Callable[[int], tuple[Step, ...]]) -> None:
        wish = card.Wish(
            operation=operation, event="conf26", amount=amount, currency=self.currency, terminal="Till 1"
        )  # fmt: skip
        attempt = self.write(lambda c: card.begin(c, wish, total, self.at))
        self._terminal_receipts += 1
        for step in steps(self._terminal_receipts):
            self.write(lambda c, step=step: card.take(c, attempt.id, step, self.at))

    # What was sold

    def back(self, who: str, which: int, part: int, means: Means) -> None:
        """A part of a ticket's price, by whatever tender; the ticket stays good."""
        one = self._pick(which)
        part = min(part, one.first)
        amount = self.ledger.in_coins(part) if means is Means.CASH else part
        offer = Offer(means=means, amount=-amount)
        self.write(
            lambda c: give_back.give_back(
                c, self.app.shelf, "conf26", one.order, [offer], "Ill", self.at, {1: part}, who, keep_valid=True
            )
        )
        self.ledger.book(who, -part, {means: -amount})
        one.first -= part
        one.whole = False

    def correct(self, who: str, which: int, part: int, means: Means) -> None:
        """It was paid by another tender than was typed."""
        self._correct(who, self._pick(which), part, means, None)

    def less(self, who: str, which: int, amount: int) -> None:
        """Less was taken than was typed."""
        one = self._pick(which)
        self._correct(who, one, 0, Means.CASH, min(amount, one.total))

    def _correct(self, who: str, one: Ticket, part: int, means: Means, amount: int | None) -> None:
        total = one.total if amount is None else amount
        tenders = self.ledger.paid(total, (means, min(part, total)))
        offers = _offers(tenders, given=5)
        self.write(
            lambda c: corrections.correct(
                c, self.app.shelf, one.number, offers, "Wrong", self.at, who, amount=amount
            )
        )  # fmt: skip
        moved = {means: tenders.get(means, 0) - one.tenders.get(means, 0) for means in {*tenders, *one.tenders}}
        self.ledger.book(who, total - one.total, moved)
        self._gift_back(one)
        one.total, one.tenders, one.whole, one.first = total, tenders, False, 0

    def void(self, who: str, which: int) -> None:
        """The whole of it, as it was paid."""
        one = self._pick(which)
        self.write(lambda c: voids.void(c, self.app.shelf, one.number, "Wrong", self.at, who))
        self.ledger.book(who, -one.total, {means: -amount for means, amount in one.tenders.items()})
        self.ledger.voided += 1
        self.vouchers -= one.vouchers
        self._gift_back(one)
        self.sold.remove(one)

    def _gift_back(self, one: Ticket) -> None:
        if one.gift:
            self._gift_moved(one.gift, one.tenders.get(Means.GIFT_CARD, 0))
            one.gift = ""

    def upgrade(self, who: str, which: int, means: Means) -> None:
        """The first ticket becomes a better one, for the difference."""
        one = self._pick(which, plain=True)
        more = VIP - REGULAR
        tenders = self.ledger.paid(more, (means, more if means is not Means.CASH else 0))
        wish = Wish(position=1, item=3)
        self.write(
            lambda c: exchange.exchange(
                c, self.app.shelf, self.stock, "conf26", one.order, [wish], _offers(tenders), "Better", self.at, who
            )
        )
        self.ledger.book(who, more, tenders)
        self.sold.remove(one)

    def _pick(self, which: int, *, owed: bool = False, plain: bool = False) -> Ticket:
        those = [one for one in self.sold if one.owed is owed and ((one.plain and one.whole) or not plain)]
        if not those:
            raise Refused("Nothing was sold", "", "")
        return those[which % len(those)]

    # The drawer

    def move(self, who: str, movement: Movement, amount: int) -> None:
        self.write(lambda c: shifts.move(c, self.app.shelf, movement, amount, "Why not", self.at, who))
        self.ledger.drawer += amount if movement is Movement.PAY_IN else -amount


def _offers(tenders: dict[Means, int], gift: str = "", given: int = 0) -> list[Offer]:
    """So it is paid; of cash a little more is handed over, and the rest is change."""
    return [
        Offer(
            means=means,
            amount=amount + (given if means is Means.CASH else 0),
            code=gift if means is Means.GIFT_CARD else "",
        )
        for means, amount in tenders.items()
    ]


def _yes(receipt: int) -> tuple[Step, ...]:
    evidence = Evidence(receipt=receipt, trace=receipt, terminal_id="52500001", pan="************1234", card="Visa")
    return (Compared(mark=Mark(receipt=receipt - 1)), Sent(), Begun(), Approved(evidence=evidence), Captured())


_FATES: dict[str, Callable[[int], tuple[Step, ...]]] = {
    "charged": _yes,
    "declined": lambda receipt: (*_yes(receipt)[:3], Declined(text="No")),
    "lost": lambda receipt: (*_yes(receipt)[:2], Lost(), Asked(), NotCharged()),
}


@pytest.fixture
def trading(
    scratch: Path, new_folder: Callable[[Path], Folder], day_of: Callable[[App], Any]
) -> Callable[[str], AbstractContextManager[Stall]]:
    """`with trading("CHF") as stall`: a new till, and all that it sells."""

    @contextlib.contextmanager
    def trade(currency: str) -> Iterator[Stall]:
        with App(new_folder(scratch / new_id()), at_once=True) as app:
            world = day_of(app)
            world.hear(*_catalog(currency))
            stall = Stall(app, world, currency)
            stall.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
            stall.write(lambda c: tendering.choose(c, "conf26", Tendering(cash_out=True)))
            yield stall

    return trade


def _catalog(currency: str) -> tuple[Any, ...]:
    regular = Item(
        id=1, event="conf26", name={"en": "Regular"}, price=REGULAR, tax_rule=1, addons=(AddOnRule(category=1),)
    )
    three = Discount(
        id=1, event="conf26", name="Three", all_items=False, items=(1,), min_count=3, percent=5_000, cheapest_only=1
    )
    return (
        Event(slug="conf26", timezone="UTC", currency=currency, name={"en": "Conf 26"}),
        TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=810),
        TaxRule(id=2, event="conf26", name={"en": "VAT"}, rate=260),
        Category(id=1, event="conf26", name={"en": "Catering"}, is_addon=True),
        regular,
        Item(id=2, event="conf26", name={"en": "Dinner"}, price=DINNER, tax_rule=2, category=1),
        Item(id=3, event="conf26", name={"en": "VIP"}, price=VIP, tax_rule=1),
        three,
        Voucher(id=1, event="conf26", code="SAVE", max_usages=9_999, mode=Mode.PERCENT, value=2_000, item=1),
    )
