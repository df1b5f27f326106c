"""A pass of several events: one code, judged at each event's door by what that event's station holds alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item, Quota, SubEvent
from boxoffice.domain.facts import Guest, Sold
from boxoffice.domain.journal import fact_of
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms
from boxoffice.domain.orders import Status
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import Refused
from boxoffice.services import amend, papers, pass_sale
from boxoffice.storage import journal, orders, outbox, settings, verify

PASS, MUSEUM_DAY, OPERA_NIGHT = 7, 8, 9


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def a_pass() -> CartLine:
    return CartLine(id="p", item=PASS, guest=Guest(name="Ada"))


def museum(**more: Any) -> CartLine:
    more.setdefault("part_of", "p")
    return CartLine(id="m", item=MUSEUM_DAY, choice=1, note="The museum", **more)


def opera(date: int | None, **more: Any) -> CartLine:
    more.setdefault("part_of", "p")
    return CartLine(id="o", item=OPERA_NIGHT, choice=2, date_elsewhere=date, **more)


@pytest.fixture
def city(counter: Any) -> Any:
    """A pass of the city's conference: with it a day at the museum, and one of two nights at the opera."""
    terms = PassTerms(
        choices=(
            Choice(
                id=1, name={"en": "Museum"}, item=MUSEUM_DAY, price=1_500, elsewhere=Elsewhere(event="museum", item=1)
            ),
            Choice(
                id=2,
                name={"en": "Opera"},
                item=OPERA_NIGHT,
                dates=(1, 2),
                price=4_000,
                elsewhere=Elsewhere(event="opera", item=1),
            ),
        )
    )
    counter.day.hear(
        Item(id=PASS, event="conf26", name={"en": "City pass"}, price=5_000, pass_terms=terms),
        Item(id=MUSEUM_DAY, event="conf26", name={"en": "Museum day"}, tax_rule=1, admission=False),
        Item(id=OPERA_NIGHT, event="conf26", name={"en": "Opera night"}, tax_rule=1, admission=False),
        Event(slug="museum", timezone="UTC", currency="CHF", name={"en": "Museum"}),
        Item(id=1, event="museum", name={"en": "Day"}, price=2_000),
        Event(slug="opera", timezone="UTC", currency="CHF", name={"en": "Opera"}, has_subevents=True),
        *(SubEvent(id=one, event="opera", name={"en": f"Night {one}"}) for one in (1, 2, 3)),
        Item(id=1, event="opera", name={"en": "Seat"}, price=9_000),
    )
    counter.day.list(10, "Main")
    for number, event, date in ((21, "museum", None), (31, "opera", 1), (32, "opera", 2)):
        counter.day.list(number, f"{event} {date}", event=event, subevent=date)
    counter.open()
    return counter


def sold(city: Any, *lines: CartLine, total: int = 10_500) -> Any:
    city.begin(city.cart(*lines))
    return city.finish(card(total))


def at(city: Any, sale: Any, *lists: tuple[str, int], clock: str = "10:00") -> Any:
    return city.day.scan(sale.order.positions[0].secret, lists=lists, at=clock)


def test_one_code_lets_in_at_each_event_by_its_own_list(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), opera(2))
    there = at(city, sale, ("museum", 21))
    assert (there.reason, there.item, there.ticket.position.name) == (Reason.OK, "Day", "Ada")
    assert at(city, sale, ("opera", 32)).reason is Reason.OK
    assert at(city, sale, ("opera", 32), clock="10:30").reason is Reason.ALREADY_REDEEMED
    assert at(city, sale, ("opera", 31)).reason is not Reason.OK
    assert at(city, sale, ("conf26", 10)).item == "City pass"
    assert at(city, sale, ("conf26", 10), ("opera", 32), clock="11:00").reason is Reason.ALREADY_REDEEMED


def test_a_door_of_two_events_lets_in_by_the_ticket_of_its_own_date_before_the_pass(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), opera(2))
    assert at(city, sale, ("conf26", 10), ("opera", 32)).item == "Seat"
    assert at(city, sale, ("conf26", 10), ("opera", 31)).item == "City pass"


def test_what_was_not_chosen_lets_in_nowhere_else(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), total=6_500)
    assert at(city, sale, ("opera", 31)).reason is Reason.INVALID


def test_the_money_stays_with_the_pass_and_the_till_s_day_adds_up(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), opera(1))
    assert [one.price for one in sale.order.positions] == [5_000, 1_500, 4_000]
    elsewhere = city.app.read(lambda c: orders.by_code(c, "opera", sale.order.code))
    assert (elsewhere.total, elsewhere.status, elsewhere.positions[0].number) == (0, Status.PAID, 3)
    assert sale.receipt.lines[1].notes == ("The museum",)
    city.close(20_000)
    assert not city.app.read(verify.check).faults


def test_tickets_are_taken_from_the_other_event_s_stock(city: Any) -> None:
    city.day.hear(Quota(id=1, event="opera", name="Night 2", size=1, items=(1,), subevent=2))
    city.begin(city.cart(a_pass(), opera(2)))
    with pytest.raises(Refused, match="Others may be selling"):
        city.finish(card(9_000))
    city.finish(card(9_000), may_oversell=True)
    city.begin(city.cart(a_pass(), opera(2), name="sale-2"))
    with pytest.raises(Refused, match="Sold out"):
        city.finish(card(9_000), name="sale-2", may_oversell=True)


def test_an_open_drawer_has_tickets_of_the_other_events_set_aside_too(city: Any) -> None:
    assert set(city.app.read(settings.in_hand)) == {"conf26", "museum", "opera"}
    city.close(20_000)
    assert city.app.read(settings.in_hand) == {}


def test_an_event_is_added_to_a_pass_that_was_sold(city: Any) -> None:
    first = sold(city, a_pass(), museum(), total=6_500)
    held = city.app.read(lambda c: pass_sale.find(c, city.app.shelf, "conf26", first.order.positions[0].secret))
    cart = city.cart(opera(1, part_of=""), name="sale-2")
    city.begin(msgspec.structs.replace(cart, to_pass=held))
    city.finish(card(4_000), name="sale-2")
    assert at(city, first, ("opera", 31)).reason is Reason.OK


def test_what_is_given_back_lets_in_no_more(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), opera(1))
    city.give_back(sale.order.code, card(-4_000), wished={3: 4_000})
    assert at(city, sale, ("opera", 31)).reason is Reason.CANCELED
    assert at(city, sale, ("museum", 21)).reason is Reason.OK
    city.give_back(sale.order.code, card(-6_500))
    assert at(city, sale, ("museum", 21), clock="12:00").reason is Reason.CANCELED


def test_whose_pass_it_is_is_known_at_every_door(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), total=6_500)
    city.write(lambda c: amend.edit(c, sale.order, 1, {"name": "Grace"}, city.at("11:00")))
    assert at(city, sale, ("museum", 21)).ticket.position.name == "Grace"


def test_a_pass_for_several_events_is_paid_at_once(city: Any) -> None:
    city.begin(city.cart(a_pass(), museum()))
    with pytest.raises(Refused, match="paid at once"):
        city.finish(Offer(means=Means.INVOICE, amount=6_500))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((a_pass(), opera(3)), "not to be had for this date"),
        ((a_pass(), opera(None)), "not to be had for this date"),
        ((CartLine(id="x", item=MUSEUM_DAY),), "sold with a pass only"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(city: Any, lines: tuple[CartLine, ...], words: str) -> None:
    city.begin(city.cart(*lines))
    with pytest.raises(Refused, match="cannot be sold") as no:
        city.finish(card(0))
    assert words in no.value.what


def test_an_event_that_is_not_here_is_not_sold(city: Any) -> None:
    terms = PassTerms(choices=(Choice(id=1, item=MUSEUM_DAY, elsewhere=Elsewhere(event="zoo", item=1)),))
    city.day.hear(Item(id=PASS, event="conf26", price=5_000, pass_terms=terms))
    city.begin(city.cart(a_pass(), museum()))
    with pytest.raises(Refused) as no:
        city.finish(card(5_000))
    assert "not known here" in no.value.what


def test_paper_and_screen_say_where_else_it_lets_in(city: Any) -> None:
    sale = sold(city, a_pass(), opera(2), total=9_000)
    (slip,) = city.app.read(lambda c: papers.tickets(c, city.app.shelf, "conf26", sale.order.code, city.at("10:00")))
    assert slip.parts == ("Opera night, Opera, Night 2",)


def test_the_server_hears_of_the_other_event_s_ticket_under_an_operation_of_its_own(city: Any) -> None:
    sale = sold(city, a_pass(), museum(), total=6_500)
    sent = [one.entry for one in city.app.read(outbox.waiting) if isinstance(fact_of(one.entry.body), Sold)]
    assert [entry.operation for entry in sent] == ["sale-1", "sale-1/museum"]
    assert city.finish(card(6_500)).order.code == sale.order.code
    assert city.app.read(lambda c: journal.knows(c, "sale-1/museum")) is not None
