"""Receipts as they were given out: dense numbers, one for each operation, never changed and never taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.instants import micros
from boxoffice.domain.shift import Booked

from .connection import Connection

_booked = decoder(Booked)


def next_receipt(connection: Connection, *, training: bool) -> int:
    """The number that the next receipt gets."""
    row = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM receipts WHERE training = ?", (training,))
    return int(row.fetchone()[0])


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
