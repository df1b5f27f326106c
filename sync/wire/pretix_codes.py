"""pretix's words for vouchers and gift cards, read into our nouns.

Memberships are not among them: pretix keeps them with its customers, of whom it tells no device anything.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.money import exponent
from boxoffice.domain.vouchers import Mode, Voucher

from .pretix import money, noun_of
from .pretix_orders import MARK


class VoucherRow(msgspec.Struct):
    """A voucher."""

    id: int
    code: str
    max_usages: int = 1
    redeemed: int = 0
    min_usages: int | None = 1
    valid_until: datetime | None = None
    block_quota: bool = False
    allow_ignore_quota: bool = False
    price_mode: Mode = Mode.NONE
    value: Decimal | None = None
    item: int | None = None
    variation: int | None = None
    quota: int | None = None
    subevent: int | None = None
    seat: str | None = None
    tag: str | None = None
    all_addons_included: bool = False
    all_bundles_included: bool = False
    budget: Decimal | None = None
    budget_used: Decimal | None = None

    def noun(self, event: str, places: int) -> Voucher:
        """As our noun; a percentage in basis points. One without a value changes no price."""
        value = 0
        if self.value is not None:
            value = round(self.value * 100) if self.price_mode is Mode.PERCENT else money(self.value, places)
        return noun_of(
            self,
            Voucher,
            event=event,
            min_usages=self.min_usages or 1,
            mode=Mode.NONE if self.value is None else self.price_mode,
            value=value,
            ignore_quota=self.allow_ignore_quota,
            addons_included=self.all_addons_included,
            bundles_included=self.all_bundles_included,
            budget=None if self.budget is None else money(self.budget, places),
            budget_used=money(self.budget_used, places),
            tag=self.tag or "",
        )


class GiftCardRow(msgspec.Struct):
    """A gift card of the organiser, or of another one whose cards are accepted."""

    id: int
    secret: str
    currency: str
    value: Decimal = Decimal(0)
    testmode: bool = False
    expires: datetime | None = None
    conditions: str | None = None

    def noun(self, event: str, _places: int) -> GiftCard:
        """As our noun of this event. Its money is in a currency of its own."""
        return noun_of(
            self,
            GiftCard,
            event=event,
            code=self.secret,
            value=money(self.value, exponent(self.currency)),
            conditions=self.conditions or "",
            server_id=self.id,
        )


class TransactionRow(msgspec.Struct):
    """One change of what is on a card; its text ends with the act that it stands for."""

    value: Decimal = Decimal(0)
    text: str | None = None

    @property
    def operation(self) -> str:
        """The act of a station that it stands for; empty if it is none."""
        _, mark, operation = (self.text or "").rpartition(MARK)
        return operation if mark else ""
