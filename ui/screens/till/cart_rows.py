"""The lines of a cart, each with its words, a minus and a plus, and what it comes to; the same in both places."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from boxoffice.domain.cart import CartLine
from boxoffice.domain.documents import BillLine
from boxoffice.domain.gift_cards import ON_A_BILL
from boxoffice.domain.gift_cards import shown as cut
from boxoffice.domain.pricing import bill_lines
from ui import theme
from ui.clerks.clerk import Clerk
from ui.language import apart, language, number, tr
from ui.money import bare
from ui.widgets.buttons import Button, Weight

from .line_sheet import LineSheet


class CartRows(QVBoxLayout):
    """Rows in the order of the cart. A press on the words opens the sheet of the line."""

    def __init__(self, clerk: Clerk, *, large: bool = False) -> None:
        super().__init__()
        self._clerk = clerk
        self._pixels = 18 if large else theme.TEXT
        self._steps: dict[tuple[str, int], Button] = {}
        self._brief = False
        self.setContentsMargins(10, 8, 16, 8)
        self.setSpacing(6)
        self.addStretch(1)

    def show_lines(self) -> None:
        """What the clerk has now. A plus or a minus that had the keys keeps them."""
        had_keys = next((place for place, button in self._steps.items() if button.hasFocus()), None)
        self.clear()
        clerk = self._clerk
        reckoned = clerk.bill
        for line in clerk.cart.lines:
            alone = type(clerk.cart)(id="", event=clerk.cart.event, lines=(line,))
            shown, *less = bill_lines(alone, reckoned, clerk.catalog, language()) or (None,)
            if shown is None:
                continue
            self.put(self._row(line, shown))
            for discount in less:
                self.put(self._discount(discount))
        for code in dict.fromkeys(line.voucher for line in clerk.cart.lines if line.voucher):
            self.put(self._removable(tr("Voucher {code}", code=code), None, partial(clerk.drop_voucher, code)))
        for load in clerk.cart.loads:
            words = f"{tr(ON_A_BILL[load.why])} · {cut(load.code)}"
            self.put(self._removable(words, load.amount, partial(clerk.unload, load.id)))
        if had_keys in self._steps:
            self._steps[had_keys].setFocus()

    def _removable(self, words: str, amount: int | None, remove: Callable[[], object]) -> QWidget:
        """Something that is no line of items, and can be taken out again."""
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        name = QLabel(words)
        name.setWordWrap(True)
        name.setFont(theme.font(self._pixels))
        less = Button("−", weight=Weight.QUIET)
        less.setAccessibleName(tr("Take out {what}", what=words))
        less.setFixedWidth(theme.TOUCH)
        less.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        less.clicked.connect(lambda: remove())
        row.addWidget(name, 1)
        row.addWidget(less)
        if amount is not None:
            row.addWidget(self._amount(BillLine(text=words, amount=amount)))
        return held

    def be_brief(self, *, brief: bool) -> None:
        """Leave out minus and plus where there is no room: the sheet of a line has them."""
        self._brief = brief

    def put(self, widget: QWidget) -> None:
        """One more row."""
        self.insertWidget(self.count() - 1, widget)

    def say(self, text: str, role: str) -> None:
        """A sentence among the rows."""
        label = QLabel(text)
        label.setWordWrap(True)
        label.setProperty("role", role)
        self.put(label)

    def clear(self) -> None:
        """Take all rows away, and the keys from whichever had them: else the next best thing would get them."""
        self._steps = {}
        while self.count() > 1:
            item = self.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                if (focused := widget.focusWidget()) is not None:
                    focused.clearFocus()
                widget.hide()
                widget.deleteLater()

    def _row(self, line: CartLine, shown: BillLine) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(14 if shown.part else 0, 0, 0, 0)
        row.setSpacing(4)
        words = _Words(shown.text, apart(*shown.notes), self._pixels, set_by_hand=line.override is not None)
        words.clicked.connect(lambda: self._open(line, shown, words))
        many = QLabel(number(shown.quantity))
        many.setFont(theme.half_bold(self._pixels))
        many.setAlignment(Qt.AlignmentFlag.AlignCenter)
        many.setMinimumWidth(28)
        row.addWidget(words, 1)
        for widget in (many,) if self._brief else (self._step(line, shown, -1), many, self._step(line, shown, 1)):
            row.addWidget(widget)
        row.addWidget(self._amount(shown))
        return held

    def _step(self, line: CartLine, shown: BillLine, step: int) -> Button:
        """A minus or a plus."""
        button = self._steps[line.id, step] = Button("+" if step > 0 else "−", weight=Weight.QUIET)
        words = tr("One more of {what}", what=shown.text) if step > 0 else tr("One less of {what}", what=shown.text)
        button.setAccessibleName(words)
        button.setFixedWidth(theme.TOUCH)
        button.setEnabled(not line.bundled)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self._clerk.set_quantity(line.id, shown.quantity + step))
        return button

    def _discount(self, shown: BillLine) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(14, 0, 0, 0)
        name = QLabel(shown.text)
        name.setProperty("role", "muted")
        name.setWordWrap(True)
        row.addWidget(name, 1)
        row.addWidget(self._amount(shown))
        return held

    def _amount(self, shown: BillLine) -> QLabel:
        amount = QLabel(bare(shown.amount, self._clerk.currency))
        amount.setFont(theme.font(self._pixels, QFont.Weight.DemiBold))
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        amount.setMinimumWidth(64)
        return amount

    def _open(self, line: CartLine, shown: BillLine, words: QWidget) -> None:
        if not self._clerk.busy:
            LineSheet(self._clerk, line, shown.text, shown.each, words.window()).open()


class _Words(QPushButton):
    """What a line is, over two lines at most, and what is noted about it below."""

    def __init__(self, text: str, notes: str, pixels: float, *, set_by_hand: bool) -> None:
        super().__init__(text)
        self._notes = notes
        self._pixels = pixels
        self._set_by_hand = set_by_hand
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Change {what}", what=", ".join(part for part in (text, notes) if part)))
        self.setToolTip("\n".join(part for part in (text, notes) if part))

    def sizeHint(self) -> QSize:
        high = QFontMetricsF(theme.font(self._pixels)).lineSpacing() + 14
        if self._notes or self._set_by_hand:
            high += QFontMetricsF(theme.font(13)).lineSpacing()
        return QSize(120, max(round(high), theme.TOUCH))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(theme.color("focus"), 2.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised") if self.underMouse() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 8, 8)
        room = box.adjusted(6, 5, -6, -5)
        below = apart(self._notes, tr("Price set by hand") if self._set_by_hand else "")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        upper = left | (Qt.AlignmentFlag.AlignTop if below else Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(theme.color("ink"))
        painter.setFont(theme.font(self._pixels))
        painter.drawText(room, upper, _elided(painter, self.text(), room.width()))
        if below:
            painter.setPen(theme.color("warn" if self._set_by_hand else "muted"))
            painter.setFont(theme.font(13))
            painter.drawText(room, left | Qt.AlignmentFlag.AlignBottom, _elided(painter, below, room.width()))


def _elided(painter: QPainter, text: str, width: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, width)
