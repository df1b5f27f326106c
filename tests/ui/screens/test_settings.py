"""What a station is set to: each change counts at once, is there at the next start, and is not for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget

from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.door import Door
from boxoffice.ports import Role
from ui.preferences import load
from ui.widgets.choice import Choice, Number
from ui.widgets.rows import CheckRow
from ui.widgets.strip import Where


def named(screen: QWidget, kind: type, name: str) -> Any:
    return next(one for one in screen.findChildren(kind) if one.isVisible() and one.accessibleName() == name)


def row(screen: QWidget, text: str) -> CheckRow:
    return next(one for one in screen.findChildren(CheckRow) if one.isVisible() and one.text() == text)


def choose(box: Choice, text: str) -> None:
    """As a hand does it."""
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


@pytest.fixture
def place(evening: Any) -> Any:
    return lambda: evening.go(Where.SETTINGS)


def kept(evening: Any) -> Any:
    """What the next start will find; a job behind all that were sent."""
    evening.app.write(lambda _: None).result()
    return load(evening.app)


def test_without_a_server_it_says_so_and_offers_to_join_one(evening: Any, place: Any) -> None:
    assert "This station belongs to no server yet." in evening.words(place())


def test_server_and_role_are_shown(evening: Any, place: Any) -> None:
    evening.enrol(Role.DESK)
    said = evening.words(place())
    assert "North door · http://127.0.0.1:1" in said
    assert "Role: desk" in said


def test_another_list_counts_for_the_next_scan(evening: Any, place: Any, scan: Any) -> None:
    evening.list(2, "Speakers", all_items=False, items=())
    choose(named(place(), Choice, "Conference"), "Speakers")
    evening.qtbot.waitUntil(lambda: evening.app.door.lists == (("conf26", 2),))
    scan(evening.ticket())
    evening.answer("Wrong ticket")


def test_the_gate_is_kept_and_written_on_each_entry(evening: Any, place: Any, hands: Any, scan: Any) -> None:
    line = named(place(), QLineEdit, "Gate")
    line.clear()
    line.setFocus()
    hands.person("West\r", line)
    evening.qtbot.waitUntil(lambda: evening.app.door.gate == "West")
    ticket = evening.ticket()
    scan(ticket)
    evening.answer("Valid")
    assert [one.gate for one in evening.app.lookup.card("conf26", ticket.key).checkins] == ["West"]


def test_a_list_that_is_looked_at_first_waits_for_the_confirmation(evening: Any, place: Any, scan: Any) -> None:
    row(place(), "Look first, let in on confirmation").click()
    scan(evening.ticket())
    evening.answer("Let in?")


def test_two_rooms_whose_stay_is_ended_are_both_kept(evening: Any, place: Any) -> None:
    evening.list(2, "Hall A")
    evening.list(3, "Hall B")
    screen = place()
    row(screen, "An entry here ends the stay in Hall A").click()
    row(screen, "An entry here ends the stay in Hall B").click()
    assert evening.app.list_settings("conf26", 1).ends_stay_on == (2, 3)
    row(screen, "An entry here ends the stay in Hall A").click()
    assert evening.app.list_settings("conf26", 1).ends_stay_on == (3,)


def test_what_the_server_has_set_is_shown_and_cannot_be_taken_away(evening: Any, place: Any) -> None:
    evening.list(2, "Hall A")
    evening.list(1, "Main entrance", ends_stay_on=(2,))
    shown = row(place(), "An entry here ends the stay in Hall A")
    assert shown.isChecked()
    assert not shown.isEnabled()


def test_how_long_a_good_answer_stays_is_kept(evening: Any, place: Any) -> None:
    named(place(), Number, "A good answer stays").setValue(4)
    assert kept(evening).seconds == 4


def test_silence_is_kept(evening: Any, place: Any) -> None:
    row(place(), "Silent").click()
    assert kept(evening).muted


def test_another_language_is_there_at_once_on_this_screen_too(evening: Any, place: Any) -> None:
    choose(named(place(), Choice, "Language"), "中文")
    evening.qtbot.waitUntil(lambda: "设置" in evening.words(evening.window))
    assert kept(evening).language == "zh"


def test_a_camera_that_is_a_film_is_kept(evening: Any, place: Any, hands: Any, tmp_path: Any) -> None:
    box = named(place(), Choice, "Camera")
    edit = box.lineEdit()
    edit.clear()
    edit.setFocus()
    film = str(tmp_path)
    edit.setText(film)
    hands.person("\r", edit)
    evening.qtbot.waitUntil(lambda: kept(evening).camera == film)


def test_the_desk_sees_how_the_door_is_set_and_changes_nothing(evening: Any, place: Any) -> None:
    evening.enrol(Role.DESK)
    screen = place()
    assert not named(screen, Choice, "Conference").isEnabled()
    assert not named(screen, QLineEdit, "Gate").isEnabled()
    assert not row(screen, "Look first, let in on confirmation").isEnabled()


def test_a_new_station_that_only_scans_can_say_which_list_it_is_for(evening: Any, place: Any) -> None:
    evening.enrol(Role.STEWARD)
    evening.app.set_door(Door()).result()
    screen = place()
    choose(named(screen, Choice, "Conference"), "Main entrance")
    evening.qtbot.waitUntil(lambda: evening.app.door.lists == (("conf26", 1),))


def test_when_an_entry_prints_the_badge_is_kept_for_the_list(evening: Any, place: Any) -> None:
    choose(named(place(), Choice, "Print the badge at an entry"), "the first time")
    assert evening.app.list_settings("conf26", 1).badges is AutoPrint.FIRST


def test_the_drawing_board_is_reached_from_here(evening: Any, place: Any) -> None:
    evening.buttons(place())["Design badges…"].click()
    assert evening.window.strip.places[Where.BADGES].isChecked()


def test_arrows_choose_what_the_door_is_for_and_stay_where_they_are(evening: Any) -> None:
    evening.list(1, "Main entrance")
    evening.list(2, "Hall")
    screen = evening.go(Where.SETTINGS)
    box = screen._doors._of_event["conf26"]
    evening.qtbot.waitUntil(box.hasFocus)
    choose(box, "Hall")
    evening.qtbot.waitUntil(lambda: evening.app.door.lists == (("conf26", 2),))
    evening.qtbot.waitUntil(lambda: screen._doors._of_event["conf26"].hasFocus())
