"""Shifts and the Z reports that close them, and whether the books of the till still add up.

Receipts, cash and carts under way have rooms of their own. All numbers are given in the transaction of what they
number, so that they are dense. A receipt and a Z are never changed and never taken out; triggers hold that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain.documents import Report
from boxoffice.domain.instants import maybe_moment, micros, moment
from boxoffice.domain.shift import Perpetual, Shift

from .connection import Connection

_reports = decoder(Report)
_pieces = decoder(tuple[tuple[int, int], ...])


# Shifts


def open_shift(connection: Connection, shift: Shift) -> None:
    """Keep a new shift. The engine refuses a second one that is open (`IntegrityError`)."""
    connection.execute(
        "INSERT INTO shifts (id, event, currency, operator, opened_at, float, training, server_opened_at, pieces)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            shift.id,
            shift.event,
            shift.currency,
            shift.operator,
            micros(shift.opened_at),
            shift.float,
            shift.training,
            None if shift.server_opened_at is None else micros(shift.server_opened_at),
            msgspec.json.encode(shift.pieces).decode(),
        ),
    )


def current_shift(connection: Connection, *, training: bool = False) -> Shift | None:
    """The shift that is open, if there is one."""
    return _shift(connection, "closed_at IS NULL AND training = ?", (training,))


def shift(connection: Connection, shift_id: str) -> Shift | None:
    """One shift."""
    return _shift(connection, "id = ?", (shift_id,))


def _shift(connection: Connection, where: str, values: Sequence[object]) -> Shift | None:
    row = connection.execute(
        "SELECT id, event, currency, operator, opened_at, float, training, closed_at, z, server_opened_at, pieces"
        f" FROM shifts WHERE {where}",
        values,
    ).fetchone()
    if row is None:
        return None
    return Shift(
        id=row[0],
        event=row[1],
        currency=row[2],
        operator=row[3],
        opened_at=moment(row[4]),
        float=row[5],
        training=bool(row[6]),
        closed_at=maybe_moment(row[7]),
        z=row[8],
        server_opened_at=maybe_moment(row[9]),
        pieces=_pieces.decode(row[10]),
    )


# Z reports


def perpetual(connection: Connection) -> tuple[int, Perpetual]:
    """The number of the last Z, and the totals that it carried; zeros before the first."""
    row = connection.execute(
        "SELECT number, all_sales, all_returns FROM z_reports ORDER BY number DESC LIMIT 1"
    ).fetchone()
    return (row[0], Perpetual(sales=row[1], returns=row[2])) if row else (0, Perpetual())


def close_shift(connection: Connection, shift_id: str, at: datetime, number: int | None) -> None:
    """The shift is over; `number` is its Z's. A shift of training has none."""
    connection.execute("UPDATE shifts SET closed_at = ?, z = ? WHERE id = ?", (micros(at), number, shift_id))


def put_z(
    connection: Connection,
    shift_id: str,
    report: Report,
    figures: tuple[int, int, int, int],
    after: Perpetual,
    in_doubt: Sequence[str] = (),
) -> None:
    """Keep a Z whole. The figures are sales, returns, cash expected and cash counted.

    `in_doubt` names card payments that are carried into the next period.
    """
    connection.execute(
        "INSERT INTO z_reports (number, shift, at, sales, returns, expected, counted, all_sales, all_returns, in_doubt,"
        " document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            report.number,
            shift_id,
            micros(report.at),
            *figures,
            after.sales,
            after.returns,
            msgspec.json.encode(in_doubt).decode(),
            msgspec.json.encode(report).decode(),
        ),
    )


def z(connection: Connection, number: int) -> Report | None:
    """A Z as it was closed."""
    row = connection.execute("SELECT document FROM z_reports WHERE number = ?", (number,)).fetchone()
    return _reports.decode(row[0]) if row else None


def carried(connection: Connection) -> tuple[str, ...]:
    """The card payments that were in doubt at the last Z."""
    row = connection.execute("SELECT in_doubt FROM z_reports ORDER BY number DESC LIMIT 1").fetchone()
    return decode(row[0], tuple[str, ...]) if row else ()


def z_list(connection: Connection, limit: int = -1) -> list[tuple[int, datetime, int]]:
    """Number, time and net amount of each Z, newest first."""
    rows = connection.execute(
        "SELECT number, at, sales + returns FROM z_reports ORDER BY number DESC LIMIT ?", (limit,)
    )
    return [(number, moment(at), net) for number, at, net in rows.fetchall()]


def drawers_between(
    connection: Connection, event: str, since: datetime, until: datetime
) -> list[tuple[int, datetime, str, int, int]]:
    """Number, time, who opened, cash expected and counted of each Z in a time (its end is outside)."""
    rows = connection.execute(
        "SELECT z.number, z.at, s.operator, z.expected, z.counted FROM z_reports z JOIN shifts s ON s.id = z.shift"
        " WHERE s.event = ? AND z.at >= ? AND z.at < ? ORDER BY z.number",
        (event, micros(since), micros(until)),
    )
    return [(number, moment(at), *rest) for number, at, *rest in rows.fetchall()]


# Whether it adds up


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong with the books, sentence by sentence; nothing if they balance."""
    for table in ("receipts", "cash_moves"):
        for training, number, last in connection.execute(
            f"SELECT training, count(*), max(number) FROM {table} GROUP BY training"
        ).fetchall():
            if number != last:
                kind = "training " if training else ""
                yield f"Of the {kind}{table.replace('_', ' ')} up to {last}, {last - number} are missing."
    for number, about in connection.execute(_ABOUT_NOTHING).fetchall():
        yield f"Receipt {number} is about receipt {about}, which there is not."
    for number, total, rounding, paid in connection.execute(_UNPAID).fetchall():
        yield f"Receipt {number} says {total} and its rounding {rounding}, but its tenders come to {paid}."
    yield from _z_faults(connection)


_ABOUT_NOTHING = """
    SELECT r.number, r.corrects FROM receipts r LEFT JOIN receipts o ON o.training = r.training
    AND o.number = r.corrects WHERE r.corrects IS NOT NULL AND (o.number IS NULL OR o.number >= r.number)
"""
_UNPAID = """
    SELECT r.number, r.total, r.rounding, coalesce(sum(t.amount), 0) AS paid
    FROM receipts r LEFT JOIN receipt_tenders t ON t.training = r.training AND t.receipt = r.number
    GROUP BY r.training, r.number HAVING paid <> r.total + r.rounding
"""


def _z_faults(connection: Connection) -> Iterator[str]:
    """Each Z is the sum of its receipts, and what it carries is the Z before it and its own."""
    before: Any = (0, 0, 0)
    for number, sales, returns, all_sales, all_returns, sold, back in connection.execute(_ZS).fetchall():
        if number != before[0] + 1:
            yield f"Z {number} does not come next after {before[0]}."
        if (sales, returns) != (sold, back):
            yield f"Z {number} says {sales} and {returns}, its receipts {sold} and {back}."
        if (all_sales, all_returns) != (before[1] + sales, before[2] + returns):
            yield f"The totals of Z {number} do not follow from the one before it."
        before = (number, all_sales, all_returns)


_ZS = """
    SELECT z.number, z.sales, z.returns, z.all_sales, z.all_returns,
        (SELECT coalesce(sum(total - loaded), 0) FROM receipts r WHERE r.shift = z.shift AND total >= 0),
        (SELECT coalesce(sum(total - loaded), 0) FROM receipts r WHERE r.shift = z.shift AND total < 0)
    FROM z_reports z ORDER BY z.number
"""
