"""Where an event wants its drawers counted blind, no figure gives away the cash before somebody has counted it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.shift_report import UNTIL_COUNTED
from boxoffice.domain.tenders import Means, Offer, Tendering
from boxoffice.services import reconciling, reports, shifts, tendering
from boxoffice.services.give_back import GivenBack
from printers import layout
from printers.render import plain


@pytest.fixture
def till(counter: Any) -> Any:
    """A drawer with 200.00 in it that has taken 100.00 in cash and 42.03 by card."""
    counter.write(lambda c: tendering.choose(c, "conf26", Tendering(blind=True)))
    counter.open(20_000)
    lines = (CartLine(id="a", item=1), CartLine(id="d", item=2, part_of="a"))
    cash, by_card = Offer(means=Means.CASH, amount=10_000), Offer(means=Means.CARD, amount=4_203)
    counter.sell(counter.cart(*lines), by_card, cash)
    return counter


def x(till: Any, at: str = "12:00") -> Any:
    return till.app.read(lambda c: shifts.x_report(c, till.app.shelf, till.at(at)))


def amounts(report: Any) -> set[int]:
    return {row.amount for one in report.sections for row in one.rows if row.amount}


def count(till: Any, at: str, *, pieces: int = 30_000) -> None:
    till.write(lambda c: shifts.count(c, {1: pieces}, till.at(at), "Ana"))


def test_an_x_gives_away_neither_the_cash_nor_the_sums_that_it_is_in(till: Any) -> None:
    report = x(till)
    assert amounts(report) <= {20_000}  # The float, which was counted.
    assert UNTIL_COUNTED in {row.label for one in report.sections for row in one.rows}
    paper = layout.Paper()
    printed = plain.write(layout.lay_out(report, paper), paper.columns)
    assert UNTIL_COUNTED in printed
    assert not any(words in printed for words in ("100.00", "142.03", "300.00"))


def test_once_it_is_counted_all_of_it_is_shown(till: Any) -> None:
    count(till, "12:30")
    assert {10_000, 14_203} <= amounts(x(till, "12:31"))


def test_who_goes_on_selling_counts_again(till: Any) -> None:
    count(till, "08:30")
    assert 14_203 not in amounts(x(till))


def test_a_z_shows_everything(till: Any) -> None:
    z = till.close(30_000)
    assert {10_000, 14_203, 30_000} <= amounts(z)


def test_neither_the_days_report_nor_the_differences_give_it_away(till: Any) -> None:
    now = till.at("13:00")
    report = till.app.read(lambda c: reports.of_day(c, till.app.shelf, "conf26", now))
    assert not amounts(report) & {10_000, 14_203, 4_203}
    assert ("The shift that is open here", UNTIL_COUNTED) in {
        (row.label, row.text) for one in report.sections for row in one.rows
    }
    found = till.app.read(lambda c: reconciling.over(c, "conf26", now - timedelta(hours=24), now))
    assert found.differences == ()


def test_without_a_word_of_the_event_everything_is_as_it_was(till: Any) -> None:
    till.write(lambda c: tendering.choose(c, "conf26", Tendering()))
    assert {10_000, 14_203} <= amounts(x(till))


def test_what_goes_back_is_hidden_as_well(till: Any) -> None:
    code = till.app.read(lambda c: c.execute("SELECT code FROM orders").fetchone()[0])
    back: GivenBack = till.give_back(code, Offer(means=Means.CASH, amount=-14_205))
    assert back.receipt.total == -14_203
    assert amounts(x(till)) <= {20_000}
