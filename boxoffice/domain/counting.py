"""What acts of stations make of vouchers and gift cards, at a server that counts them itself.

A voucher is counted by the tickets that were bought with it and are valid, whoever was first: its holder has gone. A
gift card holds money, so nothing is taken that is not there; the station that took it keeps the difference in view.
"""

from __future__ import annotations

import msgspec

from .gift_cards import GiftCard, Transaction
from .money import plain
from .orders import Order, Status
from .vouchers import Use, Voucher, plain_code

LATEST = 20
"""Uses and transactions that a noun carries: those of which a station may still have to hear."""

Uses = tuple[int, int]
"""How often a voucher is used, and what it takes off."""
NO_USE: Uses = (0, 0)


def uses_of(order: Order | None) -> dict[str, Uses]:
    """How often each voucher is used in an order, by plain code; what is cancelled does not count."""
    found: dict[str, Uses] = {}
    if order is None or order.status is Status.CANCELED:
        return found
    for one in order.positions:
        if one.voucher and not one.canceled:
            number, saved = found.get(plain_code(one.voucher), NO_USE)
            found[plain_code(one.voucher)] = (number + 1, saved + one.saved)
    return found


def recounted(voucher: Voucher, before: Uses, after: Uses, use: Use) -> Voucher:
    """The voucher after an order that used it so often before uses it so often now."""
    return msgspec.structs.replace(
        voucher,
        redeemed=max(0, voucher.redeemed + after[0] - before[0]),
        budget_used=max(0, voucher.budget_used + after[1] - before[1]),
        uses=(*voucher.uses, use)[-LATEST:] if after[0] > before[0] else voucher.uses,
    )


def moved(card: GiftCard, done: Transaction, currency: str) -> GiftCard | str:
    """The card after a transaction, or why it cannot be, with what to do. Doing it twice changes nothing."""
    if any(one.operation == done.operation for one in card.transactions):
        return card
    if card.currency != currency:
        return f"This gift card is in {card.currency}, the sale was in {currency}."
    if card.value + done.amount < 0:
        there, taken = plain(max(card.value, 0), currency), plain(-done.amount, currency)
        return (
            f"There were {there} {currency} left on this gift card, {taken} were taken from it."
            " Ask its holder for the rest and top it up, then send this again; or accept the loss."
        )
    return msgspec.structs.replace(
        card,
        value=card.value + done.amount,
        transactions=(*card.transactions, done)[-LATEST:],
        turned_away=tuple(one for one in card.turned_away if one.operation != done.operation),
    )


def turned_away(card: GiftCard, done: Transaction, currency: str) -> GiftCard:
    """The card after a transaction that cannot be; whoever took from it before is to hear that there was one more."""
    known = {one.operation for one in card.turned_away}
    if card.currency != currency or done.amount >= 0 or done.operation in known:
        return card
    return msgspec.structs.replace(card, turned_away=(*card.turned_away, done)[-LATEST:])
