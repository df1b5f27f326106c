"""Wrong tender or wrong amount: the first entry stays, a second one corrects it, and all sums hold."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain import cart as carts
from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.progress import promised
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Kind, Terminal
from boxoffice.errors import BadInput, Refused
from boxoffice.ports import Role
from boxoffice.services import card_terminals, corrections, shifts, voids
from boxoffice.storage import orders, receipt_book, till, verify


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def transfer(amount: int) -> Offer:
    return Offer(means=Means.TRANSFER, amount=amount)


class Office:
    """A till with an open drawer, and somebody who puts things right."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.app = counter.app
        counter.open()

    def sell(self, *offers: Offer, dinner: bool = False, name: str = "sale-1") -> Any:
        cart = self.counter.cart(CartLine(id="a", item=1), name=name)
        if dinner:
            cart = carts.added(cart, CartLine(id="d", item=2, part_of="a"))
        return self.counter.sell(cart, *offers)

    def correct(self, number: int, *offers: Offer, reason: str = "Wrong key", **more: Any) -> corrections.Corrected:
        at = self.counter.at("12:00")
        return self.counter.write(
            lambda c: corrections.correct(c, self.app.shelf, number, offers, reason, at, "Eve", **more)
        )

    def void(self, number: int, **more: Any) -> Any:
        at = self.counter.at("12:00")
        return self.counter.write(lambda c: voids.void(c, self.app.shelf, number, "Wrong person", at, "Eve", **more))

    def x(self) -> dict[str, dict[str, Any]]:
        at = self.counter.at("17:00")
        report = self.app.read(lambda c: shifts.x_report(c, self.app.shelf, at))
        return {one.title: {row.label: (row.count, row.amount) for row in one.rows} for one in report.sections}

    def adds_up(self) -> bool:
        return self.app.read(verify.check).faults == ()


@pytest.fixture
def office(counter: Any) -> Office:
    return Office(counter)


def tenders(receipt: Any) -> list[tuple[str, int]]:
    return [(one.tender, one.amount) for one in receipt.tenders]


def test_a_wrong_tender_is_taken_back_and_the_right_one_written_beside_it(office: Office) -> None:
    sale = office.sell(cash(10_000))
    done = office.correct(1, card(10_000))
    assert (done.receipt.number, done.receipt.corrects, done.receipt.reason) == ("2", "1", "Wrong key")
    assert tenders(done.receipt) == [("cash", -10_000), ("card", 10_000)]
    assert (done.receipt.total, done.receipt.lines, done.receipt.taxes) == (0, (), ())
    assert office.app.read(lambda c: receipt_book.receipt(c, 1)) == sale.booked
    assert (done.order.status, done.order.paid) == (Status.PAID, 10_000)
    assert office.adds_up()


def test_the_drawer_and_the_report_go_by_what_was_put_right(office: Office) -> None:
    office.sell(cash(10_000))
    office.correct(1, card(10_000))
    x = office.x()
    assert x["Totals"] == {
        "Sales": (1, 10_000), "Returns": (0, 0), "Corrections": (1, 0), "Net": (None, 10_000),
    }  # fmt: skip
    assert x["Tenders"] == {"Card": (1, 10_000), "Cash": (0, 0)}
    assert x["Drawer"]["Cash sales"] == (None, 0)


def test_what_cash_was_rounded_by_goes_with_the_cash(office: Office) -> None:
    office.sell(cash(14_205), dinner=True)
    done = office.correct(1, card(14_203))
    assert (done.receipt.rounding, tenders(done.receipt)) == (-2, [("cash", -14_205), ("card", 14_203)])
    assert [one.amount for one in done.order.payments] == [14_203, 14_203]
    assert office.adds_up()


def test_a_correction_can_be_corrected(office: Office) -> None:
    office.sell(cash(10_000))
    office.correct(1, card(10_000))
    done = office.correct(1, transfer(4_000), cash(6_000))
    assert tenders(done.receipt) == [("card", -10_000), ("transfer", 4_000), ("cash", 6_000)]
    assert done.order.paid == 10_000
    assert {one.payment for one in done.order.refunds} == {"sale-1/0", done.order.refunds[1].payment}
    assert office.adds_up()


def test_money_that_never_came_leaves_the_order_open(office: Office) -> None:
    ordered = Order(
        event="conf26", code="WEB01", status=Status.PENDING, total=14_203,
        positions=(Position(number=1, item=1, price=10_000, secret="s1"),
                   Position(number=2, item=2, price=4_203, secret="s2", addon_to=1)),
    )  # fmt: skip
    office.counter.day.hear(ordered)
    office.counter.pay("WEB01", transfer(14_203))
    done = office.correct(1, transfer(12_000), amount=12_000, reason="The bank says 120.00")
    assert done.receipt.total == -2_203
    assert sum(line.amount for line in done.receipt.lines) == -2_203
    assert sum(group.gross for group in done.receipt.taxes) == -2_203
    assert (done.order.status, done.order.paid) == (Status.PENDING, 12_000)
    rest = office.counter.pay("WEB01", cash(2_205))
    assert (rest.receipt.total, rest.order.status) == (2_203, Status.PAID)
    assert office.adds_up()


def test_all_of_it_can_be_a_mistake(office: Office) -> None:
    office.counter.day.hear(
        Order(event="conf26", code="WEB01", status=Status.PENDING, total=10_000,
              positions=(Position(number=1, item=1, price=10_000, secret="s1"),))
    )  # fmt: skip
    office.counter.pay("WEB01", cash(10_000))
    done = office.correct(1, amount=0, reason="It was WEB02")
    assert (done.order.status, done.order.paid) == (Status.PENDING, 0)
    assert office.x()["Totals"]["Net"] == (None, 0)
    assert office.adds_up()


def test_what_is_given_back_later_is_what_was_paid_in_truth(office: Office) -> None:
    sale = office.sell(cash(10_000))
    office.correct(1, cash(9_000), amount=9_000)
    back = office.counter.give_back(sale.order.code, cash(-9_000))
    assert back.receipt.total == -9_000
    booked = office.app.read(lambda c: receipt_book.receipts_of_order(c, "conf26", sale.order.code))
    assert sum(group.tax for one in booked for group in one.receipt.taxes) == 0
    assert office.adds_up()


def test_what_was_not_paid_at_all_becomes_an_invoice(office: Office) -> None:
    office.sell(cash(10_000))
    done = office.correct(1, Offer(means=Means.INVOICE, amount=10_000))
    assert (done.order.status, done.order.paid) == (Status.PENDING, 0)
    assert office.x()["Drawer"]["Cash sales"] == (None, 0)
    assert office.adds_up()


def awaited(amount: int) -> Offer:
    return Offer(means=Means.AWAITED, amount=amount)


def test_a_transfer_that_was_promised_by_mistake_was_cash(office: Office) -> None:
    office.sell(awaited(10_000))
    done = office.correct(1, cash(10_000))
    assert tenders(done.receipt) == [("awaited", -10_000), ("cash", 10_000)]
    assert (done.order.status, done.order.paid, promised(done.order)) == (Status.PAID, 10_000, None)
    assert office.x()["Drawer"]["Cash sales"] == (None, 10_000)
    assert office.adds_up()


def test_a_promised_transfer_that_is_here_confirms_its_promise(office: Office) -> None:
    office.sell(awaited(10_000))
    done = office.correct(1, transfer(10_000))
    assert [(one.amount, one.state.value) for one in done.order.payments] == [(10_000, "confirmed")]
    assert office.adds_up()


def test_what_was_no_cash_but_a_promise_waits_for_the_money(office: Office) -> None:
    office.sell(cash(10_000))
    done = office.correct(1, awaited(10_000))
    promise = promised(done.order)
    assert promise is not None
    assert (done.order.status, done.order.paid, promise.amount) == (Status.PENDING, 0, 10_000)
    paid = office.counter.pay(done.order.code, transfer(10_000))
    assert (paid.order.status, paid.receipt.total) == (Status.PAID, 0)
    assert office.x()["Totals"]["Net"] == (None, 10_000)
    assert office.adds_up()


def test_no_more_was_paid_than_was_open(office: Office) -> None:
    office.sell(cash(10_000))
    with pytest.raises(Refused, match="cannot have been paid"):
        office.correct(1, card(11_000), amount=11_000)


def test_the_same_operation_corrects_once(office: Office) -> None:
    office.sell(cash(10_000))
    first = office.correct(1, card(10_000), operation="fix-1")
    assert office.correct(1, card(10_000), operation="fix-1").booked == first.booked
    with pytest.raises(Refused, match="says so already"):
        office.correct(1, card(10_000))


def test_it_needs_a_reason_and_somebody_who_may(office: Office) -> None:
    office.sell(cash(10_000))
    with pytest.raises(BadInput, match="reason"):
        office.correct(1, card(10_000), reason=" ")
    office.counter.day.enrol(Role.CASHIER)
    with pytest.raises(Refused, match="supervisor"):
        office.correct(1, card(10_000))


def test_a_refund_is_not_corrected_and_nothing_that_is_not_there(office: Office) -> None:
    sale = office.sell(cash(10_000))
    office.counter.give_back(sale.order.code, cash(-10_000))
    with pytest.raises(Refused, match="no sale"):
        office.correct(2, card(10_000))
    with pytest.raises(BadInput, match="no receipt 9"):
        office.correct(9, card(10_000))


def test_a_card_is_not_said_to_have_paid_that_no_terminal_has_charged(office: Office) -> None:
    office.counter.write(lambda c: card_terminals.put_terminal(c, Terminal(name="Till 1", kind=Kind.SIMULATED)))
    office.sell(cash(10_000))
    with pytest.raises(Refused, match="No card was charged"):
        office.correct(1, card(10_000))


def test_a_sale_just_made_is_taken_back_as_a_whole(office: Office) -> None:
    sale = office.sell(card(10_000), cash(4_205), dinner=True)
    back = office.void(1)
    assert tenders(back.receipt) == [("card", -10_000), ("cash", -4_205)]
    assert (back.order.status, back.order.paid) == (Status.CANCELED, 0)
    assert office.x()["Receipts"]["Voids"] == (1, -14_203)
    assert office.app.read(lambda c: orders.by_code(c, "conf26", sale.order.code)).status is Status.CANCELED
    with pytest.raises(Refused, match="taken back"):
        office.void(1)
    assert office.adds_up()


def test_a_sale_on_invoice_is_taken_back_though_nobody_has_paid(office: Office) -> None:
    office.sell(Offer(means=Means.INVOICE, amount=10_000))
    back = office.void(1)
    assert tenders(back.receipt) == [("invoice", -10_000)]
    assert (back.order.status, back.order.refunds) == (Status.CANCELED, ())
    assert office.x()["Totals"]["Net"] == (None, 0)
    assert office.adds_up()


def test_a_sale_of_yesterday_is_given_back_and_not_taken_back(office: Office) -> None:
    office.sell(cash(10_000))
    office.counter.close(30_000)
    office.counter.open()
    with pytest.raises(Refused, match="another shift"):
        office.void(1)


def test_a_sale_of_yesterday_is_corrected_in_the_shift_of_today(office: Office) -> None:
    office.sell(cash(10_000))
    first = office.counter.close(30_000)
    office.counter.open()
    office.correct(1, card(10_000))
    assert office.app.read(lambda c: till.z(c, 1)) == first
    assert office.x()["Drawer"]["Cash sales"] == (None, -10_000)
    second = office.counter.close(10_000)
    assert second.number == 2
    assert office.adds_up()


def test_a_sale_is_not_corrected_in_a_drawer_of_another_event(office: Office) -> None:
    office.sell(cash(10_000))
    office.counter.close(30_000)
    office.counter.day.hear(Event(slug="expo26", currency="CHF"))
    opens = office.counter.at("18:30")
    office.counter.write(lambda c: shifts.open_shift(c, office.app.shelf, "expo26", 0, opens))
    with pytest.raises(Refused, match="open for another event"):
        office.correct(1, card(10_000))
