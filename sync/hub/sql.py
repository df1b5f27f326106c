"""Statements, run with as little between them and the database as goes.

SQLAlchemy knows the databases, keeps the connections and turns a statement into each one's words; that is
done once per statement. Its rows and results cost several times what SQLite itself takes for the small
statements that answer stations, so those are run on the driver's own cursor, in the same transaction.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, TextClause, text

from boxoffice.decoding import decoder

AT_ONCE = (1000, 100, 10, 1)
"""Rows that SQLite is given in one statement: as many as are left to give."""

Values = Mapping[str, Any]
Row = tuple[Any, ...]
_answers = decoder(list[Row])


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
    if bound := [_bound(names, values) for values in several]:
        with closing(connection.connection.cursor()) as cursor:
            cursor.executemany(sql, bound)


class Insert:
    """Rows into a table."""

    def __init__(self, table: str, columns: Mapping[str, str], otherwise: str = "") -> None:
        """`columns` are names with PostgreSQL's types; `otherwise` says what is done with rows that are there."""
        names = ", ".join(columns)
        places = f"({', '.join('?' * len(columns))})"
        self.plain = not otherwise
        self.several = {
            number: f"INSERT INTO {table} ({names}) VALUES {', '.join([places] * number)} {otherwise}"
            for number in AT_ONCE
        }
        self.all = Telling(f"INSERT INTO {table} ({names}) SELECT {names} FROM {{given}} {otherwise}", columns)
        self.copy = f"COPY {table} ({names}) FROM STDIN"


def insert(connection: Connection, statement: Insert, several: Sequence[Row]) -> None:
    """Insert rows, with their values in the order of the columns. No two of them may have the same key.

    PostgreSQL is given all of them at once, because each statement is a journey; where nothing can be there
    yet in its own way of loading, which costs a third.
    """
    if not several:
        return
    if not is_server(connection):
        _insert_here(connection, statement, several)
    elif statement.plain:
        _copy(connection, statement.copy, several)
    else:
        tell(connection, statement.all, several)


def _insert_here(connection: Connection, statement: Insert, several: Sequence[Row]) -> None:
    """Each statement lets other threads in and then has to wait for them, so a row is too little for one."""
    first = 0
    with closing(connection.connection.cursor()) as cursor:
        for number in AT_ONCE:
            while first + number <= len(several):
                cursor.execute(statement.several[number], list(chain.from_iterable(several[first : first + number])))
                first += number


def _copy(connection: Connection, statement: str, several: Sequence[Row]) -> None:
    cursor: Any = connection.connection.cursor()
    with closing(cursor), cursor.copy(statement) as copy:
        for values in several:
            copy.write_row(values)


class Telling:
    """A statement about many things, which are given to the database as the rows of a table called `given`."""

    def __init__(self, statement: str, columns: Mapping[str, str]) -> None:
        """`columns` are names with PostgreSQL's types."""
        values = ", ".join(
            f"CAST(value ->> {place} AS {kind}) AS {name}" for place, (name, kind) in enumerate(columns.items())
        )
        self.in_file = text(statement.format(given=f"(SELECT {values} FROM json_each(:given)) AS given"))
        self.at_server = text(
            statement.format(given=f"(SELECT {values} FROM json_array_elements(CAST(:given AS json))) AS given")
        )


class Asking(Telling):
    """A question about many things.

    SQLite packs its answer into one row, because each row lets other threads in and then has to wait for them.
    """

    def __init__(self, wanted: str, source: str, columns: Mapping[str, str]) -> None:
        """`wanted` is text and numbers, `source` what `given` is joined to."""
        super().__init__(f"SELECT {wanted} FROM {source}", columns)
        self.in_file = Telling(f"SELECT json_group_array(json_array({wanted})) FROM {source}", columns).in_file


def tell(connection: Connection, statement: Telling, given: Collection[Row]) -> int:
    """Run a statement about many things; how many rows it has changed."""
    if not given:
        return 0
    words = statement.at_server if is_server(connection) else statement.in_file
    sql, names = _compiled(words, connection.dialect)
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(sql, _bound(names, _packed(given)))
        return int(cursor.rowcount)


def ask(connection: Connection, question: Asking, given: Collection[Row]) -> list[Row]:
    """Put a question about many things; the rows that answer it, in any order."""
    if not given:
        return []
    if is_server(connection):
        return rows(connection, question.at_server, _packed(given))
    [(answer,)] = rows(connection, question.in_file, _packed(given))
    return _answers.decode(answer)


def _packed(given: Collection[Row]) -> Values:
    return {"given": msgspec.json.encode(given).decode()}


def is_server(connection: Connection) -> bool:
    """Whether each statement is a journey to PostgreSQL, and not a call into SQLite."""
    return connection.dialect.name == "postgresql"


def _bound(names: tuple[str, ...], values: Values) -> Any:
    """Values as the driver wants them: counted where it counts, named where it names."""
    return [values[name] for name in names] if names else dict(values)


@functools.lru_cache(maxsize=2048)
def _compiled(statement: TextClause, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    compiled = statement.compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup or ())
