"""Letters as pictures: how wide a text becomes, and drawing it in its right order.

Each letter is drawn in the first face that has it, a letter that nobody has as a visible box, never as nothing.
Pillow's layout engine joins letters; where that is missing, `scripts` does, in a simpler way.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from boxoffice.errors import DeviceTrouble, filled

from .cells import letters
from .cleaning import UNKNOWN
from .faces import Face, Family, bundled, face_of, gone
from .scripts import directions, visual


class Run(msgspec.Struct, frozen=True):
    """A piece of text in one face and one direction."""

    text: str
    face: Face
    right_to_left: bool = False


def missing() -> list[DeviceTrouble]:
    """Faces that should be here and are not."""
    return [
        DeviceTrouble(
            filled("The typeface {name} is missing", name=name),
            "Some names will be printed as boxes.",
            "Install the app anew.",
        )
        for name in gone()
    ]


def unjoined() -> list[DeviceTrouble]:
    """Whether there is no engine that joins letters."""
    if _shapes():
        return []
    return [
        DeviceTrouble(
            "The library fribidi is missing",
            "Arabic letters are joined in a simpler way, Indic ones not.",
            "Install fribidi as the README says.",
        )
    ]


@functools.lru_cache(maxsize=256)
def runs(text: str, bold: bool = False, family: Family = Family.SANS) -> Sequence[Run]:
    """The text in pieces of one face each, in the order in which they stand from left to right."""
    if text.isascii():
        return (Run(text, bundled(family, bold)[0]),) if text else ()
    found: list[Run] = []
    for piece, right_to_left in directions(text):
        parts = list(_by_face(piece, bold, family, right_to_left))
        found += reversed(parts) if right_to_left else parts
    return tuple(found)


def width_of(text: str, size: float, bold: bool = False, family: Family = Family.SANS) -> int:
    """How wide the text becomes, in dots, at a size in dots (the height of its em)."""
    return round(sum(_length(run, size, bold) for run in runs(text, bold, family)))


def em_width(text: str, bold: bool = False, family: Family = Family.SANS) -> float:
    """How wide the text is in heights of its letters: at every size, but for the roundings of that size."""
    return sum(_shaped(run) + (bold and not run.face.bold) / _WEIGHT for run in runs(text, bold, family))


def _shaped(run: Run) -> float:
    import uharfbuzz

    font, units = outlines(run.face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return float(sum(position.x_advance for position in buffer.glyph_positions or ())) / units


@functools.cache
def outlines(face: Face) -> tuple[Any, int]:
    """A face for HarfBuzz, and the parts into which the height of its letters is divided."""
    import uharfbuzz

    opened = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.path), face.number)
    return uharfbuzz.Font(opened), opened.upem


def draw_text(
    draw: Any,
    place: tuple[float, float],
    text: str,
    size: float,
    *,
    bold: bool = False,
    family: Family = Family.SANS,
    fill: int | str = 0,
) -> None:
    """Draw one line with a Pillow `ImageDraw`; `place` is its left end on the base line."""
    for x, y, run in pens(place, text, size, bold, family):
        font, words, features = prepared(run, size)
        draw.text((x, y), words, fill=fill, font=font, anchor="ls", **features)


class Pen(NamedTuple):
    """Where on the base line a piece of a line is drawn."""

    x: float
    y: float
    run: Run


def pens(
    place: tuple[float, float], text: str, size: float, bold: bool = False, family: Family = Family.SANS
) -> Iterator[Pen]:
    """The pieces of a line whose left end is at `place`; letters of which there are no bold ones come twice."""
    x, y = place
    before: Run | None = None
    for run in runs(text, bold, family):
        # Measured only where something follows: it costs a third of the drawing.
        x += _length(before, size, bold) if before is not None else 0.0
        before = run
        yield Pen(x, y, run)
        if bold and not run.face.bold:
            yield Pen(x + _weight(size), y, run)


def metrics(size: float, bold: bool = False, family: Family = Family.SANS) -> tuple[int, int]:
    """Dots above and below the base line that letters of this size take."""
    ascent, descent = _font(bundled(family, bold)[0], size).getmetrics()
    return ascent, descent


_WEIGHT = 24
"""Letters of which there are no bold ones are drawn twice, so far apart: a part of their size."""


def _weight(size: float) -> int:
    return max(1, round(size / _WEIGHT))


def _length(run: Run, size: float, bold: bool) -> float:
    font, words, features = prepared(run, size)
    drawn_twice = _weight(size) if bold and not run.face.bold else 0
    return float(font.getlength(words, **features)) + drawn_twice


def prepared(run: Run, size: float) -> tuple[Any, str, dict[str, str]]:
    """For Pillow: the font, the text as the engine wants it, and what the engine is told."""
    font = _font(run.face, size)
    if _shapes():
        return font, run.text, {"direction": "rtl" if run.right_to_left else "ltr"}
    return font, visual(run.text) if run.right_to_left else run.text, {}


@functools.lru_cache(maxsize=256)
def _font(face: Face, size: float) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=face.number)


@functools.lru_cache(maxsize=256)
def plain(face: Face, size: float) -> Any:
    """The same font for Pillow where one letter is drawn by itself, and nothing is to be laid out."""
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=face.number, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _shapes() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


def _by_face(text: str, bold: bool, family: Family, right_to_left: bool) -> Iterator[Run]:
    piece, current = "", None
    for letter in letters(text):
        if letter == " ":
            piece += letter
            continue
        face = face_of(letter, bold, family)
        shown = letter if face else UNKNOWN
        face = face or face_of(UNKNOWN, bold, family) or bundled(family, bold)[0]
        if current is not None and face != current:
            yield Run(piece, current, right_to_left)
            piece = ""
        piece, current = piece + shown, face
    if piece:
        yield Run(piece, current or bundled(family, bold)[0], right_to_left)
