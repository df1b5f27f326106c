"""How a station parts from its server without losing what it did, for screens and the command line.

What no server has taken goes to a file, or stays until it is sent; only then may the station forget other people.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from boxoffice.services import carry, depart
from boxoffice.storage import outbox, wiping
from boxoffice.storage.station import Station
from boxoffice.storage.writer import Writer, transact

if TYPE_CHECKING:
    from boxoffice.config import Folder
    from boxoffice.domain.permissions import Permit
    from boxoffice.services.depart import Standing
    from boxoffice.storage.connection import Connection


class _Staff(Protocol):
    @property
    def name(self) -> str: ...

    def forget(self) -> None: ...


class _Station(Station, Protocol):
    folder: Folder
    key: bytes
    writer: Writer

    @property
    def staff(self) -> _Staff: ...


class Parting:
    """Of one station from whatever server it belongs to."""

    def __init__(self, station: _Station) -> None:
        self._station = station

    @property
    def standing(self) -> Standing:
        """Whether the station has parted from its server, and what only it has."""
        return self._station.read(depart.standing)

    def export_unsent(self, target: Path) -> int:
        """Write what no server has taken into a file, on the calling thread, and note that it is there; how many acts.

        Raises `BadInput` if the file is there already, `StorageTrouble` if it cannot be written.
        """
        now, shelf = datetime.now(UTC), self._station.shelf
        written = self._station.read(lambda c: carry.write(c, shelf, target, now))
        self._station.write(lambda c: outbox.mark_exported(c, written, now)).result()
        return len(written)

    def import_unsent(self, source: Path) -> tuple[int, int]:
        """Hand on what another station has exported, on the calling thread; how many acts, and how many were new.

        Raises `BadInput` for a file that is none, or about an event that this station does not have.
        """
        carried, shelf = carry.read(source), self._station.shelf
        return len(carried.entries), self._station.write(lambda c: carry.take(c, shelf, carried)).result()

    def wipe(self, permits: Sequence[Permit] = ()) -> Future[None]:
        """Forget for good what the station holds of other people; what it did itself stays in its journal.

        Raises `Refused` while it belongs to a server, and while acts were neither sent nor exported.
        `StorageTrouble` says that the rest is done at the next start.
        """
        return self._station.writer.alone(lambda c: self._wipe(c, permits))

    def _wipe(self, connection: Connection, permits: Sequence[Permit]) -> None:
        store, staff = self._station.folder.store, self._station.staff
        depart.look_into_kept(connection, store, self._station.key)
        operator = staff.name
        transact(connection, lambda c: depart.wipe(c, datetime.now(UTC), operator, permits))
        staff.forget()
        wiping.finish(connection, store)
