"""A sale at the counter: order, tickets, payments and receipt come into being together, once."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain import cart as carts
from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Item, Quota, TaxRule
from boxoffice.domain.documents import Movement
from boxoffice.domain.facts import Guest
from boxoffice.domain.orders import Status
from boxoffice.domain.printing import Printer
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import BadInput, Refused
from boxoffice.services import closing, print_setup, sell, shifts
from boxoffice.storage import begun_sales, journal, outbox, print_queue, receipt_book, settings, till, verify


def ticket(quantity: int = 1, name: str = "l1", **more: Any) -> CartLine:
    return CartLine(id=name, item=1, quantity=quantity, **more)


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def card(amount: int) -> Offer:
    return Offer(means=Means.CARD, amount=amount)


def test_what_is_sold_opens_the_door(counter: Any) -> None:
    counter.open()
    sale = counter.sell(counter.cart(ticket(guest=Guest(name="Grace Hopper"))), cash(10_000))
    assert sale.order.status is Status.PAID
    verdict = counter.day.scan(sale.order.positions[0].secret)
    assert verdict.reason is Reason.OK
    assert verdict.ticket.position.name == "Grace Hopper"


def test_each_ticket_has_a_secret_of_its_own(counter: Any) -> None:
    counter.open()
    sale = counter.sell(counter.cart(ticket(3)), cash(30_000))
    assert len({one.secret for one in sale.order.positions}) == 3


def test_change_and_receipt_are_right(counter: Any) -> None:
    counter.open()
    sale = counter.sell(counter.cart(ticket()), cash(20_000))
    assert sale.change == 10_000
    assert (sale.receipt.number, sale.receipt.total, sale.receipt.operator) == ("1", 10_000, "Ana")
    assert [(one.rate, one.base, one.tax) for one in sale.receipt.taxes] == [(810, 9_251, 749)]
    assert sale.receipt.orders == (sale.order.code,)


def test_a_receipt_calls_its_taxes_by_their_names_in_its_own_language(counter: Any) -> None:
    counter.day.hear(TaxRule(id=1, event="conf26", name={"en": "VAT", "de": "MwSt."}, rate=810))
    counter.open()
    counter.write(lambda c: settings.put(c, "locale", "de"))
    sale = counter.sell(counter.cart(ticket()), cash(10_000))
    refund = counter.give_back(sale.order.code, cash(-10_000))
    counter.write(lambda c: settings.put(c, "locale", "en"))
    in_english = counter.sell(counter.cart(ticket(), name="sale-2"), cash(10_000))
    groups = [group for one in (sale, refund, in_english) for group in one.receipt.taxes]
    assert [(one.name, one.called) for one in groups] == [("VAT", "MwSt."), ("VAT", "MwSt."), ("VAT", "")]


def test_a_second_enter_makes_no_second_sale(counter: Any) -> None:
    counter.open()
    first = counter.sell(counter.cart(ticket()), cash(10_000))
    again = counter.finish(cash(10_000))
    assert again.booked == first.booked
    assert again.order.code == first.order.code
    with pytest.raises(Refused, match="over"):
        counter.begin(counter.cart(ticket()))


def test_nothing_is_sold_that_is_not_covered(counter: Any) -> None:
    counter.open()
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="not covered"):
        counter.finish(cash(9_000))
    with pytest.raises(Refused, match="not covered"):
        counter.finish(card(12_000))
    assert counter.app.outbox().waiting == 1  # the shift alone
    assert counter.finish(cash(10_000)).receipt.number == "1"


def test_without_a_shift_nothing_is_sold(counter: Any) -> None:
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="No shift"):
        counter.finish(cash(10_000))


def test_an_empty_cart_is_no_sale(counter: Any) -> None:
    counter.open()
    with pytest.raises(BadInput):
        counter.finish(cash(0), name="never begun")


def test_cash_is_rounded_and_the_order_is_paid_to_the_unit(counter: Any) -> None:
    counter.open()
    cart = carts.added(counter.cart(ticket()), CartLine(id="d", item=2, part_of="l1"))
    sale = counter.sell(cart, card(10_000), cash(4_205))
    assert (sale.receipt.total, sale.receipt.rounding) == (14_203, 2)
    assert [one.amount for one in sale.order.payments] == [10_000, 4_203]
    assert sale.order.status is Status.PAID


def test_add_ons_go_to_their_tickets_in_turn(counter: Any) -> None:
    counter.open()
    cart = carts.added(counter.cart(ticket(2)), CartLine(id="d", item=2, part_of="l1", quantity=2))
    sale = counter.sell(cart, cash(28_405))
    assert [(one.number, one.item, one.addon_to) for one in sale.order.positions] == [
        (1, 1, None),
        (2, 1, None),
        (3, 2, 1),
        (4, 2, 2),
    ]


def test_on_invoice_the_order_stays_unpaid(counter: Any) -> None:
    counter.open()
    sale = counter.sell(counter.cart(ticket()), Offer(means=Means.INVOICE, amount=10_000))
    assert sale.order.status is Status.PENDING
    assert (sale.order.paid, [one.state.value for one in sale.order.payments]) == (0, ["pending"])


def test_what_is_sold_out_is_not_sold(counter: Any) -> None:
    counter.open()
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=0, items=(1,)))
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="Sold out"):
        counter.finish(cash(10_000))


def test_the_server_hears_of_order_payment_and_receipt_in_this_order(counter: Any) -> None:
    counter.open()
    counter.sell(counter.cart(ticket()), cash(10_000))
    kinds = [one.entry.fact().__struct_config__.tag for one in counter.app.read(outbox.waiting)]
    assert kinds == ["shift_opened", "sold", "paid", "receipt"]


def test_a_cart_that_was_put_by_costs_what_it_costs_today(counter: Any) -> None:
    cart = counter.cart(ticket())
    counter.begin(cart)
    counter.write(lambda c: sell.hold(c, cart, "Man with the hat", counter.at("09:05")))
    (held,) = counter.app.read(lambda c: begun_sales.held(c, "conf26"))
    assert held.cart.note == "Man with the hat"
    counter.day.hear(Item(id=1, event="conf26", name={"en": "Regular"}, price=12_000, tax_rule=1))
    back = counter.write(lambda c: sell.recall(c, "sale-1", counter.at("10:00")))
    assert counter.begin(back).total == 12_000


# The shift


def test_what_another_till_may_have_by_now_is_not_sold_here(counter: Any) -> None:
    counter.open()
    cart = counter.cart(ticket())
    counter.begin(cart)
    counter.write(lambda c: sell.hold(c, cart, "", counter.at("09:05")))
    with pytest.raises(Refused, match="put by"):
        counter.finish(cash(10_000))
    counter.write(lambda c: sell.drop(c, "sale-1", counter.at("09:10")))
    with pytest.raises(Refused, match="over"):
        counter.finish(cash(10_000))
    assert counter.app.read(lambda c: receipt_book.receipt(c, 1)) is None


def test_a_z_says_what_was_sold_and_what_should_lie_in_the_drawer(counter: Any) -> None:
    counter.open(20_000)
    counter.sell(counter.cart(ticket()), cash(20_000))
    counter.sell(counter.cart(ticket(), name="sale-2"), card(10_000))
    counter.write(lambda c: shifts.move(c, counter.app.shelf, Movement.DROP, 5_000, "To the safe", counter.at("12:00")))
    z = counter.close(25_000)
    rows = {(section.title, row.label): row for section in z.sections for row in section.rows}
    assert z.number == 1
    assert rows["Totals", "Net"].amount == 20_000
    assert (rows["Tenders", "Cash"].amount, rows["Tenders", "Card"].amount) == (10_000, 10_000)
    assert rows["Drawer", "Expected"].amount == rows["Drawer", "Counted"].amount == 25_000
    assert rows["Items", "Regular"].count == 2
    assert rows["Totals since the first day", "Sales"].amount == 20_000
    assert counter.app.read(lambda c: till.z(c, 1)) == z


def test_the_next_z_carries_the_totals_on(counter: Any) -> None:
    counter.open(0)
    counter.sell(counter.cart(ticket()), cash(10_000))
    counter.close(10_000)
    counter.open(10_000)
    counter.sell(counter.cart(ticket(2), name="sale-2"), cash(20_000))
    z = counter.close(30_000)
    rows = {(section.title, row.label): row for section in z.sections for row in section.rows}
    assert z.number == 2
    assert rows["Totals", "Sales"].amount == 20_000
    assert rows["Totals since the first day", "Sales"].amount == 30_000
    assert counter.app.read(verify.check).sound


def test_a_count_that_differs_needs_a_reason(counter: Any) -> None:
    counter.open(20_000)
    with pytest.raises(Refused, match="differs"):
        counter.close(19_000)
    z = counter.close(19_000, "Given out wrongly")
    rows = {(section.title, row.label): row for section in z.sections for row in section.rows}
    assert rows["Drawer", "Difference"].amount == -1_000
    assert rows["Drawer", "Reason"].text == "Given out wrongly"


def test_the_count_comes_before_the_close_and_stands_on_the_z(counter: Any) -> None:
    counter.open(20_000)
    with pytest.raises(Refused, match="not been counted"):
        counter.write(lambda c: closing.close(c, counter.app.shelf, counter.at("18:00")))
    assert (
        counter.write(lambda c: shifts.count(c, {5_000: 3, 2_000: 2, 1_000: 1, 500: 0}, counter.at("17:58"))) == 20_000
    )
    z = counter.write(lambda c: closing.close(c, counter.app.shelf, counter.at("18:00")))
    drawer = next(section for section in z.sections if section.title == "Drawer")
    assert [(row.label, row.count, row.amount) for row in drawer.rows if row.count] == [
        ("50.00", 3, 15_000),
        ("20.00", 2, 4_000),
        ("10.00", 1, 1_000),
    ]


def test_one_drawer_one_shift(counter: Any) -> None:
    counter.open()
    with pytest.raises(Refused, match="open already"):
        counter.open()


@pytest.mark.parametrize(
    ("movement", "amount"),
    [
        (Movement.FLOAT, 100),
        (Movement.PAY_IN, 0),
        (Movement.PAY_OUT, -1),
        (Movement.NO_SALE, 1),
        (Movement.NO_SALE, -1),
    ],
)
def test_a_movement_of_cash_has_an_amount_and_opening_the_drawer_has_none(
    counter: Any, movement: Movement, amount: int
) -> None:
    counter.open()
    with pytest.raises(BadInput, match="no movement"):
        counter.write(lambda c: shifts.move(c, counter.app.shelf, movement, amount, "Why", counter.at("12:00")))


def test_a_shift_is_not_closed_over_a_sale_under_way(counter: Any) -> None:
    counter.open(0)
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="under way"):
        counter.close(0)
    counter.write(lambda c: sell.drop(c, "sale-1", counter.at("17:00")))
    assert counter.close(0).number == 1


def test_training_is_outside_all_books(counter: Any) -> None:
    shelf = counter.app.shelf
    counter.open(0)
    counter.write(lambda c: shifts.open_shift(c, shelf, "conf26", 0, counter.at("08:00"), training=True))
    counter.begin(counter.cart(ticket(), training=True))
    sale = counter.write(
        lambda c: sell.finish(c, shelf, counter.stock, "sale-1", [cash(10_000)], counter.at("09:00"), training=True)
    )
    assert sale.receipt.training
    assert counter.sell(counter.cart(ticket(), name="real"), cash(10_000)).receipt.number == "1"
    assert counter.close(10_000).number == 1
    assert counter.app.read(verify.check).sound


def test_the_books_can_forget_whom_it_was_sold_to(counter: Any) -> None:
    counter.open(0)
    counter.sell(counter.cart(ticket(guest=Guest(name="Grace Hopper"))), cash(10_000))
    counter.write(receipt_book.forget_people)
    booked = counter.app.read(lambda c: receipt_book.receipt(c, 1))
    assert "Grace" not in str(booked)
    assert booked.receipt.total == 10_000
    assert counter.app.read(verify.check).sound


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE receipts SET total = 1",
        "DELETE FROM receipts",
        "UPDATE z_reports SET sales = 1",
        "DELETE FROM z_reports",
    ],
)
def test_nobody_changes_the_books(counter: Any, tampering: str) -> None:
    counter.open(0)
    counter.sell(counter.cart(ticket()), cash(10_000))
    counter.close(10_000)
    with pytest.raises(Exception, match="never"):
        counter.write(lambda c: c.execute(tampering))


def test_books_that_were_bent_are_found_out(counter: Any) -> None:
    counter.open(0)
    counter.sell(counter.cart(ticket()), cash(10_000))
    counter.write(lambda c: c.execute("UPDATE receipt_tenders SET amount = 9000"))
    assert counter.app.read(verify.check).faults == (
        "Receipt 1 says 10000 and its rounding 0, but its tenders come to 9000.",
    )


def test_the_journal_holds_the_figures_of_the_books(counter: Any) -> None:
    counter.open(0)
    counter.sell(counter.cart(ticket()), cash(10_000))
    counter.close(10_000)
    facts = [one.fact() for one in counter.app.read(lambda c: list(journal.entries(c)))]
    receipt, counted, closed = facts[-3:]
    assert counted.amount == 10_000
    assert (receipt.total, receipt.tenders) == (10_000, (("cash", 10_000),))
    assert (closed.number, closed.sales, closed.expected, closed.counted) == (1, 10_000, 10_000, 10_000)


# Paper


def test_the_drawer_opens_and_the_receipt_waits_for_its_printer(counter: Any) -> None:
    printer = Printer(name="Till", address="tcp://127.0.0.1:1", drawer=True)
    counter.write(lambda c: print_setup.add_printer(c, printer))
    counter.open()
    sale = counter.sell(counter.cart(ticket()), cash(10_000))
    counter.sell(counter.cart(ticket(), name="sale-2"), card(10_000))
    jobs = counter.app.read(print_queue.open_ones)
    assert [(one.kind, one.subject) for one in jobs] == [("drawer", "1"), ("receipt", "1"), ("receipt", "2")]
    assert jobs[1].document == sale.receipt


def test_a_second_enter_prints_nothing_twice(counter: Any) -> None:
    counter.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1")))
    counter.open()
    counter.sell(counter.cart(ticket()), card(10_000))
    counter.finish(card(10_000))
    assert len(counter.app.read(print_queue.open_ones)) == 1


def test_tickets_come_with_the_sale_where_they_have_a_printer(counter: Any) -> None:
    counter.write(lambda c: print_setup.add_printer(c, Printer(name="Till", address="tcp://127.0.0.1:1")))
    counter.write(lambda c: print_setup.send_kind(c, "ticket", "Till"))
    counter.open()
    sale = counter.sell(counter.cart(ticket(2)), card(20_000))
    code = sale.order.code
    jobs = counter.app.read(print_queue.open_ones)
    assert [one.subject for one in jobs] == ["1", f"{code}-1", f"{code}-2"]


def test_a_cart_of_training_never_becomes_a_sale_nor_a_sale_training(counter: Any) -> None:
    real, trains = counter.app.counter("Ana"), counter.app.counter("Ana", training=True)
    for till_ in (real, trains):
        till_.open("conf26", 0).result()
    trains.begin(counter.cart(ticket(), name="trained")).result()
    real.begin(counter.cart(ticket(), name="meant")).result()
    # As after a crash: each finds what it has begun itself, and the other one is not to be had.
    assert [one.id for one in trains.left_open("conf26")] == ["trained"]
    assert [one.id for one in real.left_open("conf26")] == ["meant"]
    for till_, name in ((real, "trained"), (trains, "meant")):
        with pytest.raises(Refused, match="do not mix"):
            till_.finish(name, [cash(10_000)]).result()
    before = len(counter.app.read(lambda c: list(journal.entries(c))))
    assert trains.finish("trained", [cash(10_000)]).result().receipt.training
    assert len(counter.app.read(lambda c: list(journal.entries(c)))) == before
    assert counter.app.outbox().waiting == before
    assert real.finish("meant", [cash(10_000)]).result().receipt.number == "1"
    with pytest.raises(Refused, match="This is training"):
        trains.orders.pay("conf26", "A0001", [cash(10_000)])
    assert counter.app.read(verify.check).sound
