"""Money that goes back: to the ticket, to the unit, and never twice; and orders that are paid at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Discount
from boxoffice.domain.orders import Order, Payment, PaymentState, Position, Status
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import BadInput, Refused
from boxoffice.services import give_back, sell
from boxoffice.storage import receipt_book, till, verify


def tickets(quantity: int) -> CartLine:
    return CartLine(id="l1", item=1, quantity=quantity)


def by(means: Means, amount: int) -> Offer:
    return Offer(means=means, amount=amount)


def cash(amount: int) -> Offer:
    return by(Means.CASH, amount)


@pytest.fixture
def sold(counter: Any) -> sell.Sale:
    """Two tickets, paid in cash."""
    counter.open()
    return counter.sell(counter.cart(tickets(2)), cash(20_000))


def test_a_refund_cancels_and_the_door_knows(counter: Any, sold: sell.Sale) -> None:
    back = counter.give_back(sold.order.code, cash(-10_000), wished={1: None})
    assert back.receipt.total == -10_000
    assert back.receipt.corrects == "1"
    assert (back.order.total, back.order.paid) == (10_000, 10_000)
    assert counter.day.scan(sold.order.positions[0].secret).reason is Reason.CANCELED
    assert counter.day.scan(sold.order.positions[1].secret).reason is Reason.OK


def test_with_its_last_ticket_the_whole_order_is_cancelled(counter: Any, sold: sell.Sale) -> None:
    back = counter.give_back(sold.order.code, cash(-20_000))
    assert back.order.status is Status.CANCELED
    assert back.order.paid == 0


def test_what_was_free_with_it_goes_with_the_whole_order(counter: Any) -> None:
    three_for_two = Discount(
        id=1, event="conf26", name="3 for 2", all_items=True, min_count=3, percent=10_000, cheapest_only=1
    )
    counter.day.hear(three_for_two)
    counter.open()
    sale = counter.sell(counter.cart(tickets(3)), cash(20_000))
    counter.give_back(sale.order.code, cash(-10_000), wished={2: None})
    back = counter.give_back(sale.order.code, cash(-10_000))
    assert back.booked.items == (("Regular", -2, -10_000),)
    assert [counter.day.scan(one.secret).reason for one in sale.order.positions] == [Reason.CANCELED] * 3
    assert counter.app.read(verify.check).sound


def test_nothing_goes_back_twice(counter: Any, sold: sell.Sale) -> None:
    counter.give_back(sold.order.code, cash(-10_000), wished={1: None})
    with pytest.raises(Refused, match="nothing to give back"):
        counter.give_back(sold.order.code, cash(-10_000), wished={1: None})
    counter.give_back(sold.order.code, cash(-10_000))
    with pytest.raises(Refused):
        counter.give_back(sold.order.code, cash(-1))


def test_a_second_enter_gives_nothing_back_twice(counter: Any, sold: sell.Sale) -> None:
    first = counter.give_back(sold.order.code, cash(-10_000), wished={1: None}, operation="back")
    again = counter.give_back(sold.order.code, cash(-10_000), wished={1: None}, operation="back")
    assert first.booked == again.booked
    assert again.order.paid == 10_000


def test_a_part_of_the_price_can_go_back_and_the_ticket_stays(counter: Any, sold: sell.Sale) -> None:
    counter.give_back(sold.order.code, cash(-2_500), wished={1: 2_500}, keep_valid=True)
    assert counter.day.scan(sold.order.positions[0].secret).reason is Reason.OK
    with pytest.raises(Refused, match="than it cost"):
        counter.give_back(sold.order.code, cash(-8_000), wished={1: 8_000})


def test_a_ticket_is_counted_as_gone_once_however_many_parts_go_back(counter: Any, sold: sell.Sale) -> None:
    kept = counter.give_back(sold.order.code, cash(-1_000), wished={1: 1_000}, keep_valid=True)
    gone = counter.give_back(sold.order.code, cash(-2_000), wished={1: 2_000})
    rest = counter.give_back(sold.order.code, cash(-17_000))
    assert [one.booked.items for one in (kept, gone, rest)] == [
        (("Regular", 0, -1_000),),
        (("Regular", -1, -2_000),),
        (("Regular", -1, -17_000),),
    ]


def test_what_was_cancelled_can_be_given_back_later(counter: Any, sold: sell.Sale) -> None:
    counter.give_back(sold.order.code, cash(-2_500), wished={1: 2_500})
    later = counter.give_back(sold.order.code, cash(-7_500), wished={1: None})
    assert later.order.paid == 10_000


def test_what_the_server_left_valid_of_a_cancelled_ticket_takes_nothing_with_it(counter: Any) -> None:
    """A ticket is cancelled there and its add-on is not; giving the ticket's money back cancels no other one."""
    counter.open()
    positions = (
        Position(number=1, item=1, price=10_000, secret="a", canceled=True),
        Position(number=2, item=2, price=4_203, secret="b", addon_to=1),
        Position(number=3, item=1, price=10_000, secret="c"),
    )
    paid = Payment(id="p1", amount=24_203, state=PaymentState.CONFIRMED, tender="cash")
    counter.day.hear(
        Order(event="conf26", code="W1", status=Status.PAID, total=14_203, positions=positions, payments=(paid,))
    )
    back = counter.give_back("W1", cash(-10_000), wished={1: None})
    assert (back.order.status, [one.canceled for one in back.order.positions]) == (Status.PAID, [True, False, False])


def test_the_total_is_shown_before_anything_happens(counter: Any, sold: sell.Sale) -> None:
    back = counter.app.read(lambda c: give_back.quote(c, counter.app.shelf, "conf26", sold.order.code, {2: None}))
    assert (back.total, back.corrects) == (10_000, 1)
    assert counter.app.read(lambda c: receipt_book.receipts_of_order(c, "conf26", sold.order.code)) == [sold.booked]


def test_the_tax_of_the_pieces_is_the_tax_of_the_sale(counter: Any, sold: sell.Sale) -> None:
    slips = [counter.give_back(sold.order.code, cash(-10_000), wished={number: None}) for number in (1, 2)]
    (whole,) = sold.receipt.taxes
    assert sum(slip.receipt.taxes[0].tax for slip in slips) == -whole.tax
    assert sum(slip.receipt.taxes[0].base for slip in slips) == -whole.base


@pytest.mark.parametrize(
    ("code", "wished", "offers"),
    [("NONE", None, -20_000), (None, {9: None}, -20_000), (None, {1: -5}, 5), (None, {1: None}, -9_000)],
)
def test_what_cannot_go_back_changes_nothing(
    counter: Any, sold: sell.Sale, code: str | None, wished: Any, offers: int
) -> None:
    with pytest.raises((BadInput, Refused)):
        counter.give_back(code or sold.order.code, cash(offers), wished=wished)
    assert counter.day.scan(sold.order.positions[0].secret).reason is Reason.OK
    assert counter.app.read(lambda c: receipt_book.next_receipt(c, training=False)) == 2


def test_the_z_knows_sales_and_returns(counter: Any, sold: sell.Sale) -> None:
    counter.give_back(sold.order.code, cash(-10_000), wished={1: None})
    z = counter.close(20_000 + 20_000 - 10_000)
    rows = {(section.title, row.label): row for section in z.sections for row in section.rows}
    assert (rows["Totals", "Sales"].amount, rows["Totals", "Returns"].amount) == (20_000, -10_000)
    assert rows["Totals since the first day", "Net"].amount == 10_000
    assert rows["Items", "Regular"].count == 1
    assert counter.app.read(verify.check).sound


# Paying what was ordered elsewhere


def an_open_order(counter: Any, *, paid: int = 0, fees: int = 0) -> Order:
    position = Position(number=1, item=1, price=10_000, secret="web-1", name="Ada Lovelace")
    payments = (Payment(id="1", amount=paid, state=PaymentState.CONFIRMED),) if paid else ()
    order = Order(event="conf26", code="WEB01", total=10_000 + fees, positions=(position,), payments=payments)
    counter.day.hear(order)
    counter.open()
    return order


def test_an_open_order_is_paid_at_the_desk_and_may_come_in(counter: Any) -> None:
    an_open_order(counter)
    assert counter.day.scan("web-1").reason is Reason.UNPAID
    payment = counter.pay("WEB01", cash(20_000))
    assert payment.change == 10_000
    assert payment.order.status is Status.PAID
    assert payment.receipt.lines[0].notes == ("Ada Lovelace",)
    assert counter.day.scan("web-1").reason is Reason.OK


def test_only_what_is_open_is_taken(counter: Any) -> None:
    an_open_order(counter, paid=4_000, fees=500)
    payment = counter.pay("WEB01", by(Means.CARD, 6_500))
    assert payment.receipt.total == sum(line.amount for line in payment.receipt.lines) == 6_500
    assert sum(group.gross for group in payment.receipt.taxes) == 6_500
    assert payment.order.status is Status.PAID


def test_what_was_paid_here_can_go_back_here(counter: Any) -> None:
    an_open_order(counter)
    counter.pay("WEB01", cash(10_000))
    assert counter.give_back("WEB01", cash(-10_000)).receipt.corrects == "1"
    assert counter.close(20_000).number == 1


def test_what_was_paid_on_the_web_can_go_back_here_and_corrects_no_receipt_of_ours(counter: Any) -> None:
    an_open_order(counter, paid=10_000)
    assert counter.give_back("WEB01", cash(-10_000)).receipt.corrects == ""


@pytest.mark.parametrize("offer", [by(Means.INVOICE, 10_000), by(Means.CARD, 12_000), cash(9_995)])
def test_what_does_not_pay_it_pays_nothing(counter: Any, offer: Offer) -> None:
    an_open_order(counter)
    with pytest.raises(Refused):
        counter.pay("WEB01", offer)
    assert counter.day.scan("web-1").reason is Reason.UNPAID


def test_nobody_pays_twice(counter: Any) -> None:
    an_open_order(counter)
    first = counter.pay("WEB01", cash(10_000), operation="pay")
    assert counter.pay("WEB01", cash(10_000), operation="pay").booked == first.booked
    with pytest.raises(Refused, match="paid"):
        counter.pay("WEB01", cash(10_000))


# Days of trading


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_day_of_trading_adds_up(counter: Any, data: st.DataObject) -> None:
    if counter.app.read(till.current_shift) is None:
        counter.open(0)
    codes: list[str] = []
    draw = data.draw
    for _ in range(draw(st.integers(1, 6))):
        if codes and draw(st.booleans()):
            code = draw(st.sampled_from(codes))
            wished = {number: draw(st.integers(0, 10_000)) for number in draw(st.sets(st.integers(1, 3), min_size=1))}
            try:
                back = counter.app.read(
                    lambda c, code=code, wished=wished: give_back.quote(c, counter.app.shelf, "conf26", code, wished)
                )
            except (BadInput, Refused):
                continue
            counter.give_back(code, cash(-round(back.total / 5) * 5), wished=wished, keep_valid=draw(st.booleans()))
            continue
        name = f"sale-{counter.app.read(lambda c: receipt_book.next_receipt(c, training=False))}"
        quantity = draw(st.integers(1, 3))
        card = draw(st.integers(0, quantity * 10_000))
        rest = round((quantity * 10_000 - card) / 5) * 5
        sale = counter.sell(counter.cart(tickets(quantity), name=name), by(Means.CARD, card), cash(rest + 500))
        assert sale.change == 500
        codes.append(sale.order.code)
    shift = counter.app.read(till.current_shift)
    receipts = counter.app.read(lambda c: receipt_book.receipts_of_shift(c, shift.id))
    before = counter.app.read(till.perpetual)[1]
    for one in receipts:
        receipt = one.receipt
        assert sum(line.amount for line in receipt.lines) == receipt.total
        assert sum(group.gross for group in receipt.taxes) == receipt.total
        assert sum(tender.amount for tender in receipt.tenders) == receipt.total + receipt.rounding
        assert sum(amount for _, _, amount in one.items) == receipt.total
    drawer = sum(t.amount for one in receipts for t in one.receipt.tenders if t.tender == "cash")
    if drawer < 0:
        return  # More cash went back than was in the drawer: nobody can count that.
    counter.close(drawer)
    after = counter.app.read(till.perpetual)[1]
    assert after.net - before.net == sum(one.receipt.total for one in receipts)
    assert counter.app.read(verify.check).sound


def test_a_store_that_others_write_to_is_not_called_damaged(counter: Any) -> None:
    """The full-text index of the engine judges by what a connection remembers of it."""
    for number in range(80):
        position = Position(number=1, item=1, secret=f"s{number}", name=f"Guest {number}")
        counter.day.hear(Order(event="conf26", code=f"C{number % 30:03d}", status=Status.PAID, positions=(position,)))
        assert counter.app.read(verify.check).sound
