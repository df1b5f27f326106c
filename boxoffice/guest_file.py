"""A spreadsheet's file as rows of attendees: XLSX or CSV, with whatever words in its first line.

CSV may have any delimiter and any letters. Files in UTF-8 and UTF-16 say so by their bytes. The others are taken for
Chinese (GB 18030) where all letters beyond ASCII come in pairs as only that does, else for Western European; whoever
knows better names the encoding.
"""

from __future__ import annotations

import codecs
import csv
import io
import logging
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from boxoffice.domain.guest_list import Column, Fault, Row
from boxoffice.domain.words import Sentence
from boxoffice.errors import BadInput, filled

TEMPLATE = "name,email,company,item,price,state,order\r\n"
"""What a new list begins with."""

_CALLED: Mapping[Column, str] = {
    Column.NAME: "name|attendee|attendee name|full name|guest|teilnehmer|nom complet|姓名|名字",
    Column.FIRST: "first name|given name|vorname|prénom|名",
    Column.LAST: "last name|surname|family name|nachname|nom|姓",
    Column.EMAIL: "email|e mail|mail|email address|e mail address|邮箱|电子邮箱|电子邮件",
    Column.PHONE: "phone|telephone|tel|mobile|telefon|téléphone|电话|手机|手机号",
    Column.COMPANY: "company|organisation|organization|affiliation|firma|société|单位|公司",
    Column.ITEM: "item|ticket|ticket type|product|category|票种|门票",
    Column.PRICE: "price|amount|preis|prix|金额|价格",
    Column.STATE: "state|status|payment status|状态|支付状态",
    Column.ORDER: "order|order code|group|reference|bestellung|订单号|订单",
    Column.SECRET: "secret|ticket code|barcode|qr code|code",
}
_COLUMNS = {name: column for column, names in _CALLED.items() for name in names.split("|")}
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_IN_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")
_MOST = 64 << 20
_MOST_UNPACKED = 512 << 20
_WIDEST = 256
"""Columns of a sheet that are looked at."""
_ZIPPED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheets begin: the newer ones, and those of old."""

Line = tuple[int, list[str]]
"""Where a person finds it in the file, and its cells."""

log = logging.getLogger(__name__)


class GuestFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds, and how it was read."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    how: str
    """Its letters, or its sheet."""
    ignored: tuple[str, ...]
    """Columns that say nothing to us."""


def read(path: Path, encoding: str = "") -> GuestFile:
    """Read a list. Raises `BadInput` if there is none, or no column with names."""
    data = _bytes(path)
    how, lines = _sheet(path, data) if data.startswith(_ZIPPED) else _csv(path, data, encoding)
    rows: list[Row] = []
    faults: list[Fault] = []
    _, header = next(lines, (0, []))
    columns = [_COLUMNS.get(_plain(cell)) for cell in header]
    _mind_names(path, columns)
    for line, cells in lines:
        if any(cells[len(columns) :]):
            faults.append(Fault(line, Sentence("There are more cells than columns")))
        said = zip(columns, cells, strict=False)
        rows.append(Row(line, {column: cell for column, cell in said if column is not None and cell}))
    if not rows:
        raise BadInput(
            filled("Nobody stands in {name}", name=path.name), "Nothing was imported.", "One attendee a row."
        )
    ignored = tuple(cell for cell, column in zip(header, columns, strict=True) if column is None and cell)
    return GuestFile(rows=tuple(rows), faults=tuple(faults), how=how, ignored=ignored)


def write_template(path: Path) -> None:
    """Write the first line of a list, and nobody. Raises `OSError`, also if there is a file of that name."""
    with path.open("xb") as file:
        if path.suffix.lower() != ".xlsx":
            file.write(codecs.BOM_UTF8 + TEMPLATE.encode())
            return
        from xlsxwriter import Workbook

        with Workbook(file) as book:
            book.add_worksheet().write_row(0, 0, TEMPLATE.strip().split(","))


def _mind_names(path: Path, columns: list[Column | None]) -> None:
    if Column.NAME in columns or Column.LAST in columns:
        return
    raise BadInput(
        filled("{name} has no column `name`", name=path.name),
        filled("The columns are {columns}.", columns=", ".join(Column)),
        "`import --template` writes the first line of a list.",
    )


def _plain(cell: str) -> str:
    return re.sub(r"[\s_\-]+", " ", cell).strip().casefold()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise BadInput(
            filled("{name} cannot be read", name=path.name),
            filled("{error}.", error=error.strerror),
            "Is it the file you meant?",
        ) from error
    if len(data) > _MOST:
        raise _too_large()
    return data


def _too_large() -> BadInput:
    return BadInput("This file is too large", "Nothing was imported.", "Is it the file you meant?")


# A spreadsheet's own file


def _sheet(path: Path, data: bytes) -> tuple[str, Iterator[Line]]:
    """The first sheet that is shown and has anything in it. Raises `BadInput` for another kind of file."""
    try:
        _mind_size(data)
        with warnings.catch_warnings(action="ignore"):  # Of what a list has no use for: colours, rules for typing.
            return _first_sheet(data)
    except BadInput:
        raise
    except Exception as error:  # Whatever the library runs into where a file is another one, or damaged.
        log.info("%s: %r", path, error)
        raise BadInput(
            filled("{name} cannot be read as a spreadsheet", name=path.name),
            "Nothing was imported.",
            "Save it as XLSX, or as `CSV UTF-8`.",
        ) from error


def _mind_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
            raise _too_large()


def _first_sheet(data: bytes) -> tuple[str, Iterator[Line]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and (
            lines := list(_written(sheet.iter_rows(max_col=_WIDEST, values_only=True)))
        ):
            return f"sheet {sheet.title}", iter(lines)
    return "an empty sheet", iter(())


def _written(rows: Iterable[Sequence[object]]) -> Iterator[Line]:
    for number, cells in enumerate(rows, start=1):
        line = [_as_text(cell) for cell in cells]
        while line and not line[-1]:
            line.pop()
        if line:
            yield number, line


def _as_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:.15g}"  # What a spreadsheet shows of 0.1 + 0.2 is 0.3.
        case datetime():
            return cell.isoformat(sep=" ").removesuffix(" 00:00:00")
        case _:
            return str(cell).strip()


# CSV


def _csv(path: Path, data: bytes, encoding: str) -> tuple[str, Iterator[Line]]:
    """What is written in it, as the letters are taken for."""
    used = encoding or _encoding(data)
    try:
        text = data.decode(used)
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(
            filled("{name} cannot be read as {encoding}", name=path.name, encoding=used),
            "Names would be damaged. Nothing was imported.",
            "Save it as `CSV UTF-8`, or name its --encoding.",
        ) from error
    return used, _parsed(path, text)


def _parsed(path: Path, text: str) -> Iterator[Line]:
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield table.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise BadInput(
            filled("{name} is no list of attendees", name=path.name),
            filled("Line {line}: {error}.", line=table.line_num, error=error),
            "Save the spreadsheet as CSV.",
        ) from error


def _encoding(data: bytes) -> str:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return name
    try:
        data.decode()
    except UnicodeDecodeError:
        return "gb18030" if _IN_PAIRS.fullmatch(data) else "cp1252"
    return "utf-8"


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=header.count)
