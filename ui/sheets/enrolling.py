"""Becoming a station of a server: an address and a token, or the code that shows both held before the gun or camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from boxoffice.bootstrap import App
from boxoffice.errors import Trouble
from boxoffice.ports import Enrolment
from ui import theme
from ui.background import Background
from ui.courier import Courier
from ui.language import tr
from ui.widgets.buttons import Button, Weight
from ui.widgets.dialogs import Dialog, words_of

if TYPE_CHECKING:
    from sync.discovery import Found, Search

MOST_NEARBY = 4


class EnrolDialog(Dialog):
    """Asks for what the server's people handed out, and waits for the server's word."""

    enrolled = Signal(object)
    """The `Enrolment`."""

    def __init__(self, app: App, courier: Courier, background: Background, parent: QWidget) -> None:
        super().__init__(tr("Join a server"), parent)
        self.setObjectName("enrol_dialog")
        self.widen(560)
        self._app = app
        self._courier = courier
        self._background = background
        self.say(tr("Scan the code that the server shows for a new station, or type what it says."))
        self.nearby = QVBoxLayout()
        self.nearby.setSpacing(8)
        self.add_rows(self.nearby)
        self.address = self._field(tr("Address"), "https://hub.example.org")
        self.token = self._field(tr("Token"), "")
        self.name = self._field(tr("Name of this station"), tr("North door"))
        self.trouble = QLabel()
        self.trouble.setProperty("role", "bad")
        self.trouble.setWordWrap(True)
        self.trouble.hide()
        self.add(self.trouble)
        cancel = Button(tr("Later"), key="Esc")
        cancel.clicked.connect(self.reject)
        self.go = Button(tr("Join"), weight=Weight.PRIMARY, key=tr("Enter"))
        self.go.clicked.connect(self.join)
        self.add_buttons(cancel, self.go)
        self.address.setFocus()
        self._on_typed()
        self._look_around()

    def _look_around(self) -> None:
        """Show the hubs in this network as they answer; none has to."""
        heard = self._courier.to(self, self._show_nearby)

        def look() -> Search:
            from sync.discovery import Search

            return Search(heard)

        search = self._background.ask(look)
        self.finished.connect(lambda _: self._background.ask(lambda: search.result().close()))

    def _show_nearby(self, found: tuple[Found, ...]) -> None:
        while (item := self.nearby.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in found[:MOST_NEARBY]:
            row = Button(f"{one.name} · {one.url}", weight=Weight.QUIET)
            row.clicked.connect(lambda _=False, url=one.url: self._choose(url))
            self.nearby.addWidget(row)

    def _choose(self, url: str) -> None:
        self.address.setText(url)
        self.token.setFocus()

    def _field(self, label: str, example: str) -> QLineEdit:
        words = QLabel(label)
        words.setProperty("role", "small")
        field = QLineEdit()
        field.setMinimumHeight(theme.TOUCH)
        field.setPlaceholderText(example)
        field.setAccessibleName(label)
        field.textChanged.connect(self._on_typed)
        words.setBuddy(field)
        self.add(words)
        self.add(field)
        return field

    def take(self, text: str) -> bool:
        """A scan that came while the sheet is open: the server's code fills it; whether it was that."""
        from sync.enrol import invitation

        try:
            found = invitation(text)
        except Trouble as trouble:
            self._complain(trouble)
            return True
        self.address.setText(found.url)
        self.token.setText(found.token)
        return True

    def join(self) -> None:
        """Ask the server."""
        if not self.go.isEnabled():
            return
        self.trouble.hide()
        self.go.setEnabled(False)
        self.go.setText(tr("One moment…"))
        ask = self._question(self.address.text().strip(), self.token.text().strip(), self.name.text().strip())
        self.is_waiting = True
        asked = self._background.ask(ask)
        self._courier.bring(asked, to=self, done=self._on_enrolled, failed=self._complain)
        asked.add_done_callback(self._courier.to(self, lambda _: self._on_word()))

    def _on_word(self) -> None:
        self.is_waiting = False
        self._on_typed()

    def _question(self, address: str, token: str, name: str) -> Callable[[], Enrolment]:
        def ask() -> Enrolment:
            from sync.enrol import enrol

            return enrol(self._app, address, token, name=name)

        return ask

    def _on_enrolled(self, enrolment: Enrolment) -> None:
        self.accept()
        self.enrolled.emit(enrolment)

    def _complain(self, trouble: Trouble) -> None:
        self.trouble.setText(words_of(trouble))
        self.trouble.show()

    def _on_typed(self, *_: Any) -> None:
        if self.is_waiting:
            return
        self.go.setText(tr("Join"))
        self.go.setEnabled(bool(self.address.text().strip() and self.token.text().strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.join()
            return
        super().keyPressEvent(event)
