"""What the customer sees: a window of its own for a second screen, which follows the cart of the till.

It paints values and knows no cart. Everything grows with the window, so that a small display of 1024 × 600 and a
large screen show the same. A screen that is pulled takes nothing with it: the window hides until it is back.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from . import theme
from .language import number, tr
from .widgets.qr import Cells, cells_of, paint_cells

_PAPER, _INK, _QUIET, _LINE, _GOOD = "#FFFFFF", "#16202B", "#566371", "#CFD7E0", "#0B7443"
"""Light in every look: it is read from afar, and a wallet has to read its code."""


class Line(msgspec.Struct, frozen=True):
    """One thing in the cart."""

    text: str
    amount: str
    part: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to see. Without lines and figure it is idle."""

    welcome: str = ""
    """The event: above the lines, and large while nobody buys."""
    below: str = ""
    """Below the welcome while nobody buys."""
    lines: tuple[Line, ...] = ()
    label: str = ""
    figure: str = ""
    """What is to be paid, or the change."""
    small: str = ""
    """Below the figure: what was given, thanks."""
    good: bool = False
    """It is paid."""
    code: str = ""
    """What the customer's wallet is to read."""

    @property
    def idle(self) -> bool:
        """Whether nobody buys."""
        return not self.lines and not self.figure


class CustomerDisplay(QWidget):
    """The window."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setObjectName("customer_display")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(480, 280)
        self.resize(1024, 600)
        self.shown = Shown()
        self._picture: QPixmap | None = None
        self._cells: Cells = []

    def show_values(self, shown: Shown) -> None:
        """Show something else."""
        if shown == self.shown:
            return
        if shown.code != self.shown.code:
            self._cells = cells_of(shown.code)
        self.shown = shown
        self.setAccessibleName(" ".join(part for part in (shown.label, shown.figure, shown.small) if part))
        self.update()

    def set_picture(self, image: bytes | None) -> None:
        """The picture while nobody buys."""
        picture = QPixmap()
        self._picture = picture if image is not None and picture.loadFromData(image) else None
        self.update()

    @property
    def _scale(self) -> float:
        return min(self.width() / 1024, self.height() / 600)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(_PAPER))
        if self.shown.idle:
            self._paint_idle(painter)
            return
        scale = self._scale
        room = QRectF(self.rect()).adjusted(40 * scale, 32 * scale, -40 * scale, -32 * scale)
        if not self.shown.lines:
            self._paint_figure(painter, room)
            return
        left = QRectF(room.left(), room.top(), room.width() * 0.56, room.height())
        right = QRectF(left.right() + 40 * scale, room.top(), room.right() - left.right() - 40 * scale, room.height())
        self._paint_lines(painter, left)
        self._paint_figure(painter, right)

    def _paint_idle(self, painter: QPainter) -> None:
        scale, room = self._scale, QRectF(self.rect())
        words = room.adjusted(60 * scale, 0, -60 * scale, -40 * scale)
        if self._picture is not None:
            size = self._picture.size().scaled(
                round(room.width()), round(room.height() * 0.62), Qt.AspectRatioMode.KeepAspectRatio
            )
            place = QRectF((room.width() - size.width()) / 2, 24 * scale, size.width(), size.height())
            painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
            words.setTop(place.bottom() + 16 * scale)
        middle = words.center().y()
        pixels = 64 if self._picture is None else 44
        font = _fitted(self.shown.welcome, theme.bold(pixels * scale), words.width())
        high = QFontMetricsF(font).height()
        painter.setFont(font)
        painter.setPen(QColor(_INK))
        painter.drawText(
            QRectF(words.left(), middle - high, words.width(), high), Qt.AlignmentFlag.AlignCenter, self.shown.welcome
        )
        painter.setFont(_fitted(self.shown.below, theme.font(28 * scale), words.width()))
        painter.setPen(QColor(_QUIET))
        painter.drawText(
            QRectF(words.left(), middle + 8 * scale, words.width(), 44 * scale),
            Qt.AlignmentFlag.AlignCenter,
            self.shown.below,
        )

    def _paint_lines(self, painter: QPainter, room: QRectF) -> None:
        scale = self._scale
        painter.setPen(QColor(_QUIET))
        painter.setFont(_fitted(self.shown.welcome, theme.half_bold(24 * scale), room.width()))
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(room, top, self.shown.welcome)
        step, y = 46 * scale, room.top() + 52 * scale
        fits = max(1, int((room.bottom() - y) / step))
        lines = self.shown.lines
        if len(lines) > fits:
            # What was added last is what the customer looks for; that there is more explains the total.
            self._paint_more(painter, QRectF(room.left(), y, room.width(), step), len(lines) - fits + 1)
            lines, y = lines[len(lines) - fits + 1 :], y + step
        for line in lines:
            self._paint_line(painter, QRectF(room.left(), y, room.width(), step), line)
            y += step

    def _paint_more(self, painter: QPainter, room: QRectF, many: int) -> None:
        painter.setPen(QColor(_QUIET))
        painter.setFont(theme.font(22 * self._scale))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(room, left, tr("and {many} more", many=number(many)))

    def _paint_line(self, painter: QPainter, room: QRectF, line: Line) -> None:
        scale = self._scale
        amount = theme.half_bold(26 * scale)
        wide = QFontMetricsF(amount).horizontalAdvance(line.amount)
        painter.setPen(QColor(_LINE))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        painter.setPen(QColor(_INK))
        painter.setFont(amount)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.amount)
        words = room.adjusted(24 * scale if line.part else 0, 0, -wide - 16 * scale, 0)
        painter.setFont(theme.font((22 if line.part else 26) * scale))
        shown = QFontMetricsF(painter.font()).elidedText(line.text, Qt.TextElideMode.ElideRight, words.width())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(words, left, shown)

    def _paint_figure(self, painter: QPainter, room: QRectF) -> None:
        scale, shown = self._scale, self.shown
        side = min(room.width(), room.height() - 190 * scale) if self._cells else 0.0
        high = (150 + (48 if shown.small else 0)) * scale + side
        y = room.top() + max(0.0, (room.height() - high) / 2)
        painter.setPen(QColor(_QUIET))
        painter.setFont(theme.half_bold(30 * scale))
        painter.drawText(QRectF(room.left(), y, room.width(), 44 * scale), Qt.AlignmentFlag.AlignCenter, shown.label)
        y += 48 * scale
        painter.setPen(QColor(_GOOD if shown.good else _INK))
        painter.setFont(_fitted(shown.figure, theme.bold(80 * scale), room.width()))
        painter.drawText(QRectF(room.left(), y, room.width(), 96 * scale), Qt.AlignmentFlag.AlignCenter, shown.figure)
        y += 100 * scale
        if self._cells:
            paint_cells(painter, QRectF(room.center().x() - side / 2, y, side, side), self._cells)
            y += side + 4 * scale
        painter.setPen(QColor(_QUIET))
        painter.setFont(_fitted(shown.small, theme.font(26 * scale), room.width()))
        painter.drawText(QRectF(room.left(), y, room.width(), 44 * scale), Qt.AlignmentFlag.AlignCenter, shown.small)


def _fitted(text: str, font: QFont, width: float) -> QFont:
    """The same letters, smaller where the text would not fit."""
    made = QFont(font)
    wide = QFontMetricsF(font).horizontalAdvance(text)
    if wide > width > 0:
        made.setPixelSize(max(10, int(font.pixelSize() * width / wide)))
    return made
