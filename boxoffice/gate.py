"""The verbs of the door for screens and the command line: each goes through the writer and comes back as a future.

It belongs to an open station and decides nothing; the services do.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from boxoffice.services import admit, hand_out, undo
from boxoffice.storage.station import Station

if TYPE_CHECKING:
    from boxoffice.domain.checkins import HandOut
    from boxoffice.domain.door import Door
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.scan import Scan
    from boxoffice.domain.verdicts import Verdict, Wish
    from boxoffice.services.undo import Undoing


class _Somebody(Protocol):
    @property
    def name(self) -> str: ...


class _Station(Station, Protocol):
    @property
    def staff(self) -> _Somebody: ...


class Gate:
    """Where scans are judged."""

    def __init__(self, station: _Station) -> None:
        self._station = station

    def admit(self, scan: Scan, door: Door, wish: Wish, permits: Sequence[Permit] = ()) -> Future[Verdict]:
        """Judge a scan and write the answer down. Mint a new nonce for each decision of a person."""
        shelf, operator = self._station.shelf, self._station.staff.name
        return self._station.write(lambda c: admit.redeem(c, shelf, scan, door, wish, operator, permits))

    def admit_ticket(
        self, scan: Scan, event: str, ticket: str, door: Door, wish: Wish, permits: Sequence[Permit] = ()
    ) -> Future[Verdict]:
        """Like `admit` for a ticket chosen by name (`CODE-number`)."""
        shelf, operator = self._station.shelf, self._station.staff.name
        return self._station.write(
            lambda c: admit.redeem_ticket(c, shelf, scan, event, ticket, door, wish, operator, permits)
        )

    def undo(
        self, nonce: str, at: datetime | None = None, reason: str = "", permits: Sequence[Permit] = ()
    ) -> Future[Undoing]:
        """Take a passage back. Raises `Refused` if there is none of that nonce, or it was taken back."""
        moment, operator = at or datetime.now(UTC), self._station.staff.name
        return self._station.write(lambda c: undo.undo(c, nonce, moment, reason, operator, permits))

    def hand_out(self, event: str, ticket: str, what: tuple[str, ...], at: datetime | None = None) -> Future[HandOut]:
        """Write down what was given to the holder of a ticket."""
        return self._station.write(lambda c: hand_out.hand_out(c, event, ticket, what, at or datetime.now(UTC)))
