"""Acts of which a hub that was set back cannot tell that it lost them, and what rests on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .money import read

if TYPE_CHECKING:
    from .day import Day

ORDERS = "SELECT id FROM documents WHERE kind = 'order' AND body IS NOT NULL"


class Losses:
    """Of one day, as they are by now."""

    def __init__(self, day: Day) -> None:
        self._day = day

    def unnoticed(self) -> set[str]:
        """Acts that a copy's stand in the place of, or that a station does not know of any more either, because it has
        brought back its own backup; with the entries that they undo, and the orders that they sold.
        """
        lost = self._acts()
        return lost | self._undone_by(lost) | self._sold_by(lost) if lost else lost

    def undone(self) -> set[str]:
        """The entries that such acts undo. Whoever has heard of one goes by it, be it lost at the hub or not."""
        return self._undone_by(self._acts())

    def _acts(self) -> set[str]:
        if not self._day.venue.lost_by_restore:
            return set()
        lost = {act.operation for laptop in self._day.laptops if laptop.copied for act in laptop.acts}
        return lost.union(*(laptop.set_aside for laptop in self._day.laptops))

    def _undone_by(self, operations: set[str]) -> set[str]:
        return {body["nonce"] for body in self._facts(operations) if "nonce" in body}

    def _sold_by(self, operations: set[str]) -> set[str]:
        """The orders that came into being by some acts, but for those that the hub knows all the same."""
        known = {code for (code,) in self._day.venue.query(ORDERS)}
        return {body["order"] for body in self._facts(operations) if body["kind"] == "sold"} - known

    def _facts(self, operations: set[str]) -> list[Any]:
        """What some acts say, wherever they are written."""
        journals = [dict(laptop.rows("SELECT operation, body FROM journal")) for laptop in self._day.laptops]
        return [read(one[operation]) for one in journals for operation in operations & one.keys()]
