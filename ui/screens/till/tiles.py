"""What is for sale, as tiles: each with its number, picture, name, price and what is left of it.

They are found by number, by letters or by arrow keys; a shelf shows one category. The number of a tile is the same
on every shelf, because people learn it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QWidget

from boxoffice.domain.folding import squeezed
from ui import shapes, theme
from ui.clerks.wares import Ware
from ui.language import apart, breakable, name_of, number, tr
from ui.money import bare, money

_HEIGHT = 96
_WIDTH = 186
_GAP = 10
_PICTURE = 50
_COLOURS = ("#3A7DDB", "#2E9E6B", "#B7791F", "#8A5FD1", "#C2506E", "#2C93A8", "#6B7A8C")
"""Of categories, in turn. They only help to find again; nothing is told by them alone."""


class Stand(msgspec.Struct, frozen=True):
    """How a tile stands now."""

    able: bool = True
    """Whether there is anything that takes it: an add-on needs its ticket."""
    left: int | None = None
    here: int | None = None
    """How many of those this till may sell without asking, where that is worth saying."""

    @property
    def few(self) -> bool:
        """Whether it is worth a colour how many there are."""
        least = self.left if self.here is None else self.here
        return least is not None and least <= _FEW and not self.gone

    @property
    def gone(self) -> bool:
        """Whether it is sold out."""
        return self.left is not None and self.left <= 0


def words_of(ware: Ware) -> str:
    """What a tile says."""
    kind = name_of(ware.variation.value) if ware.variation else ""
    return apart(name_of(ware.item.name), kind)


class Tile(QPushButton):
    """One thing that can be sold."""

    def __init__(self, place: int, ware: Ware, currency: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.ware = ware
        self.place = place
        self.words = words_of(ware)
        self.stand = Stand()
        self._price = money(ware.price, currency)
        self._bare = bare(ware.price, currency)
        self._picture: QPixmap | None = None
        self._pointed = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tell()

    def set_stand(self, stand: Stand) -> None:
        """Whether it can be sold now, and how many are left."""
        if stand != self.stand:
            self.stand = stand
            self.setEnabled(stand.able and not stand.gone)
            self._tell()

    def set_picture(self, picture: QPixmap | None) -> None:
        """Show a picture of it."""
        self._picture = picture
        self.update()

    def point(self, pointed: bool) -> None:
        """Whether Enter would take it."""
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()

    def _tell(self) -> None:
        self.setAccessibleName(
            ", ".join(part for part in (number(self.place), self.words, self._price, self._left) if part)
        )
        self.setToolTip("\n".join(part for part in (self.words, self._left) if part))
        self.update()

    @property
    def _left(self) -> str:
        if self.stand.gone:
            return tr("Sold out")
        if self.stand.left is None:
            return ""
        if self.stand.here is not None and self.stand.here < self.stand.left:
            return tr("{here} of {n} here", here=number(self.stand.here), n=number(self.stand.left))
        return tr("{n} left", n=number(self.stand.left))

    @property
    def _left_in_short(self) -> str:
        """Beside a price there is little room."""
        if self.stand.gone or self.stand.left is None or self.stand.here is None or self.stand.here >= self.stand.left:
            return self._left
        return f"{number(self.stand.here)}/{number(self.stand.left)}"

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        able, gone = self.isEnabled(), self.stand.gone
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        held = self.hasFocus() or self._pointed
        painter.setPen(QPen(theme.color("focus" if held else "line"), 3 if held else 1))
        painter.setBrush(theme.color("raised" if self.isDown() or (self.underMouse() and able) else "surface"))
        painter.drawRoundedRect(box, 10, 10)
        if gone:
            self._paint_bars(painter, box)
        edge = QColor(_COLOURS[(self.ware.item.category or 0) % len(_COLOURS)]) if able else theme.color("line")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.drawRoundedRect(QRectF(box.left() + 6, box.top() + 10, 5, box.height() - 20), 2.5, 2.5)
        room = box.adjusted(20, 8, -10, -8)
        if self._picture is not None:
            self._paint_picture(painter, QRectF(room.left(), room.top(), _PICTURE, _PICTURE))
        self._paint_words(painter, room, able=able, gone=gone)

    def _paint_words(self, painter: QPainter, room: QRectF, *, able: bool, gone: bool) -> None:
        beside = _PICTURE + 8 if self._picture is not None else 0
        painter.setPen(theme.color("ink" if able else "disabled"))
        painter.setFont(theme.font(15.5 if not beside else 14.5, QFont.Weight.DemiBold))
        _paint_two_lines(painter, room.adjusted(beside, 0, 0, -24), self.words)
        painter.setFont(theme.font(15))
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | bottom, self._bare)
        painter.setFont(theme.half_bold(13))
        painter.setPen(theme.color("bad" if gone else "muted"))
        words = apart(number(self.place), self._left_in_short)
        if self.stand.few:
            painter.setPen(theme.color("warn"))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | bottom, words)

    def _paint_bars(self, painter: QPainter, box: QRectF) -> None:
        path = QPainterPath()
        path.addRoundedRect(box, 10, 10)
        painter.save()
        painter.setClipPath(path)
        shapes.stripes(painter, box, theme.color("raised"), 9)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRectF) -> None:
        picture = self._picture
        if picture is None:
            return
        path = QPainterPath()
        path.addRoundedRect(place, 8, 8)
        painter.save()
        painter.setClipPath(path)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))
        painter.restore()


_FEW = 10
"""From here on it is worth a colour."""


def _paint_two_lines(painter: QPainter, room: QRectF, words: str) -> None:
    """As much of a name as two lines take; the rest is told by dots."""
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute)
    flags |= int(Qt.TextFlag.TextWordWrap)
    metrics = painter.fontMetrics()
    most = room.height() + 2
    shown = words
    while shown and metrics.boundingRect(room.toRect(), flags, shown + ("…" if shown != words else "")).height() > most:
        shown = shown[:-1].rstrip()
    painter.drawText(room, flags, shown + ("…" if shown != words else ""))


class Tiles(QScrollArea):
    """All tiles, as many beside each other as there is room for."""

    pressed = Signal(object)
    """The `Ware` of the tile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._ground = QWidget()
        self._ground.setProperty("role", "page")
        self.setWidget(self._ground)
        self._nothing = QLabel(self._ground)
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self._tiles: list[Tile] = []
        self._sought = ""
        self._shelf: int | None = None
        self._pointed: Tile | None = None
        self._columns = 1

    def show_wares(self, wares: Sequence[Ware], currency: str) -> bool:
        """Other tiles; whether they are others."""
        if [tile.ware for tile in self._tiles] == list(wares):
            return False
        for tile in self._tiles:
            tile.hide()
            tile.deleteLater()
        self._pointed = None
        self._tiles = [Tile(place, ware, currency, self._ground) for place, ware in enumerate(wares, start=1)]
        for tile in self._tiles:
            tile.clicked.connect(lambda _=False, one=tile.ware: self.pressed.emit(one))
        self._place()
        return True

    def come_after(self, before: QWidget) -> None:
        """Let the Tab key come to the tiles, one after the other, from this."""
        for one, following in pairwise((before, *self._tiles)):
            QWidget.setTabOrder(one, following)

    @property
    def wares(self) -> list[Ware]:
        """What is on them."""
        return [tile.ware for tile in self._tiles]

    def stand(self, stands: Sequence[Stand]) -> None:
        """How each of them stands now."""
        for tile, one in zip(self._tiles, stands, strict=True):
            tile.set_stand(one)

    def show_pictures(self, pictures: Mapping[int, QPixmap]) -> None:
        """Pictures of items, by their id."""
        for tile in self._tiles:
            tile.set_picture(pictures.get(tile.ware.item.id))

    def seek(self, text: str) -> None:
        """Show those that a text means: a number, or letters of the name."""
        self._sought = text.strip()
        self._place()
        self._point(self._first() if self._sought else None)

    def show_shelf(self, category: int | None) -> None:
        """Show one category; None shows all."""
        self._shelf = category
        self._point(None)
        self._place()

    def move(self, key: Qt.Key) -> bool:  # type: ignore[override]
        """Point at the next tile in the direction of an arrow; whether there is one."""
        meant = [tile for tile in self._meant() if tile.isEnabled()]
        if not meant:
            return False
        step = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }[key]
        at = meant.index(self._pointed) + step if self._pointed in meant else 0
        self._point(meant[max(0, min(at, len(meant) - 1))])
        return True

    @property
    def pointed(self) -> Ware | None:
        """What Enter would take."""
        return self._pointed.ware if self._pointed is not None and self._pointed.isEnabled() else None

    @property
    def found(self) -> list[Ware]:
        """What the text means, whether it can be sold now or not."""
        return [tile.ware for tile in self._meant()]

    def is_able(self, ware: Ware) -> bool:
        """Whether it can be sold now."""
        return any(tile.isEnabled() for tile in self._tiles if tile.ware == ware)

    def _first(self) -> Tile | None:
        return next(iter(self._meant()), None)

    def _point(self, tile: Tile | None) -> None:
        if self._pointed is not None:
            self._pointed.point(pointed=False)
        self._pointed = tile
        if tile is not None:
            tile.point(pointed=True)
            self.ensureWidgetVisible(tile, 0, _GAP)

    def _meant(self) -> list[Tile]:
        if self._sought.isdecimal():
            return [tile for tile in self._tiles if tile.place == int(self._sought)]
        if self._sought:
            sought = squeezed(self._sought)
            return [tile for tile in self._tiles if sought in squeezed(tile.words)]
        return [tile for tile in self._tiles if self._shelf in (None, tile.ware.item.category)]

    def _why_empty(self) -> str:
        if self._sought:
            return tr("Nothing for sale goes by “{text}”. Esc shows everything.", text=breakable(self._sought))
        return tr("Nothing is for sale here now.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        meant = self._meant()
        width = self.viewport().width()
        self._columns = columns = max(1, (width + _GAP) // (_WIDTH + _GAP))
        wide = (width - (columns - 1) * _GAP) // columns
        for tile in self._tiles:
            tile.setVisible(tile in meant)
        for index, tile in enumerate(meant):
            row, column = divmod(index, columns)
            tile.setGeometry(column * (wide + _GAP), row * (_HEIGHT + _GAP), wide, _HEIGHT)
        self._nothing.setText(self._why_empty())
        self._nothing.setGeometry(8, 8, max(width - 16, 0), _HEIGHT)
        self._nothing.setVisible(not meant)
        rows = -(-len(meant) // columns)
        self._ground.setMinimumHeight(rows * (_HEIGHT + _GAP))
