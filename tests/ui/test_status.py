"""How things stand, on every screen: the line to the server, what waits, what is wrong; and the end of the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from boxoffice.errors import WORK_GOES_ON, ServerTrouble, StorageTrouble
from sync.state import FirstSync, State
from ui.app import close_window
from ui.widgets.strip import Where

NOON = datetime.now(UTC).replace(hour=12, minute=0) - timedelta(days=1)


class Line:
    """A thread that syncs, as far as the window knows one."""

    def __init__(self) -> None:
        self.state = State(online=True, since=NOON)
        self.on_state: list[Any] = []
        self.asked: list[str] = []

    def tell(self, **changes: Any) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        for listener in self.on_state:
            listener(self.state)

    def hurry(self) -> None:
        self.asked.append("hurry")

    def start(self) -> None:
        self.asked.append("start")

    def stop_first_sync(self) -> None:
        self.tell(first_sync_stopped=True)

    def resume_first_sync(self) -> None:
        self.tell(first_sync_stopped=False)


@pytest.fixture
def line() -> Line:
    return Line()


def heard(evening: Any, window: Any) -> None:
    """Wait until the window has shown what it was told."""
    evening.settle()
    evening.qtbot.waitUntil(lambda: not window.status.is_behind)


def test_losing_the_server_is_said_and_scans_go_on(evening: Any, scan: Any, line: Line) -> None:
    evening.enrol()
    window = evening.open(line)
    line.tell(online=False)
    evening.qtbot.waitUntil(lambda: window.status.banners.offline.isVisible())
    assert "Scanning, searching and undoing work as always" in window.status.banners.offline.words.text()
    assert QApplication.activeModalWidget() is None
    scan(evening.ticket())
    evening.answer("Valid")


def test_what_somebody_can_do_about_a_lost_server_is_said_with_it(evening: Any, line: Line) -> None:
    evening.enrol()
    window = evening.open(line)
    portal = ServerTrouble("Something else answers instead of the server", "", "Open a browser and log in.")
    line.tell(online=False, trouble=portal)
    evening.qtbot.waitUntil(lambda: "Open a browser" in window.status.banners.offline.words.text())
    line.tell(trouble=ServerTrouble("The server is not reached", "", WORK_GOES_ON))
    evening.qtbot.waitUntil(lambda: "Open a browser" not in window.status.banners.offline.words.text())
    assert "is not reached" not in window.status.banners.offline.words.text()


def test_how_many_acts_wait_and_how_old_the_oldest_is_stands_on_every_screen(evening: Any, line: Line) -> None:
    evening.enrol()
    evening.passed(evening.ticket(), datetime.now(UTC) - timedelta(minutes=7))
    window = evening.open(line)
    line.tell(online=False)
    evening.qtbot.waitUntil(lambda: "1 waiting, oldest 7 min" in window.strip.line.words)
    window.go(Where.SETTINGS)
    assert window.strip.line.isVisible()
    window.strip.line.click()
    assert window.stack.currentWidget() is not window.door


def test_the_banner_that_was_hidden_comes_back_with_the_next_loss(evening: Any, line: Line) -> None:
    window = evening.open(line)
    line.tell(online=False)
    evening.qtbot.waitUntil(lambda: window.status.banners.offline.isVisible())
    window.status.banners.offline.button.click()
    line.tell(trouble=None)
    heard(evening, window)
    assert not window.status.banners.offline.isVisible()
    line.tell(online=True)
    evening.qtbot.waitUntil(lambda: window.strip.line.words.startswith("Online"))
    line.tell(online=False, since=NOON + timedelta(minutes=3))
    evening.qtbot.waitUntil(lambda: window.status.banners.offline.isVisible())


def test_the_first_download_shows_true_progress_and_can_be_stopped_and_resumed(evening: Any, line: Line) -> None:
    window = evening.open(line)
    line.tell(first_sync=(FirstSync(event="conf26", applied=250, total=1000),))
    evening.qtbot.waitUntil(lambda: window.status.banners.first_sync.isVisible())
    assert (window.status.banners.bar.value(), window.status.banners.bar.maximum()) == (250, 1000)
    window.status.banners.first_sync.button.click()
    evening.qtbot.waitUntil(lambda: "stopped" in window.status.banners.first_sync.words.text())
    window.status.banners.first_sync.button.click()
    assert not line.state.first_sync_stopped


@pytest.mark.parametrize(("skew", "shown"), [(119.0, False), (-180.0, True)])
def test_a_clock_more_than_two_minutes_wrong_is_shown(evening: Any, line: Line, skew: float, shown: bool) -> None:
    window = evening.open(line)
    line.tell(skew_seconds=skew)
    heard(evening, window)
    assert window.strip.skew.isVisible() is shown


def test_a_server_that_was_set_back_is_said_once_and_a_fault_as_long_as_it_is_there(evening: Any, line: Line) -> None:
    window = evening.open(line)
    banners = window.status.banners
    line.tell(sent_again=3, alarm="Another entry 1/7 of this station is here already.")
    evening.qtbot.waitUntil(lambda: banners.again.isVisible() and banners.alarm.isVisible())
    assert "had lost 3 acts" in banners.again.words.text()
    assert "entry 1/7" in banners.alarm.words.text()
    banners.again.button.click()
    line.tell(alarm="")
    evening.qtbot.waitUntil(lambda: banners.alarm.isHidden())
    assert banners.again.isHidden()
    line.tell(sent_again=4)
    evening.qtbot.waitUntil(lambda: banners.again.isVisible())


def test_a_fault_is_said_too_where_all_else_is_quiet(evening: Any, line: Line) -> None:
    window = evening.open(line)
    line.tell(online=True, alarm="Another entry 1/7 of this station is here already.")
    evening.qtbot.waitUntil(lambda: "banners" in vars(window.status) and window.status.banners.alarm.isVisible())


def test_a_revoked_station_says_so_and_goes_on_scanning(evening: Any, scan: Any, line: Line) -> None:
    window = evening.open(line)
    line.tell(revoked=True)
    evening.qtbot.waitUntil(lambda: window.status.banners.stopped.isVisible())
    scan(evening.ticket())
    evening.answer("Valid")


def test_a_key_beside_the_store_is_shown(evening: Any) -> None:
    assert evening.open().strip.key.isVisible()


def test_what_the_server_refused_is_counted_on_every_screen(evening: Any, line: Line) -> None:
    from boxoffice.storage import outbox

    evening.enrol()
    nonce = evening.passed(evening.ticket())
    evening.app.write(lambda c: outbox.park(c, nonce, "No such list")).result()
    window = evening.open(line)
    assert window.strip.refused.isVisible()
    assert window.strip.refused.words == "1 refused"


def test_closing_with_work_waiting_asks_first(evening: Any, line: Line, hands: Any) -> None:
    evening.enrol()
    evening.passed(evening.ticket())
    window = evening.open(line)
    window.close()
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    assert window.isVisible()
    hands.person("\x1b")
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    window.close()
    dialog = QApplication.activeModalWidget()
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Close").click()
    evening.qtbot.waitUntil(lambda: not window.isVisible())


def test_closing_with_nothing_waiting_just_closes(evening: Any) -> None:
    window = evening.open()
    window.close()
    assert not window.isVisible()


def test_a_window_that_has_closed_asks_its_station_nothing_more(evening: Any, line: Line) -> None:
    window = evening.open(line)
    window.status.refresh_soon()
    assert window.status.is_behind
    close_window(window)
    window.status.refresh_soon()
    assert not window.status.is_behind


def test_a_trouble_says_what_happened_what_was_kept_and_what_to_do(evening: Any) -> None:
    window = evening.open()
    window.problems.report(StorageTrouble("No room on the disk", "Nothing before it is lost.", "Free some space."))
    assert window.problems.isVisible()
    assert window.problems.text == "No room on the disk Nothing before it is lost. Free some space."


def test_a_scan_on_another_screen_brings_the_door_back(evening: Any, scan: Any) -> None:
    window = evening.open()
    window.go(Where.SETTINGS)
    scan(evening.ticket())
    evening.answer("Valid")
    assert window.stack.currentWidget() is window.door


def test_door_mode_is_one_key_and_is_remembered(evening: Any, hands: Any) -> None:
    window = evening.open()
    hands.press(Qt.Key.Key_F11)
    assert window.isFullScreen()
    evening.app.write(lambda _: None).result()
    from ui.preferences import load

    assert load(evening.app).door_mode
