"""Which card payments stand behind receipts: what of them is still charged, and what has gone back since.

Whoever takes money back from a receipt, or says that it was paid in another way, has to know that: a card gets back
what it was charged, once, and what stays as it was is neither charged nor given back again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Kind
from boxoffice.storage import payments
from boxoffice.storage.connection import Connection

from . import card, card_terminals


def on_receipts(connection: Connection, numbers: Iterable[int], operation: str = "") -> list[Attempt]:
    """Charges that stand on these receipts and have not gone back, oldest first.

    What goes back for this `operation` right now is among them: it still has to be accounted for.
    """
    found = [one for number in numbers for one in payments.of_receipt(connection, number)]
    charges = [one for one in found if one.way is Way.CHARGE and (one.is_charged or _goes_back_for(one, operation))]
    for refund in (one for one in found if one.way is Way.REFUND and one.is_charged):
        gone = next((one for one in charges if one.amount == refund.amount), None)
        if gone is not None:
            charges.remove(gone)
    return charges


def _goes_back_for(one: Attempt, operation: str) -> bool:
    return bool(operation) and one.reversed_for == operation and one.back_receipt is None


def as_offers(connection: Connection, operation: str) -> tuple[Offer, ...]:
    """The cards by which money has moved for an operation and that stand on no receipt yet, as they are offered."""
    moved = payments.unreceipted(connection, operation)
    return tuple(Offer(means=Means.CARD, amount=card.signed(one, operation)) for one in moved)


def gone_back(connection: Connection, operation: str) -> int:
    """What has gone back to cards for an operation, and stands on no receipt yet."""
    return -sum(min(0, one.amount) for one in as_offers(connection, operation))


def refunded(connection: Connection, operation: str) -> int:
    """What of that went back other than by taking a payment back."""
    own = payments.of_operation(connection, operation)
    return sum(one.amount for one in own if one.is_stray and one.way is Way.REFUND)


def can_be_reversed(connection: Connection, attempt: Attempt) -> bool:
    """Whether its terminal may still have it: of this day, known by its number, and not turned down before."""
    if attempt.state is not State.CAPTURED:
        return False
    known = {one.name: one for one in (*card_terminals.terminals(connection), card_terminals.BY_HAND)}
    terminal = known.get(attempt.terminal)
    if terminal is None or (terminal.kind is Kind.ZVT and not attempt.evidence.receipt):
        return False
    day = payments.last_day(connection, attempt.terminal)
    return day is None or attempt.began_at > day.at


class Instead(msgspec.Struct, frozen=True, kw_only=True):
    """What cards have to do where a receipt was paid in another way than it says."""

    kept: tuple[Attempt, ...] = ()
    """Charged, and rightly so."""
    charged: tuple[int, ...] = ()
    """What cards have to be charged in all, those among it that were already."""
    sent_back: tuple[Attempt, ...] = ()
    """What has to go back, or has gone back, each as a whole."""


def instead(connection: Connection, numbers: Iterable[int], said: int, truth: Sequence[int], operation: str) -> Instead:
    """Compare what cards have paid with what they should have; `said` is what receipts say that cards paid.

    What no terminal is known to have charged was paid at one that stands apart: it stays or goes without a terminal.
    """
    stood = on_receipts(connection, numbers, operation)
    apart = said - sum(one.amount for one in stood)
    kept: list[Attempt] = []
    charged: list[int] = []
    for amount in truth:
        same = next((one for one in stood if one.amount == amount and one.is_charged and one not in kept), None)
        if same is not None:
            kept.append(same)
        elif 0 < amount <= apart:
            apart -= amount
        else:
            charged.append(amount)
    back = tuple(one for one in stood if one not in kept)
    return Instead(kept=tuple(kept), charged=tuple(charged), sent_back=back)


def still_to_send(connection: Connection, wanted: Sequence[Attempt], operation: str) -> list[Attempt]:
    """Those of these payments that have yet to go back."""
    refunds = [one.amount for one in payments.of_operation(connection, operation) if _is_refund(one)]
    left = []
    for one in wanted:
        if one.reversed_for == operation and one.state is State.REVERSED:
            continue
        if one.amount in refunds:
            refunds.remove(one.amount)
            continue
        left.append(one)
    return left


def _is_refund(one: Attempt) -> bool:
    return one.way is Way.REFUND and one.is_charged


def still_to_charge(connection: Connection, wanted: Sequence[int], operation: str) -> list[int]:
    """Those of these amounts that no card was charged yet."""
    left = list(wanted)
    for one in payments.of_operation(connection, operation):
        if one.way is Way.CHARGE and one.is_stray and one.amount in left:
            left.remove(one.amount)
    return left
