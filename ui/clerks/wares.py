"""What can be sold, one tile each: the item, its kind, its price, and how many are left of it.

A code that is held to the till means one of them by its number or by the short name that the organiser gave it
for shelves and labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import visits
from boxoffice.domain.catalog import Catalog, Item, Variation
from boxoffice.domain.periods import offered
from boxoffice.domain.pricing import list_price
from boxoffice.domain.stock import covers


class Ware(msgspec.Struct, frozen=True):
    """One thing on a tile."""

    item: Item
    variation: Variation | None
    price: int


def of(catalog: Catalog, now: datetime, date: int | None = None) -> list[Ware]:
    """Everything on tiles, in the organiser's order; each variation is one. In a series, what one date has."""
    shelves = {one.id: one.position for one in catalog.categories.values()}
    apart = visits.only_with_pass(catalog)
    items = [one for one in catalog.items.values() if one.active and not one.require_voucher and one.id not in apart]
    items.sort(key=lambda one: (shelves.get(one.category or 0, -1), one.position, one.id))
    return [
        Ware(item, kind, list_price(catalog, item, kind.id if kind else None, date, now))
        for item in items
        for kind in _kinds(item)
        if offered(catalog, item, kind.id if kind else None, date)
    ]


def _kinds(item: Item) -> Sequence[Variation | None]:
    kinds = sorted((one for one in item.variations if one.active), key=lambda one: (one.position, one.id))
    return kinds or (None,)


def left_of(catalog: Catalog, ware: Ware, by_quota: Mapping[int, int], date: int | None = None) -> int | None:
    """How many are left of it, in a series on this date; None if nothing limits it."""
    return _left_on(catalog, ware.item.id, ware.variation.id if ware.variation else None, date, by_quota)


def left_on_date(catalog: Catalog, date: int, by_quota: Mapping[int, int]) -> int | None:
    """How many tickets are left for one date of a series, in the quotas that let in; None if nothing limits it."""
    limits = [
        by_quota.get(quota.id, 0)
        for quota in catalog.quotas.values()
        if quota.size is not None
        and quota.subevent == date
        and any(catalog.items[one].admission for one in quota.items if one in catalog.items)
    ]
    return sum(limits) if limits else None


def _left_on(
    catalog: Catalog, item: int, kind: int | None, date: int | None, by_quota: Mapping[int, int]
) -> int | None:
    limits = [
        0 if quota.closed else by_quota.get(quota.id, 0)
        for quota in catalog.quotas.values()
        if (quota.size is not None or quota.closed) and covers(quota, item, kind, date)
    ]
    return min(limits, default=None)


def meant_by(code: str, wares: Sequence[Ware]) -> Ware | None:
    """What a code on a shelf or a label stands for."""
    wanted = code.strip().casefold()
    return next((one for one in wares if wanted in {own.casefold() for own in _codes_of(one)}), None)


def _codes_of(ware: Ware) -> tuple[str, ...]:
    if ware.variation is not None:
        return ware.variation.codes
    return (*ware.item.codes, ware.item.internal_name, str(ware.item.id))
