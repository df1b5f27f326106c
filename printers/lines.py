"""Device-neutral lines: what a laid-out document is made of, before any printer is known.

Four ends read them: ESC/POS bytes, a preview picture, plain text and PDF. What is equal here comes out equal
there; no end adds a word of its own. Texts are as people wrote them: the end that needs it cleans them.
"""

from __future__ import annotations

import msgspec

from boxoffice.domain.badges import Align


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """One paragraph; it wraps at words within the paper's width."""

    text: str
    bold: bool = False
    large: int = 1
    """How many times as wide and as high as plain letters: 1, 2 or 3."""
    align: Align = Align.LEFT
    inverse: bool = False
    indent: int = 0
    """Letters that each of its lines begins further right."""


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column of a row. `width` in letters of the row; 0 shares what the others leave over."""

    text: str
    width: int = 0
    align: Align = Align.LEFT
    indent: int = 0


class Columns(msgspec.Struct, frozen=True, omit_defaults=True):
    """Columns side by side. A cell that is too long wraps within its column; a figure on the right never does: it
    takes what it needs, or a row of its own.
    """

    cells: tuple[Cell, ...]
    bold: bool = False
    large: int = 1


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line across the paper."""

    double: bool = False


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """A QR code, or with `bars` a CODE128."""

    text: str
    bars: bool = False
    large: bool = False
    caption: str = ""


class Picture(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture (PNG or JPEG bytes), no wider than its share of the paper."""

    image: bytes
    share: float = 1.0
    align: Align = Align.CENTER
    millimetres: tuple[float, float] | None = None
    """Its true size where it has one: a badge is not to be scaled to the paper."""
    dots: tuple[int, int] | None = None
    """Width and height in the printer's own dots; then `image` is no file but those dots, eight a byte, 1 for black."""


class Feed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Empty lines."""

    lines: int = 1


class Ruler(msgspec.Struct, frozen=True):
    """A row for each alphabet that the printer says it has, in that alphabet: to be compared with its name by eye."""


class Cut(msgspec.Struct, frozen=True):
    """The end of a sheet: the knife, a new page, a line of dashes."""


class Drawer(msgspec.Struct, frozen=True):
    """The cash drawer is opened. On paper and in pictures it is nothing."""


Line = Text | Columns | Rule | Code | Picture | Feed | Ruler | Cut | Drawer
