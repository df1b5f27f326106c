"""The first place of the till: a field for numbers and names, shelves, tiles, and what is said below them.

Digits mean a tile by its number, letters one by its name, `3*1` three of the first; arrows walk over the tiles,
Page up and down over the shelves.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.stock import Outlook
from ui.background import Background
from ui.clerks import wares
from ui.clerks.clerk import Clerk
from ui.clerks.wares import Ware
from ui.courier import Courier
from ui.language import name_of, tr
from ui.widgets.buttons import Button, Weight

from .sale_head import SaleHead
from .tiles import Stand, Tiles

_AGAIN = 700
"""Milliseconds until it is looked whether the server has set more aside."""
_MANY = re.compile(r"\s*(?P<number>[0-9]{1,3})\s*[*x×]\s*(?P<what>.+)", re.IGNORECASE)


class Catalogue(QWidget):
    """What is for sale."""

    chosen = Signal(object, int)
    """A `Ware`, and how many of it."""
    typed = Signal(str)
    """Something that is not for sale: a code, as if it had been scanned."""

    def __init__(
        self, clerk: Clerk, courier: Courier, background: Background | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clerk = clerk
        self._courier = courier
        self._background = background
        self._asking = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN)
        self._again.timeout.connect(self._ask_for_left)
        self._pictured: tuple[str, ...] = ()
        self.search = _Search()
        self.search.setFixedHeight(56)
        self.search.setPlaceholderText(tr("Number or name"))
        self.search.setAccessibleName(tr("Number or name"))
        self.tiles = Tiles()
        self.tiles.setAccessibleName(tr("For sale"))
        self.shelves = _Shelves()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        self.dates = SaleHead(clerk, lambda: self._clerk.limited.outlook.left)
        rows.addWidget(self.dates)
        rows.addWidget(self.search)
        rows.addWidget(self.shelves)
        rows.addWidget(self.tiles, 1)
        self.search.textChanged.connect(lambda text: self.tiles.seek(_what(text)[1]))
        self.search.returnPressed.connect(self._on_return)
        self.search.arrow.connect(self.tiles.move)
        self.search.shelf.connect(self.shelves.step)
        self.shelves.chosen.connect(self.tiles.show_shelf)
        self.tiles.pressed.connect(lambda ware: self.chosen.emit(ware, 1))

    def show_wares(self) -> None:
        """What there is now."""
        clerk = self._clerk
        self.dates.look_again()
        offered = clerk.assortment.wares()
        anew = self.tiles.show_wares(offered, clerk.currency)
        if anew:
            used = {ware.item.category for ware in offered}
            shelves = sorted(clerk.catalog.categories.values(), key=lambda one: (one.position, one.id))
            self.shelves.show_shelves([(one.id, name_of(one.name)) for one in shelves if one.id in used])
            self.tiles.come_after(self.shelves.come_after(self.search))
        self._stand(offered)
        self._show_pictures(anew=anew)
        self._ask_for_left()

    def take_code(self, code: str) -> bool:
        """Something was held to the till; whether it is for sale here."""
        ware = wares.meant_by(code, self._clerk.assortment.wares())
        if ware is not None and self.tiles.is_able(ware):
            self.chosen.emit(ware, 1)
        return ware is not None

    def clear(self) -> None:
        """Nothing is sought any more."""
        self.search.clear()
        self.search.setFocus()

    def _stand(self, offered: list[Ware]) -> None:
        catalog, limited, assortment = self._clerk.catalog, self._clerk.limited, self._clerk.assortment
        left, here = limited.outlook.left, limited.outlook.here
        offline = not limited.online()

        def stand(ware: Ware) -> Stand:
            date = assortment.date_for(ware.item)
            there = wares.left_of(catalog, ware, left, date) if left else None
            mine = wares.left_of(catalog, ware, here, date) if left else None
            return Stand(self._clerk.takes(ware.item) is not None, there, mine if offline or not mine else None)

        self.tiles.stand([stand(ware) for ware in offered])

    def _ask_for_left(self) -> None:
        """What is left is counted beside the window: with many orders it takes a moment."""
        if (
            self._background is None
            or self._asking
            or not any(q.size is not None for q in self._clerk.catalog.quotas.values())
        ):
            return
        self._asking = True
        limited = self._clerk.limited
        asked = self._background.ask(limited.look_ahead)

        def heard(outlook: Outlook) -> None:
            self._asking = False
            limited.take(outlook)
            self._stand(self.tiles.wares)  # What is for sale may have changed since it was asked.
            if limited.waits_for_more:
                self._again.start()

        def failed(_: object) -> None:
            self._asking = False

        self._courier.bring(asked, to=self, done=heard, failed=failed)

    def _show_pictures(self, *, anew: bool) -> None:
        there = self._clerk.assortment.picture_names()
        if not anew and tuple(there.values()) == self._pictured:
            return
        self._pictured = tuple(there.values())
        self.tiles.show_pictures({item: _square(data) for item, data in self._clerk.assortment.pictures(there).items()})

    def _on_return(self) -> None:
        many, text = _what(self.search.text())
        ware = self.tiles.pointed
        if ware is not None:
            self.chosen.emit(ware, many)
            self.search.clear()
        elif text and not self.tiles.found and self.take_code(text):
            self.search.clear()
        elif text and not self.tiles.found:
            self.typed.emit(text)


def _what(text: str) -> tuple[int, str]:
    found = _MANY.fullmatch(text)
    return (max(1, int(found["number"])), found["what"]) if found else (1, text.strip())


def _square(data: bytes) -> QPixmap:
    """The middle of a picture, as large as a tile shows it on a sharp screen."""
    whole = QPixmap()
    whole.loadFromData(data)
    side = min(whole.width(), whole.height())
    middle = whole.copy((whole.width() - side) // 2, (whole.height() - side) // 2, side, side)
    return middle.scaled(128, 128, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


class _Shelves(QScrollArea):
    """One button a category; a single one needs none."""

    chosen = Signal(object)
    """The category's id, or None for all."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Categories"))
        ground = QWidget()
        ground.setProperty("role", "page")
        self._row = QHBoxLayout(ground)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setWidget(ground)
        self.setFixedHeight(46)
        self.buttons: list[tuple[int | None, Button]] = []
        self._at = 0
        self.hide()

    def show_shelves(self, shelves: list[tuple[int, str]]) -> None:
        """Other categories."""
        for _, button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        for category, name in [(None, tr("All")), *shelves]:
            button = Button(name, weight=Weight.QUIET)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            place = len(self.buttons)
            button.clicked.connect(lambda _=False, at=place: self._go(at))
            self.buttons.append((category, button))
            self._row.insertWidget(place, button)
        self.setVisible(len(shelves) > 1)
        self._go(0)

    def come_after(self, before: QWidget) -> QWidget:
        """Let the Tab key come to the shelves from this; the last of them."""
        for _, button in self.buttons:
            QWidget.setTabOrder(before, button)
            before = button
        return before

    def step(self, step: int) -> None:
        """The next shelf, or the one before."""
        if self.isVisible():
            self._go((self._at + step) % len(self.buttons))

    def _go(self, at: int) -> None:
        self._at = at
        for place, (_, button) in enumerate(self.buttons):
            button.setChecked(place == at)
        category, button = self.buttons[at]
        self.ensureWidgetVisible(button)
        self.chosen.emit(category)


class _Search(QLineEdit):
    """Digits choose a tile by its number, letters by its name; arrows walk."""

    arrow = Signal(object)
    shelf = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Escape:
            self.clear()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) or (
            key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not self.text()
        ):
            self.arrow.emit(key)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.shelf.emit(1 if key is Qt.Key.Key_PageDown else -1)
        else:
            super().keyPressEvent(event)
