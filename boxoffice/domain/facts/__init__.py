"""What a station did, as values that are written down once and never changed.

A fact's body goes into the journal's chain and to the server. It names tickets as people do
(`CODE-number`), never by a database id, and holds integers and texts only. What is personal (the code
as read, answers, notes) stands in `Private`, apart, so that it can be destroyed while the chain holds.
"""

from __future__ import annotations

from functools import cache

import msgspec

from .door import Admitted, DoorFact, HandedOut, RefusedEntry, Settled, Undone
from .orders import (
    Canceled,
    Edited,
    Exchanged,
    Extended,
    Line,
    OrderFact,
    Paid,
    Reactivated,
    Refunded,
    Sold,
    Swap,
    Withdrawn,
)
from .papers import Designed, PaperFact, Photographed, Printed
from .people import Permitted, StaffChanged, StaffFact
from .private import Change, Guest, Private
from .till import (
    BookFact,
    CardDayClosed,
    CardPaid,
    CartHeld,
    CartLetGo,
    CashMoved,
    DrawerCounted,
    DrawerOpened,
    GiftCardMoved,
    Receipted,
    ShiftClosed,
    ShiftOpened,
)

__all__ = (
    "Admitted",
    "Canceled",
    "CardDayClosed",
    "CardPaid",
    "CartHeld",
    "CartLetGo",
    "CashMoved",
    "Change",
    "Designed",
    "DrawerCounted",
    "DrawerOpened",
    "Edited",
    "Exchanged",
    "Extended",
    "Fact",
    "GiftCardMoved",
    "Guest",
    "HandedOut",
    "Line",
    "OrderFact",
    "Paid",
    "Permitted",
    "Photographed",
    "Printed",
    "Private",
    "Reactivated",
    "Receipted",
    "Refunded",
    "RefusedEntry",
    "Settled",
    "ShiftClosed",
    "ShiftOpened",
    "Sold",
    "StaffChanged",
    "Swap",
    "TillFact",
    "Undone",
    "Withdrawn",
    "kind_of",
    "order_of",
    "subject_of",
)

TillFact = BookFact | StaffFact
"""A server keeps them, and nothing follows from them there."""

Fact = DoorFact | OrderFact | TillFact | DrawerOpened | GiftCardMoved | CartHeld | CartLetGo | PaperFact


def kind_of(fact: Fact) -> str:
    """The fact's name in the journal and on the wire."""
    return _kind(type(fact))


@cache
def _kind(sort: type[msgspec.Struct]) -> str:
    return str(sort.__struct_config__.tag)  # The library makes this anew each time it is asked.


def subject_of(fact: Fact) -> str:
    """What the order of sending is kept for: facts about one ticket, or one order, go out in sequence."""
    if ticket := getattr(fact, "ticket", ""):
        return f"{fact.event}/{ticket}"
    if isinstance(fact, OrderFact):
        return f"{fact.event}/{fact.order}"
    if isinstance(fact, CartHeld | CartLetGo):
        return f"{fact.event}/cart:{fact.cart.replace('-', '')}"  # No dash: that would make it a ticket.
    if isinstance(fact, Designed):
        return f"{fact.event}/design:{fact.design.replace('-', '')}"
    return ""


def order_of(subject: str) -> str:
    """The order that a ticket's subject belongs to: what its facts wait for. Empty for anything but a ticket's."""
    order, dash, number = subject.rpartition("-")
    return order if dash and number.isdecimal() and "/" in order else ""
