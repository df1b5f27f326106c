"""A terminal that is none: for training people, for trying a till out, and for tests of what can go wrong.

It keeps what it has charged, as a real one does, so that it can be asked after the line was cut; it forgets a
payment whose approval nobody acknowledged. Nothing of it outlives the app.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from boxoffice.domain import payment_steps
from boxoffice.domain.payment import Attempt, Way
from boxoffice.domain.payment_steps import Outcome, ReversalOutcome
from boxoffice.domain.terminals import Evidence, Last, Mark
from boxoffice.errors import DeviceTrouble
from boxoffice.ports import Ledger, Totals, Word

_ID = "99999999"


class Behaviour(StrEnum):
    """What it does with the next payment."""

    APPROVE = "approve"
    DECLINE = "decline"
    ABORT = "abort"
    STALL = "stall"
    """It waits for a card until somebody breaks it off."""
    CUT_BEFORE = "cut-before"
    """The line is cut before the amount leaves."""
    CUT_SENT = "cut-sent"
    CUT_PROGRESS = "cut-progress"
    CUT_APPROVED = "cut-approved"
    """Cut between its yes and our word: it forgets the payment."""
    CUT_KEPT = "cut-kept"
    """Cut behind our word: it keeps the payment, and we do not hear so."""


class SimulatedTerminal:
    """A `CardTerminal` in memory."""

    def __init__(self, behaviour: Behaviour = Behaviour.APPROVE, now: Callable[[], datetime] | None = None) -> None:
        self.behaviour = behaviour
        self.reachable = True
        self.kept: list[Last] = []
        """What it has charged, and given back."""
        self._closed = 0
        """How much of that was before its last end of day."""
        self._now = now or (lambda: datetime.now(UTC))
        self._stopping = threading.Event()
        # Not from 1: after a restart of the app its payments must not look like those from before.
        self._number = int(self._now().timestamp()) % 9999

    def pay(self, attempt: Attempt, ledger: Ledger) -> Outcome:
        """Charge, or fail as it is told."""
        does = self.behaviour
        if does is Behaviour.CUT_BEFORE or not self.reachable:
            return payment_steps.NeverSent(because="The terminal does not answer.")
        if attempt.baseline is None or attempt.baseline.terminal_id != _ID:
            ledger.compared(self.kept[-1].mark if self.kept else Mark(terminal_id=_ID))
        ledger.sent()
        if does is Behaviour.CUT_SENT:
            return _lost()
        ledger.begun()
        ledger.shows(Word("Please present the card."))
        if does is Behaviour.CUT_PROGRESS:
            return _lost()
        if does is Behaviour.DECLINE:
            return payment_steps.Declined(text="The bank declined the card.", code="05")
        if does is Behaviour.STALL:
            self._stopping.wait()
        if does in (Behaviour.ABORT, Behaviour.STALL):
            return payment_steps.Aborted(text="It was broken off, or took too long.", code="6C")
        return self._approve(attempt, ledger, does)

    def _approve(self, attempt: Attempt, ledger: Ledger, does: Behaviour) -> Outcome:
        evidence = self._evidence()
        ledger.approved(evidence)
        if does is Behaviour.CUT_APPROVED:
            return _lost()
        is_payment = attempt.way is Way.CHARGE
        self.kept.append(self._entry(evidence, attempt, is_payment=is_payment))
        return _lost() if does is Behaviour.CUT_KEPT else payment_steps.Captured()

    def _evidence(self) -> Evidence:
        self._number = self._number % 9999 + 1
        return Evidence(
            receipt=self._number,
            trace=self._number,
            terminal_id=_ID,
            pan="************0000",
            card="Simulated",
            approval="000000",
            text="Simulated, no money has moved",
        )

    def _entry(self, evidence: Evidence, attempt: Attempt, *, is_payment: bool) -> Last:
        return Last(
            evidence=evidence,
            amount=attempt.amount,
            currency=attempt.currency,
            at=self._now(),
            is_payment=is_payment,
        )

    def reverse(self, attempt: Attempt, shows: Callable[[Word], None]) -> ReversalOutcome:
        """Take back what it still has."""
        shows(Word("Taking it back."))
        if not self.reachable:
            return payment_steps.ReversalDeclined(text="The terminal does not answer.")
        if self.behaviour in (Behaviour.DECLINE, Behaviour.ABORT):
            return payment_steps.ReversalDeclined(text="It cannot be taken back.", code="B5")
        if self.behaviour in (Behaviour.CUT_SENT, Behaviour.CUT_PROGRESS):
            return payment_steps.ReversalLost(because="The line was cut.")
        self.kept.append(self._entry(self._evidence(), attempt, is_payment=False))
        return payment_steps.Reversed()

    def last(self, _: str) -> Last:
        """Its newest payment."""
        if not self.reachable:
            raise DeviceTrouble("The terminal does not answer", "It is told not to.", "Tell it otherwise.")
        return self.kept[-1] if self.kept else Last(evidence=Evidence(terminal_id=_ID))

    def end_of_day(self, _: str) -> Totals:
        """Close its day."""
        today, self._closed = self.kept[self._closed :], len(self.kept)
        return Totals(amount=sum((one.amount or 0) * (1 if one.is_payment else -1) for one in today), number=len(today))

    def ready(self) -> None:
        """Wait for the next card."""
        self._stopping.clear()

    def stop(self) -> None:
        """End a wait for a card."""
        self._stopping.set()


def _lost() -> payment_steps.Lost:
    return payment_steps.Lost(because="The line was cut.")
