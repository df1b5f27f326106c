"""Notes and coins: which there are, to what cash is rounded where small ones are gone, and what is likely handed over.

Denominations serve for counting a drawer and for the keys of quick amounts; a currency that is not listed gets the
usual steps of one, two and five. All amounts are minor units.
"""

from __future__ import annotations

from collections.abc import Iterator

from .money import exponent
from .tax import divided

_DENOMINATIONS = {
    "EUR": "1 2 5 10 20 50 100 200 500 1000 2000 5000 10000 20000",
    "CHF": "5 10 20 50 100 200 500 1000 2000 5000 10000 20000 100000",
    "GBP": "1 2 5 10 20 50 100 200 500 1000 2000 5000",
    "USD": "1 5 10 25 50 100 200 500 1000 2000 5000 10000",
    "CAD": "5 10 25 100 200 500 1000 2000 5000 10000",
    "AUD": "5 10 20 50 100 200 500 1000 2000 5000 10000",
    "NZD": "10 20 50 100 200 500 1000 2000 5000 10000",
    "CNY": "10 50 100 500 1000 2000 5000 10000",
    "HKD": "10 20 50 100 200 500 1000 2000 5000 10000 50000 100000",
    "TWD": "100 500 1000 5000 10000 20000 50000 100000 200000",
    "JPY": "1 5 10 50 100 500 1000 2000 5000 10000",
    "KRW": "10 50 100 500 1000 5000 10000 50000",
    "SEK": "100 200 500 1000 2000 5000 10000 20000 50000 100000",
    "NOK": "100 500 1000 2000 5000 10000 20000 50000 100000",
    "DKK": "50 100 200 500 1000 2000 5000 10000 20000 50000 100000",
    "CZK": "100 200 500 1000 2000 5000 10000 20000 50000 100000 200000 500000",
    "HUF": "500 1000 2000 5000 10000 20000 50000 100000 200000 500000 1000000 2000000",
    "PLN": "1 2 5 10 20 50 100 200 500 1000 2000 5000 10000 20000 50000",
    "KWD": "5 10 20 50 100 250 500 1000 5000 10000 20000",
}

_ROUNDED = {
    5: "CHF CAD AUD KWD",
    10: "NZD CNY HKD KRW",
    50: "DKK",
    100: "SEK NOK CZK TWD",
    500: "HUF",
}
_STEPS = {currency: step for step, currencies in _ROUNDED.items() for currency in currencies.split()}
"""What cash is rounded to by law or by what coins there are. An event may say otherwise."""

_QUICK = 5


def denominations(currency: str) -> tuple[int, ...]:
    """The notes and coins of a currency, smallest first."""
    listed = _DENOMINATIONS.get(currency)
    if listed:
        return tuple(map(int, listed.split()))
    return tuple(base * 10**power for power in range(exponent(currency) + 3) for base in (1, 2, 5))


def step(currency: str) -> int:
    """The least amount of cash that changes hands; 1 where nothing is rounded."""
    return _STEPS.get(currency, 1)


def rounded(amount: int, to: int) -> int:
    """An amount of cash to the nearest multiple, halves away from zero: the same for money that comes and goes."""
    return divided(amount, to) * to


def quick_amounts(due: int, currency: str) -> tuple[int, ...]:
    """What people are likely to hand over: the sum itself, then what comes next in notes, smallest first."""
    if due <= 0:
        return ()
    found = dict.fromkeys((due, *sorted(_next_ones(due, currency))))
    return tuple(found)[:_QUICK]


def unlikely(due: int, given: int, currency: str) -> bool:
    """Whether nobody hands over so much: the rest is enough without the largest note or coin that may be in it.

    It is more likely a number that was meant for another field, or a point that was left out.
    """
    pieces = [piece for piece in denominations(currency) if piece <= given]
    return bool(pieces) and 0 < due <= given - pieces[-1]


def _next_ones(due: int, currency: str) -> Iterator[int]:
    """For each note and larger coin, the first sum of such pieces alone that is enough."""
    small = 10 ** exponent(currency)
    for piece in denominations(currency):
        if piece >= small and piece * 20 >= due:
            yield -(-due // piece) * piece
