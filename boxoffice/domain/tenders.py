"""How a bill is paid: by one means or several, to the unit, with change from cash alone.

Whatever is not cash counts for exactly what it says, and never for more than the bill. Cash takes what is left,
rounded where small coins are gone; only that part rounds, and what it rounds by is a line of its own. Money that
goes back is the same with the sign turned round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from .cash import rounded
from .documents import Tendered


class Means(StrEnum):
    """What a bill can be paid with. An event, or a station, may do without any of them."""

    CASH = "cash"
    CARD = "card"
    VOUCHER = "voucher"
    GIFT_CARD = "giftcard"
    WALLET = "wallet"
    """A QR wallet: a static code, and the reference that the customer shows."""
    TRANSFER = "transfer"
    AWAITED = "awaited"
    """A transfer that was promised: the order stays open until somebody has seen the money."""
    CHEQUE = "cheque"
    INVOICE = "invoice"
    """Pays later: the order stays unpaid."""
    FREE = "free"

    @property
    def pays_later(self) -> bool:
        """Whether no money has come yet."""
        return self in (Means.INVOICE, Means.AWAITED)


TITLES: Mapping[str, str] = {
    Means.CASH: "Cash",
    Means.CARD: "Card",
    Means.VOUCHER: "Voucher",
    Means.GIFT_CARD: "Gift card",
    Means.WALLET: "QR wallet",
    Means.TRANSFER: "Bank transfer",
    Means.AWAITED: "Bank transfer, awaited",
    Means.CHEQUE: "Cheque",
    Means.INVOICE: "Invoice, paid later",
    Means.FREE: "Free",
}
"""What they are called on paper and on the screen: English phrases that have a translation."""


class Offer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is handed over: of cash the notes, else what it is to pay. Negative where money goes back."""

    means: Means
    amount: int
    details: tuple[str, ...] = ()
    code: str = ""
    """The number of the gift card that pays, or gets it."""
    proof: str = ""
    """The digest of a picture that shows it: of a transfer slip."""


class Tendering(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Which means are taken, what customers are shown for some of them, and what an event wants of its drawers."""

    off: tuple[str, ...] = ()
    """What is not taken."""
    wallet_name: str = ""
    wallet_code: str = ""
    """What the static code of the QR wallet says; empty if there is none."""
    bank: tuple[str, ...] = ()
    """Lines for a transfer: whose account, its number, the bank."""
    cash_out: bool = False
    """Whether what is on a gift card may be paid out in cash."""
    blind: bool = False
    """Whether the drawer is counted before anybody is shown what should be in it."""

    def takes(self, means: Means) -> bool:
        """Whether it is taken. A promise of a transfer is one with the transfer."""
        return (Means.TRANSFER if means is Means.AWAITED else means) not in self.off

    def over(self, station: Tendering) -> Tendering:
        """What an event says, laid over what holds for the whole station: what either does without is off."""
        return Tendering(
            off=tuple(sorted({*self.off, *station.off})),
            wallet_name=self.wallet_name or station.wallet_name,
            wallet_code=self.wallet_code or station.wallet_code,
            bank=self.bank or station.bank,
            cash_out=self.cash_out or station.cash_out,
            blind=self.blind or station.blind,
        )


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A bill that is covered: the tenders come to `total + rounding`."""

    tendered: tuple[Tendered, ...]
    rounding: int = 0
    change: int = 0

    @property
    def later(self) -> int:
        """What has yet to come."""
        return sum(one.amount for one in self.tendered if Means(one.tender).pays_later)


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """A bill that is not covered yet, or offers that do not go with it."""

    due: int
    """What is still open; in cash, where cash is among the offers."""
    because: str = ""
    """Why the offers cannot stand, in a sentence; empty if it is only not enough."""


def settle(total: int, offers: Sequence[Offer], step: int = 1) -> Settled | Lacking:
    """What becomes of a bill with these offers. `step` is what cash is rounded to."""
    sign = -1 if total < 0 else 1
    for offer in offers:
        if offer.amount * sign < 0:
            return Lacking(due=total, because="Money cannot come and go on one bill.")
    others = [one for one in offers if one.means is not Means.CASH]
    cash = [one for one in offers if one.means is Means.CASH]
    rest = total - sum(one.amount for one in others)
    if rest * sign < 0:
        return Lacking(due=0, because="Only cash gives change: the other tenders come to more than the bill.")
    if not cash:
        return Lacking(due=rest) if rest else Settled(tendered=as_they_are(others))
    due = rounded(rest, step)
    given = sum(one.amount for one in cash)
    if given * sign < due * sign:
        return Lacking(due=due - given)
    if sign < 0 and given != due:
        return Lacking(due=due, because="No more goes back than the bill says.")
    paid = Tendered(
        tender=Means.CASH.value,
        amount=due,
        given=given,
        change=given - due,
        rounding=due - rest,
        details=tuple(detail for one in cash for detail in one.details),
    )
    return Settled(tendered=(*as_they_are(others), paid), rounding=due - rest, change=given - due)


def open_in_cash(total: int, offers: Sequence[Offer], step: int = 1) -> int:
    """What is left to pay, if it is paid in cash."""
    return rounded(total - sum(one.amount for one in offers), step)


def as_they_are(offers: Sequence[Offer]) -> tuple[Tendered, ...]:
    """The tenders that offers come to, where nothing is rounded and no change goes back."""
    return tuple(Tendered(tender=one.means.value, amount=one.amount, details=one.details) for one in offers)


def for_order(tendered: Sequence[Tendered], revenue: int) -> list[int]:
    """What of each tender counts towards the order; the rounding of cash is the till's own affair.

    What is more than the order costs is put on gift cards. Gift cards themselves, and what pays later, are for
    nothing but the order, so they come first.
    """
    amounts = [one.covers for one in tendered]
    if sum(amounts) <= revenue or revenue < 0:
        return amounts
    tenders = [Means(one.tender) for one in tendered]
    shares = [0] * len(amounts)
    rest = revenue
    for at in sorted(range(len(amounts)), key=lambda at: not _buys_orders_alone(tenders[at])):
        shares[at] = min(amounts[at], rest)
        rest -= shares[at]
    return shares


def _buys_orders_alone(means: Means) -> bool:
    return means in (Means.GIFT_CARD, Means.VOUCHER, Means.FREE) or means.pays_later
