"""A badge layout of the server's designer, as a template of ours: what can be taken over, and what could not.

The designer measures in millimetres from the lower left, letters in points, and turns an element around the
corner that it hangs on. It keeps the size of the badge in a PDF that a station does not fetch, so the size is
guessed from where things stand. Whatever is lost is said, for a person to look at before the first print.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from .badge_checks import LEAST_PICTURE, LEAST_POINTS, LEAST_SIDE, MOST_ELEMENTS, MOST_LETTERS, MOST_POINTS, MOST_SIDE
from .badge_designs import POINTS_IN_MM, SIZES
from .badges import PHOTO, QUESTION, Align, Element, Image, Square, Template, Vertical, Words
from .catalog import BadgeLayout
from .words import Sentence, localised


class Taken(msgspec.Struct, frozen=True):
    """A template made of a server's layout, and what could not be taken over."""

    template: Template
    lost: tuple[Sentence, ...] = ()


_CONTENT = {
    "attendee_name": "{name}",
    "attendee_name_full_name": "{name}",
    "attendee_name_calling_name": "{given_name}",
    "attendee_name_given_name": "{given_name}",
    "attendee_name_family_name": "{family_name}",
    "attendee_company": "{company}",
    "attendee_email": "{email}",
    "item": "{item}",
    "item_name": "{item}",
    "variation": "{variation}",
    "itemvar": "{item} {variation}",
    "item_category": "{category}",
    "price": "{price}",
    "event_name": "{event}",
    "event_series_name": "{event}",
    "event_date": "{date}",
    "event_date_range": "{date}",
    "event_begin_date": "{date}",
    "order": "{order}",
    "order_positionid": "{ticket}",
    "secret": "{secret}",
    "seat": "{seat}",
    "addons": "{addons}",
}
"""The designer's names of what every ticket has; those of answers are made of `question_` and an identifier."""

_PHOTOS = ("photo", "picture", "portrait", "headshot", "foto", "avatar", "badge_image")
_SLACK = 1.2
"""The designer's letters need a little more height than their size: what stands above and below the line."""


def taken_over(layout: BadgeLayout, width: float = 0, height: float = 0, locale: str = "en") -> Taken:
    """The layout as a template, `width` × `height` mm; a size of 0 is guessed from where its elements stand."""
    return _Reader(layout, width, height, locale).read()


class _Place(msgspec.Struct, frozen=True):
    """Where an element stands: its box, measured from the upper left, after it was turned."""

    x: float
    y: float
    width: float
    height: float
    turns: int = 0

    def on(self, width: float, height: float) -> _Place:
        """As much of it as lies on a badge of this size."""
        left, top = min(max(self.x, 0.0), width), min(max(self.y, 0.0), height)
        right, bottom = min(max(self.x + self.width, left), width), min(max(self.y + self.height, top), height)
        return _Place(round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2), self.turns)


class _Reader:
    """Reads one layout; collects what is lost."""

    def __init__(self, layout: BadgeLayout, width: float, height: float, locale: str) -> None:
        self._layout = layout
        self._locale = locale
        self._lost: list[Sentence] = []
        self._raw = [one for one in layout.elements if isinstance(one, Mapping)]
        if not (width and height):
            width, height = self._guess()
        self._width = min(max(width, LEAST_SIDE), MOST_SIDE)
        self._height = min(max(height, LEAST_SIDE), MOST_SIDE)

    def read(self) -> Taken:
        """The template and its losses."""
        if self._layout.background:
            self._lose("The background (a PDF) is not fetched: add a logo or frames of your own")
        elements = [element for number, raw in enumerate(self._raw, start=1) for element in self._element(number, raw)]
        if len(elements) > MOST_ELEMENTS:
            self._lose("Only the first {most} elements were taken over", most=MOST_ELEMENTS)
        template = Template(
            name=self._layout.name.strip() or f"#{self._layout.id}",
            width=self._width,
            height=self._height,
            elements=tuple(elements[:MOST_ELEMENTS]),
        )
        return Taken(template, tuple(self._lost))

    def _lose(self, text: str, **values: object) -> None:
        self._lost.append(Sentence(text, values))

    # The size

    def _guess(self) -> tuple[float, float]:
        """The smallest usual size, upright or lying, that everything stands on; else just as large as it must be."""
        right = max((_number(raw, "left") + _reach(raw) for raw in self._raw), default=0.0)
        top = max((_number(raw, "bottom") + _rise(raw) for raw in self._raw), default=0.0)
        fitting = [size for size in SIZES.values() if size[0] >= right and size[1] >= top]
        width, height = min(fitting, key=lambda size: size[0] * size[1], default=(_up(right), _up(top)))
        self._lose(
            "The server does not tell how large the badge is: {width} × {height} mm is a guess",
            width=f"{width:g}",
            height=f"{height:g}",
        )
        return width, height

    # Elements

    def _element(self, number: int, raw: Mapping[str, Any]) -> Iterator[Element]:
        kind = str(raw.get("type", ""))
        name = f"{number} {kind or '?'}"
        found: Element | None
        if _number(raw, "page", 1) > 1:
            self._lose("Element {element}: it stands on a second page", element=name)
            return
        match kind:
            case "textarea" | "textcontainer":
                found = self._words(name, raw)
            case "barcodearea":
                found = self._code(name, raw)
            case "imagearea":
                found = self._picture(name, raw)
            case "poweredby":
                self._lose("Element {element}: the mark of the server's maker is left out", element=name)
                return
            case _:
                self._lose("Element {element}: this kind is not known here", element=name)
                return
        if found is not None:
            yield found

    def _words(self, name: str, raw: Mapping[str, Any]) -> Words | None:
        text = self._text(name, raw)
        size = min(max(_number(raw, "fontsize", 12), LEAST_POINTS), MOST_POINTS)
        place = self._put(name, raw, _number(raw, "width"), self._height_of(raw, size))
        if text is None or place is None:
            return None
        if min(place.width, place.height) < 1:
            self._lose("Element {element}: it stands outside of the badge", element=name)
            return None
        self._look(name, raw)
        # A turned text hangs on its first line, another on its last one.
        upward = raw.get("type") == "textarea" and not raw.get("downward") and not place.turns
        return Words(
            x=place.x,
            y=place.y,
            width=place.width,
            height=place.height,
            turns=place.turns,
            text=text,
            size=size,
            smallest=min(size, max(LEAST_POINTS, min(8.0, size / 2))),
            bold=bool(raw.get("bold")),
            align=_aligned(raw),
            vertical=_vertical(raw, upward=upward),
            lines=4 if raw.get("type") == "textcontainer" else 2,
        )

    def _text(self, name: str, raw: Mapping[str, Any]) -> str | None:
        content = str(raw.get("content") or "")
        if content in ("other", "other_i18n"):
            own = raw.get("text_i18n") if content == "other_i18n" else raw.get("text")
            said = localised(own, str(raw.get("locale") or "") or self._locale) if isinstance(own, Mapping) else own
            text = str(said or "").replace("\r", "").replace("<br>", "\n").replace("{", "(").replace("}", ")").strip()
            if not text:
                self._lose("Element {element}: it says nothing", element=name)
                return None
            return text[:MOST_LETTERS]
        if content.startswith("question_") and len(content) > len("question_"):
            return "{" + QUESTION + content.removeprefix("question_") + "}"
        if content in _CONTENT:
            return _CONTENT[content]
        self._lose("Element {element}: nothing here knows its content {content}", element=name, content=content or "?")
        return None

    def _look(self, name: str, raw: Mapping[str, Any]) -> None:
        """What letters looked like and will not."""
        family = str(raw.get("fontfamily") or "")
        if family and family.split(" - ")[0] not in ("Open Sans", "Inter", "Noto Sans", "Roboto"):
            self._lose("Element {element}: its typeface {family} becomes ours", element=name, family=family)
        if raw.get("italic"):
            self._lose("Element {element}: its letters no longer lean", element=name)
        if not _is_black(raw.get("color")):
            self._lose("Element {element}: its colour becomes black", element=name)

    def _height_of(self, raw: Mapping[str, Any], size: float) -> float:
        """A text of the designer has no height of its own: room for two lines, if the badge has it."""
        if raw.get("type") == "textcontainer":
            return _number(raw, "height")
        return 2 * max(1.0, _number(raw, "lineheight", 1)) * size * _SLACK / POINTS_IN_MM

    def _code(self, name: str, raw: Mapping[str, Any]) -> Square | None:
        content = str(raw.get("content") or "secret")
        text = self._text(name, {**raw, "content": content})
        size = _number(raw, "size")
        place = self._put(name, raw, size, size)
        if text is None or place is None:
            return None
        if min(place.width, place.height) < LEAST_PICTURE:
            self._lose("Element {element}: it stands outside of the badge", element=name)
            return None
        return Square(x=place.x, y=place.y, width=place.width, height=place.height, turns=place.turns, text=text)

    def _picture(self, name: str, raw: Mapping[str, Any]) -> Image | None:
        content = str(raw.get("content") or "")
        place = self._put(name, raw, _number(raw, "width"), _number(raw, "height"))
        if place is None or min(place.width, place.height) < LEAST_PICTURE:
            self._lose("Element {element}: it stands outside of the badge", element=name)
            return None
        if not (content.startswith("question_") or any(word in content.casefold() for word in _PHOTOS)):
            self._lose("Element {element}: the picture {content} is not here", element=name, content=content or "?")
            return None
        self._lose("Element {element}: the picture of a question becomes the holder's photo", element=name)
        return Image(x=place.x, y=place.y, width=place.width, height=place.height, turns=place.turns, picture=PHOTO)

    # Places

    def _put(self, name: str, raw: Mapping[str, Any], width: float, height: float) -> _Place | None:
        """The box of an element after its turn, on the badge."""
        turn = _number(raw, "rotation") % 360
        turns = round(turn / 90) % 4
        if abs(turn - 90 * round(turn / 90)) > 1:
            self._lose(
                "Element {element}: turned by {degrees}° there, by a quarter here", element=name, degrees=f"{turn:g}"
            )
        left, top = _number(raw, "left"), self._height - _number(raw, "bottom")
        upward = not (raw.get("type") == "textarea" and raw.get("downward"))
        corner = top - (self._own_height(raw, height) if upward else 0)
        if upward and not turns:
            corner = top - height
        boxes = {
            0: _Place(left, corner, width, height),
            1: _Place(left - height, corner, height, width, 1),
            2: _Place(left - width, corner - height, width, height, 2),
            3: _Place(left, corner - width, height, width, 3),
        }
        whole = boxes[turns]
        place = whole.on(self._width, self._height)
        if place.width * place.height < 0.5 * whole.width * whole.height and place.width * place.height > 0:
            self._lose("Element {element}: it hangs over the edge of the badge", element=name)
        return place

    def _own_height(self, raw: Mapping[str, Any], height: float) -> float:
        """How far above its anchor an element turns: a text that grows upward, by its one line."""
        if raw.get("type") == "textarea":
            return _number(raw, "fontsize", 12) * _SLACK / POINTS_IN_MM
        return height


def _reach(raw: Mapping[str, Any]) -> float:
    return _number(raw, "size") if raw.get("type") in ("barcodearea", "poweredby") else _number(raw, "width")


def _rise(raw: Mapping[str, Any]) -> float:
    if raw.get("type") in ("barcodearea", "poweredby"):
        return _number(raw, "size")
    if raw.get("type") in ("imagearea", "textcontainer"):
        return _number(raw, "height")
    return 0.0 if raw.get("downward") else _number(raw, "fontsize", 12) * _SLACK / POINTS_IN_MM


def _number(raw: Mapping[str, Any], name: str, default: float = 0.0) -> float:
    """A number that the designer writes as a number or as a text; nonsense is the default."""
    try:
        value = float(raw.get(name, default))
    except (TypeError, ValueError):
        return default
    return value if -10_000 < value < 10_000 else default


def _up(length: float) -> float:
    return float(-(-length // 1)) + 3 if length else LEAST_SIDE


def _aligned(raw: Mapping[str, Any]) -> Align:
    align = str(raw.get("align") or "left")
    return Align(align) if align in list(Align) else Align.LEFT


def _vertical(raw: Mapping[str, Any], *, upward: bool) -> Vertical:
    if raw.get("type") == "textcontainer":
        said = str(raw.get("verticalalign") or "top")
        return Vertical(said) if said in list(Vertical) else Vertical.TOP
    return Vertical.BOTTOM if upward else Vertical.TOP


def _is_black(colour: Any) -> bool:
    """Whether a colour is as dark as ink; the fourth number of it is never used."""
    if not isinstance(colour, list | tuple) or len(colour) < 3:
        return True
    return all(isinstance(part, int | float) and part <= 96 for part in colour[:3])
