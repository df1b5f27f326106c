"""What tax a bill carries: reckoned per rate on the sum of its group, never line by line.

Prices stand with their tax in them or without; both may meet on one bill. Of prices without, each line is told
its share of the group's tax, so that lines, groups and total are the same sum to the last unit. Money that goes
back is negative, and rounds like the money that came: what was sold and given back whole leaves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .documents import TaxGroup

_WHOLE = 10_000
"""Basis points of one."""


class Rate(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, order=True):
    """One tax rate in basis points (19 % is 1900), and whether prices have it in them."""

    rate: int = 0
    included: bool = True
    name: str = ""
    outside: bool = False
    """No tax is due on it here, and it is no revenue: what is put on gift cards."""


class Charge(msgspec.Struct, frozen=True):
    """One line's money as it is priced, minor units."""

    amount: int
    rate: Rate


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """A bill reckoned up. `grosses` and `letters` stand in the order of the charges."""

    total: int
    groups: tuple[TaxGroup, ...]
    grosses: tuple[int, ...]
    """What each line comes to with its tax; they sum up to the total."""
    letters: tuple[str, ...]
    """The tax group of each line."""


def tally(charges: Sequence[Charge]) -> Tally:
    """Reckon up a bill. The groups come with the highest rate first, and are lettered in that order."""
    grosses = [one.amount for one in charges]
    letters = [""] * len(charges)
    groups = []
    rates = sorted({one.rate for one in charges}, key=_place)
    for number, rate in enumerate(rates):
        those = [index for index, one in enumerate(charges) if one.rate == rate]
        amounts = [charges[index].amount for index in those]
        group = _group(_letter(number), rate, sum(amounts))
        shares = amounts if rate.included else _with_tax(amounts, group.tax)
        for index, gross in zip(those, shares, strict=True):
            grosses[index] = gross
            letters[index] = group.letter
        groups.append(group)
    return Tally(total=sum(grosses), groups=tuple(groups), grosses=tuple(grosses), letters=tuple(letters))


def _place(rate: Rate) -> tuple[bool, int, str, bool]:
    return rate.outside, -rate.rate, rate.name, not rate.included


def _group(letter: str, rate: Rate, amount: int) -> TaxGroup:
    if rate.included:
        base = _base(amount, rate.rate)
        tax = amount - base
    else:
        base = amount
        tax = divided(amount * rate.rate, _WHOLE)
    return TaxGroup(
        letter=letter, rate=rate.rate, base=base, tax=tax, gross=base + tax, name=rate.name, outside=rate.outside
    )


def _base(gross: int, rate: int) -> int:
    return divided(gross * _WHOLE, _WHOLE + rate)


def _letter(number: int) -> str:
    """A to Z, then AA, AB."""
    rounds, last = divmod(number, 26)
    return (_letter(rounds - 1) if rounds else "") + chr(ord("A") + last)


def _with_tax(amounts: Sequence[int], tax: int) -> list[int]:
    return [amount + share for amount, share in zip(amounts, apportioned(tax, amounts), strict=True)]


def divided(amount: int, by: int) -> int:
    """A quotient rounded to the nearest whole, halves away from zero; `by` is positive."""
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) + by) // (2 * by))


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """A sum in whole parts that follow the weights and add up to it exactly (largest remainders, then order).

    Where the weights come to nothing there is nothing to follow: the first part is all of it.
    """
    if not weights:
        return []
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)]
    if whole < 0:
        return apportioned(total, [-weight for weight in weights])
    parts = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    missing = total - sum(parts)
    for index in sorted(range(len(weights)), key=lambda one: -rests[one])[:missing]:
        parts[index] += 1
    return parts


def given_back(sold: Sequence[Charge], before: Sequence[Charge], now: Sequence[Charge]) -> Tally:
    """The bill of money that goes back now, after what went back `before`: positive amounts with the tax in them.

    `sold` names the groups. Each group gets what its tax grows by, so that a sale that goes back piece by piece
    gives back its own tax in the end, whatever the pieces. (A sum and its tax, rounded to whole units, lead back
    to the same base; so it does not matter that the prices may have stood without their tax when it was sold.)
    """
    letters = {one.rate: letter for one, letter in zip(sold, tally(sold).letters, strict=True)}
    groups = []
    for rate in sorted({one.rate for one in now}, key=lambda one: letters[one]):
        earlier = sum(one.amount for one in before if one.rate == rate)
        gross = sum(one.amount for one in now if one.rate == rate)
        base = _base(earlier + gross, rate.rate) - _base(earlier, rate.rate)
        groups.append(
            TaxGroup(letter=letters[rate], rate=rate.rate, base=-base, tax=base - gross, gross=-gross, name=rate.name)
        )
    return Tally(
        total=-sum(one.amount for one in now),
        groups=tuple(groups),
        grosses=tuple(-one.amount for one in now),
        letters=tuple(letters[one.rate] for one in now),
    )
