"""When a station and its server part: nothing is lost that was not sent, and then nothing of other people stays.

A server that knows the station no more says so; whatever was not sent waits here. Scanning goes on, because
nobody at the door is to blame, so it is a person who says when to wipe. That is refused while there is anything
that stands neither with the server nor in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from boxoffice.domain.permissions import Act, Permit
from boxoffice.errors import Refused, filled
from boxoffice.storage import backup, journal, leases, outbox, settings, wiping
from boxoffice.storage import connection as connections
from boxoffice.storage.connection import Connection, NotOurs
from boxoffice.storage.outbox import Unsent
from boxoffice.storage.settings import Departure

from . import guard


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a station has parted from its server."""

    departure: Departure | None
    """None while it belongs to one, or never did."""
    unsent: Unsent

    @property
    def may_be_wiped(self) -> bool:
        """Whether there is something to wipe and nothing stands against it."""
        parted = self.departure is not None and self.departure.wiped_at is None
        return parted and not self.unsent.only_here


def standing(connection: Connection) -> Standing:
    """How things stand between the station and its server."""
    return Standing(departure=settings.departure(connection), unsent=outbox.unsent(connection))


def sent_away(connection: Connection, at: datetime, *, by_itself: bool = False) -> None:
    """The server knows this station no more, or the station has given itself up. Written down the first time."""
    enrolment = settings.enrolment(connection)
    if enrolment is not None and settings.departure(connection) is None:
        departure = Departure(at=at, url=enrolment.url, by_itself=by_itself)
        settings.put(connection, settings.DEPARTURE, departure)
        leases.forget(connection)  # What was set aside for this station is not its own any more.


def taken_back(connection: Connection) -> None:
    """The server knows this station after all, or another one does."""
    if settings.departure(connection) is not None:
        settings.put(connection, settings.DEPARTURE, None)


def wipe(connection: Connection, at: datetime, operator: str = "", permits: Sequence[Permit] = ()) -> None:
    """Begin to wipe: what was held of other people is gone with this transaction; `wiping.finish` does the rest.

    Raises `Refused` while the station belongs to a server, and while acts were neither sent nor exported.
    """
    now = standing(connection)
    if now.departure is None:
        enrolment = settings.enrolment(connection)
        raise Refused(
            "This station still belongs to its server" if enrolment else "There is nothing to wipe",
            filled("{url} accepts it. Nothing was wiped.", url=enrolment.url)
            if enrolment
            else "It has never belonged to a server.",
            "Let it leave first: boxoffice leave." if enrolment else "",
        )
    if now.departure.wiping_since is not None:
        raise Refused("This station was wiped before", "It holds nothing of other people.", "Enrol it again to use it.")
    if now.unsent.only_here:
        raise _only_here(now.unsent.only_here)
    guard.need(connection, Act.WIPE, at, operator=operator, permits=permits)
    wiping.begin(connection, at, now.departure)


def look_into_kept(connection: Connection, store: Path, key: bytes) -> None:
    """The stores that `restore` has put aside go with a wipe.

    Raises `Refused` if one of them holds acts that were not sent and that the store of now knows nothing of,
    `StorageTrouble` if the disk does not say what one holds.
    """
    for kept in backup.kept(store):
        lost = _only_in(kept, key, connection)
        if lost:
            raise Refused(
                filled("{name} holds work that nobody else has", name=kept.name),
                filled(
                    "It was put aside by a restore. Neither sent nor known here: {lost}. Nothing was wiped.", lost=lost
                ),
                "Bring it back with `boxoffice restore` and export what it holds, or delete the file.",
            )


def _only_in(kept: Path, key: bytes, connection: Connection) -> int:
    try:
        old = connections.reading(kept, key)
    except NotOurs:
        return 0  # Nobody can read it any more, with this key or another. With a disk that fails, somebody may later.
    try:
        waiting = [one.entry.operation for one in outbox.listing(old, -1) if not one.exported]
    finally:
        old.close()
    return sum(journal.knows(connection, one) is None for one in waiting)


def _only_here(acts: int) -> Refused:
    return Refused(
        "There is work here that nobody else has",
        filled("Neither sent nor exported: {acts}. Nothing was wiped.", acts=acts),
        "Write it into a file first: boxoffice outbox export FILE.",
    )


def may_leave(connection: Connection) -> None:
    """Raises `Refused` while there is anything that stands neither with the server nor in a file."""
    unsent = outbox.unsent(connection)
    if unsent.only_here:
        raise Refused(
            "There is work here that the server does not have",
            filled("Neither sent nor exported: {only_here}. The station stays enrolled.", only_here=unsent.only_here),
            "Sync, and settle what was refused; or write it into a file: boxoffice outbox export FILE.",
        )
