"""The drawer on a report: whatever was counted, piece by piece, comes to what stands in its sums."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import cash
from boxoffice.domain.documents import Movement, Row
from boxoffice.domain.money import plain
from boxoffice.domain.shift import Count, Day, Move, Shift, worth
from boxoffice.domain.shift_report import sections

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CURRENCIES = ("EUR", "CHF", "JPY", "KWD")


@st.composite
def drawers(draw: st.DrawFn) -> Day:
    currency = draw(st.sampled_from(CURRENCIES))
    pieces = st.dictionaries(st.sampled_from(cash.denominations(currency)), st.integers(1, 500), max_size=8)
    lies = tuple(sorted(draw(pieces).items(), reverse=True))
    moved = draw(st.lists(st.integers(-(10**6), 10**6).filter(bool), max_size=6))
    counts = [
        Count(number=number, at=NOON, operator="Ana", pieces=tuple(sorted(one.items(), reverse=True)))
        for number, one in enumerate(draw(st.lists(pieces, min_size=1, max_size=4)), start=1)
    ]
    shift = Shift(id="s", event="e", currency=currency, opened_at=NOON, float=worth(lies), pieces=lies)
    moves = [
        Move(number=at, movement=Movement.PAY_IN if one > 0 else Movement.DROP, amount=one, at=NOON)
        for at, one in enumerate(moved, start=1)
    ]
    return Day(shift=shift, receipts=(), moves=moves, pieces=counts[-1].pieces, counts=counts, reason="Miscounted")


def drawer(day: Day) -> list[Row]:
    return next(list(one.rows) for one in sections(day) if one.title == "Drawer")


@given(drawers())
def test_pieces_come_to_their_sums_and_every_count_is_told(day: Day) -> None:
    rows = drawer(day)
    labels = [row.label for row in rows]
    names = {plain(one, day.shift.currency) for one in cash.denominations(day.shift.currency)}
    cut = labels.index("Cash sales")
    before = sum(row.amount or 0 for row in rows[:cut] if row.label in names)
    after = sum(row.amount or 0 for row in rows[cut:] if row.label in names)
    named = {row.label: row.amount for row in rows}
    assert before == named["Float"] == day.shift.float
    assert after == named["Counted"] == day.counts[-1].amount
    assert named["Expected"] == day.shift.float + sum(one.amount for one in day.moves)
    assert named["Difference"] == (named["Counted"] or 0) - (named["Expected"] or 0)
    earlier = [row.amount for row in rows if row.label == "Counted before"]
    assert earlier == [one.amount for one in day.counts[:-1]]
