"""What a search has found: rows with the matching part marked and namesakes told apart.

The rows lie over the window as a child of it and not as a window of their own: a window of its own would
take the keyboard, and with it the gun. Made at the first search, because Qt's lists are slow to load.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from boxoffice.services.lookup import Hit
from ui import shapes, theme
from ui.language import breakable, tr
from ui.shapes import Shape

from .badge import state
from .buttons import Button

_HIT = Qt.ItemDataRole.UserRole
_ROW = 62

Piece = tuple[str, Sequence[tuple[int, int]]]
"""A text and the spans of it that match."""

_Index = QModelIndex | QPersistentModelIndex


class Hits(QAbstractListModel):
    """The rows of a search."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Take other rows."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self.endResetModel()

    def hit(self, row: int) -> Hit | None:
        """The hit of a row."""
        return self._hits[row] if 0 <= row < len(self._hits) else None

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        hit = self.hit(index.row())
        if hit is None:
            return None
        if role == _HIT:
            return hit
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(
                part
                for part in (hit.name, hit.company, hit.item, hit.ticket, state(hit.status, canceled=hit.canceled)[2])
                if part
            )
        return None


class HitRow(QStyledItemDelegate):
    """Paints one row: the name with its marks, below it what tells namesakes apart, the order's state."""

    def __init__(self, parent: QObject | None = None, *, contact: bool) -> None:
        super().__init__(parent)
        self._contact = contact

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        hit = index.data(_HIT)
        if not isinstance(hit, Hit):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = theme.color("on_selection" if selected else "ink")
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(box.adjusted(4, 2, -4, -2), 8, 8)
        room = box.adjusted(18, 8, -18, -8)
        room.setRight(self._paint_state(painter, room, hit, ink if selected else None) - 12)
        name = [(hit.name or "—", hit.marks.get("name", ()))]
        paint_marked(painter, QRectF(room.left(), room.top(), room.width(), 25), name, ink, heavy=True)
        below = QRectF(room.left(), room.top() + 26, room.width(), 20)
        paint_marked(painter, below, self._below(hit), ink if selected else theme.color("muted"))
        painter.restore()

    def _below(self, hit: Hit) -> list[Piece]:
        """What tells namesakes apart; how somebody can be reached only where the role may see it."""
        pieces: list[Piece] = [
            (hit.company, hit.marks.get("company", ())),
            (hit.item, ()),
            (hit.ticket, hit.marks.get("order", ())),
        ]
        if self._contact:
            pieces += [(hit.email, hit.marks.get("email", ()))]
        if self._contact and "phone" in hit.marks:
            pieces += [(hit.phone, hit.marks["phone"])]
        return [piece for piece in pieces if piece[0]]

    def _paint_state(self, painter: QPainter, room: QRectF, hit: Hit, ink: QColor | None) -> float:
        """Paint sign and word at the right end; where they begin."""
        shape, colour, word = state(hit.status, canceled=hit.canceled)
        font = theme.half_bold(14)
        wide = QFontMetricsF(font).horizontalAdvance(word)
        left = room.right() - wide - 24
        shapes.draw(painter, shape, QRectF(left, room.center().y() - 8, 16, 16), ink or theme.color(colour))
        painter.setFont(font)
        painter.setPen(ink or theme.color(colour))
        painter.drawText(QRectF(left + 24, room.top(), wide + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, word)
        return left


def paint_marked(painter: QPainter, room: QRectF, pieces: Sequence[Piece], ink: QColor, *, heavy: bool = False) -> None:
    """Paint pieces of text in a line; their marked parts lie on a colour and are heavier."""
    pixels = 18 if heavy else 14
    x = room.left()
    for index, (text, marks) in enumerate(pieces):
        between = [(" · ", False)] if index else []
        for part, marked in between + _parts(text, marks):
            font = theme.font(pixels, QFont.Weight.Bold if marked else _weight(heavy=heavy))
            metrics = QFontMetricsF(font)
            if room.right() - x < 12:
                return
            shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, room.right() - x)
            wide = metrics.horizontalAdvance(shown)
            if marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("mark"))
                painter.drawRoundedRect(QRectF(x - 1, room.top() + 1, wide + 2, room.height() - 2), 3, 3)
            painter.setFont(font)
            painter.setPen(theme.color("on_mark") if marked else ink)
            painter.drawText(QRectF(x, room.top(), wide + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, shown)
            x += wide


def _weight(*, heavy: bool) -> QFont.Weight:
    return QFont.Weight.DemiBold if heavy else QFont.Weight.Normal


def _parts(text: str, marks: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces = []
    at = 0
    for start, end in sorted(marks):
        if start < at or start >= end:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return [(piece, marked) for piece, marked in pieces if piece]


class Results(QFrame):
    """The rows below the field, or that there are none and what could be done then."""

    picked = Signal(object)
    new_wanted = Signal(str)
    """Nobody was found by this name, and a ticket is to be sold to it."""

    def __init__(self, field: QLineEdit, *, contact: bool, floating: bool = True, sells: bool = False) -> None:
        super().__init__(field)
        self.setObjectName("results")
        self.setProperty("role", "card")
        self._field = field
        self._floating = floating
        self.model = Hits(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(HitRow(self.list, contact=contact))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(tr("Found"))
        self.list.clicked.connect(lambda index: self._emit(index.row()))
        self.list.entered.connect(self.list.setCurrentIndex)
        self._nobody = QLabel()
        self._nobody.setFont(theme.half_bold(18))
        self._nobody.setWordWrap(True)
        self.new = Button("", shape=Shape.PERSON)
        self.new.setEnabled(sells)
        self.new.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.new.clicked.connect(self._ask_for_new)
        self._sought = ""
        self._why_not = QLabel(tr("Selling is not set up at this station. Send the person to a till."))
        self._why_not.setProperty("role", "muted")
        self._why_not.setWordWrap(True)
        if sells:
            self._why_not.hide()
        self._nothing = QWidget()
        nothing = QVBoxLayout(self._nothing)
        nothing.setContentsMargins(16, 12, 16, 12)
        nothing.setSpacing(10)
        for widget in (self._nobody, self.new, self._why_not):
            nothing.addWidget(widget)
        nothing.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(4, 6, 4, 6)
        rows.addWidget(self.list)
        rows.addWidget(self._nothing)
        self.put_away()

    def put_away(self) -> None:
        """Nobody searches."""
        if self._floating:
            self.hide()
            return
        self.model.show(())
        self._nothing.hide()

    def leave(self) -> None:
        """The field has lost the keyboard: rows that lie over something else go."""
        if self._floating:
            self.hide()

    def show_for(self, text: str, hits: Sequence[Hit]) -> None:
        """Show these hits for what was typed."""
        window = self._field.window()
        if self._floating and self.parent() is not window:
            self.setParent(window)
            window.installEventFilter(self)
        self.model.show(hits)
        self.list.setVisible(bool(hits))
        self._nothing.setVisible(not hits)
        if hits:
            self.list.setCurrentIndex(self.model.index(0))
        self._sought = text
        self._nobody.setText(tr("Nobody found for “{text}”", text=breakable(text)))
        self.new.setText(tr("New ticket for “{text}”", text=text))
        if self._floating:
            self._place()
            self.show()
            self.raise_()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _place(self) -> None:
        window = self._field.window()
        corner = self._field.mapTo(window, QPoint(0, self._field.height() + 6))
        wide = min(max(self._field.width(), 620), window.width() - 16)
        left = max(8, min(corner.x(), window.width() - wide - 8))
        rows = self.model.rowCount()
        tall = rows * _ROW + 16 if rows else self._nothing.sizeHint().height() + 16
        self.setGeometry(left, corner.y(), wide, min(tall, max(window.height() - corner.y() - 12, _ROW + 16)))

    def move_by(self, step: int) -> None:
        """Go down or up the rows."""
        rows = self.model.rowCount()
        if rows and self.isVisible():
            row = min(max(self.list.currentIndex().row() + step, 0), rows - 1)
            self.list.setCurrentIndex(self.model.index(row))

    def pick(self) -> None:
        """Choose the row that is marked; where nobody was found, the one thing that is offered then."""
        if self.isVisible() and self.model.rowCount():
            self._emit(self.list.currentIndex().row())
        elif self._nothing.isVisible() and self.new.isEnabled():
            self._ask_for_new()

    def _ask_for_new(self) -> None:
        self.new_wanted.emit(self._sought)

    def _emit(self, row: int) -> None:
        hit = self.model.hit(row)
        if hit is not None:
            self.picked.emit(hit)
