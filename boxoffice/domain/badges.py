"""How a badge looks, as data: elements at places in millimetres, filled from a ticket's fields.

A template knows no printer and no dots. Whoever draws it decides with the fonts at hand how far a long name
shrinks and where it wraps; what it must not do is let a letter fall off.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

FIELDS = (
    *("name", "given_name", "family_name", "company", "email", "item", "variation", "category", "event", "date"),
    *("order", "ticket", "seat", "secret", "price", "addons"),
)
"""What every ticket can be asked for; answers stand beside them as `question:ID`."""


class Align(StrEnum):
    """Where something stands in its box, or a line on the paper."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Vertical(StrEnum):
    """Where a text stands in the height of its box."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class _Element(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    x: float
    y: float
    """The upper left corner of the box, in mm from the upper left of the badge."""
    width: float
    height: float
    shown_if: str = ""
    """Only drawn if this field is not empty; with `field=value`, if it says just that; `!` before it turns it round."""


class Words(_Element, tag="text", frozen=True):
    """A text. `{field}` in it is filled in."""

    text: str
    size: float = 12
    """The height of the letters in points, at most: a long text shrinks, then wraps."""
    smallest: float = 6
    bold: bool = False
    inverse: bool = False
    """White letters on a black box."""
    align: Align = Align.LEFT
    vertical: Vertical = Vertical.MIDDLE
    lines: int = 2
    """On how many lines at most."""
    upper: bool = False


class Square(_Element, tag="code", frozen=True):
    """A QR code, as large as fits into the box in whole dots."""

    text: str = "{secret}"


class Image(_Element, tag="picture", frozen=True):
    """A picture in its own proportions: one of the store's by its digest, or the holder's photo."""

    picture: str = ""
    """The digest; `photo` for the holder's."""


class Box(_Element, tag="box", frozen=True):
    """A frame, a line (with no height) or a black field."""

    filled: bool = False
    stroke: float = 0.3
    """In mm."""


Element = Words | Square | Image | Box


class Template(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A badge's size in mm and what stands on it. Later elements are drawn over earlier ones."""

    name: str
    width: float
    height: float
    elements: tuple[Element, ...] = ()
    quarter_turns: int = 0
    """How far the finished badge is turned for the paper, clockwise."""
