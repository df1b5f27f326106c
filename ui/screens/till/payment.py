"""Paying: what is open and what was handed over.

The digits always mean the amount. Enter without any is the whole sum in cash; the keys of the other tenders take
what was typed, or all that is open.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from boxoffice.domain.permissions import Permit
from boxoffice.domain.tenders import TITLES, Means
from boxoffice.errors import Trouble
from boxoffice.services.card_terminals import BY_HAND
from ui import asking, theme
from ui.clerks.clerk import Clerk
from ui.courier import Courier
from ui.inputs.lens import Eye
from ui.language import tr
from ui.money import bare, money, typed
from ui.sheets.paying.much_change import when_likely
from ui.sheets.paying.tender_sheets import ASKS, TenderSheet, TransferSheet
from ui.widgets.buttons import Button, Weight

_BESIDE = (
    (Means.CARD, "Card", "F6"),
    (Means.WALLET, "QR wallet", "F7"),
    (Means.GIFT_CARD, "Gift card…", "F3"),
    (Means.TRANSFER, "Bank transfer", ""),
    (Means.CHEQUE, "Cheque", ""),
    (Means.INVOICE, "Invoice", ""),
    (Means.FREE, "Free…", ""),
)
_ROOMY = 630
"""The height from which everything has its usual size: 1366 × 768 with nothing said above."""
_LOW = 500
"""The height from which there is room for a large figure: 1366 × 768 with two things said above."""


class PaymentPanel(QWidget):
    """Between the cart and the receipt."""

    left = Signal()
    """Back to the cart; nothing was paid."""
    asking_for = Signal(object)
    """The `Means` whose sheet is open, or None again."""

    def __init__(
        self, clerk: Clerk, courier: Courier, failed: Callable[[Trouble], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("payment")
        self.courier = courier
        self.failed = failed
        self.eye: Eye | None = None
        """The window's camera, for a photo of a transfer slip."""
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
        clerk.payment.terminal_shows.connect(self._so_far.setText)
        self._quick = QHBoxLayout()
        self._quick.setSpacing(8)
        self._keys = QWidget()
        self._keys.setLayout(self._keypad())
        self.means: dict[Means, Button] = {}
        self._back = Button(tr("Back to the cart"), key="Esc", weight=Weight.QUIET)
        self._back.clicked.connect(self._on_left)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._make_tenders()
        self._small = False
        self._off: set[Button] = set()
        """What is not taken here."""
        self._low = self._lowest = False
        self._beside = beside = QHBoxLayout()
        beside.setSpacing(16)
        beside.addWidget(self._keys, 1)
        beside.addLayout(self._grid, 1)
        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(12)
        rows.addWidget(self._due)
        rows.addWidget(self._so_far)
        rows.addWidget(self.amount)
        rows.addLayout(self._quick)
        rows.addLayout(beside, 1)
        self._place()
        # The amount keeps the keys, whatever is touched; what has no key of its own is reached by Tab.
        for button in self._keys.findChildren(Button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for button in (*self.means.values(), self.by_hand, self._back):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _keypad(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for index, text in enumerate(("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", "00", ".")):
            key = Button(text, height=56)
            key.clicked.connect(lambda _=False, digits=text: self.amount.insert(digits))
            grid.addWidget(key, index // 3, index % 3)
        grid.setRowStretch(5, 1)
        return grid

    def _make_tenders(self) -> None:
        cash = self.means[Means.CASH] = Button(tr("Cash"), key=tr("Enter"), weight=Weight.PRIMARY, height=64)
        cash.clicked.connect(self._on_entered)
        self.by_hand = Button(tr("Card by hand"), key="⇧F6", height=56)
        self.by_hand.clicked.connect(lambda: self._hand_over(Means.CARD, BY_HAND.name))
        for means, name, key in _BESIDE:
            button = self.means[means] = Button(tr(name), key=key, height=56)
            button.clicked.connect(lambda _=False, one=means: self._on_means(one))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Somebody went on by Tab and types: that is the amount all the same."""
        if self.amount.hasFocus():
            super().keyPressEvent(event)
            return
        self.amount.setFocus()
        self.amount.keyPressEvent(event)

    def be_small(self, *, small: bool) -> None:
        """Where the window is small there is a keyboard, and no room for one on the screen."""
        self._small = small
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is said above the screen takes its height from here."""
        super().resizeEvent(event)
        low, lowest = self.height() < _ROOMY, self.height() < _LOW
        if (low, lowest) != (self._low, self._lowest):
            self._low, self._lowest = low, lowest
            self._arrange()

    def _arrange(self) -> None:
        """Figures become smaller before anything that is touched does."""
        small, low = self._small, self._low
        self._keys.setVisible(not small)
        self._so_far.setVisible(not small)
        self._due.setFont(theme.bold(28 if small else 32 if self._lowest else 44 if low else 52))
        self.amount.setFixedHeight(theme.TOUCH if small else 48 if low else 64)
        for button in (*self.means.values(), self.by_hand, self._back):
            button.set_height(theme.TOUCH if small else 56)
            button.be_brief(brief=small)
        if not (small or low):
            self.means[Means.CASH].set_height(64)
        self._rows.setSpacing(8 if low else 12)
        self._beside.setStretch(1, 2 if low else 1)
        self._place()
        self._show_quick()

    def _place(self) -> None:
        """What is taken stands close together, cash first."""
        while self._grid.takeAt(0) is not None:
            pass
        others = [self.means[Means.CARD], self.by_hand, *(self.means[one] for one, _, _ in _BESIDE[1:])]
        shown = [button for button in others if button not in self._off]
        columns, wide = (4, 1) if self._small else (3, 2) if self._low else (2, 2)
        self._grid.addWidget(self.means[Means.CASH], 0, 0, 1, wide)
        shown.insert(0 if self._low and not self._small else len(shown), self._back)
        for index, button in enumerate(shown, start=wide):
            self._grid.addWidget(button, index // columns, index % columns)
        self._grid.setRowStretch(8, 1)
        for before, after in pairwise((self.amount, self.means[Means.CASH], *shown)):
            QWidget.setTabOrder(before, after)

    def begin(self) -> None:
        """Start with nothing handed over."""
        self._clerk.payment.take_back()
        self._clerk.payment.prepare()
        self.go_on()

    def go_on(self) -> None:
        """Ask for the next amount, with what was handed over."""
        taken = self._clerk.payment.tendering
        self._off = {button for means, button in self.means.items() if not taken.takes(means)}
        if not taken.takes(Means.CARD):
            self._off.add(self.by_hand)
        for button in (*self.means.values(), self.by_hand):
            button.setVisible(button not in self._off)
        self._place()
        self.amount.clear()
        self.show_bill()
        self.amount.setFocus()

    def show_bill(self) -> None:
        """What is open now."""
        clerk = self._clerk
        self._due.setText(money(clerk.payment.open_amount(), clerk.currency))
        given = [f"{tr(TITLES[one.means])} {bare(one.amount, clerk.currency)}" for one in clerk.payment.offers]
        self._so_far.setText("   ".join(given) or tr("To pay"))
        self._show_quick()

    def _show_quick(self) -> None:
        """What the customer is likely to hand over."""
        clerk = self._clerk
        while (item := self._quick.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for amount in clerk.payment.quick():
            button = Button(bare(amount, clerk.currency), height=theme.TOUCH if self._low else 56)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, one=amount: clerk.payment.offer(Means.CASH, one))
            self._quick.addWidget(button, 1)
            if self._small:
                button.hide()

    def _on_entered(self) -> None:
        nothing = not self._clerk.payment.offers and not self._clerk.payment.open_amount()
        self._hand_over(Means.FREE if nothing else Means.CASH)

    def _on_means(self, means: Means) -> None:
        if self._clerk.busy or not self.means[means].isVisible():
            return
        if means is Means.FREE:
            self._ask_for_free()
        elif means is Means.GIFT_CARD:
            self.ask_for_gift_card()
        elif means in ASKS:
            self._ask_for_details(means)
        else:
            self._hand_over(means)

    def _ask_for_free(self) -> None:
        clerk = self._clerk
        amount = self._amount_of(Means.FREE)
        if amount is None:
            return

        def granted(reason: str, permits: tuple[Permit, ...]) -> None:
            self.amount.clear()
            clerk.stand_by(permits)
            clerk.payment.offer(Means.FREE, amount, details=(reason,))

        about = tr("{amount} is given away.", amount=money(amount, clerk.currency))
        asking.ask_to_give_away(about, granted, self.window())

    def _ask_for_details(self, means: Means) -> None:
        clerk = self._clerk
        amount = self._amount_of(means)
        if amount is None:
            return

        def handed(chosen: Means, details: tuple[str, ...], proof: str) -> None:
            self.amount.clear()
            clerk.payment.offer(chosen, amount, details=details, proof=proof)

        shown, taken, window = money(amount, clerk.currency), clerk.payment.tendering, self.window()
        if means is Means.TRANSFER:
            keep, courier = clerk.counter.keep_proof, self.courier
            sheet: TenderSheet = TransferSheet(shown, taken, handed, window, keep, courier, self.failed, self.eye)
        else:
            sheet = TenderSheet(means, shown, taken, handed, window)
        self.asking_for.emit(means)
        sheet.finished.connect(lambda _: self.asking_for.emit(None))
        sheet.open()

    def _amount_of(self, means: Means) -> int | None:
        """What was typed, or all that is open; None for what is no amount."""
        text = self.amount.text().strip()
        amount = typed(text, self._clerk.currency) if text else self._clerk.payment.open_amount(means)
        if amount is None:
            self.amount.selectAll()
        return amount

    def _hand_over(self, means: Means, terminal: str = "") -> None:
        amount = self._amount_of(means)
        if amount is None:
            return
        if means is Means.CASH:
            self._take_cash(amount)
            return
        self.amount.clear()
        self._clerk.payment.offer(means, amount, terminal)

    def _take_cash(self, amount: int) -> None:
        clerk = self._clerk

        def take() -> None:
            self.amount.clear()
            clerk.payment.offer(Means.CASH, amount)

        self.amount.selectAll()
        when_likely(clerk.payment.open_amount(), amount, clerk.currency, take, self.window())

    def ask_for_gift_card(self, code: str = "") -> None:
        """Which gift card, and how much of it; what was typed is the cash whose change may go onto one."""
        from ui.sheets.paying.gift_card_sheet import GiftCardSheet

        if self._clerk.busy:
            return
        text = self.amount.text().strip()
        sheet = GiftCardSheet(self._clerk, typed(text, self._clerk.currency) if text else None, self.window())
        sheet.code.setText(code)
        sheet.accepted.connect(self.amount.clear)
        sheet.open()

    def _on_left(self) -> None:
        if self._clerk.busy:
            self._clerk.payment.break_off()  # Until the terminal has answered there is no way back.
            return
        self._clerk.payment.take_back()
        self.left.emit()


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
        elif key is Qt.Key.Key_F3:
            self.means.emit(Means.GIFT_CARD)
        elif key is Qt.Key.Key_F6 and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.by_hand.emit()
        elif key is Qt.Key.Key_F6:
            self.means.emit(Means.CARD)
        elif key is Qt.Key.Key_F7:
            self.means.emit(Means.WALLET)
        elif not event.text().isprintable() or not event.text() or event.text() in "0123456789.,":
            super().keyPressEvent(event)
