"""The app as a person starts it, in a process of its own, which can be asked how its window stands.

Questions come in on standard input, one JSON value a line, and each is answered by one line. Nothing here
types or scans; a question may put the focus somewhere, as a person would with many presses of Tab.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QWidget

from boxoffice.__main__ import main
from ui.app import application
from ui.main_window import MainWindow
from ui.widgets.strip import Where

_LOOK_AGAIN = 5
"""Milliseconds between two looks at whether something has come to hold."""


class Ear(QObject):
    """Listens and answers; counts the answers of the door and the buttons that were pressed."""

    def __init__(self) -> None:
        super().__init__()
        self._heard = b""
        self._shown = 0
        self._chosen: tuple[QWidget | None, str] = (None, "")
        self._scanned_at = ""
        self._typed_at: list[int] = []
        self._ends = 0
        self._pressed: list[str] = []
        self._watched: set[QObject] = set()
        self._expected: dict[str, Any] | None = None
        self._window: MainWindow | None = None
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._input.activated.connect(self._on_input)
        self._again = QTimer(self)
        self._again.setInterval(_LOOK_AGAIN)
        self._again.timeout.connect(self._look)

    @property
    def window(self) -> MainWindow:
        """The app's window; the first question is asked when it is there."""
        if self._window is None:
            self._window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
            self._window.door.answer_shown.connect(self._on_shown)
            self._window.keys.scanned.connect(self._on_scanned)
        return self._window

    def eventFilter(self, receiver: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's own)
        """Note when each key was typed, by the clock of the screen."""
        if event.type() is QEvent.Type.KeyPress and isinstance(receiver, QWindow) and event.spontaneous():
            assert isinstance(event, QKeyEvent)
            if event.text():
                self._typed_at.append(event.timestamp())
            self._ends += event.key() == Qt.Key.Key_Return
        return False

    def _on_input(self) -> None:
        self._heard += os.read(sys.stdin.fileno(), 65536)
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            word, about = json.loads(line)
            answers: dict[str, Callable[[Any], None]] = {
                "until": self._until,
                "go": self._go,
                "focus": self._focus,
                "leave": self._leave,
            }
            answers[word](about)

    def _until(self, expected: dict[str, Any]) -> None:
        """Answer as soon as the window stands like this."""
        self._expected = expected
        self._again.start()

    def _look(self) -> None:
        if not any(isinstance(one, MainWindow) for one in QApplication.topLevelWidgets()):
            return
        found = self._state()
        if self._expected is not None and self._expected.items() <= found.items():
            self._again.stop()
            self._expected = None
            self._say(found)

    def _go(self, where: str) -> None:
        self.window.go(Where(where))
        self._say(self._state())

    def _focus(self, number: int) -> None:
        """Put the focus on one of the widgets that can have it; counted on, it comes round to each in turn."""
        application().installEventFilter(self)  # again each time: the last one to come sees the keys first
        self._typed_at.clear()
        able = self._able()
        chosen = able[number % len(able)]
        chosen.setFocus(Qt.FocusReason.TabFocusReason)
        # Named now: what it says may change while the gun types, with the number of those who wait.
        self._chosen = (chosen, _name(chosen))
        self._say(self._state())

    def _leave(self, _: None) -> None:
        self._say(self._state())
        self.window.leave()

    def _able(self) -> list[QWidget]:
        """Those of the dialog, else of the place; those of the whole window at the door and where a place has none."""
        here: QWidget = QApplication.activeModalWidget() or self.window
        place = self.window.stack.currentWidget()
        if here is self.window and place is not None and place is not self.window.door:
            here = place
        able = _able_in(here) or _able_in(self.window)
        for button in self.window.findChildren(QAbstractButton):
            if button not in self._watched:
                self._watched.add(button)
                button.clicked.connect(partial(self._on_pressed, button))
        return able

    def _state(self) -> dict[str, Any]:
        modal = QApplication.activeModalWidget()
        texts = {_name(one): one.text() for one in self.window.findChildren(QLineEdit)}
        choices = {_name(one): one.currentText() for one in self.window.findChildren(QComboBox)}
        return {
            "active": QApplication.activeWindow() is not None,
            "focus": _name(QApplication.focusWidget()),
            "dialog": modal.objectName() if modal else "",
            "direction": self.window.keeper.door.direction.value,
            "shown": self._shown,
            "scanned_at": self._scanned_at,
            "ends": self._ends,
            "longest_gap": max((b - a for a, b in pairwise(self._typed_at)), default=0),
            "pressed": self._pressed,
            "fields": texts | choices,
            "search": self.window.door.search.text(),
        }

    def _on_shown(self, _: object) -> None:
        self._shown += 1

    def _on_scanned(self, _: str) -> None:
        here = QApplication.focusWidget()
        chosen, name = self._chosen
        self._scanned_at = name if here is chosen else _name(here)

    def _on_pressed(self, button: QAbstractButton, _checked: bool = False) -> None:
        self._pressed.append(_name(button))

    def _say(self, what: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def _able_in(here: QWidget) -> list[QWidget]:
    return [
        one
        for one in here.findChildren(QWidget)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def _name(widget: QWidget | None) -> str:
    if widget is None:
        return ""
    label = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    return f"{type(widget).__name__} {widget.objectName() or label}".strip()


if __name__ == "__main__":
    application()
    ear = Ear()
    sys.exit(main())
