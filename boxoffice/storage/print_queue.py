"""The print queue: every document that is to come out on paper, whole, and what became of it.

A state changes only from the one that it is known to have, so a worker, a person and a second press of a button
cannot undo each other. The bytes of a job are kept from before the first of them leaves. Documents about guests
are forgotten when they are no longer needed; what was printed when, stays.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from boxoffice.decoding import Decodes, decoder
from boxoffice.domain.documents import Document
from boxoffice.domain.instants import maybe_moment, micros, moment
from boxoffice.domain.printing import DRAWER, MAY_HAVE_COME_OUT, PERSONAL, Answer, Job, Printout, State

from .connection import Connection

_COLUMNS = (
    "operation, kind, document, event, subject, original, copy, printer, fallback, state, answer, operator, reason,"
    " tries, because, queued_at, changed_at, sent"
)
_JOBS = f"SELECT {_COLUMNS} FROM print_queue"
_OPEN = "state IN ('queued', 'sending', 'unknown', 'failed')"
"""Word by word the condition of the index over them. Asked for by `+id`, they are sorted and the rest is not read."""
_ASKS = f"state = 'unknown' AND answer IS NULL AND kind <> '{DRAWER}'"
_documents: Decodes[Document] = decoder(Document)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before one printer."""

    printer: str
    waiting: int = 0
    asks: int = 0
    failed: int = 0
    oldest: datetime | None = None
    """When the oldest job that waits was put there."""


def put(connection: Connection, job: Job) -> None:
    """Put a job into the queue. Belongs into the transaction of what its document tells of."""
    document = None if job.document is None else msgspec.json.encode(job.document).decode()
    connection.execute(
        "INSERT INTO print_queue (operation, kind, document, event, subject, original, copy, printer, fallback, state,"
        " operator, reason, because, queued_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(job.operation, job.kind, document, job.event, job.subject, job.original, job.copy),
            *(job.printer, job.fallback, job.state.value, job.operator, job.reason, job.because),
            *(micros(job.queued_at), micros(job.changed_at)),
        ),
    )


def find(connection: Connection, operation: str) -> Job | None:
    """One job."""
    found = _read(connection, "operation = ?", (operation,))
    return found[0] if found else None


def beginning_with(connection: Connection, letters: str) -> list[Job]:
    """Jobs by the first letters of their operation, two at most."""
    return _read(connection, "substr(operation, 1, length(?1)) = ?1", (letters,), "id", 2)


def next_of(connection: Connection, printer: str) -> Job | None:
    """The job that has waited longest for this printer."""
    found = _read(connection, f"{_OPEN} AND printer = ? AND state = 'queued'", (printer,), "id", 1)
    return found[0] if found else None


def open_ones(connection: Connection) -> list[Job]:
    """Everything that waits, is on its way, failed or needs an answer; oldest first."""
    return _read(connection, f"{_OPEN} AND (state <> 'unknown' OR {_ASKS})", order="+id")


def first_open(connection: Connection, limit: int) -> list[Job]:
    """The first of them that a person should see: what needs an answer, then what is oldest."""
    return _read(connection, f"{_OPEN} AND (state <> 'unknown' OR {_ASKS})", (), "state <> 'unknown', +id", limit)


def asked(connection: Connection) -> list[Job]:
    """What needs an answer, oldest first."""
    return _read(connection, f"{_OPEN} AND {_ASKS}", order="+id")


def done_ones(connection: Connection, limit: int) -> list[Job]:
    """What has ended, newest first."""
    return _read(connection, f"NOT ({_OPEN} AND (state <> 'unknown' OR {_ASKS}))", (), "id DESC", limit)


def of_original(connection: Connection, original: str) -> list[Job]:
    """A document's first job and its copies, oldest first."""
    return _read(connection, "original = ?", (original,))


def about(connection: Connection, event: str, subject: str, kind: str) -> list[Job]:
    """The jobs of one kind about one thing, oldest first."""
    return _read(connection, "event = ? AND subject = ? AND kind = ?", (event, subject, kind))


def named(connection: Connection, subject: str, kind: str) -> list[Job]:
    """The jobs of one kind about one thing of any event, oldest first."""
    return _read(connection, "subject = ? AND kind = ?", (subject, kind))


def open_named(connection: Connection, subject: str, kind: str) -> list[Job]:
    """The open jobs of one kind about one thing of any event, oldest first."""
    return _read(connection, f"{_OPEN} AND subject = ? AND kind = ?", (subject, kind), "+id")


def in_state(connection: Connection, state: State) -> list[Job]:
    """The open jobs in a state, oldest first."""
    return _read(connection, f"{_OPEN} AND state = ?", (state.value,), order="+id")


def is_any_stuck(connection: Connection, since: datetime, printers: Sequence[str], tries: int) -> bool:
    """Whether a drawer has waited since before then, or a paper might go to its fallback among these printers.

    That is so once its own was tried so often, or is not among them. No document is read for it.
    """
    (found,) = connection.execute(
        f"SELECT EXISTS (SELECT 1 FROM print_queue WHERE {_OPEN} AND state = 'queued' AND CASE kind WHEN '{DRAWER}'"
        " THEN queued_at < :since"
        " ELSE fallback IN (SELECT value FROM json_each(:printers))"
        "  AND (tries >= :tries OR printer NOT IN (SELECT value FROM json_each(:printers))) END)",
        {"since": micros(since), "printers": json.dumps(printers), "tries": tries},
    ).fetchone()
    return bool(found)


def copies(connection: Connection, original: str) -> int:
    """How often a document came out, or may have."""
    marks = ", ".join("?" * len(MAY_HAVE_COME_OUT))
    row = connection.execute(
        f"SELECT count(*) FROM print_queue WHERE original = ? AND state IN ({marks})",
        (original, *(state.value for state in MAY_HAVE_COME_OUT)),
    ).fetchone()
    return int(row[0])


def lines(connection: Connection) -> list[Line]:
    """What stands before each printer that has anything before it."""
    rows = connection.execute(
        f"SELECT printer, sum(state IN ('queued', 'sending')), sum({_ASKS}), sum(state = 'failed'),"
        " min(CASE WHEN state IN ('queued', 'sending') THEN queued_at END)"
        f" FROM print_queue WHERE {_OPEN} GROUP BY printer ORDER BY printer"
    )
    return [
        Line(printer=printer, waiting=waiting, asks=asks, failed=failed, oldest=maybe_moment(oldest))
        for printer, waiting, asks, failed, oldest in rows.fetchall()
        if waiting or asks or failed
    ]


def begin(connection: Connection, operation: str, data: bytes, at: datetime, by: str = "") -> bool:
    """Bytes are about to leave: keep them. False if the job is no longer queued, and then none may.

    `by` is the printer whose worker asks: it may not if the job was sent elsewhere meanwhile.
    """
    begun = connection.execute(
        "UPDATE print_queue SET state = 'sending', tries = tries + 1, because = '', changed_at = ?, sent = ?"
        " WHERE operation = ? AND state = 'queued' AND ? IN ('', printer)",
        (micros(at), hashlib.sha256(data).digest(), operation, by),
    )
    if begun.rowcount <= 0:
        return False
    connection.execute(
        "INSERT OR REPLACE INTO print_bytes (id, packed) SELECT id, ? FROM print_queue WHERE operation = ?",
        (zlib.compress(data, 1), operation),
    )
    return True


def end(connection: Connection, operation: str, before: State, state: State, because: str, at: datetime) -> bool:
    """A job is in another state now; False if it was not in the one before."""
    moved = connection.execute(
        "UPDATE print_queue SET state = ?, because = ?, changed_at = ? WHERE operation = ? AND state = ?",
        (state.value, because, micros(at), operation, before.value),
    )
    return bool(moved.rowcount > 0)


def not_sent(connection: Connection, operation: str, because: str, by: str = "") -> None:
    """A try ended before any byte left, as its own worker knows; the job goes on waiting.

    `by` is the printer of that worker: where the job was sent elsewhere meanwhile it has nothing to say of it.
    """
    connection.execute(
        "UPDATE print_queue SET state = 'queued', tries = tries + (state = 'queued'), because = ?"
        " WHERE operation = ? AND state IN ('queued', 'sending') AND ? IN ('', printer)",
        (because, operation, by),
    )


def answer(connection: Connection, operation: str, said: Answer, state: State, at: datetime) -> bool:
    """A person has said what became of a job; False if nobody had asked."""
    moved = connection.execute(
        f"UPDATE print_queue SET answer = ?, state = ?, changed_at = ? WHERE operation = ? AND {_ASKS}",
        (said.value, state.value, micros(at), operation),
    )
    return bool(moved.rowcount > 0)


def move(connection: Connection, operation: str, printer: str, fallback: str) -> bool:
    """Another printer shall do it; only for a job of which nothing has left."""
    moved = connection.execute(
        "UPDATE print_queue SET printer = ?, fallback = ?, state = 'queued', tries = 0, because = ''"
        " WHERE operation = ? AND state IN ('queued', 'failed')",
        (printer, fallback, operation),
    )
    return bool(moved.rowcount > 0)


def sent_bytes(connection: Connection, operation: str) -> bytes:
    """What left last for this job; empty if nothing did, or it is no longer kept."""
    row = connection.execute(
        "SELECT packed FROM print_bytes WHERE id = (SELECT id FROM print_queue WHERE operation = ?)", (operation,)
    ).fetchone()
    return zlib.decompress(row[0]) if row else b""


def forget(connection: Connection, before: datetime) -> int:
    """Drop documents about guests, and the bytes they became, of jobs that ended before then; how many."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(PERSONAL))
    old = (
        f"kind IN ({kinds}) AND document IS NOT NULL AND changed_at < ? AND NOT ({_OPEN}"
        f" AND (state <> 'unknown' OR {_ASKS}))"
    )
    connection.execute(
        f"DELETE FROM print_bytes WHERE id IN (SELECT id FROM print_queue WHERE {old})", (micros(before),)
    )
    return int(connection.execute(f"UPDATE print_queue SET document = NULL WHERE {old}", (micros(before),)).rowcount)


def _read(
    connection: Connection, condition: str, values: Iterable[object] = (), order: str = "id", limit: int = -1
) -> list[Job]:
    rows = connection.execute(f"{_JOBS} WHERE {condition} ORDER BY {order} LIMIT {int(limit)}", tuple(values))
    return [_job(row) for row in rows.fetchall()]


def _job(row: Sequence[Any]) -> Job:
    return Job(
        operation=row[0],
        kind=row[1],
        document=None if row[2] is None else _documents.decode(row[2]),
        event=row[3],
        subject=row[4],
        original=row[5],
        copy=row[6],
        printer=row[7],
        fallback=row[8],
        state=State(row[9]),
        answer=None if row[10] is None else Answer(row[10]),
        operator=row[11],
        reason=row[12],
        tries=row[13],
        because=row[14],
        queued_at=moment(row[15]),
        changed_at=moment(row[16]),
        sent=row[17].hex() if row[17] else "",
    )


# What came out for a ticket, here and at other stations


def put_printout(connection: Connection, printout: Printout, *, own: bool) -> None:
    """Keep that paper came out for a ticket; once, however often it is told.

    A server may tell of our own print under a name of its own: no station prints two things for one ticket in
    the same microsecond.
    """
    connection.execute(
        "INSERT INTO prints (operation, event, ticket, what, at, device, copy, reason, own)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE ?9 OR NOT EXISTS (SELECT 1 FROM prints"
        " WHERE event = ?2 AND ticket = ?3 AND at = ?5 AND own) ON CONFLICT (operation) DO NOTHING",
        (
            *(printout.operation, printout.event, printout.ticket, printout.what, micros(printout.at)),
            *(printout.device, printout.copy, printout.reason, own),
        ),
    )


def printouts(connection: Connection, event: str, ticket: str) -> list[Printout]:
    """What came out for a ticket anywhere, oldest first."""
    rows = connection.execute(
        "SELECT operation, what, at, device, copy, reason FROM prints WHERE event = ? AND ticket = ? ORDER BY at",
        (event, ticket),
    )
    return [
        Printout(
            operation=operation,
            event=event,
            ticket=ticket,
            what=what,
            at=moment(at),
            device=device,
            copy=copy,
            reason=reason,
        )
        for operation, what, at, device, copy, reason in rows.fetchall()
    ]


def keep_own(connection: Connection) -> None:
    """Forget what came out at other stations."""
    connection.execute("DELETE FROM prints WHERE NOT own")
