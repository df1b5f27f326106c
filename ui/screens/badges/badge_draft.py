"""A badge on the drawing board: the template as it is now, what is chosen in it, and the way back.

No widget in here. Each act is one step back, and what belongs together is one act: a drag from press to release,
the letters typed into one field.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from boxoffice.domain.badges import Element, Template

_DEEPEST = 200
LEAST = 1.0
"""The shortest side of an element that is pulled by its corners, in mm."""


class Spot(NamedTuple):
    """A box in mm from the upper left of the badge."""

    x: float
    y: float
    width: float
    height: float


class _State(NamedTuple):
    template: Template
    chosen: int | None


class Draft:
    """The template that is worked on; `chosen` is the index of an element, or None for the badge itself."""

    def __init__(self, template: Template, template_id: str = "") -> None:
        self.template_id = template_id
        """Under which it is kept; empty for one that never was."""
        self._now = _State(template, None)
        self._kept: Template | None = template if template_id else None
        self._before: list[_State] = []
        self._after: list[_State] = []
        self._act = ""

    @property
    def template(self) -> Template:
        """As it is now."""
        return self._now.template

    @property
    def chosen(self) -> int | None:
        """Which element is chosen."""
        return self._now.chosen

    @property
    def element(self) -> Element | None:
        """The chosen element."""
        return None if self._now.chosen is None else self._now.template.elements[self._now.chosen]

    @property
    def is_dirty(self) -> bool:
        """Whether it differs from what is kept."""
        return self._now.template != self._kept

    @property
    def may_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._before)

    @property
    def would_be_missed(self) -> bool:
        """Whether somebody has worked on it since it was kept: a badge that was only looked at is no loss."""
        return self.is_dirty and self.may_undo

    @property
    def may_redo(self) -> bool:
        """Whether there is a step forward again."""
        return bool(self._after)

    def keep(self, template_id: str) -> None:
        """It was kept as it is now."""
        self.template_id = template_id
        self._kept = self.template

    def choose(self, index: int | None) -> None:
        """Choose an element, or the badge. No step: undoing is about what is printed."""
        if index is not None and not 0 <= index < len(self.template.elements):
            index = None
        self._now = _State(self.template, index)
        self.rest()

    def rest(self) -> None:
        """What was done is done: the next change is an act of its own."""
        self._act = ""

    def change(self, template: Template, chosen: int | None, act: str = "") -> None:
        """Another template from now on. Changes of the same (named) act are one step."""
        if template == self.template:
            return
        if not act or act != self._act:
            self._before = [*self._before[-_DEEPEST:], self._now]
        self._after = []
        self._act = act
        self._now = _State(template, chosen)

    def undo(self) -> None:
        """One step back."""
        if self._before:
            self._after.append(self._now)
            self._now = self._before.pop()
            self.rest()

    def redo(self) -> None:
        """One step forward again."""
        if self._after:
            self._before.append(self._now)
            self._now = self._after.pop()
            self.rest()

    # Acts

    def set(self, act: str = "", **changes: Any) -> None:
        """Change properties of the chosen element, or of the badge where none is chosen."""
        if self.chosen is None:
            self.change(msgspec.structs.replace(self.template, **changes), None, act)
            return
        element = msgspec.structs.replace(self.template.elements[self.chosen], **changes)
        self._put(self.chosen, element, act)

    def put(self, spot: Spot, act: str = "") -> None:
        """Put the chosen element somewhere else, within the badge."""
        width = min(max(spot.width, 0.0), self.template.width)
        height = min(max(spot.height, 0.0), self.template.height)
        x = min(max(spot.x, 0.0), self.template.width - width)
        y = min(max(spot.y, 0.0), self.template.height - height)
        self.set(act, x=round(x, 2), y=round(y, 2), width=round(width, 2), height=round(height, 2))

    def add(self, element: Element) -> None:
        """One more, above the others; it is chosen."""
        elements = (*self.template.elements, element)
        self.change(msgspec.structs.replace(self.template, elements=elements), len(elements) - 1)

    def remove(self) -> None:
        """Take the chosen element away; the next one is chosen."""
        if self.chosen is None:
            return
        elements = self.template.elements[: self.chosen] + self.template.elements[self.chosen + 1 :]
        chosen = min(self.chosen, len(elements) - 1) if elements else None
        self.change(msgspec.structs.replace(self.template, elements=elements), chosen)

    def duplicate(self) -> None:
        """Another like the chosen one, a little further down and to the right."""
        element = self.element
        if element is None:
            return
        x = min(element.x + 2, self.template.width - element.width)
        y = min(element.y + 2, self.template.height - element.height)
        self.add(msgspec.structs.replace(element, x=round(x, 2), y=round(y, 2)))

    def lift(self, by: int) -> None:
        """Draw the chosen element later (over others) or earlier."""
        if self.chosen is None or not 0 <= self.chosen + by < len(self.template.elements):
            return
        elements = list(self.template.elements)
        elements.insert(self.chosen + by, elements.pop(self.chosen))
        self.change(msgspec.structs.replace(self.template, elements=tuple(elements)), self.chosen + by)

    def resize(self, width: float, height: float, act: str = "") -> None:
        """Another size of the badge; what would hang over its edge comes in, and shrinks if it must."""
        elements = tuple(_within(one, width, height) for one in self.template.elements)
        changed = msgspec.structs.replace(self.template, width=width, height=height, elements=elements)
        self.change(changed, self.chosen, act)

    def _put(self, index: int, element: Element, act: str) -> None:
        elements = (*self.template.elements[:index], element, *self.template.elements[index + 1 :])
        self.change(msgspec.structs.replace(self.template, elements=elements), index, act)


def spot_of(element: Element) -> Spot:
    """Where an element stands."""
    return Spot(element.x, element.y, element.width, element.height)


def _within(element: Element, width: float, height: float) -> Element:
    own_width, own_height = min(element.width, width), min(element.height, height)
    x, y = min(element.x, width - own_width), min(element.y, height - own_height)
    return msgspec.structs.replace(
        element, x=round(x, 2), y=round(y, 2), width=round(own_width, 2), height=round(own_height, 2)
    )
