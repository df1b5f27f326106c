"""What is for sale, as tiles: each with its number, name and price; found by number or by letters."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QWidget

from boxoffice.domain.folding import squeezed
from ui import theme
from ui.clerk import Ware
from ui.language import name_of, number
from ui.money import money

_HEIGHT = 92
_WIDTH = 190
_GAP = 10
_COLOURS = ("#3A7DDB", "#2E9E6B", "#B7791F", "#8A5FD1", "#C2506E", "#2C93A8", "#6B7A8C")
"""Of categories, in turn. They only help to find again; nothing is told by them alone."""


def words_of(ware: Ware) -> str:
    """What a tile says."""
    kind = name_of(ware.variation.value) if ware.variation else ""
    return " · ".join(part for part in (name_of(ware.item.name), kind) if part)


class Tile(QPushButton):
    """One thing that can be sold."""

    def __init__(self, place: int, ware: Ware, currency: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.ware = ware
        self.place = place
        self._words = words_of(ware)
        self._price = money(ware.price, currency)
        self.setAccessibleName(f"{number(place)} {self._words} {self._price}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        able = self.isEnabled()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(theme.color("focus" if self.hasFocus() else "line"), 3 if self.hasFocus() else 1))
        painter.setBrush(theme.color("raised" if self.isDown() or (self.underMouse() and able) else "surface"))
        painter.drawRoundedRect(box, 10, 10)
        edge = QColor(_COLOURS[(self.ware.item.category or 0) % len(_COLOURS)]) if able else theme.color("line")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.drawRoundedRect(QRectF(box.left() + 6, box.top() + 10, 5, box.height() - 20), 2.5, 2.5)
        room = box.adjusted(22, 8, -10, -8)
        painter.setPen(theme.color("ink" if able else "disabled"))
        painter.setFont(theme.font(15.5, QFont.Weight.DemiBold))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room.adjusted(0, 0, 0, -24), int(flags), self._words)
        painter.setFont(theme.font(15))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | bottom, self._price)
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.half_bold(13))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | bottom, number(self.place))


class Tiles(QScrollArea):
    """All tiles, as many beside each other as there is room for."""

    pressed = Signal(object)
    """The `Ware` of the tile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._ground = QWidget()
        self._ground.setProperty("role", "page")
        self.setWidget(self._ground)
        self._tiles: list[Tile] = []
        self._sought = ""

    def show_wares(self, wares: Sequence[Ware], currency: str) -> None:
        """Other tiles."""
        if [tile.ware for tile in self._tiles] == list(wares):
            return
        for tile in self._tiles:
            tile.deleteLater()
        self._tiles = [Tile(place, ware, currency, self._ground) for place, ware in enumerate(wares, start=1)]
        for tile in self._tiles:
            tile.clicked.connect(lambda _=False, one=tile.ware: self.pressed.emit(one))
        self._place()

    def able(self, can: Sequence[bool]) -> None:
        """Which of them can be sold now."""
        for tile, one in zip(self._tiles, can, strict=True):
            tile.setEnabled(one)

    def seek(self, text: str) -> None:
        """Show those that a text means: a number, or letters of the name."""
        self._sought = text.strip()
        self._place()

    @property
    def found(self) -> list[Ware]:
        """What the text means, best first."""
        return [tile.ware for tile in self._meant()]

    def _meant(self) -> list[Tile]:
        if self._sought.isdecimal():
            return [tile for tile in self._tiles if tile.place == int(self._sought)]
        sought = squeezed(self._sought)
        return [tile for tile in self._tiles if sought in squeezed(words_of(tile.ware))]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        meant = self._meant()
        width = self.viewport().width()
        columns = max(1, (width + _GAP) // (_WIDTH + _GAP))
        wide = (width - (columns - 1) * _GAP) // columns
        for tile in self._tiles:
            tile.setVisible(tile in meant)
        for index, tile in enumerate(meant):
            row, column = divmod(index, columns)
            tile.setGeometry(column * (wide + _GAP), row * (_HEIGHT + _GAP), wide, _HEIGHT)
        rows = -(-len(meant) // columns)
        self._ground.setMinimumHeight(rows * (_HEIGHT + _GAP))
