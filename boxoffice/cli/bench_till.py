"""`bench till`: a cash sale, from the cart that is kept to the receipt that is durable, beside the bare engine.

The yardstick is the same engine with the same settings on the same disk, committing the rows of such a sale in tables
of the same build, in as many commits, with nothing else around it. Both sides wait for their own commits, as `sell`
does. What rows those are is not written down here: the tables are looked at before and after one sale.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from boxoffice import config
from boxoffice.bootstrap import App
from boxoffice.counter import Counter
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item
from boxoffice.domain.tenders import Means, Offer
from boxoffice.ids import new_id, new_order_code, new_secret
from boxoffice.services import hear
from boxoffice.services.sell import Sale
from boxoffice.storage.connection import Connection

from . import bench_event
from .bench_timing import at, timed
from .output import say

SIZES = (10_000, 100_000)
BLOCK = 20
PRICE = 4_500
_STRIDE = 100
"""Numbers that a sale may take of each table."""


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    rounds = 3 if args.quick else 30
    for size in args.attendees or SIZES:
        with bench_event.scratch() as folder:
            values = _measure(folder, size, rounds)
        say(args, values, _line(values))
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: a cash sale is {values['p50_ratio']}× the bare commits"
        f" (p50 {values['sale_p50_ms']} to {values['bare_p50_ms']} ms, {values['rows']} rows),"
        f" p99 {values['p99_ratio']}×"
    )


def _measure(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    with App(config.Folder(folder), at_once=True) as app:
        bench_event.fill(app, size)
        app.write(lambda c: hear.apply(c, app.shelf, Item(id=1, event="bench", price=PRICE))).result()
        till = app.counter("Bench")
        till.open("bench", 0).result()
        for _ in range(BLOCK):
            _sale(till)
        bare = _Bare(app, till)
        bare.sales(BLOCK)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(rounds):
            ours += [timed(lambda: _sale(till)) for _ in range(BLOCK)]
            theirs += bare.sales(BLOCK)
    return {
        "attendees": size,
        "sales": len(ours),
        "rows": bare.rows,
        "p50_ratio": round(at(ours, 0.5) / at(theirs, 0.5), 2),
        "p99_ratio": round(at(ours, 0.99) / at(theirs, 0.5), 2),
        "sale_p50_ms": round(at(ours, 0.5) * 1e3, 3),
        "bare_p50_ms": round(at(theirs, 0.5) * 1e3, 3),
    }


def _sale(till: Counter) -> Sale:
    """One ticket, paid in cash with change."""
    cart = Cart(id=new_id(), event="bench", lines=(CartLine(id="a", item=1),))
    till.begin(cart).result()
    return till.finish(cart.id, [Offer(means=Means.CASH, amount=5_000)]).result()


class _Bare:
    """The engine alone, with tables like the real ones and rows like those of one sale."""

    def __init__(self, app: App, till: Counter) -> None:
        self._app = app
        self._number = 0
        before = app.read(_counts)
        sale = _sale(till)
        self._receipt = sale.booked.number
        self._names = (app.read(_last_sale), sale.order.code, sale.order.positions[0].secret)
        self._rows: list[tuple[str, list[str], list[Any]]] = []
        app.writer.do(partial(self._prepare, before))

    @property
    def rows(self) -> int:
        """How many rows a sale writes."""
        return len(self._rows)

    def _prepare(self, before: dict[str, int], connection: Connection) -> None:
        entries: set[int] = set()
        for table, now in _counts(connection).items():
            if now == before[table]:
                continue
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()]
            self._copy_build(connection, table)
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            new = [row for row in rows if self._is_of_it(row) or self._goes_with_it(table, columns, row, entries)]
            if table == "journal":
                entries = {row[0] for row in new}
            for row in new:
                marks = ", ".join("?" * len(row))
                self._rows.append((f"INSERT INTO bare_{table} VALUES ({marks})", columns, list(row)))

    def _is_of_it(self, row: Sequence[Any]) -> bool:
        """Whether a row names the sale or its order."""
        return any(isinstance(value, str) and (self._names[0] in value or self._names[1] in value) for value in row)

    def _goes_with_it(self, table: str, columns: Sequence[str], row: Sequence[Any], entries: set[int]) -> bool:
        """Whether a row bears the number of one of its entries, or of its receipt, and no name."""
        if table in ("outbox", "journal_private"):
            return row[0] in entries
        return "receipt" in columns and row[columns.index("receipt")] == self._receipt

    @staticmethod
    def _copy_build(connection: Connection, table: str) -> None:
        """An empty table of the same build, with its indexes and without what ties it to others."""
        built = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('table', 'index') AND sql IS NOT NULL"
            " ORDER BY type DESC",
            (table,),
        ).fetchall()
        for (sql,) in built:
            own = sql.replace(f"TABLE {table} ", f"TABLE bare_{table} ").replace("INDEX ", "INDEX bare_", 1)
            own = own.replace(f" ON {table} ", f" ON bare_{table} ")
            connection.execute(_untied(own))

    def sales(self, number: int) -> list[float]:
        """The times of so many sales, each on the writer's own connection and thread."""
        return self._app.writer.do(lambda connection: self._in_turn(connection, number))

    def _in_turn(self, connection: Connection, number: int) -> list[float]:
        connection.execute("COMMIT")  # the job's own transaction is not what is measured
        times = [timed(lambda: self._commit(connection)) for _ in range(number)]
        connection.execute("BEGIN IMMEDIATE")
        return times

    def _commit(self, connection: Connection) -> None:
        """The cart first, as it is kept when somebody wants to pay; then everything else, and the cart once more."""
        self._number += 1
        names = (new_id(), new_order_code(), new_secret())
        first = [row for row in self._rows if "bare_sales " in row[0]]
        others = [row for row in self._rows if row not in first]
        connection.execute("BEGIN IMMEDIATE")
        for sql, columns, row in first:
            connection.execute(sql, self._fresh(columns, row, names))
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        for sql, columns, row in others:
            connection.execute(sql, self._fresh(columns, row, names))
        connection.execute("UPDATE bare_sales SET state = 'finished' WHERE id = ?", (names[0],))
        connection.execute("COMMIT")

    def _fresh(self, columns: list[str], row: list[Any], names: tuple[str, ...]) -> list[Any]:
        """The same row under names and numbers of its own."""
        return [self._renamed(column, value, names) for column, value in zip(columns, row, strict=True)]

    def _renamed(self, column: str, value: Any, names: tuple[str, ...]) -> Any:
        if isinstance(value, int) and column in _COUNTED:
            return value + self._number * _STRIDE
        if isinstance(value, str):
            for old, new in zip(self._names, names, strict=True):
                value = value.replace(old, new)
        return value


_COUNTED = {"id", "sequence", "number", "receipt"}
"""Columns that are given by counting."""


def _counts(connection: Connection) -> dict[str, int]:
    """How many rows each of our tables has."""
    return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _tables(connection)}


def _tables(connection: Connection) -> Iterator[str]:
    """Ours, the journal before what goes with it."""
    for (name,) in connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB '*sqlite_*'"
        " AND name NOT GLOB 'search_index*' AND name NOT GLOB 'bare_*' ORDER BY name"
    ).fetchall():
        yield name


def _last_sale(connection: Connection) -> str:
    return str(connection.execute("SELECT id FROM sales ORDER BY changed_at DESC LIMIT 1").fetchone()[0])


def _untied(sql: str) -> str:
    """A table's build without references: the yardstick need not look after others."""
    kept = []
    for line in sql.splitlines():
        if line.strip().startswith("FOREIGN KEY"):
            continue
        kept.append(line.split(" REFERENCES ")[0] + ("," if " REFERENCES " in line and line.endswith(",") else ""))
    text = "\n".join(kept)
    head, bracket, tail = text.rpartition("\n)")
    return head.rstrip().rstrip(",") + bracket + tail if bracket else text
