"""Amounts as people read and type them on the screen."""

from __future__ import annotations

from boxoffice.domain.money import plain, written

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
    amount = written(text, currency)
    return amount if amount is not None and 0 <= amount <= _MOST else None


_MOST = 10**12
