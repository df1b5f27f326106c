"""What is read of a pretix, how often, and what is left out of it: a table to look things up in.

Other doors' check-ins are asked for whenever the station looks at all. Orders follow within the time in which somebody
walks from the till to the door; each costs a whole page. What is left in a quota moves with each sale anywhere. The
rest is changed by organisers, who can wait; they make vouchers and gift cards by the thousand, fifty to a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from boxoffice.domain import catalog
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.vouchers import Voucher
from sync.wire import pretix as wire
from sync.wire import pretix_catalog as catalog_wire
from sync.wire import pretix_codes as codes_wire
from sync.wire import pretix_event as event_wire

ORDERS_EVERY = 10.0
"""Seconds between two looks at a kind; the same for those below."""
SECRETS_EVERY = 20.0
QUOTAS_EVERY = 30.0
CATALOG_EVERY = 60.0
CODES_EVERY = 120.0

NEEDED = ("event", "list", "orders")
"""Without these nobody can be let in."""

LEFT_OUT = (
    *("downloads", "url", "payment_date", "payment_provider", "plugin_data", "customer"),
    *("positions.downloads", "positions.plugin_data", "positions.attendee_name_parts"),
    *("positions.street", "positions.zipcode", "positions.city", "positions.country", "positions.state"),
)
"""Fields of orders that no station needs; the first one costs the server more than all others together."""


ORDERS = (
    ("page_size", str(wire.PAGE)),
    ("testmode", "false"),  # they can vanish without a trace
    ("include_canceled_positions", "true"),  # so that a ticket that was cancelled can be called so
    *(("exclude", field) for field in LEFT_OUT),
)
"""How orders are asked for, whichever of them."""


class Kind(msgspec.Struct, frozen=True):
    """A list of the catalogue that is read whole."""

    path: str
    row: type[Any]
    noun: type[msgspec.Struct]
    every: float = CATALOG_EVERY
    params: tuple[tuple[str, str], ...] = ()
    single: bool = False
    dated: bool = False
    """Whether the server answers 304. It says so of quotas too, which never do."""
    of_organizer: bool = False
    """Whether it is no event's own. Each event keeps what there is, as if it were."""


KINDS: Mapping[str, Kind] = {
    "event": Kind("", event_wire.EventRow, catalog.Event, single=True),
    "settings": Kind("settings/", event_wire.SettingsRow, catalog.EventSettings, single=True),
    "subevent": Kind("subevents/", event_wire.SubEventRow, catalog.SubEvent, dated=True),
    "category": Kind("categories/", catalog_wire.CategoryRow, catalog.Category, dated=True),
    "tax_rule": Kind("taxrules/", catalog_wire.TaxRuleRow, catalog.TaxRule, dated=True),
    "item": Kind("items/", catalog_wire.ItemRow, catalog.Item, dated=True),
    "quota": Kind(
        "quotas/", catalog_wire.QuotaRow, catalog.Quota, every=QUOTAS_EVERY, params=(("with_availability", "true"),)
    ),
    "question": Kind("questions/", event_wire.QuestionRow, catalog.Question, dated=True),
    "list": Kind(
        "checkinlists/",
        event_wire.CheckInListRow,
        catalog.CheckInList,
        params=(("exclude", "checkin_count"), ("exclude", "position_count")),
    ),
    "discount": Kind("discounts/", catalog_wire.DiscountRow, catalog.Discount, dated=True),
    "voucher": Kind(
        "vouchers/", codes_wire.VoucherRow, Voucher, every=CODES_EVERY, params=(("page_size", str(wire.PAGE)),)
    ),
    "gift_card": Kind(
        "giftcards/",
        codes_wire.GiftCardRow,
        GiftCard,
        every=CODES_EVERY,
        params=(("page_size", str(wire.PAGE)), ("testmode", "false"), ("include_accepted", "true")),
        of_organizer=True,
    ),
    "badge_layout": Kind("badgelayouts/", event_wire.BadgeLayoutRow, catalog.BadgeLayout),
}
