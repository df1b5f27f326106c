"""Buttons that paint themselves: large enough for a glove, with their key on them, and a focus that is seen."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui import shapes, theme
from ui.shapes import Shape
from ui.theme import Tone

_TIGHT = 8.0
"""The least margin at both ends, where there is no room for the usual one."""


def _elided(text: str, font: QFont, room: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)


class Weight(StrEnum):
    """How much a button asks to be pressed."""

    PRIMARY = "primary"
    PLAIN = "plain"
    QUIET = "quiet"


class Button(QPushButton):
    """A button with a sign, words and the key that does the same. Painted on `tone` if it lies on an answer."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        weight: Weight = Weight.PLAIN,
        key: str = "",
        shape: Shape | None = None,
        height: int = theme.TOUCH,
        listed: bool = False,
    ) -> None:
        """One of a list begins at its left, so that the eye goes straight down."""
        super().__init__(text, parent)
        self._weight = weight
        self._key = key
        self._shape = shape
        self._tone: Tone | None = None
        self._height = height
        self._brief = False
        self._listed = listed
        self.setMinimumHeight(height)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(text)
        if key:
            self.setAccessibleDescription(key)
        self._gone_to = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._gone_to = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that a person went to, not another one that Enter means by itself."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self._gone_to:
            self.click()
            return
        super().keyPressEvent(event)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_tone(self, tone: Tone | None) -> None:
        """Lie on an answer of this tone, or on the window."""
        self._tone = tone
        self.update()

    @property
    def weight(self) -> Weight:
        """How much it asks to be pressed."""
        return self._weight

    def set_weight(self, weight: Weight) -> None:
        """Ask to be pressed more, or less."""
        self._weight = weight
        self.update()

    def set_height(self, height: int) -> None:
        """Grow or shrink with the window."""
        self._height = height
        self.setFixedHeight(height)
        self.updateGeometry()

    def be_brief(self, *, brief: bool) -> None:
        """Leave out sign and key where there is no room for them."""
        self._brief = brief
        self.updateGeometry()
        self.update()

    @property
    def key(self) -> str:
        """The key that presses it, as it stands on it; empty for none."""
        return self._key

    @property
    def _shown_key(self) -> str:
        return "" if self._brief else self._key

    @property
    def _shown_shape(self) -> Shape | None:
        return None if self._brief and self.text() else self._shape

    @property
    def _pixels(self) -> float:
        return 15.0 if self._height < 56 else 17.0 if self._height < 72 else 19.0

    def sizeHint(self) -> QSize:
        width = theme.half_bold_width(self.text(), self._pixels) + 2 * self._margin
        if self._shown_shape is not None:
            width += self._sign + (10 if self.text() else 0)
        if self._shown_key:
            width += self._key_width() + 12
        return QSize(max(round(width) + 5, self._height), self._height)

    def minimumSizeHint(self) -> QSize:
        """Where it is tight the key is left out before any of the words."""
        whole = self.sizeHint()
        return QSize(whole.width() - round(self._key_width() + 12 if self._shown_key else 0), whole.height())

    @property
    def _margin(self) -> float:
        return 16.0 if self.text() else (self._height - self._sign) / 2

    @property
    def _sign(self) -> float:
        return self._pixels * 1.35

    def _key_width(self) -> float:
        return theme.half_bold_width(self._key, 12) + 14

    def _colours(self) -> tuple[QColor, QColor, QColor]:
        """Fill, ink and border."""
        if self._tone is not None:
            return self._colours_on(self._tone)
        named = theme.color
        if not self.isEnabled() and self._weight is Weight.QUIET:
            return QColor(Qt.GlobalColor.transparent), named("disabled"), QColor(Qt.GlobalColor.transparent)
        if not self.isEnabled():
            return named("raised"), named("disabled"), named("line")
        if self._weight is Weight.PRIMARY:
            fill = named("accent_hover") if self._hot else named("accent")
            return fill, named("on_accent"), fill
        if self._weight is Weight.QUIET:
            fill = named("raised") if self._hot or self.isChecked() else QColor(Qt.GlobalColor.transparent)
            return fill, named("ink"), QColor(Qt.GlobalColor.transparent)
        return named("line") if self._hot else named("raised"), named("ink"), named("line")

    def _colours_on(self, tone: Tone) -> tuple[QColor, QColor, QColor]:
        text, fill = QColor(tone.text), QColor(tone.fill)
        if not self.isEnabled():
            return QColor(Qt.GlobalColor.transparent), text, QColor(Qt.GlobalColor.transparent)
        if self._weight is Weight.PRIMARY:
            return text, fill if text.lightness() > 128 else QColor(Qt.GlobalColor.white), text
        veil = QColor(text)
        veil.setAlpha(46 if self._hot else 0)
        return veil, text, text if self._weight is Weight.PLAIN else QColor(Qt.GlobalColor.transparent)

    @property
    def _hot(self) -> bool:
        return self.isDown() or self.underMouse()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink, border = self._colours()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        radius = 8.0 if self._height < 72 else 12.0
        painter.setPen(QPen(border, 2 if self._tone else 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, radius, radius)
        if self.hasFocus():
            self._paint_focus(painter, box, radius, ink if self._tone or self._weight is Weight.PRIMARY else None)
        self._paint_content(painter, box, ink, fill)

    def _paint_focus(self, painter: QPainter, box: QRectF, radius: float, ink: QColor | None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink or theme.color("focus"), 3))
        painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), radius - 2, radius - 2)

    def _paint_content(self, painter: QPainter, box: QRectF, ink: QColor, fill: QColor) -> None:
        font = theme.half_bold(self._pixels)
        words = theme.half_bold_width(self.text(), self._pixels)
        sign = self._sign + (10 if self.text() else 0) if self._shown_shape is not None else 0.0
        key = self._key_width() + 12 if self._shown_key else 0.0
        room = box.width() - 2 * min(self._margin, _TIGHT) - sign - key
        if words > room + 1:
            room, key = room + key, 0.0
        shown = self.text() if words <= room + 1 else _elided(self.text(), font, room)
        middle = box.center().x() - (sign + min(words, max(room, 0)) + key) / 2
        x = min(middle, box.left() + self._margin) if self._listed else middle
        if self._shown_shape is not None:
            place = QRectF(x, box.center().y() - self._sign / 2, self._sign, self._sign)
            shapes.draw(painter, self._shown_shape, place, ink, fill if fill.alpha() == 255 else None)
            x += sign
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(QRectF(x, box.top(), min(words, room) + 2, box.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        if key:
            self._paint_key(painter, x + min(words, room) + 12, box.center().y(), ink)

    def _paint_key(self, painter: QPainter, x: float, middle: float, ink: QColor) -> None:
        cap = QRectF(x, middle - 11, self._key_width(), 22)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, 1.2))
        painter.drawRoundedRect(cap, 5, 5)
        painter.setFont(theme.half_bold(12))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
