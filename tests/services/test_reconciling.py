"""Our books beside the server's, read from the store: what was sent, what was refused, what was changed there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain import cart as carts
from boxoffice.domain.cart import CartLine
from boxoffice.domain.gift_cards import Load
from boxoffice.domain.orders import Order
from boxoffice.domain.reconciling import Cause, Reconciliation, Sum
from boxoffice.domain.takings import Taking
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import corrections, disagree, overlay, reconciling
from boxoffice.storage import journal, orders, outbox


def offer(means: Means, amount: int) -> Offer:
    return Offer(means=means, amount=amount)


class Evening:
    """A till that has sold, and somebody who counts at night."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.app = counter.app
        counter.open()

    def sell(self, *offers: Offer, name: str = "sale-1", dinner: bool = False) -> Order:
        cart = self.counter.cart(CartLine(id="a", item=1), name=name)
        if dinner:
            cart = carts.added(cart, CartLine(id="d", item=2, part_of="a"))
        return self.counter.sell(cart, *offers).order

    def everything_goes_out(self) -> None:
        def take(connection: Any) -> None:
            for one in outbox.waiting(connection, -1):
                overlay.arrived(connection, one.entry.operation)
                outbox.done(connection, one.entry.operation)

        self.counter.write(take)

    def server_says(self, order: Order) -> None:
        self.counter.day.hear(order)

    def reconcile(self) -> Reconciliation:
        since = self.counter.at("00:00")
        until = since + timedelta(days=1)
        return self.app.read(lambda c: reconciling.over(c, "conf26", since, until))

    def causes(self) -> list[tuple[Cause, int | None, int, int | None]]:
        return [(one.cause, one.receipt, one.ours, one.theirs) for one in self.reconcile().differences]


@pytest.fixture
def night(counter: Any) -> Evening:
    return Evening(counter)


def test_what_was_not_sent_yet_is_named_and_gone_once_it_is(night: Evening) -> None:
    night.sell(offer(Means.CASH, 10_000))
    assert night.causes() == [(Cause.NOT_SENT, 1, 10_000, None)]
    night.everything_goes_out()
    found = night.reconcile()
    assert found.differences == ()
    (line,) = found.lines
    assert (line.station, line.period, line.tender) == ("North door", "Open shift", "cash")
    assert line.ours == line.server == Sum(1, 10_000)


def test_rounding_and_several_tenders_are_no_difference(night: Evening) -> None:
    order = night.sell(offer(Means.CARD, 10_000), offer(Means.CASH, 4_205), dinner=True)
    night.counter.give_back(order.code, offer(Means.CASH, -4_205), wished={2: None})
    night.counter.write(
        lambda c: corrections.correct(
            c, night.app.shelf, 1, [offer(Means.CASH, 14_205)], "Wrong key", night.counter.at("12:00")
        )
    )
    night.everything_goes_out()
    assert night.causes() == []


def test_what_the_server_refused_stands_with_its_words(night: Evening) -> None:
    night.sell(offer(Means.CASH, 10_000))
    at = night.counter.at("12:00")
    (paid,) = [
        one.entry for one in night.app.read(lambda c: outbox.waiting(c, -1)) if one.entry.operation == "sale-1/0"
    ]
    night.counter.write(lambda c: disagree.look_at_refusal(c, paid.operation, "No such provider", at))
    (found,) = night.reconcile().differences
    assert (found.cause, found.about) == (Cause.REFUSED, "No such provider")


def test_what_somebody_changed_at_the_server_is_found(night: Evening) -> None:
    order = night.sell(offer(Means.CASH, 10_000))
    night.everything_goes_out()
    held = night.app.read(lambda c: orders.by_code(c, "conf26", order.code))
    less = msgspec.structs.replace(held.payments[0], amount=9_000)
    night.server_says(msgspec.structs.replace(held, payments=(less,)))
    assert night.causes() == [(Cause.OTHER_AMOUNT, 1, 10_000, 9_000)]
    night.server_says(msgspec.structs.replace(held, payments=()))
    assert night.causes() == [(Cause.NOT_THERE, 1, 10_000, None)]


def test_a_drawer_that_was_short_is_named_with_its_z(night: Evening) -> None:
    night.sell(offer(Means.CASH, 10_000))
    night.everything_goes_out()
    night.counter.close(29_000, "Miscounted")
    (found,) = night.reconcile().differences
    assert (found.cause, found.about, found.ours, found.theirs) == (Cause.MISCOUNTED, "Z 1", 30_000, 29_000)


def test_other_tills_stand_in_it_as_the_server_tells_of_them(night: Evening) -> None:
    night.counter.day.hear(
        Taking(event="conf26", operation="x/receipt", station="Till 2", device="d2", number=1, cashier="Ben",
               at=night.counter.at("12:00"), total=900, currency="CHF", tenders=(("card", 900),))
    )  # fmt: skip
    (line,) = night.reconcile().lines
    assert (line.station, line.cashier, line.ours, line.server) == ("Till 2", "Ben", None, Sum(1, 900))


def test_what_is_put_on_gift_cards_is_compared_too(night: Evening) -> None:
    load = Load(id="g", code="GIFT2026ABCDEFGH", amount=5_000)
    cart = msgspec.structs.replace(night.counter.cart(CartLine(id="a", item=1)), loads=(load,))
    night.counter.sell(cart, offer(Means.CARD, 3_000), offer(Means.CASH, 12_000))
    waiting = [one.entry.operation for one in night.app.read(lambda c: outbox.waiting(c, -1))]
    night.everything_goes_out()
    found = night.reconcile()
    assert found.differences == ()
    assert [(one.tender, one.ours, one.server) for one in found.lines] == [
        ("card", Sum(1, 3_000), Sum(1, 3_000)),
        ("cash", Sum(1, 12_000), Sum(1, 12_000)),
    ]
    (act,) = [one for one in waiting if "/giftcard/" in one]
    number = night.app.read(lambda c: journal.number(c, act))
    night.counter.write(lambda c: c.execute("INSERT INTO outbox (id, subject) VALUES (?, '')", (number,)))
    assert night.causes() == [(Cause.NOT_SENT, 1, 12_000, 7_000)]


def test_a_tender_that_is_put_right_where_a_gift_card_was_sold_too_is_no_difference(night: Evening) -> None:
    load = Load(id="g", code="GIFT2026ABCDEFGH", amount=5_000)
    cart = msgspec.structs.replace(night.counter.cart(CartLine(id="a", item=1)), loads=(load,))
    night.counter.sell(cart, offer(Means.CARD, 3_000), offer(Means.CASH, 12_000))
    night.counter.write(
        lambda c: corrections.correct(
            c, night.app.shelf, 1, [offer(Means.CASH, 15_000)], "Wrong key", night.counter.at("12:00")
        )
    )
    night.everything_goes_out()
    found = night.reconcile()
    assert found.differences == ()
    assert [(one.tender, one.ours, one.server) for one in found.lines] == [
        ("card", Sum(2, 0), Sum(2, 0)),
        ("cash", Sum(3, 15_000), Sum(3, 15_000)),
    ]
