"""Changes of a feed on their way to the store, put in order where that pays.

A first sync is gathered in sheaves, so that neighbours in the store come together. The feed has only come
as far as the end of a sheaf when all of it is written, so only the last row of each carries a cursor.
"""

from __future__ import annotations

from boxoffice.domain.nouns import Gone
from boxoffice.ports import Change
from boxoffice.services.ready import Ready, ready
from boxoffice.storage import ready_orders

SHEAF = 2_000
"""Rows of a first sync that are put in order before they are written."""

Rows = list[tuple[str, Ready]]
"""Rows that are ready, each with the place of the feed behind it, or "" where it has come to none."""


class Sheaf:
    """Gathers the changes of one feed; `fresh` ones are put in order. What is full is handed out."""

    def __init__(self, *, fresh: bool) -> None:
        self._fresh = fresh
        self.in_orders = False
        """Whether there has been an order."""
        self._rows: list[Ready] = []
        self._cursor = ""

    def gather(self, change: Change) -> Rows:
        """Make a change ready; the rows that are to be written before anything else is."""
        row = ready(change.noun, fresh=self._fresh)
        first_order = not self.in_orders and isinstance(row, ready_orders.Ready)
        full: Rows = []
        if isinstance(change.noun, Gone) or first_order:
            full = self.bind()  # Whoever opens the door needs the catalog first.
        self.in_orders |= first_order
        self._rows.append(row)
        self._cursor = change.cursor
        if not self._fresh or len(self._rows) >= SHEAF:
            full += self.bind()
        return full

    def bind(self) -> Rows:
        """All that was gathered and not handed out."""
        if not self._rows:
            return []
        *rows, last = sorted(self._rows, key=_place)
        self._rows = []
        return [*(("", row) for row in rows), (self._cursor, last)]


def _place(row: Ready) -> tuple[int, str]:
    """Orders by their codes, and behind them everything else as it came."""
    return (0, row.code) if isinstance(row, ready_orders.Ready) else (1, "")
