"""Many rows in one step of the engine.

`executemany` hands Python's own lock back and forth with every row, which is slow as soon as another
thread computes, and makes that thread slow too. Here the rows travel as one JSON text and the engine
works through them alone, so the window and the door keep their processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from boxoffice.decoding import decode

if TYPE_CHECKING:
    from .connection import Connection

_NUL = b"\\u0000"
_encode = msgspec.json.Encoder().encode


def insert(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> int:
    """Run an `INSERT … VALUES (?, …)` for all rows; how many of them changed something.

    Rows hold texts, whole numbers, truth values and None. One alone goes the straight way.
    """
    if len(rows) == 1:
        return int(connection.execute(statement, tuple(rows[0])).rowcount)
    return _insert(connection, statement, _encode(rows)) if rows else 0


def insert_texts(connection: Connection, statement: str, rows: Sequence[bytes]) -> int:
    """Like `insert`, with each row as the text of a JSON array."""
    return _insert(connection, statement, array(rows)) if rows else 0


def array(rows: Sequence[bytes]) -> bytes:
    """One JSON array of many."""
    return b"[" + b",".join(rows) + b"]"


def can_be_taken_apart(text: bytes) -> bool:
    """Whether the engine reads this JSON as we do: it ends a text at a zero."""
    return _NUL not in text


def _insert(connection: Connection, statement: str, text: bytes) -> int:
    if not can_be_taken_apart(text):
        return int(connection.executemany(statement, decode(text, list[list[Any]])).rowcount)
    return int(connection.execute(_from_json(statement), (text,)).rowcount)


@lru_cache
def _from_json(statement: str) -> str:
    into, _, rest = statement.partition(" VALUES (")
    marks, _, conflict = rest.partition(")")
    values = ", ".join(f"value ->> {place}" for place in range(marks.count("?")))
    # Without its WHERE the engine would take ON CONFLICT for a part of a join.
    return f"{into} SELECT {values} FROM jsonb_each(CAST(? AS TEXT)) WHERE true{conflict}"
