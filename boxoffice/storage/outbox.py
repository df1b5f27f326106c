"""What the server does not know yet: the unsent tail of the journal, with a state for each entry.

An entry leaves when the server has said `done`. One that the server refuses is parked: kept with the
server's words, counted on every screen, and never in the way of another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from boxoffice.domain.facts import subject_of
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.journal import Entry

from . import journal
from .connection import Connection

WAITING = "waiting"
PARKED = "parked"
GIVEN_UP = "given up"
"""A person has decided that the server need not have it. It stays here, and in the journal."""

_OF_ORDERS = "subject NOT GLOB '*/*-*' AND subject <> ''"
"""As the index says it, which knows them without a look at the others."""
_ORDER_OF = "CASE WHEN o.subject GLOB '*/*-[0-9]*' THEN rtrim(rtrim(o.subject, '0123456789'), '-') END"
"""The subject of a ticket's order; nothing for other subjects."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the outbox."""

    number: int
    entry: Entry
    subject: str
    state: str
    tries: int
    because: str | None
    exported: bool = False
    """Whether it stands in a file that a person has."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much waits, how much was refused, and how old the oldest is."""

    waiting: int = 0
    parked: int = 0
    oldest: str | None = None
    """The oldest waiting act's own time, ISO 8601."""


def waiting(connection: Connection, limit: int = 500, after: int = 0) -> list[Waiting]:
    """What is to be sent, oldest first, behind number `after`.

    Acts of a subject with a parked one wait behind it, and so do acts on a ticket whose sale is parked. Whoever went
    in with a ticket of which something else was refused, a name put right, did go in.
    """
    return _read(
        connection,
        "o.state = 'waiting' AND o.id > ? AND (o.subject = '' OR NOT EXISTS (SELECT 1 FROM outbox p"
        f" JOIN journal j ON j.id = p.id WHERE p.state = 'parked' AND p.subject IN (o.subject, {_ORDER_OF})"
        " AND p.id < o.id AND (p.subject = o.subject OR j.kind = 'sold')))",
        limit,
        after,
    )


def newest(connection: Connection) -> int:
    """Number of the newest act that waits; 0 if none does."""
    row = connection.execute("SELECT id FROM outbox WHERE state = 'waiting' ORDER BY id DESC LIMIT 1").fetchone()
    return int(row[0]) if row else 0


def operations(connection: Connection) -> set[str]:
    """Everything that no server has taken, in whatever state."""
    rows = connection.execute("SELECT j.operation FROM outbox o JOIN journal j ON j.id = o.id")
    return {operation for (operation,) in rows.fetchall()}


def unsent_operations(connection: Connection) -> dict[str, tuple[str, str]]:
    """State and the server's words of everything that no server has taken."""
    rows = connection.execute("SELECT j.operation, o.state, o.because FROM outbox o JOIN journal j ON j.id = o.id")
    return {operation: (state, because or "") for operation, state, because in rows.fetchall()}


def parked(connection: Connection, limit: int = 500) -> list[Waiting]:
    """What the server refused, oldest first."""
    return _read(connection, "o.state = 'parked'", limit)


def listing(connection: Connection, limit: int = 500) -> list[Waiting]:
    """Everything that is to be sent or was refused, oldest first."""
    return _read(connection, f"o.state <> '{GIVEN_UP}'", limit)


def _read(connection: Connection, condition: str, limit: int, *values: object) -> list[Waiting]:
    rows = connection.execute(
        "SELECT o.id, o.subject, o.state, o.tries, o.because, o.exported_at IS NOT NULL FROM outbox o"
        f" WHERE {condition} ORDER BY o.id LIMIT ? + 0",  # A bare number would be looked at each time to plan anew.
        (*values, limit),
    ).fetchall()
    return [
        Waiting(
            number=number,
            entry=journal.entry(connection, number),
            subject=subject,
            state=state,
            tries=tries,
            because=because,
            exported=bool(exported),
        )
        for number, subject, state, tries, because, exported in rows
    ]


def orders_with_acts(connection: Connection) -> set[str]:
    """The orders (`event/CODE`) about which the server may not know everything yet."""
    rows = connection.execute(f"SELECT DISTINCT subject FROM outbox WHERE {_OF_ORDERS} AND state <> '{GIVEN_UP}'")
    return {subject for (subject,) in rows}


def acts_on_order(connection: Connection, subject: str) -> list[Entry]:
    """What the server is to hear about one order (not about its tickets), oldest first."""
    rows = connection.execute(
        f"SELECT id FROM outbox WHERE {_OF_ORDERS} AND subject = ? AND state <> '{GIVEN_UP}' ORDER BY id", (subject,)
    )
    return [journal.entry(connection, number) for (number,) in rows.fetchall()]


def done(connection: Connection, operation: str) -> None:
    """The server has it."""
    connection.execute("DELETE FROM outbox WHERE id = (SELECT id FROM journal WHERE operation = ?)", (operation,))


def park(connection: Connection, operation: str, because: str) -> None:
    """The server said no for good, in these words."""
    connection.execute(
        "UPDATE outbox SET state = 'parked', because = ?, tries = tries + 1"
        " WHERE id = (SELECT id FROM journal WHERE operation = ?)",
        (because, operation),
    )


def later(connection: Connection, operation: str, because: str) -> int:
    """The server could not say; it is tried again. How often it was tried."""
    row = connection.execute(
        "UPDATE outbox SET tries = tries + 1, because = ? WHERE id = (SELECT id FROM journal WHERE operation = ?)"
        " RETURNING tries",
        (because, operation),
    ).fetchall()
    return int(row[0][0]) if row else 0


def give_up(connection: Connection, operation: str) -> None:
    """It is sent no more; what waited behind it goes on."""
    connection.execute(
        f"UPDATE outbox SET state = '{GIVEN_UP}' WHERE id = (SELECT id FROM journal WHERE operation = ?)", (operation,)
    )


def is_refused(connection: Connection, operation: str) -> bool:
    """Whether the server would not have it, or a person has decided that it need not."""
    row = connection.execute(
        "SELECT 1 FROM outbox WHERE state <> 'waiting' AND id = (SELECT id FROM journal WHERE operation = ?)",
        (operation,),
    ).fetchone()
    return row is not None


def retry(connection: Connection, operation: str | None = None) -> list[str]:
    """Send parked acts again: one, or all; which ones."""
    again = connection.execute(
        "SELECT o.id, j.operation FROM outbox o JOIN journal j ON j.id = o.id WHERE o.state = 'parked'"
        " AND (?1 IS NULL OR j.operation = ?1)",
        (operation,),
    ).fetchall()
    connection.executemany(
        "UPDATE outbox SET state = 'waiting', tries = 0 WHERE id = ?", [(number,) for number, _ in again]
    )
    return [one for _, one in again]


def acknowledged(connection: Connection, device: str, epoch: int, ranges: Iterable[tuple[int, int]]) -> list[int]:
    """Numbers of the acts in these ranges of sequences (first and last) that the server had taken."""
    return [
        number
        for first, last in ranges
        for (number,) in connection.execute(
            "SELECT j.id FROM journal j WHERE j.device = ? AND j.epoch = ? AND j.sequence BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = j.id) ORDER BY j.id",
            (device, epoch, first, last),
        ).fetchall()
    ]


def send_again(connection: Connection, numbers: Iterable[int]) -> None:
    """Put acts back that had left: the server was brought back from an older state."""
    for number in numbers:
        fact = journal.entry(connection, number).fact()
        connection.execute("INSERT INTO outbox (id, subject) VALUES (?, ?)", (number, subject_of(fact)))


def mark_exported(connection: Connection, numbers: Iterable[int], at: datetime) -> None:
    """These stand in a file that a person has. They are sent all the same, as long as somebody takes them."""
    connection.executemany("UPDATE outbox SET exported_at = ? WHERE id = ?", [(micros(at), one) for one in numbers])


def give_up_exported(connection: Connection) -> None:
    """What stands in a file is sent from there, and not from here any more."""
    connection.execute(f"UPDATE outbox SET state = '{GIVEN_UP}' WHERE exported_at IS NOT NULL")


class Unsent(msgspec.Struct, frozen=True):
    """What no server has taken."""

    only_here: int = 0
    exported: int = 0


def unsent(connection: Connection) -> Unsent:
    """How many acts no server has taken, and how many of them stand in a file. Those given up count for neither."""
    row = connection.execute(
        "SELECT count(*) - count(exported_at), count(exported_at) FROM outbox WHERE state <> ?", (GIVEN_UP,)
    ).fetchone()
    return Unsent(*row)


def counts(connection: Connection) -> Counts:
    """The figures of the status strip."""
    number = dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
    first = connection.execute(
        "SELECT json_extract(j.body, '$.at') FROM outbox o JOIN journal j ON j.id = o.id"
        " WHERE o.state = 'waiting' ORDER BY o.id LIMIT 1"
    ).fetchone()
    oldest = moment(first[0]).isoformat() if first else None
    return Counts(waiting=number.get(WAITING, 0), parked=number.get(PARKED, 0), oldest=oldest)
