"""Sold at one till to be paid later, paid at another: one sale, one payment, in the books of both and of the event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item, TaxRule
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import amend, reports
from boxoffice.storage import orders, verify

EVENT = "conf26"


@pytest.fixture
def tills(hall: Any) -> tuple[Any, Any]:
    hall.hub.load(
        TaxRule(id=1, event=EVENT, name={"en": "VAT"}, rate=1900),
        Item(id=1, event=EVENT, name={"en": "Regular"}, price=2_500, tax_rule=1),
    )
    north, south = hall.gate("North"), hall.gate("South")
    for gate in (north, south):
        gate.sync()
        gate.app.counter("Ana").open(EVENT, 0).result()
    return north, south


def rows(report: Any) -> dict[tuple[str, str], int | None]:
    return {(one.title, row.label): row.amount for one in report.sections for row in one.rows}


def x(gate: Any) -> dict[tuple[str, str], int | None]:
    return rows(gate.app.counter("Ana").x_report())


def day(gate: Any) -> dict[tuple[str, str], int | None]:
    return rows(gate.app.read(lambda c: reports.of_day(c, gate.app.shelf, EVENT, datetime.now(UTC))))


@pytest.mark.parametrize(
    ("later", "title"), [(Means.INVOICE, "Invoice, paid later"), (Means.AWAITED, "Bank transfer, awaited")]
)
def test_what_one_till_has_sold_another_one_only_takes_the_money_for(
    tills: tuple[Any, Any], later: Means, title: str
) -> None:
    north, south = tills
    seller = north.app.counter("Ana")
    seller.begin(Cart(id="n-1", event=EVENT, lines=(CartLine(id="a", item=1),))).result()
    order = seller.finish("n-1", [Offer(means=later, amount=2_500)]).result().order
    for gate in (north, south):
        gate.sync()
    paid = south.app.counter("Ana").orders.pay(EVENT, order.code, [Offer(means=Means.CASH, amount=2_500)]).result()
    assert (paid.receipt.total, paid.receipt.taxes, paid.booked.items) == (0, (), ())
    assert [(one.tender, one.amount) for one in paid.receipt.tenders] == [("cash", 2_500), (later.value, -2_500)]
    assert (paid.order.paid, len(paid.order.payments)) == (2_500, 1)
    for gate in (south, north):
        gate.sync()
    sold, took = x(north), x(south)
    assert (sold["Totals", "Net"], sold["Tenders", title]) == (2_500, 2_500)
    assert (took["Totals", "Net"], took["Tenders", title], took["Tenders", "Cash"]) == (0, -2_500, 2_500)
    assert took["Drawer", "Cash sales"] == 2_500
    for gate in (north, south):
        whole = day(gate)
        assert (whole["Totals", "Net"], whole["Tenders", title], whole["Tenders", "Cash"]) == (2_500, 0, 2_500)
        assert gate.app.read(verify.check).faults == ()
    fixed = south.app.counter("Eve").orders.correct(
        paid.booked.number, [Offer(means=Means.CHEQUE, amount=2_500)], "Wrong key"
    )
    assert fixed.result().order.paid == 2_500
    assert south.app.read(verify.check).faults == ()


def test_what_another_till_has_sold_on_invoice_is_taken_off_it_here_and_the_rest_is_paid_there(
    tills: tuple[Any, Any],
) -> None:
    north, south = tills
    seller = north.app.counter("Ana")
    seller.begin(Cart(id="n-1", event=EVENT, lines=(CartLine(id="a", item=1, quantity=2),))).result()
    order = seller.finish("n-1", [Offer(means=Means.INVOICE, amount=5_000)]).result().order
    for gate in (north, south):
        gate.sync()
    back = south.app.counter("Ana").orders.give_back(EVENT, order.code, [], "Ill", {1: None}).result()
    assert [(one.tender, one.amount) for one in back.receipt.tenders] == [("invoice", -2_500)]
    for gate in (south, north):
        gate.sync()
    paid = south.app.counter("Ana").orders.pay(EVENT, order.code, [Offer(means=Means.CASH, amount=2_500)]).result()
    assert (paid.receipt.total, paid.order.paid, len(paid.order.payments)) == (0, 2_500, 1)
    for gate in (south, north):
        gate.sync()
    money = north.app.counter("Ana").orders.give_back(
        EVENT, order.code, [Offer(means=Means.CASH, amount=-2_500)], "Ill too", {2: None}
    )
    assert money.result().order.paid == 0
    for gate in (north, south):
        gate.sync()
    for gate in (north, south):
        gate.sync()
        whole = day(gate)
        assert (whole["Totals", "Net"], whole["Tenders", "Invoice, paid later"], whole["Tenders", "Cash"]) == (0, 0, 0)
        assert gate.app.read(verify.check).faults == ()


def test_a_sale_taken_back_at_one_till_and_made_valid_again_is_sold_anew_at_another(tills: tuple[Any, Any]) -> None:
    north, south = tills
    seller = north.app.counter("Ana")
    seller.begin(Cart(id="n-1", event=EVENT, lines=(CartLine(id="a", item=1),))).result()
    order = seller.finish("n-1", [Offer(means=Means.AWAITED, amount=2_500)]).result().order
    seller.orders.void(1, "Wrong ticket").result()
    for gate in (north, south):
        gate.sync()
    there = south.app.read(lambda c: orders.by_code(c, EVENT, order.code))
    south.app.write(lambda c: amend.reactivate(c, south.app.counter().stock, there, datetime.now(UTC))).result()
    paid = south.app.counter("Ana").orders.pay(EVENT, order.code, [Offer(means=Means.CASH, amount=2_500)]).result()
    assert paid.receipt.total == 2_500
    for gate in (south, north):
        gate.sync()
    for gate in (north, south):
        assert (day(gate)["Totals", "Net"], day(gate)["Tenders", "Cash"]) == (2_500, 2_500)
