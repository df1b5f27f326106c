"""Lines as a PDF, with letters that can be selected and the faces they need embedded.

A roll becomes one page a cut, as long as its text, and keeps the printer's cells. An office printer's sheet has the
same rows in letters of natural width, and breaks between them where it is full.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from boxoffice.domain.badges import Align
from printers import faces, fonts, scripts
from printers.cells import letters, width_of
from printers.code_pages import alphabets
from printers.faces import Face, Family
from printers.lines import Code, Cut, Drawer, Feed, Line, Picture, Ruler
from printers.paint import ADVANCE, BASE_LINE, indent, paint_code, paint_picture
from printers.profiles import Profile
from printers.rows import Piece, Row, Span, rows

if TYPE_CHECKING:
    from PIL.Image import Image

_ROLL_MARGIN = 4.0
_SHEET_MARGIN = 18.0
_POINT = 25.4 / 72
_INCH = 25.4
# What is never seen, and what no face has a sign for: letters that are set one by one are not joined either.
_SELECTORS = dict.fromkeys(range(0xFE00, 0xFE10))
_JOINERS = dict.fromkeys((0x200C, 0x200D))


def write(lines: Iterable[Line], profile: Profile, title: str = "") -> bytes:
    """The document as a file: pages as wide as the roll, or sheets where the profile has a size of them."""
    document = _Sheets(profile, title) if profile.sheet else _Roll(profile, title)
    return document.written(_cut(rows(lines, profile.columns), profile))


def _cut(pieces: Iterable[Piece], profile: Profile) -> list[list[_Block]]:
    """What stands on each page."""
    pages: list[list[_Block]] = [[]]
    for piece in pieces:
        if isinstance(piece, Cut):
            pages.append([])
        elif isinstance(piece, Ruler):
            pages[-1] += [row for _, row in alphabets(profile)]
        elif isinstance(piece, Code):
            pages[-1].append((paint_code(piece, profile), Align.CENTER))
        elif isinstance(piece, Picture):
            pages[-1].append((paint_picture(piece, profile), piece.align))
        elif isinstance(piece, Feed):
            pages[-1] += [Row(())] * piece.lines
        elif not isinstance(piece, Drawer):
            pages[-1].append(piece)
    return [page for page in pages if page]


_Block = Row | tuple["Image", Align]
"""What is not torn apart: a row of text, or a picture with its place across the paper."""


class _Document(ABC):
    """What rolls and sheets share: where things stand on a page, in millimetres from its upper left corner."""

    def __init__(self, profile: Profile, title: str) -> None:
        from fpdf import FPDF

        self._profile = profile
        self._dot = _INCH / profile.dpi
        self._pdf: Any = FPDF(unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_title(title)
        self._names: dict[Face, str] = {}
        self._left = 0.0
        self._top = 0.0

    def written(self, pages: list[list[_Block]]) -> bytes:
        for page in pages or [[]]:
            self._page(page)
        return bytes(self._pdf.output())

    @abstractmethod
    def _page(self, blocks: list[_Block]) -> None:
        """Begin a page and put these on it."""

    @abstractmethod
    def _span(self, row: Row, span: Span) -> None:
        """Write one piece of a row."""

    def _height(self, block: _Block) -> float:
        if isinstance(block, Row):
            return max(self._profile.pitch, self._profile.height * block.large) * self._dot
        return block[0].height * self._dot

    def _put(self, block: _Block) -> None:
        if isinstance(block, Row):
            for span in block.spans:
                self._span(block, span)
        else:
            self._image(*block)
        self._top += self._height(block)

    def _image(self, image: Image, align: Align) -> None:
        out = io.BytesIO()
        image.save(out, "PNG")
        left = self._left + indent(image.width, align, self._profile) * self._dot
        self._pdf.image(out, left, self._top, image.width * self._dot, image.height * self._dot)

    def _black(self, left: float, width: float, height: float) -> None:
        self._pdf.set_fill_color(0)
        self._pdf.rect(left, self._top, width, height, style="F")

    def _choose(self, run: fonts.Run, size: float, *, shaped: bool = False) -> None:
        """Write with the face of this run from here on; `size` in mm."""
        self._pdf.set_font(self._name(run.face), size=size / _POINT)
        self._pdf.set_text_shaping(shaped, direction="rtl" if run.right_to_left else "ltr")

    def _name(self, face: Face) -> str:
        if face not in self._names:
            name = f"face{len(self._names)}"
            self._pdf.add_font(name, fname=face.path, collection_font_number=face.number)
            self._names[face] = name
        return self._names[face]

    def _weight(self, bold: bool, face: Face, size: float) -> AbstractContextManager[Any]:
        """Letters of a face that has no bold ones are drawn with a line around them."""
        from fpdf.enums import TextMode

        drawn = bold and not face.bold
        mode = TextMode.FILL_STROKE if drawn else TextMode.FILL
        context: AbstractContextManager[Any] = self._pdf.local_context(text_mode=mode, line_width=size / 40)
        return context

    def _whole(self, text: str, left: float, base: float, size: float, bold: bool) -> None:
        """A text as a whole, joined and in its order, with its left end on the base line."""
        for run in fonts.runs(text, bold, Family.PLAIN):
            self._choose(run, size, shaped=True)
            width = self._pdf.get_string_width(run.text)
            # A cell puts its base line 0.3 of the size below its middle.
            self._pdf.set_xy(left, base - 0.3 * size - size / 2)
            with self._weight(bold, run.face, size):
                self._pdf.cell(width, size, run.text)
            left += width

    def _length(self, text: str, size: float, bold: bool) -> float:
        """How long a text is as a whole, in mm."""
        length = 0.0
        for run in fonts.runs(text, bold, Family.PLAIN):
            self._choose(run, size, shaped=True)
            length += float(self._pdf.get_string_width(run.text))
        return length


class _Roll(_Document):
    """Each letter in its cell, as the printer would set it."""

    def _page(self, blocks: list[_Block]) -> None:
        height = sum(map(self._height, blocks)) + 2 * _ROLL_MARGIN
        width = self._profile.dots * self._dot + 2 * _ROLL_MARGIN
        self._pdf.add_page(format=(width, height))
        self._left = self._top = _ROLL_MARGIN
        for block in blocks:
            self._put(block)

    def _span(self, row: Row, span: Span) -> None:
        wide = self._profile.cell * row.large * self._dot
        high = self._profile.height * row.large * self._dot
        left = self._left + span.start() * wide
        base = self._top + high * BASE_LINE
        room = width_of(span.text) * wide
        text = faces.visible(span.text).translate(_SELECTORS)
        if row.inverse:
            self._black(left, room, high)
        self._pdf.set_text_color(255 if row.inverse else 0)
        for piece, simple in scripts.pieces(text):
            draw = self._in_cells if simple else self._as_a_whole
            draw(piece, left, base, wide, row.bold)
            left += width_of(piece) * wide

    def _as_a_whole(self, text: str, left: float, base: float, wide: float, bold: bool) -> None:
        size = wide / ADVANCE
        size *= min(1.0, width_of(text) * wide / max(self._length(text, size, bold), 0.01))
        self._whole(text, left, base, size, bold)

    def _in_cells(self, text: str, left: float, base: float, wide: float, bold: bool) -> None:
        size = wide / ADVANCE
        for run in fonts.runs(text.translate(_JOINERS), bold, Family.MONO):
            self._choose(run, size)
            with self._weight(bold, run.face, size):
                if faces.is_typewriter(run.face) and run.text.isprintable() and width_of(run.text) == len(run.text):
                    self._pdf.text(left, base, run.text)
                    left += len(run.text) * wide
                    continue
                for letter in letters(run.text):
                    room = width_of(letter) * wide
                    self._pdf.text(left + (room - self._pdf.get_string_width(letter)) / 2, base, letter)
                    left += room


class _Sheets(_Document):
    """Letters of natural width, each piece of text in the box of its row; lines instead of rows of dashes."""

    def _page(self, blocks: list[_Block]) -> None:
        self._new_sheet()
        bottom = self._profile.sheet[1] - _SHEET_MARGIN if self._profile.sheet else 0.0
        for block in blocks:
            if self._top + self._height(block) > bottom and self._top > _SHEET_MARGIN:
                self._new_sheet()
            self._put(block)

    def _new_sheet(self) -> None:
        width, height = self._profile.sheet or (0.0, 0.0)
        self._pdf.add_page(format=(width, height))
        self._left = (width - self._profile.across * self._dot) / 2
        self._top = _SHEET_MARGIN

    def _span(self, row: Row, span: Span) -> None:
        wide = self._profile.cell * row.large * self._dot
        high = self._profile.height * row.large * self._dot
        text = faces.visible(span.text.strip()).translate(_SELECTORS)
        if not text:
            return
        indent_of_text = (len(span.text) - len(span.text.lstrip())) * wide if span.align is Align.LEFT else 0.0
        left, room = self._left + span.at * wide + indent_of_text, span.width * wide - indent_of_text
        if len(text) == self._profile.columns and set(text) <= {"-", "="}:
            self._line(left, room, high, double="=" in text)
            return
        if row.inverse:
            self._black(self._left, self._profile.across * self._dot, high)
        self._pdf.set_text_color(255 if row.inverse else 0)
        size = 0.92 * wide / ADVANCE
        length = self._length(text, size, row.bold)
        if length > room:
            size, length = size * room / length, room
        align = Align.CENTER if row.inverse else span.align
        left += {Align.LEFT: 0.0, Align.CENTER: (room - length) / 2, Align.RIGHT: room - length}[align]
        self._whole(text, left, self._top + high * BASE_LINE, size, row.bold)

    def _line(self, left: float, width: float, high: float, *, double: bool) -> None:
        self._pdf.set_draw_color(0)
        self._pdf.set_line_width(0.2)
        for below in (0.0, 0.6) if double else (0.0,):
            self._pdf.line(left, self._top + high / 2 + below, left + width, self._top + high / 2 + below)
