"""Every kind of thing that a server tells its stations, by the one word that it has everywhere.

The words are used in the hub's feed, in files that `hub load` reads, and in the station's store.
"""

from __future__ import annotations

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
from .gift_cards import GiftCard
from .held import HeldCart
from .memberships import Membership
from .orders import Blocked, Medium, Order, Revoked
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
    "taking": Taking,
    "voucher": Voucher,
    "gift_card": GiftCard,
    "membership": Membership,
}

_words = {noun: kind for kind, noun in KINDS.items()}


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
    match noun:
        case Event():
            return noun.slug
        case EventSettings():
            return noun.event
        case Order():
            return noun.code
        case Blocked() | Revoked():
            return noun.secret
        case Medium():
            return noun.identifier
        case CheckIn():
            return noun.nonce
        case Settlement():
            return noun.conflict
        case HandOut() | Printout() | Objection() | Taking():
            return noun.operation
        case Voucher() | GiftCard():
            return plain_code(noun.code)
        case Membership():
            return plain_code(noun.number)
        case _:
            return str(noun.id)
