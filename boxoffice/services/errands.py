"""Cards and orders that there are: charging one for what is open, and giving money back to one, before the receipt.

What each movement of money is for is kept with it, so that a crash between the terminal and the receipt leaves
something that can be finished. Money goes back by taking the payment back while the terminal's day is open, else as
a refund; never more than cards have paid, unless somebody permits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.orders import Order, PaymentState
from boxoffice.domain.payment import Attempt, Kind, State, Way
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import BadInput, Refused
from boxoffice.storage import payments, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import card, give_back, guard, pay, shifts

Errand = payments.Errand


def charge(
    connection: Connection,
    errand: Errand,
    amount: int,
    terminal: str,
    now: datetime,
    operator: str = "",
) -> Attempt:
    """Write down that a card is to be charged for what is open of an order.

    Raises `Refused` for more than is open, while another card payment for it is not settled, or without a shift.
    """
    shift = shifts.needed(connection)
    order = pay.due(connection, errand.event, errand.order)
    card.mind_order(connection, errand.event, errand.order, errand.operation)
    payments.put_errand(connection, errand)
    wish = card.Wish(
        operation=errand.operation,
        event=errand.event,
        amount=amount,
        currency=shift.currency,
        terminal=card.terminal(connection, terminal).name,
        operator=operator,
    )
    return card.begin(connection, wish, order.total - order.paid, now)


def send_back(
    connection: Connection,
    shelf: Shelf,
    errand: Errand,
    terminal: str,
    now: datetime,
    operator: str = "",
    *,
    permits: Sequence[Permit] = (),
) -> Attempt:
    """Write down the next movement of a refund to a card; to be called again until `left` says 0.

    It is the reversal of a payment of the terminal's running day where one fits in whole, else a refund. Raises
    `Refused` for more than cards have paid unless permitted, `BadInput` without a reason.
    """
    if not errand.reason.strip():
        raise BadInput("A reason is needed", "Nothing was given back.", "Say why the money goes back.")
    shift = shifts.needed(connection)
    back = give_back.quote(connection, shelf, errand.event, errand.order, errand.wishes)
    rest = back.total - _moved(connection, errand.operation)
    if rest <= 0:
        raise Refused("This went back already", "Nothing was done.", "Finish the refund.")
    card.mind_order(connection, errand.event, errand.order, errand.operation)
    if not payments.about(connection, errand.operation):
        for act in _guarded(connection, back):
            guard.need(
                connection,
                act,
                now,
                operator=operator,
                permits=permits,
                reason=errand.reason,
                event=errand.event,
                about=errand.order,
            )
    payments.put_errand(connection, errand)
    paid = _paid_by(connection, back.order)
    fits = next((one for one in reversed(paid) if one.amount <= rest and _can_be_reversed(connection, one)), None)
    if fits is not None:
        return card.reverse(connection, fits.id, errand.operation, now)
    wish = card.Wish(
        operation=errand.operation,
        event=errand.event,
        amount=rest,
        currency=shift.currency,
        terminal=card.terminal(connection, terminal).name,
        way=Way.REFUND,
        operator=operator,
    )
    return card.begin(connection, wish, rest + _refunded(connection, errand.operation), now)


def _guarded(connection: Connection, back: give_back.Back) -> tuple[Act, ...]:
    """What it asks for: more, where more is to go back to cards than cards have paid."""
    acts = give_back.guarded(back.order, (Offer(means=Means.CARD, amount=-back.total),))
    confirmed = (one for one in back.order.payments if one.state is PaymentState.CONFIRMED)
    paid = sum(one.amount for one in confirmed if one.tender == Means.CARD.value)
    booked = till.receipts_of_order(connection, back.order.event, back.order.code)
    tenders = (tender for one in booked for tender in one.receipt.tenders if tender.tender == Means.CARD.value)
    gone = -sum(one.amount for one in tenders if one.amount < 0)
    return acts if Act.OTHER_TENDER in acts or back.total <= paid - gone else (*acts, Act.OTHER_TENDER)


def left(connection: Connection, shelf: Shelf, errand: Errand) -> int:
    """What has yet to go back to cards for a refund."""
    back = give_back.quote(connection, shelf, errand.event, errand.order, errand.wishes)
    return back.total - _moved(connection, errand.operation)


def offers(connection: Connection, operation: str) -> tuple[Offer, ...]:
    """The cards by which money has moved for an operation and that stand on no receipt yet, as they are offered."""
    moved = payments.unreceipted(connection, operation)
    return tuple(Offer(means=Means.CARD, amount=card.signed(one, operation)) for one in moved)


def _moved(connection: Connection, operation: str) -> int:
    return -sum(card.signed(one, operation) for one in payments.unreceipted(connection, operation))


def _refunded(connection: Connection, operation: str) -> int:
    own = payments.of_operation(connection, operation)
    return sum(one.amount for one in own if one.is_stray and one.way is Way.REFUND)


def _paid_by(connection: Connection, order: Order) -> list[Attempt]:
    """The card payments that stand on receipts of an order, oldest first."""
    numbers = [one.number for one in till.receipts_of_order(connection, order.event, order.code)]
    return [one for number in numbers for one in payments.of_receipt(connection, number) if one.way is Way.CHARGE]


def _can_be_reversed(connection: Connection, attempt: Attempt) -> bool:
    """Whether its terminal may still have it: of this day, known by its number, and not turned down before."""
    if attempt.state is not State.CAPTURED:
        return False
    known = {one.name: one for one in (*card.terminals(connection), card.BY_HAND)}
    terminal = known.get(attempt.terminal)
    if terminal is None or (terminal.kind is Kind.ZVT and not attempt.evidence.receipt):
        return False
    day = payments.last_day(connection, attempt.terminal)
    return day is None or attempt.began_at > day.at


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an errand: a payment, or a refund."""

    paid: pay.Payment | None = None
    given: give_back.GivenBack | None = None


def finish(connection: Connection, shelf: Shelf, operation: str, now: datetime, operator: str = "") -> Finished:
    """Write the receipt for what cards have moved, after a crash in between. Raises `Refused` if more is wanted."""
    errand = payments.errand(connection, operation)
    if errand is None:
        raise BadInput("Nothing is known of what this was for", "Nothing was done.", "Look at the card payment.")
    given = offers(connection, operation)
    if not errand.gives_back:
        one = pay.pay(connection, shelf, errand.event, errand.order, given, now, operator, operation=operation)
        return Finished(paid=one)
    back = give_back.give_back(
        connection,
        shelf,
        errand.event,
        errand.order,
        given,
        errand.reason,
        now,
        errand.wishes,
        operator,
        operation=operation,
        keep_valid=errand.keep_valid,
    )
    return Finished(given=back)
