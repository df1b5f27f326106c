"""Tables as files that spreadsheets open: CSV and XLSX, written row by row, there when they are whole.

What people have typed stays text: nothing that begins like a formula is reckoned by whoever opens it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from boxoffice.config import sync_folder
from boxoffice.errors import BadInput, StorageTrouble, filled
from boxoffice.storage.backup import sync_file

from .exporting import Cell, Table

ENDINGS = (".csv", ".xlsx")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_PHONE = re.compile(r"\+[0-9][0-9 -]*")
"""A number in its international form begins like a formula, and can do no harm as one."""
_WIDE = 18


def write(path: Path, table: Table, *, anew: bool = False) -> int:
    """Write a table into a file; how many rows. `anew`: what has that name gives way, once the table is whole.

    Raises `BadInput` for another ending and, unless anew, where there is a file of that name, `StorageTrouble` if it
    cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(
            filled("Nothing is exported into a {what} file", what=path.suffix or "nameless"),
            "",
            filled("Use {names}.", names=", ".join(ENDINGS)),
        )
    if path.exists() and not anew:
        raise BadInput(filled("{path} is already there", path=path), "Nothing was overwritten.", "Choose another name.")
    into = _csv if path.suffix.lower() == ".csv" else _xlsx
    with _whole(path) as partial:
        return into(partial, table.heads, table.rows)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside the one that is wanted, which takes its name when it is on disk."""
    partial = path.with_name(path.name + ".partial")
    try:
        yield partial
        sync_file(partial)
        partial.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageTrouble(
            "The export was not written", filled("{error}.", error=error), "Choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _csv(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    # The mark at its start tells spreadsheets that it is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(heads)
        number = 0
        for row in rows:
            out.writerow([_as_text(cell) for cell in row])
            number += 1
    return number


def _as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_FORMULAS) and not _PHONE.fullmatch(cell) else cell
    return "" if cell is None else str(cell)


def _xlsx(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    import xlsxwriter

    # Row by row, so that the largest table needs no more memory than the smallest.
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False,
                                           "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    money = [book.add_format({"num_format": "#,##0" + "." * bool(places) + "0" * places}) for places in range(5)]
    when = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(heads) - 1), _WIDE)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    number = 0
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write_datetime(number, column, cell.replace(tzinfo=None), when)
            elif isinstance(cell, Decimal):
                sheet.write_number(number, column, cell, money[_places(cell)])
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, cell[:32_767])
    book.close()
    return number


def _places(amount: Decimal) -> int:
    """How many digits stand behind the point of a currency's amounts."""
    return -int(amount.as_tuple().exponent)
