"""Rows, codes and pictures as dots: what a printer paints itself, and what it is sent where it cannot.

Each simple letter stands in its cell, as the printer would set it; a text that is joined or runs from right to left
is drawn as a whole into the cells that it was given. Everything is black on white, one bit a dot.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from boxoffice.domain.badges import Align

from . import fonts, scripts
from .cells import letters, width_of
from .faces import Family
from .pictures import on_white
from .profiles import Profile
from .rows import Row

if TYPE_CHECKING:
    from PIL.Image import Image

    from .lines import Code, Picture

WHITE = 1
BLACK = 0
BASE_LINE = 0.79
"""Where letters stand, as a share of the height of a cell."""
ADVANCE = 0.602
"""The width of a letter of the typewriter face, as a share of its size."""
_SMALLEST = 3.0
"""In dots. Nobody can read less, and the engine refuses to draw it."""
_IDEOGRAPH = 0.9
"""The size of a letter that fills two cells, as a share of them."""


def indent(width: int, align: Align, profile: Profile) -> int:
    """Dots to the left of something so wide, if it is to stand with the letters: whole bytes of eight.

    What is wider than the letters may reach to where the paper ends.
    """
    room = profile.across if width <= profile.across else profile.dots
    spare = max(0, room - width)
    return {Align.LEFT: 0, Align.CENTER: spare // 2, Align.RIGHT: spare}[align] // 8 * 8


def paint_row(row: Row, profile: Profile) -> Image:
    """One row across the paper, as high as the printer would move for it."""
    from PIL import Image

    wide, high = profile.cell * row.large, profile.height * row.large
    image = Image.new("1", (profile.dots, max(profile.pitch, high)), WHITE)
    for span in row.spans:
        left = span.start() * wide
        for piece, simple in scripts.pieces(span.text):
            draw = _in_cells if simple else _as_a_whole
            draw(image, left, piece, wide, high, row.bold, span.align)
            left += width_of(piece) * wide
    if row.inverse:
        _turn_round(image, row, wide, high)
    return image


def _in_cells(image: Image, left: int, text: str, wide: int, high: int, bold: bool, _: Align) -> None:
    for letter in letters(text):
        cells = width_of(letter)
        if letter != " ":
            image.paste(_letter(letter, max(1, cells), wide, high, bold), (left, 0))
        left += cells * wide


@functools.lru_cache(maxsize=2048)
def _letter(letter: str, cells: int, wide: int, high: int, bold: bool) -> Image:
    from PIL import Image, ImageDraw

    room = cells * wide
    image = Image.new("1", (room, high), WHITE)
    size = _size(wide) if cells == 1 else room * _IDEOGRAPH
    needed = fonts.width_of(letter, size, bold, Family.MONO)
    if needed > room:
        size, needed = max(_SMALLEST, size * room / needed), room
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    place = ((room - needed) // 2, round(high * BASE_LINE))
    fonts.draw_text(draw, place, letter, size, bold=bold, family=Family.MONO, fill=BLACK)
    return image


def _as_a_whole(image: Image, left: int, text: str, wide: int, high: int, bold: bool, align: Align) -> None:
    """Drawn into the cells that it was given, at the side to which its column belongs."""
    from PIL import Image as Images
    from PIL import ImageDraw

    room = width_of(text) * wide
    if not room:
        return
    size = _size(wide)
    needed = fonts.width_of(text, size, bold, Family.PLAIN)
    if needed > room:
        size, needed = max(_SMALLEST, size * room / needed), room
    spare = {Align.LEFT: 0, Align.CENTER: (room - needed) // 2, Align.RIGHT: room - needed}[align]
    box = Images.new("1", (room, high), WHITE)
    draw = ImageDraw.Draw(box)
    draw.fontmode = "1"
    base = round(high * BASE_LINE)
    fonts.draw_text(draw, (spare, base), text, size, bold=bold, family=Family.PLAIN, fill=BLACK)
    image.paste(box, (left, 0))


def _size(wide: int) -> float:
    return wide / ADVANCE


def _turn_round(image: Image, row: Row, wide: int, high: int) -> None:
    from PIL import Image as Images
    from PIL import ImageChops

    for span in row.spans:
        left = span.start() * wide
        box = (left, 0, left + width_of(span.text) * wide, high)
        image.paste(ImageChops.logical_xor(image.crop(box), Images.new("1", (box[2] - left, high), 1)), box)


def module_dots(text: str, profile: Profile, large: bool) -> int:
    """How many dots a module of a QR code gets: some 26 mm in all, 34 for a large one, never wider than the paper."""
    modules = 17 + 4 * qr_version(len(text.encode()))
    wanted = (34 if large else 26) / 25.4 * profile.dpi
    return max(2, min(16, round(wanted / modules), profile.across // (modules + 8)))


@functools.lru_cache(maxsize=512)
def qr_version(length: int) -> int:
    """The size of the QR code that holds so many bytes at correction level M."""
    return int(_qr("x" * length).best_fit())


def _qr(text: str) -> Any:
    import qrcode
    from qrcode.util import MODE_8BIT_BYTE, QRData

    made = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    made.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    return made


def paint_code(line: Code, profile: Profile) -> Image:
    """A QR code or bars, in whole dots; without the caption. Bars that are too long for the paper become a QR code."""
    if line.bars and bar_dots(line.text, profile):
        return _bars(line.text, profile, line.large)
    return _square(line, profile)


def _square(line: Code, profile: Profile) -> Image:
    from PIL import Image

    made = _qr(line.text)
    made.mask_pattern = 3  # any is valid; trying all eight costs five times as much
    made.make(fit=True)
    matrix = made.get_matrix()
    image = Image.new("1", (len(matrix), len(matrix)), WHITE)
    image.putdata([BLACK if dark else WHITE for row in matrix for dark in row])
    dots = module_dots(line.text, profile, line.large)
    return image.resize((len(matrix) * dots, len(matrix) * dots), Image.Resampling.NEAREST)


BAR_HEIGHT = 80


def bar_dots(text: str, profile: Profile) -> int:
    """How many dots the narrowest bar gets: as many as fit on the paper, at most 3; 0 if none do."""
    return min(3, profile.across // (len(_modules(text)) + 20))


def _bars(text: str, profile: Profile, large: bool) -> Image:
    from PIL import Image

    modules = _modules(text)
    dots = bar_dots(text, profile)
    image = Image.new("1", (len(modules), 1), WHITE)
    image.putdata([BLACK if one == "1" else WHITE for one in modules])
    return image.resize((len(modules) * dots, BAR_HEIGHT * (2 if large else 1)), Image.Resampling.NEAREST)


@functools.lru_cache(maxsize=64)
def _modules(text: str) -> str:
    from barcode import Code128

    (made,) = Code128(text).build()
    return str(made)


def paint_picture(line: Picture, profile: Profile) -> Image:
    """A picture at its size on this paper: what has few greys is cut at the middle, a photo becomes dots.

    Raises `BadInput` for a picture that cannot be read.
    """
    from PIL import Image, ImageOps

    image = _opened(line)
    size = _size_on(image, line, profile)
    if line.dots == size:
        return image
    grey = image.convert("L").resize(size, Image.Resampling.LANCZOS)
    if _is_drawn(grey):
        return grey.point(lambda tone: 255 if tone > _HALF else 0).convert("1", dither=Image.Dither.NONE)
    return ImageOps.autocontrast(grey).convert("1")


_HALF = 140
"""What is brighter becomes white: a logo's thin lines rather too black than gone."""


def _opened(line: Picture) -> Image:
    from PIL import Image

    if line.dots is not None:
        return Image.frombytes("1", line.dots, line.image, "raw", "1;I")
    return on_white(line.image)


def _size_on(image: Image, line: Picture, profile: Profile) -> tuple[int, int]:
    if line.dots is not None:
        width, height = line.dots
    elif line.millimetres is not None:
        width, height = (round(one / 25.4 * profile.dpi) for one in line.millimetres)
    else:
        width = round(profile.across * line.share)
        height = round(image.height * width / image.width)
    if width > profile.dots:
        width, height = profile.dots, round(height * profile.dots / width)
    return max(1, width), max(1, height)


def _is_drawn(image: Image) -> bool:
    """A logo or a drawing, as opposed to a photo: most of it is black or white."""
    tones = image.histogram()
    return sum(tones[:40]) + sum(tones[216:]) > 0.85 * image.width * image.height
