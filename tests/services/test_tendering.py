"""Which means are taken, and money that was promised and comes later."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.orders import PaymentState, Status
from boxoffice.domain.progress import Progress, progress
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.errors import BadInput, Refused
from boxoffice.services import pay, shifts, tendering
from boxoffice.storage import accepted, badges, orders, proofs, till, verify

TICKET = CartLine(id="l1", item=1)


def offer(means: Means, amount: int = 10_000, **more: Any) -> Offer:
    return Offer(means=means, amount=amount, **more)


def order(counter: Any, code: str) -> Any:
    return counter.app.read(lambda c: orders.by_code(c, "conf26", code))


def paid(counter: Any, code: str, *offers: Offer) -> Any:
    return counter.write(lambda c: pay.pay(c, counter.app.shelf, "conf26", code, offers, counter.at("12:00")))


def report(counter: Any) -> dict[str, dict[str, int | None]]:
    x = counter.app.read(lambda c: shifts.x_report(c, counter.app.shelf, counter.at("18:00")))
    return {one.title: {row.label: row.amount for row in one.rows} for one in x.sections}


def test_a_means_is_off_for_the_event_or_for_the_station(counter: Any) -> None:
    counter.open()
    counter.write(lambda c: tendering.choose(c, "", Tendering(off=("cheque",), wallet_code="https://pay/1")))
    counter.write(lambda c: tendering.choose(c, "conf26", Tendering(off=("wallet",))))
    for means in (Means.CHEQUE, Means.WALLET):
        with pytest.raises(Refused, match="not taken here"):
            counter.sell(counter.cart(TICKET), offer(means))
    assert counter.sell(counter.cart(TICKET), offer(Means.CASH)).order.status is Status.PAID
    invoiced = counter.sell(counter.cart(TICKET, name="later"), offer(Means.INVOICE)).order.code
    with pytest.raises(Refused, match="not taken here"):
        paid(counter, invoiced, offer(Means.CHEQUE))
    assert counter.app.read(lambda c: accepted.taken(c, "conf26")).wallet_code == "https://pay/1"
    assert counter.app.read(lambda c: accepted.taken(c, "other")).off == ("cheque",)


def test_a_tender_that_is_none_cannot_be_switched_off(counter: Any) -> None:
    with pytest.raises(BadInput, match="gold is no tender"):
        counter.write(lambda c: tendering.choose(c, "", Tendering(off=("gold",))))


def test_a_transfer_that_was_promised_waits_with_its_proof_until_it_is_confirmed(counter: Any) -> None:
    counter.open()
    slip = counter.write(lambda c: badges.put_picture(c, b"a slip"))
    sale = counter.sell(counter.cart(TICKET), offer(Means.AWAITED, details=("Ref 7",), proof=slip))
    code = sale.order.code
    assert sale.order.status is Status.PENDING
    assert progress(sale.order) is Progress.AWAITING
    (kept,) = counter.app.read(lambda c: proofs.of_order(c, "conf26", code))
    assert (kept.reference, counter.app.read(lambda c: proofs.image(c, kept))) == ("Ref 7", b"a slip")
    paid(counter, code, offer(Means.TRANSFER))
    assert order(counter, code).status is Status.PAID
    assert [one.state for one in order(counter, code).payments] == [PaymentState.CONFIRMED]


def test_what_was_sold_on_an_invoice_is_sold_and_taxed_once(counter: Any) -> None:
    counter.open()
    sale = counter.sell(counter.cart(TICKET), offer(Means.INVOICE))
    before = report(counter)
    receipt = paid(counter, sale.order.code, offer(Means.CASH, 20_000)).booked
    after = report(counter)
    assert (after["Totals"]["Sales"], after["Taxes"]) == (before["Totals"]["Sales"], before["Taxes"])
    assert after["Drawer"]["Cash sales"] == 10_000
    assert [(one.tender, one.amount) for one in receipt.receipt.tenders] == [("cash", 10_000), ("invoice", -10_000)]
    assert order(counter, sale.order.code).status is Status.PAID
    assert counter.app.read(lambda c: list(till.faults(c))) == []
    assert counter.app.read(verify.check).sound


def test_the_proof_of_a_transfer_can_be_shown_for_an_order_from_the_web(counter: Any) -> None:
    counter.open()
    web = counter.day.ticket(status=Status.PENDING, order={"total": 10_000}).order.code
    for _ in range(2):
        counter.write(lambda c: tendering.attach(c, "conf26", web, b"photo", counter.at("10:00"), "Ana", "Bank"))
    assert [one.state for one in order(counter, web).payments] == [PaymentState.PENDING]
    assert len(counter.app.read(lambda c: proofs.of_order(c, "conf26", web))) == 1
    paid(counter, web, offer(Means.TRANSFER))
    with pytest.raises(Refused, match="Nothing is open"):
        counter.write(lambda c: tendering.attach(c, "conf26", web, b"late", counter.at("13:00")))
