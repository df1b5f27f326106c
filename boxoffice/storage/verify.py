"""Is everything that this station wrote down still there, unchanged, and does it add up?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from boxoffice.domain.facts import Admitted, Undone

from . import book_checks, checkins, journal, operators, orders, payments, redeeming, till
from .connection import Connection, DatabaseError


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
    faults: list[str] = []
    numbers = [0, 0, 0, 0]
    try:
        for find in _FINDERS:
            faults += find(connection)
        numbers = [int(connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]) for rows in _COUNTED]
    except DatabaseError as error:
        faults += [f"The store is damaged: {error}.", *_damaged_pages(connection)]
    entries, passages, waiting, parked = numbers
    return Findings(entries=entries, checkins=passages, waiting=waiting, parked=parked, faults=tuple(faults))


_COUNTED = ("journal", "checkins", "outbox WHERE state = 'waiting'", "outbox WHERE state = 'parked'")


def _damage(connection: Connection) -> Iterator[str]:
    # The full-text index checks itself by what this connection remembers of it, unless it was asked something since
    # others have written: without this it would call segments lost that were merged.
    connection.execute("SELECT rowid FROM search_index WHERE search_index MATCH 'a' LIMIT 1").fetchone()
    # Reads every page that is in use, so one whose seal is broken shows as well.
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"The store is damaged: {line}."
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"A row of {row[0]} refers to one that is not there."


def _damaged_pages(connection: Connection) -> Iterator[str]:
    """Where the file is damaged. The page may be whole in the log, so this alone proves nothing."""
    for (line,) in connection.execute("PRAGMA cipher_integrity_check"):
        yield f"The file is damaged: {line}."


def _printouts(connection: Connection) -> Iterator[str]:
    """Each print for a ticket in the journal is kept as one, and each of our own stands in the journal."""
    told = {
        operation
        for (operation,) in connection.execute(
            "SELECT operation FROM journal WHERE kind = 'printed' AND coalesce(body ->> 'ticket', '') <> ''"
        )
    }
    own = {operation for (operation,) in connection.execute("SELECT operation FROM prints WHERE own")}
    for operation in told - own:
        yield f"The journal says that {operation} was printed, but there is no such print."
    for operation in own - told:
        yield f"There is a print {operation} that the journal does not know."


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


_FINDERS = (
    _damage,
    journal.faults,
    orders.faults,
    checkins.count_faults,
    _passages,
    _printouts,
    till.faults,
    book_checks.faults,
    payments.faults,
    redeeming.faults,
    operators.faults,
)
