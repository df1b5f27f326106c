"""A ticket of another type or for another date: the difference in one step, and nothing that was written is touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import AddOnRule, EventSettings, Item, Quota
from boxoffice.domain.errands import Wish
from boxoffice.domain.facts import Guest
from boxoffice.domain.offering import PriceStep
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import Refused
from boxoffice.services import exchange, tendering, terms
from boxoffice.storage import orders, outbox, receipt_book, verify

VIP, STUDENT = 3, 4


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


@pytest.fixture
def desk(counter: Any) -> Any:
    """A till that has sold one regular ticket with a dinner, to be changed."""
    counter.day.hear(
        Item(id=VIP, event="conf26", name={"en": "VIP"}, price=25_000, tax_rule=1, addons=(AddOnRule(category=1),)),
        Item(id=STUDENT, event="conf26", name={"en": "Student"}, price=4_000, tax_rule=1, roles=("student",)),
        EventSettings(event="conf26", roles={"student": {"en": "students"}}),
    )
    counter.open(0)
    counter.code = counter.sell(
        counter.cart(CartLine(id="a", item=1, guest=Guest(name="Ada"))), cash(10_000)
    ).order.code
    return counter


def change(desk: Any, *offers: Offer, item: int = VIP, operation: str = "x", **more: Any) -> exchange.Done:
    wish = Wish(position=1, item=item, price=more.pop("price", None), role=more.pop("role", ""))
    return desk.write(
        lambda c: exchange.exchange(
            c,
            desk.app.shelf,
            desk.stock,
            "conf26",
            more.pop("code", desk.code),
            (wish,),
            offers,
            "Wrong type",
            desk.at("11:00"),
            "Ana",
            operation=operation,
            **more,
        )
    )


def test_a_better_ticket_costs_the_difference_and_keeps_its_code(desk: Any) -> None:
    before = desk.app.read(lambda c: orders.by_code(c, "conf26", desk.code)).positions[0]
    done = change(desk, card(15_000))
    assert (done.order.status, done.order.total, done.order.paid) == (Status.PAID, 25_000, 25_000)
    assert (done.order.positions[0].item, done.order.positions[0].secret) == (VIP, before.secret)
    verdict = desk.day.scan(before.secret)
    assert (verdict.reason, verdict.item) == (Reason.OK, "VIP")


def test_the_slip_corrects_and_says_what_it_was_and_what_it_is(desk: Any) -> None:
    receipt = change(desk, card(15_000)).receipt
    assert receipt is not None
    assert [(one.text, one.amount, one.notes) for one in receipt.lines] == [
        ("Regular", -10_000, ("Ada",)),
        ("VIP", 25_000, ("Ada",)),
    ]
    assert (receipt.number, receipt.corrects, receipt.total, receipt.reason) == ("2", "1", 15_000, "Wrong type")
    (group,) = receipt.taxes
    assert (group.base + group.tax, group.tax) == (15_000, 1_124)
    first = desk.app.read(lambda c: receipt_book.receipt(c, 1))
    assert first.receipt.total == 10_000


def test_a_cheaper_ticket_gives_the_difference_back(desk: Any) -> None:
    done = change(desk, cash(-6_000), item=STUDENT, role="student")
    assert (done.order.total, done.order.paid, done.order.status) == (4_000, 4_000, Status.PAID)
    assert desk.give_back(desk.code, cash(-4_000)).receipt.total == -4_000
    z = desk.close(0)
    assert next(row.amount for one in z.sections for row in one.rows if row.label == "Net") == 0
    assert desk.app.read(verify.check).sound


def test_done_twice_it_is_done_once(desk: Any) -> None:
    first = change(desk, card(15_000))
    again = change(desk, card(15_000))
    assert again.booked == first.booked
    assert desk.app.read(lambda c: orders.by_code(c, "conf26", desk.code)).paid == 25_000


def test_two_that_nobody_has_named_are_two(desk: Any) -> None:
    change(desk, card(15_000), operation="")
    done = change(desk, cash(-15_000), item=1, operation="")
    assert (done.order.positions[0].item, done.order.total, done.order.paid) == (1, 10_000, 10_000)


def test_done_twice_with_an_open_order_it_is_done_once_too(desk: Any) -> None:
    ticket = Position(number=1, item=1, price=10_000, secret="s")
    desk.day.hear(Order(event="conf26", code="OPEN", status=Status.PENDING, total=10_000, positions=(ticket,)))
    assert change(desk, code="OPEN") == change(desk, code="OPEN")


def test_a_ticket_for_some_only_names_them(desk: Any) -> None:
    with pytest.raises(Refused, match="cannot be changed so") as no:
        change(desk, cash(-6_000), item=STUDENT)
    assert "Student is for students only" in no.value.what
    assert change(desk, cash(-6_000), item=STUDENT, allowed=("role",)).order.total == 4_000


def test_add_ons_have_to_go_with_what_it_becomes(desk: Any) -> None:
    cart = desk.cart(CartLine(id="a", item=1), CartLine(id="d", item=2, part_of="a"), name="two")
    code = desk.sell(cart, cash(14_205)).order.code
    with pytest.raises(Refused, match="cannot be changed so"):
        change(desk, cash(-6_000), item=STUDENT, role="student", code=code)
    desk.give_back(code, cash(-4_205), wished={2: None})
    assert change(desk, cash(-6_000), item=STUDENT, role="student", code=code).order.positions[0].item == STUDENT


def test_the_difference_is_taken_by_a_tender_that_the_event_takes(desk: Any) -> None:
    desk.write(lambda c: tendering.choose(c, "conf26", Tendering(off=("cheque",))))
    with pytest.raises(Refused, match="not taken here"):
        change(desk, Offer(means=Means.CHEQUE, amount=15_000))
    assert change(desk, card(15_000)).order.paid == 25_000


def test_what_is_full_takes_nobody_more(desk: Any) -> None:
    desk.day.hear(Quota(id=1, event="conf26", name="VIP", size=0, items=(VIP,)))
    with pytest.raises(Refused, match="Sold out"):
        change(desk, card(15_000))
    assert desk.app.read(lambda c: orders.by_code(c, "conf26", desk.code)).positions[0].item == 1


def test_of_an_open_order_only_the_price_changes(desk: Any) -> None:
    web = Order(
        event="conf26",
        code="WEB01",
        total=10_000,
        positions=(Position(number=1, item=1, price=10_000, secret="w"),),
    )
    desk.day.hear(web)
    done = change(desk, code="WEB01")
    assert (done.booked, done.order.status, done.order.total) == (None, Status.PENDING, 25_000)
    assert desk.pay("WEB01", card(25_000)).order.status is Status.PAID


def test_the_server_hears_of_the_change_before_its_money(desk: Any) -> None:
    change(desk, card(15_000))
    facts = [one.entry.fact() for one in desk.app.read(outbox.waiting)]
    assert [one.__struct_config__.tag for one in facts][-3:] == ["exchanged", "paid", "receipt"]
    assert facts[-1].corrects == 1


# An early bird that has flown


def an_early_order(desk: Any, price: int = 7_000, days: int = 3) -> str:
    now = desk.at("09:00")
    steps = (PriceStep(until=now - timedelta(days=1), price=7_000, name={"en": "Early bird"}),)
    desk.day.hear(
        Item(id=5, event="conf26", name={"en": "Workshop"}, price=9_000, tax_rule=1, price_steps=steps),
        Order(
            event="conf26",
            code="EARLY",
            total=price,
            placed_at=now - timedelta(days=days),
            positions=(Position(number=1, item=5, price=price, secret="early"),),
        ),
    )
    return "EARLY"


def stale(desk: Any) -> tuple[Wish, ...]:
    catalog = desk.app.catalog("conf26")
    order = desk.app.read(lambda c: orders.by_code(c, "conf26", "EARLY"))
    return terms.stale(order, catalog, desk.at("11:00"))


def test_an_order_whose_early_price_has_run_out_is_priced_anew_in_one_step(desk: Any) -> None:
    an_early_order(desk)
    wishes = stale(desk)
    found = desk.app.read(lambda c: terms.quote(c, desk.app.shelf, "conf26", "EARLY", wishes, desk.at("11:00")))
    assert (found.difference, found.due) == (2_000, 0)
    done = change(desk, item=5, code="EARLY")
    assert done.order.total == 9_000
    assert stale(desk) == ()
    assert desk.pay("EARLY", card(9_000)).order.status is Status.PAID


@pytest.mark.parametrize(("price", "days"), [(6_500, 3), (9_000, 0)])
def test_a_price_that_somebody_set_and_one_of_today_are_left_alone(desk: Any, price: int, days: int) -> None:
    an_early_order(desk, price, days)
    assert stale(desk) == ()
