"""Amounts of money as whole numbers, and how many digits of them stand behind the point.

An amount is an `int` in minor units of one currency (cents, yen, fils); nothing here or above ever holds a
fraction. Writing an amount for a person, with sign and separators, belongs to whoever knows the language.
"""

from __future__ import annotations

_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_OTHER = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}


def exponent(currency: str) -> int:
    """How many digits of an amount stand behind the point (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD."""
    return _OTHER.get(currency, 2)


def plain(amount: int, currency: str) -> str:
    """An amount as digits with a point, without a sign for the currency: `-12.50`, `1250`, `1.250`."""
    digits = exponent(currency)
    if not digits:
        return str(amount)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"
