"""Lines, broken for a width: each paragraph and each row of columns as the rows that the paper shows.

All four ends read these rows, so that a preview breaks where the paper breaks. Places are counted in letters of the
row: in a row of double letters there are half as many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import msgspec

from boxoffice.domain.badges import Align

from .cells import pieces, width_of, wrap
from .cleaning import clean, whole
from .lines import Cell, Code, Columns, Cut, Drawer, Feed, Line, Picture, Rule, Ruler, Text


class Span(msgspec.Struct, frozen=True):
    """A piece of text in a box of one row; `at` and `width` in letters of the row."""

    text: str
    at: int
    width: int
    align: Align = Align.LEFT

    def start(self) -> int:
        """Where the text itself begins."""
        spare = max(0, self.width - width_of(self.text))
        return self.at + {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[self.align]


class Row(msgspec.Struct, frozen=True):
    """One row of text as it stands on the paper."""

    spans: tuple[Span, ...]
    bold: bool = False
    large: int = 1
    inverse: bool = False

    def text(self) -> str:
        """The row as one string, with the spaces between its spans."""
        made, at = "", 0
        for span in self.spans:
            start = span.start()
            made += " " * (start - at) + span.text
            at = start + width_of(span.text)
        return made


Piece = Row | Code | Picture | Feed | Ruler | Cut | Drawer


def rows(lines: Iterable[Line], columns: int) -> Iterator[Piece]:
    """The lines as what stands below each other on paper of so many columns."""
    for line in lines:
        if isinstance(line, Text):
            yield from _paragraph(line, columns)
        elif isinstance(line, Columns):
            yield from _beside(line, columns)
        elif isinstance(line, Rule):
            yield Row((Span(("=" if line.double else "-") * columns, 0, columns),))
        elif isinstance(line, Code):
            yield from _code(line, columns)
        else:
            yield line


_MOST_IN_A_CODE = 2_331
"""Bytes in the largest QR code at correction level M."""


def _code(line: Code, columns: int) -> Iterator[Piece]:
    """Bars where bars can say it, letters where no code can."""
    text = whole(line.text)
    bars = line.bars and text.isascii() and text.isprintable()
    if len(text.encode()) > _MOST_IN_A_CODE:
        yield from _paragraph(Text(text, align=Align.CENTER), columns)
    elif text:
        yield Code(text, bars, line.large)
    if not line.caption:
        return
    if not bars:
        yield Feed()  # a square code wants white on all its sides
    yield from _paragraph(Text(line.caption, align=Align.CENTER), columns)


def _paragraph(line: Text, columns: int) -> Iterator[Row]:
    width = columns // line.large
    for text in wrap(clean(line.text), width - line.indent):
        span = Span(text, line.indent, width - line.indent, line.align)
        yield Row((_edge_to_edge(span) if line.inverse else span,), line.bold, line.large, line.inverse)


def _edge_to_edge(span: Span) -> Span:
    """With the spaces around it, which a printer turns black as it does the letters."""
    before = " " * span.start()
    after = " " * (span.width - span.start() - width_of(span.text))
    return Span(f"{before}{span.text}{after}", span.at, span.width)


def _beside(line: Columns, columns: int) -> Iterator[Row]:
    width = columns // line.large
    texts = [clean(cell.text) for cell in line.cells]
    widths = _widths(line.cells, texts, width)
    boxes = list(_boxes(line.cells, widths)) if widths is not None else []
    if not boxes or any(_is_cut(text, room, width) for text, (_, room) in zip(texts, boxes, strict=True)):
        yield from _below_each_other(line, texts, columns)
        return
    broken = [wrap(text, room) for text, (_, room) in zip(texts, boxes, strict=True)]
    for side_by_side in zip_longest(*broken, fillvalue=""):
        spans = tuple(
            Span(text, at, room, cell.align)
            for text, (at, room), cell in zip(side_by_side, boxes, line.cells, strict=True)
            if text
        )
        yield Row(spans, line.bold, line.large)


def _is_cut(text: str, room: int, width: int) -> bool:
    """Whether a column is too narrow for a word that a whole row would hold."""
    if width_of(text) <= room:
        return False
    return room < max(width_of(piece.rstrip()) for piece in pieces(text)) <= width


def _boxes(cells: Sequence[Cell], widths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where the text of each column may stand: behind its indent, a letter apart from the next."""
    at = 0
    for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        between = 1 if index < len(cells) - 1 else 0
        yield at + cell.indent, max(1, width - cell.indent - between)
        at += width


def _widths(cells: Sequence[Cell], texts: Sequence[str], width: int) -> list[int] | None:
    """How wide each column becomes; None where its figures leave the others no room."""
    last = len(cells) - 1
    wanted = [
        0 if not cell.width else max(cell.width, width_of(text) + (index < last)) if _figure(cell) else cell.width
        for index, (cell, text) in enumerate(zip(cells, texts, strict=True))
    ]
    sharing = wanted.count(0)
    spare = width - sum(wanted)
    if spare < sharing * _LEAST or spare < 0:
        return None
    share, more = divmod(spare, sharing) if sharing else (0, 0)
    first = wanted.index(0) if sharing else -1
    return [one or share + (more if index == first else 0) for index, one in enumerate(wanted)]


_LEAST = 6
"""Fewer letters than this are no column for words."""


def _figure(cell: Cell) -> bool:
    return cell.align is Align.RIGHT


def _below_each_other(line: Columns, texts: Sequence[str], columns: int) -> Iterator[Row]:
    for cell, text in zip(line.cells, texts, strict=True):
        if not text:
            continue
        large = line.large if width_of(text) * line.large <= columns else 1
        width = columns // large
        for piece in wrap(text, width - cell.indent):
            yield Row((Span(piece, cell.indent, width - cell.indent, cell.align),), line.bold, large)
