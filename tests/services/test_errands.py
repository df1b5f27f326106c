"""Cards and orders that there are: what is charged for one, what goes back to one, and what a crash leaves of both."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Item, Quota
from boxoffice.domain.errands import Errand, What, Wish
from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.payment_steps import (
    Approved,
    Begun,
    Captured,
    Compared,
    Lost,
    ReversalDeclined,
    ReversalLost,
    Reversed,
    Sent,
    Step,
)
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Evidence, Kind, Mark, Terminal
from boxoffice.errors import BadInput, Refused
from boxoffice.ports import Totals
from boxoffice.services import card, card_terminals, errands, sell

YES = Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234", card="Visa", approval="A1")
SAID_YES = (Compared(mark=Mark(receipt=41)), Sent(), Begun(), Approved(evidence=YES), Captured())
UNHEARD = (*SAID_YES[:2], Lost())


class Desk:
    """A till with a terminal, and an order over two tickets of 100.00 that one card has paid."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
        counter.open()
        counter.begin(counter.cart(CartLine(id="l1", item=1, quantity=2)))
        at = counter.at("09:00")
        paid = counter.write(lambda c: sell.charge(c, counter.app.shelf, counter.stock, "sale-1", 20_000, "", at))
        self.paid = self.take(paid, *SAID_YES)
        self.code = counter.finish(Offer(means=Means.CARD, amount=20_000)).order.code

    def take(self, attempt: Attempt, *steps: Step, at: str = "09:05") -> Attempt:
        when = self.counter.at(at)
        for step in steps:
            attempt = self.counter.write(lambda c, one=attempt.id, step=step: card.take(c, one, step, when))
        return attempt

    def errand(self, name: str = "back-1", **more: Any) -> Errand:
        values = {"what": What.REFUND, "reason": "Ill", **more}
        return Errand(operation=name, event="conf26", order=self.code, **values)

    def send_back(self, errand: Errand, *steps: Step, at: str = "10:00") -> Attempt:
        shelf, when = self.counter.app.shelf, self.counter.at(at)
        begun = self.counter.write(lambda c: errands.advance(c, shelf, self.counter.stock, errand, "", when))
        return self.take(begun, *steps, at=at)

    def left(self, errand: Errand) -> int:
        return self.counter.app.read(lambda c: errands.left(c, self.counter.app.shelf, errand))

    def finish(self, name: str = "back-1") -> Any:
        shelf, when = self.counter.app.shelf, self.counter.at("10:05")
        return self.counter.write(lambda c: errands.finish(c, shelf, self.counter.stock, name, when))

    def unfinished(self) -> Errand | None:
        return self.counter.app.read(lambda c: card.unfinished(c, "conf26", self.code))


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def test_on_the_same_day_the_payment_is_taken_back(desk: Desk) -> None:
    back = desk.send_back(desk.errand(), Reversed())
    assert (back.id, back.state, desk.left(desk.errand())) == (desk.paid.id, State.REVERSED, 0)
    slip = desk.finish().given.receipt
    assert (slip.total, slip.tenders[0].details[0]) == (-20_000, "Visa ************1234")
    assert desk.unfinished() is None


def test_after_the_end_of_day_it_goes_back_as_a_refund(desk: Desk) -> None:
    at = desk.counter.at("09:30")
    desk.counter.write(lambda c: card_terminals.close_day(c, "Till 1", Totals(), at))
    back = desk.send_back(desk.errand(), *SAID_YES)
    assert (back.way, back.amount) == (Way.REFUND, 20_000)
    assert desk.finish().given.receipt.total == -20_000


def test_a_part_goes_back_as_a_refund(desk: Desk) -> None:
    part = desk.errand(wished=((1, None),))
    assert desk.send_back(part, *SAID_YES).amount == 10_000
    assert desk.finish().given.receipt.total == -10_000
    rest = desk.errand("back-2", wished=((2, None),))
    assert desk.send_back(rest, *SAID_YES).way is Way.REFUND


def test_what_the_terminal_does_not_take_back_is_refunded(desk: Desk) -> None:
    declined = desk.send_back(desk.errand(), ReversalDeclined(text="No", code="B5"))
    assert declined.state is State.REVERSAL_DECLINED
    assert desk.send_back(desk.errand(), *SAID_YES).way is Way.REFUND
    assert desk.finish().given.receipt.total == -20_000


def test_while_nobody_knows_whether_it_went_back_nothing_else_does(desk: Desk) -> None:
    lost = desk.send_back(desk.errand(), ReversalLost())
    with pytest.raises(Refused):
        desk.send_back(desk.errand())
    with pytest.raises(Refused, match="not finished"):
        desk.counter.give_back(desk.code, Offer(means=Means.CASH, amount=-20_000))
    seen = card.Seen(charged=True, by="Ana", reason="Its journal shows nothing")
    desk.counter.write(lambda c: card.settle(c, lost.id, seen, desk.counter.at("10:02")))
    assert desk.unfinished() is None
    assert desk.counter.give_back(desk.code, Offer(means=Means.CASH, amount=-20_000)).receipt.total == -20_000


def test_a_crash_before_the_slip_leaves_what_can_be_finished(desk: Desk) -> None:
    desk.send_back(desk.errand(), Reversed())
    assert desk.unfinished() == desk.errand()
    with pytest.raises(Refused, match="not finished"):
        desk.counter.give_back(desk.code, Offer(means=Means.CASH, amount=-20_000))
    assert desk.finish().given.booked.number == desk.finish().given.booked.number


def test_no_more_goes_back_than_there_is(desk: Desk) -> None:
    desk.send_back(desk.errand(), Reversed())
    shelf, at = desk.counter.app.shelf, desk.counter.at("10:00")
    assert desk.counter.write(lambda c: errands.advance(c, shelf, desk.counter.stock, desk.errand(), "", at)) is None
    with pytest.raises(BadInput):
        desk.send_back(desk.errand("back-2", reason=" "))


@pytest.fixture
def open_order(desk: Desk) -> str:
    """An order of 100.00 from elsewhere that nobody has paid."""
    from boxoffice.domain.orders import Status

    ticket = desk.counter.day.ticket(status=Status.PENDING, order={"total": 10_000}, price=10_000)
    return ticket.order.code


def test_an_open_order_is_paid_by_card(desk: Desk, open_order: str) -> None:
    errand = Errand(operation="pay-1", event="conf26", order=open_order)
    at = desk.counter.at("10:00")
    begun = desk.counter.write(lambda c: errands.charge(c, desk.counter.app.shelf, errand, 10_000, "", at))
    other = Errand(operation="pay-2", event="conf26", order=open_order)
    with pytest.raises(Refused, match="not finished"):
        desk.counter.write(lambda c: errands.charge(c, desk.counter.app.shelf, other, 10_000, "", at))
    with pytest.raises(Refused, match="not settled"):
        desk.finish("pay-1")
    desk.take(begun, *SAID_YES)
    assert desk.finish("pay-1").paid.receipt.tenders[0].amount == 10_000


def test_no_more_is_charged_than_is_open(desk: Desk, open_order: str) -> None:
    errand = Errand(operation="pay-1", event="conf26", order=open_order)
    with pytest.raises(Refused, match="more than is open"):
        desk.counter.write(
            lambda c: errands.charge(c, desk.counter.app.shelf, errand, 10_001, "", desk.counter.at("10:00"))
        )


def test_no_card_is_moved_for_a_ticket_that_is_sold_out(desk: Any) -> None:
    counter = desk.counter
    counter.day.hear(
        Item(id=9, event="conf26", name={"en": "VIP"}, price=25_000),
        Quota(id=1, event="conf26", name="VIP", size=0, items=(9,)),
    )
    offer = Offer(means=Means.CARD, amount=15_000)
    errand = desk.errand("x", what=What.EXCHANGE, changes=(Wish(position=1, item=9),), offers=(offer,))
    with pytest.raises(Refused, match="Sold out"):
        counter.write(lambda c: errands.advance(c, counter.app.shelf, counter.stock, errand, "", counter.at("10:00")))
