"""Days of random trading: whatever is sold, given back, put right and taken back, every Z is the sum of its documents.

A Z is broken off at each of its statements and closed again: there is one, with the next number and the same figures.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain import cart as carts
from boxoffice.domain.cart import CartLine
from boxoffice.domain.documents import Movement, Report, Row
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.services import corrections, give_back, reports, shifts, voids
from boxoffice.storage import till, verify

DAYS = 2_000 if os.environ.get("BOXOFFICE_PROVE") == "1" else 15
_OTHERS = (Means.CARD, Means.WALLET, Means.TRANSFER, Means.CHEQUE)
_SALES = st.tuples(st.just("sell"), st.integers(1, 3), st.booleans(), st.integers(0, 20_000), st.sampled_from(_OTHERS))
_ACTS = st.one_of(
    _SALES,
    st.tuples(st.just("back"), st.integers(0, 9), st.integers(1, 20_000)),
    st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 20_000), st.sampled_from(_OTHERS)),
    st.tuples(st.just("less"), st.integers(0, 9), st.integers(0, 12_000)),
    st.tuples(st.just("void"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.sampled_from((Movement.DROP, Movement.PAY_IN)), st.integers(1, 9_000)),
)


class Till:
    """A till that is open from day to day, and what it has sold today."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter
        self.app = counter.app
        self.at = counter.at("10:00")
        self.sold: list[tuple[int, str]] = []

    def write(self, job: Any) -> Any:
        return self.app.write(job).result()

    def open(self) -> None:
        self.counter.open()
        self.sold.clear()

    def do(self, act: tuple[Any, ...]) -> None:
        """One act of the day; what a rule refuses has changed nothing."""
        kind, *values = act
        with contextlib.suppress(Refused):
            getattr(self, kind)(*values)

    def sell(self, number: int, dinner: bool, part: int, means: Means) -> None:
        cart = self.counter.cart(CartLine(id="a", item=1, quantity=number), name=new_id())
        if dinner:
            cart = carts.added(cart, CartLine(id="d", item=2, part_of="a"))
        total = self.counter.begin(cart).total
        part = min(part, total)
        offers = [Offer(means=means, amount=part)] if part else []
        sale = self.counter.finish(*offers, Offer(means=Means.CASH, amount=total - part + 5), name=cart.id)
        self.sold.append((sale.booked.number, sale.order.code))

    def back(self, which: int, part: int) -> None:
        _, code = self._pick(which)
        quoted = self.app.read(lambda c: give_back.quote(c, self.app.shelf, "conf26", code))
        amount = min(part, quoted.amounts[0][1])
        wished = {quoted.amounts[0][0]: amount}
        owed = self.counter.app.counter().rounded(
            self.app.read(lambda c: give_back.quote(c, self.app.shelf, "conf26", code, wished)), "cash"
        )
        self.counter.give_back(code, Offer(means=Means.CASH, amount=owed), wished=wished, keep_valid=True)

    def correct(self, which: int, part: int, means: Means) -> None:
        number, _ = self._pick(which)
        self._correct(number, part, means, None)

    def less(self, which: int, amount: int) -> None:
        number, _ = self._pick(which)
        self._correct(number, amount, Means.CARD, amount)

    def _correct(self, number: int, part: int, means: Means, amount: int | None) -> None:
        held = self.app.read(lambda c: corrections.standing(c, number))
        total = held.total if amount is None else amount
        part = min(part, total)
        offers = [Offer(means=means, amount=part)] if part else []
        if part < total:
            offers.append(Offer(means=Means.CASH, amount=total - part + 5))
        self.write(
            lambda c: corrections.correct(c, self.app.shelf, number, offers, "Wrong", self.at, "Eve", amount=amount)
        )

    def void(self, which: int) -> None:
        number, _ = self._pick(which)
        self.write(lambda c: voids.void(c, self.app.shelf, number, "Wrong", self.at, "Eve"))

    def move(self, movement: Movement, amount: int) -> None:
        self.write(lambda c: shifts.move(c, self.app.shelf, movement, amount, "Why not", self.at, "Ana"))

    def _pick(self, which: int) -> tuple[int, str]:
        if not self.sold:
            raise Refused("Nothing was sold", "", "")
        return self.sold[which % len(self.sold)]

    def close(self, connection: Any) -> Report:
        return shifts.close(connection, self.app.shelf, self.at, "Ana", "Nobody counts so fast")

    def perpetual(self) -> tuple[int, Any]:
        return self.app.read(till.perpetual)


@pytest.fixture
def stall(counter: Any) -> Till:
    return Till(counter)


class PowerCut(Exception):
    """The store gives no answer any more."""


class Failing:
    """A connection that breaks at one of its statements."""

    def __init__(self, connection: Any, after: int) -> None:
        self._connection, self._left = connection, after

    def execute(self, *words: Any) -> Any:
        if not self._left:
            raise PowerCut
        self._left -= 1
        return self._connection.execute(*words)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=DAYS)
@given(first=st.lists(_SALES, min_size=1, max_size=4), acts=st.lists(_ACTS, max_size=10))
def test_every_z_is_the_sum_of_its_documents_and_of_the_z_before(
    stall: Till, first: list[tuple[Any, ...]], acts: list[tuple[Any, ...]]
) -> None:
    number, before = stall.perpetual()
    stall.open()
    shift = stall.app.read(till.current_shift)
    for act in (*first, *acts):
        stall.do(act)
    stall.counter.write(lambda c: shifts.count(c, {1: 1}, stall.at, "Ana"))
    z = stall.write(stall.close)
    receipts = stall.app.read(lambda c: till.receipts_of_shift(c, shift.id))
    for one in receipts:
        paid = sum(tender.amount for tender in one.receipt.tenders)
        assert paid == one.receipt.total + one.receipt.rounding
        assert sum(line.amount for line in one.receipt.lines) == one.receipt.total
        assert sum(group.gross for group in one.receipt.taxes) == one.receipt.total
        assert all(group.base + group.tax == group.gross for group in one.receipt.taxes)
    net = sum(one.receipt.total for one in receipts)
    assert _figure(z, "Totals", "Net") == net
    assert sum(row.amount or 0 for row in _rows(z, "Cashiers")) == net
    paid = {row.label: row.amount for row in _rows(z, "Tenders")}
    assert sum(amount or 0 for amount in paid.values()) == net + sum(one.receipt.rounding for one in receipts)
    assert _figure(z, "Drawer", "Cash sales") == paid.get("Cash", 0)
    day = stall.app.read(lambda c: reports.of_day(c, stall.app.shelf, "conf26", stall.at))
    (booked,) = stall.app.read(lambda c: c.execute("SELECT sum(total) FROM receipts").fetchone())
    assert _figure(day, "Totals", "Net") == sum(row.amount or 0 for row in _rows(day, "Hours")) == booked
    after = stall.perpetual()
    assert (z.number, after[0]) == (number + 1, number + 1)
    assert after[1].net == before.net + sum(one.receipt.total for one in receipts)
    assert after[1].sales >= before.sales
    assert after[1].returns <= before.returns
    assert stall.app.read(verify.check).faults == ()


def _rows(report: Report, title: str) -> tuple[Row, ...]:
    return next((one.rows for one in report.sections if one.title == title), ())


def _figure(report: Report, title: str, label: str) -> int | None:
    return next(row.amount for row in _rows(report, title) if row.label == label)


def test_a_z_that_breaks_off_at_any_statement_is_closed_once(stall: Till) -> None:
    stall.open()
    for act in (("sell", 2, True, 5_000, Means.CARD), ("sell", 1, False, 0, Means.CARD), ("void", 1)):
        stall.do(act)
    stall.counter.write(lambda c: shifts.count(c, {1: 1}, stall.at, "Ana"))
    waiting = stall.app.outbox().waiting
    for statement in range(1_000):
        try:
            z = stall.write(lambda c, at=statement: stall.close(Failing(c, at)))
            break
        except PowerCut:
            assert stall.app.read(till.current_shift) is not None
            assert stall.perpetual()[0] == 0
            assert stall.app.outbox().waiting == waiting
    assert statement > 10
    assert z.number == 1
    assert stall.app.outbox().waiting == waiting + 1
    with pytest.raises(Refused, match="No shift"):
        stall.write(stall.close)
    assert stall.app.read(verify.check).faults == ()
