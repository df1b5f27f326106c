"""Is everything that this station wrote down still there, unchanged, and does it add up?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from boxoffice.domain.facts import Admitted, Undone

from . import checkins, journal
from .connection import Connection


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a check of the whole store."""

    entries: int
    checkins: int
    waiting: int
    parked: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check(connection: Connection) -> Findings:
    """Check the file's integrity, the journal's chain, and the projections against the journal."""
    return Findings(
        entries=_count(connection, "SELECT count(*) FROM journal"),
        checkins=_count(connection, "SELECT count(*) FROM checkins"),
        waiting=_count(connection, "SELECT count(*) FROM outbox WHERE state = 'waiting'"),
        parked=_count(connection, "SELECT count(*) FROM outbox WHERE state = 'parked'"),
        faults=tuple(_faults(connection)),
    )


def _count(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _faults(connection: Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA cipher_integrity_check"):
        yield f"The file is damaged: {line}."
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"The store is damaged: {line}."
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"A row of {row[0]} refers to one that is not there."
    yield from journal.faults(connection)
    yield from checkins.count_faults(connection)
    yield from _passages(connection)


def _passages(connection: Connection) -> Iterator[str]:
    """Each admission in the journal is a passage, and each passage of our own stands in the journal."""
    taken_back: set[str] = set()
    admitted: set[str] = set()
    for entry in journal.entries(connection):
        fact = entry.fact()
        if isinstance(fact, Undone):
            taken_back.add(fact.nonce)
        if isinstance(fact, Admitted):
            admitted.add(entry.operation)
    own = dict(connection.execute("SELECT nonce, annulled FROM checkins WHERE own AND NOT auto").fetchall())
    for nonce in admitted - own.keys():
        yield f"The journal admitted {nonce}, but there is no such passage."
    for nonce in own.keys() - admitted:
        yield f"There is a passage {nonce} that the journal does not know."
    for nonce in taken_back & own.keys():
        if not own[nonce]:
            yield f"The passage {nonce} was taken back, but still counts."
