"""What an event consists of: dates, items, questions, quotas, check-in lists and what goes with them.

These are the server's nouns. A station never changes one; it reads them whole and judges by them.
Ids are the server's and are unique within one event. Times are `datetime` with a zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from .offering import PassTerms, PriceStep, SaleOnDate
from .words import Localised


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One event, or a series of dates if `has_subevents`."""

    slug: str
    name: Localised = {}
    currency: str = "EUR"
    timezone: str = "UTC"
    date_from: datetime | None = None
    date_to: datetime | None = None
    date_admission: datetime | None = None
    has_subevents: bool = False
    testmode: bool = False
    valid_keys: tuple[str, ...] = ()
    """Public keys of signed tickets (`pretix_sig1`): base64 of PEM, newest first."""


class SubEvent(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One date of a series."""

    id: int
    event: str
    name: Localised = {}
    date_from: datetime | None = None
    date_to: datetime | None = None
    date_admission: datetime | None = None
    active: bool = True
    item_prices: Mapping[str, int] = {}
    """Item id (as text) to the price on this date, where it is another one."""
    variation_prices: Mapping[str, int] = {}
    available_from: datetime | None = None
    """When the sale of this date begins."""
    available_until: datetime | None = None
    item_sales: Mapping[str, SaleOnDate] = {}
    """Item id (as text) to what is different about its sale on this date."""
    variation_sales: Mapping[str, SaleOnDate] = {}


class Category(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A shelf of items; one of add-ons if `is_addon`."""

    id: int
    event: str
    name: Localised = {}
    position: int = 0
    is_addon: bool = False


class TaxRule(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A tax rate in basis points (19 % is 1900)."""

    id: int
    event: str
    name: Localised = {}
    rate: int = 0
    code: str = ""
    default: bool = False
    price_includes_tax: bool = True


class Variation(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One kind of an item. A `price` of None means the item's own price (minor units)."""

    id: int
    value: Localised = {}
    price: int | None = None
    price_steps: tuple[PriceStep, ...] = ()
    active: bool = True
    position: int = 0
    available_from: datetime | None = None
    available_until: datetime | None = None
    checkin_attention: bool = False
    checkin_text: str | None = None
    codes: tuple[str, ...] = ()
    """What a shelf or a label says: an EAN, the house's own number."""
    require_membership: bool = False
    membership_types: tuple[int, ...] = ()
    """Those that will do; none are all."""


class AddOnRule(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Which add-ons of a category go with an item, and how many."""

    category: int
    min_count: int = 0
    max_count: int = 1
    price_included: bool = False
    multi_allowed: bool = False


class Bundle(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What always comes with an item; `price` is the share of the item's price that it stands for."""

    item: int
    variation: int | None = None
    count: int = 1
    price: int = 0


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something for sale: a ticket, an add-on, a T-shirt. Prices in minor units."""

    id: int
    event: str
    name: Localised = {}
    internal_name: str = ""
    category: int | None = None
    price: int = 0
    price_steps: tuple[PriceStep, ...] = ()
    """What it costs before, by time; the step that ends first comes first."""
    free_price: bool = False
    free_price_most: int | None = None
    """No more than this is taken where the price is free; None is no limit."""
    tax_rule: int | None = None
    active: bool = True
    admission: bool = True
    personalized: bool = True
    """Whether a ticket of it bears a name, where names are asked."""
    position: int = 0
    variations: tuple[Variation, ...] = ()
    addons: tuple[AddOnRule, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    available_from: datetime | None = None
    available_until: datetime | None = None
    min_per_order: int | None = None
    max_per_order: int | None = None
    require_voucher: bool = False
    require_membership: bool = False
    membership_types: tuple[int, ...] = ()
    """Those that will do; none are all."""
    require_approval: bool = False
    roles: tuple[str, ...] = ()
    """For whom it is: ids of roles in the event's settings; none means everybody."""
    pass_terms: PassTerms | None = None
    """What it lets its holder do, where it is a pass."""
    checkin_attention: bool = False
    checkin_text: str | None = None
    codes: tuple[str, ...] = ()
    """What a shelf or a label says: an EAN, the house's own number."""
    picture: str = ""
    """Where the server keeps it, as an address, or the picture itself as a `data:` address."""

    def variation(self, variation_id: int | None) -> Variation | None:
        """The variation with this id, if the item has it."""
        if variation_id is None:
            return None
        return next((one for one in self.variations if one.id == variation_id), None)


class Quota(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How many of some items there are; `size` None is no limit."""

    id: int
    event: str
    name: str = ""
    size: int | None = None
    door_allowance: int | None = None
    """How many of them the doors may sell at all; None is no limit but the size."""
    items: tuple[int, ...] = ()
    variations: tuple[int, ...] = ()
    subevent: int | None = None
    closed: bool = False
    available: int | None = None
    """How many the server had left when it was last asked; None is no limit, or not known."""


class QuestionType(StrEnum):
    """The server's letters for kinds of answers."""

    NUMBER = "N"
    TEXT = "S"
    LONG_TEXT = "T"
    YES_NO = "B"
    CHOICE = "C"
    CHOICES = "M"
    FILE = "F"
    DATE = "D"
    TIME = "H"
    DATETIME = "W"
    COUNTRY = "CC"
    PHONE = "TEL"


class Option(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing to choose in a question."""

    id: int
    identifier: str = ""
    answer: Localised = {}
    position: int = 0


class Question(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something to ask about a ticket. `dependency_values` hold option identifiers, or `true`/`false`."""

    id: int
    event: str
    question: Localised = {}
    type: QuestionType = QuestionType.TEXT
    required: bool = False
    items: tuple[int, ...] = ()
    options: tuple[Option, ...] = ()
    position: int = 0
    identifier: str = ""
    ask_during_checkin: bool = False
    show_during_checkin: bool = False
    dependency_question: int | None = None
    dependency_values: tuple[str, ...] = ()
    valid_number_min: str | None = None
    valid_number_max: str | None = None
    valid_date_min: str | None = None
    valid_date_max: str | None = None
    valid_datetime_min: str | None = None
    valid_datetime_max: str | None = None
    valid_string_length_max: int | None = None
    valid_file_portrait: bool = False
    """A face is wanted, three wide and four high, and no other file."""


class CheckInList(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who may enter where. One list judges one scan; a door may have one list per event."""

    id: int
    event: str
    name: str = ""
    all_items: bool = True
    items: tuple[int, ...] = ()
    subevent: int | None = None
    include_pending: bool = False
    allow_multiple_entries: bool = False
    allow_entry_after_exit: bool = True
    rules: dict[str, Any] = {}
    """JSON logic; empty lets everybody pass."""
    addon_match: bool = False
    exit_all_at: datetime | None = None
    """When everybody still inside is taken to have left."""
    ends_stay_on: tuple[int, ...] = ()
    """Lists of the same event on which an entry here ends the stay."""

    def covers(self, item_id: int) -> bool:
        """Whether tickets of this item are judged by this list at all."""
        return self.all_items or item_id in self.items


class Discount(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A price rule that the server applies by itself: from so many of some items on, some of them cost less."""

    id: int
    event: str
    name: str = ""
    active: bool = True
    position: int = 0
    available_from: datetime | None = None
    available_until: datetime | None = None
    all_items: bool = True
    items: tuple[int, ...] = ()
    min_count: int = 0
    min_value: int = 0
    """Minor units."""
    percent: int = 0
    """Off the price, in basis points."""
    cheapest_only: int | None = None
    """Only so many of the matching ones cost less; None is all of them."""
    same_items: bool = True
    """Whether the items that count are also those that cost less; if not, `other_items` do."""
    other_items: tuple[int, ...] = ()
    addons_too: bool = True
    ignore_vouchers: bool = False
    """What a voucher has made cheaper does not count."""
    gains_of_addons: bool = True
    """Whether add-ons among the `other_items` cost less too."""
    gains_beside_vouchers: bool = True
    """Whether those of the `other_items` cost less that a voucher has made cheaper."""
    dates_from: datetime | None = None
    """In a series: only dates from then on count."""
    dates_until: datetime | None = None
    per_date: str = ""
    """In a series: `mixed`, `same` or `distinct`."""


class BadgeLayout(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How a badge looks: elements with their places in millimetres, as the server's designer writes them."""

    id: int
    event: str
    name: str = ""
    default: bool = False
    items: tuple[int, ...] = ()
    elements: tuple[Mapping[str, Any], ...] = ()
    background: str = ""


class EventSettings(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the organiser has decided about languages and about what is asked of whom."""

    event: str
    locale: str = "en"
    locales: tuple[str, ...] = ()
    max_items_per_order: int | None = None
    asked: tuple[str, ...] = ()
    """What is asked for: `name`, `email`, `company`, `address`, `phone`, `invoice_address`."""
    required: tuple[str, ...] = ()
    name_fields: tuple[str, ...] = ()
    """The parts that a name has here, in order."""
    roles: Mapping[str, Localised] = {}
    """What somebody can be, such as a student or a member: id to name. Ticket types may be for some of them only."""


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """All nouns of one event, as one value that a rule can be given."""

    event: Event
    subevents: dict[int, SubEvent] = {}
    categories: dict[int, Category] = {}
    tax_rules: dict[int, TaxRule] = {}
    items: dict[int, Item] = {}
    quotas: dict[int, Quota] = {}
    questions: dict[int, Question] = {}
    lists: dict[int, CheckInList] = {}
    discounts: dict[int, Discount] = {}
    badge_layouts: dict[int, BadgeLayout] = {}
    settings: EventSettings | None = None

    def pass_terms(self, item_id: int) -> PassTerms | None:
        """On what terms a ticket for this item is a pass; None for what is none, or is not in the catalog."""
        item = self.items.get(item_id)
        return item.pass_terms if item is not None else None


KINDS: dict[str, type[Any]] = {
    "event": Event,
    "subevent": SubEvent,
    "category": Category,
    "tax_rule": TaxRule,
    "item": Item,
    "quota": Quota,
    "question": Question,
    "list": CheckInList,
    "discount": Discount,
    "badge_layout": BadgeLayout,
    "settings": EventSettings,
}
"""What makes up a catalog, by the one word that each kind has everywhere."""
