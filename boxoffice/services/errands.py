"""Cards and what there is already: charging one for an order, a difference or a correction, and giving back to one.

What each movement of money is for is kept with it, so that a crash between the terminal and the receipt leaves
something that can be finished. Money goes back by taking the payment back while the terminal's day is open, else as
a refund; never more than cards have paid, unless somebody permits it. What has to be charged is charged first: where
the card is refused, nothing has changed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.errands import Errand, What
from boxoffice.domain.payment import Attempt, Way
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput
from boxoffice.storage import payments, receipt_book
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import (
    card,
    card_terminals,
    charged,
    corrections,
    exchange,
    gift_cards,
    give_back,
    guard,
    pay,
    shifts,
    standing,
    voids,
)
from .deed import Deed
from .stock import Stock


def charge(
    connection: Connection,
    shelf: Shelf,
    errand: Errand,
    amount: int,
    terminal: str,
    now: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Attempt:
    """Write down that a card is to be charged for what is open of an order, beside what else the errand offers for it.

    Raises `Refused` for more than is open, while another card payment for it is not settled, without a shift, and for
    what its receipt would be refused for, and `NeedsPermission`.
    """
    guard.need(connection, Act.SELL, now, operator=operator, permits=permits, event=errand.event, about=errand.order)
    deed = Deed(
        operation=errand.operation,
        event=errand.event,
        order=errand.order,
        offers=(*errand.offers, Offer(means=Means.CARD, amount=amount)),
        now=now,
        operator=operator,
        permits=tuple(permits),
    )
    shift, order = pay.agreed(connection, shelf.now(connection), deed)
    gift_cards.vouched(connection, errand.operation, errand.event, shift.currency, errand.offers, now)
    payments.put_errand(connection, errand)
    wish = card.Wish(
        operation=errand.operation,
        event=errand.event,
        amount=amount,
        currency=shift.currency,
        terminal=card_terminals.terminal(connection, terminal).name,
        operator=operator,
    )
    return card.begin(connection, wish, order.total - order.paid, now)


class _Step(msgspec.Struct, frozen=True, kw_only=True):
    """The next movement of a card."""

    amount: int
    way: Way
    limit: int = 0
    """What may be moved this way in all."""
    back: Attempt | None = None
    """The payment that goes back, where it is known which."""


def advance(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    errand: Errand,
    terminal: str,
    now: datetime,
    operator: str = "",
    *,
    permits: Sequence[Permit] = (),
) -> Attempt | None:
    """Write down the next movement of a card for an errand; None once everything has moved.

    What goes back is the reversal of a payment of the terminal's running day where one fits in whole, else a refund, at
    `terminal` or where the payment was made. Raises `Refused` for what its receipt would be refused for, before any
    card is moved, `NeedsPermission`, and `BadInput` without a reason.
    """
    step = _next(connection, shelf, stock, errand, terminal, now)
    if step is None:
        return None
    if errand.order:
        card.mind_order(connection, errand.event, errand.order, errand.operation)
    if not payments.about(connection, errand.operation):
        _permit(connection, shelf, errand, now, operator, permits)
    payments.put_errand(connection, errand)
    if step.back is not None and charged.can_be_reversed(connection, step.back):
        return card.reverse(connection, step.back.id, errand.operation, now)
    at = terminal or (_where(connection, step.back) if step.back is not None else "")
    wish = card.Wish(
        operation=errand.operation,
        event=errand.event,
        amount=step.amount,
        currency=shifts.needed(connection).currency,
        terminal=card_terminals.terminal(connection, at).name,
        way=step.way,
        operator=operator,
    )
    return card.begin(connection, wish, step.limit, now)


def left(connection: Connection, shelf: Shelf, errand: Errand) -> int:
    """What has yet to go back to cards for a refund."""
    back = give_back.quote(connection, shelf, errand.event, errand.order, errand.wishes)
    return back.due - charged.gone_back(connection, errand.operation)


def _where(connection: Connection, one: Attempt) -> str:
    known = {terminal.name for terminal in (*card_terminals.terminals(connection), card_terminals.BY_HAND)}
    return one.terminal if one.terminal in known else ""


def _next(
    connection: Connection, shelf: Shelf, stock: Stock, errand: Errand, terminal: str, now: datetime
) -> _Step | None:
    shifts.needed(connection)
    match errand.what:
        case What.REFUND:
            return _next_of_refund(connection, shelf, errand)
        case What.VOID:
            before = voids.plan(connection, errand.receipt)
            return _send(connection, errand, charged.on_receipts(connection, before.numbers, errand.operation))
        case What.CORRECTION:
            cards = corrections.plan(connection, errand.receipt, errand.offers, errand.operation, errand.amount).cards
            at_ours = bool(terminal or card_terminals.terminals(connection))  # Else one that stands apart has done it.
            wanted = cards.charged if at_ours else ()
            return _charge(connection, errand, wanted) or _send(connection, errand, cards.sent_back)
        case What.EXCHANGE:
            exchange.check(connection, shelf, stock, errand, now)
            return _next_of_exchange(connection, errand)
        case What.PAYMENT:
            raise ValueError("What is open of an order is charged by name: `charge`")


def _charge(connection: Connection, errand: Errand, wanted: Sequence[int]) -> _Step | None:
    open_ = charged.still_to_charge(connection, wanted, errand.operation)
    return _Step(amount=open_[0], way=Way.CHARGE, limit=sum(wanted)) if open_ else None


def _send(connection: Connection, errand: Errand, wanted: Sequence[Attempt]) -> _Step | None:
    open_ = charged.still_to_send(connection, wanted, errand.operation)
    if not open_:
        return None
    limit = open_[0].amount + charged.refunded(connection, errand.operation)
    return _Step(amount=open_[0].amount, way=Way.REFUND, limit=limit, back=open_[0])


def _next_of_refund(connection: Connection, shelf: Shelf, errand: Errand) -> _Step | None:
    if not errand.reason.strip():
        raise BadInput("A reason is needed", "Nothing was given back.", "Say why the money goes back.")
    shifts.mind_event(shifts.needed(connection), errand.event)
    return _some_back(connection, errand, left(connection, shelf, errand))


def _next_of_exchange(connection: Connection, errand: Errand) -> _Step | None:
    by_card = [one.amount for one in errand.offers if one.means is Means.CARD and one.amount]
    if all(amount > 0 for amount in by_card):
        return _charge(connection, errand, by_card)
    return _some_back(connection, errand, -sum(by_card) - charged.gone_back(connection, errand.operation))


def _some_back(connection: Connection, errand: Errand, rest: int) -> _Step | None:
    """So much goes back to cards of an order: the payment that fits in whole, else a refund."""
    if rest <= 0:
        return None
    numbers = [one.number for one in receipt_book.receipts_of_order(connection, errand.event, errand.order)]
    paid = charged.on_receipts(connection, numbers, errand.operation)
    fits = next(
        (one for one in reversed(paid) if one.amount <= rest and charged.can_be_reversed(connection, one)), None
    )
    limit = rest + charged.refunded(connection, errand.operation)
    return _Step(amount=rest, way=Way.REFUND, limit=limit, back=fits)


def _permit(
    connection: Connection,
    shelf: Shelf,
    errand: Errand,
    now: datetime,
    operator: str,
    permits: Sequence[Permit],
) -> None:
    """Somebody stands by it, before the first card is moved."""
    if errand.what is What.CORRECTION:
        if not errand.reason.strip():
            raise BadInput("A reason is needed", "Nothing was corrected.", "Say what was wrong.")
        before = standing.standing(connection, errand.receipt)
        corrections.need(connection, before, errand.reason, now, operator, permits)
        return
    guard.need_all(
        connection,
        _guarded(connection, shelf, errand, now),
        now,
        operator=operator,
        permits=permits,
        reason=errand.reason,
        event=errand.event,
        about=errand.order,
    )


def _guarded(connection: Connection, shelf: Shelf, errand: Errand, now: datetime) -> tuple[Act, ...]:
    match errand.what:
        case What.VOID:
            return (Act.VOID,)
        case What.EXCHANGE:
            return exchange.guarded(connection, shelf, errand, now)
        case _:
            back = give_back.quote(connection, shelf, errand.event, errand.order, errand.wishes)
            return give_back.guarded(back.order, (Offer(means=Means.CARD, amount=-back.due),), back.due)


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an errand."""

    paid: pay.Payment | None = None
    given: give_back.GivenBack | None = None
    corrected: corrections.Corrected | None = None
    exchanged: exchange.Done | None = None


def finish(
    connection: Connection, shelf: Shelf, stock: Stock, operation: str, now: datetime, operator: str = ""
) -> Finished:
    """Write the receipt for what cards have moved, after a crash in between. Raises `Refused` if more is wanted."""
    errand = payments.errand(connection, operation)
    if errand is None:
        raise BadInput("Nothing is known of what this was for", "Nothing was done.", "Look at the card payment.")
    event, code, reason = errand.event, errand.order, errand.reason
    moved = charged.as_offers(connection, operation)
    match errand.what:
        case What.PAYMENT:
            return Finished(paid=pay.pay(connection, shelf, event, code, moved, now, operator, operation=operation))
        case What.REFUND:
            wished, keep = errand.wishes, errand.keep_valid
            back = give_back.give_back(
                connection, shelf, event, code, moved, reason, now, wished, operator,
                operation=operation, keep_valid=keep,
            )  # fmt: skip
            return Finished(given=back)
        case What.VOID:
            gone = voids.void(connection, shelf, errand.receipt, reason, now, operator, operation=operation)
            return Finished(given=gone)
        case What.CORRECTION:
            put = corrections.correct(
                connection, shelf, errand.receipt, errand.offers, reason, now, operator,
                amount=errand.amount, operation=operation,
            )  # fmt: skip
            return Finished(corrected=put)
        case What.EXCHANGE:
            return Finished(exchanged=_exchanged(connection, shelf, stock, errand, moved, now, operator))


def _exchanged(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    errand: Errand,
    moved: Sequence[Offer],
    now: datetime,
    operator: str,
) -> exchange.Done:
    others = [one for one in errand.offers if one.means is not Means.CARD]
    return exchange.exchange(
        connection,
        shelf,
        stock,
        errand.event,
        errand.order,
        errand.changes,
        [*others, *moved],
        errand.reason,
        now,
        operator,
        operation=errand.operation,
        allowed=errand.allowed,
        may_oversell=errand.may_oversell,
    )
