"""How a badge looks, as data: elements at places in millimetres, filled from a ticket's fields.

A template knows no printer and no dots. Whoever draws it decides with the fonts at hand how far a long name
shrinks and where it wraps; what it must not do is let a letter fall off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

FIELDS = (
    *("name", "given_name", "family_name", "company", "email", "item", "variation", "category", "event", "date"),
    *("order", "ticket", "seat", "secret", "price", "addons"),
)
"""What every ticket can be asked for; answers stand beside them as `question:ID`."""

QUESTION = "question:"
"""Begins the field of an answer; the question's id or its identifier follows."""

PHOTO = "photo"
"""In place of a digest: the picture of whoever holds the ticket. Also a field, empty where there is none."""


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
    turns: int = 0
    """Quarter turns, clockwise, of what is in the box; the box is where it stands in the end."""
    shown_if: str = ""
    """Only drawn if this field is not empty; with `field=value`, if it says just that; `!` before it turns it round."""


class Words(_Element, tag="text", frozen=True):
    """A text. `{field}` in it is filled in."""

    text: str
    size: float = 12
    """The height of the letters in points, at most: a long text shrinks, then wraps."""
    smallest: float = 6
    """How far it shrinks before a word is broken; only what fits in no other way gets smaller still."""
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
    bars: bool = False
    """A CODE128 instead, over the whole height of the box."""


class Image(_Element, tag="picture", frozen=True):
    """A picture in its own proportions: one of the store's by its digest, or the holder's photo."""

    picture: str = ""
    """The digest; `photo` for the holder's."""


class Box(_Element, tag="box", frozen=True):
    """A frame, a line (with no height or no width) or a black field."""

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

    @property
    def pictures(self) -> tuple[str, ...]:
        """The digests of the pictures that stand on it, but for the holder's photo."""
        found = (one.picture for one in self.elements if isinstance(one, Image))
        return tuple(dict.fromkeys(digest for digest in found if digest not in ("", PHOTO)))

    def with_pictures(self, digests: Mapping[str, str]) -> Template:
        """The same with other digests in the place of those that are named."""
        elements = tuple(
            msgspec.structs.replace(one, picture=digests.get(one.picture, one.picture))
            if isinstance(one, Image)
            else one
            for one in self.elements
        )
        return msgspec.structs.replace(self, elements=elements)


# What stands on it

_PLACE = re.compile(r"\{([^{}\n]*)\}")
_GAPS = re.compile(r"[ \t\u00a0]+")
# Control characters, and the marks that turn the letters of a whole line round.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff]")


def fields_in(text: str) -> Iterator[str]:
    """The names between braces."""
    return (found.group(1).strip() for found in _PLACE.finditer(text))


def is_field(name: str) -> bool:
    """Whether a ticket can be asked for this."""
    return name in FIELDS or name == PHOTO or (name.startswith(QUESTION) and len(name) > len(QUESTION))


def filled(text: str, fields: Mapping[str, str]) -> str:
    """The text with its fields filled in; what is not known is empty, and lines that say nothing are left out."""
    lines = []
    for line in text.split("\n"):
        whole = _PLACE.sub(lambda place: printable(fields.get(place.group(1).strip(), "")), line)
        whole = _GAPS.sub(" ", whole).strip()
        # A separator between two fields has nothing to part where one of them is empty.
        if whole != line.strip():
            whole = whole.strip(" ·,|/–-")
        if whole or not line.strip():
            lines.append(whole)
    return "\n".join(lines).strip("\n")


def exact(text: str, fields: Mapping[str, str]) -> str:
    """The text with its fields filled in as they are: what a code says is not made nicer."""
    return _PLACE.sub(lambda place: fields.get(place.group(1).strip(), ""), text)


def printable(text: str) -> str:
    """A text without what is no letter: control characters and line ends become spaces."""
    return _UNPRINTABLE.sub(" ", text)


def is_shown(element: Element, fields: Mapping[str, str]) -> bool:
    """Whether the element's condition holds for these fields."""
    name, value, is_not = condition(element.shown_if)
    if not name:
        return True
    said = fields.get(name, "")
    holds = bool(said.strip()) if value is None else said.strip().casefold() == value.casefold()
    return holds is not is_not


def condition(text: str) -> tuple[str, str | None, bool]:
    """A condition in its parts: field, the value it must have (None: any but empty), whether it is turned round."""
    is_not = text.strip().startswith("!")
    name, equals, value = text.strip().removeprefix("!").partition("=")
    return name.strip(), value.strip() if equals else None, is_not
