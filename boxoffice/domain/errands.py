"""What cards are charged, or given back to, for: kept with every movement, so that a crash in between loses no reason.

An errand says everything that is needed to write its receipt once the money has moved, and what beside cards is
handed over with it. Nothing of it is in force before that receipt.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from .tenders import Offer


class What(StrEnum):
    """What becomes of an errand when its money has moved."""

    PAYMENT = "payment"
    """Of an order that is open."""
    REFUND = "refund"
    VOID = "void"
    CORRECTION = "correction"
    EXCHANGE = "exchange"


class Wish(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one ticket is to become."""

    position: int
    item: int
    variation: int | None = None
    subevent: int | None = None
    price: int | None = None
    """Minor units with tax, where a person with permission set it; None is what the catalogue asks today."""
    role: str = ""
    """What the holder has shown to be."""


class Errand(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What cards are moved for, about an order that there is: enough to finish it after a crash."""

    operation: str
    event: str
    order: str
    """Empty for a receipt of gift cards alone."""
    what: What = What.PAYMENT
    reason: str = ""
    wished: tuple[tuple[int, int | None], ...] | None = None
    """Of a refund: the positions and how much of each; None for all that can go back."""
    keep_valid: bool = False
    receipt: int = 0
    """The receipt that is taken back, or put right."""
    amount: int | None = None
    """Of a correction: what it came to in truth, if that was another sum."""
    offers: tuple[Offer, ...] = ()
    """How it was paid in truth, or how the difference is: cards and all else."""
    changes: tuple[Wish, ...] = ()
    """What tickets are to become."""
    allowed: tuple[str, ...] = ()
    """The kinds of objections that were waved through."""
    may_oversell: bool = False

    @property
    def wishes(self) -> dict[int, int | None] | None:
        """The positions of a refund, as the refund wants them."""
        return None if self.wished is None else dict(self.wished)
