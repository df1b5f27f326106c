"""Card payments as they were tried: each attempt whole, however it ended, and what each terminal's newest one is.

An attempt is found by what it is for, by its terminal, by the terminal's number of it or by its time. The engine
itself holds that no sale and no terminal has two that are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.errands import Errand
from boxoffice.domain.instants import micros
from boxoffice.domain.payment import CHARGED, DOUBTFUL, ENDS, Attempt, State, Way
from boxoffice.domain.terminals import Mark, TerminalDay

from .connection import Connection

_attempts = decoder(Attempt)
_marks = decoder(Mark)
_days = decoder(TerminalDay)
_CHARGED = f"state IN ({', '.join(repr(one.value) for one in sorted(CHARGED))})"


def put(connection: Connection, attempt: Attempt) -> None:
    """Keep an attempt as it stands now. A second open one of its sale or terminal is refused (`IntegrityError`)."""
    connection.execute(
        "INSERT INTO card_payments (id, operation, event, terminal, state, open, began_at, changed_at,"
        " terminal_receipt, receipt, reversed_for, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET state = excluded.state, open = excluded.open,"
        " changed_at = excluded.changed_at, terminal_receipt = excluded.terminal_receipt,"
        " receipt = excluded.receipt, reversed_for = excluded.reversed_for, body = excluded.body",
        (
            attempt.id,
            attempt.operation,
            attempt.event,
            attempt.terminal,
            attempt.state.value,
            attempt.is_open,
            micros(attempt.began_at),
            micros(attempt.changed_at),
            attempt.evidence.receipt or None,
            attempt.receipt,
            attempt.reversed_for,
            msgspec.json.encode(attempt).decode(),
        ),
    )


def attempt(connection: Connection, attempt_id: str) -> Attempt | None:
    """One attempt."""
    found = _find(connection, "id = ?", (attempt_id,))
    return found[0] if found else None


def of_operation(connection: Connection, operation: str) -> list[Attempt]:
    """Every attempt for one sale, payment or refund, oldest first."""
    return _find(connection, "operation = ?", (operation,))


def about(connection: Connection, operation: str) -> list[Attempt]:
    """Every attempt for an operation, those among them that are taken back for it; oldest first."""
    return _find(connection, "operation = ? OR (reversed_for = ? AND reversed_for <> '')", (operation, operation))


def unreceipted(connection: Connection, operation: str) -> list[Attempt]:
    """Attempts by which money has moved for an operation, and which stand on no receipt of it yet."""
    return unreceipted_of(about(connection, operation), operation)


def unreceipted_of(attempts: Sequence[Attempt], operation: str) -> list[Attempt]:
    """The same of what is `about` an operation: first what was charged for it, then what went back for it."""
    charged = [one for one in attempts if one.operation == operation and one.is_stray]
    back = [one for one in attempts if one.reversed_for == operation and one.state is State.REVERSED]
    return charged + [one for one in back if one.back_receipt is None]


def open_at(connection: Connection, terminal: str) -> Attempt | None:
    """The attempt that a terminal is taken by."""
    found = _find(connection, "open AND terminal = ?", (terminal,))
    return found[0] if found else None


def open_ones(connection: Connection) -> list[Attempt]:
    """Attempts that something is still to come of, oldest first."""
    return _find(connection, "open", ())


def doubtful(connection: Connection) -> list[Attempt]:
    """Attempts by which money may have moved, and nobody can say so yet."""
    return [one for one in open_ones(connection) if one.state in DOUBTFUL]


def strays(connection: Connection) -> list[Attempt]:
    """Attempts by which money has moved, either way, and which stand on no receipt."""
    charged = _find(connection, f"{_CHARGED} AND receipt IS NULL", ())
    back = _find(connection, "reversed_for <> '' AND state = ?", (State.REVERSED,))
    return charged + [one for one in back if one.back_receipt is None]


def loose(connection: Connection) -> list[Attempt]:
    """What somebody has to look after: in doubt, or moved without a receipt."""
    return [*doubtful(connection), *strays(connection)]


def of_receipt(connection: Connection, receipt: int) -> list[Attempt]:
    """Attempts that stand on a receipt of this till."""
    return _find(connection, "receipt = ?", (receipt,))


def of_terminal_receipt(connection: Connection, number: int) -> list[Attempt]:
    """Attempts by a terminal's own number, which comes round again after 9999."""
    return _find(connection, "terminal_receipt = ?", (number,))


def moved_in(connection: Connection, shift: str) -> list[tuple[str, int]]:
    """What cards stand on the receipts of a shift: terminal and amount, negative where money went back."""
    inside = "IN (SELECT number FROM receipts WHERE shift = ? AND NOT training)"
    taken = _find(connection, f"receipt {inside}", (shift,))
    back = _find(connection, f"json_extract(body, '$.back_receipt') {inside}", (shift,))
    signs = {Way.CHARGE: 1, Way.REFUND: -1}
    moved = [(one.terminal, signs[one.way] * one.amount) for one in taken]
    return moved + [(one.terminal, -one.amount) for one in back]


def between(connection: Connection, since: datetime, until: datetime) -> list[Attempt]:
    """Attempts that began in a time (its end is outside), oldest first."""
    return _find(connection, "began_at >= ? AND began_at < ?", (micros(since), micros(until)))


def _find(connection: Connection, where: str, values: Sequence[object]) -> list[Attempt]:
    rows = connection.execute(f"SELECT body FROM card_payments WHERE {where} ORDER BY began_at, id", values)
    return [_attempts.decode(body) for (body,) in rows.fetchall()]


def newest(connection: Connection, limit: int) -> list[Attempt]:
    """The attempts that began last, newest first."""
    rows = connection.execute("SELECT body FROM card_payments ORDER BY began_at DESC, id DESC LIMIT ?", (limit,))
    return [_attempts.decode(body) for (body,) in rows.fetchall()]


def of_amount(connection: Connection, amount: int) -> list[Attempt]:
    """Attempts over an amount, newest first; minor units, positive either way."""
    return _find(connection, "json_extract(body, '$.amount') = ?", (amount,))[::-1]


def charged_at(connection: Connection, terminal: str, since: datetime | None) -> list[Attempt]:
    """Attempts at a terminal after a time by which money has moved for good, oldest first."""
    return _find(connection, f"terminal = ? AND began_at > ? AND {_CHARGED}", (terminal, micros(since) if since else 0))


# What is done with cards for orders


_errands = decoder(Errand)


def put_errand(connection: Connection, errand: Errand) -> None:
    """Keep what cards are to be moved for."""
    connection.execute(
        "INSERT INTO card_errands (operation, event, code, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (operation) DO UPDATE SET body = excluded.body",
        (errand.operation, errand.event, errand.order, msgspec.json.encode(errand).decode()),
    )


def errand(connection: Connection, operation: str) -> Errand | None:
    """What cards were to be moved for."""
    row = connection.execute("SELECT body FROM card_errands WHERE operation = ?", (operation,)).fetchone()
    return _errands.decode(row[0]) if row else None


def errands_of(connection: Connection, event: str, order: str) -> list[Errand]:
    """Everything that cards were to be moved for about an order."""
    rows = connection.execute("SELECT body FROM card_errands WHERE event = ? AND code = ?", (event, order)).fetchall()
    return [_errands.decode(body) for (body,) in rows]


# The days of terminals


def put_day(connection: Connection, day: TerminalDay) -> None:
    """Keep the end of a terminal's day."""
    connection.execute(
        "INSERT INTO card_days (id, terminal, at, shift, body) VALUES (?, ?, ?, ?, ?)",
        (day.id, day.terminal, micros(day.at), day.shift, msgspec.json.encode(day).decode()),
    )


def last_day(connection: Connection, terminal: str) -> TerminalDay | None:
    """The last end of day of a terminal."""
    found = connection.execute(
        "SELECT body FROM card_days WHERE terminal = ? ORDER BY at DESC LIMIT 1", (terminal,)
    ).fetchone()
    return _days.decode(found[0]) if found else None


def days_of_shift(connection: Connection, shift: str) -> list[TerminalDay]:
    """The ends of days at terminals while a shift was open."""
    rows = connection.execute("SELECT body FROM card_days WHERE shift = ? ORDER BY at", (shift,))
    return [_days.decode(body) for (body,) in rows.fetchall()]


def days_between(connection: Connection, since: datetime, until: datetime) -> list[TerminalDay]:
    """The ends of days at terminals in a time (its end is outside), oldest first."""
    rows = connection.execute(
        "SELECT body FROM card_days WHERE at >= ? AND at < ? ORDER BY at", (micros(since), micros(until))
    )
    return [_days.decode(body) for (body,) in rows.fetchall()]


# What terminals are known to have


def mark(connection: Connection, terminal: str) -> Mark | None:
    """The newest payment that a terminal is known to have; None while that is not known."""
    row = connection.execute("SELECT mark FROM card_marks WHERE terminal = ?", (terminal,)).fetchone()
    return _marks.decode(row[0]) if row else None


def put_mark(connection: Connection, terminal: str, mark: Mark | None) -> None:
    """Keep which payment is a terminal's newest; None if it has to be asked again."""
    connection.execute("DELETE FROM card_marks WHERE terminal = ?", (terminal,))
    if mark is not None:
        said = msgspec.json.encode(mark).decode()
        connection.execute("INSERT INTO card_marks (terminal, mark) VALUES (?, ?)", (terminal, said))


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the card payments, sentence by sentence: journal, receipts and they have to agree."""
    told = dict(connection.execute(_TOLD).fetchall())
    kept = {one.id: one for one in _find(connection, "1", ())}
    for attempt_id in told.keys() - kept.keys():
        yield f"The journal knows the card payment {attempt_id}, but there is no such payment."
    for one in kept.values():
        if one.state in ENDS and told.get(one.id) != one.state.value:
            yield f"The card payment {one.id} is {one.state}; the journal says {told.get(one.id) or 'nothing'}."
    numbers = {number for (number,) in connection.execute("SELECT number FROM receipts WHERE NOT training")}
    for one in kept.values():
        for number in {one.receipt, one.back_receipt} - numbers - {None}:
            yield f"The card payment {one.id} stands on receipt {number}, which there is not."
    closed = connection.execute(f"SELECT operation FROM journal WHERE kind = 'card_day' AND {_OURS}")
    for day in {operation for (operation,) in closed} - {
        day for (day,) in connection.execute("SELECT id FROM card_days")
    }:
        yield f"The journal closed a terminal's day as {day}, but there is no such day."


_OURS = "coalesce(body ->> 'station', '') = ''"
"""Not handed on for another station."""
_TOLD = f"""
    SELECT body ->> 'attempt', body ->> 'outcome' FROM journal
    WHERE id IN (SELECT max(id) FROM journal WHERE kind = 'card' AND {_OURS} GROUP BY body ->> 'attempt')
"""


def forget_people(connection: Connection) -> None:
    """Take out of all attempts what may name a person. The terminal's numbers and the amounts stay."""
    for one in _find(connection, "1", ()):
        nameless = msgspec.structs.replace(one.evidence, pan="", text="", approval="")
        put(connection, msgspec.structs.replace(one, evidence=nameless, reason=""))
