"""The badge on the drawing board: the picture that the printer would get, and hands on what stands on it.

The picture comes from whoever draws badges for printers. Here it is only shown, with frames and handles over it;
a drag says where things shall stand and leaves it to others to make it so.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.language import tr
from ui.screens.badges.badge_draft import Spot
from ui.screens.badges.badge_snapping import Edge, dragged, snapped

_AROUND = 28
_HANDLE = 5.0
_GRASP = 11.0
"""How near to a handle a hand must come, in pixels."""
_SLACK = 4.0
"""How far beside an element it can still be grasped, in pixels."""
_REACH = 7.0
"""How near to a line a dragged box is drawn to it, in pixels."""
_NUDGE, _LEAP = 0.5, 5.0
"""What an arrow key moves by, alone and with Shift, in mm."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_HANDLES = (
    (Edge.LEFT | Edge.TOP, Qt.CursorShape.SizeFDiagCursor),
    (Edge.RIGHT | Edge.BOTTOM, Qt.CursorShape.SizeFDiagCursor),
    (Edge.RIGHT | Edge.TOP, Qt.CursorShape.SizeBDiagCursor),
    (Edge.LEFT | Edge.BOTTOM, Qt.CursorShape.SizeBDiagCursor),
    (Edge.LEFT, Qt.CursorShape.SizeHorCursor),
    (Edge.RIGHT, Qt.CursorShape.SizeHorCursor),
    (Edge.TOP, Qt.CursorShape.SizeVerCursor),
    (Edge.BOTTOM, Qt.CursorShape.SizeVerCursor),
)


class BadgeCanvas(QWidget):
    """Shows a badge and lets its elements be chosen, dragged, pulled and nudged."""

    chosen = Signal(object)
    """The index of an element, or None for the badge itself."""
    moved = Signal(object, str)
    """A `Spot` for the chosen element, and the act that it belongs to."""
    released = Signal()
    """A drag has ended."""
    removed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("badge_canvas")
        self.setAccessibleName(tr("The badge"))
        self.setAccessibleDescription(
            tr("Page up and page down choose an element, arrows move it, Ctrl with arrows makes it larger or smaller.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 220)
        self._size = (62.0, 100.0)
        self._spots: Sequence[Spot] = ()
        self._hollow: frozenset[int] = frozenset()
        self._chosen: int | None = None
        self._picture: QImage | None = None
        self._held: tuple[Edge, QPointF, Spot] | None = None
        self._guides: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        self._drags = 0

    def sizeHint(self) -> QSize:
        return QSize(520, 520)

    def show_badge(
        self, size: tuple[float, float], spots: Sequence[Spot], hollow: frozenset[int], chosen: int | None
    ) -> None:
        """Show where things stand (mm), which of them are frames around nothing, and which is chosen."""
        self._size, self._spots, self._hollow, self._chosen = size, spots, hollow, chosen
        self.update()

    def show_picture(self, picture: QImage | None) -> None:
        """Show what the printer would get."""
        self._picture = picture
        self.update()

    # Places

    @property
    def scale(self) -> float:
        """Pixels of a millimetre."""
        width, height = self._size
        room = (max(1, self.width() - 2 * _AROUND), max(1, self.height() - 2 * _AROUND))
        return max(0.5, min(room[0] / width, room[1] / height, 12.0))

    def box_of(self, spot: Spot) -> QRectF:
        """A box on the badge as it lies on the screen."""
        scale, origin = self.scale, self._origin()
        return QRectF(origin.x() + spot.x * scale, origin.y() + spot.y * scale, spot.width * scale, spot.height * scale)

    def _origin(self) -> QPointF:
        width, height = self._size
        return QPointF((self.width() - width * self.scale) / 2, (self.height() - height * self.scale) / 2)

    def _paper(self) -> QRectF:
        return self.box_of(Spot(0, 0, *self._size))

    def _handles(self) -> list[tuple[Edge, QPointF, Qt.CursorShape]]:
        if self._chosen is None or self._chosen >= len(self._spots):
            return []
        spot = self._spots[self._chosen]
        box = self.box_of(spot)
        found = []
        for edges, cursor in _HANDLES:
            upright, level = edges & (Edge.LEFT | Edge.RIGHT), edges & (Edge.TOP | Edge.BOTTOM)
            # A line is only pulled by its ends.
            if (upright and not spot.width) or (level and not spot.height):
                continue
            x = {Edge.LEFT: box.left(), Edge.RIGHT: box.right()}.get(upright, box.center().x())
            y = {Edge.TOP: box.top(), Edge.BOTTOM: box.bottom()}.get(level, box.center().y())
            found.append((edges, QPointF(x, y), cursor))
        return found

    def _handle_at(self, at: QPointF) -> tuple[Edge, Qt.CursorShape] | None:
        near = [
            ((at - place).manhattanLength(), edges, cursor)
            for edges, place, cursor in self._handles()
            if max(abs(at.x() - place.x()), abs(at.y() - place.y())) <= _GRASP
        ]
        return min(near, key=lambda one: one[0])[1:] if near else None

    def _element_at(self, at: QPointF) -> int | None:
        """The uppermost element here. A frame is grasped at its lines, so that it hides nothing within."""
        for index in reversed(range(len(self._spots))):
            box = self.box_of(self._spots[index]).adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
            inner = box.adjusted(2 * _SLACK, 2 * _SLACK, -2 * _SLACK, -2 * _SLACK)
            if box.contains(at) and not (index in self._hollow and inner.contains(at)):
                return index
        return None

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        at = event.position()
        handle = self._handle_at(at)
        self._drags += 1
        if handle is not None and self._chosen is not None:
            self._held = (handle[0], at, self._spots[self._chosen])
            return
        index = self._element_at(at)
        self.chosen.emit(index)
        if index is not None:
            self._held = (Edge.ALL, at, self._spots[index])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._held is None:
            handle = self._handle_at(at)
            over = Qt.CursorShape.SizeAllCursor if self._element_at(at) is not None else Qt.CursorShape.ArrowCursor
            self.setCursor(handle[1] if handle else over)
            return
        edges, start, spot = self._held
        way = (at - start) / self.scale
        target = dragged(spot, edges, way.x(), way.y())
        if not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            others = [one for index, one in enumerate(self._spots) if index != self._chosen]
            found = snapped(target, edges, others, *self._size, reach=_REACH / self.scale)
            target, self._guides = found.spot, (found.across, found.down)
        self.moved.emit(target, f"drag {self._drags}")

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self._guides = ((), ())
            self.released.emit()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and self._spots:
            step = 1 if key == Qt.Key.Key_PageDown else -1
            beside = -1 if self._chosen is None and step > 0 else self._chosen or 0
            self.chosen.emit((beside + step) % len(self._spots))
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self.chosen.emit(None)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._chosen is not None:
            self.removed.emit()
        elif key in _ARROWS and self._chosen is not None:
            self._nudge(key, event.modifiers())
        else:
            super().keyPressEvent(event)

    def _nudge(self, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
        assert self._chosen is not None  # noqa: S101 - the caller looked
        spot = self._spots[self._chosen]
        by = _LEAP if held & Qt.KeyboardModifier.ShiftModifier else _NUDGE
        dx, dy = (by * way for way in _ARROWS[key])
        edges = Edge.RIGHT | Edge.BOTTOM if held & Qt.KeyboardModifier.ControlModifier else Edge.ALL
        self.moved.emit(dragged(spot, edges, dx, dy), f"nudge {self._chosen}")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # What is seen

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ground = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color("focus"), 2.5) if self.hasFocus() else QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(ground, 12, 12)
        paper = self._paper()
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawRect(paper)
        if self._picture is not None:
            painter.drawImage(paper, self._picture)
        self._paint_frames(painter)
        self._paint_guides(painter, paper)
        self._paint_chosen(painter)

    def _paint_frames(self, painter: QPainter) -> None:
        pen = QPen(QColor(29, 91, 208, 70), 1, Qt.PenStyle.DashLine)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        for index, spot in enumerate(self._spots):
            if index != self._chosen:
                painter.drawRect(self.box_of(spot))

    def _paint_guides(self, painter: QPainter, paper: QRectF) -> None:
        painter.setPen(QPen(QColor("#D0006F"), 1))
        across, down = self._guides
        for x in across:
            at = paper.left() + x * self.scale
            painter.drawLine(QPointF(at, paper.top() - 12), QPointF(at, paper.bottom() + 12))
        for y in down:
            at = paper.top() + y * self.scale
            painter.drawLine(QPointF(paper.left() - 12, at), QPointF(paper.right() + 12, at))

    def _paint_chosen(self, painter: QPainter) -> None:
        if self._chosen is None or self._chosen >= len(self._spots):
            return
        # On paper, which is white in every look.
        accent = QColor("#1D5BD0")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 2))
        painter.drawRect(self.box_of(self._spots[self._chosen]))
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(QColor("#FFFFFF"))
        for _, place, _ in self._handles():
            painter.drawRect(QRectF(place.x() - _HANDLE, place.y() - _HANDLE, 2 * _HANDLE, 2 * _HANDLE))
