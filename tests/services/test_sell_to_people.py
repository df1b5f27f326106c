"""Selling for a date, to a person or to nobody in particular, and what follows when it is paid."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, EventSettings, Item, Option, Question, QuestionType, Quota, SubEvent
from boxoffice.domain.facts import Guest, RefusedEntry
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.printing import Printer
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import Refused
from boxoffice.services import print_setup
from boxoffice.storage import checkins, journal, orders, print_queue, settings, verify

FOOD = Question(
    id=5,
    event="conf26",
    question={"en": "What do you eat?"},
    type=QuestionType.CHOICE,
    required=True,
    items=(1,),
    options=(Option(id=11, identifier="all"), Option(id=12, identifier="vegan")),
)


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def ticket(name: str = "l1", **more: Any) -> CartLine:
    return CartLine(id=name, item=1, **more)


@pytest.fixture
def series(counter: Any) -> Any:
    """The conference in two days, the first of which has room for one."""
    counter.day.hear(
        Event(slug="conf26", timezone="UTC", currency="CHF", name={"en": "Conf 26"}, has_subevents=True),
        SubEvent(id=1, event="conf26", name={"en": "Day one"}),
        SubEvent(id=2, event="conf26", name={"en": "Day two"}, item_prices={"1": 8_000}),
        Quota(id=1, event="conf26", name="Day one", size=1, items=(1,), subevent=1),
        Quota(id=2, event="conf26", name="Day two", size=9, items=(1,), subevent=2),
    )
    counter.open()
    return counter


def test_two_dates_in_one_cart_are_tickets_for_two_dates_at_two_prices(series: Any) -> None:
    cart = series.cart(ticket(subevent=1), ticket("l2", subevent=2))
    series.begin(cart)
    sale = series.finish(card(18_000), may_oversell=True)
    assert [(one.subevent, one.price) for one in sale.order.positions] == [(1, 10_000), (2, 8_000)]
    assert series.app.read(lambda c: series.stock.left(c, "conf26")) == {1: 0, 2: 8}
    assert [one.notes for one in sale.receipt.lines] == [("Day one",), ("Day two",)]


def test_a_date_that_is_full_is_sold_out_and_the_other_is_not(series: Any) -> None:
    series.begin(series.cart(ticket(subevent=1, quantity=2)))
    with pytest.raises(Refused, match="Sold out"):
        series.finish(card(20_000), may_oversell=True)
    series.begin(series.cart(ticket(subevent=2, quantity=2), name="other"))
    assert series.finish(card(16_000), name="other", may_oversell=True).receipt.total == 16_000


def test_what_has_to_be_asked_is_asked_before_it_is_sold(counter: Any) -> None:
    counter.day.hear(FOOD)
    counter.open()
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="cannot be sold") as no:
        counter.finish(card(10_000))
    assert "What do you eat?" in no.value.what
    sale = counter.sell(counter.cart(ticket(guest=Guest(name="Ada", answers={"5": "vegan"}))), card(10_000))
    assert sale.order.positions[0].answers == {"5": "12"}


def test_the_organiser_says_what_is_asked_of_a_ticket(counter: Any) -> None:
    asked = EventSettings(event="conf26", asked=("name", "email"), required=("name",))
    counter.day.hear(asked)
    counter.open()
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="cannot be sold") as no:
        counter.finish(card(10_000))
    assert no.value.what == "Whose Regular is it? A name is needed."
    guest = Guest(name_parts={"given_name": "Ada", "family_name": "Lovelace"})
    assert counter.sell(counter.cart(ticket(guest=guest)), card(10_000)).order.positions[0].name == "Ada Lovelace"


def test_a_quick_sale_asks_nothing_and_is_reported_apart(counter: Any) -> None:
    counter.day.hear(FOOD, EventSettings(event="conf26", asked=("name",), required=("name",)))
    counter.open(0)
    counter.sell(msgspec.structs.replace(counter.cart(ticket(quantity=2)), quick=True), card(20_000))
    guest = Guest(name="Ada", answers={"5": "11"})
    counter.sell(counter.cart(ticket(guest=guest), name="sale-2"), card(10_000))
    z = counter.close(0)
    (row,) = (row for section in z.sections for row in section.rows if row.label == "Of these, walk-ins")
    assert (row.count, row.amount) == (2, 20_000)


def refusals(counter: Any) -> list[RefusedEntry]:
    facts = [one.fact() for one in counter.app.read(lambda c: list(journal.entries(c)))]
    return [one for one in facts if isinstance(one, RefusedEntry)]


def test_those_who_paid_are_let_in_at_once_where_that_is_wished_for(counter: Any) -> None:
    counter.open()
    cart = msgspec.structs.replace(counter.cart(ticket(quantity=2)), check_in=1)
    sale = counter.sell(cart, card(20_000))
    assert counter.day.scan(sale.order.positions[1].secret).reason is Reason.ALREADY_REDEEMED
    entries = list(counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code)))
    assert [one.nonce for one in entries] == ["sale-1/in/1", "sale-1/in/2"]
    counter.finish(card(20_000))
    assert len(counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code))) == 2
    assert counter.app.read(verify.check).sound


def test_what_goes_with_a_ticket_and_what_the_list_does_not_know_stays_outside(counter: Any) -> None:
    counter.open()
    counter.day.hear(Item(id=5, event="conf26", name={"en": "Workshop"}, price=2_000))
    gate_list = counter.day.list(1, "Main entrance", all_items=False, items=(1, 2))
    assert gate_list.covers(2)
    lines = (ticket(), CartLine(id="d", item=2, part_of="l1"), CartLine(id="w", item=5))
    cart = msgspec.structs.replace(counter.cart(*lines), check_in=1)
    sale = counter.sell(cart, card(16_203))
    entries = counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code))
    assert [one.ticket for one in entries] == [f"{sale.order.code}-1"]
    assert refusals(counter) == []


def test_whom_the_list_would_not_let_in_is_not_refused_at_the_till(counter: Any) -> None:
    counter.open()
    counter.day.list(1, "Tomorrow", rules={"==": [{"var": "product"}, "9"]})
    cart = msgspec.structs.replace(counter.cart(ticket()), check_in=1)
    sale = counter.sell(cart, card(10_000))
    assert counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code)) == []
    assert refusals(counter) == []
    assert not counter.day.scan(sale.order.positions[0].secret).admitted
    assert len(refusals(counter)) == 1


def test_on_invoice_nobody_is_let_in_yet(counter: Any) -> None:
    counter.open()
    cart = msgspec.structs.replace(counter.cart(ticket()), check_in=1)
    sale = counter.sell(cart, Offer(means=Means.INVOICE, amount=10_000))
    assert counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code)) == []
    counter.pay(sale.order.code, card(10_000), check_in=1)
    assert len(counter.app.read(lambda c: checkins.of_order(c, "conf26", sale.order.code))) == 1


def test_badges_and_tickets_come_out_with_the_payment(counter: Any) -> None:
    counter.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1")))
    counter.write(lambda c: print_setup.send_kind(c, "ticket", "Till"))
    counter.write(lambda c: print_setup.send_kind(c, "badge", "Till"))
    counter.write(lambda c: settings.put_at_counter(c, "conf26", settings.AtCounter(badges=True)))
    web = Order(
        event="conf26",
        code="WEB01",
        total=10_000,
        positions=(Position(number=1, item=1, price=10_000, secret="w", name="Ada"),),
    )
    counter.day.hear(web)
    counter.open()
    assert counter.pay("WEB01", card(10_000)).order.status is Status.PAID
    kinds = [one.kind for one in counter.app.read(print_queue.open_ones)]
    assert sorted(kinds) == ["badge", "receipt", "ticket"]
    assert counter.app.read(lambda c: orders.by_code(c, "conf26", "WEB01")).status is Status.PAID
