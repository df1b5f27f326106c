"""The badge that is there before anybody has designed one, for any size.

Who it is stands in the middle, as large as the name allows; what kind of ticket it is, on a black band that is
seen from across a room; where it is from, above; and the code that the next door reads, with nothing near it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .badges import Align, Box, Element, Square, Template, Vertical, Words

SIZES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "62 × 100 mm": (62, 100),
        "100 × 62 mm": (100, 62),
        "54 × 86 mm": (54, 86),
        "86 × 54 mm": (86, 54),
        "A6": (105, 148),
        "A6 landscape": (148, 105),
        "80 mm roll": (72, 100),
    }
)
"""Width and height in mm. A roll of 80 mm is printed on 72 of them."""

POINTS_IN_MM = 72 / 25.4
_QUIET = 0.1
"""How much of a code's side is white: so far it may stand over the edge of what is around it."""
_LARGEST_CODE = 32.0
"""In mm: what is held to a lens need not be larger, and the name has better use for the room."""


def standard(name: str, width: float, height: float) -> Template:
    """The usual badge in this size (mm), upright or lying."""
    elements = _lying(width, height) if width > height else _upright(width, height)
    return Template(name=name, width=width, height=height, elements=elements)


def _upright(width: float, height: float) -> tuple[Element, ...]:
    edge = round(0.06 * width, 1)
    inner = width - 2 * edge
    head, band = 0.09 * height, 0.12 * height
    code = min(0.29 * height, _LARGEST_CODE)
    code_at = height - edge - band - 0.02 * height - code
    top = edge + head + 0.025 * height
    firm = 0.115 * height
    who = code_at - top - firm - 0.025 * height
    return (
        *_head(edge, edge, inner, head),
        _name(edge, top, inner, who),
        _company(edge, top + who, inner, firm),
        _details(edge, code_at, inner - code - 0.03 * width, code),
        _code(width - edge - code + min(edge, _QUIET * code), code_at, code),
        _band(edge, height - edge - band, inner, band),
    )


def _lying(width: float, height: float) -> tuple[Element, ...]:
    edge = round(0.06 * height, 1)
    inner = width - 2 * edge
    head, band = 0.11 * height, 0.16 * height
    code = min(0.46 * height, _LARGEST_CODE)
    right = width - edge - code + min(edge, _QUIET * code)
    top = edge + head + 0.04 * height
    bottom = height - edge - band - 0.03 * height
    left = inner - code - 0.03 * width
    firm = 0.17 * height
    small = 0.1 * height
    return (
        *_head(edge, edge, inner, head),
        _name(edge, top, left, bottom - top - firm),
        _company(edge, bottom - firm, left, firm),
        _details(right, bottom - small, code, small, Align.CENTER, lines=1),
        _code(right, bottom - small - code, code),
        _band(edge, height - edge - band, inner, band),
    )


def _head(x: float, y: float, width: float, height: float) -> tuple[Element, ...]:
    size = _points(0.5 * height, 7, 18)
    words = Words(
        x=_mm(x), y=_mm(y), width=_mm(width), height=_mm(height), text="{event}",
        size=size, smallest=6, bold=True, align=Align.CENTER,
    )  # fmt: skip
    return words, Box(x=_mm(x), y=_mm(y + height), width=_mm(width), height=0, stroke=0.4)


def _name(x: float, y: float, width: float, height: float) -> Words:
    return Words(
        x=_mm(x), y=_mm(y), width=_mm(width), height=_mm(height), text="{name}",
        size=_points(0.62 * height, 14, 72), smallest=_points(0.16 * height, 10, 24),
        bold=True, align=Align.CENTER, lines=3,
    )  # fmt: skip


def _company(x: float, y: float, width: float, height: float) -> Words:
    return Words(
        x=_mm(x), y=_mm(y), width=_mm(width), height=_mm(height), text="{company}",
        size=_points(0.5 * height, 8, 24), smallest=7, align=Align.CENTER, vertical=Vertical.TOP,
    )  # fmt: skip


def _details(x: float, y: float, width: float, height: float, align: Align = Align.LEFT, lines: int = 4) -> Words:
    text = "{ticket}" if lines == 1 else "{variation}\n{date}\n{seat}\n{ticket}"
    return Words(
        x=_mm(x), y=_mm(y), width=_mm(width), height=_mm(height), text=text,
        size=_points(0.34 * min(height, 12), 8, 12), smallest=6, align=align, vertical=Vertical.BOTTOM, lines=lines,
    )  # fmt: skip


def _code(x: float, y: float, side: float) -> Square:
    return Square(x=_mm(x), y=_mm(y), width=_mm(side), height=_mm(side))


def _band(x: float, y: float, width: float, height: float) -> Words:
    return Words(
        x=_mm(x), y=_mm(y), width=_mm(width), height=_mm(height), text="{item}",
        size=_points(0.55 * height, 9, 30), smallest=7, bold=True, inverse=True, align=Align.CENTER, upper=True,
    )  # fmt: skip


def _points(millimetres: float, least: float, most: float) -> float:
    return float(round(min(max(millimetres * POINTS_IN_MM, least), most)))


def _mm(value: float) -> float:
    return round(value, 2)
