"""Amounts as people read and type them on the screen."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from boxoffice.domain.money import exponent, plain

from .language import locale


def money(amount: int, currency: str) -> str:
    """An amount with the marks of the language, and its currency behind it."""
    return f"{bare(amount, currency)}\u00a0{currency}"


def bare(amount: int, currency: str) -> str:
    """An amount with the marks of the language."""
    whole, point, rest = plain(amount, currency).partition(".")
    sign, whole = ("\u2212", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = locale().toString(int(whole))
    return f"{sign}{grouped}{locale().decimalPoint()}{rest}" if point else f"{sign}{grouped}"


def typed(text: str, currency: str) -> int | None:
    """An amount as it was typed, with a point or a comma, in minor units; None if it is none."""
    try:
        amount = Decimal(text.strip().replace(",", ".") or "x") * 10 ** exponent(currency)
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount != amount.to_integral_value() or amount < 0 or amount > 10**12:
        return None
    return int(amount)
