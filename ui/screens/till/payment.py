"""Paying: what is open, what was handed over, and at the end the change, larger than anything else.

The digits always mean the amount. Enter without any is the whole sum in cash; the keys of the other tenders take
what was typed, or all that is open.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.tenders import Means
from boxoffice.services.card import BY_HAND
from boxoffice.services.sell import Sale
from ui import theme
from ui.clerk import Clerk, quick
from ui.language import tr
from ui.money import bare, money, typed
from ui.widgets.buttons import Button, Weight

_BESIDE = (
    (Means.CARD, "Card", "F6"),
    (Means.WALLET, "QR wallet", "F7"),
    (Means.TRANSFER, "Bank transfer", ""),
    (Means.CHEQUE, "Cheque", ""),
    (Means.INVOICE, "Invoice", ""),
)


class PaymentPanel(QWidget):
    """Between the cart and the receipt."""

    left = Signal()
    """Back to the cart; nothing was paid."""

    def __init__(self, clerk: Clerk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("payment")
        self._clerk = clerk
        self._due = QLabel()
        self._due.setFont(theme.bold(52))
        self._due.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._so_far = QLabel()
        self._so_far.setProperty("role", "muted")
        self._so_far.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.amount = _Amount()
        self.amount.setPlaceholderText(tr("Amount handed over"))
        self.amount.setAccessibleName(tr("Amount handed over"))
        self.amount.setFixedHeight(64)
        self.amount.setFont(theme.bold(28))
        self.amount.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.amount.entered.connect(self._on_entered)
        self.amount.means.connect(self._on_means)
        self.amount.left.connect(self._on_left)
        self.amount.by_hand.connect(lambda: self._hand_over(Means.CARD, BY_HAND.name))
        clerk.terminal_shows.connect(self._so_far.setText)
        self._quick = QHBoxLayout()
        self._quick.setSpacing(8)
        keypad = self._keypad()
        tenders = QVBoxLayout()
        tenders.setSpacing(8)
        cash = Button(tr("Cash"), key=tr("Enter"), weight=Weight.PRIMARY, height=64)
        cash.clicked.connect(self._on_entered)
        tenders.addWidget(cash)
        for means, name, key in _BESIDE:
            button = Button(tr(name), key=key, height=56)
            button.clicked.connect(lambda _=False, one=means: self._on_means(one))
            tenders.addWidget(button)
        apart = Button(tr("Card by hand"), key=tr("Shift+F6"), height=56)
        apart.clicked.connect(lambda: self._hand_over(Means.CARD, BY_HAND.name))
        tenders.addWidget(apart)
        tenders.addStretch(1)
        back = Button(tr("Back to the cart"), key="Esc", weight=Weight.QUIET)
        back.clicked.connect(self._on_left)
        tenders.addWidget(back)
        beside = QHBoxLayout()
        beside.setSpacing(16)
        beside.addLayout(keypad, 3)
        beside.addLayout(tenders, 2)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        rows.addWidget(self._due)
        rows.addWidget(self._so_far)
        rows.addWidget(self.amount)
        rows.addLayout(self._quick)
        rows.addLayout(beside, 1)
        for button in self.findChildren(Button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # The amount keeps the keys, whatever is touched.

    def _keypad(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, text in enumerate(("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", "00", ".")):
            key = Button(text, height=56)
            key.clicked.connect(lambda _=False, digits=text: self.amount.insert(digits))
            grid.addWidget(key, index // 3, index % 3)
        grid.setRowStretch(4, 1)
        return grid

    def begin(self) -> None:
        """Start with nothing handed over."""
        self._clerk.take_back()
        self._clerk.prepare()
        self.amount.clear()
        self.show_bill()
        self.amount.setFocus()

    def show_bill(self) -> None:
        """What is open now."""
        clerk = self._clerk
        self._due.setText(money(clerk.open_amount(), clerk.currency))
        given = [f"{tr(_NAMES[one.means])} {bare(one.amount, clerk.currency)}" for one in clerk.offers]
        self._so_far.setText("   ".join(given) or tr("To pay"))
        while (item := self._quick.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for amount in quick(clerk):
            button = Button(bare(amount, clerk.currency), height=56)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, one=amount: clerk.offer(Means.CASH, one))
            self._quick.addWidget(button, 1)

    def _on_entered(self) -> None:
        self._hand_over(Means.CASH)

    def _on_means(self, means: Means) -> None:
        self._hand_over(means)

    def _hand_over(self, means: Means, terminal: str = "") -> None:
        clerk = self._clerk
        amount = typed(self.amount.text(), clerk.currency) if self.amount.text().strip() else clerk.open_amount(means)
        if amount is None:
            self.amount.selectAll()
            return
        self.amount.clear()
        clerk.offer(means, amount, terminal)

    def _on_left(self) -> None:
        if self._clerk.busy:
            self._clerk.break_off()  # Until the terminal has answered there is no way back.
            return
        self._clerk.take_back()
        self.left.emit()


_NAMES = {Means.CASH: "Cash", Means.VOUCHER: "Voucher", Means.GIFT_CARD: "Gift card", Means.FREE: "Free"} | {
    means: name for means, name, _ in _BESIDE
}


class _Amount(QLineEdit):
    """The one field that has the keys while somebody pays."""

    entered = Signal()
    means = Signal(object)
    by_hand = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key is Qt.Key.Key_Escape:
            self.left.emit()
        elif key is Qt.Key.Key_F6 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.by_hand.emit()
        elif key is Qt.Key.Key_F6:
            self.means.emit(Means.CARD)
        elif key is Qt.Key.Key_F7:
            self.means.emit(Means.WALLET)
        elif not event.text().isprintable() or not event.text() or event.text() in "0123456789.,":
            super().keyPressEvent(event)


class DonePanel(QWidget):
    """The change, until the next sale."""

    next_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("done")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._words = QLabel(tr("Change"))
        self._words.setFont(theme.half_bold(26))
        self.change = QLabel()
        self.change.setFont(theme.bold(96))
        self.about = QLabel()
        self.about.setProperty("role", "muted")
        self.about.setFont(theme.font(17))
        following = Button(tr("Next sale"), key=tr("Enter"), weight=Weight.PRIMARY, height=64)
        following.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        following.clicked.connect(self.next_pressed)
        rows = QVBoxLayout(self)
        rows.addStretch(1)
        for label in (self._words, self.change, self.about):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
            rows.addWidget(label)
        rows.addSpacing(24)
        rows.addWidget(following, 0, Qt.AlignmentFlag.AlignCenter)
        rows.addStretch(1)

    def show_sale(self, sale: Sale) -> None:
        """What goes back to the customer."""
        currency = sale.receipt.currency
        self._words.setText(tr("Change"))
        self.change.setText(money(sale.change, currency))
        total = money(sale.receipt.total + sale.receipt.rounding, currency)
        self.about.setText(
            tr(
                "Receipt {number}, order {order}: {total}",
                number=sale.booked.number,
                order=sale.order.code,
                total=total,
            )
        )
        self.setAccessibleName(f"{self._words.text()} {self.change.text()}")
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Escape):
            self.next_pressed.emit()
            return
        super().keyPressEvent(event)
