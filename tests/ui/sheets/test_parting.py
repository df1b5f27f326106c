"""A station that was sent away: the person exports what was never sent, wipes the rest, and can begin anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.ports import Role
from boxoffice.services import depart
from sync.state import State
from ui.sheets.parting import PartingSheet


class Line:
    """A thread that syncs, with a server that knows this station no more."""

    def __init__(self) -> None:
        self.state = State(revoked=True)
        self.on_state: list[Any] = []
        self.starts = 0

    def start(self) -> None:
        self.starts += 1

    def hurry(self) -> None:
        """Nobody answers."""

    stop_first_sync = resume_first_sync = hurry


@pytest.fixture
def line() -> Line:
    return Line()


def sent_away(evening: Any) -> None:
    evening.app.write(lambda c: depart.sent_away(c, datetime.now(UTC))).result()


def sheet(window: Any) -> PartingSheet:
    window.status.banners.stopped.button.click()
    found = window.findChild(PartingSheet)
    assert found is not None
    return found


def test_what_was_never_sent_has_to_be_in_a_file_first(evening: Any, line: Line, tmp_path: Path) -> None:
    evening.enrol()
    evening.passed(evening.ticket())
    sent_away(evening)
    opened = sheet(evening.open(line))
    assert not opened.wipe.isEnabled()
    assert "1 act was never sent" in opened.unsent.text()
    opened.save(str(tmp_path / "unsent.jsonl"))
    evening.qtbot.waitUntil(opened.wipe.isEnabled)
    assert "in a file" in opened.unsent.text()
    assert (tmp_path / "unsent.jsonl").exists()


def test_a_file_that_cannot_be_written_is_said_and_nothing_may_be_wiped(
    evening: Any, line: Line, tmp_path: Path
) -> None:
    evening.enrol()
    evening.passed(evening.ticket())
    sent_away(evening)
    opened = sheet(evening.open(line))
    opened.save(str(tmp_path / "nowhere" / "unsent.jsonl"))
    evening.qtbot.waitUntil(opened.trouble.isVisible)
    assert "The export was not written" in opened.trouble.text()
    assert not opened.wipe.isEnabled()


def test_wiping_leaves_a_station_that_says_so_and_asks_for_a_server(evening: Any, line: Line) -> None:
    evening.enrol()
    evening.ticket("Hypatia")
    sent_away(evening)
    window = evening.open(line)
    opened = sheet(window)
    opened.wipe.click()
    # The window may have looked around, and said so, before it had the station's answer.
    evening.qtbot.waitUntil(lambda: line.starts == 1 and window.status.banners.wiped.isVisible())
    assert "knows no guests" in window.status.banners.wiped.words.text()
    assert window.strip.line.words == "No server"
    assert evening.app.lookup.search("Hypatia") == []
    assert not window.status.banners.stopped.isVisible()


def test_a_stewards_station_is_told_who_may_save_it(evening: Any, line: Line) -> None:
    evening.enrol(role=Role.STEWARD)
    evening.passed(evening.ticket())
    sent_away(evening)
    opened = sheet(evening.open(line))
    assert not opened.export.isVisible()
    assert "Somebody from the desk" in opened.unsent.text()


def test_the_window_hears_of_the_wiping_whatever_is_pressed_meanwhile(evening: Any, line: Line) -> None:
    evening.enrol()
    sent_away(evening)
    window = evening.open(line)
    opened = sheet(window)
    with evening.held_up():
        opened.wipe.click()
        opened.reject()
        still_there = opened.isVisible()
    assert still_there
    evening.qtbot.waitUntil(lambda: line.starts == 1)
    assert evening.app.enrolment is None
