"""What has not reached the server: said in words, kept up to date while somebody looks, and sent again by a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.ports import Role
from boxoffice.services import disagree
from ui.widgets.strip import Where


@pytest.fixture
def place(evening: Any) -> Any:
    return lambda: evening.go(Where.OUTBOX)


@pytest.fixture
def refuse(evening: Any) -> Any:
    def park(nonce: str, because: str = "No such list") -> None:
        evening.app.write(lambda c: disagree.look_at_refusal(c, nonce, because, datetime.now(UTC))).result()

    return park


def test_with_nothing_to_send_it_says_so(evening: Any, place: Any) -> None:
    evening.enrol()
    assert "Nothing waits" in evening.words(place())


def test_what_waits_is_named_by_who_and_where(evening: Any, place: Any) -> None:
    evening.enrol()
    evening.passed(evening.ticket("Ada Lovelace"))
    said = evening.words(place())
    assert "1 to be sent, 0 refused by the server" in said
    assert "Ada Lovelace · A0001-1 · Main entrance · conf26" in said


def test_what_the_server_refused_comes_first_with_its_words(evening: Any, place: Any, refuse: Any) -> None:
    evening.enrol()
    evening.passed(evening.ticket("First Waiting"))
    refuse(evening.passed(evening.ticket("Second Refused")), "The list was deleted")
    said = evening.words(place())
    assert "The server refused it: The list was deleted" in said
    assert said.index("Second Refused") < said.index("First Waiting")


def test_one_that_was_refused_is_sent_again_by_a_person(evening: Any, place: Any, refuse: Any) -> None:
    evening.enrol()
    refuse(evening.passed(evening.ticket()))
    refuse(evening.passed(evening.ticket()))
    screen = place()
    evening.buttons(screen)["Send again"].click()
    evening.qtbot.waitUntil(lambda: "1 to be sent, 1 refused by the server" in evening.words(screen))
    evening.buttons(screen)["Send refused again"].click()
    evening.qtbot.waitUntil(lambda: "2 to be sent, 0 refused by the server" in evening.words(screen))
    assert not screen.again.isVisible()


def test_a_steward_sees_what_was_refused_and_decides_nothing(evening: Any, place: Any, refuse: Any) -> None:
    evening.enrol(Role.STEWARD)
    refuse(evening.passed(evening.ticket()))
    screen = place()
    assert "The server refused it" in evening.words(screen)
    assert list(evening.buttons(screen)) == ["Sync now"]


def test_it_changes_while_somebody_looks_at_it(evening: Any, place: Any) -> None:
    evening.enrol()
    screen = place()
    evening.passed(evening.ticket("Late Arrival"))
    evening.window.status.refresh()
    evening.qtbot.waitUntil(lambda: "Late Arrival" in evening.words(screen))


def test_whoever_comes_back_sees_it_as_it_is_now(evening: Any, place: Any) -> None:
    evening.enrol()
    screen = place()
    evening.window.go(Where.DOOR)
    evening.passed(evening.ticket("Late Arrival"))
    evening.window.go(Where.OUTBOX)
    evening.qtbot.waitUntil(lambda: "Late Arrival" in evening.words(screen))


def test_a_thousand_that_wait_are_a_hundred_rows_and_a_number(evening: Any, place: Any) -> None:
    evening.enrol()
    for _ in range(103):
        evening.passed(evening.ticket())
    assert "and 3 more that wait" in evening.words(place())


def test_what_another_station_has_saved_is_taken_in_and_counted_once(evening: Any, place: Any, tmp_path: Any) -> None:
    evening.enrol()
    file = tmp_path / "unsent.jsonl"
    ticket = evening.ticket("Ada Lovelace")
    evening.passed(ticket)
    evening.app.parting.export_unsent(file)
    screen = place()
    screen.take_in(file)
    evening.qtbot.waitUntil(lambda: evening.window.notices.text == "1 act in the file, 0 of them new here")
    assert "1 to be sent, 0 refused by the server" in evening.words(screen)


def test_a_file_that_is_none_changes_nothing_and_says_so(evening: Any, place: Any, tmp_path: Any) -> None:
    evening.enrol()
    file = tmp_path / "shopping.jsonl"
    file.write_text("milk\n")
    place().take_in(file)
    evening.qtbot.waitUntil(lambda: "shopping.jsonl" in evening.words(evening.window))
    assert evening.app.outbox().waiting == 0


def test_a_door_of_stewards_takes_no_files_in(evening: Any, place: Any) -> None:
    evening.enrol(Role.STEWARD)
    assert not place().bring.isVisible()
