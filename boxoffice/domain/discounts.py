"""Automatic discounts: from so many of some things on, some of them cost less.

The rules are those of the field's best-known server (pretix), to the choice of which unit gets the discount, so that
a sale at the counter costs what the web shop would have asked: discounts in the organiser's order, each unit in one at
most; where only some cost less it is the cheapest ones; of dates that have to differ, groups are formed so that the
cheapest do not all meet in one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from .catalog import Catalog, Discount
from .tax import divided


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """One unit as a discount sees it; `price` in minor units."""

    item: int
    subevent: int | None
    price: int
    addon_of: str = ""
    """The line that it is an add-on of."""
    bundled: bool = False
    """It came with something and takes part in no discount."""
    by_voucher: bool = False
    """A voucher has made it cheaper."""


class Given(msgspec.Struct, frozen=True):
    """What becomes of one unit."""

    price: int
    name: str


Prices = dict[int, int]
"""Units that take part, with what they cost then."""


def given(things: Sequence[Thing], catalog: Catalog, now: datetime) -> dict[int, Given]:
    """The units that cost less, by their place. Prices of the others stay as they are."""
    done: dict[int, Given] = {}
    taken: set[int] = set()
    for discount in sorted(catalog.discounts.values(), key=lambda one: (one.position, one.id)):
        if not _is_on(discount, now):
            continue
        free = {place: one for place, one in enumerate(things) if place not in taken and not one.bundled}
        prices = _Cart(free, catalog).prices(discount)
        taken |= prices.keys()
        done |= {place: Given(price, discount.name) for place, price in prices.items() if price != free[place].price}
    return done


def _is_on(discount: Discount, now: datetime) -> bool:
    if not discount.active:
        return False
    begun = discount.available_from is None or discount.available_from <= now
    return begun and (discount.available_until is None or now <= discount.available_until)


class _Cart:
    """What is still free to take part in a discount."""

    def __init__(self, things: Mapping[int, Thing], catalog: Catalog) -> None:
        self._things = things
        self._catalog = catalog
        turns: dict[str, int] = defaultdict(int)
        self._turn: dict[int, int] = {}
        for place, one in things.items():
            self._turn[place] = turns[one.addon_of] if one.addon_of else 0
            turns[one.addon_of] += 1

    def prices(self, discount: Discount) -> Prices:
        """What a discount makes of it."""
        counting = [place for place, one in self._things.items() if self._counts(one, discount)]
        gaining = counting
        if not discount.same_items:
            gaining = [place for place, one in self._things.items() if _gains(one, discount)]
        match discount.per_date:
            case "same":
                groups = self._by_date(counting, gaining)
            case "distinct":
                groups = self._of_different_dates(counting, discount)
            case _:
                groups = [(counting, gaining)]
        prices: Prices = {}
        for some, those in groups:
            prices |= self._of_group(some, those, discount)
        return prices

    def _counts(self, one: Thing, discount: Discount) -> bool:
        if one.addon_of and not discount.addons_too:
            return False
        if one.by_voucher and discount.ignore_vouchers:
            return False
        if not self._is_in_time(one.subevent, discount):
            return False
        return discount.all_items or one.item in discount.items

    def _is_in_time(self, subevent: int | None, discount: Discount) -> bool:
        date = self._catalog.subevents.get(subevent) if subevent is not None else None
        if date is None or date.date_from is None:
            return True
        if discount.dates_from is not None and date.date_from < discount.dates_from:
            return False
        return discount.dates_until is None or date.date_from <= discount.dates_until

    def _of_group(self, counting: Sequence[int], gaining: Sequence[int], discount: Discount) -> Prices:
        if discount.min_value:
            if sum(self._things[place].price for place in counting) < discount.min_value:
                return {}
            return {place: self._reduced(place, discount) for place in gaining}
        least = max(discount.min_count, 1)
        if len(counting) < least:
            return {}
        if discount.cheapest_only:
            counting, gaining = (
                sorted(counting, key=self._cheapest_last_first),
                sorted(gaining, key=self._cheapest_last_first),
            )
            # As often as it is earned, and no more often than there is something to make cheaper.
            times = min(len(counting) // least, -(-len(gaining) // discount.cheapest_only))
            counting, gaining = counting[: times * least], gaining[: times * discount.cheapest_only]
        unchanged = {place: self._things[place].price for place in counting}
        return unchanged | {place: self._reduced(place, discount) for place in gaining}

    def _reduced(self, place: int, discount: Discount) -> int:
        return divided(self._things[place].price * (10_000 - discount.percent), 10_000)

    def _cheapest_last_first(self, place: int) -> tuple[int, int, int]:
        """Of those that cost the same: evenly from each ticket's add-ons, and what came last before what came first."""
        return self._things[place].price, self._turn[place], -place

    def _cheapest(self, place: int) -> tuple[int, int]:
        return self._things[place].price, self._turn[place]

    # Dates

    def _by_date(self, counting: Iterable[int], gaining: Sequence[int]) -> list[tuple[list[int], list[int]]]:
        """The units of each date by themselves. What has no date counts, and gains nothing."""
        by_date: dict[int, list[int]] = defaultdict(list)
        for place in counting:
            by_date[self._things[place].subevent or 0].append(place)
        return [
            (some, [place for place in gaining if self._things[place].subevent == date])
            for date, some in sorted(by_date.items())
        ]

    def _of_different_dates(self, counting: Sequence[int], discount: Discount) -> list[tuple[list[int], list[int]]]:
        """As many groups of units with different dates as can be made, and what is left over spread among them."""
        left: dict[int | None, list[int]] = defaultdict(list)
        for place, one in self._things.items():
            left[one.subevent].append(place)
        for some in left.values():
            some.sort(key=self._cheapest)
        dates = sorted(left, key=lambda date: len(left[date]), reverse=True)
        wanted = frozenset(counting)
        groups: list[list[int]] = []
        while (group := self._next_group(left, wanted, discount)) is not None:
            groups.append(group)
            for place in group:
                left[self._things[place].subevent].remove(place)
        for date in dates:
            for group in groups:
                if left[date] and date not in self._dates(group):
                    group.append(left[date].pop())
        return [(some, some) for some in ([place for place in group if place in wanted] for group in groups)]

    def _next_group(
        self, left: Mapping[int | None, Sequence[int]], wanted: frozenset[int], discount: Discount
    ) -> list[int] | None:
        """One group: first the cheap ones that will cost less, then dear ones, each of another date.

        They are taken from dates of which as many are left as of the first one that is open.
        """
        group: list[int] = []
        while len(group) < max(discount.min_count, 1):
            taken = self._dates(group)
            candidates: list[int] = []
            many = 0
            for date, some in left.items():
                open_ones = [place for place in some if place in wanted and place not in group]
                if date in taken or (many and len(open_ones) != many):
                    continue
                candidates += open_ones
                many = len(open_ones)
            if not candidates:
                return None
            candidates.sort(key=self._cheapest)
            group.append(candidates[0] if len(group) < (discount.cheapest_only or 0) else candidates[-1])
        return group

    def _dates(self, group: Iterable[int]) -> set[int | None]:
        return {self._things[place].subevent for place in group}


def _gains(one: Thing, discount: Discount) -> bool:
    """Whether a unit can cost less by a discount that needs other ones to be bought."""
    if one.addon_of and not discount.gains_of_addons:
        return False
    if one.by_voucher and not discount.gains_beside_vouchers:
        return False
    return one.item in discount.other_items
