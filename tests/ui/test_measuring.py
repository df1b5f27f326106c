"""The clock that measures how late the window's own gets: one late tick is one, and not all that follow it."""

from __future__ import annotations

import pytest

from ui.measuring import TICK, next_due


@pytest.mark.parametrize(
    ("late", "next_after"),
    [(0.0, TICK), (0.4 * TICK, 0.6 * TICK), (1.4 * TICK, TICK), (10 * TICK, TICK)],
    ids=["on time", "late", "after a missed turn", "after a long stop"],
)
def test_a_late_tick_moves_the_next_only_where_a_turn_was_missed(late: float, next_after: float) -> None:
    due = 100.0
    now = due + late
    assert next_due(due, now) - now == pytest.approx(next_after)
