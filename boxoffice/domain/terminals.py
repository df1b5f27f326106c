"""Card terminals as a station has them set up, and what they say of payments and of their days.

Of a card nothing gets here but the masked end of its number.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a terminal speaks."""

    MANUAL = "manual"
    """It stands apart: the cashier types what it says."""
    SIMULATED = "simulated"
    ZVT = "zvt"


_PAYMENT = re.compile(r"(.+) [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{6}([0-9a-f]{6})")


def short_name(payment: str) -> tuple[str, str] | None:
    """Terminal and end of the id of a payment as reports name it, which tells two apart; None of other words."""
    found = _PAYMENT.fullmatch(payment)
    return (found[1], found[2]) if found is not None else None


class Terminal(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A terminal as a station has it set up."""

    name: str
    kind: Kind
    host: str = ""
    port: int = 20007
    password: str = "000000"  # noqa: S105 (what terminals are delivered with; protects nothing at the till)
    """Six digits that the terminal asks of a till."""
    behaviour: str = "approve"
    """Of a simulated one: what it does."""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The newest payment that a terminal knows of: what a later one is told apart by."""

    receipt: int = 0
    """The terminal's own number, of four digits; after 9999 comes 1. 0 if it has none."""
    trace: int = 0
    terminal_id: str = ""
    told: bool = True
    """Whether the terminal has said so itself; if not, nothing follows from there being none."""


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a terminal says of one payment. The card's number is masked before it gets here."""

    receipt: int = 0
    trace: int = 0
    terminal_id: str = ""
    pan: str = ""
    """The masked number of the card: `************1234`."""
    card: str = ""
    """The name of its scheme."""
    approval: str = ""
    text: str = ""
    """The terminal's words."""


class Last(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A terminal's newest transaction, as it tells it when it is asked; without a receipt number if it has none."""

    evidence: Evidence
    amount: int | None = None
    currency: str = ""
    at: datetime | None = None
    """By the terminal's clock."""
    approved: bool = True
    is_payment: bool | None = True
    """Money came from a card; not that it went back. None where the terminal does not tell them apart."""

    @property
    def mark(self) -> Mark:
        """What later payments are told apart by."""
        one = self.evidence
        return Mark(receipt=one.receipt, trace=one.trace, terminal_id=one.terminal_id)


class TerminalDay(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The end of a terminal's day: what it says that it has turned over, beside what was written down here."""

    id: str
    terminal: str
    at: datetime
    currency: str
    amount: int | None = None
    """As the terminal says; None where it does not."""
    number: int | None = None
    text: str = ""
    """Its own slip."""
    ours: int = 0
    """What came from cards at it since its last end of day, less what went back."""
    ours_number: int = 0
    since: datetime | None = None
    """Its last end of day that this till knows of."""
    shift: str = ""
    """The shift that was open then."""
    operator: str = ""

    @property
    def difference(self) -> int | None:
        """What the terminal has more than is written down here; None where it does not say what it has."""
        return None if self.amount is None else self.amount - self.ours


def mask(number: str) -> str:
    """A card's number with nothing but its last four digits; what is not a number is masked whole."""
    digits = [one if one.isdecimal() else "*" for one in number.strip()]
    return "*" * max(len(digits) - 4, 0) + "".join(digits[-4:]) if len(digits) > 4 else "*" * len(digits)
