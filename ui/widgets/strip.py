"""The strip at the top of every screen: the places, and whether everything is well."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui import shapes, theme
from ui.language import number, tr
from ui.shapes import Shape

_HEIGHT = 48
_TEXT = 14.5


class Where(StrEnum):
    """The places of the app."""

    DOOR = "door"
    DESK = "desk"
    TILL = "till"
    OUTBOX = "outbox"
    CONFLICTS = "conflicts"
    BADGES = "badges"
    PRINTING = "printing"
    SETTINGS = "settings"


_SIGNS = {
    Where.DOOR: Shape.DOOR,
    Where.DESK: Shape.PERSON,
    Where.TILL: Shape.COINS,
    Where.OUTBOX: Shape.BOX,
    Where.CONFLICTS: Shape.SPLIT,
    Where.BADGES: Shape.BADGE,
    Where.PRINTING: Shape.PRINTER,
    Where.SETTINGS: Shape.GEAR,
}

_NAMES = {
    Where.DOOR: "Door",
    Where.DESK: "Desk",
    Where.TILL: "Till",
    Where.OUTBOX: "Outbox",
    Where.CONFLICTS: "Conflicts",
    Where.BADGES: "Badges",
    Where.PRINTING: "Printing",
    Where.SETTINGS: "Settings",
}


class _Piece(QPushButton):
    """A part of the strip: a sign, words where there is room, perhaps a number."""

    def __init__(self, shape: Shape, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape = shape
        self._words = text
        self._number = 0
        self._colour = "ink"
        self._brief = False
        self._widths: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tell()

    @property
    def words(self) -> str:
        """What it says, also where only its sign is shown."""
        return f"{self._words} {number(self._number)}" if self._number else self._words

    def say(self, text: str, colour: str = "ink", shape: Shape | None = None) -> None:
        """Say something else."""
        if (text, colour, shape or self._shape) == (self._words, self._colour, self._shape):
            return
        self._words, self._colour, self._shape = text, colour, shape or self._shape
        self._widths = None
        self._tell()

    def count(self, count: int) -> None:
        """Show a number, or none for zero."""
        if count != self._number:
            self._number = count
            self._widths = None
            self._tell()

    def be_brief(self, brief: bool) -> None:
        """Show the sign alone."""
        if brief != self._brief:
            self._brief = brief
            self._tell()

    def _tell(self) -> None:
        self.setAccessibleName(self.words)
        self.setToolTip(self.words if self._brief else "")
        self.updateGeometry()
        self.update()

    def _badge(self) -> float:
        return QFontMetricsF(theme.bold(12)).horizontalAdvance(number(self._number)) + 14 if self._number else 0.0

    def width_as(self, brief: bool) -> int:
        """How wide it is with its words, or as a sign alone."""
        if self._widths is None:
            words = QFontMetricsF(theme.half_bold(_TEXT)).horizontalAdvance(self._words) + 8
            sign = 18 + 24 + (self._badge() + 6 if self._number else 0.0)
            self._widths = max(round(sign + words), theme.TOUCH), max(round(sign), theme.TOUCH)
        return self._widths[brief]

    def sizeHint(self) -> QSize:
        return QSize(self.width_as(self._brief), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.color(self._colour)
        box = QRectF(self.rect()).adjusted(1, 4, -1, -4)
        if self.isChecked() or self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(box, 8, 8)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent"))
            painter.drawRoundedRect(QRectF(12, self.height() - 4, self.width() - 24, 3), 1.5, 1.5)
        x = 12.0
        shapes.draw(painter, self._shape, QRectF(x, self.height() / 2 - 9, 18, 18), ink, theme.color("window"))
        x += 26
        if not self._brief:
            painter.setFont(theme.half_bold(_TEXT))
            painter.setPen(ink)
            wide = QFontMetricsF(painter.font()).horizontalAdvance(self._words)
            painter.drawText(QRectF(x, 0, wide + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, self._words)
            x += wide + 6
        if self._number:
            self._paint_badge(painter, x)

    def _paint_badge(self, painter: QPainter, x: float) -> None:
        colour = theme.color("warn" if self._colour == "ink" else self._colour)
        badge = QRectF(x, self.height() / 2 - 10, self._badge(), 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(badge, 10, 10)
        painter.setFont(theme.bold(12))
        painter.setPen(QColor("#FFFFFF") if colour.lightness() < 140 else QColor("#000000"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, number(self._number))


class Strip(QWidget):
    """Places at the left, the state of things at the right."""

    went = Signal(object)
    """The `Where` that was pressed."""
    mute_pressed = Signal()
    look_pressed = Signal()
    person_pressed = Signal()
    """Whoever is signed in wants to go, or another one to come."""
    printer_pressed = Signal(str, object)
    """The name of a printer, and the chip that was pressed."""

    def __init__(self, places: tuple[Where, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        self._group = QButtonGroup(self)
        self.places: dict[Where, _Piece] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        for where in places:
            piece = _Piece(_SIGNS[where], tr(_NAMES[where]))
            piece.setCheckable(True)
            piece.setObjectName(f"place_{where.value}")
            piece.clicked.connect(lambda _=False, at=where: self.went.emit(at))
            self._group.addButton(piece)
            self.places[where] = piece
            row.addWidget(piece)
        row.addStretch(1)
        self.key = _Piece(Shape.KEY, tr("Key in folder"))
        self.skew = _Piece(Shape.CLOCK, "")
        self.refused = _Piece(Shape.CLOSE, "")
        self.person = _Piece(Shape.KEY, "")
        self.person.setObjectName("person")
        self.person.clicked.connect(self.person_pressed)
        self.line = _Piece(Shape.CLOUD, tr("Connecting"))
        self.sound = _Piece(Shape.SOUND, tr("Sound"))
        self.look = _Piece(Shape.MOON, tr("Look"))
        self.refused.clicked.connect(lambda: self.went.emit(Where.OUTBOX))
        self.line.clicked.connect(lambda: self.went.emit(Where.OUTBOX))
        self.sound.clicked.connect(self.mute_pressed)
        self.look.clicked.connect(self.look_pressed)
        self.printers: dict[str, _Piece] = {}
        self._printers = QHBoxLayout()
        self._printers.setSpacing(2)
        row.addLayout(self._printers)
        for piece in (self.key, self.skew, self.refused, self.line, self.person, self.sound, self.look):
            row.addWidget(piece)
        for piece in (self.key, self.skew, self.refused, self.person):
            piece.hide()
        self.look.be_brief(brief=True)
        self.look.setToolTip(tr("Light, dark, or door mode"))
        self.show_sound(muted=False, able=True)

    def stand_at(self, where: Where) -> None:
        """Mark the place one is at."""
        self.places[where].setChecked(True)

    def show_places(self, *, able: bool) -> None:
        """Whether one can go anywhere: not while a PIN is asked for."""
        for piece in (*self.places.values(), self.refused, self.line):
            piece.setEnabled(able)

    def show_line(self, text: str, colour: str, shape: Shape) -> None:
        """Say how the line to the server is."""
        self.line.say(text, colour, shape)
        self._fit()

    def show_refused(self, parked: int) -> None:
        """Say how many acts the server refused."""
        self.refused.say(tr("{n} refused", n=number(parked)), "bad")
        self.refused.setVisible(parked > 0)
        self._fit()

    def show_printers(self, chips: Sequence[tuple[str, str, str, int]]) -> None:
        """Say how printers are: name, words, colour, and how much waits. Those that are well are a name alone."""
        for name in [name for name in self.printers if name not in {chip[0] for chip in chips}]:
            piece = self.printers.pop(name)
            piece.hide()
            piece.deleteLater()
        for name, words, colour, waiting in chips:
            if name not in self.printers:
                piece = self.printers[name] = _Piece(Shape.PRINTER, name)
                piece.setObjectName("printer_chip")
                piece.clicked.connect(lambda _=False, one=name: self.printer_pressed.emit(one, self.printers[one]))
                self._printers.addWidget(piece)
            self.printers[name].say(f"{name}: {words}" if words else name, colour)
            self.printers[name].count(waiting)
        self._fit()

    def show_person(self, name: str) -> None:
        """Say who is signed in; empty for nobody."""
        self.person.say(name)
        self.person.setToolTip(tr("Lock, or hand over (Ctrl+L)") if name else "")
        self.person.setVisible(bool(name))
        self._fit()

    def show_skew(self, text: str) -> None:
        """Say that the clock is wrong; empty if it is not."""
        self.skew.say(text, "bad")
        self.skew.setVisible(bool(text))
        self._fit()

    def show_key_in_folder(self, there: bool) -> None:
        """Say that the store's key lies beside it."""
        self.key.say(tr("Key in folder"), "warn")
        self.key.setVisible(there)
        self._fit()

    def show_sound(self, *, muted: bool, able: bool) -> None:
        """Say whether answers can be heard."""
        if not able:
            self.sound.say(tr("No sound"), "warn", Shape.MUTED)
        elif muted:
            self.sound.say(tr("Muted"), "warn", Shape.MUTED)
        else:
            self.sound.say(tr("Sound"), "muted", Shape.SOUND)
        self.sound.be_brief(able and not muted)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where the window is narrow, the least important words go first; signs and numbers stay."""
        if not self.isVisible():
            return
        chips = self.printers.values()
        places = sorted(self.places.values(), key=lambda place: place.isChecked())
        going = (self.key, *places, *chips, self.skew, self.refused, self.person, self.line)
        over = sum(piece.width_as(brief=False) + 2 for piece in going if not piece.isHidden())
        over += self.sound.sizeHint().width() + self.look.sizeHint().width() + 28 - self.width()
        for piece in going:
            piece.be_brief(brief=over > 0)
            if over > 0 and not piece.isHidden():
                over -= piece.width_as(brief=False) - piece.width_as(brief=True)
