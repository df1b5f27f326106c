"""Amounts as people type them on the command line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from boxoffice.domain.money import exponent
from boxoffice.errors import BadInput


def amount_in(text: str, currency: str) -> int:
    """An amount as people type it, with a point or a comma, in minor units.

    Raises `BadInput` for what is no amount, or has more places than the currency.
    """
    try:
        amount = Decimal(text.strip().replace(",", ".")) * 10 ** exponent(currency)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.to_integral_value() or abs(amount) > _MOST:
        raise BadInput(f"{text} is no amount in {currency}", "Nothing was done.", "Write it like 12.50.")
    return int(amount)


_MOST = 10**12
