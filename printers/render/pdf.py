"""Lines as a PDF, with letters that can be selected and the faces they need embedded.

A roll becomes one page as long as the paper, cut by cut; what goes to an office printer becomes A4. Cells are kept:
each piece of text stands where the roll printer would put it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from boxoffice.domain.badges import Align
from printers import fonts
from printers.cells import letters, width_of
from printers.fonts import Face, Family
from printers.lines import Code, Cut, Feed, Line, Picture
from printers.paint import paint_code, paint_picture
from printers.profiles import Profile
from printers.rows import Piece, Row, Span, rows

if TYPE_CHECKING:
    from PIL.Image import Image

_MARGIN = 4.0
_POINT = 25.4 / 72


def write(lines: Iterable[Line], profile: Profile) -> bytes:
    """The document as a file, one page a sheet, as wide as the paper."""
    sheets: list[list[Piece]] = [[]]
    for piece in rows(lines, profile.columns):
        if isinstance(piece, Cut):
            sheets.append([])
        else:
            sheets[-1].append(piece)
    document = _Pages(profile)
    for sheet in sheets:
        if sheet:
            document.add(sheet)
    return document.finished()


class _Pages:
    def __init__(self, profile: Profile) -> None:
        from fpdf import FPDF

        self._profile = profile
        self._dot = 25.4 / profile.dpi
        self._pdf: Any = FPDF(unit="mm")
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._families: dict[Face, str] = {}
        self._top = 0.0

    def finished(self) -> bytes:
        return bytes(self._pdf.output())

    def add(self, sheet: list[Piece]) -> None:
        height = sum(self._height(piece) for piece in sheet) + 2 * _MARGIN
        width = self._profile.dots * self._dot + 2 * _MARGIN
        self._pdf.add_page(orientation="portrait", format=(width, max(height, width)))
        self._top = _MARGIN
        for piece in sheet:
            self._put(piece)
            self._top += self._height(piece)

    def _height(self, piece: Piece) -> float:
        profile = self._profile
        if isinstance(piece, Row):
            return max(profile.pitch, profile.height * piece.large) * self._dot
        if isinstance(piece, Code):
            return (paint_code(piece, profile).height + (profile.pitch if piece.caption else 0)) * self._dot
        if isinstance(piece, Picture):
            return paint_picture(piece, profile).height * self._dot
        if isinstance(piece, Feed):
            return piece.lines * profile.pitch * self._dot
        return 0.0

    def _put(self, piece: Piece) -> None:
        if isinstance(piece, Row):
            self._row(piece)
        elif isinstance(piece, Code):
            image = paint_code(piece, self._profile)
            self._image(image, Align.CENTER)
            if piece.caption:
                top = self._top
                self._top += image.height * self._dot
                self._row(Row((Span(piece.caption, 0, self._profile.columns, Align.CENTER),)))
                self._top = top
        elif isinstance(piece, Picture):
            self._image(paint_picture(piece, self._profile), piece.align)

    def _image(self, image: Image, align: Align) -> None:
        out = io.BytesIO()
        image.save(out, "PNG")
        spare = self._profile.dots - image.width
        left = {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[align]
        self._pdf.image(out, _MARGIN + left * self._dot, self._top, image.width * self._dot, image.height * self._dot)

    def _row(self, row: Row) -> None:
        wide = self._profile.cell * row.large * self._dot
        high = self._profile.height * row.large * self._dot
        for span in row.spans:
            left = _MARGIN + span.start() * wide
            if row.inverse:
                self._pdf.set_fill_color(0)
                self._pdf.rect(left, self._top, width_of(span.text) * wide, high, style="F")
            self._pdf.set_text_color(255 if row.inverse else 0)
            self._span(span.text, left, wide, high, row.bold)

    def _span(self, text: str, left: float, wide: float, high: float, bold: bool) -> None:
        simple = fonts.is_simple(text)
        size = wide / 0.602
        base = self._top + high * 0.79
        x = left
        for run in fonts.runs(text, bold, Family.MONO if simple else Family.SANS):
            self._pdf.set_font(self._family(run.face), size=size / _POINT)
            self._pdf.set_text_shaping(not simple, direction="rtl" if run.right_to_left else "ltr")
            if simple and not all(width_of(one) == 1 for one in letters(run.text)):
                x = self._one_by_one(run.text, x, base, wide)
                continue
            self._pdf.text(x, base, run.text)
            x += width_of(run.text) * wide if simple else self._pdf.get_string_width(run.text)

    def _one_by_one(self, text: str, x: float, base: float, wide: float) -> float:
        for letter in letters(text):
            room = width_of(letter) * wide
            self._pdf.text(x + max(0.0, room - self._pdf.get_string_width(letter)) / 2, base, letter)
            x += room
        return x

    def _family(self, face: Face) -> str:
        if face not in self._families:
            name = f"face{len(self._families)}"
            self._pdf.add_font(name, fname=face.path)
            self._families[face] = name
        return self._families[face]
