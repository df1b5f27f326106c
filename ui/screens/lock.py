"""What stands in the place of every screen until somebody gives a PIN: names, and a field with its keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxoffice.domain.operators import Operator
from boxoffice.domain.permissions import Role
from boxoffice.errors import Trouble
from boxoffice.staff import Staff
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import tr
from ui.shapes import Shape
from ui.widgets.buttons import Button, Weight
from ui.widgets.choice import Choice
from ui.widgets.dialogs import words_of
from ui.widgets.pin_field import PinField

_AS_BUTTONS = 8
"""More people than this are a list."""


class LockCover(QWidget):
    """Who is it?"""

    signed_in = Signal(object)
    """The `Operator`."""
    pin_given = Signal()
    """Nobody had one any more; now somebody has."""

    def __init__(
        self,
        staff: Staff,
        courier: Courier,
        background: Background,
        last: Operator | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("lock")
        self._staff = staff
        self._courier = courier
        self._background = background
        self._people = [one for one in staff.everybody if one.has_pin]
        self._chosen = next((at for at, one in enumerate(self._people) if last and one.id == last.id), 0)
        card = QFrame()
        card.setProperty("role", "card")
        card.setMaximumWidth(760)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(28, 24, 28, 24)
        rows.setSpacing(14)
        title = QLabel(tr("Who is it?"))
        title.setFont(theme.bold(24))
        rows.addWidget(title)
        beside = QHBoxLayout()
        beside.setSpacing(24)
        beside.addLayout(self._names(), 3)
        beside.addLayout(self._keypad(), 2)
        rows.addLayout(beside)
        self.trouble = QLabel()
        self.trouble.setProperty("role", "bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        rows.addWidget(self.trouble)
        self.hint = QLabel(staff.hint or tr("Whoever has forgotten a PIN gets another one from a supervisor."))
        self.hint.setProperty("role", "muted")
        self.hint.setWordWrap(True)
        rows.addWidget(self.hint)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card, 8)
        across.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(1)
        whole.addLayout(across)
        whole.addStretch(2)
        self._choose(self._chosen)

    def _names(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self._buttons: list[Button] = []
        self._list: Choice | None = None
        if len(self._people) > _AS_BUTTONS:
            self._list = Choice(tr("Who is it?"))
            for one in self._people:
                self._list.addItem(_words(one))
            self._list.activated.connect(self._choose)
            column.addWidget(self._list)
        if not self._people:
            self._offer_pins(column)
        for at, one in enumerate(self._people if self._list is None else ()):
            button = Button(_words(one), shape=Shape.PERSON, height=52, listed=True)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, chosen=at: self._choose(chosen))
            self._buttons.append(button)
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _offer_pins(self, column: QVBoxLayout) -> None:
        """Whoever had a PIN here was sent away at another station: an organiser is the next to have one."""
        said = QLabel(tr("Nobody with a PIN is left at this station. An organiser can be given one."))
        said.setWordWrap(True)
        column.addWidget(said)
        for one in self._staff.everybody:
            if one.role is Role.ORGANISER:
                button = Button(tr("Give {name} a PIN…", name=one.name), shape=Shape.PERSON, height=52, listed=True)
                button.clicked.connect(lambda _=False, chosen=one: self._ask_new_pin(chosen))
                column.addWidget(button)

    def _ask_new_pin(self, one: Operator) -> None:
        from ui.sheets.settings.people_sheet import PinSheet

        def given(pin: str) -> None:
            changed = self._background.ask(lambda: self._staff.change(one.id, pin=pin))
            self._courier.bring(changed, to=self, done=lambda _: self.pin_given.emit(), failed=self._on_trouble)

        PinSheet(one, given, self.window()).open()

    def _keypad(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        self.pin = PinField()
        self.pin.moved.connect(lambda by: self._choose((self._chosen + by) % max(1, len(self._people))))
        column.addWidget(self.pin)
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, digit in enumerate("123456789"):
            grid.addWidget(self._key(digit), at // 3, at % 3)
        clear = Button("⌫", height=52)
        clear.setAccessibleName(tr("Delete"))
        clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        clear.clicked.connect(self.pin.backspace)
        grid.addWidget(clear, 3, 0)
        grid.addWidget(self._key("0"), 3, 1)
        column.addLayout(grid)
        self.go = Button(tr("Sign in"), weight=Weight.PRIMARY, key=tr("Enter"), height=56)
        self.go.clicked.connect(self._ask)
        column.addWidget(self.go)
        return column

    def _key(self, digit: str) -> Button:
        key = Button(digit, height=52)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.clicked.connect(lambda: self.pin.insert(digit))
        return key

    def _choose(self, at: int) -> None:
        self._chosen = at
        for place, button in enumerate(self._buttons):
            button.setChecked(place == at)
            button.set_weight(Weight.PRIMARY if place == at else Weight.PLAIN)
        if self._list is not None:
            self._list.setCurrentIndex(at)
        self.take_keys()

    def take_keys(self) -> None:
        """Let digits go into the field."""
        self.pin.setFocus()

    def enter(self, name: str, pin: str) -> None:
        """Choose somebody by name and give a PIN."""
        self._choose(next(at for at, one in enumerate(self._people) if one.name == name))
        self.pin.setText(pin)
        self._ask()

    def say(self, text: str) -> None:
        """Tell whoever stands before it."""
        self.trouble.setText(text)
        self.trouble.show()

    def changeEvent(self, event: QEvent) -> None:
        """The window is in front again: a sheet that lay over it was put by, and had the keys until now."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.take_keys()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit is part of the PIN, wherever the focus is."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
            return
        if event.text().isdecimal():
            self.take_keys()
            self.pin.insert(event.text())
            return
        super().keyPressEvent(event)

    def _ask(self) -> None:
        pin = self.pin.text()
        if not pin or not self._people or not self.go.isEnabled():
            return
        who = self._people[self._chosen].id
        self.go.setEnabled(False)
        asked = self._background.ask(lambda: self._staff.sign_in(who, pin))
        self._courier.bring(asked, to=self, done=self.signed_in.emit, failed=self._on_trouble)

    def _on_trouble(self, trouble: Trouble) -> None:
        self.go.setEnabled(True)
        self.pin.clear()
        self.say(words_of(trouble))
        self.take_keys()


def _words(one: Operator) -> str:
    return f"{one.name} · {tr(one.role.value)}"
