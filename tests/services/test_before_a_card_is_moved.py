"""What would be refused on the receipt is refused before a terminal hears of it: no card is moved for nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item, Quota
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.gift_cards import Load
from boxoffice.domain.instants import moment
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms
from boxoffice.domain.operators import Operator
from boxoffice.domain.orders import Status
from boxoffice.domain.payment_steps import Approved, Begun, Captured, Compared, Lost, Sent, Step
from boxoffice.domain.permissions import Role
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.errors import Refused
from boxoffice.services import card, card_terminals, errands, sell, shifts, tendering
from boxoffice.storage import operators, payments

SAID_YES = (Compared(mark=Mark(receipt=41)), Sent(), Begun(), Approved(evidence=Evidence(receipt=42)), Captured())
UNHEARD = (*SAID_YES[:2], Lost())
VIP, PASS, MUSEUM_DAY = 3, 7, 8


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


class Desk:
    """A till with a terminal, whose drawer is open."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.shelf = counter.app.shelf
        counter.day.hear(
            Item(id=VIP, event="conf26", name={"en": "VIP"}, price=25_000, tax_rule=1),
            Event(slug="fair", timezone="UTC", currency="CHF", name={"en": "Fair"}),
        )
        counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
        counter.open(0)

    def charge(self, name: str, amount: int = 10_000, **more: Any) -> Any:
        stock, at = self.counter.stock, self.counter.at("09:00")
        return self.counter.write(lambda c: sell.charge(c, self.shelf, stock, name, amount, "", at, **more))

    def sold(self) -> str:
        """The code of an order over one regular ticket."""
        return self.counter.sell(self.counter.cart(CartLine(id="a", item=1)), cash(10_000)).order.code

    def advance(self, errand: Errand) -> Any:
        stock, at = self.counter.stock, self.counter.at("10:00")
        return self.counter.write(lambda c: errands.advance(c, self.shelf, stock, errand, "", at))

    def exchange(self, code: str) -> Any:
        """The first movement of a card for a better ticket."""
        better = (Wish(position=1, item=VIP),)
        offers = (Offer(means=Means.CARD, amount=15_000),)
        return self.advance(
            Errand(operation="x", event="conf26", order=code, what=What.EXCHANGE, changes=better, offers=offers)
        )

    def take(self, name: str, *steps: Step) -> None:
        for step in steps:
            self.counter.write(lambda c, step=step: card.take(c, name, step, self.counter.at("09:01")))

    def take_no_cards(self) -> None:
        self.counter.write(lambda c: tendering.choose(c, "conf26", Tendering(off=("card",))))

    def open_for_the_fair(self, taken: int) -> None:
        """The conference's drawer is closed with what was taken in cash, and one for another event is opened."""
        self.counter.close(taken)
        at = self.counter.at("18:05")
        self.counter.write(lambda c: shifts.open_shift(c, self.shelf, "fair", 0, at))

    def moved(self) -> list[Any]:
        return list(self.counter.app.read(payments.open_ones))


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def test_no_card_is_charged_where_none_is_taken(desk: Desk) -> None:
    desk.counter.begin(desk.counter.cart(CartLine(id="a", item=1)))
    desk.take_no_cards()
    with pytest.raises(Refused, match="not taken here"):
        desk.charge("sale-1")
    assert desk.moved() == []


def test_no_card_is_charged_for_an_order_where_none_is_taken(desk: Desk) -> None:
    held = desk.counter.day.ticket(status=Status.PENDING, order={"total": 10_000}, price=10_000).order
    desk.take_no_cards()
    errand, at = Errand(operation="pay", event="conf26", order=held.code), desk.counter.at("10:00")
    with pytest.raises(Refused, match="not taken here"):
        desk.counter.write(lambda c: errands.charge(c, desk.shelf, errand, 10_000, "", at))
    assert desk.moved() == []


@pytest.mark.parametrize(
    ("beside", "because"),
    [
        (Offer(means=Means.GIFT_CARD, amount=1_000, code="NOSUCH"), "does not pay"),
        (Offer(means=Means.FREE, amount=1_000), "paid for with money"),
    ],
    ids=lambda one: one.means.value if isinstance(one, Offer) else None,
)
def test_no_card_is_charged_beside_what_the_receipt_will_not_take(desk: Desk, beside: Offer, because: str) -> None:
    """A gift card is bought by both."""
    load = Load(id="l", code="NEW-CARD", amount=5_000)
    desk.counter.begin(msgspec.structs.replace(desk.counter.cart(), loads=(load,)))
    with pytest.raises(Refused, match=because):
        desk.charge("sale-1", 4_000, beside=(beside,))
    assert desk.moved() == []


def test_no_card_is_charged_for_a_better_ticket_where_none_is_taken(desk: Desk) -> None:
    code = desk.sold()
    desk.take_no_cards()
    with pytest.raises(Refused, match="not taken here"):
        desk.exchange(code)
    assert desk.moved() == []


def test_no_card_is_charged_for_a_place_at_another_event_that_is_full(desk: Desk) -> None:
    there = Elsewhere(event="fair", item=1)
    terms = PassTerms(choices=(Choice(id=1, name={"en": "Fair"}, item=MUSEUM_DAY, price=1_500, elsewhere=there),))
    desk.counter.day.hear(
        Item(id=PASS, event="conf26", name={"en": "Pass"}, price=5_000, pass_terms=terms),
        Item(id=MUSEUM_DAY, event="conf26", name={"en": "A day at the fair"}, tax_rule=1, admission=False),
        Item(id=1, event="fair", name={"en": "Day"}, price=2_000),
        Quota(id=1, event="fair", name="Days", size=0, items=(1,)),
    )
    day = CartLine(id="d", item=MUSEUM_DAY, choice=1, part_of="p")
    desk.counter.begin(desk.counter.cart(CartLine(id="p", item=PASS), day))
    with pytest.raises(Refused, match="Sold out"):
        desk.charge("sale-1", 6_500)
    assert desk.moved() == []


def test_nothing_is_sold_into_the_drawer_of_another_event(desk: Desk) -> None:
    desk.open_for_the_fair(0)
    desk.counter.begin(desk.counter.cart(CartLine(id="a", item=1)))
    with pytest.raises(Refused, match="open for another event"):
        desk.charge("sale-1")
    with pytest.raises(Refused, match="open for another event"):
        desk.counter.finish(cash(10_000))
    assert desk.moved() == []


def test_no_card_is_charged_for_a_better_ticket_into_the_drawer_of_another_event(desk: Desk) -> None:
    code = desk.sold()
    desk.open_for_the_fair(10_000)
    with pytest.raises(Refused, match="open for another event"):
        desk.exchange(code)
    assert desk.moved() == []


def test_a_sale_of_an_earlier_shift_is_given_back_and_not_taken_back(desk: Desk) -> None:
    code = desk.sold()
    desk.open_for_the_fair(10_000)
    with pytest.raises(Refused, match="of another shift") as no:
        desk.advance(Errand(operation="v", event="conf26", order=code, what=What.VOID, receipt=1, reason="Twice"))
    assert no.value.hint == "Give the money back instead."


def test_while_a_terminal_is_taken_it_takes_nothing_back(desk: Desk) -> None:
    for name in ("sale-1", "sale-2"):
        desk.counter.begin(desk.counter.cart(CartLine(id="a", item=1), name=name))
    paid = desk.charge("sale-1")
    desk.take(paid.id, *SAID_YES)
    desk.take(desk.charge("sale-2").id, *UNHEARD)
    at = desk.counter.at("09:05")
    with pytest.raises(Refused, match="This terminal is taken"):
        desk.counter.write(lambda c: card.reverse(c, paid.id, "back", at))

    def hire(connection: Any) -> None:
        operators.put(connection, Operator(id="ana", name="Ana", role=Role.CASHIER), moment(0))
        operators.put_pin(connection, "ana", "sealed")

    desk.counter.write(hire)
    with pytest.raises(Refused, match="This terminal is taken"):  # Nobody is asked for a PIN for it.
        desk.counter.write(lambda c: card.give_up(c, paid.id, "She left", at, "Ana"))


def test_while_a_card_goes_back_for_an_order_its_tickets_become_no_others(desk: Desk) -> None:
    desk.counter.begin(desk.counter.cart(CartLine(id="a", item=1)))
    desk.take(desk.charge("sale-1").id, *SAID_YES)
    code = desk.counter.finish(Offer(means=Means.CARD, amount=10_000)).order.code
    desk.advance(Errand(operation="back", event="conf26", order=code, what=What.REFUND, reason="Ill"))
    orders = desk.counter.app.counter().orders
    with pytest.raises(Refused, match="not finished"):
        orders.exchange("conf26", code, [Wish(position=1, item=VIP)], [cash(15_000)], "Better").result()
