"""Columns of the paper: who takes two, where a line may end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.cells import letters, width_of, wrap
from printers.cleaning import clean

NAMES = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200).map(clean)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("会议签到 VIP", 12),
        ("한국어", 6),
        ("ｱｲｳ", 3),
        ("Zoë", 3),
        ("x\u0302", 1),
        ("👩\u200d👩\u200d👧", 2),
        ("🇩🇪", 2),
        ("שלום", 4),
        ("", 0),
    ],
)
def test_a_wide_character_takes_two_cells_and_a_mark_none(text: str, cells: int) -> None:
    assert width_of(text) == cells


@given(NAMES, st.integers(min_value=2, max_value=56))
def test_no_line_is_wider_than_it_may_be(text: str, width: int) -> None:
    assert all(width_of(line) <= width for line in wrap(text, width))


@given(NAMES, st.integers(min_value=2, max_value=56))
def test_nothing_but_spaces_is_lost_and_no_letter_torn(text: str, width: int) -> None:
    wrapped = "".join(wrap(text, width))
    assert wrapped.replace(" ", "") == text.replace(" ", "")
    assert [one for one in letters(wrapped) if one != " "] == [one for one in letters(text) if one != " "]


def test_words_stay_whole_and_no_line_begins_with_a_space() -> None:
    assert wrap("Maria Anna Freifrau von Hohenstein", 12) == ["Maria Anna", "Freifrau von", "Hohenstein"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert wrap("Donaudampfschifffahrt AG", 10) == ["Donaudampf", "schifffahr", "t AG"]


def test_a_double_name_may_end_the_line_after_its_hyphen() -> None:
    assert wrap("Lovelace-Byron", 10) == ["Lovelace-", "Byron"]


def test_ideographs_need_no_spaces_but_no_line_begins_with_their_full_stop() -> None:
    assert wrap("清河科技有限公司。", 8) == ["清河科技", "有限公", "司。"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrap("", 10) == [""]
