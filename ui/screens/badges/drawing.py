"""The picture of a badge on the board: drawn on another thread, by what draws badges for printers.

While one is being drawn, the next waits, and only the last of those that wait is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from boxoffice.badge_desk import BadgeDesk
from boxoffice.domain.documents import Badge
from boxoffice.errors import BadInput, Trouble
from ui.background import Background
from ui.courier import Courier
from ui.widgets.dialogs import words_of


class Drawn(NamedTuple):
    """A picture as it came from the other thread, or why there is none."""

    picture: QImage | None
    trouble: str = ""


class Drawing(QObject):
    """Draws one badge after the other."""

    drawn = Signal(object)
    """The `Drawn` of the badge that was given last but for those that wait."""

    def __init__(
        self,
        badges: BadgeDesk,
        courier: Courier,
        background: Background,
        failed: Callable[[Any], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._badges = badges
        self._courier = courier
        self._background = background
        self._failed = failed
        self._waits: tuple[Badge, int] | None = None
        self.busy = False
        """Whether a badge is being drawn."""

    def draw(self, badge: Badge, dpi: int) -> None:
        """Draw a badge for a printer of this fineness."""
        if self.busy:
            self._waits = (badge, dpi)
            return
        if any(not 20 <= side <= 300 for side in (badge.template.width, badge.template.height)):
            return
        self.busy, self._waits = True, None
        pictures = self._badges.pictures_of(badge)
        future = self._background.ask(partial(_drawn, badge, dpi, pictures))
        self._courier.bring(future, to=self, done=self._on_drawn, failed=self._on_failed)

    def _on_drawn(self, drawn: Drawn) -> None:
        self.drawn.emit(drawn)
        self._go_on()

    def _on_failed(self, trouble: Trouble) -> None:
        self._failed(trouble)
        self._go_on()

    def _go_on(self) -> None:
        self.busy = False
        if self._waits is not None:
            self.draw(*self._waits)


def _drawn(badge: Badge, dpi: int, pictures: Any) -> Drawn:
    """The badge as a picture, on whatever thread; a badge that cannot be drawn says why."""
    from printers.badge import draw

    try:
        picture = draw(badge, dpi, pictures, turned=False).convert("L")
    except BadInput as trouble:
        return Drawn(None, words_of(trouble))
    shown = QImage(picture.tobytes(), picture.width, picture.height, picture.width, QImage.Format.Format_Grayscale8)
    return Drawn(shown.copy())
