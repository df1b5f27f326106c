"""The clerk's hand in the drawer: it is opened with a float, cash goes in and out, and it is counted and closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxoffice.domain.documents import Movement, Report
from boxoffice.errors import Trouble

if TYPE_CHECKING:
    from .clerk import Clerk


class DrawerClerk(QObject):
    """Opens and closes the shift of one clerk."""

    closed = Signal(object)
    """The shift was closed: its Z, a `Report`."""

    def __init__(self, clerk: Clerk) -> None:
        super().__init__(clerk)
        self._clerk = clerk
        self._turns = clerk.turns

    def open(self, event: str, amount: int, pieces: dict[int, int] | None = None) -> None:
        """Open the drawer with a sum, or with what was counted in it."""
        clerk = self._clerk
        if not clerk.busy:
            self._turns.go(clerk.counter.open(event, amount, pieces=pieces), lambda _: clerk.look_again())

    def move(self, movement: Movement, amount: int, reason: str) -> None:
        """Cash in or out."""
        clerk = self._clerk
        self._turns.attempt(
            lambda permits: clerk.counter.move(movement, amount, reason, permits=permits),
            lambda _: clerk.changed.emit(),
            reason=reason,
        )

    def close(
        self,
        pieces: dict[int, int],
        reason: str,
        differs: Callable[[Trouble], object],
        *,
        witness: str = "",
        despite_unknown: bool = False,
    ) -> None:
        """Count and close; `differs` hears why it could not be closed."""
        counter = self._clerk.counter

        def count_is_kept(_: int) -> None:
            self._turns.attempt(
                lambda permits: counter.close(
                    reason, despite_unknown=despite_unknown, witness=witness, permits=permits
                ),
                self._on_closed,
                differs,
                reason,
            )

        self._turns.go(counter.count(pieces), count_is_kept, differs)

    def _on_closed(self, report: Report) -> None:
        self._clerk.look_again()
        self.closed.emit(report)
