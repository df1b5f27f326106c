"""A payment by card, as the steps that it takes and what is known at each of them.

Once the amount may have left, no news is bad news: the outcome is unknown until the terminal itself, or a person
who has looked, says what became of it. Nothing in here knows a device; each step is written down by whoever takes
it, before the thing happens that it announces.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from .payment_steps import (
    Aborted,
    Approved,
    Asked,
    Begun,
    Captured,
    Compared,
    Declined,
    Found,
    Intended,
    Judgement,
    Lost,
    NeverSent,
    NotCharged,
    Puzzled,
    ReversalDeclined,
    ReversalLost,
    ReversalSent,
    Reversed,
    Sent,
    Settled,
    Step,
)
from .terminals import Evidence, Last, Mark


class State(StrEnum):
    """How far an attempt has come."""

    NEW = "new"
    INTENT = "intent"
    """Written down; nothing was said to the terminal that could charge anybody."""
    SENT = "sent"
    """The amount is about to leave, or has left."""
    IN_PROGRESS = "in_progress"
    """The terminal has taken the order."""
    APPROVED = "approved"
    """The terminal says yes and waits for our word; it forgets the payment if that does not come."""
    CAPTURED = "captured"
    DECLINED = "declined"
    ABORTED = "aborted"
    CANCELLED = "cancelled"
    """Nothing that could charge anybody was ever said."""
    UNKNOWN = "unknown"
    RECOVERING = "recovering"
    NOT_CHARGED = "not_charged"
    NEEDS_HUMAN = "needs_human"
    REVERSING = "reversing"
    REVERSED = "reversed"
    REVERSAL_DECLINED = "reversal_declined"
    """It stays charged. The money can still go back as a refund, or the reversal be tried again."""
    REVERSAL_UNKNOWN = "reversal_unknown"


CHARGED = frozenset({State.CAPTURED, State.REVERSAL_DECLINED})
"""The money is ours (or, of a refund, the customer's), without doubt."""
DOUBTFUL = frozenset(
    {
        *(State.SENT, State.IN_PROGRESS, State.APPROVED, State.UNKNOWN, State.RECOVERING, State.NEEDS_HUMAN),
        *(State.REVERSING, State.REVERSAL_UNKNOWN),
    }
)
"""Money may have moved, and nobody can say so yet."""
OPEN = DOUBTFUL | {State.NEW, State.INTENT}
"""Something is still to come."""
RECOVERABLE = frozenset({State.SENT, State.IN_PROGRESS, State.APPROVED, State.UNKNOWN, State.RECOVERING})
"""The terminal can be asked what became of it."""
FOR_A_PERSON = frozenset({State.UNKNOWN, State.NEEDS_HUMAN, State.REVERSAL_UNKNOWN})
"""A person who has looked may say what became of it."""


ENDS = frozenset(
    {
        *(State.CAPTURED, State.DECLINED, State.ABORTED, State.CANCELLED, State.NOT_CHARGED),
        *(State.REVERSED, State.REVERSAL_DECLINED),
    }
)
"""How an attempt can end; each of these stands in the journal."""


class Way(StrEnum):
    """Which way the money goes."""

    CHARGE = "charge"
    REFUND = "refund"


_UNDER_WAY = frozenset({State.SENT, State.IN_PROGRESS})
_NO_NEWS = _UNDER_WAY | {State.APPROVED, State.RECOVERING, State.UNKNOWN}
_LEADS: Mapping[type[Step], tuple[frozenset[State], State]] = {
    Intended: (frozenset({State.NEW}), State.INTENT),
    Compared: (frozenset({State.INTENT}), State.INTENT),
    Sent: (frozenset({State.INTENT}), State.SENT),
    Begun: (frozenset({State.SENT}), State.IN_PROGRESS),
    Approved: (_UNDER_WAY, State.APPROVED),
    Captured: (frozenset({State.APPROVED}), State.CAPTURED),
    Declined: (_UNDER_WAY, State.DECLINED),
    Aborted: (_UNDER_WAY, State.ABORTED),
    NeverSent: (frozenset({State.NEW, State.INTENT}), State.CANCELLED),
    Lost: (_NO_NEWS, State.UNKNOWN),
    Asked: (frozenset({State.UNKNOWN}), State.RECOVERING),
    Found: (frozenset({State.RECOVERING}), State.CAPTURED),
    NotCharged: (frozenset({State.RECOVERING}), State.NOT_CHARGED),
    Puzzled: (frozenset({State.RECOVERING}), State.NEEDS_HUMAN),
    ReversalSent: (CHARGED, State.REVERSING),
    Reversed: (frozenset({State.REVERSING}), State.REVERSED),
    ReversalDeclined: (frozenset({State.REVERSING}), State.REVERSAL_DECLINED),
    ReversalLost: (frozenset({State.REVERSING}), State.REVERSAL_UNKNOWN),
}


class Illegal(ValueError):
    """A step that cannot follow on what went before: a mistake of ours, never of a person or a terminal."""


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One try to charge a card, or to give money back to one. Amounts are minor units and positive either way."""

    id: str
    operation: str
    """The sale, payment or refund that it is for."""
    event: str
    amount: int
    currency: str
    terminal: str
    """What this station calls the terminal."""
    way: Way = Way.CHARGE
    operator: str = ""
    state: State = State.NEW
    baseline: Mark | None = None
    """The terminal's newest payment before this one; None while it is not known."""
    evidence: Evidence = Evidence()
    code: str = ""
    """The terminal's number for why it said no."""
    because: str = ""
    """Why it stands as it does."""
    settled_by: str = ""
    reason: str = ""
    """What the person had seen who settled it."""
    began_at: datetime
    sent_at: datetime | None = None
    changed_at: datetime
    receipt: int | None = None
    """The receipt of this till that it stands on."""
    reversed_for: str = ""
    """The refund that it was taken back for."""
    back_receipt: int | None = None
    """The slip of this till that says so."""

    @property
    def is_charged(self) -> bool:
        """Whether the money has moved, without doubt."""
        return self.state in CHARGED

    @property
    def is_doubtful(self) -> bool:
        """Whether it may have moved, and nobody can say so yet."""
        return self.state in DOUBTFUL

    @property
    def is_open(self) -> bool:
        """Whether something is still to come; no other attempt may start for its sale or at its terminal."""
        return self.state in OPEN

    @property
    def is_stray(self) -> bool:
        """Whether a card was charged, and no receipt says for what."""
        return self.is_charged and self.receipt is None

    @property
    def advice(self) -> str:
        """What to tell the customer: an English phrase that has a translation."""
        if self.way is Way.REFUND and self.state in _OF_REFUNDS:
            return _OF_REFUNDS[self.state]
        return _ADVICE[self.state]


_WAIT = "Please wait: the terminal is at work."
_LOOK = "Please do not pay again yet: we are finding out whether your card was charged."
_NOTHING = "Your card was not charged. You may try again, or pay in another way."
_ADVICE: Mapping[State, str] = {
    State.NEW: _WAIT,
    State.INTENT: _WAIT,
    State.SENT: _WAIT,
    State.IN_PROGRESS: _WAIT,
    State.APPROVED: _WAIT,
    State.CAPTURED: "Your payment went through.",
    State.DECLINED: "Your bank or the terminal said no. Your card was not charged; try another card or tender.",
    State.ABORTED: _NOTHING,
    State.CANCELLED: _NOTHING,
    State.UNKNOWN: _LOOK,
    State.RECOVERING: _LOOK,
    State.NOT_CHARGED: _NOTHING,
    State.NEEDS_HUMAN: _LOOK,
    State.REVERSING: "Please wait: the payment is being taken back.",
    State.REVERSED: "The payment was taken back. It may stay visible at your bank for some days.",
    State.REVERSAL_DECLINED: "The payment could not be taken back. It will be given back in another way.",
    State.REVERSAL_UNKNOWN: "We are finding out whether the payment was taken back.",
}
_OF_REFUNDS: Mapping[State, str] = {
    State.CAPTURED: "The money goes back to your card. It may take some days.",
    State.DECLINED: "The money could not go back to this card. It will be given back in another way.",
    State.ABORTED: "Nothing went back to your card yet.",
    State.CANCELLED: "Nothing went back to your card yet.",
    State.NOT_CHARGED: "Nothing went back to your card yet.",
    State.UNKNOWN: "We are finding out whether the money went back to your card.",
    State.RECOVERING: "We are finding out whether the money went back to your card.",
    State.NEEDS_HUMAN: "We are finding out whether the money went back to your card.",
}


def after(attempt: Attempt, step: Step, at: datetime) -> Attempt:
    """The attempt with one step taken. Raises `Illegal` for a step that cannot follow."""
    if isinstance(step, Settled):
        return _settled(attempt, step, at)
    allowed, state = _LEADS[type(step)]
    if attempt.state not in allowed:
        raise Illegal(f"After {attempt.state} there is no {type(step).__name__}: {attempt.id}")
    if isinstance(step, Sent) and attempt.baseline is None:
        raise Illegal(f"Nothing leaves without a baseline: {attempt.id}")
    changed = msgspec.structs.replace(attempt, state=state, because=step.because, changed_at=at)
    match step:
        case Compared():
            known = Evidence(terminal_id=step.mark.terminal_id)
            return msgspec.structs.replace(changed, baseline=step.mark, evidence=known)
        case Sent():
            return msgspec.structs.replace(changed, sent_at=at)
        case Approved() | Found() | Captured(evidence=Evidence()):
            return msgspec.structs.replace(changed, evidence=step.evidence or changed.evidence)
        case ReversalSent():
            return msgspec.structs.replace(changed, reversed_for=step.operation)
        case Declined() | Aborted() | ReversalDeclined():
            said = msgspec.structs.replace(changed.evidence, text=step.text)
            return msgspec.structs.replace(changed, evidence=said, code=step.code)
    return changed


def _settled(attempt: Attempt, step: Settled, at: datetime) -> Attempt:
    if attempt.state not in FOR_A_PERSON:
        raise Illegal(f"There is nothing to settle: {attempt.id} is {attempt.state}")
    if not step.by.strip() or not step.reason.strip():
        raise Illegal(f"Who settles, and why: {attempt.id}")
    if attempt.state is State.REVERSAL_UNKNOWN:
        state = State.REVERSAL_DECLINED if step.charged else State.REVERSED
    else:
        state = State.CAPTURED if step.charged else State.NOT_CHARGED
    return msgspec.structs.replace(
        attempt,
        state=state,
        because=step.because,
        settled_by=step.by,
        reason=step.reason,
        evidence=step.evidence or attempt.evidence,
        changed_at=at,
    )


CLOCK = timedelta(minutes=10)
"""How far a terminal's clock may be off before its times say nothing."""


def judge(attempt: Attempt, last: Last, now: datetime) -> Judgement:
    """What a terminal's newest transaction says of an attempt that nobody heard the end of.

    Only what fits in everything is taken for it, and only the very payment that was there before for a proof that
    nothing came after it. Numbers are compared, never ordered: they begin anew after 9999.
    """
    baseline = attempt.baseline
    if baseline is None or attempt.sent_at is None:
        return Puzzled(because="Nobody knows what the terminal's newest payment was before this one.")
    if baseline.terminal_id and last.evidence.terminal_id != baseline.terminal_id:
        return Puzzled(because="This is not the terminal that was asked: its terminal id is another one.")
    is_the_one_before = bool(baseline.receipt) and last.mark.receipt == baseline.receipt
    if not baseline.told and not (is_the_one_before and last.mark.trace == baseline.trace):
        return Puzzled(because="The terminal did not say which payment was its newest before this one.")
    if not last.mark.receipt:
        if not baseline.receipt:
            return NotCharged(because="The terminal has no payment at all, as before.")
        return Puzzled(because="The terminal knows no payment any more. It may be another one, or it was closed.")
    if is_the_one_before:
        if last.mark.trace == baseline.trace:
            return NotCharged(because="The terminal's newest payment is the one from before.")
        return Puzzled(because="The terminal's newest payment has the number of the one before, and is another one.")
    against = _against(attempt, last, attempt.sent_at, now)
    return Puzzled(because=against) if against else Found(evidence=last.evidence)


def _against(attempt: Attempt, last: Last, sent_at: datetime, now: datetime) -> str:
    """Why a transaction cannot be taken for the attempt; empty if everything fits."""
    if not last.approved:
        return "The terminal's newest transaction was not approved."
    if last.is_payment is None and attempt.way is Way.REFUND:
        return "The terminal does not say whether its newest transaction took money or gave it back."
    if last.is_payment is (attempt.way is Way.REFUND):
        return "The terminal's newest transaction goes the other way."
    if last.amount != attempt.amount:
        return "The terminal's newest payment is over another amount."
    if last.currency != attempt.currency:
        return "The terminal's newest payment is in another currency."
    if last.at is None or not sent_at - CLOCK <= last.at <= now + CLOCK:
        return "The terminal's newest payment is from another time, or its clock is wrong."
    return ""
