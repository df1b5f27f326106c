"""Days of random trading: whatever is sold, given back, put right and taken back, every Z is what a ledger says.

A Z is broken off at any of its statements and closed again: there is one, with the next number and the same figures.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain.documents import Movement, Report, Row
from boxoffice.domain.tenders import TITLES, Means
from boxoffice.errors import Refused
from boxoffice.services import gift_cards, redeem, reports
from boxoffice.storage import receipt_book, till, verify

Trading = Callable[[str], AbstractContextManager[Any]]

RUNS = 1_000 if os.environ.get("BOXOFFICE_PROVE") == "1" else 8
"""Each is a till with two days."""
_OTHERS = st.sampled_from((Means.WALLET, Means.TRANSFER, Means.CHEQUE))
_ANY = st.sampled_from((Means.CASH, Means.WALLET, Means.TRANSFER, Means.CHEQUE))
_WHO = st.sampled_from(("Ana", "Ben", "Chi"))
_WHICH = st.integers(0, 9)
_PART = st.integers(0, 20_000)
_ONE = st.integers(1, 2)


def _act(name: str, *values: Any) -> Any:
    return st.tuples(st.just(name), _WHO, *values)


_SELL = _act("sell", st.integers(1, 3), st.booleans(), _PART, _OTHERS)
_ACTS = st.one_of(
    _SELL,
    _act("with_voucher", _ONE),
    _act("on_invoice", _ONE),
    _act("pay", _WHICH, _PART, _OTHERS),
    _act("by_terminal", st.integers(1, 10_000), st.sampled_from(("charged", "declined", "lost"))),
    _act("sell_gift", st.integers(1, 30_000)),
    _act("top_up", _WHICH, st.integers(1, 9_000)),
    _act("change_onto_gift", _WHICH, st.integers(1, 9_000)),
    _act("with_gift", _WHICH, st.integers(1, 12_000)),
    _act("cash_out", _WHICH),
    _act("back", _WHICH, st.integers(1, 20_000), _ANY),
    _act("correct", _WHICH, _PART, _OTHERS),
    _act("less", _WHICH, st.integers(0, 12_000)),
    _act("void", _WHICH),
    _act("upgrade", _WHICH, _ANY),
    _act("move", st.sampled_from((Movement.DROP, Movement.PAY_IN, Movement.PAY_OUT)), st.integers(1, 9_000)),
    _act("train", st.integers(1, 3)),
)
_EARLY = (_act("sell_gift", st.integers(1, 30_000)), _act("on_invoice", _ONE), _SELL)
"""So that there is something to go on with."""
_DAY = st.tuples(
    st.tuples(*_EARLY),
    st.lists(_ACTS, min_size=4, max_size=20),
    st.integers(-500, 500),
    st.integers(0, 60),
)

EVERYTHING = (
    ("sell", "Ana", 3, True, 5_000, Means.WALLET),
    ("sell", "Ben", 2, False, 0, Means.WALLET),
    ("sell", "Chi", 1, True, 9_000, Means.CHEQUE),
    ("sell", "Chi", 1, False, 0, Means.CHEQUE),
    ("with_voucher", "Ana", 2),
    ("sell_gift", "Ben", 12_345),
    ("top_up", "Ben", 0, 1_111),
    ("change_onto_gift", "Ana", 0, 2_003),
    ("with_gift", "Chi", 0, 6_002),
    ("on_invoice", "Ana", 2),
    ("pay", "Ben", 0, 7_001, Means.TRANSFER),
    ("by_terminal", "Ana", 6_000, "charged"),
    ("by_terminal", "Ana", 6_000, "declined"),
    ("by_terminal", "Ben", 6_000, "lost"),
    ("back", "Ana", 1, 3_333, Means.CASH),
    ("back", "Ana", 2, 1_002, Means.TRANSFER),
    ("correct", "Eve", 0, 2_001, Means.CHEQUE),
    ("void", "Ben", 3),
    ("sell", "Chi", 2, False, 1_000, Means.TRANSFER),
    ("less", "Ana", 3, 8_888),
    ("sell", "Chi", 1, False, 0, Means.TRANSFER),
    ("upgrade", "Ben", 9, Means.WALLET),
    ("move", "Ana", Movement.DROP, 4_000),
    ("move", "Ana", Movement.PAY_IN, 1_500),
    ("move", "Ben", Movement.PAY_OUT, 250),
    ("train", "Chi", 3),
    ("cash_out", "Ana", 0),
)


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


@pytest.mark.parametrize("currency", ["JPY", "CHF", "KWD"])
def test_a_day_on_which_everything_happens_adds_up(trading: Trading, currency: str) -> None:
    with trading(currency) as stall:
        shift = stall.open()
        for kind, *values in EVERYTHING:
            getattr(stall, kind)(*values)
        _close(stall, shift, -37, 20)
        _mind_the_books(stall)


def test_cents_for_which_there_is_no_coin_are_taken_back_with_the_rest(trading: Trading) -> None:
    with trading("CHF") as stall:
        shift = stall.open()
        stall.sell("Ana", 2, False, 19_998, Means.WALLET)
        stall.less("Ana", 0, 0)
        _close(stall, shift, 0, 0)
        _mind_the_books(stall)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=RUNS)
@given(currency=st.sampled_from(("JPY", "CHF", "KWD", "EUR")), days=st.tuples(_DAY, _DAY))
def test_every_z_is_what_was_done_that_day_and_follows_from_the_z_before(
    trading: Trading, currency: str, days: Any
) -> None:
    with trading(currency) as stall:
        for first, acts, difference, cut in days:
            shift = stall.open()
            for act in (*first, *acts):
                stall.do(act)
            _close(stall, shift, difference, cut)
        _mind_the_books(stall)


def _close(stall: Any, shift: Any, difference: int, cut: int) -> None:
    """The power goes at one of the Z's statements; then it is closed, and says what the ledger says."""
    number, before = stall.app.read(till.perpetual)
    found = stall.count(difference)
    try:
        z = stall.write(lambda c: stall.close(Failing(c, cut)))
    except PowerCut:
        assert stall.app.read(till.perpetual) == (number, before)
        z = stall.write(stall.close)
    with pytest.raises(Refused, match="No shift"):
        stall.write(stall.close)
    _mind_documents(stall.app.read(lambda c: receipt_book.receipts_of_shift(c, shift.id)))
    _mind_z(z, stall.ledger, found)
    after = stall.app.read(till.perpetual)
    assert (z.number, after[0]) == (number + 1, number + 1)
    assert (after[1].sales, after[1].returns) == (
        before.sales + stall.ledger.sales,
        before.returns + stall.ledger.returns,
    )


def _mind_documents(receipts: list[Any]) -> None:
    """Lines, taxes and tenders of each come to the same."""
    for one in receipts:
        paid = sum(tender.amount for tender in one.receipt.tenders)
        assert paid == one.receipt.total + one.receipt.rounding
        assert sum(line.amount for line in one.receipt.lines) == one.receipt.total
        assert sum(group.gross for group in one.receipt.taxes) == one.receipt.total
        assert all(group.base + group.tax == group.gross for group in one.receipt.taxes)


def _mind_z(z: Report, ledger: Any, found: int) -> None:
    assert _figure(z, "Totals", "Net") == ledger.sales + ledger.returns
    assert {row.label: row.amount for row in _rows(z, "Cashiers")} == dict(ledger.cashiers)
    tenders = {row.label: row.amount for row in _rows(z, "Tenders") if row.amount}
    assert tenders == {TITLES[means]: amount for means, amount in ledger.tenders.items() if amount}
    assert _figure(z, "Drawer", "Expected") == ledger.drawer
    assert _figure(z, "Drawer", "Difference") == found
    assert next((row.count for row in _rows(z, "Receipts") if row.label == "Receipts"), 0) == ledger.receipts
    assert next((row.count for row in _rows(z, "Receipts") if row.label == "Voids"), 0) == ledger.voided
    training = next(row for row in _rows(z, "Receipts") if row.label == "Training")
    assert [training.count, training.amount] == ledger.training
    owed = [row.amount for row in _rows(z, "Gift cards") if row.strong]
    assert sum(amount or 0 for amount in owed) == ledger.loaded


def _mind_the_books(stall: Any) -> None:
    """What the day's report says, what is on gift cards, how often the voucher was used; and nothing is wrong."""
    day = stall.app.read(lambda c: reports.of_day(c, stall.app.shelf, "conf26", stall.at))
    net = stall.ledger.sales + stall.ledger.returns
    assert _figure(day, "Totals", "Net") == sum(row.amount or 0 for row in _rows(day, "Hours")) == net
    for code, left in stall.gifts.items():
        held = stall.app.read(lambda c, code=code: gift_cards.balance(c, "conf26", code, stall.currency))
        assert held.left == left
    assert stall.app.read(lambda c: redeem.voucher(c, "conf26", "SAVE")).redeemed == stall.vouchers
    assert stall.app.read(verify.check).faults == ()


def _rows(report: Report, title: str) -> tuple[Row, ...]:
    return next((one.rows for one in report.sections if one.title == title), ())


def _figure(report: Report, title: str, label: str) -> int | None:
    return next(row.amount for row in _rows(report, title) if row.label == label)


def test_a_z_that_breaks_off_at_any_statement_is_closed_once(trading: Trading) -> None:
    with trading("CHF") as stall:
        stall.open()
        stall.sell("Ana", 2, True, 5_000, Means.WALLET)
        stall.sell("Ben", 1, False, 0, Means.WALLET)
        stall.void("Ana", 1)
        stall.count(-20)
        waiting = stall.app.outbox().waiting
        for statement in range(1_000):
            try:
                z = stall.write(lambda c, at=statement: stall.close(Failing(c, at)))
                break
            except PowerCut:
                assert stall.app.read(till.current_shift) is not None
                assert stall.app.read(till.perpetual)[0] == 0
                assert stall.app.outbox().waiting == waiting
        assert statement > 10
        assert z.number == 1
        assert stall.app.outbox().waiting == waiting + 1
        with pytest.raises(Refused, match="No shift"):
            stall.write(stall.close)
        assert stall.app.read(verify.check).faults == ()
