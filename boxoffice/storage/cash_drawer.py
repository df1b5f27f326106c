"""What cash went into the drawer and out of it beside sales, by numbered slips, and every count of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.documents import Movement
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.shift import Count, Move

from .connection import Connection

_pieces = decoder(tuple[tuple[int, int], ...])


def next_move(connection: Connection, *, training: bool) -> int:
    """The number that the next slip gets."""
    row = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM cash_moves WHERE training = ?", (training,))
    return int(row.fetchone()[0])


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
