"""A state as a word and a sign, on a quiet ground: of an order, of a print."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.domain.orders import Status, Ticket
from ui import shapes, theme
from ui.language import tr
from ui.shapes import Shape

STATES = {
    Status.PAID: (Shape.CLEAR, "good", "Paid"),
    Status.PENDING: (Shape.CLOCK, "warn", "Not paid"),
    Status.EXPIRED: (Shape.CLOSE, "bad", "Expired"),
    Status.CANCELED: (Shape.CLOSE, "bad", "Cancelled"),
}


def state(status: Status, *, canceled: bool) -> tuple[Shape, str, str]:
    """Sign, colour and word for the state of an order, or of a ticket that was cancelled in it."""
    shape, colour, word = STATES[Status.CANCELED if canceled else status]
    return shape, colour, tr(word)


class Badge(QWidget):
    """A sign and a word in one colour."""

    def __init__(self, shape: Shape, colour: str, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape, self._colour, self._word = shape, colour, word
        self.setAccessibleName(word)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def say(self, shape: Shape, colour: str, word: str) -> None:
        """Show another state."""
        if (shape, colour, word) == (self._shape, self._colour, self._word):
            return
        self._shape, self._colour, self._word = shape, colour, word
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(theme.half_bold(15)).horizontalAdvance(self._word)) + 52, 34)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = theme.color(self._colour)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 16, 16)
        shapes.draw(painter, self._shape, QRectF(14, self.height() / 2 - 8, 16, 16), colour)
        painter.setPen(colour)
        painter.setFont(theme.half_bold(15))
        painter.drawText(QRectF(38, 0, self.width() - 40, self.height()), Qt.AlignmentFlag.AlignVCenter, self._word)


class StateBadge(Badge):
    """The state of a ticket's order."""

    def __init__(self, ticket: Ticket, parent: QWidget | None = None) -> None:
        super().__init__(*state(ticket.order.status, canceled=ticket.position.canceled), parent)
