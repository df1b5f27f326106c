"""Amounts as people write them: point and comma alike, thousands with or without a mark, and never another amount."""

from __future__ import annotations

import pytest

from boxoffice.domain.money import written


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12.5", "EUR", 1_250),
        ("12,50", "EUR", 1_250),
        (" 7 ", "EUR", 700),
        (".5", "EUR", 50),
        ("5.", "EUR", 500),
        ("1,200.00", "EUR", 120_000),
        ("1.200,00", "EUR", 120_000),
        ("1 234 567,8", "EUR", 123_456_780),
        ("1\u202f200,00", "EUR", 120_000),
        ("1\u2019200.05", "CHF", 120_005),
        ("12,000", "JPY", 12_000),
        ("12.000", "JPY", 12_000),
        ("1,234,567", "JPY", 1_234_567),
        ("1.250", "KWD", 1_250),
        ("1,250", "KWD", 1_250),
        ("1,250.500", "KWD", 1_250_500),
        ("\u22123.5", "EUR", -350),
        ("0.10", "EUR", 10),
    ],
)
def test_what_is_written_is_what_was_meant(text: str, currency: str, amount: int) -> None:
    assert written(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [("", "EUR"), (".", "EUR"), ("x", "EUR"), ("-", "EUR"), ("0.005", "EUR"), ("12.5", "JPY"), ("1.2345", "KWD")],
)
def test_what_is_no_amount_is_none(text: str, currency: str) -> None:
    assert written(text, currency) is None


@pytest.mark.parametrize("text", ["1,200", "1.200", "1,2,3", "12.34.56", "1.2345", "1e3", "nan", "1,200,00"])
def test_what_could_be_two_amounts_is_none(text: str) -> None:
    assert written(text, "EUR") is None
