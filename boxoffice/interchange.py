"""Events in files: how they come to a central server that has none of its own, and leave it again.

A file holds one noun a line, `{"kind": "order", "row": {...}}`, in the words of the hub's feed, plain or
with gzip. It is read and written line by line, so its size does not matter. People who have nothing but
a spreadsheet bring a CSV file of attendees, from which the nouns are made.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
import secrets
import string
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.nouns import KINDS, Noun, kind_of
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.errors import BadInput


class _Line(msgspec.Struct):
    kind: str
    row: msgspec.Raw


_decode_line = decoder(_Line).decode
_decoders = {kind: decoder(noun) for kind, noun in KINDS.items()}


def write(path: Path, nouns: Iterable[Noun]) -> int:
    """Write an event to a file (with gzip if it is called `.gz`); how many lines it has.

    The file appears when it is whole; an older one stays until then.
    """
    unfinished = path.with_name(path.name + ".part")
    encoder, lines = msgspec.json.Encoder(), 0
    with _writing(unfinished, compressed=path.suffix == ".gz") as file:
        for noun in nouns:
            file.write(b'{"kind":"%b","row":%b}\n' % (kind_of(noun).encode(), encoder.encode(noun)))
            lines += 1
    os.replace(unfinished, path)
    return lines


@contextmanager
def _writing(path: Path, *, compressed: bool) -> Iterator[io.BufferedIOBase]:
    with path.open("wb") as plain:
        if not compressed:
            yield plain
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=plain, mtime=0) as file:
            yield file


def read(path: Path) -> Iterator[Noun]:
    """The nouns of a file, one by one. Raises `BadInput` with the number of the line that is not right."""
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            noun = _noun(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(
                f"{path.name} is not an event file",
                f"Line {number}: {error}",
                "Each line is one object with `kind` and `row`.",
            ) from error
        yield noun


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as plain, _reading(plain) as file:
            yield from file
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(
            f"{path.name} cannot be read",
            f"{getattr(error, 'strerror', None) or error}.",
            "Is it the file you meant, and is it whole?",
        ) from error


_GZIP = b"\x1f\x8b"


def _reading(plain: io.BufferedReader) -> io.BufferedIOBase:
    if plain.peek(2)[:2] == _GZIP:
        return gzip.GzipFile(fileobj=plain)
    return plain


def _noun(line: bytes) -> Noun:
    entry = _decode_line(line)
    decoder = _decoders.get(entry.kind)
    if decoder is None:
        raise msgspec.ValidationError(f"Nothing is called {entry.kind!r}; known are {', '.join(KINDS)}")
    return decoder.decode(entry.row)


COLUMNS = ("name", "email", "company", "item", "secret", "order")
"""The columns of a spreadsheet of attendees. Only `name` has to be there; the order does not matter."""


class _Row(NamedTuple):
    line: int
    name: str
    email: str
    company: str
    item: str
    secret: str
    order: str


def random_secret() -> str:
    """A ticket's code that nobody guesses."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(32))


def read_csv(path: Path, event: str, *, mint: Callable[[], str] = random_secret) -> Iterator[Noun]:
    """An event with one list and a paid order for each row, or for all rows with the same `order`.

    Rows without an order get a code that is the same whenever the same file is read. Rows without a secret
    get one from `mint`, so a file that is read twice has to bring its own secrets.
    """
    rows = _rows(path)
    items = {name: number for number, name in enumerate(dict.fromkeys(row.item for row in rows), 1)}
    yield Event(slug=event, name={"en": event})
    for name, number in items.items():
        yield Item(id=number, event=event, name={"en": name}, position=number)
    yield CheckInList(id=1, event=event, name="Main entrance")
    for code, together in _by_order(rows, event).items():
        positions = tuple(
            Position(
                number=number,
                item=items[row.item],
                secret=row.secret or mint(),
                name=row.name,
                company=row.company,
                email=row.email,
            )
            for number, row in enumerate(together, 1)
        )
        first = together[0]
        yield Order(
            event=event, code=code, status=Status.PAID, email=first.email, customer=first.name, positions=positions
        )


def _rows(path: Path) -> list[_Row]:
    text = _text(path)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip().casefold() for name in next(table, [])]
        if "name" not in header:
            raise BadInput(
                f"{path.name} has no column `name`", "Nothing was loaded.", f"The columns are {', '.join(COLUMNS)}."
            )
        rows = [_row(table.line_num, dict(zip(header, cells, strict=False))) for cells in table if any(cells)]
    except csv.Error as error:
        raise BadInput(
            f"{path.name} cannot be read", f"Line {table.line_num}: {error}.", "Save the spreadsheet as CSV."
        ) from error
    _refuse_shared_secrets(path, rows)
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read", f"{error.strerror}.", "Is it the file you meant?") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name} is not in UTF-8", "Names would be damaged.", "Save it as `CSV UTF-8` and load it again."
        ) from error


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _row(line: int, cells: dict[str, str]) -> _Row:
    name, email, company, item, secret, order = (cells.get(column, "").strip() for column in COLUMNS)
    return _Row(line, name, email, company, item or "Ticket", secret, order.upper())


def _refuse_shared_secrets(path: Path, rows: list[_Row]) -> None:
    lines: dict[str, int] = {}
    for row in rows:
        if row.secret and lines.setdefault(row.secret, row.line) != row.line:
            raise BadInput(
                f"{path.name} has the same secret twice",
                f"Lines {lines[row.secret]} and {row.line}. Nothing was loaded.",
                "Each ticket needs a code of its own.",
            )


def _by_order(rows: list[_Row], event: str) -> dict[str, list[_Row]]:
    orders: dict[str, list[_Row]] = {}
    for row in rows:
        if row.order:
            orders.setdefault(row.order, []).append(row)
    for row in rows:
        if not row.order:
            orders[_code(row, event, orders)] = [row]
    return orders


_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"


def _code(row: _Row, event: str, taken: dict[str, list[_Row]]) -> str:
    """From what stands in the row; from the next attempt if somebody else has that code."""
    said = "\x1f".join((event, row.name, row.email, row.company, row.item))
    attempt = 0
    while True:
        digest = hashlib.sha256(f"{said}\x1f{attempt}".encode()).digest()
        code = "".join(_CODE_LETTERS[byte % len(_CODE_LETTERS)] for byte in digest[:6])
        if code not in taken:
            return code
        attempt += 1
