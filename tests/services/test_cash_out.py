"""A gift card is paid out in cash where the event allows it, and somebody stands by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.facts import GiftCardMoved, Receipted
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.reconciling import Cause
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.errors import BadInput, Refused
from boxoffice.services import cash_out, gift_cards, reconciling, reports, tendering
from boxoffice.storage import outbox, verify

CODE = "GIFT2026ABCDEFGH"


class Desk:
    """A till with 200.00 in its drawer, and a gift card of 50.02."""

    def __init__(self, counter: Any) -> None:
        self.counter, self.app = counter, counter.app
        counter.open(20_000)
        counter.write(lambda c: tendering.choose(c, "conf26", Tendering(cash_out=True)))
        counter.day.hear(GiftCard(event="conf26", code=CODE, currency="CHF", value=5_002))

    def pay_out(self, reason: str = "She asks for it", **more: Any) -> cash_out.CashedOut:
        at = self.counter.at("11:00")
        return self.counter.write(lambda c: cash_out.cash_out(c, self.app.shelf, CODE, reason, at, "Ana", **more))

    def left(self) -> int:
        return self.app.read(lambda c: gift_cards.balance(c, "conf26", CODE, "CHF")).left


@pytest.fixture
def desk(counter: Any) -> Desk:
    return Desk(counter)


def test_what_is_on_it_goes_to_its_holder_and_is_no_revenue(desk: Desk) -> None:
    done = desk.pay_out()
    receipt = done.receipt
    assert (done.paid, receipt.total, receipt.rounding, desk.left()) == (5_000, -5_002, 2, 0)
    assert [(one.text, one.amount, one.notes) for one in receipt.lines] == [
        ("Gift card cashed out", -5_002, ("GIFT2026ABC…",))
    ]
    assert [(group.outside, group.gross, group.tax) for group in receipt.taxes] == [(True, -5_002, 0)]
    z = desk.counter.close(15_000)
    rows = {(one.title, row.label): row for one in z.sections for row in one.rows}
    assert (rows["Totals", "Net"].amount, rows["Totals", "Returns"].count) == (0, 0)
    assert rows["Gift cards", "Gift cards cashed out"].amount == -5_002
    assert (rows["Drawer", "Expected"].amount, rows["Totals since the first day", "Returns"].amount) == (15_000, 0)
    assert desk.app.read(verify.check).faults == ()


def test_a_part_stays_on_it(desk: Desk) -> None:
    assert desk.pay_out(amount=2_000).paid == 2_000
    assert desk.left() == 3_002
    with pytest.raises(Refused, match="does not pay so much"):
        desk.pay_out(amount=4_000)


def test_done_twice_it_is_done_once(desk: Desk) -> None:
    first = desk.pay_out(operation="out-1")
    assert desk.pay_out(operation="out-1") == first
    assert desk.left() == 0


def test_it_is_off_unless_the_event_allows_it(desk: Desk) -> None:
    desk.counter.write(lambda c: tendering.choose(c, "conf26", Tendering()))
    with pytest.raises(Refused, match="not paid out here"):
        desk.pay_out()
    assert desk.left() == 5_002


def test_nobody_is_paid_without_a_reason_or_a_card(desk: Desk) -> None:
    with pytest.raises(BadInput, match="reason"):
        desk.pay_out(" ")
    desk.counter.day.hear(
        GiftCard(event="conf26", code=CODE, currency="CHF", value=5_002, expires=desk.counter.at("10:00"))
    )
    with pytest.raises(Refused, match="does not pay so much"):
        desk.pay_out()


def test_the_server_hears_of_both(desk: Desk) -> None:
    desk.pay_out()
    facts = [one.entry.fact() for one in desk.app.read(outbox.waiting)]
    (moved,) = [one for one in facts if isinstance(one, GiftCardMoved)]
    (told,) = [one for one in facts if isinstance(one, Receipted)]
    assert (moved.why, moved.amount, moved.order) == ("cashed_out", -5_002, "")
    assert (told.what, told.total, told.loaded, told.taxes) == ("cash_out", -5_002, -5_002, ())


def test_reports_show_it_apart_and_nothing_differs(desk: Desk) -> None:
    desk.counter.sell(desk.counter.cart(CartLine(id="a", item=1)), Offer(means=Means.CASH, amount=10_000))
    desk.pay_out()
    now = desk.counter.at("18:00")
    report = desk.app.read(lambda c: reports.of_day(c, desk.app.shelf, "conf26", now))
    rows = {(one.title, row.label): (row.count, row.amount) for one in report.sections for row in one.rows}
    assert rows["Totals", "Net"] == (2, 10_000)
    assert rows["Totals", "Gift cards cashed out, no revenue"] == (1, -5_002)
    found = desk.app.read(lambda c: reconciling.over(c, "conf26", now - timedelta(hours=24), now))
    assert {one.cause for one in found.differences} == {Cause.NOT_SENT}
