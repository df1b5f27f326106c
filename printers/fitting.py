"""A text into a box: it shrinks, then wraps, and never loses a letter.

Of all ways to break a text into lines the one with the largest letters wins, but a line less is worth somewhat
smaller ones. Lines end at spaces and hyphens. Han characters are parted only where that makes the letters much
larger, and words only where they would be smaller than the template allows. All measures are dots.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from . import fonts
from .cells import letters, pieces

LINE = 1.21
"""The height of a line in heights of its letters (from the top of Ä to the bottom of g)."""
LEADING = 1.12
"""From one base line to the next."""
_FEWER_LINES = 0.85
"""How much of the letters' size one line less is worth."""
_UNBROKEN = 0.6
"""How much of the letters' size it is worth to leave Han characters together."""
_EVEN = 0.85
"""How much of the letters' size it is worth to break a word evenly and begin the next one anew."""


class Fitted(msgspec.Struct, frozen=True):
    """The lines of a text, and the size of its letters (the height of their em) in dots."""

    lines: tuple[str, ...]
    size: int


class _Piece(NamedTuple):
    """What stays on one line. Widths are in heights of the letters."""

    text: str
    width: float
    gap: float
    """Of the space before it, where it does not begin a line."""
    begins: bool = False
    """A line must begin here."""
    soft: bool = False
    """A Han character or the like: it may be parted from the one before."""


class _Way(NamedTuple):
    size: float
    lines: list[str]


def fit(text: str, width: int, height: int, *, most: float, least: float, lines: int, bold: bool) -> Fitted:
    """The text (lines parted by line ends) in a box: letters of `most` dots or less, on `lines` lines or less.

    A text that would need letters below `least` breaks words, then takes more lines, and only then gets smaller.
    What letters are rounded to on the way to dots is for the caller to see.
    """
    fine = list(_pieces(text, bold))
    if not fine:
        return Fitted((), max(1, int(most)))
    way = _chosen(fine, width, height, most, least, lines)
    return Fitted(tuple(way.lines), max(1, int(way.size)))


def _chosen(fine: list[_Piece], width: int, height: int, most: float, least: float, lines: int) -> _Way:
    whole = _joined(fine)
    way = _best(whole, width, height, most, lines)
    if len(whole) < len(fine):
        parted = _best(fine, width, height, most, lines)
        if way.size < max(least, _UNBROKEN * parted.size):
            way = parted
    if way.size < least:
        way = _broken_best(fine, width, height, most, least, lines)
    if way.size < least:
        way = max(way, _crowded(fine, width, height, min(most, least)), key=_size)
    return way


def _broken_best(fine: list[_Piece], width: int, height: int, most: float, least: float, lines: int) -> _Way:
    """Words that no line holds, in even parts; if that is much smaller, every line filled to its end."""
    anywhere = _best(fine, width, height, most, lines, breaking=True)
    ways = [_best(_in_parts(fine, number, width / least), width, height, most, lines) for number in range(2, lines + 1)]
    even = max(ways, key=_size, default=anywhere)
    return even if even.size >= _EVEN * anywhere.size else anywhere


def _in_parts(fine: Sequence[_Piece], number: int, longest: float) -> list[_Piece]:
    """The same with the pieces that are too long parted evenly."""
    found: list[_Piece] = []
    for one in fine:
        if one.width <= longest:
            found.append(one)
            continue
        parts = _broken(one, _even_width(one, number))
        found += [one._replace(text=parts[0], width=_sum(parts[0]))]
        found += [_Piece(part, _sum(part), 0.0) for part in parts[1:]]
    return found


def _even_width(one: _Piece, number: int) -> float:
    """The least width at which a piece has no more than so many parts."""
    low, high = 0.0, _sum(one.text)
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_broken(one, middle)) <= number else (middle, high)
    return high


def _sum(text: str) -> float:
    return sum(wide for _, wide in _letters(text))


def _crowded(some: Sequence[_Piece], width: int, height: int, most: float) -> _Way:
    """On as many lines as it takes: the largest letters at which all of them find room."""
    low, high = 0.5, most
    for _ in range(10):
        size = (low + high) / 2
        lines = len(_laid(some, width / size, breaking=True))
        if size * (LINE + LEADING * (lines - 1)) <= height:
            low = size
        else:
            high = size
    return _Way(low, _laid(some, width / low, breaking=True))


def _size(way: _Way) -> float:
    return way.size


def _best(some: Sequence[_Piece], width: int, height: int, most: float, lines: int, *, breaking: bool = False) -> _Way:
    """The way with the largest letters, or one with fewer lines and letters nearly as large."""
    found: list[_Way] = []
    least_lines = 1 + sum(one.begins for one in some)
    for number in range(least_lines, max(lines, least_lines) + 1):
        narrow = _narrowest(some, number, breaking=breaking)
        laid = _laid(some, narrow, breaking=breaking)
        size = min(most, width / narrow, height / (LINE + LEADING * (len(laid) - 1)))
        found.append(_Way(size, laid))
        if size >= most or height / (LINE + LEADING * number) < max(found, key=_size).size:
            break
    enough = _FEWER_LINES * max(found, key=_size).size
    return next(way for way in found if way.size >= enough)


def _narrowest(some: Sequence[_Piece], number: int, *, breaking: bool) -> float:
    """The least width (in heights of the letters) at which the pieces take no more than so many lines."""
    total = sum(one.width + one.gap for one in some)
    low = max((_widest_letter(one.text) if breaking else one.width) for one in some)
    high = max(low, total)
    if number == 1 or len(_laid(some, low, breaking=breaking)) <= number:
        return (high if number == 1 else low) + 1e-6
    for _ in range(14):
        middle = (low + high) / 2
        if len(_laid(some, middle, breaking=breaking)) <= number:
            high = middle
        else:
            low = middle
    return high + 1e-6


def _laid(some: Sequence[_Piece], width: float, *, breaking: bool) -> list[str]:
    """The pieces on lines of this width, each line as full as it can be."""
    lines: list[str] = []
    line, taken = "", 0.0
    for one in some:
        if line and (one.begins or taken + one.gap + one.width > width):
            lines.append(line)
            line, taken = "", 0.0
        if breaking and one.width > width:
            *full, line = _broken(one, width)
            lines += full
            taken = _sum(line)
            continue
        line, taken = (
            (line + " " * (one.gap > 0) + one.text, taken + one.gap + one.width) if line else (one.text, one.width)
        )
    return [*lines, line]


def _broken(one: _Piece, width: float) -> list[str]:
    """A word that is longer than a line, in parts that are not."""
    parts: list[str] = []
    part, taken = "", 0.0
    for letter, wide in _letters(one.text):
        if part and taken + wide > width:
            parts.append(part)
            part, taken = "", 0.0
        part, taken = part + letter, taken + wide
    return [*parts, part]


def _widest_letter(text: str) -> float:
    return max(wide for _, wide in _letters(text))


def _pieces(text: str, bold: bool) -> Iterator[_Piece]:
    """The pieces between which a line may end."""
    first = True
    for line in text.split("\n"):
        begins, before = not first, ""
        for piece in pieces(line):
            words = piece.rstrip(" ")
            if not words:
                continue
            spaced = before.endswith(" ")
            hard = spaced or not before or before[-1].isascii()
            gap = _em(" ", bold) if spaced else 0.0
            yield _Piece(words, _em(words, bold), gap, begins, soft=not hard)
            begins, before, first = False, piece, False


def _joined(fine: Sequence[_Piece]) -> list[_Piece]:
    """The same with Han characters left together."""
    found: list[_Piece] = []
    for one in fine:
        if one.soft and found:
            last = found[-1]
            found[-1] = last._replace(text=last.text + one.text, width=last.width + one.width)
        else:
            found.append(one)
    return found


def width_of(line: str, size: int, bold: bool) -> float:
    """How wide a line becomes, but for the roundings of its letters."""
    return _em(line, bold) * size


@functools.lru_cache(maxsize=256)
def _letters(text: str) -> tuple[tuple[str, float], ...]:
    """The letters of a text, and how wide each is by itself."""
    return tuple((letter, _em(letter, True)) for letter in letters(text))


@functools.lru_cache(maxsize=4096)
def _em(text: str, bold: bool) -> float:
    return fonts.em_width(text, bold)
