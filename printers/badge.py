"""A badge as a picture in the printer's dots, at its true size.

What is drawn here is what the editor shows and what the printer gets: there is no other way to a badge. Paper
knows black and white, so letters are sharp and photos are made of dots, also on a printer of the operating system:
most of those that print labels know no greys either.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec
from PIL import Image as Pictures
from PIL import ImageDraw, ImageOps

from boxoffice.domain import badges
from boxoffice.domain.badges import Align, Box, Element, Image, Square, Template, Vertical, Words
from boxoffice.domain.documents import Badge

from . import codes, fonts
from .cleaning import clean
from .fitting import LEADING, LINE, Fitted, fit, width_of
from .lettering import Mask, masks
from .pictures import on_white

WHITE, BLACK = 255, 0
_MM_IN_INCH = 25.4
_POINTS_IN_INCH = 72
_INSET = 1.0
"""Between the edge of a black box and the letters in it, in mm."""
_TURNS = {
    1: Pictures.Transpose.ROTATE_270,
    2: Pictures.Transpose.ROTATE_180,
    3: Pictures.Transpose.ROTATE_90,
}


class Place(msgspec.Struct, frozen=True):
    """A box on the badge, in dots."""

    x: int
    y: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, and the last dots at the right and at the bottom."""
        return self.x, self.y, self.x + self.width - 1, self.y + self.height - 1


def draw(badge: Badge, dpi: int, pictures: Mapping[str, bytes], *, turned: bool = True) -> Pictures.Image:
    """The badge in black and white (mode `1`), turned as its template says.

    `pictures` are those of the template and the photo, by digest; what is not there is left out. Raises
    `BadInput` if a code does not fit into its place.
    """
    template = badge.template
    paper = Pictures.new("L", _size(template, dpi), WHITE)
    _put_all(paper, badge, dpi, pictures)
    turn = _TURNS.get(template.quarter_turns) if turned else None
    if turn is not None:
        paper = paper.transpose(turn)
    return paper.convert("1", dither=Pictures.Dither.NONE)


def packed(badge: Badge, dpi: int, pictures: Mapping[str, bytes]) -> tuple[bytes, tuple[int, int]]:
    """The same in black and white as printers take it, and its width and height.

    Row by row, eight dots a byte, the left one first, 1 for black. Raises `BadInput` as `draw` does.
    """
    import numpy as np

    width, height = _size(badge.template, dpi)
    greys = np.full((height, width), WHITE, np.uint8)
    paper = Pictures.frombuffer("L", (width, height), greys, "raw", "L", 0, 1)
    # Drawn into the array itself: to fetch the dots from Pillow takes as long as to write the name.
    paper.readonly = 0
    _put_all(paper, badge, dpi, pictures)
    greys = np.rot90(greys, -badge.template.quarter_turns)
    height, width = greys.shape
    return np.packbits(greys < _HALF, axis=1).tobytes(), (width, height)


_HALF = 128


def _size(template: Template, dpi: int) -> tuple[int, int]:
    return dots(template.width, dpi), dots(template.height, dpi)


def _put_all(paper: Pictures.Image, badge: Badge, dpi: int, pictures: Mapping[str, bytes]) -> None:
    for element in badge.template.elements:
        if badges.is_shown(element, badge.fields):
            _put(paper, element, badge, dpi, pictures)


def dots(millimetres: float, dpi: int) -> int:
    """A length in dots."""
    return round(millimetres * dpi / _MM_IN_INCH)


def place_of(element: Element, dpi: int) -> Place:
    """Where an element stands; from edge to edge, so that neighbours meet."""
    left, top = dots(element.x, dpi), dots(element.y, dpi)
    return Place(left, top, dots(element.x + element.width, dpi) - left, dots(element.y + element.height, dpi) - top)


def _put(paper: Pictures.Image, element: Element, badge: Badge, dpi: int, pictures: Mapping[str, bytes]) -> None:
    place = place_of(element, dpi)
    match element:
        case Box():
            _put_box(paper, element, place, dpi)
        case Words():
            _put_words(paper, element, place, badge, dpi)
        case Square():
            _put_code(paper, element, place, badge)
        case Image():
            digest = badge.photo if element.picture == badges.PHOTO else element.picture
            if digest in pictures:
                _put_picture(paper, element, place, pictures[digest])


def _upright(element: Element, place: Place) -> tuple[int, int]:
    """Width and height of the box before it is turned."""
    return (place.height, place.width) if element.turns % 2 else (place.width, place.height)


def _turned(picture: Pictures.Image, element: Element) -> Pictures.Image:
    turn = _TURNS.get(element.turns)
    return picture if turn is None else picture.transpose(turn)


def _put_box(paper: Pictures.Image, box: Box, place: Place, dpi: int) -> None:
    pen = ImageDraw.Draw(paper)
    stroke = max(1, dots(box.stroke, dpi))
    if min(place.width, place.height) < stroke:
        # A line: as thick as it says, within the badge.
        left = min(place.x, paper.width - stroke)
        top = min(place.y, paper.height - stroke)
        line = Place(left, top, max(place.width, stroke), max(place.height, stroke))
        pen.rectangle(line.corners, fill=BLACK)
    elif box.filled:
        pen.rectangle(place.corners, fill=BLACK)
    else:
        pen.rectangle(place.corners, outline=BLACK, width=stroke)


def _put_words(paper: Pictures.Image, words: Words, place: Place, badge: Badge, dpi: int) -> None:
    if words.inverse:
        ImageDraw.Draw(paper).rectangle(place.corners, fill=BLACK)
    said = said_by(words, badge)
    width, height = _upright(words, place)
    if words.inverse:
        inset = min(dots(_INSET, dpi), width // 8, height // 8)
        width, height = width - 2 * inset, height - 2 * inset
    else:
        inset = 0
    if not said or min(width, height) < 1:
        return
    ink, left, top = _ink(said, words, width, height, dpi)
    if words.turns:
        upright = Pictures.new("L", (width, height), BLACK)
        upright.paste(ink, (left, top))
        ink, left, top = _turned(upright, words), 0, 0
    colour = WHITE if words.inverse else BLACK
    paper.paste(colour, (place.x + inset + left, place.y + inset + top), ink)


def said_by(words: Words, badge: Badge) -> str:
    """What a text says on this badge, line by line."""
    text = badges.filled(words.text, badge.fields)
    lines = [clean(line).strip() for line in text.split("\n")]
    said = "\n".join(lines).strip("\n")
    return said.upper() if words.upper else said


class _Ink(NamedTuple):
    """Letters, white on black, in a picture no larger than they are, and where it stands in their box."""

    picture: Pictures.Image
    left: int
    top: int


@functools.lru_cache(maxsize=32)
def _ink(said: str, words: Words, width: int, height: int, dpi: int) -> _Ink:
    """The letters for a box of this size: all of them, and all of each.

    Kept for a while: the event's name is on every badge.
    """
    points = dpi / _POINTS_IN_INCH
    most, least = words.size * points, words.smallest * points
    while True:
        fitted = fit(said, width, height, most=most, least=min(least, most), lines=words.lines, bold=words.bold)
        ink = _written(fitted, words, width, height)
        wide, high = ink.picture.size
        if wide <= width and high <= height:
            return ink._replace(left=_within(ink.left, wide, width), top=_within(ink.top, high, height))
        if fitted.size <= 1:
            return _Ink(ink.picture.crop((0, 0, min(wide, width), min(high, height))), 0, 0)
        # Letters with more on or below them than their typeface says: smaller, until all of it fits.
        most = min(fitted.size - 1, fitted.size * min(width / wide, height / high))


def _within(start: int, length: int, room: int) -> int:
    """Where something begins that is to stand as near to its place as it can with all of it in the room."""
    return max(0, min(start, room - length))


def _written(fitted: Fitted, words: Words, width: int, height: int) -> _Ink:
    """The lines as they stand in the box, or where they do not fit, around it."""
    letters = list(_letters(fitted, words, width, height))
    edges = [(x + ink[0], y + ink[1], x + ink[2], y + ink[3]) for _, x, y, ink in letters if ink is not None]
    if not edges:
        return _Ink(Pictures.new("L", (0, 0)), 0, 0)
    left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    right, bottom = max(edge[2] for edge in edges), max(edge[3] for edge in edges)
    picture = Pictures.new("L", (right - left, bottom - top), BLACK)
    pen = ImageDraw.Draw(picture).draw
    for mask, x, y, _ in letters:
        pen.draw_bitmap((x - left, y - top), mask, WHITE)
    return _Ink(picture, left, top)


def _letters(fitted: Fitted, words: Words, width: int, height: int) -> Iterator[Mask]:
    size = fitted.size
    ascent, descent = fonts.metrics(size, words.bold)
    step = LEADING * size
    high = LINE * size + step * (len(fitted.lines) - 1)
    spare = height - high
    top = {Vertical.TOP: 0.0, Vertical.MIDDLE: spare / 2, Vertical.BOTTOM: spare}[words.vertical]
    base = top + ascent + (LINE * size - ascent - descent) / 2
    for number, line in enumerate(fitted.lines):
        spare = width - width_of(line, size, words.bold)
        left = {Align.LEFT: 0.0, Align.CENTER: spare / 2, Align.RIGHT: spare}[words.align]
        # From a letter's height above the box on: a half is rounded away from the same side in every box.
        yield from masks((round(left), round(size + base + number * step) - size), line, size, bold=words.bold)


def _put_code(paper: Pictures.Image, code: Square, place: Place, badge: Badge) -> None:
    text = badges.exact(code.text, badge.fields)
    if not text:
        return
    width, height = _upright(code, place)
    drawn = codes.bars(text, width, height) if code.bars else codes.square(text, min(width, height))
    drawn = _turned(drawn, code)
    ImageDraw.Draw(paper).rectangle(place.corners, fill=WHITE)
    paper.paste(drawn, (place.x + (place.width - drawn.width) // 2, place.y + (place.height - drawn.height) // 2))


def _put_picture(paper: Pictures.Image, image: Image, place: Place, content: bytes) -> None:
    width, height = _upright(image, place)
    drawn = _turned(_scaled(content, width, height), image)
    paper.paste(drawn, (place.x + (place.width - drawn.width) // 2, place.y + (place.height - drawn.height) // 2))


@functools.lru_cache(maxsize=8)
def _scaled(content: bytes, width: int, height: int) -> Pictures.Image:
    """A picture in its own proportions in a box, in black and white."""
    flat = on_white(content)
    share = min(width / flat.width, height / flat.height)
    size = max(1, round(flat.width * share)), max(1, round(flat.height * share))
    return _in_black_and_white(flat.resize(size, Pictures.Resampling.LANCZOS))


def _in_black_and_white(scaled: Pictures.Image) -> Pictures.Image:
    """A drawing of one colour keeps its edges; a photo becomes dots, lighter than it was, because dots run on paper."""
    tones = _tones(scaled)
    if len(tones) <= _TONES_OF_A_DRAWING:
        middle = (tones[0] + tones[-1]) // 2 if len(tones) > 1 else _HALF
        return scaled.point([WHITE if level > middle else BLACK for level in range(256)])
    lighter = ImageOps.autocontrast(scaled, cutoff=1).point(_LIGHTER)
    return lighter.convert("1").convert("L")


def _tones(scaled: Pictures.Image) -> list[int]:
    """The greys that a fair part of the picture has, from dark to light."""
    levels, step = scaled.histogram(), 8
    fair = 0.02 * scaled.width * scaled.height
    return [level + step // 2 for level in range(0, 256, step) if sum(levels[level : level + step]) > fair]


_TONES_OF_A_DRAWING = 2
_LIGHTER = [round(255 * (level / 255) ** 0.75) for level in range(256)]
