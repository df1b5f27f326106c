"""What became of the money, as the bank would tell it: the terminal's own book, which survives everything.

A payment is charged from the moment at which the terminal keeps it for good. What it had to let go of was never
charged, and what was taken back or given back stands there as such. Receipt numbers have four digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

LAST_RECEIPT = 9999


class Kind(Enum):
    """Which way the money went."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    REFUND = "refund"


class Standing(Enum):
    """Whether it holds."""

    WAITING = "waiting"
    """Approved; the till has not said yet that it knows."""
    KEPT = "kept"
    LET_GO = "let go"
    """The till did not say that it knows."""
    TAKEN_BACK = "taken back"


@dataclass
class Entry:
    """One thing that the bank said yes to."""

    kind: Kind
    receipt: int
    trace: int
    amount: int
    currency: int
    at: datetime
    pan: str
    standing: Standing = Standing.WAITING
    closed: bool = False
    """Whether a day's end came after it."""

    @property
    def charges(self) -> bool:
        return self.kind is Kind.PAYMENT and self.standing is Standing.KEPT

    @property
    def gives(self) -> bool:
        return self.kind is Kind.REFUND and self.standing is Standing.KEPT


@dataclass
class Ledger:
    """The book of one terminal."""

    receipt: int = 0
    """The last receipt number that was given out."""
    trace: int = 0
    entries: list[Entry] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    """What each day's end came to."""

    def approve(self, kind: Kind, amount: int, currency: int, at: datetime, pan: str) -> Entry:
        self.receipt = self.receipt % LAST_RECEIPT + 1
        self.trace += 1
        entry = Entry(kind, self.receipt, self.trace, amount, currency, at, pan)
        self.entries.append(entry)
        return entry

    def payment(self, receipt: int) -> Entry | None:
        """The newest payment of this number since the last day's end, as long as it can be taken back."""
        return next(
            (one for one in reversed(self.entries) if one.receipt == receipt and one.charges and not one.closed), None
        )

    @property
    def newest(self) -> Entry | None:
        """What was carried out last and holds, or held."""
        held = (one for one in reversed(self.entries) if one.standing in (Standing.KEPT, Standing.TAKEN_BACK))
        return next(held, None)

    @property
    def charged(self) -> list[Entry]:
        """The payments that cost somebody something."""
        return [one for one in self.entries if one.charges]

    @property
    def turnover(self) -> int:
        """What the running day comes to."""
        today = [one for one in self.entries if not one.closed]
        return sum(one.amount for one in today if one.charges) - sum(one.amount for one in today if one.gives)

    def close_day(self) -> int:
        total = self.turnover
        self.days.append(total)
        for one in self.entries:
            one.closed = True
        return total
