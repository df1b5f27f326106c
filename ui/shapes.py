"""Signs drawn by hand of the painter: sharp at every size, and told apart by their outline alone.

The four signs of an answer differ in shape, not only in colour, so they hold in grey and for colour-blind
eyes. The small ones serve buttons, rows and the status strip.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF


class Shape(StrEnum):
    """The signs there are."""

    CHECK = "check"
    WARNING = "warning"
    STOP = "stop"
    ARROW = "arrow"
    ENTER = "enter"
    QUESTION = "question"
    SEARCH = "search"
    UNDO = "undo"
    GROUP = "group"
    SOUND = "sound"
    MUTED = "muted"
    CAMERA = "camera"
    CLOUD = "cloud"
    CLOUD_OFF = "cloud_off"
    BOX = "box"
    SPLIT = "split"
    GEAR = "gear"
    DOOR = "door"
    PERSON = "person"
    KEY = "key"
    CLOCK = "clock"
    MOON = "moon"
    CLOSE = "close"
    FRAME = "frame"
    BADGE = "badge"
    CLEAR = "clear"
    COINS = "coins"
    PRINTER = "printer"


def draw(painter: QPainter, shape: Shape, box: QRectF, ink: QColor, paper: QColor | None = None) -> None:
    """Draw a sign into the largest square in the middle of `box`. `paper` is what shows through it."""
    side = min(box.width(), box.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.center().x() - side / 2, box.center().y() - side / 2)
    painter.scale(side / 100, side / 100)
    _SHAPES[shape](painter, ink, paper)
    painter.restore()


def stripes(painter: QPainter, area: QRectF, colour: QColor, width: float) -> None:
    """Diagonal stripes over an area, as on a barrier."""
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    x = area.left() - area.height() - width
    while x < area.right() + width:
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, area.bottom()),
                    QPointF(x + area.height(), area.top()),
                    QPointF(x + area.height() + width, area.top()),
                    QPointF(x + width, area.bottom()),
                ]
            )
        )
        x += 2 * width
    painter.restore()


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _lines(painter: QPainter, ink: QColor, width: float, *strokes: Sequence[tuple[float, float]]) -> None:
    painter.setPen(_pen(ink, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in stroke]))


def _fill(painter: QPainter, ink: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(ink))


def _through(ink: QColor, paper: QColor | None) -> QColor:
    if paper is not None:
        return paper
    return QColor(Qt.GlobalColor.white if ink.lightness() < 128 else Qt.GlobalColor.black)


def _check(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _fill(painter, ink)
    painter.drawEllipse(QRectF(2, 2, 96, 96))
    _lines(painter, _through(ink, paper), 12, [(27, 52), (44, 69), (74, 33)])


def _warning(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 10))
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(50, 10), QPointF(94, 88), QPointF(6, 88)]))
    through = _through(ink, paper)
    _lines(painter, through, 10, [(50, 38), (50, 60)])
    _fill(painter, through)
    painter.drawEllipse(QPointF(50, 76), 6, 6)


def _stop(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _fill(painter, ink)
    corners = [
        QPointF(50 + 50 * math.cos(math.radians(22.5 + 45 * i)), 50 + 50 * math.sin(math.radians(22.5 + 45 * i)))
        for i in range(8)
    ]
    painter.drawPolygon(QPolygonF(corners))
    _lines(painter, _through(ink, paper), 12, [(32, 32), (68, 68)], [(68, 32), (32, 68)])


def _arrow(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 15, [(90, 50), (12, 50)], [(44, 18), (12, 50), (44, 82)])


def _enter(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 15, [(10, 50), (88, 50)], [(56, 18), (88, 50), (56, 82)])


def _question(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 8))
    painter.setBrush(ink)
    painter.drawRoundedRect(QRectF(6, 6, 88, 88), 22, 22)
    through = _through(ink, paper)
    path = QPainterPath(QPointF(35, 38))
    path.cubicTo(35, 18, 66, 18, 66, 38)
    path.cubicTo(66, 50, 50, 50, 50, 63)
    painter.setPen(_pen(through, 9))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    _fill(painter, through)
    painter.drawEllipse(QPointF(50, 79), 6, 6)


def _search(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 9))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(42, 42), 28, 28)
    painter.drawLine(QPointF(63, 63), QPointF(86, 86))


def _undo(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    path = QPainterPath(QPointF(18, 38))
    path.lineTo(58, 38)
    path.cubicTo(92, 38, 92, 82, 58, 82)
    path.lineTo(34, 82)
    painter.setPen(_pen(ink, 10))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    _lines(painter, ink, 10, [(38, 18), (18, 38), (38, 58)])


def _person_at(painter: QPainter, ink: QColor, x: float, size: float) -> None:
    _fill(painter, ink)
    painter.drawEllipse(QPointF(x, 50 - size * 0.42), size * 0.26, size * 0.26)
    body = QPainterPath(QPointF(x - size * 0.5, 50 + size * 0.55))
    body.cubicTo(x - size * 0.5, 50 - size * 0.12, x + size * 0.5, 50 - size * 0.12, x + size * 0.5, 50 + size * 0.55)
    body.closeSubpath()
    painter.drawPath(body)


def _person(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _person_at(painter, ink, 50, 64)


def _group(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _person_at(painter, ink, 28, 46)
    _person_at(painter, ink, 72, 46)


def _speaker(painter: QPainter, ink: QColor) -> None:
    _fill(painter, ink)
    painter.drawPolygon(
        QPolygonF([QPointF(*at) for at in ((10, 38), (26, 38), (48, 18), (48, 82), (26, 62), (10, 62))])
    )


def _sound(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _speaker(painter, ink)
    painter.setPen(_pen(ink, 8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(36, 32, 36, 36), -55 * 16, 110 * 16)
    painter.drawArc(QRectF(24, 16, 68, 68), -50 * 16, 100 * 16)


def _muted(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _speaker(painter, ink)
    _lines(painter, ink, 9, [(62, 36), (90, 64)], [(90, 36), (62, 64)])


def _camera(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _fill(painter, ink)
    painter.drawRoundedRect(QRectF(6, 28, 88, 56), 12, 12)
    painter.drawRoundedRect(QRectF(32, 16, 36, 24), 8, 8)
    painter.setBrush(_through(ink, paper))
    painter.drawEllipse(QPointF(50, 56), 17, 17)


def _cloud(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _fill(painter, ink)
    cloud = QPainterPath()
    cloud.setFillRule(Qt.FillRule.WindingFill)
    cloud.addEllipse(QPointF(30, 60), 22, 20)
    cloud.addEllipse(QPointF(52, 46), 26, 26)
    cloud.addEllipse(QPointF(74, 60), 20, 20)
    cloud.addRect(QRectF(30, 56, 44, 24))
    painter.drawPath(cloud.simplified())


def _cloud_off(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _cloud(painter, ink, paper)
    _lines(painter, _through(ink, paper), 18, [(18, 90), (86, 18)])
    _lines(painter, ink, 8, [(18, 90), (86, 18)])


def _box(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 9, [(50, 12), (50, 56)], [(32, 30), (50, 12), (68, 30)])
    _lines(painter, ink, 9, [(14, 52), (14, 86), (86, 86), (86, 52)])


def _split(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 9, [(50, 90), (50, 58), (20, 18)], [(50, 58), (80, 18)])
    _lines(painter, ink, 9, [(18, 40), (20, 18), (40, 24)], [(60, 24), (80, 18), (82, 40)])


def _gear(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 15))
    for i in range(8):
        turn = math.radians(45 * i)
        inner = QPointF(50 + 26 * math.cos(turn), 50 + 26 * math.sin(turn))
        painter.drawLine(inner, QPointF(50 + 39 * math.cos(turn), 50 + 39 * math.sin(turn)))
    _fill(painter, ink)
    painter.drawEllipse(QPointF(50, 50), 31, 31)
    painter.setBrush(_through(ink, paper))
    painter.drawEllipse(QPointF(50, 50), 13, 13)


def _door(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _fill(painter, ink)
    painter.drawRoundedRect(QRectF(24, 8, 52, 80), 6, 6)
    painter.drawRoundedRect(QRectF(10, 84, 80, 9), 4, 4)
    painter.setBrush(_through(ink, paper))
    painter.drawEllipse(QPointF(64, 50), 5.5, 5.5)


def _key(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 10))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(30, 50), 19, 19)
    _lines(painter, ink, 10, [(50, 50), (90, 50), (90, 68)], [(72, 50), (72, 64)])


def _clock(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 9))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(50, 50), 38, 38)
    _lines(painter, ink, 9, [(50, 28), (50, 52), (66, 60)])


def _moon(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _fill(painter, ink)
    full = QPainterPath()
    full.addEllipse(QPointF(50, 50), 38, 38)
    bite = QPainterPath()
    bite.addEllipse(QPointF(66, 40), 32, 32)
    painter.drawPath(full.subtracted(bite))


def _close(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 11, [(24, 24), (76, 76)], [(76, 24), (24, 76)])


def _coins(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    painter.setPen(_pen(ink, 9))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(50, 28), 38, 15)
    for bottom in (50, 72):
        painter.drawArc(QRectF(12, bottom - 15, 76, 30), 180 * 16, 180 * 16)
    _lines(painter, ink, 9, [(12, 28), (12, 72)], [(88, 28), (88, 72)])


def _clear(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    _lines(painter, ink, 11, [(18, 52), (40, 74), (84, 28)])


def _printer(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _lines(painter, ink, 8, [(28, 34), (28, 10), (72, 10), (72, 34)])
    _fill(painter, ink)
    painter.drawRoundedRect(QRectF(8, 32, 84, 42), 9, 9)
    painter.drawRoundedRect(QRectF(24, 56, 52, 36), 3, 3)
    painter.setBrush(_through(ink, paper))
    painter.drawRect(QRectF(32, 62, 36, 22))
    painter.drawEllipse(QPointF(78, 44), 4.5, 4.5)


def _frame(painter: QPainter, ink: QColor, _paper: QColor | None) -> None:
    corners = (
        [(8, 32), (8, 14), (14, 8), (32, 8)],
        [(68, 8), (86, 8), (92, 14), (92, 32)],
        [(92, 68), (92, 86), (86, 92), (68, 92)],
        [(32, 92), (14, 92), (8, 86), (8, 68)],
    )
    _lines(painter, ink, 6, *corners)
    _fill(painter, ink)
    for x, y, side in ((28, 28, 16), (56, 28, 16), (28, 56, 16), (58, 58, 7), (68, 66, 7), (58, 70, 5)):
        painter.drawRoundedRect(QRectF(x, y, side, side), 2, 2)


def _badge(painter: QPainter, ink: QColor, paper: QColor | None) -> None:
    _lines(painter, ink, 8, [(34, 6), (50, 26), (66, 6)])
    _fill(painter, ink)
    painter.drawRoundedRect(QRectF(20, 26, 60, 68), 8, 8)
    painter.setBrush(_through(ink, paper))
    painter.drawRoundedRect(QRectF(42, 33, 16, 7), 3, 3)
    painter.drawEllipse(QPointF(50, 56), 9, 9)
    painter.drawRoundedRect(QRectF(33, 72, 34, 8), 3, 3)


_SHAPES: Mapping[Shape, Callable[[QPainter, QColor, QColor | None], None]] = {
    Shape.CHECK: _check,
    Shape.WARNING: _warning,
    Shape.STOP: _stop,
    Shape.ARROW: _arrow,
    Shape.ENTER: _enter,
    Shape.QUESTION: _question,
    Shape.SEARCH: _search,
    Shape.UNDO: _undo,
    Shape.GROUP: _group,
    Shape.SOUND: _sound,
    Shape.MUTED: _muted,
    Shape.CAMERA: _camera,
    Shape.CLOUD: _cloud,
    Shape.CLOUD_OFF: _cloud_off,
    Shape.BOX: _box,
    Shape.SPLIT: _split,
    Shape.GEAR: _gear,
    Shape.DOOR: _door,
    Shape.PERSON: _person,
    Shape.KEY: _key,
    Shape.CLOCK: _clock,
    Shape.MOON: _moon,
    Shape.CLOSE: _close,
    Shape.FRAME: _frame,
    Shape.BADGE: _badge,
    Shape.CLEAR: _clear,
    Shape.COINS: _coins,
    Shape.PRINTER: _printer,
}
