"""Gift cards: money that somebody has paid before, under a number that whoever holds it may spend.

A card is a voucher for several purposes: what it will buy, and so at which tax, is not known when it is sold. Selling
one is therefore no sale in the sense of tax and no revenue, but a debt to its holder; tax falls due when it is spent,
on what is bought with it. A card belongs to the server, which knows what is on it; a station lays over that what it
did itself and the server has not counted yet, and what is set aside for carts that are open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from .money import plain
from .tax import Rate
from .vouchers import plain_code
from .words import Sentence

SHOWN = 11
"""Characters of a number that stand on paper and in lists, and by which it is looked up; the rest is the key to it."""

HIDDEN = 5
"""Characters that are shown nowhere."""

OUTSIDE = Rate(name="Gift cards", outside=True)
"""What is loaded onto cards stands on a bill beside its tax rates, and is the base of none."""


class Why(StrEnum):
    """Why something on a card became more or less."""

    SOLD = "sold"
    TOPPED_UP = "topped_up"
    CHANGE = "change"
    """What would have been change in cash."""
    REFUNDED = "refunded"
    """Money for something that was given back."""
    UNDONE = "undone"
    """It had paid by mistake, and a correction puts it back."""
    CASHED_OUT = "cashed_out"
    """Its holder got what was on it in cash."""
    REDEEMED = "redeemed"


LOADS = frozenset({Why.SOLD, Why.TOPPED_UP, Why.CHANGE, Why.CASHED_OUT})
"""What stands on a bill as a line. What goes back onto a card, and what one pays, stands among the tenders."""

TITLES: dict[str, str] = {
    Why.SOLD: "Gift cards sold",
    Why.TOPPED_UP: "Gift cards topped up",
    Why.CHANGE: "Change put on gift cards",
    Why.REFUNDED: "Given back onto gift cards",
    Why.UNDONE: "Put back onto gift cards",
    Why.CASHED_OUT: "Gift cards cashed out",
    Why.REDEEMED: "Paid with gift cards",
}
"""What they are called in reports: English phrases that have a translation."""


ON_A_BILL: dict[str, str] = {
    Why.SOLD: "Gift card",
    Why.TOPPED_UP: "Gift card topped up",
    Why.CHANGE: "Change on a gift card",
    Why.CASHED_OUT: "Gift card cashed out",
}
"""What a load is called on the bill: English phrases that have a translation."""


class Transaction(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One change of what is on a card, as the server keeps it; `operation` names the act of a station."""

    operation: str
    amount: int
    at: datetime | None = None
    device: str = ""
    person: str = ""
    """Who was signed in there."""


class GiftCard(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One card. `value` is what the server says is on it, minor units of its own currency."""

    event: str
    code: str
    currency: str
    value: int = 0
    expires: datetime | None = None
    conditions: str = ""
    testmode: bool = False
    server_id: int | None = None
    transactions: tuple[Transaction, ...] = ()
    """The latest ones, where the server says so."""
    turned_away: tuple[Transaction, ...] = ()
    """What tills took that could not hear how little was left: the server has not booked it."""


class Load(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Something in a cart that is to be put on a card, minor units."""

    id: str
    code: str
    amount: int
    why: Why = Why.SOLD


def shown(code: str) -> str:
    """A number as other people may see it: without its end, however short it is."""
    told = min(SHOWN, len(code) - HIDDEN)
    return f"{code[: max(told, 0)]}…"


def name_of(code: str) -> str:
    """What a card is called in the journal: enough to tell its acts from others, too little to spend it."""
    import hashlib  # not for the first picture, for which the nouns are loaded

    return hashlib.sha256(plain_code(code).encode()).hexdigest()[:8]


def why_not(card: GiftCard | None, currency: str, now: datetime, left: int, wanted: int) -> Sentence | None:
    """Why a card does not pay so much now; None if it does. `left` is what is on it with our own doings laid over."""
    if card is None:
        return Sentence("No gift card has this number, as far as this station knows")
    if card.testmode:
        return Sentence("This gift card is for testing only")
    if card.currency != currency:
        return Sentence("This gift card is in {other}, the sale in {currency}", _both(card.currency, currency))
    if card.expires is not None and now > card.expires:
        return Sentence("This gift card was valid until {until}", {"until": card.expires})
    if left <= 0:
        return Sentence("There is nothing left on this gift card")
    if left < wanted:
        return Sentence("There are only {left} left on this gift card", {"left": plain(left, currency)})
    return None


def why_no_load(card: GiftCard | None, load: Load, currency: str, now: datetime) -> Sentence | None:
    """Why this cannot be put on a card; None if it can. A card that is sold must not be there yet."""
    if load.amount <= 0:
        return Sentence("Name an amount above nothing")
    if len(plain_code(load.code)) < SHORTEST:
        return Sentence("A gift card's number has at least {number} characters", {"number": SHORTEST})
    if load.why is Why.SOLD:
        return None if card is None else Sentence("There is a gift card of this number already: top it up instead")
    if load.why is Why.TOPPED_UP and card is None:
        return Sentence("No gift card has this number, as far as this station knows")
    if card is None:
        return None
    if card.testmode:
        return Sentence("This gift card is for testing only")
    if card.currency != currency:
        return Sentence("This gift card is in {other}, the sale in {currency}", _both(card.currency, currency))
    if card.expires is not None and now > card.expires and load.why is not Why.UNDONE:
        return Sentence("This gift card was valid until {until}", {"until": card.expires})
    return None


SHORTEST = 6
"""Characters of the shortest number that a card may have: shorter ones are tried out."""


def _both(other: str, currency: str) -> dict[str, object]:
    return {"other": other, "currency": currency}


def loaded(loads: Sequence[Load]) -> int:
    """What is put on cards, minor units."""
    return sum(one.amount for one in loads)
