"""Lines as ESC/POS bytes for one model of printer.

Each row is sent as text where the printer provably has all of its letters, and else painted and sent as dots, so
that a name is never a row of question marks and a receipt still prints in seconds. python-escpos knows the printers
and writes codes, pictures, cuts and pulses; text goes its own way here, as the library would put `?` for what it does
not know and hand control bytes through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from boxoffice.domain.badges import Align
from printers.code_pages import alphabets, encoded, in_page
from printers.lines import Code, Cut, Drawer, Feed, Line, Picture, Ruler
from printers.paint import BAR_HEIGHT, bar_dots, indent, module_dots, paint_code, paint_picture, paint_row
from printers.profiles import Profile, Raster
from printers.rows import Piece, Row, rows

if TYPE_CHECKING:
    from PIL.Image import Image

_INIT = b"\x1b@"
_USA = b"\x1bR\x00"  # else # [ ] { | } may be letters of the country that the printer was sold in
_NOT_IN_PAIRS = b"\x1c."
_FONT = b"\x1bM"
_BOLD = b"\x1bE"
_SIZE = b"\x1d!"
_INVERSE = b"\x1dB"
_ALIGN = b"\x1ba"
_FEED = b"\x1bd"
_BAND = 240
"""Rows of dots that are sent at once: small printers have small memories."""


def encode(lines: Iterable[Line], profile: Profile) -> bytes:
    """The whole document; it begins with INIT, because a printer keeps what the job before left it with."""
    paper = _Paper(profile)
    for piece in rows(lines, profile.columns):
        paper.put(piece)
    return paper.finished()


class _Paper:
    """One document on its way; remembers what the printer was told last."""

    def __init__(self, profile: Profile) -> None:
        from escpos.printer import Dummy

        self._profile = profile
        self._library: Any = Dummy(profile=profile.name)
        self._page: int | None = None
        self._bold = False
        self._large = 1
        self._inverse = False
        self._align = Align.LEFT
        self._send(_INIT + _USA + (_NOT_IN_PAIRS if profile.chinese else b""))
        if profile.font:
            self._send(_FONT + bytes((profile.font,)))

    def finished(self) -> bytes:
        return bytes(self._library.output)

    def put(self, piece: Piece) -> None:
        if isinstance(piece, Row):
            self._row(piece)
        elif isinstance(piece, Code):
            self._code(piece)
        elif isinstance(piece, Picture):
            self._drawn(piece)
        elif isinstance(piece, Feed):
            self._send(b"\n" * piece.lines)
        elif isinstance(piece, Ruler):
            self._alphabets()
        elif isinstance(piece, Cut):
            self._cut()
        elif isinstance(piece, Drawer) and self._profile.pulse:
            self._library.cashdraw(2)

    def _send(self, data: bytes) -> None:
        self._library._raw(data)  # the library's one way to its output

    def _row(self, row: Row) -> None:
        text = row.text()
        if not text or text.isspace():
            self._send(b"\n")
            return
        in_letters = encoded(text, self._profile, self._page)
        if in_letters is None:
            self._picture(paint_row(row, self._profile), Align.LEFT)
            return
        data, self._page = in_letters
        self._style(row)
        self._turn(Align.LEFT)
        self._send(data + b"\n")

    def _alphabets(self) -> None:
        for slot, row in alphabets(self._profile):
            self._style(row)
            self._turn(Align.LEFT)
            self._send(in_page(row.text(), slot, self._profile) + b"\n")
            self._page = slot

    def _style(self, row: Row) -> None:
        if row.bold != self._bold:
            self._bold = row.bold
            self._send(_BOLD + bytes((row.bold,)))
        if row.large != self._large:
            self._large = row.large
            self._send(_SIZE + bytes(((row.large - 1) * 0x11,)))
        if row.inverse != self._inverse:
            self._inverse = row.inverse
            self._send(_INVERSE + bytes((row.inverse,)))

    def _turn(self, align: Align) -> None:
        if align is not self._align:
            self._align = align
            self._send(_ALIGN + bytes((list(Align).index(align),)))

    def _code(self, line: Code) -> None:
        if line.bars and self._profile.bars and self._centres() and bar_dots(line.text, self._profile) >= 2:
            self._bars(line)
        elif not line.bars and self._profile.qr and self._centres() and line.text.isprintable():
            self._turn(Align.CENTER)
            dots = module_dots(line.text, self._profile, line.large)
            self._library.qr(line.text, ec=1, size=dots, native=True)
        else:
            self._picture(paint_code(line, self._profile), Align.CENTER)

    def _centres(self) -> bool:
        """Whether the middle of the paper is the middle of the letters; a narrower text has another one."""
        return self._profile.dots - self._profile.across < self._profile.cell

    def _bars(self, line: Code) -> None:
        self._turn(Align.CENTER)
        self._library._hw_barcode(
            code128(line.text),
            "CODE128",
            height=BAR_HEIGHT * (2 if line.large else 1),
            width=bar_dots(line.text, self._profile),
            pos="OFF",
            align_ct=False,
            function_type="B",
        )

    def _drawn(self, line: Picture) -> None:
        """A picture; one that is in dots already needs no painting."""
        profile = self._profile
        if line.dots is None or line.dots[0] > profile.dots or profile.raster is not Raster.RASTER:
            self._picture(paint_picture(line, profile), line.align)
            return
        import numpy as np

        width, height = line.dots
        left, wide = indent(width, line.align, profile) // 8, (width + 7) // 8
        across = np.zeros((height, left + wide), np.uint8)
        across[:, left:] = np.frombuffer(line.image, np.uint8).reshape(height, wide)
        self._turn(Align.LEFT)
        for top in range(0, height, _BAND):
            self._send(_raster(left + wide, across[top : top + _BAND].tobytes()))

    def _picture(self, image: Image, align: Align) -> None:
        self._turn(Align.LEFT)
        across = _across(image, align, self._profile)
        if self._profile.raster is not Raster.RASTER:
            self._by_the_library(across)
            return
        for top in range(0, across.height, _BAND):
            band = across.crop((0, top, across.width, min(top + _BAND, across.height)))
            self._send(_raster((band.width + 7) // 8, band.tobytes("raw", "1;I")))  # a set bit is black

    def _by_the_library(self, image: Image) -> None:
        dense = self._profile.rows_per_dot == 1.0
        if not dense:
            image = image.resize((image.width, max(1, round(image.height * self._profile.rows_per_dot))))
        # It centres nothing, and measures against a paper that may be another one here.
        self._library.profile.profile_data = {**self._library.profile.profile_data, "media": {}}
        self._library.image(image, impl=self._profile.raster.value, high_density_vertical=dense)
        written = self._library._output_list
        written[-1] = _harmless(written[-1])

    def _cut(self) -> None:
        self._turn(Align.LEFT)
        if self._profile.knife:
            self._library.cut()
        else:
            self._send(_FEED + b"\x06")


def _across(image: Image, align: Align, profile: Profile) -> Image:
    """The picture with white to its left, where it does not begin at the left."""
    left = indent(image.width, align, profile)
    if not left:
        return image
    from PIL import Image as Images

    made = Images.new("1", (left + image.width, image.height), 1)
    made.paste(image, (left, 0))
    return made


def _raster(wide: int, rows: bytes) -> bytes:
    """The command for rows of dots, so many bytes each."""
    data = _harmless(rows)
    return b"\x1dv0\x00" + wide.to_bytes(2, "little") + (len(data) // wide).to_bytes(2, "little") + data


# DLE before EOT, ENQ or DC4: a printer obeys it wherever it comes, also amid the dots of a picture.
_AT_ONCE = re.compile(rb"\x10(?=[\x04\x05\x14])")


def _harmless(dots: bytes) -> bytes:
    """With one more black dot where a picture would ask for the state of the printer, or open the drawer."""
    return _AT_ONCE.sub(b"\x30", dots)


def code128(text: str) -> str:
    """The text with the changes of set that CODE128 wants: pairs of digits in set C, all else in B."""
    made, index, current = "", 0, ""
    while index < len(text):
        digits = 0
        while index + digits < len(text) and text[index + digits].isdigit():
            digits += 1
        if digits >= 4:
            pairs = digits // 2
            made += "" if current == "C" else "{C"
            made += "".join(chr(int(text[index + 2 * one : index + 2 * one + 2])) for one in range(pairs))
            current, index = "C", index + 2 * pairs
            continue
        made += ("" if current == "B" else "{B") + ("{{" if text[index] == "{" else text[index])
        current, index = "B", index + 1
    return made
