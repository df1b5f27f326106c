"""pretix's words for what an event sells, read into our nouns.

One struct a kind, as in `pretix_event`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from boxoffice.domain import catalog
from boxoffice.domain.catalog import AddOnRule, Bundle, Category, Discount, Quota, TaxRule, Variation

from .pretix import Text, localised, money, noun_of

CHANNEL = "web"
"""The sales channel in which the server counts what a device sells."""


class CategoryRow(msgspec.Struct):
    """A shelf of items."""

    id: int
    name: Text = None
    position: int = 0
    is_addon: bool = False

    def noun(self, event: str, _places: int) -> Category:
        """As our noun."""
        return noun_of(self, Category, event=event, name=localised(self.name))


class TaxRuleRow(msgspec.Struct):
    """A tax rule."""

    id: int
    name: Text = None
    rate: Decimal = Decimal(0)
    code: str | None = None
    default: bool = False
    price_includes_tax: bool = True

    def noun(self, event: str, _places: int) -> TaxRule:
        """As our noun; the rate in basis points."""
        return noun_of(
            self, TaxRule, event=event, name=localised(self.name), rate=round(self.rate * 100), code=self.code or ""
        )


class _VariationRow(msgspec.Struct):
    id: int
    value: Text = None
    default_price: Decimal | None = None
    active: bool = True
    position: int = 0
    available_from: datetime | None = None
    available_until: datetime | None = None
    checkin_attention: bool = False
    checkin_text: str | None = None
    meta_data: Mapping[str, Any] = {}
    require_membership: bool = False
    require_membership_types: list[int] = []

    def part(self, places: int) -> Variation:
        return noun_of(
            self,
            Variation,
            value=localised(self.value),
            price=None if self.default_price is None else money(self.default_price, places),
            membership_types=tuple(self.require_membership_types),
            checkin_text=self.checkin_text or None,
            codes=_codes_in(self.meta_data),
        )


def _codes_in(meta_data: Mapping[str, Any]) -> tuple[str, ...]:
    """Article numbers, which the server has no field of its own for: organisers keep them under one of these names."""
    found = (str(value) for name, value in meta_data.items() if name.casefold() in ("ean", "gtin", "barcode", "sku"))
    return tuple(code for code in found if code)


class _AddOnRow(msgspec.Struct):
    addon_category: int
    min_count: int = 0
    max_count: int = 1
    price_included: bool = False
    multi_allowed: bool = False


class _BundleRow(msgspec.Struct):
    bundled_item: int
    bundled_variation: int | None = None
    count: int = 1
    designated_price: Decimal | None = None


class ItemRow(msgspec.Struct):
    """Something for sale."""

    id: int
    name: Text = None
    internal_name: str | None = None
    category: int | None = None
    default_price: Decimal | None = None
    free_price: bool = False
    tax_rule: int | None = None
    active: bool = True
    admission: bool = False
    personalized: bool = True
    position: int = 0
    variations: list[_VariationRow] = []
    addons: list[_AddOnRow] = []
    bundles: list[_BundleRow] = []
    available_from: datetime | None = None
    available_until: datetime | None = None
    min_per_order: int | None = None
    max_per_order: int | None = None
    require_voucher: bool = False
    require_membership: bool = False
    require_membership_types: list[int] = []
    require_approval: bool = False
    checkin_attention: bool = False
    checkin_text: str | None = None
    meta_data: Mapping[str, Any] = {}
    picture: str | None = None

    def noun(self, event: str, places: int) -> catalog.Item:
        """As our noun."""
        return noun_of(
            self,
            catalog.Item,
            event=event,
            name=localised(self.name),
            internal_name=self.internal_name or "",
            price=money(self.default_price, places),
            membership_types=tuple(self.require_membership_types),
            variations=tuple(one.part(places) for one in self.variations),
            addons=tuple(noun_of(one, AddOnRule, category=one.addon_category) for one in self.addons),
            bundles=tuple(
                Bundle(
                    item=one.bundled_item,
                    variation=one.bundled_variation,
                    count=one.count,
                    price=money(one.designated_price, places),
                )
                for one in self.bundles
            ),
            checkin_text=self.checkin_text or None,
            codes=_codes_in(self.meta_data),
            picture=self.picture or "",
        )


class QuotaRow(msgspec.Struct):
    """How many of some items there are."""

    id: int
    name: str = ""
    size: int | None = None
    items: list[int] = []
    variations: list[int] = []
    subevent: int | None = None
    closed: bool = False
    available_number: int | None = None

    def noun(self, event: str, _places: int) -> Quota:
        """As our noun."""
        return noun_of(self, Quota, event=event, available=self.available_number)


class DiscountRow(msgspec.Struct):
    """A price rule of the server's."""

    id: int
    internal_name: str = ""
    active: bool = True
    position: int = 0
    available_from: datetime | None = None
    available_until: datetime | None = None
    subevent_mode: str = ""
    condition_all_products: bool = True
    condition_limit_products: list[int] = []
    condition_apply_to_addons: bool = True
    condition_ignore_voucher_discounted: bool = False
    condition_min_count: int = 0
    condition_min_value: Decimal | None = None
    benefit_same_products: bool = True
    benefit_limit_products: list[int] = []
    benefit_discount_matching_percent: Decimal = Decimal(0)
    benefit_only_apply_to_cheapest_n_matches: int | None = None
    benefit_apply_to_addons: bool = True
    benefit_ignore_voucher_discounted: bool = False
    subevent_date_from: datetime | None = None
    subevent_date_until: datetime | None = None
    all_sales_channels: bool = True
    limit_sales_channels: list[str] = []

    def noun(self, event: str, places: int) -> Discount:
        """As our noun."""
        return noun_of(
            self,
            Discount,
            event=event,
            active=self.active and (self.all_sales_channels or CHANNEL in self.limit_sales_channels),
            name=self.internal_name,
            all_items=self.condition_all_products,
            items=tuple(self.condition_limit_products),
            min_count=self.condition_min_count,
            min_value=money(self.condition_min_value, places),
            percent=round(self.benefit_discount_matching_percent * 100),
            cheapest_only=self.benefit_only_apply_to_cheapest_n_matches,
            same_items=self.benefit_same_products,
            other_items=tuple(self.benefit_limit_products),
            addons_too=self.condition_apply_to_addons,
            ignore_vouchers=self.condition_ignore_voucher_discounted,
            gains_of_addons=self.benefit_apply_to_addons,
            gains_beside_vouchers=not self.benefit_ignore_voucher_discounted,
            dates_from=self.subevent_date_from,
            dates_until=self.subevent_date_until,
            per_date=self.subevent_mode,
        )
