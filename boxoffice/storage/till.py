"""The books of the till: shifts, sales under way, receipts, movements of cash, Z reports.

Numbers are given here, in the transaction of what they number, so that they are dense. A receipt and a Z are never
changed and never taken out; triggers hold that, and `faults` looks at whether the books still add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from boxoffice.decoding import decode, decoder
from boxoffice.domain.cart import Cart
from boxoffice.domain.documents import Movement, Report
from boxoffice.domain.instants import maybe_moment, micros, moment
from boxoffice.domain.shift import Booked, Count, Move, Perpetual, Shift

from .connection import Connection

_carts = decoder(Cart)
_booked = decoder(Booked)
_reports = decoder(Report)
_pieces = decoder(tuple[tuple[int, int], ...])

OPEN, HELD, FINISHED, DROPPED = "open", "held", "finished", "dropped"


class UnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """A sale that was begun."""

    id: str
    state: str
    cart: Cart
    changed_at: datetime


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


# Sales under way


def put_sale(connection: Connection, cart: Cart, state: str, at: datetime) -> None:
    """Keep a cart under its id."""
    connection.execute(
        "INSERT INTO sales (id, event, state, cart, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, cart = excluded.cart, changed_at = excluded.changed_at",
        (cart.id, cart.event, state, msgspec.json.encode(cart).decode(), micros(at)),
    )


def keep_open(connection: Connection, cart: Cart, at: datetime) -> bool:
    """Keep a cart as a sale under way; False, and nothing is changed, where it was sold or dropped before."""
    cursor = connection.execute(
        "INSERT INTO sales (id, event, state, cart, changed_at) VALUES (?, ?, 'open', ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET state = excluded.state, cart = excluded.cart, changed_at = excluded.changed_at"
        " WHERE sales.state IN ('open', 'held')",
        (cart.id, cart.event, msgspec.json.encode(cart).decode(), micros(at)),
    )
    return bool(cursor.rowcount)


def end_sale(connection: Connection, sale_id: str, state: str, at: datetime) -> None:
    """A sale under way is over; its cart stays as it was."""
    connection.execute("UPDATE sales SET state = ?, changed_at = ? WHERE id = ?", (state, micros(at), sale_id))


def sale(connection: Connection, sale_id: str) -> UnderWay | None:
    """One sale, however far it has come."""
    found = _sales(connection, "id = ?", (sale_id,))
    return found[0] if found else None


def held(connection: Connection, event: str, *, training: bool = False) -> list[UnderWay]:
    """The carts that were put by, oldest first."""
    return _sales(connection, f"{_CARTS} AND state = 'held' ORDER BY changed_at", (event, training))


def open_sales(connection: Connection, event: str, *, training: bool = False) -> list[UnderWay]:
    """Sales that nobody finished, put by or dropped: what a crash left behind."""
    return _sales(connection, f"{_CARTS} AND state = 'open' ORDER BY changed_at", (event, training))


_CARTS = "event = ? AND state IN ('open', 'held') AND coalesce(cart ->> 'training', 0) = ?"
"""Carts of an event, for selling or for training: one never becomes the other. Its states are those of the index."""


def _sales(connection: Connection, where: str, values: Sequence[object]) -> list[UnderWay]:
    rows = connection.execute(f"SELECT id, state, cart, changed_at FROM sales WHERE {where}", values)
    return [
        UnderWay(id=row[0], state=row[1], cart=_carts.decode(row[2]), changed_at=moment(row[3]))
        for row in rows.fetchall()
    ]


# Receipts


def next_receipt(connection: Connection, *, training: bool) -> int:
    """The number that the next receipt gets."""
    return _next(connection, "receipts", training)


def put_receipt(connection: Connection, operation: str, shift_id: str, event: str, booked: Booked) -> None:
    """Keep a receipt under the operation that it belongs to. A second one of that name is refused by the engine."""
    receipt = booked.receipt
    order = receipt.orders[0] if receipt.orders else ""
    connection.execute(
        "INSERT INTO receipts (training, number, operation, shift, event, order_code, corrects, at, total, rounding,"
        " loaded, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            receipt.training,
            booked.number,
            operation,
            shift_id,
            event,
            order,
            booked.corrects or None,
            micros(receipt.at),
            receipt.total,
            receipt.rounding,
            booked.loaded,
            msgspec.json.encode(booked).decode(),
        ),
    )
    connection.executemany(
        "INSERT INTO receipt_tenders (training, receipt, place, means, amount) VALUES (?, ?, ?, ?, ?)",
        [(receipt.training, booked.number, place, one.tender, one.amount) for place, one in enumerate(receipt.tenders)],
    )


def receipt_of(connection: Connection, operation: str) -> Booked | None:
    """The receipt of a sale, if it was finished."""
    return _one_receipt(connection, "operation = ?", (operation,))


def event_of_receipt(connection: Connection, number: int, *, training: bool = False) -> str:
    """The event that a receipt is about."""
    row = connection.execute("SELECT event FROM receipts WHERE number = ? AND training = ?", (number, training))
    return str(row.fetchone()[0])


def operation_of_receipt(connection: Connection, number: int) -> str:
    """The sale, payment or refund that a receipt belongs to."""
    row = connection.execute("SELECT operation FROM receipts WHERE number = ? AND NOT training", (number,))
    return str(row.fetchone()[0])


def shift_of_receipt(connection: Connection, number: int) -> str:
    """The shift in which a receipt was given out."""
    row = connection.execute("SELECT shift FROM receipts WHERE number = ? AND NOT training", (number,))
    return str(row.fetchone()[0])


def receipts_about(connection: Connection, number: int) -> list[Booked]:
    """What was given back or put right of a receipt, oldest first."""
    return _receipts(connection, "corrects = ? AND NOT training ORDER BY number", (number,))


def receipt(connection: Connection, number: int, *, training: bool = False) -> Booked | None:
    """A receipt by its number."""
    return _one_receipt(connection, "number = ? AND training = ?", (number, training))


def receipts_of_order(connection: Connection, event: str, order: str) -> list[Booked]:
    """Every receipt and slip about an order, oldest first."""
    return _receipts(connection, "event = ? AND order_code = ? AND NOT training ORDER BY number", (event, order))


def receipts_of_shift(connection: Connection, shift_id: str) -> list[Booked]:
    """What was sold and given back in a shift, in order."""
    return _receipts(connection, "shift = ? ORDER BY number", (shift_id,))


def receipts_between(
    connection: Connection, event: str, since: datetime, until: datetime
) -> list[tuple[str, str, Booked]]:
    """Operation, shift and receipt of everything in a time (its end is outside), in order."""
    rows = connection.execute(
        "SELECT operation, shift, body FROM receipts WHERE event = ? AND at >= ? AND at < ? AND NOT training"
        " ORDER BY at, number",
        (event, micros(since), micros(until)),
    ).fetchall()
    return [(operation, shift, _booked.decode(body)) for operation, shift, body in rows]


def newest_receipts(connection: Connection, event: str, wanted: str, limit: int) -> tuple[list[Booked], int]:
    """Receipts of an event, newest first, and how many there are; `wanted` is a number, or how a code begins."""
    where, values = "event = ? AND NOT training", [event]
    if wanted.isdecimal():
        where, values = f"{where} AND number = ?", [*values, wanted]
    elif wanted:
        where, values = (
            f"{where} AND order_code >= ? AND order_code < ? || char(1114111)",
            [*values, *[wanted.upper()] * 2],
        )
    many = connection.execute(f"SELECT count(*) FROM receipts WHERE {where}", values).fetchone()[0]
    return _receipts(connection, f"{where} ORDER BY number DESC LIMIT {int(limit)}", values), many


def _one_receipt(connection: Connection, where: str, values: Sequence[object]) -> Booked | None:
    found = _receipts(connection, where, values)
    return found[0] if found else None


def _receipts(connection: Connection, where: str, values: Sequence[object]) -> list[Booked]:
    rows = connection.execute(f"SELECT body FROM receipts WHERE {where}", values).fetchall()
    return [_booked.decode(body) for (body,) in rows]


def forget_people(connection: Connection) -> None:
    """Take out of all receipts, and of the reasons for cash, what may name a person. The figures stay."""
    for training, number, body in connection.execute("SELECT training, number, body FROM receipts").fetchall():
        booked = _booked.decode(body)
        lines = tuple(msgspec.structs.replace(one, notes=()) for one in booked.receipt.lines)
        nameless = msgspec.structs.replace(booked.receipt, lines=lines, reason="")
        kept = msgspec.json.encode(msgspec.structs.replace(booked, receipt=nameless)).decode()
        connection.execute("UPDATE receipts SET body = ? WHERE training = ? AND number = ?", (kept, training, number))
    connection.execute("UPDATE cash_moves SET reason = ''")


# Cash


def next_move(connection: Connection, *, training: bool) -> int:
    """The number that the next slip gets."""
    return _next(connection, "cash_moves", training)


def put_move(connection: Connection, operation: str, shift_id: str, training: bool, move: Move) -> None:
    """Keep a movement of cash."""
    connection.execute(
        "INSERT INTO cash_moves (training, number, operation, shift, movement, amount, at, operator, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            training,
            move.number,
            operation,
            shift_id,
            move.movement.value,
            move.amount,
            micros(move.at),
            move.operator,
            move.reason,
        ),
    )


def moves_of_shift(connection: Connection, shift_id: str) -> list[Move]:
    """What cash went in and out of the drawer in a shift, in order."""
    return [move for _, move in _moves(connection, "shift = ? ORDER BY number", (shift_id,))]


def newest_moves(connection: Connection, event: str, limit: int) -> list[Move]:
    """What cash went in and out of the drawer last, in the shifts of an event, newest first."""
    of_event = "NOT training AND shift IN (SELECT id FROM shifts WHERE event = ?) ORDER BY number DESC LIMIT ?"
    return [move for _, move in _moves(connection, of_event, (event, limit))]


def move(connection: Connection, number: int) -> tuple[str, Move] | None:
    """A movement of cash by the number of its slip, and the shift that it belongs to."""
    return next(_moves(connection, "number = ? AND NOT training", (number,)), None)


def _moves(connection: Connection, where: str, values: Sequence[object]) -> Iterator[tuple[str, Move]]:
    rows = connection.execute(
        f"SELECT shift, number, movement, amount, at, operator, reason FROM cash_moves WHERE {where}", tuple(values)
    )
    for shift, number, movement, amount, at, operator, reason in rows.fetchall():
        yield (
            shift,
            Move(
                number=number,
                movement=Movement(movement),
                amount=amount,
                at=moment(at),
                operator=operator,
                reason=reason,
            ),
        )


def put_count(connection: Connection, operation: str, shift_id: str, count: Count) -> None:
    """Keep a count of the drawer. It is never changed."""
    connection.execute(
        "INSERT INTO drawer_counts (shift, number, operation, at, operator, amount, pieces)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            shift_id,
            count.number,
            operation,
            micros(count.at),
            count.operator,
            count.amount,
            msgspec.json.encode(count.pieces).decode(),
        ),
    )


def counts_of_shift(connection: Connection, shift_id: str) -> list[Count]:
    """Every count of the drawer in a shift, in order."""
    rows = connection.execute(
        "SELECT number, at, operator, pieces FROM drawer_counts WHERE shift = ? ORDER BY number", (shift_id,)
    )
    return [
        Count(number=row[0], at=moment(row[1]), operator=row[2], pieces=_pieces.decode(row[3]))
        for row in rows.fetchall()
    ]


def _next(connection: Connection, table: str, training: bool) -> int:
    row = connection.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table} WHERE training = ?", (training,))
    return int(row.fetchone()[0])


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


# What reports count beside the receipts of a shift


def in_training(connection: Connection, since: datetime, until: datetime) -> tuple[int, int]:
    """How many receipts of training there are from a time, and what stands on them."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(total), 0) FROM receipts WHERE training AND at BETWEEN ? AND ?",
        (micros(since), micros(until)),
    ).fetchone()
    return row[0], row[1]


def copied(connection: Connection, after: int) -> tuple[int, int]:
    """How many receipts were printed once more after that entry of the journal, and what stands on them."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(r.total), 0) FROM journal j LEFT JOIN receipts r"
        " ON NOT r.training AND r.number = j.body ->> 'document'"
        " WHERE j.id > ? AND j.kind = 'printed' AND j.body ->> 'what' = 'receipt' AND j.body ->> 'copy' > 0",
        (after,),
    ).fetchone()
    return row[0], row[1]


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
