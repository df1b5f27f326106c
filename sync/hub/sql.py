"""Statements, run with as little between them and the database as goes.

SQLAlchemy knows the databases, keeps the connections and turns a statement into each one's words; that is
done once per statement. Its rows and results cost several times what SQLite itself takes for the small
statements that answer stations, so those are run on the driver's own cursor, in the same transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, TextClause, text

Values = Mapping[str, Any]
Row = tuple[Any, ...]


def rows(connection: Connection, statement: TextClause, values: Values | None = None) -> list[Row]:
    """Run a statement; its rows."""
    sql, names = _compiled(statement, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(sql, _bound(names, values or {}))
        return list(cursor.fetchall()) if cursor.description else []


def row(connection: Connection, statement: TextClause, values: Values | None = None) -> Row | None:
    """Run a statement; its only row, if it has one."""
    found = rows(connection, statement, values)
    return found[0] if found else None


def run(connection: Connection, statement: TextClause, values: Values | None = None) -> None:
    """Run a statement."""
    rows(connection, statement, values)


def many(connection: Connection, statement: TextClause, several: Iterable[Values]) -> None:
    """Run a statement for each of several values."""
    sql, names = _compiled(statement, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(sql, [_bound(names, values) for values in several])


class Insert:
    """Rows into a table. PostgreSQL is given all of them as one value, because each statement is a journey."""

    def __init__(self, table: str, columns: Mapping[str, str], otherwise: str = "") -> None:
        """`columns` are names with PostgreSQL's types; `otherwise` is what follows behind the values."""
        self.columns = tuple(columns)
        names = ", ".join(columns)
        places = ", ".join(f":{name}" for name in columns)
        shape = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.one = text(f"INSERT INTO {table} ({names}) VALUES ({places}) {otherwise}")
        self.all = text(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM json_to_recordset(CAST(:rows AS json)) AS r ({shape})"
            f" {otherwise}"
        )


def insert(connection: Connection, statement: Insert, several: Sequence[Row]) -> None:
    """Insert rows, with their values in the order of the columns. No two of them may have the same key."""
    if connection.dialect.name == "postgresql":
        named = [dict(zip(statement.columns, values, strict=True)) for values in several]
        run(connection, statement.all, {"rows": msgspec.json.encode(named).decode()})
        return
    sql, _ = _compiled(statement.one, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(sql, several)


def _bound(names: tuple[str, ...], values: Values) -> Any:
    """Values as the driver wants them: counted where it counts, named where it names."""
    return [values[name] for name in names] if names else dict(values)


@functools.lru_cache(maxsize=2048)
def _compiled(statement: TextClause, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup or ())
