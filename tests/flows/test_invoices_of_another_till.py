"""Sold at one till to be paid later, paid at another: one sale, one payment, in the books of both and of the event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item, TaxRule
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import reports
from boxoffice.storage import verify

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
    paid = south.app.counter("Ana").pay(EVENT, order.code, [Offer(means=Means.CASH, amount=2_500)]).result()
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
    fixed = south.app.counter("Eve").correct(paid.booked.number, [Offer(means=Means.CHEQUE, amount=2_500)], "Wrong key")
    assert fixed.result().order.paid == 2_500
    assert south.app.read(verify.check).faults == ()
