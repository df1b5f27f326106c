"""Bills: lines, tax groups and total are the same sum, to the last unit."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.tax import Charge, Rate, apportioned, divided, given_back, tally

NORMAL = Rate(rate=1900, name="VAT")
REDUCED = Rate(rate=700, name="VAT")
ON_TOP = Rate(rate=825, included=False, name="Sales tax")

rates = st.builds(Rate, rate=st.sampled_from((0, 250, 700, 770, 810, 825, 1900, 2500, 10_000)), included=st.booleans())
charges = st.lists(st.builds(Charge, st.integers(-(10**9), 10**9), rates), max_size=12)
sold_charges = st.lists(st.builds(Charge, st.integers(0, 10**7), rates), min_size=1, max_size=6)


def test_tax_is_reckoned_on_the_group_and_not_line_by_line() -> None:
    bill = tally([Charge(99, NORMAL)] * 3)
    (group,) = bill.groups
    assert (group.base, group.tax, group.gross) == (250, 47, 297)  # line by line it would be 3 × 16 = 48


def test_each_rate_has_a_group_of_its_own_the_highest_first() -> None:
    bill = tally([Charge(1070, REDUCED), Charge(1190, NORMAL), Charge(1070, REDUCED)])
    assert [(one.letter, one.rate, one.base, one.tax) for one in bill.groups] == [
        ("A", 1900, 1000, 190),
        ("B", 700, 2000, 140),
    ]
    assert bill.letters == ("B", "A", "B")
    assert bill.total == 3330


def test_tax_on_top_is_shared_out_to_the_lines() -> None:
    bill = tally([Charge(1000, ON_TOP), Charge(1000, ON_TOP), Charge(333, ON_TOP)])
    assert bill.groups[0].tax == 192  # 8.25 % of 23.33
    assert bill.grosses == (1082, 1082, 361)
    assert bill.total == 2525


def test_halves_go_away_from_zero_on_both_sides() -> None:
    assert [divided(amount, 2) for amount in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]


def test_no_lines_are_no_bill() -> None:
    assert tally([]).total == 0
    assert tally([]).groups == ()


@given(charges)
def test_lines_groups_and_total_are_one_sum(some: list[Charge]) -> None:
    bill = tally(some)
    by_letter: dict[str, int] = defaultdict(int)
    for gross, letter in zip(bill.grosses, bill.letters, strict=True):
        by_letter[letter] += gross
    assert bill.total == sum(bill.grosses) == sum(group.gross for group in bill.groups)
    for group in bill.groups:
        assert group.gross == group.base + group.tax == by_letter[group.letter]
        assert abs(group.tax * 10_000 - group.base * group.rate) <= 10_000


@given(charges)
def test_what_is_given_back_whole_leaves_nothing(some: list[Charge]) -> None:
    bill = tally(some)
    back = tally([Charge(-one.amount, one.rate) for one in some])
    assert back.total == -bill.total
    assert [(one.base, one.tax) for one in back.groups] == [(-one.base, -one.tax) for one in bill.groups]


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=9))
def test_shares_add_up_to_what_is_shared(total: int, weights: list[int]) -> None:
    assert sum(apportioned(total, weights)) == total


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_no_share_is_more_than_one_unit_from_its_weight(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    if whole:
        for share, weight in zip(apportioned(total, weights), weights, strict=True):
            assert abs(share * whole - total * weight) < whole


@given(sold_charges, st.data())
def test_a_sale_that_goes_back_piece_by_piece_gives_back_its_own_tax(sold: list[Charge], data: st.DataObject) -> None:
    bill = tally(sold)
    left = list(bill.grosses)
    before: list[Charge] = []
    base: dict[str, int] = defaultdict(int)
    tax: dict[str, int] = defaultdict(int)
    for last in (False, False, True):
        pieces = [gross if last else data.draw(st.integers(0, gross)) for gross in left]
        now = [Charge(piece, one.rate) for piece, one in zip(pieces, sold, strict=True)]
        slip = given_back(sold, before, now)
        assert slip.total == -sum(pieces) == sum(slip.grosses) == sum(group.gross for group in slip.groups)
        for group in slip.groups:
            assert group.gross == group.base + group.tax
            base[group.letter] -= group.base
            tax[group.letter] -= group.tax
        before += now
        left = [gross - piece for gross, piece in zip(left, pieces, strict=True)]
    for group in bill.groups:
        assert (base[group.letter], tax[group.letter]) == (group.base, group.tax)
