"""Whatever a name holds: what reaches the paper is text on one line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.cleaning import clean

DRAWER, CUT, STATUS = "\x1bp\x00", "\x1dV\x00", "\x10\x04\x01"


@pytest.mark.parametrize("order", [DRAWER, CUT, STATUS, "\n", "\r\n", "\x9b31m", "\x7f", "\x00", "\u2028"])
def test_orders_in_a_name_become_a_space(order: str) -> None:
    cleaned = clean(f"Ada{order}Lovelace")
    assert cleaned.startswith("Ada ")
    assert cleaned.endswith("Lovelace")


@given(st.text())
def test_no_control_character_and_no_break_is_left(text: str) -> None:
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in clean(text))


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_spaces_of_all_kinds_are_plain_ones() -> None:
    assert clean("1\u202f234,50\u00a0€") == "1 234,50 €"


def test_a_name_cannot_turn_the_rest_of_the_line_round() -> None:
    assert clean("\u202egnp.exe\u2066") == "gnp.exe"


def test_letters_and_their_marks_become_one() -> None:
    assert clean("Zoe\u0308") == "Zoë"


def test_half_a_character_is_a_box_and_not_a_question_mark() -> None:
    assert clean("A\ud83d") == "A□"


def test_what_joins_letters_stays() -> None:
    assert clean("شرکت‌ها") == "شرکت‌ها"
