"""What a person types arrives where it was going, whatever kind of key it is; what a gun types never does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from boxoffice.scanning.wedge import WedgeSettings
from ui.inputs.keys import Keys


class Desk:
    """A field and a button, and the filter before them."""

    def __init__(self, qtbot: Any, keys: Keys) -> None:
        self.keys = keys
        self.scans: list[str] = []
        keys.scanned.connect(self.scans.append)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        rows = QVBoxLayout(self.window)
        self.field, self.button, self.box = QLineEdit(), QPushButton("Sell"), QCheckBox("VIP")
        self.sold: list[bool] = []
        self.button.clicked.connect(lambda: self.sold.append(True))
        for widget in (self.field, self.button, self.box):
            rows.addWidget(widget)
        self.window.show()
        qtbot.waitExposed(self.window)


@pytest.fixture
def desk(qtbot: Any, qapp: Any) -> Iterator[Desk]:
    keys = Keys(WedgeSettings())
    qapp.installEventFilter(keys)
    yield Desk(qtbot, keys)
    qapp.removeEventFilter(keys)


def post(kind: QEvent.Type, key: Qt.Key, text: str, target: Any, *, repeat: bool = False) -> None:
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, repeat)
    QCoreApplication.postEvent(target, event)


@pytest.mark.parametrize("text", ["hello", "zażółć", "王小明", "Ñandú", "a b"])
def test_words_of_every_script_reach_the_field(desk: Desk, hands: Any, qtbot: Any, text: str) -> None:
    hands.person(text, at=desk.field)
    qtbot.waitUntil(lambda: desk.field.text() == text)  # The last letter may be on its way on a busy machine.
    assert desk.scans == []


def test_a_key_that_nothing_follows_reaches_the_field_by_itself(desk: Desk, qtbot: Any) -> None:
    post(QEvent.Type.KeyPress, Qt.Key.Key_A, "a", desk.field)
    post(QEvent.Type.KeyRelease, Qt.Key.Key_A, "a", desk.field)
    QCoreApplication.sendPostedEvents()
    assert desk.field.text() == ""
    qtbot.waitUntil(lambda: desk.field.text() == "a")


def test_space_presses_the_button_once(desk: Desk, hands: Any, qtbot: Any) -> None:
    desk.button.setFocus()
    hands.person(" ", at=desk.button)
    qtbot.waitUntil(lambda: bool(desk.sold))
    assert len(desk.sold) == 1


def test_a_key_held_down_repeats(desk: Desk, qtbot: Any) -> None:
    post(QEvent.Type.KeyPress, Qt.Key.Key_A, "a", desk.field)
    for _ in range(3):
        qtbot.wait(60)
        post(QEvent.Type.KeyRelease, Qt.Key.Key_A, "a", desk.field, repeat=True)
        post(QEvent.Type.KeyPress, Qt.Key.Key_A, "a", desk.field, repeat=True)
    post(QEvent.Type.KeyRelease, Qt.Key.Key_A, "a", desk.field)
    qtbot.waitUntil(lambda: desk.field.text() == "aaaa")


def test_a_gun_may_end_with_the_enter_of_the_keypad(desk: Desk, hands: Any, qtbot: Any) -> None:
    hands.gun("TICKET-1", at=desk.field, end="")
    post(QEvent.Type.KeyPress, Qt.Key.Key_Enter, "", desk.field)
    post(QEvent.Type.KeyRelease, Qt.Key.Key_Enter, "", desk.field)
    qtbot.waitUntil(lambda: desk.scans == ["TICKET-1"])
    assert desk.field.text() == ""


@pytest.mark.parametrize("end", ["\r", "\t", ""])
@pytest.mark.parametrize("target", ["field", "button", "box", "window"])
def test_a_burst_types_presses_and_ticks_nothing(desk: Desk, hands: Any, qtbot: Any, target: str, end: str) -> None:
    widget = getattr(desk, target)
    widget.setFocus()
    hands.gun("AB 12 cd;34", at=widget, end=end)
    qtbot.waitUntil(lambda: desk.scans == ["AB 12 cd;34"])
    assert (desk.field.text(), desk.sold, desk.box.isChecked()) == ("", [], False)
    assert not desk.button.isDown()


def test_a_burst_posted_to_the_window_counts_once(desk: Desk, hands: Any, qtbot: Any) -> None:
    desk.field.setFocus()
    hands.gun("TICKET-2", at=desk.window.windowHandle())
    qtbot.waitUntil(lambda: desk.scans == ["TICKET-2"])
    hands.press(Qt.Key.Key_F35)  # Whatever was left of the burst ends with it.
    assert desk.scans == ["TICKET-2"]


def test_a_gun_is_read_in_a_dialog_that_a_key_has_opened(desk: Desk, hands: Any, qtbot: Any) -> None:
    dialog = QDialog(desk.window)
    confirm = QPushButton("OK", dialog)
    confirmed: list[bool] = []
    confirm.clicked.connect(lambda: confirmed.append(True))
    desk.button.clicked.connect(lambda: dialog.open())
    desk.button.setFocus()
    hands.person(" ", at=desk.button)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is dialog)
    hands.gun("TICKET-3", at=confirm)
    qtbot.waitUntil(lambda: desk.scans == ["TICKET-3"])
    assert confirmed == []
    assert dialog.isVisible()


def test_dead_keys_and_input_methods_are_left_alone(desk: Desk, qtbot: Any) -> None:
    post(QEvent.Type.KeyPress, Qt.Key.Key_Dead_Acute, "", desk.field)
    post(QEvent.Type.KeyRelease, Qt.Key.Key_Dead_Acute, "", desk.field)
    composed = QInputMethodEvent()
    composed.setCommitString("é张三")
    QCoreApplication.postEvent(desk.field, composed)
    qtbot.waitUntil(lambda: desk.field.text() == "é张三")
    assert desk.scans == []


def test_a_field_that_is_gone_when_its_key_comes_back_harms_nobody(desk: Desk, hands: Any, qtbot: Any) -> None:
    import shiboken6

    post(QEvent.Type.KeyPress, Qt.Key.Key_A, "a", desk.field)
    QCoreApplication.sendPostedEvents()
    shiboken6.delete(desk.field)
    qtbot.waitUntil(lambda: desk.keys._wedge.wake_at is None)
    assert desk.scans == []
