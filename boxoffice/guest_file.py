"""A spreadsheet's CSV file as rows of attendees: whatever its letters, its delimiter and the words in its first line.

Files in UTF-8 and UTF-16 say so by their bytes. The others are taken for Chinese (GB 18030) where all letters beyond
ASCII come in pairs as only that does, else for Western European; whoever knows better names the encoding.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Mapping
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


class GuestFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds, and how it was read."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    encoding: str
    ignored: tuple[str, ...]
    """Columns that say nothing to us."""


def read(path: Path, encoding: str = "") -> GuestFile:
    """Read a list. Raises `BadInput` if there is none, or no column with names."""
    text, used = _text(path, encoding)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
    rows: list[Row] = []
    faults: list[Fault] = []
    try:
        header = next((cells for cells in table if any(cells)), [])
        columns = [_COLUMNS.get(_plain(cell)) for cell in header]
        _mind_names(path, columns)
        for cells in table:
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[len(columns) :]):
                faults.append(Fault(table.line_num, Sentence("There are more cells than columns")))
            said = zip(columns, (cell.strip() for cell in cells), strict=False)
            rows.append(Row(table.line_num, {column: cell for column, cell in said if column is not None and cell}))
    except csv.Error as error:
        raise BadInput(
            filled("{name} is no list of attendees", name=path.name),
            filled("Line {line}: {error}.", line=table.line_num, error=error),
            "Save the spreadsheet as CSV.",
        ) from error
    if not rows:
        raise BadInput(
            filled("Nobody stands in {name}", name=path.name), "Nothing was imported.", "One attendee a row."
        )
    ignored = tuple(cell for cell, column in zip(header, columns, strict=True) if column is None and cell.strip())
    return GuestFile(rows=tuple(rows), faults=tuple(faults), encoding=used, ignored=ignored)


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


def _text(path: Path, encoding: str) -> tuple[str, str]:
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
        raise BadInput("This file is too large", "Nothing was imported.", "Is it the file you meant?")
    used = encoding or _encoding(data)
    try:
        return data.decode(used), used
    except (UnicodeDecodeError, LookupError) as error:
        raise BadInput(
            filled("{name} cannot be read as {encoding}", name=path.name, encoding=used),
            "Names would be damaged. Nothing was imported.",
            "Save it as `CSV UTF-8`, or name its --encoding.",
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
