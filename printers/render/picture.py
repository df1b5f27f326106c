"""Lines as a picture of the paper: dot for dot as wide as the printer's, with the same breaks in the same places."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from boxoffice.domain.badges import Align
from printers.code_pages import alphabets
from printers.lines import Code, Cut, Feed, Line, Picture, Ruler
from printers.paint import WHITE, indent, paint_code, paint_picture, paint_row
from printers.profiles import Profile
from printers.rows import Piece, Row, rows

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN = 24
"""White dots around, so that it looks like paper."""


def draw(lines: Iterable[Line], profile: Profile, margin: int = MARGIN) -> Image:
    """The whole document, one bit a dot."""
    from PIL import Image

    pieces = [(image, align) for piece in rows(lines, profile.columns) for image, align in _paint(piece, profile)]
    height = sum(image.height for image, _ in pieces)
    paper = Image.new("1", (profile.dots + 2 * margin, max(1, height) + 2 * margin), WHITE)
    top = margin
    for image, align in pieces:
        paper.paste(image, (margin + indent(image.width, align, profile), top))
        top += image.height
    return paper


def png(lines: Iterable[Line], profile: Profile) -> bytes:
    """The picture as a file, at the printer's resolution."""
    out = io.BytesIO()
    draw(lines, profile).save(out, "PNG", dpi=(profile.dpi, profile.dpi))
    return out.getvalue()


def _paint(piece: Piece, profile: Profile) -> list[tuple[Image, Align]]:
    if isinstance(piece, Row):
        return [(paint_row(piece, profile), Align.LEFT)]
    if isinstance(piece, Code):
        return [(paint_code(piece, profile), Align.CENTER)]
    if isinstance(piece, Picture):
        return [(paint_picture(piece, profile), piece.align)]
    if isinstance(piece, Feed):
        return [(_blank(profile, piece.lines * profile.pitch), Align.LEFT)]
    if isinstance(piece, Ruler):
        return [(paint_row(row, profile), Align.LEFT) for _, row in alphabets(profile)]
    if isinstance(piece, Cut):
        return [(_knife(profile), Align.LEFT)]
    return []


def _blank(profile: Profile, height: int) -> Image:
    from PIL import Image

    return Image.new("1", (profile.dots, height), WHITE)


def _knife(profile: Profile) -> Image:
    from PIL import ImageDraw

    image = _blank(profile, 2 * profile.pitch)
    draw = ImageDraw.Draw(image)
    for left in range(0, profile.dots, 16):
        draw.line((left, profile.pitch, left + 7, profile.pitch), fill=0)
    return image
