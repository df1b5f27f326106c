"""Every kind of thing that a server tells its stations, by the one word that it has everywhere.

The words are used in the hub's feed, in files that `hub load` reads, and in the station's store.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgspec

from . import catalog
from .catalog import (
    BadgeLayout,
    Category,
    CheckInList,
    Discount,
    Event,
    EventSettings,
    Item,
    Question,
    Quota,
    SubEvent,
    TaxRule,
)
from .checkins import CheckIn, HandOut, Objection, Settlement
from .designs import Design
from .gift_cards import GiftCard
from .held import HeldCart
from .memberships import Membership
from .operators import Person
from .orders import Blocked, Medium, Order, Revoked
from .photos import Photo
from .printing import Printout
from .takings import Taking
from .vouchers import Voucher, plain_code

Noun = (
    Event
    | SubEvent
    | Category
    | TaxRule
    | Item
    | Quota
    | Question
    | CheckInList
    | Discount
    | BadgeLayout
    | EventSettings
    | Order
    | Blocked
    | Revoked
    | Medium
    | CheckIn
    | Settlement
    | HandOut
    | Printout
    | Objection
    | HeldCart
    | Design
    | Person
    | Photo
    | Taking
    | Voucher
    | GiftCard
    | Membership
)

KINDS: dict[str, type[Noun]] = {
    **catalog.KINDS,
    "order": Order,
    "blocked": Blocked,
    "revoked": Revoked,
    "medium": Medium,
    "checkin": CheckIn,
    "settlement": Settlement,
    "handout": HandOut,
    "printout": Printout,
    "objection": Objection,
    "held_cart": HeldCart,
    "design": Design,
    "person": Person,
    "photo": Photo,
    "taking": Taking,
    "voucher": Voucher,
    "gift_card": GiftCard,
    "membership": Membership,
}

_words = {noun: kind for kind, noun in KINDS.items()}

_NAMES: dict[type[Noun], Callable[[Any], str]] = {
    Event: attrgetter("slug"),
    EventSettings: attrgetter("event"),
    Order: attrgetter("code"),
    Blocked: attrgetter("secret"),
    Revoked: attrgetter("secret"),
    Medium: attrgetter("identifier"),
    CheckIn: attrgetter("nonce"),
    Settlement: attrgetter("conflict"),
    HandOut: attrgetter("operation"),
    Printout: attrgetter("operation"),
    Objection: attrgetter("operation"),
    Taking: attrgetter("operation"),
    Photo: attrgetter("ticket"),
    Voucher: lambda noun: plain_code(noun.code),
    GiftCard: lambda noun: plain_code(noun.code),
    Membership: lambda noun: plain_code(noun.number),
    Person: attrgetter("id"),
}
"""What names each of a kind; the others have a number."""


class Gone(msgspec.Struct, frozen=True):
    """A noun that the server no longer has."""

    kind: str
    event: str
    id: str


def kind_of(noun: Noun) -> str:
    """The one word for what this is."""
    return _words[type(noun)]


def event_of(noun: Noun) -> str:
    """The slug of the event that the noun belongs to."""
    return noun.slug if isinstance(noun, Event) else noun.event


def id_of(noun: Noun) -> str:
    """The noun's name within its kind and event."""
    return _NAMES.get(type(noun), _numbered)(noun)


def _numbered(noun: Any) -> str:
    return str(noun.id)
