"""A terminal that stands apart: the till shows the amount, and the cashier types what the terminal has said.

It is always there, and takes part in the same steps as one that is connected. Whether the card was charged is the
cashier's word; nobody can be asked, so whoever does not know leaves a question for a person.
"""

from __future__ import annotations

import queue
from collections.abc import Callable

import msgspec

from boxoffice.domain import payment_steps
from boxoffice.domain.payment import Attempt
from boxoffice.domain.payment_steps import Outcome, ReversalOutcome
from boxoffice.domain.terminals import Evidence, Last, Mark, mask
from boxoffice.errors import DeviceTrouble
from boxoffice.ports import Ledger, Totals, Word


class Typed(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the cashier read off the terminal's slip."""

    charged: bool
    """Of money that goes back: that it did."""
    approval: str = ""
    last_four: str = ""
    text: str = ""


class Typing:
    """Brings what is typed in a window to the thread that waits for it. `asks` is called on that thread."""

    def __init__(self, asks: Callable[[Attempt], object]) -> None:
        self._asks = asks
        self._answers: queue.SimpleQueue[Typed | None] = queue.SimpleQueue()

    def __call__(self, attempt: Attempt) -> Typed | None:
        """Wait for the answer; None if nobody can say."""
        self._asks(attempt)
        return self._answers.get()

    def answer(self, typed: Typed | None) -> None:
        """What was typed. Only the first answer counts."""
        self._answers.put(typed)


class ManualTerminal:
    """A `CardTerminal` by hand. `read` waits for the cashier; None if nobody can say what became of it."""

    def __init__(self, read: Callable[[Attempt], Typed | None]) -> None:
        self._read = read

    def pay(self, attempt: Attempt, ledger: Ledger) -> Outcome:
        """Have the cashier take the amount, and type what came of it."""
        if attempt.baseline is None:
            ledger.compared(Mark())
        ledger.sent()
        ledger.begun()
        typed = self._read(attempt)
        if typed is None:
            return payment_steps.Lost(because="The cashier does not know what the terminal said.")
        if not typed.charged:
            return payment_steps.Declined(text=typed.text or "The terminal said no.")
        ledger.approved(_evidence(typed))
        return payment_steps.Captured()

    def reverse(self, attempt: Attempt, shows: Callable[[Word], None]) -> ReversalOutcome:
        """Have the cashier take it back, and say whether that went well."""
        shows(Word("Take the payment back at the terminal."))
        typed = self._read(attempt)
        if typed is None:
            return payment_steps.ReversalLost(because="The cashier does not know what the terminal said.")
        if not typed.charged:
            return payment_steps.ReversalDeclined(text=typed.text or "The terminal said no.")
        return payment_steps.Reversed()

    def last(self, _: str) -> Last:
        """Nobody can be asked."""
        raise DeviceTrouble("This terminal stands apart", "It cannot be asked.", "Look at it, and say what it shows.")

    def end_of_day(self, _: str) -> Totals:
        """Nobody can be asked."""
        raise DeviceTrouble("This terminal stands apart", "It cannot be asked.", "Close its day at the terminal.")

    def ready(self) -> None:
        """There is nothing to forget: each payment is read by somebody anew."""

    def stop(self) -> None:
        """Nobody types any more: what became of it is a question."""
        if isinstance(self._read, Typing):
            self._read.answer(None)


def _evidence(typed: Typed) -> Evidence:
    pan = mask(f"{'0' * 12}{typed.last_four}") if typed.last_four else ""
    return Evidence(approval=typed.approval, pan=pan, text=typed.text)
