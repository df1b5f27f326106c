"""A PIN on the spot: somebody stands by one act of somebody else, and nobody else is signed in by it.

One call does all of it for a screen: `Courier.attempt`. The sheet says what is asked, who may permit it, and takes the
PIN and, where the act wants one, the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from boxoffice.domain.permissions import RULES, Act, Permit
from boxoffice.errors import Trouble
from boxoffice.staff import Staff
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.pin_field import PinField

ACTS = {
    Act.SELL: "Sell",
    Act.DRAWER: "Open, count or close the drawer",
    Act.PAY_OUT: "Take cash out of the drawer",
    Act.NO_SALE: "Open the drawer without a sale",
    Act.PRICE: "Sell at another price",
    Act.OVERRULE: "Sell in spite of a rule",
    Act.REFUND: "Give money back",
    Act.OTHER_TENDER: "Give money back otherwise than it came",
    Act.VOID: "Cancel what was sold",
    Act.EDIT: "Put an order's names or proofs right",
    Act.CORRECTION: "Correct how something was paid",
    Act.SETTLE_CARD: "Say what became of a card payment",
    Act.TAKE_BACK_CARD: "Take back a card payment without a receipt",
    Act.CASH_OUT: "Pay out a gift card in cash",
    Act.DIFFERENCE: "Close a drawer whose count differs",
    Act.Z_OVERRIDE: "Close while a card payment is in doubt",
    Act.ACCEPT_UNPAID: "Let in somebody who has not paid",
    Act.FORCE: "Let in somebody in spite of the answer",
    Act.UNDO: "Take an earlier passage back",
    Act.SETTLE: "Settle what stations disagree about",
    Act.SETTINGS: "Change settings",
    Act.OPERATORS: "Change who works here",
    Act.TRAINING: "Begin training",
    Act.WIPE: "Wipe this station",
}


class PermissionSheet(Dialog):
    """Who stands by it, the PIN, and why."""

    def __init__(
        self,
        staff: Staff,
        courier: Courier,
        background: Background,
        act: Act,
        reason: str,
        granted: Callable[[Permit], object],
        refused: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Permission"), parent)
        self.setObjectName("permission_sheet")
        self._staff = staff
        self._courier = courier
        self._background = background
        self._act = act
        self._permit: Permit | None = None
        what = self.say(tr(ACTS[act]))
        what.setFont(theme.half_bold(17))
        self.say(tr("Somebody who may stands by it with a PIN. Nobody else is signed in by that."))
        self.who = Choice(tr("Who permits it"))
        for one in staff.who_may(act):
            self.who.addItem(f"{one.name} · {tr(one.role.value)}", one.id)
        self.add(self.who)
        self.pin = PinField()
        self.pin.moved.connect(self._on_moved)
        self.add(self.pin)
        self.reason = QLineEdit(reason)
        self.reason.setMinimumHeight(theme.TOUCH)
        self.reason.setPlaceholderText(tr("Why"))
        self.reason.setAccessibleName(tr("Why"))
        self.reason.setVisible(RULES[act].reason and not reason)
        self.add(self.reason)
        self.trouble = QLabel()
        self.trouble.setProperty("role", "bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.add(self.trouble)
        self.go = Button(tr("Permit"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self._ask)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)
        self.finished.connect(lambda _: granted(self._permit) if self._permit is not None else refused())
        for field in (self.pin, self.reason):
            field.textChanged.connect(self._look)
        self._look()
        self.pin.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.go.isEnabled():
                self._ask()
            elif self.pin.text() and not self.reason.isHidden():
                self.reason.setFocus()
            return
        super().keyPressEvent(event)

    def enter(self, name: str, pin: str) -> None:
        """Choose somebody by name and give a PIN."""
        at = next(at for at in range(self.who.count()) if self.who.itemText(at).startswith(name))
        self.who.setCurrentIndex(at)
        self.pin.setText(pin)
        self._ask()

    def _on_moved(self, by: int) -> None:
        self.who.setCurrentIndex((self.who.currentIndex() + by) % max(1, self.who.count()))

    def _look(self) -> None:
        named = bool(self.reason.text().strip()) or not RULES[self._act].reason
        self.go.setEnabled(bool(self.pin.text()) and self.who.currentIndex() >= 0 and named)

    def _ask(self) -> None:
        who, pin, reason = str(self.who.currentData()), self.pin.text(), self.reason.text().strip()
        self.go.setEnabled(False)
        asked = self._background.ask(lambda: self._staff.permit(self._act, who, pin, reason))
        self._courier.bring(asked, to=self, done=self._on_permit, failed=self._on_trouble)

    def _on_permit(self, permit: Permit) -> None:
        self._permit = permit
        self.accept()

    def _on_trouble(self, trouble: Trouble) -> None:
        self.trouble.setText(words_of(trouble))
        self.trouble.show()
        self.pin.clear()
        self.pin.setFocus()
