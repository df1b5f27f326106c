"""The journal's table: appending an entry, reading it back, checking the whole chain.

An entry, its personal part and its place in the outbox come into being in the transaction of the act
itself. Triggers refuse any change of an entry; only the personal part can be destroyed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from boxoffice.domain import facts, journal
from boxoffice.domain.journal import Entry

from . import settings
from .connection import Connection

_ENTRIES = """
    SELECT j.id, j.device, j.epoch, j.sequence, j.operation, j.body, j.hash, p.salt, p.body, coalesce(
        (SELECT b.hash FROM journal b WHERE b.device = j.device AND b.epoch = j.epoch AND b.sequence < j.sequence
         ORDER BY b.sequence DESC LIMIT 1),
        (SELECT b.hash FROM journal b WHERE b.device = j.device AND b.epoch < j.epoch
         ORDER BY b.epoch DESC, b.sequence DESC LIMIT 1))
    FROM journal j LEFT JOIN journal_private p ON p.id = j.id
"""


class Act(NamedTuple):
    """A fact, and the operation that it is written under."""

    operation: str
    fact: facts.Fact
    private: facts.Private | None = None


class Newest(msgspec.Struct, frozen=True):
    """The newest entry of this store, as far as the next one follows from it."""

    device: str
    epoch: int
    sequence: int
    hash: bytes


def append(
    connection: Connection,
    operation: str,
    fact: facts.Fact,
    private: facts.Private | None = None,
    *,
    send: bool = True,
    station: settings.Station | None = None,
    newest: Newest | None = None,
) -> int:
    """Write one fact down, and put it into the outbox if `send` or the server wants all; its number in this store.

    `station` and `newest` are what they are now, where the caller has them at hand. Raises the engine's
    `IntegrityError` if the operation was written before.
    """
    station = station or settings.station(connection)
    if newest is None or newest.device != station.device:
        newest = Newest(station.device, *head(connection, station.device))
    number, _ = _append(connection, Act(operation, fact, private), station, newest, send=send)
    return number


def append_all(connection: Connection, acts: Iterable[Act], station: settings.Station) -> None:
    """Like `append`, for several facts in order: where the chain stands is looked up once."""
    newest = Newest(station.device, *head(connection, station.device))
    for act in acts:
        _, newest = _append(connection, act, station, newest)


def _append(
    connection: Connection, act: Act, station: settings.Station, newest: Newest, *, send: bool = True
) -> tuple[int, Newest]:
    sequence = newest.sequence + 1 if newest.epoch == station.epoch else 1
    salt = os.urandom(16)
    body, kept = journal.body_of(act.fact, act.private, salt)
    sealed = journal.chain(station.device, station.epoch, sequence, newest.hash, body)
    number = connection.execute(
        "INSERT INTO journal (device, epoch, sequence, operation, kind, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (station.device, station.epoch, sequence, act.operation, facts.kind_of(act.fact), body, sealed),
    ).lastrowid
    if kept:
        connection.execute("INSERT INTO journal_private (id, salt, body) VALUES (?, ?, ?)", (number, salt, kept))
    if send or _wants_all(connection):
        connection.execute("INSERT INTO outbox (id, subject) VALUES (?, ?)", (number, facts.subject_of(act.fact)))
    return int(number), Newest(station.device, station.epoch, sequence, sealed)


def _wants_all(connection: Connection) -> bool:
    """A hub follows the chain, and would seem to have lost what it was not given; a pretix has no use for it."""
    enrolment = settings.enrolment(connection)
    return enrolment is None or enrolment.kind != "pretix"


def head(connection: Connection, device: str) -> tuple[int, int, bytes]:
    """Epoch, sequence and hash of a device's newest entry; zeros before the first."""
    row = connection.execute(
        "SELECT epoch, sequence, hash FROM journal WHERE device = ? ORDER BY epoch DESC, sequence DESC LIMIT 1",
        (device,),
    ).fetchone()
    return row or (0, 0, journal.GENESIS)


def hash_of(connection: Connection, operation: str) -> bytes:
    """The hash of one entry; zeros if there is none of that operation."""
    row = connection.execute("SELECT hash FROM journal WHERE operation = ?", (operation,)).fetchone()
    return bytes(row[0]) if row else journal.GENESIS


def knows(connection: Connection, operation: str) -> str | None:
    """The body written under this operation id, if there is one."""
    row = connection.execute("SELECT body FROM journal WHERE operation = ?", (operation,)).fetchone()
    return row[0] if row else None


def written(connection: Connection, operation: str) -> Entry | None:
    """The entry of an operation, if there is one."""
    row = connection.execute(f"{_ENTRIES} WHERE j.operation = ?", (operation,)).fetchone()
    return _entry(row) if row else None


def number(connection: Connection, operation: str) -> int | None:
    """The number in this store of the entry of an operation, if there is one."""
    row = connection.execute("SELECT id FROM journal WHERE operation = ?", (operation,)).fetchone()
    return row[0] if row else None


def last(connection: Connection) -> int:
    """The number of the newest entry; 0 before the first."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM journal").fetchone()[0])


def entries(connection: Connection, after: int = 0, limit: int = -1) -> Iterator[Entry]:
    """Entries in order, from the one after number `after`."""
    for row in connection.execute(f"{_ENTRIES} WHERE j.id > ? ORDER BY j.id LIMIT ?", (after, limit)):
        yield _entry(row)


def entry(connection: Connection, number: int) -> Entry:
    """One entry by its number in this store."""
    return _entry(connection.execute(f"{_ENTRIES} WHERE j.id = ?", (number,)).fetchone())


def newest(connection: Connection, kinds: Sequence[str], limit: int) -> list[tuple[str, facts.Fact]]:
    """The facts of the newest entries of these kinds, newest first, each with its operation."""
    marks = ", ".join("?" * len(kinds))
    rows = connection.execute(
        f"SELECT operation, body FROM journal WHERE kind IN ({marks}) ORDER BY id DESC LIMIT ?", (*kinds, limit)
    )
    return [(operation, journal.fact_of(body)) for operation, body in rows.fetchall()]


def exchanges(connection: Connection, event: str, order: str) -> list[facts.Exchanged]:
    """What this station has made of tickets of an order, oldest first."""
    rows = connection.execute(
        """SELECT body FROM journal WHERE kind = 'exchanged' AND body ->> 'order' = ? AND body ->> 'event' = ?
           AND coalesce(body ->> 'station', '') = '' ORDER BY id""",
        (order, event),
    )
    told = [journal.fact_of(body) for (body,) in rows.fetchall()]
    return [one for one in told if isinstance(one, facts.Exchanged)]


def _entry(row: Sequence[Any]) -> Entry:
    _, device, epoch, sequence, operation, body, sealed, salt, private, previous = row
    return Entry(
        device=device,
        epoch=epoch,
        sequence=sequence,
        operation=operation,
        body=body,
        previous=(previous or journal.GENESIS).hex(),
        hash=sealed.hex(),
        private=private or "",
        salt=salt.hex() if salt else "",
    )


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the chains, sentence by sentence; nothing if they are whole."""
    heads: dict[str, tuple[bytes, int, int]] = {}
    for one in entries(connection):
        previous, epoch, sequence = heads.get(one.device, (journal.GENESIS, 0, 0))
        for fault in journal.faults(one, previous):
            yield f"Journal entry {one.epoch}/{one.sequence} {fault}."
        if one.sequence != (sequence + 1 if one.epoch == epoch else 1):
            yield f"Journal entry {one.epoch}/{one.sequence} does not come next after {epoch}/{sequence}."
        heads[one.device] = (bytes.fromhex(one.hash), one.epoch, one.sequence)
