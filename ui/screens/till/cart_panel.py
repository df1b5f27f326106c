"""The cart as the cashier sees it beside the tiles: its lines, what stands against it, the total and the keys."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.cart import Objection
from boxoffice.domain.permissions import Act
from boxoffice.domain.pricing import Bill
from boxoffice.services import naming
from ui import asking, theme
from ui.clerks.clerk import Clerk
from ui.language import language, tell, tr
from ui.money import bare, money
from ui.widgets.buttons import Button, Weight

from .cart_rows import CartRows

_SMALL = 420
"""Below this height the total is no larger than a line."""


class CartPanel(QFrame):
    """Lines above, the total and the keys below."""

    pay_pressed = Signal()
    recall_pressed = Signal()

    def __init__(self, clerk: Clerk, parent: QWidget | None = None, *, large: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._clerk = clerk
        self._column = QWidget()
        self._column.setProperty("role", "page")
        self._lines = CartRows(clerk, large=large)
        self._column.setLayout(self._lines)
        scroll = QScrollArea()
        scroll.setAccessibleName(tr("Cart"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._column)
        self._bar = scroll.verticalScrollBar()
        self._bar.rangeChanged.connect(self._on_room)
        self._told: tuple[set[str], set[str]] = (set(), set())
        """Which lines stood there, and what stood against them, when rows were made last."""
        self._place: int | None = None
        """Where the lines are scrolled to; None is their end."""
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
        self.hold.clicked.connect(lambda: clerk.hold())
        self.recall.clicked.connect(self.recall_pressed)
        self.drop.clicked.connect(clerk.empty)
        self.pay.clicked.connect(self.pay_pressed)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        for button in (self.hold, self.recall, self.drop):
            keys.addWidget(button, 1)
        self._small = False
        self._seen: object = None
        self._foot = foot = QVBoxLayout()
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave more room for the lines where the window is small."""
        super().resizeEvent(event)
        small = self.height() < _SMALL
        if small == self._small:
            return
        self._small = small
        self._lines.be_brief(brief=small)
        self.total.setFont(theme.bold(20 if small else 34))
        self.tax.setVisible(bool(self.tax.text()) and not small)
        self.pay.set_height(theme.TOUCH if small else 64)
        for button in (self.hold, self.recall, self.drop):
            button.be_brief(brief=small)
        self._foot.setContentsMargins(*((8, 2, 8, 8) if small else (16, 8, 16, 16)))
        self._foot.setSpacing(4 if small else 8)
        self.show_cart()

    def show_cart(self) -> None:
        """What the clerk has now. Lines that are what they were stay: somebody may have a finger on one."""
        clerk = self._clerk
        reckoned, against = clerk.bill, clerk.objections
        self._show_sums(reckoned)
        seen = (clerk.cart, reckoned, against, clerk.catalog, self._small, language())
        if seen != self._seen:
            self._seen = seen
            self._show_rows(against)
        full = not clerk.cart.empty
        self.hold.setEnabled(full and not clerk.busy)
        self.drop.setEnabled(full and not clerk.busy)
        self.pay.setEnabled(full and not against and not clerk.busy)

    def _show_sums(self, reckoned: Bill) -> None:
        clerk = self._clerk
        currency = clerk.currency
        self.total.setText(money(reckoned.total, currency))
        names = naming.of_taxes(clerk.catalog, language()) if reckoned.taxes else {}
        taxes = [
            f"{names.get(group.name, group.name)} {group.rate / 100:g} %: {bare(group.tax, currency)}"
            for group in reckoned.taxes
            if group.tax
        ]
        self.tax.setText("   ".join(taxes))
        self.tax.setVisible(bool(taxes) and not self._small)

    def _show_rows(self, against: tuple[Objection, ...]) -> None:
        if self._bar.maximum():
            self._place = self._bar.value() if self._bar.value() < self._bar.maximum() else None
        self._lines.show_lines()
        if self._clerk.cart.empty:
            self._lines.say(tr("Type a number or a name, and Enter."), "muted")
        for kind in dict.fromkeys(one.kind for one in against):
            self._show_objections([one for one in against if one.kind == kind])
        self._look_below({one.id for one in self._clerk.cart.lines}, {tell(one.words) for one in against})
        self._keep_order()

    def _look_below(self, lines: set[str], against: set[str]) -> None:
        """A new line, and what keeps the cart from being paid, come into view: they are the last ones."""
        there, said = self._told
        self._told = lines, against
        if lines - there or against - said:
            self._place = None
        QTimer.singleShot(0, self, self._on_room)

    def _on_room(self) -> None:
        """Rows were made anew, and were not there for a moment."""
        self._bar.setValue(self._bar.maximum() if self._place is None else self._place)

    def _keep_order(self) -> None:
        """The Tab key goes through the lines, however often they are made anew, before it comes to the keys below."""
        inside = [one for one in self._column.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        shown = [one for one in inside if not one.isHidden()]
        for one, following in pairwise((*shown[-1:], self.hold, self.recall, self.drop, self.pay)):
            QWidget.setTabOrder(one, following)

    def _show_objections(self, alike: list[Objection]) -> None:
        """All of one kind, which somebody waves through together."""
        for words in dict.fromkeys(tell(one.words) for one in alike):
            self._lines.say(words, "warn")
        if all(one.may_be_allowed for one in alike):
            allow = Button(tr("Sell it all the same"))
            allow.clicked.connect(lambda: self._allow(alike[0]))
            self._lines.put(allow)

    def _allow(self, one: Objection) -> None:
        clerk = self._clerk
        asking.ask(Act.OVERRULE, tell(one.words), lambda _, permits: clerk.allow(one.kind, permits), self.window())
