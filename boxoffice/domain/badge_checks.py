"""What a badge template must keep to, so that every printer can print it and every person can read it.

Each fault is a sentence that names the element as the editor lists it: by its number and what it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from .badges import Box, Element, Image, Square, Template, Words, condition, fields_in, is_field
from .words import Sentence

LEAST_SIDE, MOST_SIDE = 20.0, 300.0
"""Of a badge, in mm."""
LEAST_POINTS, MOST_POINTS = 4.0, 300.0
MOST_ELEMENTS = 60
MOST_LETTERS = 500
"""In one element."""
MOST_LINES = 20
LEAST_PICTURE = 3.0
"""The shortest side of a code or picture, in mm."""
_NEARLY = 0.05
"""A rounding error of a layout is none of a person's."""


def faults(template: Template) -> tuple[Sentence, ...]:
    """Everything that is wrong with a template, in the order in which one would mend it; empty if it is good."""
    return (
        tuple(_of_template(template))
        + tuple(
            fault for number, element in enumerate(template.elements, start=1) for fault in _of_element(number, element)
        )
        + tuple(
            fault
            for number, element in enumerate(template.elements, start=1)
            for fault in _outside(number, element, template)
        )
    )


def name_of(number: int, element: Element) -> str:
    """An element as people call it: `3 text`."""
    return f"{number} {element.__struct_config__.tag}"


def _of_template(template: Template) -> Iterator[Sentence]:
    if not template.name.strip():
        yield Sentence("The template has no name")
    for side, length in (("width", template.width), ("height", template.height)):
        if not _between(length, LEAST_SIDE, MOST_SIDE):
            yield Sentence(
                f"The badge's {side} is {{length}} mm; it must be {{least}} to {{most}} mm",
                {"length": _plain(length), "least": _plain(LEAST_SIDE), "most": _plain(MOST_SIDE)},
            )
    if len(template.elements) > MOST_ELEMENTS:
        yield Sentence(
            "{count} elements are too many; {most} at most", {"count": len(template.elements), "most": MOST_ELEMENTS}
        )
    if template.quarter_turns not in range(4):
        yield Sentence("The badge is turned by 0, 1, 2 or 3 quarters")


def _of_element(number: int, element: Element) -> Iterator[Sentence]:
    name: dict[str, object] = {"element": name_of(number, element)}
    if not all(math.isfinite(one) for one in (element.x, element.y, element.width, element.height)):
        yield Sentence("Element {element}: its place is no number", name)
    elif min(element.width, element.height) < 0:
        yield Sentence("Element {element}: its size is below zero", name)
    if element.turns not in range(4):
        yield Sentence("Element {element}: it is turned by 0, 1, 2 or 3 quarters", name)
    field, _, _ = condition(element.shown_if)
    if element.shown_if.strip() and not is_field(field):
        yield Sentence(
            "Element {element}: its condition asks for {field}, which no ticket has", {**name, "field": field}
        )
    match element:
        case Words():
            yield from _of_words(name, element)
        case Square():
            yield from _of_text(name, element.text)
            yield from _of_picture(name, element)
        case Image():
            if not element.picture:
                yield Sentence("Element {element}: no picture is chosen", name)
            yield from _of_picture(name, element)
        case Box():
            if not _between(element.stroke, 0.05, 20):
                yield Sentence("Element {element}: its line must be 0.05 to 20 mm thick", name)


def _of_words(name: Mapping[str, object], words: Words) -> Iterator[Sentence]:
    yield from _of_text(name, words.text)
    for points in (words.size, words.smallest):
        if not _between(points, LEAST_POINTS, MOST_POINTS):
            yield Sentence(
                "Element {element}: letters of {points} pt; they must be {least} to {most} pt",
                {**name, "points": _plain(points), "least": _plain(LEAST_POINTS), "most": _plain(MOST_POINTS)},
            )
    if words.smallest > words.size:
        yield Sentence("Element {element}: its smallest letters are larger than its largest", name)
    if words.lines not in range(1, MOST_LINES + 1):
        yield Sentence("Element {element}: on 1 to {most} lines", {**name, "most": MOST_LINES})
    if min(words.width, words.height) < 1:
        yield Sentence("Element {element}: its box has no room for a letter", name)


def _of_text(name: Mapping[str, object], text: str) -> Iterator[Sentence]:
    if not text.strip():
        yield Sentence("Element {element}: it says nothing", name)
    if len(text) > MOST_LETTERS:
        yield Sentence("Element {element}: its text is longer than {most} letters", {**name, "most": MOST_LETTERS})
    for field in fields_in(text):
        if not is_field(field):
            yield Sentence("Element {element}: no ticket has the field {field}", {**name, "field": "{" + field + "}"})


def _of_picture(name: Mapping[str, object], element: Square | Image) -> Iterator[Sentence]:
    if min(element.width, element.height) < LEAST_PICTURE:
        yield Sentence("Element {element}: it is smaller than {least} mm", {**name, "least": _plain(LEAST_PICTURE)})


def _outside(number: int, element: Element, template: Template) -> Iterator[Sentence]:
    far = (element.x + element.width - template.width, element.y + element.height - template.height)
    if min(element.x, element.y) < -_NEARLY or max(far) > _NEARLY:
        yield Sentence("Element {element}: it hangs over the edge of the badge", {"element": name_of(number, element)})


def _between(value: float, least: float, most: float) -> bool:
    return math.isfinite(value) and least <= value <= most


def _plain(value: float) -> str:
    return f"{value:g}" if math.isfinite(value) else "?"
