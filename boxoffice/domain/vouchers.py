"""Vouchers: codes that make something cheaper, free, or possible to buy at all.

A voucher belongs to the server, which counts how often it was redeemed; a station adds what it redeemed itself
and holds for open carts. What is said to the customer when one cannot be used names the reason.
"""

from __future__ import annotations

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
    block_quota: bool = False
    """Tickets are kept back for it: it can be redeemed when everything else is sold out."""
    ignore_quota: bool = False
    tag: str = ""

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
    left = voucher.max_usages - voucher.redeemed - used_here
    if left <= 0:
        return Sentence("This voucher has been used, {number} of {most} times", _used(voucher, used_here))
    if left < wanted:
        return Sentence("This voucher can be used {left} more times", {"left": left})
    return None


def _used(voucher: Voucher, used_here: int) -> dict[str, object]:
    return {"number": voucher.redeemed + used_here, "most": voucher.max_usages}
