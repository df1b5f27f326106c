"""The door as a steward lives it: scans come from a gun that types, answers are read off the panel."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QWidget

from boxoffice.domain.catalog import Event
from boxoffice.domain.gate import Direction
from boxoffice.domain.orders import Position, Status, Ticket
from boxoffice.errors import StorageTrouble
from boxoffice.ports import Role
from boxoffice.storage import journal
from boxoffice.storage.settings import ListSettings
from ui.answers import Kind
from ui.sheets.photo_sheet import PhotoSheet
from ui.widgets.file_picker import FilePicker
from ui.widgets.slip import GroupSlip, HandOutSlip


def test_a_scan_is_answered_over_the_whole_width(evening: Any, scan: Any) -> None:
    window = evening.open()
    scan(evening.ticket("Ada Lovelace"))
    evening.answer("Valid")
    assert evening.panel.answer.name == "Ada Lovelace"
    assert evening.panel.width() == window.width()
    assert evening.panel.height() * evening.panel.width() >= 0.6 * window.height() * window.width()
    assert evening.panel._word.font().pixelSize() >= 48


def test_the_second_scan_says_when_where_and_by_which_device(evening: Any, scan: Any) -> None:
    evening.enrol(name="Scanner 2")
    ticket = evening.ticket()
    at = datetime.now(UTC)
    evening.passed(ticket, at)
    evening.open()
    scan(ticket)
    evening.answer("Already used")
    assert evening.panel.answer.notes == (f"First entry {at:%H:%M}, South, by Scanner 2",)
    assert evening.panel.answer.kind is Kind.CAUTION


def test_the_same_code_within_a_second_is_one_scan(evening: Any, scan: Any, qtbot: Any) -> None:
    ticket, other = evening.ticket(), evening.ticket("Grace Hopper")
    evening.open()
    scan(ticket)
    scan(ticket)
    scan(other)
    qtbot.waitUntil(lambda: len(evening.app.lookup.last_scans()) == 2)
    assert [one.reason for one in evening.app.lookup.last_scans()] == ["ok", "ok"]


def test_a_person_typing_is_no_scan(evening: Any, hands: Any, qtbot: Any) -> None:
    ticket = evening.ticket("Ada Lovelace")
    window = evening.open()
    hands.press(Qt.Key.Key_F2)
    hands.person(ticket.position.secret[:8])
    qtbot.waitUntil(lambda: window.door.search.text() == ticket.position.secret[:8])
    assert evening.app.lookup.last_scans() == []


def test_a_gun_without_enter_and_one_with_prefix_and_suffix_are_read(evening: Any, hands: Any, qtbot: Any) -> None:
    evening.door(1, prefix="~", suffix="#")
    first, second = evening.ticket(), evening.ticket("Grace Hopper")
    evening.open()
    hands.gun(first.position.secret, end="")
    evening.answer("Valid")
    hands.gun(f"~{second.position.secret}#", end="\t")
    qtbot.waitUntil(lambda: evening.panel.answer.name == "Grace Hopper")


def test_the_gun_counts_whatever_has_the_focus_and_presses_nothing(evening: Any, hands: Any, qtbot: Any) -> None:
    window = evening.open()
    pressed = []
    for button in window.findChildren(QPushButton):
        button.clicked.connect(lambda *_, of=button: pressed.append(of.text()))
    targets = [w for w in window.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]
    assert len(targets) > 10
    for count, target in enumerate(targets, start=1):
        target.setFocus()
        hands.gun(evening.ticket(f"Guest {count}").position.secret, at=target)
        qtbot.waitUntil(lambda n=count: evening.panel.answer is not None and evening.panel.answer.name == f"Guest {n}")
    assert pressed == []
    assert window.door.search.text() == ""


def test_a_scan_under_a_dialog_is_judged_and_shown(evening: Any, hands: Any, scan: Any, qtbot: Any) -> None:
    window = evening.open()
    hands.press(Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    scan(evening.ticket())
    evening.answer("Valid")
    assert QApplication.activeModalWidget() is not None
    hands.person("\x1b")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert window.door.panel.answer.word == "Valid"


@pytest.mark.parametrize("key", [" ", "\x1b"])
def test_space_and_escape_clear(evening: Any, scan: Any, hands: Any, key: str) -> None:
    evening.open()
    scan(evening.ticket())
    evening.answer("Valid")
    hands.person(key)
    evening.ready()


def test_an_answer_goes_by_itself_and_shows_when(evening: Any, scan: Any) -> None:
    evening.prefer(seconds=1)
    window = evening.open()
    bar, seen = evening.panel.findChild(QWidget, "countdown"), []
    # Looked at in the moment in which it comes: a machine that stops for a second sees it go as soon as it is there.
    window.door.answer_shown.connect(lambda one: seen.append((one.word, evening.panel.countdown, bar.isVisible())))
    scan(evening.ticket())
    evening.qtbot.waitUntil(lambda: bool(seen))
    evening.ready()
    ((word, left, is_seen),) = seen
    assert (word, is_seen) == ("Valid", True)
    assert 0 < left <= 1


def test_attention_stays_until_it_is_seen_and_the_next_answer_waits(evening: Any, scan: Any, hands: Any) -> None:
    evening.prefer(seconds=0)
    first = evening.ticket("Ada Lovelace", order={"checkin_attention": True})
    second = evening.ticket("Grace Hopper")
    shown: list[str] = []
    evening.open().door.answer_shown.connect(lambda one: shown.append(one.name))
    scan(first)
    evening.answer("Attention")
    scan(second)
    evening.qtbot.waitUntil(lambda: evening.panel._next.text() == "Next: Valid Grace Hopper")
    assert evening.panel.answer.name == "Ada Lovelace"
    assert evening.panel.countdown is None
    hands.person(" ")
    evening.qtbot.waitUntil(lambda: shown == ["Ada Lovelace", "Grace Hopper"])  # The second one goes again at once.


def test_undo_is_one_key(evening: Any, scan: Any, hands: Any) -> None:
    ticket = evening.ticket()
    evening.open()
    scan(ticket)
    evening.answer("Valid")
    hands.press(Qt.Key.Key_F8)
    evening.answer("Taken back")
    assert evening.app.lookup.counts(evening.app.lists()[0]).inside == 0


def test_later_undo_asks_for_a_reason(evening: Any, hands: Any, qtbot: Any) -> None:
    evening.passed(evening.ticket(), datetime.now(UTC) - timedelta(hours=1))
    window = evening.open()
    window.door.last_scans.rows[0].click()
    hands.press(Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    hands.person("lost\r")
    evening.answer("Taken back")
    assert evening.app.lookup.last_scans()[0].undone


def test_an_exit_looks_different_and_counts(evening: Any, scan: Any, hands: Any) -> None:
    ticket = evening.ticket()
    evening.passed(ticket)
    evening.open()
    hands.press(Qt.Key.Key_F7)
    assert evening.panel._idle.leaving
    scan(ticket)
    evening.answer("Exit")
    assert evening.panel.answer.kind is Kind.PASSING
    evening.qtbot.waitUntil(lambda: evening.window.door.counts.text == "0 1")
    assert evening.app.door.direction is Direction.EXIT


def test_a_required_question_is_asked_and_then_lets_in(evening: Any, scan: Any, hands: Any) -> None:
    evening.question(1, "T-shirt size", required=True)
    ticket = evening.ticket()
    evening.open()
    scan(ticket)
    evening.answer("Please ask")
    hands.person("XL\r")
    evening.answer("Valid")
    assert len(evening.app.lookup.last_scans()) == 1
    assert evening.app.lookup.card("conf26", ticket.key).answers[0][1] == "XL"


def test_an_optional_question_is_asked_before_the_entry_is_written_down(evening: Any, scan: Any, hands: Any) -> None:
    evening.question(1, "How did you come", required=False)
    ticket = evening.ticket()
    evening.open()
    scan(ticket)
    evening.answer("Please ask")
    assert evening.app.lookup.last_scans() == []
    hands.person("\r")
    evening.answer("Valid")
    assert len(evening.app.lookup.last_scans()) == 1


def test_an_answer_that_does_not_fit_is_asked_again(evening: Any, scan: Any, hands: Any) -> None:
    evening.question(1, "How many guests", required=True, type="N")
    evening.open()
    scan(evening.ticket())
    evening.answer("Please ask")
    hands.person("two\r")
    evening.qtbot.waitUntil(lambda: "write a number" in " ".join(evening.panel.answer.notes))
    assert evening.app.lookup.last_scans() == []


def test_a_question_that_an_answer_makes_one_is_asked_too_and_no_other_twice(
    evening: Any, scan: Any, hands: Any, qtbot: Any
) -> None:
    evening.question(1, "Come by train", type="B")
    evening.question(2, "How long", type="N", dependency_question=1, dependency_values=("true",))
    evening.question(3, "Which way", type="S")
    ticket = evening.ticket()
    evening.open()
    scan(ticket)
    evening.answer("Please ask")
    hands.person(" \r")
    qtbot.waitUntil(lambda: "How long" in evening.words(evening.panel.slip))
    hands.person("2,5\r")
    hands.person("\r")
    evening.answer("Valid")
    card = evening.app.lookup.card("conf26", ticket.key)
    assert [kept for _, kept in card.answers] == ["true", "2.5"]
    assert "Yes" in evening.words(evening.panel.slip)


def test_a_file_is_handed_in_and_its_holder_comes_in(
    evening: Any, scan: Any, hands: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit = tmp_path / "permit.pdf"
    permit.write_bytes(b"%PDF-1.4 a permit")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(permit), ""))
    evening.question(1, "Permit", type="F", required=True)
    evening.open()
    scan(evening.ticket())
    evening.answer("Please ask")
    hands.person("\r")
    assert "A PDF of 1 kB" in evening.words(evening.panel.slip)
    hands.person("\r")
    evening.answer("Valid")
    (kept,) = evening.app.read(lambda c: list(journal.entries(c)))
    assert list(kept.private_part().files.values()) == [permit.read_bytes()]


def test_what_is_no_file_to_hand_in_is_said_at_once(evening: Any, scan: Any, tmp_path: Path) -> None:
    evening.question(1, "Permit", type="F", required=True)
    evening.open()
    scan(evening.ticket())
    evening.answer("Please ask")
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ")
    evening.panel.slip.findChild(FilePicker).open_file(program)
    assert "no PNG, no JPEG and no PDF" in evening.words(evening.panel.slip)
    evening.panel.slip.go_on()
    evening.answer("Please ask")


def test_a_portrait_is_cut_on_its_sheet_and_shown_on_the_card(
    evening: Any, scan: Any, hands: Any, tmp_path: Path
) -> None:
    picture = QImage(400, 300, QImage.Format.Format_RGB32)
    picture.fill(0xFF3060)
    picture.save(str(tmp_path / "face.png"))
    evening.question(1, "Photo", type="F", required=True, valid_file_portrait=True)
    ticket = evening.ticket()
    window = evening.open()
    scan(ticket)
    evening.answer("Please ask")
    hands.person("\r")
    sheet = window.findChild(PhotoSheet)
    sheet.open_file(tmp_path / "face.png")
    hands.person("\r", at=sheet.keep)
    assert evening.panel.slip.go_on()
    evening.answer("Valid")
    assert evening.app.lookup.card("conf26", ticket.key).photo


def test_the_time_of_an_entry_is_told_as_it_is_where_the_event_is(evening: Any, scan: Any) -> None:
    evening.hear(Event(slug="conf26", timezone="Pacific/Auckland"))
    ticket = evening.ticket()
    evening.passed(ticket, datetime(2026, 11, 21, 18, 4, tzinfo=UTC))
    evening.open()
    scan(ticket)
    evening.answer("Already used")
    assert evening.panel.answer.notes[0].startswith("First entry 22 Nov 07:04")


def test_staff_texts_stay_until_they_are_done_and_are_recorded(evening: Any, scan: Any, hands: Any) -> None:
    ticket = evening.ticket(order={"checkin_text": "Green badge"})
    evening.open()
    scan(ticket)
    evening.answer("Valid")
    assert isinstance(evening.panel.slip, HandOutSlip)
    hands.person(" ")
    assert evening.panel.answer is not None
    hands.person("\r")
    evening.ready()
    evening.qtbot.waitUntil(lambda: bool(evening.app.lookup.card("conf26", ticket.key).handed_out))
    assert evening.app.lookup.card("conf26", ticket.key).handed_out[0].what == ("Green badge",)


def test_a_family_passes_in_three_actions(evening: Any, scan: Any, hands: Any) -> None:
    first, *others = evening.family("Ada", "Ben", "Cleo")
    evening.open()
    scan(first)
    evening.answer("Valid")
    assert "2 more" in evening.buttons(evening.panel)
    hands.press(Qt.Key.Key_F3)
    assert isinstance(evening.panel.slip, GroupSlip)
    assert evening.panel.slip.ticked == tuple(one.key for one in others)
    hands.press(Qt.Key.Key_F3)
    evening.answer("2 let in")
    assert evening.app.lookup.counts(evening.app.lists()[0]).inside == 3


def test_what_a_family_is_to_be_given_is_asked_for_each_of_them_and_for_who_was_scanned(
    evening: Any, scan: Any, hands: Any
) -> None:
    first, _, child = evening.family("Parent", "Child A", "Child B", checkin_text="Wristband")
    evening.prefer(seconds=1)
    shown: list[str] = []
    evening.open().door.answer_shown.connect(lambda one: shown.append(one.word))
    scan(first)
    evening.answer("Valid")
    hands.press(Qt.Key.Key_F3)
    evening.qtbot.waitUntil(lambda: isinstance(evening.panel.slip, GroupSlip))
    hands.person("1")
    assert evening.panel.slip.ticked == (child.key,)
    hands.press(Qt.Key.Key_F3)
    evening.qtbot.waitUntil(lambda: "1 let in" in shown)  # It goes by itself, perhaps before anybody looks.
    for name in ("Parent", "Child B"):
        evening.qtbot.waitUntil(
            lambda name=name: evening.panel.answer is not None and evening.panel.answer.name == name
        )
        assert isinstance(evening.panel.slip, HandOutSlip)
        hands.press(Qt.Key.Key_Return)
    evening.ready()
    for one in (first, child):
        evening.qtbot.waitUntil(lambda one=one: bool(evening.app.lookup.card("conf26", one.key).handed_out))
        assert [part.what for part in evening.app.lookup.card("conf26", one.key).handed_out] == [("Wristband",)]


def test_a_family_that_was_let_in_by_mistake_is_taken_back_at_once_and_has_nothing_left_to_do(
    evening: Any, scan: Any, hands: Any
) -> None:
    first, *_ = evening.family("Parent", "Child A", "Child B", checkin_attention=True)
    evening.open()
    scan(first)
    evening.answer("Attention")
    hands.press(Qt.Key.Key_F3)
    hands.press(Qt.Key.Key_F3)
    evening.answer("2 let in")
    hands.press(Qt.Key.Key_F8)
    evening.answer("2 taken back")
    assert evening.panel.answer.notes == ("Child A · Child B",)
    hands.person(" ")
    evening.answer("Attention")
    assert evening.panel.answer.name == "Parent"
    hands.person(" ")
    evening.ready()


def test_of_a_family_those_are_taken_back_who_can_be_and_the_trouble_with_the_others_is_said(
    evening: Any, scan: Any, hands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = evening.family("Parent", "Child A", "Child B", checkin_attention=True)
    evening.open()
    scan(first)
    evening.answer("Attention")
    hands.press(Qt.Key.Key_F3)
    hands.press(Qt.Key.Key_F3)
    evening.answer("2 let in")
    undo, full = evening.app.gate.undo, [StorageTrouble("The disk is full")]

    def sometimes(*wanted: Any) -> Future[Any]:
        if not full:
            return undo(*wanted)
        failed: Future[Any] = Future()
        failed.set_exception(full.pop())
        return failed

    monkeypatch.setattr(evening.app.gate, "undo", sometimes)
    taken_back: list[Any] = []
    evening.window.keeper.group_taken_back.connect(taken_back.append)
    hands.press(Qt.Key.Key_F8)
    evening.answer("Not recorded")
    assert [len(one) for one in taken_back] == [1]


def test_undo_takes_back_who_is_on_the_screen_and_not_who_came_after(evening: Any, scan: Any, hands: Any) -> None:
    first, second = evening.ticket("Ada Lovelace", order={"checkin_attention": True}), evening.ticket("Grace Hopper")
    evening.open()
    scan(first)
    evening.answer("Attention")
    scan(second)
    evening.qtbot.waitUntil(lambda: evening.panel._next.text() != "")
    hands.press(Qt.Key.Key_F8)
    evening.answer("Taken back")
    assert evening.panel.answer.name == "Ada Lovelace"
    hands.person(" ")
    evening.answer("Valid")
    assert evening.panel.answer.name == "Grace Hopper"


def test_what_goes_with_a_ticket_bears_the_name_of_its_holder(evening: Any, scan: Any) -> None:
    (ticket,) = evening.family("Ada Lovelace")
    dinner = Position(number=2, item=1, name="", secret="dinner-secret", addon_to=1)
    evening.hear(msgspec.structs.replace(ticket.order, positions=(*ticket.order.positions, dinner)))
    evening.open()
    scan(Ticket(ticket.order, dinner))
    evening.answer("Valid")
    assert evening.panel.answer.name == "Ada Lovelace"
    assert evening.app.lookup.last_scans()[0].name == "Ada Lovelace"


def test_preview_records_nothing_until_it_is_confirmed(evening: Any, scan: Any, hands: Any) -> None:
    evening.app.set_list("conf26", 1, ListSettings(preview=True)).result()
    evening.open()
    for number, key in enumerate("\r "):
        scan(evening.ticket())
        evening.answer("Let in?")
        assert len(evening.app.lookup.last_scans()) == number
        hands.person(key)
        evening.answer("Valid")
        assert len(evening.app.lookup.last_scans()) == number + 1


@pytest.mark.parametrize("role", [Role.DESK, Role.SUPERVISOR])
def test_an_unpaid_order_is_let_in_only_where_list_and_role_allow_it(
    evening: Any, scan: Any, hands: Any, role: Role
) -> None:
    evening.list(1, "Main entrance", include_pending=True)
    evening.enrol(role)
    ticket = evening.ticket(status=Status.PENDING)
    evening.open()
    scan(ticket)
    evening.answer("Not paid")
    hands.press(Qt.Key.Key_F6)
    evening.answer("Valid")


def test_force_is_told_as_forced(evening: Any, scan: Any, hands: Any) -> None:
    evening.open()
    scan(evening.ticket(blocked=True))
    evening.answer("Blocked")
    hands.press(Qt.Key.Key_F6)
    evening.answer("Admitted")
    assert evening.panel.answer.notes[0].startswith("In spite of:")


def test_a_steward_only_scans(evening: Any, scan: Any, hands: Any) -> None:
    evening.enrol(Role.STEWARD)
    window = evening.open()
    assert not window.door.search.isVisible()
    scan(evening.ticket(blocked=True, email="ada@example.org"))
    evening.answer("Blocked")
    hands.press(Qt.Key.Key_F6)
    evening.settle()
    assert evening.panel.answer.word == "Blocked"
    assert "ada@example.org" not in str(window.door._offers._facts(window.door._case.card))


def test_the_whole_card_is_shown_when_refused(evening: Any, scan: Any) -> None:
    ticket = evening.ticket(company="Analytical Engines", status=Status.CANCELED)
    window = evening.open()
    scan(ticket)
    evening.answer("Cancelled")
    assert ("Company", "Analytical Engines") in window.door._offers._facts(window.door._case.card)


def test_a_door_without_a_list_says_so(evening: Any, scan: Any) -> None:
    evening.app.set_door(type(evening.app.door)()).result()
    evening.open()
    scan(evening.ticket())
    evening.answer("Not recorded")
    assert evening.panel.answer.notes[0] == "No check-in list is chosen"


def test_searching_finds_marks_and_lets_in(evening: Any, hands: Any) -> None:
    evening.ticket("Ada Lovelace", company="Engines")
    evening.ticket("Ada Byron")
    window = evening.open()
    hands.press(Qt.Key.Key_F2)
    hands.person("ada")
    results = window.door.search.results
    assert results.isVisible()
    assert results.model.rowCount() == 2
    hands.press(Qt.Key.Key_Down)
    wanted = results.model.hit(1).name
    hands.person("\r")
    evening.answer("Let in?")
    assert evening.panel.answer.name == wanted
    hands.person("\r")
    evening.answer("Valid")


@pytest.mark.parametrize(("role", "sells"), [(Role.DESK, False), (Role.CASHIER, True)])
def test_nothing_found_offers_a_new_ticket_or_says_why_not_here(
    evening: Any, hands: Any, qtbot: Any, role: Role, sells: bool
) -> None:
    evening.enrol(role)
    window = evening.open()
    hands.press(Qt.Key.Key_F2)
    hands.person("Zoe")
    results = window.door.search.results
    qtbot.waitUntil(lambda: results.new.isVisible() and "Zoe" in results.new.text())
    assert results.new.isEnabled() is sells
    assert ("Send the person to a till" in evening.words(results)) is not sells
    hands.person("\x1b")
    assert evening.panel.hasFocus()


def entries(evening: Any) -> list[str]:
    """What was written down at this door, oldest first."""
    return [one.reason.value for one in reversed(evening.app.lookup.last_scans(10))]


def test_a_decision_that_is_pressed_twice_is_made_once(evening: Any, scan: Any, hands: Any) -> None:
    evening.open()
    scan(evening.ticket(blocked=True))
    evening.answer("Blocked")
    with evening.held_up():
        hands.press(Qt.Key.Key_F6)
        hands.press(Qt.Key.Key_F6)
    evening.answer("Admitted")
    evening.settle()
    assert evening.panel.answer.word == "Admitted"
    assert entries(evening) == ["blocked", "ok"]


def test_a_family_that_is_let_in_twice_passes_once(evening: Any, scan: Any, hands: Any) -> None:
    first, *_ = evening.family("Ada", "Ben", "Cleo")
    evening.open()
    scan(first)
    evening.answer("Valid")
    hands.press(Qt.Key.Key_F3)
    with evening.held_up():
        hands.press(Qt.Key.Key_F3)
        hands.press(Qt.Key.Key_F3)
    evening.answer("2 let in")
    evening.settle()
    assert entries(evening) == ["ok", "ok", "ok"]


def test_two_families_that_pass_at_once_are_told_each_by_itself(evening: Any) -> None:
    families = [evening.family("Ada", "Ben"), evening.family("Cleo", "Dan", "Eve")]
    keeper, told = evening.open().keeper, []
    keeper.group_passed.connect(lambda passed: told.append([one.ticket.position.name for one in passed.verdicts]))
    with evening.held_up():
        for family in families:
            keeper.admit_others("conf26", [one.key for one in family])
    evening.settle()
    assert told == [["Ada", "Ben"], ["Cleo", "Dan", "Eve"]]
