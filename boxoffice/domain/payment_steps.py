"""What happens to a payment by card, step by step; each is written down before the thing that it announces."""

from __future__ import annotations

import msgspec

from .terminals import Evidence, Mark


class _Step(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="step"):
    because: str = ""


class Intended(_Step, tag="intended", frozen=True):
    """It is written down, before the first byte."""


class Compared(_Step, tag="compared", frozen=True):
    """The terminal has said which payment is its newest; belongs before the amount leaves."""

    mark: Mark


class Sent(_Step, tag="sent", frozen=True):
    """The amount is about to leave."""


class Begun(_Step, tag="begun", frozen=True):
    """The terminal has taken the order."""


class Approved(_Step, tag="approved", frozen=True):
    """The terminal says yes."""

    evidence: Evidence


class Captured(_Step, tag="captured", frozen=True):
    """The terminal has completed it."""

    evidence: Evidence | None = None


class Declined(_Step, tag="declined", frozen=True):
    """The terminal says no, in these words."""

    text: str
    code: str = ""


class Aborted(_Step, tag="aborted", frozen=True):
    """The terminal says that it was broken off before anything was charged."""

    text: str
    code: str = ""


class NeverSent(_Step, tag="never_sent", frozen=True):
    """It ended before the amount could leave."""


class Lost(_Step, tag="lost", frozen=True):
    """There is no more news of it."""


class Asked(_Step, tag="asked", frozen=True):
    """The terminal is being asked what became of it."""


class Found(_Step, tag="found", frozen=True):
    """The terminal's newest transaction is this one."""

    evidence: Evidence


class NotCharged(_Step, tag="not_charged", frozen=True):
    """The terminal knows of nothing after the baseline."""


class Puzzled(_Step, tag="puzzled", frozen=True):
    """What the terminal says decides nothing; a person has to look."""


class Settled(_Step, tag="settled", frozen=True):
    """A person has looked, and says what became of it; by name, with a reason."""

    charged: bool
    by: str
    reason: str
    evidence: Evidence | None = None
    """What stands on the slip that was looked at."""


class ReversalSent(_Step, tag="reversal_sent", frozen=True):
    """The order to take it back is about to leave."""

    operation: str = ""
    """The refund that it is for; empty for a sale that did not happen."""


class Reversed(_Step, tag="reversed", frozen=True):
    """The terminal has taken it back."""

    evidence: Evidence | None = None


class ReversalDeclined(_Step, tag="reversal_declined", frozen=True):
    """The terminal does not take it back, in these words."""

    text: str
    code: str = ""


class ReversalLost(_Step, tag="reversal_lost", frozen=True):
    """There is no news of the order to take it back."""


Outcome = Captured | Declined | Aborted | NeverSent | Lost
"""How a payment, or a refund, ended at the terminal."""
ReversalOutcome = Reversed | ReversalDeclined | ReversalLost
Judgement = Found | NotCharged | Puzzled
Step = (
    Intended
    | Compared
    | Sent
    | Begun
    | Approved
    | Outcome
    | Asked
    | Judgement
    | Settled
    | ReversalSent
    | ReversalOutcome
)
