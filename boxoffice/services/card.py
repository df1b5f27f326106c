"""Card payments, step by step: each is written down in a transaction of its own before the thing that it announces.

Nothing here waits for a terminal; whoever speaks with it takes the steps. A sale gets its receipt only for cards
that were charged without doubt, and while there is a doubt its terminal and its sale wait for the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import payment, payment_steps
from boxoffice.domain.errands import Errand
from boxoffice.domain.facts import CardPaid, Private
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.payment_steps import Step
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.terminals import Evidence, Mark
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import journal, payments
from boxoffice.storage.connection import Connection

from . import card_terminals, guard
from .card_terminals import words


class Wish(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is to be taken from a card, or given back to it."""

    operation: str
    """The sale, payment or refund that it is for, under the name that this keeps for good."""
    event: str
    amount: int
    currency: str
    terminal: str
    way: Way = Way.CHARGE
    operator: str = ""


# One attempt


def begin(connection: Connection, wish: Wish, owed: int, now: datetime) -> Attempt:
    """Write an attempt down, before its terminal hears of it. `owed` is what is open for a card, at most.

    Raises `Refused` for more than is open, and while its sale or its terminal waits for the outcome of another one.
    """
    card_terminals.terminal(connection, wish.terminal)
    before = payments.of_operation(connection, wish.operation)
    waiting = next((one for one in before if one.is_open), None)
    if waiting is not None:
        raise Refused(
            "A card payment of this sale is not settled",
            words(waiting),
            "Find out first what became of it.",
        )
    card_terminals.mind(connection, wish.terminal)
    rest = owed - sum(one.amount for one in before if one.is_stray and one.way is wish.way)
    if not 0 < wish.amount <= rest:
        what = filled(
            "{rest} {currency} is open for a card.", rest=plain(max(rest, 0), wish.currency), currency=wish.currency
        )
        raise Refused("No card is charged more than is open", what, "Nothing was done. Name another amount.")
    new = Attempt(
        id=new_id(),
        operation=wish.operation,
        event=wish.event,
        amount=wish.amount,
        currency=wish.currency,
        terminal=wish.terminal,
        way=wish.way,
        operator=wish.operator,
        baseline=payments.mark(connection, wish.terminal),
        began_at=now,
        changed_at=now,
    )
    return _keep(connection, payment.after(new, payment_steps.Intended(), now))


def take(connection: Connection, attempt_id: str, step: Step, now: datetime) -> Attempt:
    """Take one step. Raises `payment.Illegal` if it cannot follow, `BadInput` if there is no such attempt."""
    before = known(connection, attempt_id)
    if isinstance(step, payment_steps.Compared):
        step = msgspec.structs.replace(step, mark=_believed(connection, before.terminal, step.mark))
    return _keep(connection, payment.after(before, step, now))


def _believed(connection: Connection, terminal: str, mark: Mark) -> Mark:
    """That a terminal has no payment is not believed where it has charged a card for us since its last end of day."""
    if mark.receipt or not mark.told or not mark.terminal_id:
        return mark
    day = payments.last_day(connection, terminal)
    before = payments.charged_at(connection, terminal, day.at if day else None)
    return msgspec.structs.replace(mark, told=not any(one.evidence.terminal_id == mark.terminal_id for one in before))


def known(connection: Connection, attempt_id: str) -> Attempt:
    """One attempt. Raises `BadInput` if there is none of that name."""
    found = payments.attempt(connection, attempt_id)
    if found is None:
        raise BadInput(
            filled("There is no card payment {attempt_id}", attempt_id=attempt_id),
            "Nothing was done.",
            "Look at the list of them.",
        )
    return found


class Seen(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a person has found at the terminal, and who says so."""

    charged: bool
    by: str
    reason: str
    receipt: int = 0
    """The terminal's own number of the payment, where it was charged."""
    approval: str = ""


def settle(
    connection: Connection, attempt_id: str, seen: Seen, now: datetime, permits: Sequence[Permit] = ()
) -> Attempt:
    """Say what became of an attempt, after looking. Raises `Refused` if nothing is in doubt, `BadInput` without why."""
    found = known(connection, attempt_id)
    if found.state not in payment.FOR_A_PERSON:
        raise Refused("There is nothing to settle", words(found), "Nothing was changed.")
    if not seen.by.strip() or not seen.reason.strip():
        raise BadInput("Who says so, and why?", "Nothing was changed.", "Look at the terminal's journal, then say it.")
    by = guard.need(
        connection,
        Act.SETTLE_CARD,
        now,
        operator=seen.by,
        permits=permits,
        reason=seen.reason,
        event=found.event,
        about=attempt_id,
    )
    evidence = None
    if seen.charged and found.state is not State.REVERSAL_UNKNOWN:
        evidence = msgspec.structs.replace(
            found.evidence,
            receipt=seen.receipt or found.evidence.receipt,
            approval=seen.approval.strip() or found.evidence.approval,
        )
    step = payment_steps.Settled(
        charged=seen.charged, by=by or seen.by.strip(), reason=seen.reason.strip(), evidence=evidence
    )
    return take(connection, attempt_id, step, now)


def give_up(
    connection: Connection,
    attempt_id: str,
    reason: str,
    now: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Attempt:
    """Write down that a charge without a receipt is about to be taken back: its sale did not happen.

    Raises `Refused` for what stands on a receipt or was not charged, `BadInput` without a reason, `NeedsPermission`.
    """
    found = known(connection, attempt_id)
    if found.is_open:
        raise Refused(
            "This payment is not settled yet", "Nothing was taken back.", "Find out first what became of that payment."
        )
    if found.receipt is None and not found.is_charged:
        raise Refused("The card was not charged", "Nothing was taken back.", "There is nothing to give back.")
    if not found.is_stray or found.way is Way.REFUND:
        raise Refused("This stands on a receipt", "Nothing was taken back.", "Refund its order.")
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was taken back.", "Say why the payment is taken back.")
    card_terminals.mind(connection, found.terminal)
    guard.need(
        connection,
        Act.TAKE_BACK_CARD,
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        event=found.event,
        about=attempt_id,
    )
    payments.put(connection, msgspec.structs.replace(found, reason=reason.strip()))
    return reverse(connection, attempt_id, "", now)


def reverse(connection: Connection, attempt_id: str, operation: str, now: datetime) -> Attempt:
    """Write down that a payment is about to be taken back, for a refund or for a sale that did not happen.

    Raises `Refused` for what was not charged, or while its terminal is taken.
    """
    found = known(connection, attempt_id)
    if not found.is_charged:
        raise Refused("There is nothing to take back", words(found), "Nothing was done.")
    card_terminals.mind(connection, found.terminal)
    return take(connection, attempt_id, payment_steps.ReversalSent(operation=operation), now)


def left_behind(connection: Connection, left: Collection[str], now: datetime) -> list[Attempt]:
    """Say of attempts that an earlier run has left, and that nobody works on any more, how they stand; those in doubt.

    They are named: what was begun since belongs to whoever works on it now.
    """
    for one in payments.open_ones(connection):
        if one.id not in left:
            continue
        if one.state in (State.NEW, State.INTENT):
            take(connection, one.id, payment_steps.NeverSent(because="The app ended before the amount left."), now)
        elif one.state is State.REVERSING:
            take(connection, one.id, payment_steps.ReversalLost(because="The app ended while it was taken back."), now)
        elif one.state in payment.RECOVERABLE and one.state is not State.UNKNOWN:
            take(connection, one.id, payment_steps.Lost(because="The app ended while the terminal was at work."), now)
    return [one for one in payments.doubtful(connection) if one.id in left]


def _keep(connection: Connection, attempt: Attempt) -> Attempt:
    payments.put(connection, attempt)
    if attempt.state is State.INTENT and attempt.baseline is not None:
        payments.put_mark(connection, attempt.terminal, attempt.baseline)
    if attempt.state in payment.ENDS:
        payments.put_mark(connection, attempt.terminal, _newest(attempt))
        journal.append(connection, _operation(attempt), _fact(attempt), _private(attempt))
    return attempt


def _newest(attempt: Attempt) -> Mark | None:
    """What the terminal's newest payment is now, where that is sure."""
    if attempt.state in (State.CANCELLED, State.NOT_CHARGED) and not attempt.settled_by:
        return attempt.baseline
    one = attempt.evidence
    if attempt.state is not State.CAPTURED or attempt.settled_by or not one.receipt:
        return None
    return Mark(receipt=one.receipt, trace=one.trace, terminal_id=one.terminal_id)


def _operation(attempt: Attempt) -> str:
    return f"{attempt.id}/{attempt.state}/{micros(attempt.changed_at)}"


def _fact(attempt: Attempt) -> CardPaid:
    goes_back = attempt.way is Way.REFUND or attempt.state in (State.REVERSED, State.REVERSAL_DECLINED)
    return CardPaid(
        event=attempt.event,
        at=micros(attempt.changed_at),
        attempt=attempt.id,
        operation=attempt.operation,
        terminal=attempt.terminal,
        outcome=attempt.state.value,
        amount=-attempt.amount if goes_back else attempt.amount,
        currency=attempt.currency,
        terminal_id=attempt.evidence.terminal_id,
        receipt=attempt.evidence.receipt,
        trace=attempt.evidence.trace,
        by_hand=bool(attempt.settled_by),
    )


def _private(attempt: Attempt) -> Private | None:
    note = ": ".join(part for part in (attempt.settled_by, attempt.reason) if part)
    return Private(note=note) if note else None


# Standing on a receipt


def vouched(connection: Connection, operation: str, offers: Sequence[Offer], *, training: bool) -> tuple[Offer, ...]:
    """The offers, with what the terminal said of each that is by card.

    Raises `Refused` if the cards that are offered are not exactly those that were charged for this operation, where
    this station has a terminal.
    """
    attempts = payments.about(connection, operation)
    moved = payments.unreceipted_of(attempts, operation)
    waiting = [one for one in attempts if one.is_open]
    if waiting:
        raise Refused("A card payment of this sale is not settled", words(waiting[0]), "Nothing was sold or lost.")
    if training or (not moved and not (_by_card(offers) and card_terminals.terminals(connection))):
        return tuple(offers)
    left = list(moved)
    answered = []
    for offer in offers:
        if offer.means is not Means.CARD:
            answered.append(offer)
            continue
        proof = next((one for one in left if signed(one, operation) == offer.amount), None)
        if proof is None and offer.amount < 0:
            hint = "Let the terminal take it back first."
            raise Refused("Nothing went back to the card yet", "Nothing was done.", hint)
        if proof is None:
            raise Refused("No card was charged for this", "Nothing was done.", "Let the terminal take it first.")
        left.remove(proof)
        answered.append(msgspec.structs.replace(offer, details=(*offer.details, *details(proof.evidence))))
    if left:
        raise Refused("A card was charged for this already", words(left[0]), "Count it in, or take it back first.")
    return tuple(answered)


def _by_card(offers: Sequence[Offer]) -> bool:
    return any(one.means is Means.CARD for one in offers)


def as_of(connection: Connection, operation: str, now: datetime) -> datetime:
    """The time whose prices and rules hold: when the first card was charged for this, else now.

    Whoever has paid what was asked then is not asked for more, or sent away, because a price step has ended meanwhile.
    """
    return min((one.began_at for one in payments.unreceipted(connection, operation)), default=now)


def signed(attempt: Attempt, operation: str) -> int:
    """What an attempt counts for in an operation: negative where the money goes back to the card."""
    goes_back = attempt.way is Way.REFUND or attempt.reversed_for == operation
    return -attempt.amount if goes_back else attempt.amount


def details(evidence: Evidence) -> tuple[str, ...]:
    """What a receipt says of a card."""
    card = " ".join(part for part in (evidence.card, evidence.pan) if part)
    numbers = " / ".join(part for part in (evidence.terminal_id, _padded(evidence), evidence.approval) if part)
    return tuple(part for part in (card, numbers) if part)


def _padded(evidence: Evidence) -> str:
    return f"{evidence.receipt:04d}" if evidence.receipt else ""


def stand_on(connection: Connection, operation: str, receipt: int) -> None:
    """The cards of an operation stand on this receipt. Belongs into the transaction that writes it."""
    for one in payments.unreceipted(connection, operation):
        if one.reversed_for == operation and one.state is State.REVERSED:
            payments.put(connection, msgspec.structs.replace(one, back_receipt=receipt))
        else:
            payments.put(connection, msgspec.structs.replace(one, receipt=receipt))


def unfinished(connection: Connection, event: str, order: str) -> Errand | None:
    """What is under way with cards for an order, and has no receipt yet: to be gone on with under its own name."""
    return next((one for one in payments.errands_of(connection, event, order) if _is_loose(connection, one)), None)


def _is_loose(connection: Connection, errand: Errand) -> bool:
    own = payments.about(connection, errand.operation)
    return any(one.is_open for one in own) or bool(payments.unreceipted(connection, errand.operation))


def mind_order(connection: Connection, event: str, order: str, operation: str) -> None:
    """Raises `Refused` while cards are moved for an order by another operation than this."""
    other = unfinished(connection, event, order)
    if other is not None and other.operation != operation:
        about = payments.about(connection, other.operation)
        what = words(about[-1]) if about else ""
        raise Refused("A card payment of this order is not finished", what, "Go on with it: card payments.")


def mind_sale(connection: Connection, operation: str) -> None:
    """Raises `Refused` if a sale cannot be let go, because a card was charged for it or may have been."""
    for one in payments.of_operation(connection, operation):
        if one.is_open or one.is_stray:
            raise Refused(
                "A card was charged for this sale",
                words(one),
                "Finish it, or take the payment back first.",
            )
