"""How much of a pull goes into one transaction: as much as pays while nobody is there, little while somebody is.

What rows cost is measured as they are written, because disks differ by a hundred times and the same one from one
minute to the next.
"""

from __future__ import annotations

import time

import msgspec

from boxoffice.storage.writer import Writer


class Speed(msgspec.Struct, frozen=True):
    """How long the writer may be busy with one transaction, in seconds: a person may have to wait for it."""

    transaction: float
    """With all that is between its two ends."""
    step: float
    """Between two looks at the door."""
    commit: float
    """At its end, where nobody can look."""
    fewest: int
    """Rows of a transaction, however slow the disk is: smaller ones would wait for it all the time."""
    least: int
    """Rows that are worth a transaction of their own while more are coming."""
    segments: int
    """Parts of the search index, one for each step, that are worth being merged. Each go at it writes a page of each:
    of 600 parts it takes up to 44 ms, however little of them is merged."""
    pages: int
    """Of the search index, tidied in one go."""


ALONE = Speed(transaction=0.200, step=0.008, commit=0.020, fewest=300, least=600, segments=32, pages=48)
"""Whoever comes as the first may wait for one commit of these; much smaller ones take longer for everything."""
IN_COMPANY = Speed(transaction=0.002, step=0.001, commit=0.002, fewest=8, least=16, segments=16, pages=8)
COMPANY_STAYS = 3.0
"""Seconds after a person's job during which the next one is expected."""
WORTH_WAITING = 0.003
"""Seconds that a person waits for a commit. What would take longer is taken back and done again behind them."""


def speed(writer: Writer, begun: float) -> Speed:
    """Whoever came before we began, to enrol the station perhaps, has got what they came for."""
    in_company = writer.served_at > begun and time.monotonic() - writer.served_at < COMPANY_STAYS
    return IN_COMPANY if in_company else ALONE


class Cost:
    """What rows have cost of late: on their way into a transaction, and at its end."""

    def __init__(self) -> None:
        self._step = 0.000_1
        self._commit = 0.000_1
        self._weight = 0
        self._ended_at = 0.0

    def rows_for_step(self, seconds: float) -> int:
        """How many rows there is time for."""
        return max(1, int(seconds / self._step))

    def rows_for_commit(self, seconds: float) -> int:
        """How many rows can be made durable in that time."""
        return max(1, int(seconds / self._commit))

    def step(self, weight: int, seconds: float) -> None:
        """So many rows took so long."""
        self._weight += weight
        self._step = (self._step + seconds / weight) / 2

    def of_commit(self) -> float:
        """Seconds that it would take to make durable what is in the transaction now."""
        return self._weight * self._commit

    def taken_back(self) -> None:
        """It will not be made durable."""
        self._weight = 0

    def ends(self, now: float) -> None:
        """All rows of a transaction are in; what follows is its commit."""
        self._ended_at = now

    def committed(self, now: float) -> None:
        """It is on disk."""
        if self._weight:
            self._commit = (self._commit + (now - self._ended_at) / self._weight) / 2
        self._weight = 0
