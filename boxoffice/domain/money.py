"""Amounts of money as whole numbers, and how many digits of them stand behind the point.

An amount is an `int` in minor units of one currency (cents, yen, fils); nothing here or above ever holds a
fraction. Writing an amount for a person, with sign and separators, belongs to whoever knows the language.
"""

from __future__ import annotations

import re

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


_GROUPS = re.compile(r"[1-9]\d{0,2}(,\d{3})+|[1-9]\d{0,2}(\.\d{3})+")
_NEVER_A_POINT = str.maketrans({" ": "", "\u00a0": "", "\u202f": "", "'": "", "\u2019": "", "\u2212": "-"})


def written(text: str, currency: str) -> int | None:
    """The amount that somebody wrote, point and comma alike; None if it is none, or could be two.

    `1,200` is twelve hundred where there are no places behind the point, one and a fifth where there are three.
    """
    digits = exponent(currency)
    bare = text.strip().translate(_NEVER_A_POINT)
    sign, bare = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    whole, fraction = _parts(bare, digits)
    if not (whole + fraction).isdecimal() or len(fraction.rstrip("0")) > digits:
        return None
    return sign * int((whole or "0") + fraction[:digits].ljust(digits, "0"))


def _parts(text: str, digits: int) -> tuple[str, str]:
    """What stands before the point, without the marks of thousands, and what behind it."""
    marks = [one for one in text if one in ".,"]
    if _GROUPS.fullmatch(text) and (len(marks) > 1 or not digits):
        return text.replace(marks[0], ""), ""
    if not marks:
        return text, ""
    whole, _, fraction = text.rpartition(marks[-1])
    if len(marks) > 1 and marks[-1] not in marks[:-1] and _GROUPS.fullmatch(whole):
        return whole.replace(marks[0], ""), fraction
    could_be_thousands = len(fraction) == 3 and digits != 3
    return ("?", "") if could_be_thousands else (whole, fraction)
