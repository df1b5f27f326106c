"""What every sheet does: Enter, the keys for pages, and as much room as its rows want."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ui.widgets.buttons import Button
from ui.widgets.dialogs import Dialog, ReasonDialog
from ui.widgets.sheet_frame import Foot


@pytest.fixture
def window(qtbot: Any) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def button(sheet: Dialog, words: str) -> Button:
    (found,) = (one for one in sheet.findChildren(Button) if one.text() == words)
    return found


def test_enter_presses_the_button_that_a_person_went_to(window: QWidget, qtbot: Any) -> None:
    reasons: list[str] = []
    sheet = ReasonDialog("Take back", "Why?", ("Wrong one",), reasons.append, window)
    sheet.open()
    qtbot.waitUntil(sheet._own.hasFocus)
    QTest.keyClicks(sheet._own, "Because")
    QTest.keyClick(sheet._own, Qt.Key.Key_Tab)
    assert sheet.focusWidget() is button(sheet, "Cancel")
    QTest.keyClick(sheet.focusWidget(), Qt.Key.Key_Return)
    assert not sheet.isVisible()
    assert reasons == []


def test_enter_in_a_field_means_what_the_sheet_says_it_means(window: QWidget) -> None:
    reasons: list[str] = []
    sheet = ReasonDialog("Take back", "Why?", ("Wrong one",), reasons.append, window)
    sheet.open()
    QTest.keyClicks(sheet._own, "Because")
    QTest.keyClick(sheet._own, Qt.Key.Key_Return)
    assert reasons == ["Because"]


def test_the_keys_for_pages_turn_those_of_a_sheet_that_is_too_long(window: QWidget) -> None:
    sheet = Dialog("All of it", window)
    for number in range(60):
        sheet.say(f"Line {number}")
    sheet.add_buttons(Button("Close"))
    sheet.open()
    bar = sheet.body.verticalScrollBar()
    assert sheet.height() <= sheet.screen().availableGeometry().height()
    assert bar.maximum() > 0
    QTest.keyClick(button(sheet, "Close"), Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(button(sheet, "Close"), Qt.Key.Key_PageUp)
    assert bar.value() == 0


def test_a_sheet_grows_with_what_it_says_later(window: QWidget, qtbot: Any) -> None:
    sheet = Dialog("A question", window)
    answer = sheet.say("")
    sheet.add_buttons(Button("Close"))
    sheet.open()
    QApplication.processEvents()
    before = sheet.height()
    answer.setText("One\nTwo\nThree")
    qtbot.waitUntil(lambda: sheet.height() > before)
    assert sheet.body.verticalScrollBar().maximum() == 0


def test_buttons_that_have_no_room_beside_each_other_stand_below(window: QWidget) -> None:
    foot = Foot()
    row = QWidget(window)
    row.setLayout(foot)
    labels = [QLabel("x" * 20) for _ in range(3)]
    for one in labels:
        foot.addWidget(one)
    wide = labels[0].sizeHint().width()
    row.resize(wide * 2 + 40, 200)
    row.show()
    window.show()
    foot.activate()
    assert [one.y() for one in labels] == [labels[0].y(), labels[1].y(), labels[1].y()]
    assert labels[0].y() < labels[1].y()
    assert labels[0].geometry().right() == labels[2].geometry().right()
