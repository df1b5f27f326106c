"""Sold to be paid later and never paid: it goes off what is owed first, and only what came goes back as money."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.orders import Order, Payment, PaymentState, Position, Refund, Status
from boxoffice.domain.permissions import Act
from boxoffice.domain.progress import Progress, progress, waited_for
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.services import amend, exchange, give_back, shifts, tendering, voids
from boxoffice.storage import orders, verify


def by(means: Means, amount: int) -> Offer:
    return Offer(means=means, amount=amount)


def cash(amount: int) -> Offer:
    return by(Means.CASH, amount)


class Till:
    """A till that sells two tickets, some of it to be paid later."""

    def __init__(self, counter: Any) -> None:
        self.counter, self.app = counter, counter.app
        counter.open(0)
        self.code = ""

    def sell(self, *offers: Offer, quantity: int = 2) -> None:
        cart = self.counter.cart(CartLine(id="a", item=1, quantity=quantity))
        self.code = self.counter.sell(cart, *offers).order.code

    @property
    def order(self) -> Order:
        found = self.app.read(lambda c: orders.by_code(c, "conf26", self.code))
        assert found is not None
        return found

    @property
    def owed(self) -> int:
        owed = self.app.read(lambda c: tendering.owed(c, "conf26", self.code))
        return owed.total if owed is not None else 0

    def back(self, *offers: Offer, **more: Any) -> Any:
        return self.counter.give_back(self.code, *offers, **more).receipt

    def void(self) -> Any:
        at = self.counter.at("12:00")
        return self.counter.write(lambda c: voids.void(c, self.app.shelf, 1, "Wrong", at, "Eve"))

    def net(self) -> int | None:
        at = self.counter.at("17:00")
        report = self.app.read(lambda c: shifts.x_report(c, self.app.shelf, at))
        return next(row.amount for one in report.sections for row in one.rows if row.label == "Net")

    def adds_up(self) -> bool:
        return self.app.read(verify.check).faults == ()


@pytest.fixture
def till(counter: Any) -> Till:
    return Till(counter)


def tenders(receipt: Any) -> list[tuple[str, int]]:
    return [(one.tender, one.amount) for one in receipt.tenders]


@pytest.mark.parametrize("later", [Means.INVOICE, Means.AWAITED])
def test_what_was_sold_yesterday_and_never_paid_is_taken_off_what_is_owed(till: Till, later: Means) -> None:
    till.sell(by(later, 20_000))
    till.counter.close(0)
    till.counter.open(0)
    slip = till.back()
    assert (tenders(slip), slip.total, slip.corrects) == ([(later.value, -20_000)], -20_000, "1")
    assert (till.order.status, till.order.refunds, waited_for(till.order)) == (Status.CANCELED, (), ())
    assert (till.net(), till.owed) == (-20_000, 0)
    assert till.adds_up()


def test_one_of_two_leaves_the_other_one_on_the_invoice(till: Till) -> None:
    till.sell(by(Means.INVOICE, 15_000), cash(5_000))
    assert tenders(till.back(wished={1: None})) == [("invoice", -10_000)]
    assert [(one.amount, one.receipt) for one in waited_for(till.order)] == [(5_000, "2")]
    assert till.owed == 5_000
    paid = till.counter.pay(till.code, cash(5_000))
    assert (paid.receipt.total, paid.order.status, waited_for(paid.order)) == (0, Status.PAID, ())
    assert tenders(till.back(cash(-10_000))) == [("cash", -10_000)]
    assert (till.net(), till.order.paid) == (0, 0)
    assert till.adds_up()


def test_an_invoice_that_has_become_less_is_paid_on_its_order_and_not_corrected(till: Till) -> None:
    till.sell(by(Means.INVOICE, 20_000))
    till.back(wished={1: None})
    with pytest.raises(Refused, match="less is owed"):
        till.app.counter("Eve").orders.correct(1, [cash(20_000)], "It was cash").result()
    assert till.counter.pay(till.code, cash(10_000)).order.paid == 10_000
    assert till.adds_up()


@pytest.mark.parametrize(("item", "price"), [(3, 25_000), (4, 4_000)])
def test_a_ticket_on_an_invoice_becomes_another_one_on_the_invoice(till: Till, item: int, price: int) -> None:
    till.counter.day.hear(Item(id=item, event="conf26", name={"en": "Other"}, price=price, tax_rule=1))
    till.sell(by(Means.INVOICE, 10_000), quantity=1)
    wish = Wish(position=1, item=item)
    done = till.app.counter().orders.exchange("conf26", till.code, [wish], [], "Other").result()
    assert tenders(done.receipt) == [("invoice", price - 10_000)]
    assert (till.owed, till.net(), [one.amount for one in waited_for(done.order)]) == (price, price, [price])
    assert tenders(till.back()) == [("invoice", -price)]
    assert (till.owed, till.net()) == (0, 0)
    assert till.adds_up()


def test_what_is_more_than_is_owed_is_handed_over(till: Till) -> None:
    till.sell(by(Means.INVOICE, 4_000), cash(16_000))
    assert tenders(till.back(cash(-16_000))) == [("invoice", -4_000), ("cash", -16_000)]
    assert till.adds_up()


def test_what_was_paid_does_not_go_back_as_an_invoice(till: Till) -> None:
    till.sell(cash(20_000))
    with pytest.raises(Refused, match="invoice gives nothing back"):
        till.back(by(Means.INVOICE, -20_000))
    assert till.order.status is Status.PAID


def test_a_sale_taken_back_is_waited_for_no_longer_though_it_is_made_valid_again(till: Till) -> None:
    till.sell(by(Means.AWAITED, 20_000))
    assert progress(till.order) is Progress.AWAITING
    till.void()
    at = till.counter.at("12:10")
    till.counter.write(lambda c: amend.reactivate(c, till.counter.stock, till.order, at))
    assert (progress(till.order), till.owed) == (Progress.UNPAID, 0)
    assert till.counter.pay(till.code, cash(20_000)).receipt.total == 20_000
    assert till.net() == 20_000
    assert till.adds_up()


def test_a_drawer_takes_and_gives_money_of_its_own_event_alone(till: Till) -> None:
    held = Position(number=1, item=1, price=3_000, secret="x")
    open_order = Order(event="expo26", code="EXPO1", total=3_000, positions=(held,))
    paid = Order(
        event="expo26",
        code="EXPO2",
        status=Status.PAID,
        total=3_000,
        positions=(held,),
        payments=(Payment(id="1", amount=3_000, state=PaymentState.CONFIRMED),),
    )
    till.counter.day.hear(
        Event(slug="expo26", currency="EUR"), Item(id=1, event="expo26", price=3_000), open_order, paid
    )
    app, at, wish = till.app, till.counter.at("10:00"), Wish(position=1, item=1, price=5_000)

    def errand(order: str, **more: Any) -> Errand:
        return Errand(operation=f"card-{order}", event="expo26", order=order, **more)

    for act in (
        lambda: app.counter().orders.pay("expo26", "EXPO1", [cash(3_000)]).result(),
        lambda: app.counter().orders.give_back("expo26", "EXPO2", [cash(-3_000)], "Ill").result(),
        lambda: app.counter().cards.charge_order(errand("EXPO1"), 3_000).result(),
        lambda: app.counter().cards.advance(errand("EXPO2", what=What.REFUND, reason="Ill")).result(),
        lambda: till.counter.write(
            lambda c: exchange.exchange(
                c, app.shelf, till.counter.stock, "expo26", "EXPO2", (wish,), [cash(2_000)], "More", at
            )
        ),
    ):
        with pytest.raises(Refused, match="open for another event"):
            act()


# By which tender


def an_order(*paid: tuple[str, int], back: tuple[tuple[str, int], ...] = ()) -> Order:
    payments = tuple(
        Payment(id=str(n), amount=amount, tender=tender, state=PaymentState.CONFIRMED)
        for n, (tender, amount) in enumerate(paid)
    )
    refunds = tuple(
        Refund(id=str(n), amount=amount, tender=tender, state=PaymentState.DONE)
        for n, (tender, amount) in enumerate(back)
    )
    return Order(event="conf26", code="A", payments=payments, refunds=refunds)


@pytest.mark.parametrize(
    ("order", "offers", "due", "asks"),
    [
        (an_order(("cash", 4_003), ("cheque", 6_000)), [cash(-4_005)], 4_003, False),
        (an_order(("cash", 4_000), ("cheque", 6_000)), [cash(-10_000)], 10_000, True),
        (an_order(("cash", 4_000), ("cheque", 6_000)), [cash(-4_000), by(Means.CHEQUE, -6_000)], 10_000, False),
        (an_order(("card", 9_000), back=(("card", 5_000),)), [by(Means.CARD, -5_000)], 5_000, True),
        (an_order(("", 9_000)), [cash(-9_000)], 9_000, False),
    ],
)
def test_more_by_a_tender_than_came_by_it_asks_for_somebody_else(
    order: Order, offers: list[Offer], due: int, *, asks: bool
) -> None:
    assert (Act.OTHER_TENDER in give_back.guarded(order, offers, due)) is asks


@pytest.mark.parametrize("amount", [0, 20_000])
def test_an_invoice_pays_nothing_of_an_order_that_is_open_not_even_beside_cash(till: Till, amount: int) -> None:
    till.sell(by(Means.INVOICE, 20_000))
    with pytest.raises(Refused, match="An invoice pays nothing"):
        till.counter.pay(till.code, by(Means.INVOICE, amount), cash(20_000 - amount))
    assert till.counter.pay(till.code, cash(20_000)).order.status is Status.PAID
