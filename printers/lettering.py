"""One line of a badge in soft-edged letters, each where Pillow's layout engine would set it.

That engine reads all of a typeface's tables again for every line, which takes longer than to draw it. Most names
are letters side by side, so HarfBuzz, which has the tables at hand, says how far apart they stand, and letters that
were drawn once are kept. What joins, stacks or is written with another shape than its own is left to the engine.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from . import fonts, scripts
from .faces import Face
from .fonts import Run


class Mask(NamedTuple):
    """Letters as Pillow keeps them, where their upper left corner belongs, and the part of them that has ink."""

    letters: Any
    x: int
    y: int
    ink: tuple[int, int, int, int] | None

    def at(self, x: int, y: int) -> Mask:
        """The same, moved."""
        return Mask(self.letters, self.x + x, self.y + y, self.ink)


def masks(place: tuple[int, int], text: str, size: int, *, bold: bool = False) -> Iterator[Mask]:
    """The line in as many pieces as it needs; `place` is its left end on the base line."""
    for x, y, run in fonts.pens(place, text, size, bold):
        steps = _steps(run, size) if x == int(x) else None
        if steps is None:
            yield _by_the_engine(x, y, run, size)
            continue
        for letter, step in zip(run.text, steps, strict=True):
            yield _letter(run.face, size, letter).at(int(x) + step, int(y))


def _by_the_engine(x: float, y: float, run: Run, size: int) -> Mask:
    font, words, features = fonts.prepared(run, size)
    whole, base = math.floor(x), math.floor(y)
    drawn, (left, top) = font.getmask2(words, "L", anchor="ls", start=(x - whole, y - base), **features)
    return Mask(drawn, whole + left, base + top, drawn.getbbox())


def _steps(run: Run, size: int) -> list[int] | None:
    """How far to the right each letter stands, in dots; None unless each has its own shape, on the base line."""
    import uharfbuzz

    if not scripts.is_simple(run.text):
        return None
    font, advances = _measured(run.face, size)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    shapes, places = buffer.glyph_infos or (), buffer.glyph_positions or ()
    if len(shapes) != len(run.text):
        return None
    steps, right = [], 0
    for letter, shape, place in zip(run.text, shapes, places, strict=True):
        if shape.codepoint != font.get_nominal_glyph(ord(letter)) or place.x_offset or place.y_offset:
            return None
        steps.append((right + 32) >> 6)
        right += place.x_advance + advances(shape.codepoint)
    return steps


@functools.lru_cache(maxsize=256)
def _measured(face: Face, size: int) -> tuple[Any, Any]:
    """A face that measures in 64ths of a dot, and what FreeType's widths of its letters have more than HarfBuzz's."""
    import uharfbuzz

    outlines, units = fonts.outlines(face)
    font = uharfbuzz.Font(outlines.face)
    font.scale = (64 * size, 64 * size)
    scale = _divided(64 * size << 16, units)

    @functools.cache
    def more(shape: int) -> int:
        sixteenths = _divided(outlines.get_glyph_h_advance(shape) * scale, 64)
        return ((sixteenths + 512) >> 10) - int(font.get_glyph_h_advance(shape))

    return font, more


def _divided(number: int, by: int) -> int:
    return (number + by // 2) // by


@functools.lru_cache(maxsize=1024)
def _letter(face: Face, size: int, letter: str) -> Mask:
    drawn, (left, top) = fonts.plain(face, size).getmask2(letter, "L", anchor="ls")
    return Mask(drawn, left, top, drawn.getbbox())
