"""Amounts as people type them on the command line."""

from __future__ import annotations

from boxoffice.domain.money import written
from boxoffice.errors import BadInput


def amount_in(text: str, currency: str) -> int:
    """An amount as people type it, with a point or a comma, in minor units.

    Raises `BadInput` for what is no amount, or has more places than the currency.
    """
    amount = written(text, currency)
    if amount is None or abs(amount) > _MOST:
        raise BadInput(f"{text} is no amount in {currency}", "Nothing was done.", "Write it like 12.50.")
    return amount


_MOST = 10**12
