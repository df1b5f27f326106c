"""pretix's words for what an event is made of, read into our nouns.

One struct a kind, named after the server's own fields; only those are here that a check-in or a box office
asks for. Rows are read one by one, so the noun that makes no sense can be named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from boxoffice.domain import catalog
from boxoffice.domain.catalog import (
    AddOnRule,
    BadgeLayout,
    Bundle,
    Category,
    CheckInList,
    Discount,
    EventSettings,
    Option,
    Question,
    QuestionType,
    Quota,
    SubEvent,
    TaxRule,
    Variation,
)
from boxoffice.domain.offering import SaleOnDate
from boxoffice.domain.words import Localised

from .pretix import localised, money, noun_of

_Text = Localised | str | None
CHANNEL = "web"
"""The sales channel in which the server counts what a device sells."""


class EventRow(msgspec.Struct):
    """An event."""

    slug: str
    name: _Text = None
    currency: str = "EUR"
    timezone: str = "UTC"
    date_from: datetime | None = None
    date_to: datetime | None = None
    date_admission: datetime | None = None
    has_subevents: bool = False
    testmode: bool = False
    valid_keys: Mapping[str, list[str]] = {}

    def noun(self, _event: str, _places: int) -> catalog.Event:
        """As our noun."""
        return noun_of(
            self, catalog.Event, name=localised(self.name), valid_keys=tuple(self.valid_keys.get("pretix_sig1", ()))
        )


class SettingsRow(msgspec.Struct):
    """The settings that a device may see. `Any` because some are unset as null and some as an empty text."""

    locale: str = "en"
    locales: list[str] = []
    max_items_per_order: int | None = None
    attendee_names_asked: bool | None = None
    attendee_names_required: bool | None = None
    attendee_emails_asked: bool | None = None
    attendee_emails_required: bool | None = None
    attendee_company_asked: bool | None = None
    attendee_company_required: bool | None = None
    attendee_addresses_asked: bool | None = None
    attendee_addresses_required: bool | None = None
    order_phone_asked: bool | None = None
    order_phone_required: bool | None = None
    invoice_address_asked: bool | None = None
    invoice_address_required: bool | None = None
    name_scheme_fields: list[dict[str, Any]] = msgspec.field(name="_name_scheme_fields", default_factory=list)

    def noun(self, event: str, _places: int) -> EventSettings:
        """As our noun."""
        return noun_of(
            self,
            EventSettings,
            event=event,
            asked=self._those("asked"),
            required=self._those("required"),
            name_fields=tuple(str(part.get("key", "")) for part in self.name_scheme_fields),
        )

    def _those(self, how: str) -> tuple[str, ...]:
        return tuple(ours for ours, theirs in _ASKED.items() if getattr(self, f"{theirs}_{how}"))


_ASKED = {
    "name": "attendee_names",
    "email": "attendee_emails",
    "company": "attendee_company",
    "address": "attendee_addresses",
    "phone": "order_phone",
    "invoice_address": "invoice_address",
}


class _Override(msgspec.Struct):
    price: Decimal | None = None
    item: int | None = None
    variation: int | None = None
    disabled: bool = False
    available_from: datetime | None = None
    available_until: datetime | None = None

    @property
    def sale(self) -> SaleOnDate:
        """What is different about its sale on the date."""
        return noun_of(self, SaleOnDate)


class SubEventRow(msgspec.Struct):
    """One date of a series."""

    id: int
    name: _Text = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    date_admission: datetime | None = None
    active: bool = True
    presale_start: datetime | None = None
    presale_end: datetime | None = None
    item_price_overrides: list[_Override] = []
    variation_price_overrides: list[_Override] = []

    def noun(self, event: str, places: int) -> SubEvent:
        """As our noun."""
        return noun_of(
            self,
            SubEvent,
            event=event,
            name=localised(self.name),
            item_prices={
                str(one.item): money(one.price, places) for one in self.item_price_overrides if one.price is not None
            },
            variation_prices={
                str(one.variation): money(one.price, places)
                for one in self.variation_price_overrides
                if one.price is not None
            },
            available_from=self.presale_start,
            available_until=self.presale_end,
            item_sales={str(one.item): one.sale for one in self.item_price_overrides if one.sale != _PLAIN},
            variation_sales={
                str(one.variation): one.sale for one in self.variation_price_overrides if one.sale != _PLAIN
            },
        )


_PLAIN = SaleOnDate()


class CategoryRow(msgspec.Struct):
    """A shelf of items."""

    id: int
    name: _Text = None
    position: int = 0
    is_addon: bool = False

    def noun(self, event: str, _places: int) -> Category:
        """As our noun."""
        return noun_of(self, Category, event=event, name=localised(self.name))


class TaxRuleRow(msgspec.Struct):
    """A tax rule."""

    id: int
    name: _Text = None
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
    value: _Text = None
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
    name: _Text = None
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


class _OptionRow(msgspec.Struct):
    id: int
    identifier: str = ""
    answer: _Text = None
    position: int = 0


class QuestionRow(msgspec.Struct):
    """Something to ask about a ticket."""

    id: int
    question: _Text = None
    type: QuestionType = QuestionType.TEXT
    required: bool = False
    items: list[int] = []
    options: list[_OptionRow] = []
    position: int = 0
    identifier: str = ""
    ask_during_checkin: bool = False
    show_during_checkin: bool = False
    dependency_question: int | None = None
    dependency_values: list[str] = []
    valid_number_min: str | None = None
    valid_number_max: str | None = None
    valid_date_min: str | None = None
    valid_date_max: str | None = None
    valid_datetime_min: str | None = None
    valid_datetime_max: str | None = None
    valid_string_length_max: int | None = None
    valid_file_portrait: bool = False

    def noun(self, event: str, _places: int) -> Question:
        """As our noun."""
        return noun_of(
            self,
            Question,
            event=event,
            question=localised(self.question),
            options=tuple(noun_of(one, Option, answer=localised(one.answer)) for one in self.options),
        )


class CheckInListRow(msgspec.Struct):
    """Who may enter where."""

    id: int
    name: str = ""
    all_products: bool = True
    limit_products: list[int] = []
    subevent: int | None = None
    include_pending: bool = False
    allow_multiple_entries: bool = False
    allow_entry_after_exit: bool = True
    rules: dict[str, Any] | None = None
    addon_match: bool = False
    exit_all_at: datetime | None = None

    def noun(self, event: str, _places: int) -> CheckInList:
        """As our noun."""
        return noun_of(
            self,
            CheckInList,
            event=event,
            all_items=self.all_products,
            items=tuple(self.limit_products),
            rules=self.rules or {},
        )


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


class _AssignmentRow(msgspec.Struct):
    item: int


class BadgeLayoutRow(msgspec.Struct):
    """How a badge looks."""

    id: int
    name: str = ""
    default: bool = False
    layout: list[dict[str, Any]] = []
    background: str | None = None
    item_assignments: list[_AssignmentRow] = []

    def noun(self, event: str, _places: int) -> BadgeLayout:
        """As our noun."""
        return noun_of(
            self,
            BadgeLayout,
            event=event,
            items=tuple(one.item for one in self.item_assignments),
            elements=tuple(self.layout),
            background=self.background or "",
        )
