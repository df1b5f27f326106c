"""A pass with the dates that were chosen, and tickets that are added to it later by its code."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item, Quota, SubEvent
from boxoffice.domain.facts import Guest
from boxoffice.domain.offering import Choice, PassTerms
from boxoffice.domain.orders import Status
from boxoffice.domain.redeeming import State
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.errors import BadInput, Refused
from boxoffice.services import papers, pass_sale
from boxoffice.storage import orders, outbox, redeeming, verify

PASS, CONCERT, PLAY = 7, 8, 9


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def a_pass(**more: Any) -> CartLine:
    return CartLine(id="p", item=PASS, guest=Guest(name="Ada"), **more)


def a_date(choice: int, date: int, name: str = "", **more: Any) -> CartLine:
    item = {1: CONCERT, 2: PLAY}[choice]
    more.setdefault("part_of", "p")
    return CartLine(id=name or f"c{choice}", item=item, subevent=date, choice=choice, **more)


@pytest.fixture
def season(counter: Any) -> Any:
    """A concert and a play on two nights each; a pass takes one night of each, at prices of its own."""
    terms = PassTerms(
        choices=(
            Choice(id=1, name={"en": "Concert"}, item=CONCERT, dates=(1, 2), price=1_500),
            Choice(id=2, name={"en": "Play"}, item=PLAY, dates=(3, 4), price=1_000),
        ),
        min_choices=1,
        max_choices=2,
        named=True,
    )
    counter.day.hear(
        Event(slug="conf26", timezone="UTC", currency="CHF", has_subevents=True),
        *(SubEvent(id=number, event="conf26", name={"en": f"Night {number}"}) for number in range(1, 5)),
        Item(id=PASS, event="conf26", name={"en": "Season pass"}, price=5_000, pass_terms=terms),
        Item(id=CONCERT, event="conf26", name={"en": "Concert"}, price=3_000),
        Item(id=PLAY, event="conf26", name={"en": "Play"}, price=2_000),
    )
    counter.day.list(11, "Night 2", all_items=False, items=(CONCERT,), subevent=2)
    counter.open()
    return counter


def against(season: Any, *lines: CartLine) -> str:
    season.begin(season.cart(*lines))
    with pytest.raises(Refused, match="cannot be sold") as no:
        season.finish(card(0))
    return no.value.what


def test_a_pass_is_sold_with_a_date_of_each_event_at_its_own_price(season: Any) -> None:
    season.day.hear(Quota(id=1, event="conf26", name="Night 2", size=5, items=(CONCERT,), subevent=2))
    season.begin(season.cart(a_pass(), a_date(1, 2), a_date(2, 4)))
    sale = season.finish(card(7_500), may_oversell=True)
    assert [(one.item, one.subevent, one.price, one.addon_to) for one in sale.order.positions] == [
        (PASS, None, 5_000, None),
        (CONCERT, 2, 1_500, 1),
        (PLAY, 4, 1_000, 1),
    ]
    assert season.app.read(lambda c: season.stock.left(c, "conf26")) == {1: 4}
    verdict = season.day.scan(sale.order.positions[0].secret, lists=(("conf26", 11),))
    assert (verdict.reason, verdict.item) == (Reason.OK, "Concert")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((), "Choose dates for at least 1"),
        ((a_date(1, 3),), "Concert is not to be had for this date"),
        ((a_date(1, 1), a_date(1, 2, "again")), "One date of Concert goes with the pass"),
    ],
)
def test_dates_that_do_not_go_with_the_pass_say_why(season: Any, lines: tuple[CartLine, ...], says: str) -> None:
    assert says in against(season, a_pass(), *lines)


def test_a_pass_for_one_person_wants_a_name_in_a_quick_sale_too(season: Any) -> None:
    nameless = msgspec.structs.replace(a_pass(), guest=Guest())
    cart = msgspec.structs.replace(season.cart(nameless, a_date(1, 2)), quick=True)
    season.begin(cart)
    with pytest.raises(Refused) as no:
        season.finish(card(6_500))
    assert "Whose Season pass is it?" in no.value.what


@pytest.fixture
def sold(season: Any) -> Any:
    """The pass is sold with a concert."""
    season.order = season.sell(season.cart(a_pass(), a_date(1, 2)), card(6_500)).order
    season.held = season.app.read(
        lambda c: pass_sale.find(c, season.app.shelf, "conf26", season.order.positions[0].secret)
    )
    return season


def adding(season: Any, *lines: CartLine, name: str = "more") -> Any:
    return msgspec.structs.replace(season.cart(*lines, name=name), to_pass=season.held)


def test_a_date_is_added_to_a_pass_by_its_code(sold: Any) -> None:
    sale = sold.sell(adding(sold, a_date(2, 4, part_of="")), card(1_000))
    assert (sale.order.code, sale.order.status, sale.order.total) == (sold.order.code, Status.PAID, 7_500)
    assert [(one.number, one.item, one.addon_to) for one in sale.order.positions][2:] == [(3, PLAY, 1)]
    facts = [one.entry.fact().__struct_config__.tag for one in sold.app.read(outbox.waiting)]
    assert facts[-3:] == ["extended", "paid", "receipt"]
    again = sold.finish(card(1_000), name="more")
    assert again.booked == sale.booked
    assert sold.give_back(sold.order.code, card(-1_000), wished={3: None}).order.positions[2].canceled
    assert sold.app.read(verify.check).sound


def test_a_voucher_of_what_is_added_to_a_pass_is_free_again_with_that_ticket(sold: Any) -> None:
    sold.day.hear(Voucher(id=1, event="conf26", code="HALF", mode=Mode.PERCENT, value=5_000))
    cart = adding(sold, CartLine(id="x", item=PLAY, subevent=3, voucher="HALF"))
    assert sold.sell(cart, card(1_000)).order.total == 7_500
    assert [(one.position, one.state) for one in sold.app.read(redeeming.listing)] == [(3, State.REDEEMED)]
    sold.give_back(sold.order.code, card(-1_000), wished={3: None})
    assert [one.state for one in sold.app.read(redeeming.listing)] == [State.REVERSED]


def test_the_paper_of_a_pass_names_its_dates(sold: Any) -> None:
    slip = sold.app.read(lambda c: papers.ticket(c, sold.app.shelf, "conf26", f"{sold.order.code}-1", sold.at("10:00")))
    assert slip.parts == ("Concert, Night 2",)


def test_any_ticket_can_be_added_and_is_let_in_by_the_one_code(sold: Any) -> None:
    sold.day.list(12, "Night 1", all_items=False, items=(CONCERT,), subevent=1)
    sold.sell(adding(sold, CartLine(id="x", item=CONCERT, subevent=1)), card(3_000))
    assert sold.day.scan(sold.order.positions[0].secret, lists=(("conf26", 12),)).reason is Reason.OK


def test_with_those_chosen_before_there_may_be_too_many(sold: Any) -> None:
    sold.sell(adding(sold, a_date(2, 4, part_of="")), card(1_000))
    sold.begin(adding(sold, a_date(2, 3, part_of=""), name="third"))
    with pytest.raises(Refused, match="cannot be sold") as no:
        sold.finish(card(1_000), name="third")
    assert no.value.what.startswith("Dates chosen with this pass before: 2; it may have 2.")


def test_of_what_was_chosen_before_no_second_date_is_added_unless_it_is_allowed(sold: Any) -> None:
    another = adding(sold, a_date(1, 1, part_of=""), name="another")
    sold.begin(another)
    with pytest.raises(Refused, match="cannot be sold") as no:
        sold.finish(card(1_500), name="another")
    assert no.value.what == "The pass has a date of Concert already."
    sold.begin(msgspec.structs.replace(another, allowed=("too many choices",)))
    assert sold.finish(card(1_500), name="another").order.total == 8_000


def test_what_is_added_is_not_paid_later(sold: Any) -> None:
    sold.begin(adding(sold, a_date(2, 4, part_of="")))
    with pytest.raises(Refused, match="paid at once"):
        sold.finish(Offer(means=Means.INVOICE, amount=1_000), name="more")
    assert sold.app.read(lambda c: orders.by_code(c, "conf26", sold.order.code)).status is Status.PAID


def test_the_code_of_its_ticket_leads_to_the_pass_and_any_other_does_not(sold: Any) -> None:
    def find(code: str) -> Any:
        return sold.app.read(lambda c: pass_sale.find(c, sold.app.shelf, "conf26", code))

    assert find(sold.order.positions[1].secret) == find(f"{sold.order.code}-1") == sold.held
    assert sold.held.name == "Ada"
    other = sold.day.ticket()
    with pytest.raises(BadInput, match="no pass"):
        find(other.position.secret)
    with pytest.raises(BadInput, match="No pass"):
        find("nonsense")
    sold.give_back(sold.order.code, card(-6_500))
    with pytest.raises(Refused, match="not valid"):
        find(f"{sold.order.code}-1")
    with pytest.raises(Refused, match="not valid"):
        sold.sell(adding(sold, a_date(2, 4, part_of="")), card(1_000))
