"""A station with a window, and hands that type: keys are posted as a person's or a gun's would be."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item, Question
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Direction, Wish
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status, Ticket
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment, Role
from boxoffice.services import hear
from ui import app as ui_app
from ui import language
from ui.main_window import MainWindow
from ui.preferences import Preferences, save
from ui.theme import Look
from ui.widgets.answer_panel import AnswerPanel
from ui.widgets.buttons import Button
from ui.widgets.fit_label import FitLabel
from ui.widgets.strip import Where

KEYS = {
    "\r": Qt.Key.Key_Return,
    "\t": Qt.Key.Key_Tab,
    " ": Qt.Key.Key_Space,
    "\x1b": Qt.Key.Key_Escape,
    "\x08": Qt.Key.Key_Backspace,
}


class Hands:
    """Type on whatever has the focus, at the pace of a gun or of a person.

    Each key carries the time at which it was pressed, as those of a window system do. So it does not matter how long
    this machine takes to deliver it, and nobody waits until a person has typed.
    """

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._milliseconds = 1_000

    def gun(self, text: str, at: QWidget | None = None, end: str = "\r") -> None:
        """A burst, all at once."""
        self._pause()
        for character in text + end:
            self._post(character, at or self._target())
            self._milliseconds += 5

    def person(self, text: str, at: QWidget | None = None) -> None:
        """One key after the other, each well after the last; nobody looks at an answer and presses at once."""
        for character in text:
            self._pause()
            self._post(character, at or self._target())
            self._settle()

    def press(self, key: Qt.Key, at: QWidget | None = None, modifiers: Qt.KeyboardModifier | None = None) -> None:
        """One key without text: F2, an arrow."""
        self._pause()
        self._send(key, "", at or self._target(), modifiers or Qt.KeyboardModifier.NoModifier)
        self._qtbot.wait(1)

    def _pause(self) -> None:
        self._milliseconds += 1_000

    def _settle(self) -> None:
        """Once a key without a meaning was pressed later, the one before it has reached its place."""
        self._pause()
        self._send(Qt.Key.Key_F35, "", self._target(), Qt.KeyboardModifier.NoModifier)
        self._qtbot.wait(1)

    def _post(self, character: str, target: QWidget) -> None:
        key = KEYS.get(character, Qt.Key.Key_unknown)
        if character not in KEYS and character.isascii():
            key = Qt.Key(ord(character.upper()))
        elif character not in KEYS:
            key = Qt.Key(0)
        self._send(key, character, target, Qt.KeyboardModifier.NoModifier)

    def _send(self, key: Qt.Key, text: str, target: QWidget, held: Qt.KeyboardModifier) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, held, text)
            event.setTimestamp(self._milliseconds)
            QCoreApplication.postEvent(target, event)

    def _target(self) -> QWidget:
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            return dialog.focusWidget() or dialog
        target = QApplication.focusWidget() or QApplication.activeWindow() or QApplication.topLevelWidgets()[0]
        assert target is not None
        return target


class Evening:
    """A station at a door, with tickets, and a window when it is asked for."""

    def __init__(self, app: App, qtbot: QtBot | None = None) -> None:
        self.app = app
        self.qtbot = qtbot
        self._tickets = 0
        self._window: MainWindow | None = None

    def prepare(self) -> None:
        """What stands there when the doors open."""
        self.hear(
            Event(slug="conf26", name={"en": "Conference"}, timezone="UTC"),
            Item(id=1, event="conf26", name={"en": "Regular"}),
        )
        self.list(1, "Main entrance")
        self.prefer()
        self.door()

    def enrol(self, role: Role = Role.SUPERVISOR, name: str = "North door") -> None:
        enrolment = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d1", name=name, role=role)
        self.app.join(enrolment).result()

    def hear(self, *nouns: Noun) -> None:
        """The server tells something."""

        def take_in(connection: Any) -> None:
            for noun in nouns:
                hear.apply(connection, self.app.shelf, noun)

        self.app.write(take_in).result()

    def list(self, number: int, name: str, **properties: Any) -> CheckInList:
        gate_list = CheckInList(id=number, event="conf26", name=name, **properties)
        self.hear(gate_list)
        return gate_list

    def question(self, number: int, text: str, **properties: Any) -> Question:
        question = Question(
            id=number,
            event="conf26",
            question={"en": text},
            identifier=f"q{number}",
            items=(1,),
            ask_during_checkin=True,
            **properties,
        )
        self.hear(question)
        return question

    def ticket(
        self, name: str = "Ada Lovelace", *, status: Status = Status.PAID, order: Any = None, **position: Any
    ) -> Ticket:
        """A paid ticket of its own order."""
        self._tickets += 1
        properties = {"event": "conf26", "code": f"A{self._tickets:04d}", "status": status, **(order or {})}
        position.setdefault("number", 1)
        position.setdefault("item", 1)
        position.setdefault("secret", f"secret-{self._tickets:04d}")
        held = Position(name=name, **position)
        bought = Order(positions=(held,), **properties)
        self.hear(bought)
        return Ticket(bought, held)

    def family(self, *names: str, **properties: Any) -> tuple[Ticket, ...]:
        """Tickets of one order."""
        self._tickets += 1
        code = f"F{self._tickets:04d}"
        positions = tuple(
            Position(number=n, item=1, name=name, secret=f"{code}-secret-{n}") for n, name in enumerate(names, start=1)
        )
        order = Order(event="conf26", code=code, status=Status.PAID, positions=positions, **properties)
        self.hear(order)
        return tuple(Ticket(order, position) for position in positions)

    def door(self, *lists: int, direction: Direction = Direction.ENTRY, gate: str = "North", **gun: str) -> None:
        """Set the door."""
        chosen = tuple(("conf26", number) for number in lists or (1,))
        self.app.set_door(Door(lists=chosen, direction=direction, gate=gate, **gun)).result()

    def prefer(self, **changes: Any) -> None:
        chosen = {"look": Look.LIGHT, "seconds": 600, "language": "en", **changes}
        save(self.app, Preferences(**chosen)).result()

    def passed(self, ticket: Ticket, at: datetime | None = None) -> str:
        """Somebody came in before, by this station; the scan's nonce."""
        scan = new_scan(ticket.position.secret, Source.SCRIPT, at or datetime.now(UTC))
        self.app.gate.admit(scan, Door(lists=(("conf26", 1),)), Wish(gate="South")).result()
        return scan.nonce

    def begin(self, sync: Any = None) -> MainWindow:
        """The window as it comes up."""
        self._window = ui_app.open_window(self.app, sync)
        return self._window

    def open(self, sync: Any = None, size: tuple[int, int] = (1366, 768)) -> MainWindow:
        """The window, complete."""
        window = self.begin(sync)
        with self.qtbot.waitSignal(window.complete):
            window.resize(*size)
            window.activateWindow()
        self.qtbot.waitUntil(lambda: self.panel.hasFocus() or window.locking.is_covered)
        return window

    @property
    def window(self) -> MainWindow:
        assert self._window is not None
        return self._window

    @property
    def panel(self) -> AnswerPanel:
        return self.window.door.panel

    def answer(self, word: str) -> None:
        """Wait until the panel says this."""

        def says() -> bool:
            shown = self.panel.answer.word if self.panel.answer else "(ready)"
            assert shown == word
            return True

        self.qtbot.waitUntil(says)

    def settle(self) -> None:
        """Let everything that was begun come to its end, and be shown."""
        self.app.write(lambda _: None).result()
        QApplication.processEvents()

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """What is begun meanwhile is written down only afterwards."""
        go_on = threading.Event()
        self.app.write(lambda _: go_on.wait(60))
        try:
            yield
        finally:
            go_on.set()

    def ready(self) -> None:
        """Wait until the panel is ready for the next."""
        self.qtbot.waitUntil(lambda: self.panel.answer is None)

    def go(self, where: Where) -> Any:
        """The window, opened at this place; the screen that stands there."""
        window = self.open()
        window.go(where)
        return window.stack.currentWidget()

    def words(self, screen: QWidget) -> str:
        """Everything that can be read on it."""
        return "\n".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())

    def buttons(self, screen: QWidget) -> dict[str, Button]:
        """The buttons that can be seen on it, by their words."""
        return {one.text(): one for one in screen.findChildren(Button) if one.isVisible()}

    def close(self) -> None:
        language.set_language("en")  # Whatever comes next is not asked for in Chinese.
        if self._window is not None:
            self._window.leave()
            ui_app.close_window(self._window)
            self._window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _cut(widget: QWidget) -> bool:
    """Whether something of its words is not to be seen."""
    if isinstance(widget, FitLabel) or not widget.isVisible():
        return False
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) > widget.height() + 2
        wide = max(widget.fontMetrics().horizontalAdvance(line) for line in widget.text().splitlines() or [""])
        return wide > widget.contentsRect().width() + 2
    if isinstance(widget, QAbstractButton) and widget.text():
        least = widget.minimumSizeHint()
        # One letter stands in the middle of its button, and needs no margin.
        return widget.height() < least.height() or (len(widget.text()) > 1 and widget.width() < least.width())
    if isinstance(widget, QLineEdit) and not widget.text():
        return widget.fontMetrics().horizontalAdvance(widget.placeholderText()) > widget.width() - 16
    return False


def _beyond(widget: QWidget) -> bool:
    """Whether a part of it lies outside of what holds it, where nothing scrolls."""
    held_by = widget.parentWidget()
    if held_by is None or widget.isWindow() or isinstance(held_by.parentWidget(), QAbstractScrollArea):
        return False
    if isinstance(held_by, (QAbstractScrollArea, QAbstractSpinBox, QComboBox, QLineEdit)):
        return False
    return not held_by.rect().adjusted(-1, -1, 1, 1).contains(widget.geometry())


@pytest.fixture
def crowded() -> Callable[[QWidget], list[str]]:
    """What is cut off, lies outside of its place, or over something else, in all that is shown in a widget."""

    def look(root: QWidget) -> list[str]:
        QApplication.processEvents()
        shown = [
            one for one in (root, *root.findChildren(QWidget)) if one.isVisible() and one.window() is root.window()
        ]
        found = [f"cut: {_what(one)}" for one in shown if _cut(one)]
        found += [f"beyond: {_what(one)}" for one in shown if _beyond(one)]
        by_parent: dict[QWidget | None, list[QWidget]] = {}
        for one in shown:
            held_by = one.parentWidget()
            if one.objectName() not in OVER_OTHERS and not isinstance(held_by, (QAbstractScrollArea, QAbstractSpinBox)):
                by_parent.setdefault(held_by, []).append(one)
        for beside in by_parent.values():
            for one, other in combinations(beside, 2):
                both = one.geometry().intersected(other.geometry())
                if both.width() > 1 and both.height() > 1:
                    found.append(f"over: {_what(one)} and {_what(other)}")
        return found

    return look


OVER_OTHERS = ("notice", "results", "countdown")
"""What lies over something else on purpose."""


def _what(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)) else ""
    return f"{type(widget).__name__} {widget.objectName()} {words[:40]!r} {widget.geometry().getRect()}"


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    return Hands(qtbot)


@pytest.fixture(scope="session")
def _prepared(quick_disk: Path, new_folder: Callable[[Path], Folder]) -> Path:
    with App(new_folder(quick_disk / "evening")) as app:
        Evening(app).prepare()
        return app.folder.root


@pytest.fixture
def evening(tmp_path: Path, _prepared: Path, qtbot: QtBot) -> Iterator[Evening]:
    shutil.copytree(_prepared, tmp_path, dirs_exist_ok=True)
    with App(Folder(tmp_path)) as app:
        station = Evening(app, qtbot)
        yield station
        station.close()


@pytest.fixture
def scan(evening: Evening, hands: Hands) -> Callable[[Ticket | str], None]:
    """Scan with the gun, on whatever has the focus."""

    def type_it(code: Ticket | str) -> None:
        hands.gun(code.position.secret if isinstance(code, Ticket) else code)

    return type_it
