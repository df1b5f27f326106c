"""Many rows in one step of the engine.

`executemany` hands Python's own lock back and forth with every row, which is slow as soon as another
thread computes, and makes that thread slow too. Here the rows travel as one JSON text and the engine
works through them alone, so the window and the door keep their processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from .connection import Connection

_NUL = "\\u0000"


def insert(connection: Connection, statement: str, rows: Sequence[Sequence[object]]) -> int:
    """Run an `INSERT … VALUES (?, …)` for all rows; how many of them changed something.

    Rows hold texts, whole numbers, truth values and None.
    """
    if not rows:
        return 0
    text = msgspec.json.encode(rows).decode()
    if _NUL in text:  # The engine's JSON ends a text there.
        return int(connection.executemany(statement, rows).rowcount)
    return int(connection.execute(_from_json(statement), (text,)).rowcount)


@lru_cache
def _from_json(statement: str) -> str:
    into, _, rest = statement.partition(" VALUES (")
    marks, _, conflict = rest.partition(")")
    values = ", ".join(f"value ->> {place}" for place in range(marks.count("?")))
    # Without its WHERE the engine would take ON CONFLICT for a part of a join.
    return f"{into} SELECT {values} FROM json_each(?) WHERE true{conflict}"
