"""One line of the cart: how many, what is noted about it, at which price, or away with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from boxoffice.domain.cart import CartLine
from boxoffice.domain.money import plain
from boxoffice.domain.permissions import Act, Permit
from ui import asking, theme
from ui.clerks.clerk import Clerk
from ui.language import number, tr
from ui.money import money, typed
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog


class LineSheet(Dialog):
    """What can be changed about a line."""

    def __init__(self, clerk: Clerk, line: CartLine, words: str, each: int, parent: QWidget) -> None:
        super().__init__(words, parent)
        self.setObjectName("line_sheet")
        self._clerk = clerk
        self._line = line
        self._each = each
        self._quantity = line.quantity
        self._parent = parent
        self.add_rows(self._how_many())
        self.note = QLineEdit(line.note)
        self.price = QLineEdit(plain(each, clerk.currency))
        for field, name in ((self.note, tr("Note, as it stands on the receipt")), (self.price, tr("Price of each"))):
            label = QLabel(name)
            label.setProperty("role", "muted")
            label.setBuddy(field)
            field.setAccessibleName(name)
            field.setMinimumHeight(theme.TOUCH)
            field.returnPressed.connect(self._keep)
            self.add(label)
            self.add(field)
        self.price.setEnabled(not line.bundled)
        self._about = self.say("")
        self._about.setProperty("role", "muted")
        if line.override is not None:
            self._about.setText(tr("Set by hand: {reason}", reason=line.override.reason))
        self._about.setVisible(line.override is not None)
        remove = Button(tr("Remove"), weight=Weight.QUIET)
        remove.clicked.connect(self._remove)
        remove.setEnabled(not line.bundled)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        keep = Button(tr("Keep it so"), weight=Weight.PRIMARY, key=tr("Enter"))
        keep.clicked.connect(self._keep)
        self.add_buttons(remove, cancel, keep)
        self.note.setFocus()

    def _how_many(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        less, more = Button("−", height=56), Button("+", height=56)
        less.setAccessibleName(tr("One less"))
        more.setAccessibleName(tr("One more"))
        self._many = QLabel(number(self._quantity))
        self._many.setFont(theme.bold(28))
        self._many.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._many.setMinimumWidth(72)
        for button, step in ((less, -1), (more, 1)):
            button.setAutoDefault(False)
            button.setEnabled(not self._line.bundled)
            button.clicked.connect(lambda _=False, by=step: self._step(by))
        row.addStretch(1)
        for widget in (less, self._many, more):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def _step(self, step: int) -> None:
        self._quantity = max(1, self._quantity + step)
        self._many.setText(number(self._quantity))

    def _remove(self) -> None:
        self._clerk.set_quantity(self._line.id, 0)
        self.accept()

    def _keep(self) -> None:
        price = typed(self.price.text(), self._clerk.currency)
        if price is None:
            self.price.setFocus()
            self.price.selectAll()
            return
        clerk, line = self._clerk, self._line.id
        clerk.set_quantity(line, self._quantity)
        clerk.set_note(line, self.note.text().strip())
        self.accept()
        if price == self._each:
            return

        def granted(reason: str, permits: tuple[Permit, ...]) -> None:
            clerk.reprice(line, price, reason, permits)

        about = tr("{old} becomes {new}.", old=money(self._each, clerk.currency), new=money(price, clerk.currency))
        asking.ask(Act.PRICE, about, granted, self._parent)
