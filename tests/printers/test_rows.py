"""Rows of columns: figures whole and at the right, words wrapped beside them, nothing beyond the edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.badges import Align
from printers.cells import width_of
from printers.lines import Cell, Code, Columns, Feed, Line, Rule, Text
from printers.rows import Row, rows

WORDS = st.text(max_size=80)
FIGURES = st.from_regex(r"-?[0-9]{1,3}(,[0-9]{3}){0,4}\.[0-9]{2}( [A-Z])?", fullmatch=True)
LARGE = st.integers(min_value=1, max_value=3)
COLUMNS = st.integers(min_value=32, max_value=56)


def texts(line: Line, columns: int) -> list[str]:
    return [row.text() for row in rows([line], columns) if isinstance(row, Row)]


@given(WORDS, LARGE, st.sampled_from(Align), st.booleans(), COLUMNS)
def test_a_paragraph_stays_within_the_paper(text: str, large: int, align: Align, inverse: bool, columns: int) -> None:
    line = Text(text, large=large, align=align, inverse=inverse)
    assert all(width_of(one) * large <= columns for one in texts(line, columns))


@given(WORDS, FIGURES, FIGURES, LARGE, COLUMNS)
def test_columns_stay_within_the_paper_and_figures_stay_whole(
    text: str, count: str, amount: str, large: int, columns: int
) -> None:
    line = Columns((Cell(text), Cell(count, 6, Align.RIGHT), Cell(amount, 9, Align.RIGHT)), large=large)
    made = [row for row in rows([line], columns) if isinstance(row, Row)]
    assert all(width_of(row.text()) * row.large <= columns for row in made)
    shown = [span.text for row in made for span in row.spans]
    assert count in shown
    assert amount in shown


def test_amounts_stand_at_the_right_edge_below_each_other_beside_wide_names() -> None:
    bill = [
        Columns((Cell("会议签到 VIP"), Cell("90.00", 5, Align.RIGHT))),
        Columns((Cell("T-shirt"), Cell("1,500.00", 8, Align.RIGHT))),
    ]
    made = [row.text() for row in rows(bill, 32) if isinstance(row, Row)]
    assert made == ["会议签到 VIP               90.00", "T-shirt                 1,500.00"]
    assert [width_of(one) for one in made] == [32, 32]


def test_a_long_name_wraps_in_its_column_and_the_figure_stands_in_its_first_row() -> None:
    line = Columns((Cell("Donaudampfschifffahrtsgesellschaft Weekend"), Cell("90.00", 5, Align.RIGHT)))
    assert texts(line, 32) == ["Donaudampfschifffahrtsgese 90.00", "llschaft Weekend"]


def test_figures_that_leave_no_room_get_a_row_of_their_own() -> None:
    line = Columns((Cell("Total"), Cell("1,234,567,890.00 KRW", 20, Align.RIGHT)), large=2)
    made = [row for row in rows([line], 32) if isinstance(row, Row)]
    assert [(row.text(), row.large) for row in made] == [("Total", 2), (" " * 12 + "1,234,567,890.00 KRW", 1)]


def test_no_word_is_cut_that_a_row_of_its_own_would_hold() -> None:
    figure = Cell("9f86d081884c7d65 - 9a2feaa0c55ad015", 35, Align.RIGHT)
    assert texts(Columns((Cell("Journal"), figure)), 42) == ["Journal", f"{figure.text:>42}"]
    assert texts(Columns((Cell("Journal"), figure)), 48) == [f"Journal{figure.text:>41}"]


def test_two_columns_never_touch() -> None:
    line = Columns((Cell("Cash"), Cell("80", 3, Align.RIGHT), Cell("3,000.00", 8, Align.RIGHT)))
    assert texts(line, 32)[0].endswith(" 80 3,000.00")


def test_an_indented_note_keeps_its_indent_in_each_row() -> None:
    assert texts(Text("Maria Anna Freifrau von Hohenstein-Waldburg", indent=2), 32) == [
        "  Maria Anna Freifrau von",
        "  Hohenstein-Waldburg",
    ]


def test_what_is_inverse_is_black_from_edge_to_edge() -> None:
    assert texts(Text("TRAINING", align=Align.CENTER, inverse=True), 32) == ["TRAINING".center(32)]


@pytest.mark.parametrize(("double", "dash"), [(False, "-"), (True, "=")])
def test_a_rule_reaches_across(double: bool, dash: str) -> None:
    assert texts(Rule(double), 42) == [dash * 42]


def test_between_a_square_code_and_its_caption_is_the_white_that_readers_need() -> None:
    assert [type(one) for one in rows([Code("A7B9C-1", caption="A7B9C-1")], 32)] == [Code, Feed, Row]
    assert [type(one) for one in rows([Code("12345", bars=True, caption="12345")], 32)] == [Code, Row]
