"""pretix's words for an event itself, read into our nouns: its dates, what it asks, where it lets in, what it prints.

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
    BadgeLayout,
    CheckInList,
    EventSettings,
    Option,
    Question,
    QuestionType,
    SubEvent,
)
from boxoffice.domain.offering import SaleOnDate

from .pretix import Text, localised, money, noun_of


class EventRow(msgspec.Struct):
    """An event."""

    slug: str
    name: Text = None
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
    name: Text = None
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


class _OptionRow(msgspec.Struct):
    id: int
    identifier: str = ""
    answer: Text = None
    position: int = 0


class QuestionRow(msgspec.Struct):
    """Something to ask about a ticket."""

    id: int
    question: Text = None
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
