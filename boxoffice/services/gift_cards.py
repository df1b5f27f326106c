"""Gift cards at the till: sold, topped up, paid with, and given money back onto.

What is on a card is what the server said last, with what this station did laid over it and what it has set aside for
open carts taken off. Offline that may be too much, if the card was spent elsewhere: then the server refuses the act,
it is parked, and a person asks the holder for the rest or tops the card up. A card is never paid for with another
one, nor on invoice: nobody would have paid for it then.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import gift_cards as rules
from boxoffice.domain.cart import Cart
from boxoffice.domain.documents import Tendered
from boxoffice.domain.facts import GiftCardMoved, Private
from boxoffice.domain.gift_cards import GiftCard, Load, Why
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import fact_of
from boxoffice.domain.money import plain
from boxoffice.domain.redeeming import Kind, Redemption, State
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.vouchers import plain_code
from boxoffice.domain.words import Sentence
from boxoffice.errors import BadInput, Refused
from boxoffice.storage import journal, redeeming
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import papers, print_setup, printing

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are taken for each other."""
_LENGTH = 16


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a card here and now, minor units of its currency."""

    code: str
    card: GiftCard | None
    left: int = 0
    """What it may pay: with what was done here, without what is set aside for carts."""
    unsent: int = 0
    """What of that the server does not know of yet."""
    expires: datetime | None = None
    currency: str = ""
    conditions: str = ""


def new_number() -> str:
    """A number for a new card, that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def balance(connection: Connection, event: str, code: str, currency: str, sale: str = "") -> Balance:
    """What is on a card; `sale` leaves out what that sale has set aside. A card that is not known has no `card`."""
    told = redeeming.card(connection, event, code)
    moved = redeeming.moved_here(connection, code, sale)
    if told is None and redeeming.was_loaded_here(connection, code) is not None:
        told = GiftCard(event=event, code=plain_code(code), currency=currency)  # The server has yet to hear of it.
    if told is None:
        return Balance(code=code, card=None)
    return Balance(
        code=told.code,
        card=told,
        left=told.value + moved,
        unsent=moved,
        expires=told.expires,
        currency=told.currency,
        conditions=told.conditions,
    )


# In the cart


def mind_loads(connection: Connection, cart: Cart, currency: str, now: datetime) -> None:
    """Whether everything in a cart can be put on its card. Raises `Refused` with the reason."""
    seen: set[str] = set()
    for load in cart.loads:
        because = why_no_load(connection, cart.event, load, currency, now)
        if because is None and load.why is Why.SOLD and plain_code(load.code) in seen:
            because = Sentence("This gift card is in the cart already")
        if because is not None:
            raise Refused("Nothing can be put on this gift card", str(because), "The cart is as it was.")
        seen.add(plain_code(load.code))


def why_no_load(connection: Connection, event: str, load: Load, currency: str, now: datetime) -> Sentence | None:
    """Why something cannot be put on a card; None if it can."""
    return rules.why_no_load(balance(connection, event, load.code, currency).card, load, currency, now)


# As a tender


def reserve(connection: Connection, cart: Cart, code: str, amount: int, currency: str, now: datetime) -> None:
    """Set something on a card aside for a cart, durably. Raises `Refused` for more than is on it."""
    mind(balance(connection, cart.event, code, currency, cart.id), currency, amount, now)
    _put_hold(connection, cart.id, cart.event, code, amount, now)


def release(connection: Connection, sale: str, now: datetime) -> None:
    """Nobody pays with cards any more: what was set aside for a sale is free again. Its vouchers stay held."""
    redeeming.abandon(connection, sale, now, Kind.GIFT_CARD)


def _put_hold(connection: Connection, operation: str, event: str, code: str, amount: int, now: datetime) -> None:
    redeeming.put(
        connection,
        Redemption(
            id=f"{operation}/{Kind.GIFT_CARD}/{plain_code(code)}",
            operation=operation,
            event=event,
            kind=Kind.GIFT_CARD,
            code=code,
            why=Why.REDEEMED,
            amount=-amount,
            state=State.HELD,
            at=now,
            changed_at=now,
        ),
    )


def vouched(
    connection: Connection,
    operation: str,
    event: str,
    currency: str,
    offers: Sequence[Offer],
    now: datetime,
    *,
    training: bool = False,
    back: Why = Why.REFUNDED,
) -> tuple[Offer, ...]:
    """The offers, with what will be left on each card; those that are no gift cards as they are.

    `back` is why a negative one goes onto its card. Raises `Refused` for a card that does not pay so much, `BadInput`
    where nobody said which card it is.
    """
    taken: dict[str, int] = {}
    done = []
    for offer in offers:
        if offer.means is not Means.GIFT_CARD or training:
            done.append(offer)
            continue
        if not plain_code(offer.code):
            raise BadInput("Which gift card?", "Nothing was done.", "Scan it, or type its number.")
        code = plain_code(offer.code)
        held = balance(connection, event, code, currency, operation)
        before = taken.get(code, 0)
        if offer.amount > 0:
            mind(msgspec.structs.replace(held, left=held.left - before), currency, offer.amount, now)
        elif offer.amount < 0:
            _mind_refund(held, offer, currency, now, back)
        taken[code] = before + offer.amount
        rest = plain(held.left - taken[code], currency)
        words = f"{rules.shown(code.upper())} {rest} {currency}"
        done.append(msgspec.structs.replace(offer, details=(*offer.details, words)))
    return tuple(done)


def mind(held: Balance, currency: str, amount: int, now: datetime) -> None:
    """Raises `Refused` where a card does not pay so much."""
    because = rules.why_not(held.card, currency, now, held.left, amount)
    if because is not None:
        raise Refused("This gift card does not pay so much", str(because), "Take less from it, or another tender.")


def _mind_refund(held: Balance, offer: Offer, currency: str, now: datetime, back: Why) -> None:
    load = Load(id="", code=offer.code, amount=-offer.amount, why=back)
    because = rules.why_no_load(held.card, load, currency, now)
    if because is not None:
        raise Refused("Nothing can be put on this gift card", str(because), "Take another card, or another tender.")


_NO_MONEY = (Means.GIFT_CARD.value, Means.VOUCHER.value, Means.FREE.value)


def mind_what_they_buy(tendered: Iterable[Tendered], revenue: int) -> None:
    """What is put on a card is paid for with money. Raises `Refused` where nobody would have paid for it."""
    elsewhere = sum(one.amount for one in tendered if one.tender in _NO_MONEY or Means(one.tender).pays_later)
    if elsewhere > max(revenue, 0):
        raise Refused(
            "A gift card is paid for with money",
            "Neither another gift card nor an invoice buys one, and none is given away.",
            "Take cash or a card for it.",
        )


# Booked


def book(
    connection: Connection,
    operation: str,
    event: str,
    currency: str,
    offers: Sequence[Offer],
    loads: Sequence[Load],
    receipt: int,
    order: str,
    now: datetime,
    back: Why = Why.REFUNDED,
) -> tuple[tuple[str, int], ...]:
    """Write down what a sale, payment or refund did to cards, in its transaction; why, and by how much, of each."""
    moves = [
        (back if offer.amount < 0 else Why.REDEEMED, offer.code, -offer.amount)
        for offer in offers
        if offer.means is Means.GIFT_CARD and offer.amount
    ]
    moves += [(load.why, load.code, load.amount) for load in loads]
    for place, (why, code, amount) in enumerate(moves):
        act = f"{operation}/giftcard/{place}"
        is_new = amount > 0 and balance(connection, event, code, currency).card is None
        fact = GiftCardMoved(
            event=event,
            at=micros(now),
            card=rules.name_of(code),
            amount=amount,
            currency=currency,
            why=why,
            receipt=str(receipt),
            order=order,
            new=is_new,
        )
        journal.append(connection, act, fact, Private(text=plain_code(code)))
        redeeming.put(
            connection,
            Redemption(
                id=act,
                operation=operation,
                act=act,
                event=event,
                kind=Kind.GIFT_CARD,
                code=code,
                why=why,
                amount=amount,
                state=State.LOADED if amount > 0 else State.REDEEMED,
                at=now,
                changed_at=now,
                receipt=receipt,
                order=order,
            ),
        )
    return tuple((why.value, amount) for why, _, amount in moves)


def hand_out(connection: Connection, shelf: Shelf, operation: str, now: datetime, operator: str = "") -> None:
    """Print the cards that came into being by a sale or a refund, where this station has a printer for them."""
    if print_setup.read(connection).route("voucher") is None:
        return
    for one in redeeming.of_operation(connection, operation):
        if one.state is not State.LOADED or not _is_new(connection, one.act):
            continue
        paper = papers.gift_card(connection, shelf, one.event, one.code.upper(), one.amount, now, operator)
        printing.enqueue(connection, paper, now, event=one.event, operator=operator)


def _is_new(connection: Connection, act: str) -> bool:
    body = journal.knows(connection, act)
    fact = fact_of(body) if body is not None else None
    return isinstance(fact, GiftCardMoved) and fact.new
