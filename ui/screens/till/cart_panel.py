"""The cart as the cashier sees it: lines with a plus and a minus, what stands against it, the total."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.documents import BillLine
from boxoffice.domain.pricing import bill_lines
from ui import theme
from ui.clerk import Clerk
from ui.language import language, number, tell, tr
from ui.money import bare, money
from ui.widgets.buttons import Button, Weight


class CartPanel(QFrame):
    """Lines above, the total and the keys below."""

    pay_pressed = Signal()
    recall_pressed = Signal()

    def __init__(self, clerk: Clerk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._clerk = clerk
        self._column = QWidget()
        self._column.setProperty("role", "page")
        self._lines = QVBoxLayout(self._column)
        self._lines.setContentsMargins(14, 10, 8, 10)
        self._lines.setSpacing(6)
        self._lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Cart"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._column)
        self.total = QLabel()
        self.total.setFont(theme.bold(34))
        self.total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.tax = QLabel()
        self.tax.setProperty("role", "small")
        self.tax.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.hold = Button(tr("Hold"), key="F4")
        self.recall = Button(tr("Recall"), key="F5")
        self.drop = Button(tr("Empty"), key="F8", weight=Weight.QUIET)
        self.pay = Button(tr("Pay"), key="F9", weight=Weight.PRIMARY, height=64)
        for button in (self.hold, self.recall, self.drop, self.pay):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hold.clicked.connect(clerk.hold)
        self.recall.clicked.connect(self.recall_pressed)
        self.drop.clicked.connect(clerk.empty)
        self.pay.clicked.connect(self.pay_pressed)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        for button in (self.hold, self.recall, self.drop):
            keys.addWidget(button, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self.total)
        foot.addWidget(self.tax)
        foot.addLayout(keys)
        foot.addWidget(self.pay)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.addWidget(scroll, 1)
        rows.addLayout(foot)

    def show_cart(self) -> None:
        """What the clerk has now."""
        self._clear()
        clerk = self._clerk
        currency = clerk.currency
        reckoned = clerk.bill
        self.total.setText(money(reckoned.total, currency))
        taxes = [
            f"{group.name} {group.rate / 100:g} %: {bare(group.tax, currency)}" for group in reckoned.taxes if group.tax
        ]
        self.tax.setText("   ".join(taxes))
        self.tax.setVisible(bool(taxes))
        if clerk.cart.empty:
            self._say(tr("Type a number or a name, and Enter."), "muted")
        for line in clerk.cart.lines:
            alone = type(clerk.cart)(id="", event=clerk.cart.event, lines=(line,))
            (shown, *_) = bill_lines(alone, reckoned, clerk.catalog, language()) or (None,)
            if shown is not None:
                self._lines.insertWidget(self._lines.count() - 1, self._row(line.id, shown, bundled=line.bundled))
        against = clerk.objections
        for one in against:
            self._say(tell(one.words), "warn")
            if one.may_be_allowed:
                allow = Button(tr("Sell it all the same"))
                allow.clicked.connect(lambda _=False, kind=one.kind: clerk.allow(kind))
                self._lines.insertWidget(self._lines.count() - 1, allow)
        full = not clerk.cart.empty
        self.hold.setEnabled(full and not clerk.busy)
        self.drop.setEnabled(full and not clerk.busy)
        self.pay.setEnabled(full and not against and not clerk.busy)

    def _clear(self) -> None:
        while self._lines.count() > 1:
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _say(self, text: str, role: str) -> None:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setProperty("role", role)
        self._lines.insertWidget(self._lines.count() - 1, label)

    def _row(self, line: str, shown: BillLine, *, bundled: bool) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(18 if shown.part else 0, 0, 0, 0)
        row.setSpacing(6)
        words = QLabel(" · ".join((shown.text, *shown.notes)))
        words.setWordWrap(True)
        words.setFont(theme.font(theme.TEXT))
        amount = QLabel(bare(shown.amount, self._clerk.currency))
        amount.setFont(theme.font(theme.TEXT, QFont.Weight.DemiBold))
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        amount.setMinimumWidth(84)
        many = QLabel(number(shown.quantity))
        many.setFont(theme.half_bold(theme.TEXT))
        many.setAlignment(Qt.AlignmentFlag.AlignCenter)
        many.setMinimumWidth(28)
        less, more = Button("−", weight=Weight.QUIET), Button("+", weight=Weight.QUIET)
        less.setAccessibleName(tr("One less of {what}", what=shown.text))
        more.setAccessibleName(tr("One more of {what}", what=shown.text))
        for button, step in ((less, -1), (more, 1)):
            button.setFixedWidth(theme.TOUCH)
            button.setEnabled(not bundled)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, new=shown.quantity + step: self._clerk.set_quantity(line, new))
        row.addWidget(words, 1)
        for widget in (less, many, more, amount):
            row.addWidget(widget)
        return held
