"""Lines as plain text: what a terminal, a log and a golden file show. Large letters are as wide as others here."""

from __future__ import annotations

from collections.abc import Iterable

from boxoffice.domain.badges import Align
from printers.cells import wrap
from printers.cleaning import clean
from printers.lines import Code, Cut, Feed, Line, Picture, Ruler
from printers.rows import Piece, Row, Span, rows


def write(lines: Iterable[Line], columns: int) -> str:
    """The document, each line within the columns and without spaces at its end."""
    made = [line for piece in rows(lines, columns) for line in _written(piece, columns)]
    return "".join(f"{line.rstrip()}\n" for line in made)


def _written(piece: Piece, columns: int) -> list[str]:
    if isinstance(piece, Row):
        return [_row(piece)]
    if isinstance(piece, Code):
        kind = "BARS" if piece.bars else "QR"
        shown = wrap(clean(f"[{kind} {piece.text}]"), columns)
        return [_row(Row((Span(one, 0, columns, Align.CENTER),))) for one in shown]
    if isinstance(piece, Picture):
        return [_row(Row((Span("[PICTURE]", 0, columns, piece.align),)))]
    if isinstance(piece, Feed):
        return [""] * piece.lines
    if isinstance(piece, Ruler):
        return ["[ALPHABETS]"]
    if isinstance(piece, Cut):
        return [("- " * columns)[:columns]]
    return []


def _row(row: Row) -> str:
    wide = tuple(Span(one.text, one.at * row.large, one.width * row.large, one.align) for one in row.spans)
    return Row(wide).text()
