"""Vouchers: codes that make something cheaper, free, or possible to buy at all.

A voucher belongs to the server, which counts how often it was redeemed; a station adds what it redeemed itself
and holds for open carts. What is said to the customer when one cannot be used names the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from .catalog import Catalog
from .tax import divided
from .words import Sentence


class Mode(StrEnum):
    """What a voucher does to a price."""

    NONE = "none"
    SET = "set"
    SUBTRACT = "subtract"
    PERCENT = "percent"


class Use(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One time that a voucher was redeemed, by the act of a station."""

    operation: str
    at: datetime | None = None
    device: str = ""
    order: str = ""


class Voucher(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One code. It is for an item (or one variation), for all items of a quota, or for everything."""

    id: int
    event: str
    code: str
    max_usages: int = 1
    redeemed: int = 0
    """How often, as far as the server knows."""
    valid_until: datetime | None = None
    mode: Mode = Mode.NONE
    value: int = 0
    """Minor units; basis points with `percent`."""
    item: int | None = None
    variation: int | None = None
    quota: int | None = None
    subevent: int | None = None
    seat: str | None = None
    min_usages: int = 1
    """How often it is to be used when it is used first."""
    budget: int | None = None
    """What all of its discounts may come to, minor units."""
    budget_used: int = 0
    addons_included: bool = False
    """The add-ons of its ticket cost nothing."""
    bundles_included: bool = False
    """What comes with its ticket is in the voucher's price."""
    block_quota: bool = False
    """Tickets are kept back for it: it can be redeemed when everything else is sold out."""
    ignore_quota: bool = False
    tag: str = ""
    uses: tuple[Use, ...] = ()
    """The latest ones, where the server says so."""

    @property
    def has_room(self) -> bool:
        """Whether it can be used when everything is sold out."""
        return self.block_quota or self.ignore_quota

    @property
    def budget_left(self) -> int | None:
        """What its discounts may still come to; None for no limit."""
        return None if self.budget is None else max(0, self.budget - self.budget_used)

    def price(self, full: int) -> int:
        """What something costs with it; never less than nothing, never more than before."""
        match self.mode:
            case Mode.NONE:
                return full
            case Mode.SET:
                return min(full, self.value)
            case Mode.SUBTRACT:
                return max(0, full - self.value)
            case Mode.PERCENT:
                return max(0, divided(full * (10_000 - self.value), 10_000))

    def fits(self, catalog: Catalog, item: int, variation: int | None, subevent: int | None) -> bool:
        """Whether it is for this."""
        if self.subevent is not None and self.subevent != subevent:
            return False
        if self.item is not None:
            return item == self.item and self.variation in (None, variation)
        if self.quota is None:
            return True
        quota = catalog.quotas.get(self.quota)
        return quota is not None and item in quota.items and (variation is None or variation in quota.variations)


def same_code(one: str, other: str) -> bool:
    """Whether two texts are one code: people type them with blanks and in any case."""
    return plain_code(one) == plain_code(other)


def plain_code(text: str) -> str:
    """A code as it is kept for comparing."""
    return "".join(text.split()).casefold()


def why_not(voucher: Voucher | None, now: datetime, used_here: int = 0, wanted: int = 1) -> Sentence | None:
    """Why a voucher cannot be used so often now; None if it can. `used_here` the server does not know of yet."""
    if voucher is None:
        return Sentence("No voucher has this code, as far as this station knows")
    if voucher.valid_until is not None and now > voucher.valid_until:
        return Sentence("This voucher was valid until {until}", {"until": voucher.valid_until})
    if voucher.seat is not None:
        return Sentence("This voucher is for seat {seat}, which is sold on the web", {"seat": voucher.seat})
    if voucher.budget_left == 0:
        return Sentence("The budget of this voucher is used up")
    left = voucher.max_usages - voucher.redeemed - used_here
    if left <= 0:
        return Sentence("This voucher has been used, {number} of {most} times", _used(voucher, used_here))
    if left < wanted:
        return Sentence("This voucher can be used {left} more times", {"left": left})
    least = voucher.min_usages - voucher.redeemed - used_here
    if wanted < least:
        return Sentence("This voucher is for at least {number} in one sale", {"number": least})
    return None


def is_overused(voucher: Voucher) -> bool:
    """Whether it was used more often than it may be: two stations that heard of nobody had its last use."""
    return voucher.redeemed > voucher.max_usages


def _used(voucher: Voucher, used_here: int) -> dict[str, object]:
    return {"number": voucher.redeemed + used_here, "most": voucher.max_usages}


def kept_back(vouchers: Sequence[Voucher], catalog: Catalog, used: Mapping[str, int]) -> dict[int, int]:
    """How many tickets of each quota are kept back for vouchers that block them."""
    back: dict[int, int] = {}
    for one in vouchers:
        open_uses = max(0, one.max_usages - one.redeemed - used.get(plain_code(one.code), 0))
        for quota in catalog.quotas.values():
            if open_uses and _is_kept_in(one, quota.id, catalog):
                back[quota.id] = back.get(quota.id, 0) + open_uses
    return back


def _is_kept_in(voucher: Voucher, quota: int, catalog: Catalog) -> bool:
    held = catalog.quotas[quota]
    if voucher.subevent is not None and voucher.subevent != held.subevent:
        return False
    if voucher.quota is not None:
        return voucher.quota == quota
    if voucher.item is None or voucher.item not in held.items:
        return False
    return voucher.variation is None or voucher.variation in held.variations
