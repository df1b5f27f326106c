"""The people who work here, on one sheet: who there is, somebody new, another role or PIN, and whoever leaves.

The first one is an organiser; from then on each change takes the PIN of somebody who may look after people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from boxoffice.domain.operators import NewOperator, Operator
from boxoffice.domain.permissions import Permit, Role
from boxoffice.domain.pins import least
from boxoffice.errors import Trouble
from boxoffice.staff import Staff
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import apart, tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import Dialog, words_of
from ui.widgets.pin_field import PinField
from ui.widgets.text_field import TextField

_ROLES = (Role.CASHIER, Role.DESK, Role.STEWARD, Role.SUPERVISOR, Role.ORGANISER)


class PeopleSheet(Dialog):
    """Everybody, and room for one more."""

    changed = Signal()
    """Somebody came, left, or has another role."""

    def __init__(self, staff: Staff, courier: Courier, background: Background, parent: QWidget) -> None:
        super().__init__(tr("People"), parent)
        self.setObjectName("people_sheet")
        self._staff = staff
        self._courier = courier
        self._background = background
        self.about = self.say("")
        self._ground = QWidget()
        self._ground.setProperty("role", "page")
        self.rows = QVBoxLayout(self._ground)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(self._ground)
        self._scroll.setAccessibleName(tr("People"))
        self.add(self._scroll)
        self._new()
        self.trouble = QLabel()
        self.trouble.setProperty("role", "bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.add(self.trouble)
        close = Button(tr("Close"), key="Esc")
        close.clicked.connect(self.accept)
        self.add_buttons(close)
        self.widen(840)
        self._show()
        self.name.setFocus()

    def _new(self) -> None:
        self.heading = QLabel()
        self.heading.setFont(theme.half_bold(17))
        self.add(self.heading)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.name = TextField(tr("Name of the person"))
        self.role = Choice(tr("Role"))
        self.pin, self.again = PinField(), PinField()
        self.again.setPlaceholderText(tr("PIN once more"))
        self.again.setAccessibleName(tr("PIN once more"))
        self.go = Button(tr("Add"), weight=Weight.PRIMARY)
        self.go.clicked.connect(self._add)
        grid.addWidget(self.name, 0, 0)
        grid.addWidget(self.role, 0, 1)
        grid.addWidget(self.pin, 1, 0)
        grid.addWidget(self.again, 1, 1)
        grid.addWidget(self.go, 1, 2)
        self.add_rows(grid)
        self.role.currentIndexChanged.connect(self._look)
        for field in (self.name, self.pin, self.again):
            field.textChanged.connect(self._look)
            field.returnPressed.connect(self._add)

    def _show(self) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        everybody = self._staff.everybody
        for one in everybody:
            self.rows.addWidget(self._row(one))
        self.rows.addStretch(1)
        self._scroll.setVisible(bool(everybody))
        self._scroll.setMinimumHeight(min(260, 60 * len(everybody)))
        self.about.setText(
            tr("Who may do what goes by the role. Each change takes the PIN of a supervisor or an organiser.")
            if everybody
            else tr("Nobody is known by name yet: everybody may do everything. The first one is an organiser.")
        )
        self.heading.setText(tr("Somebody new"))
        self.role.clear()
        for role in _ROLES if everybody else (Role.ORGANISER,):
            self.role.addItem(tr(role.value), role)
        self._look()

    def _row(self, one: Operator) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 2, 0, 2)
        said = [one.name, tr(one.role.value), *([] if one.has_pin else [tr("no PIN at this station")])]
        words = QLabel(apart(*said))
        words.setFont(theme.half_bold(16))
        words.setWordWrap(True)
        role = Button(tr("Another role…"))
        role.clicked.connect(lambda: RoleSheet(one, self._change_role(one), self).open())
        pin = Button(tr("Another PIN…") if one.has_pin else tr("Give a PIN…"))
        pin.clicked.connect(lambda: PinSheet(one, self._change_pin(one), self).open())
        gone = Button(tr("Remove"), weight=Weight.QUIET)
        gone.clicked.connect(lambda: self._do(lambda permits: self._staff.remove(one.id, permits)))
        row.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        for button in (role, pin, gone):
            button.setAutoDefault(False)
            button.setAccessibleName(f"{button.text()} {one.name}")
            row.addWidget(button)
        return held

    def _change_pin(self, one: Operator) -> Callable[[str], object]:
        return lambda pin: self._do(lambda permits: self._staff.change(one.id, pin=pin, permits=permits))

    def _change_role(self, one: Operator) -> Callable[[Role, str], object]:
        return lambda role, pin: self._do(
            lambda permits: self._staff.change(one.id, role=role, pin=pin, permits=permits)
        )

    def _look(self) -> None:
        same = bool(self.pin.text()) and self.pin.text() == self.again.text()
        role = self.role.currentData()
        if role is not None:
            self.pin.setPlaceholderText(tr("PIN, at least {n} digits", n=least(Role(role))))
        self.go.setEnabled(same and bool(self.name.text().strip()) and role is not None)

    def _add(self) -> None:
        if not self.go.isEnabled():
            return
        new = NewOperator(name=self.name.text(), role=Role(self.role.currentData()), pin=self.pin.text())
        self._do(lambda permits: self._staff.add([new], permits), self._on_added)

    def _on_added(self) -> None:
        for field in (self.name, self.pin, self.again):
            field.clear()
        self.name.setFocus()

    def _do(self, act: Callable[[Sequence[Permit]], object], then: Callable[[], object] = lambda: None) -> None:
        def tried(permits: Sequence[Permit]) -> Future[object]:
            return self._background.ask(lambda: act(permits))

        def done(_: object) -> None:
            self.trouble.hide()
            then()
            self._show()
            self.changed.emit()

        self._courier.attempt(tried, to=self, done=done, failed=self._on_trouble)

    def _on_trouble(self, trouble: Trouble) -> None:
        self.trouble.setText(words_of(trouble))
        self.trouble.show()


class _Change(Dialog):
    """Something of somebody that may take a PIN, which is typed twice."""

    def __init__(self, title: str, does: str, done: Callable[[str], object], parent: QWidget, *above: QWidget) -> None:
        super().__init__(title, parent)
        self._done = done
        for widget in above:
            self.add(widget)
        self.pin, self.again = PinField(), PinField()
        self.again.setPlaceholderText(tr("PIN once more"))
        self.again.setAccessibleName(tr("PIN once more"))
        for field in (self.pin, self.again):
            field.textChanged.connect(self._look)
            field.returnPressed.connect(self._finish)
            self.add(field)
        self.go = Button(does, weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self._finish)
        cancel = Button(tr("Cancel"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_buttons(cancel, self.go)

    @property
    def _same(self) -> bool:
        """Whether a PIN was typed, and once more."""
        return bool(self.pin.text()) and self.pin.text() == self.again.text()

    def _look(self) -> None:
        self.go.setEnabled(self._same)

    def _finish(self) -> None:
        if self.go.isEnabled():
            pin = self.pin.text()
            self.accept()
            self._done(pin)


class PinSheet(_Change):
    """Another PIN for somebody who has forgotten the old one."""

    def __init__(self, one: Operator, chosen: Callable[[str], object], parent: QWidget) -> None:
        super().__init__(tr("Another PIN for {name}", name=one.name), tr("Change PIN"), chosen, parent)
        self.pin.setPlaceholderText(tr("PIN, at least {n} digits", n=least(one.role)))
        self._look()
        self.pin.setFocus()


class RoleSheet(_Change):
    """Another role for somebody; with a new PIN where the role needs a longer one than the old role did."""

    def __init__(self, one: Operator, chosen: Callable[[Role, str], object], parent: QWidget) -> None:
        role = Choice(tr("Role"))
        super().__init__(tr("Another role for {name}", name=one.name), tr("Change role"), self._choose, parent, role)
        self._one = one
        self._chosen = chosen
        self.role = role
        for each in _ROLES:
            self.role.addItem(tr(each.value), each)
        self.role.setCurrentIndex(_ROLES.index(one.role))
        self.role.currentIndexChanged.connect(self._look)
        self._look()
        self.role.setFocus()

    def _look(self) -> None:
        role = Role(self.role.currentData())
        needs_pin = least(role) > least(self._one.role)
        for field in (self.pin, self.again):
            field.setVisible(needs_pin)
        self.pin.setPlaceholderText(tr("PIN, at least {n} digits", n=least(role)))
        self.go.setEnabled(role is not self._one.role and (self._same or not needs_pin))

    def _choose(self, pin: str) -> None:
        role = Role(self.role.currentData())
        self._chosen(role, pin if least(role) > least(self._one.role) else "")
