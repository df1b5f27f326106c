"""The sheet on which a station joins a server: by hand, by the server's code, and when something is wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

import sync.enrol
from boxoffice.errors import BadInput
from boxoffice.ids import new_id
from boxoffice.ports import Enrolment, Role
from sync import discovery
from ui.sheets.enrolling import EnrolDialog

GIVEN = Enrolment(kind="hub", url="https://hub.test", token="own", device_id="d7", name="North", role=Role.STEWARD)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, str, str]]]:
    """A server that gives an enrolment, or has a trouble; what it was asked."""

    def answering(trouble: Exception | None = None) -> list[tuple[str, str, str]]:
        asked: list[tuple[str, str, str]] = []

        def enrol(station: Any, url: str, token: str, *, name: str = "", **_: Any) -> Enrolment:
            asked.append((url, token, name))
            if trouble is not None:
                raise trouble
            station.join(GIVEN).result()
            return GIVEN

        monkeypatch.setattr(sync.enrol, "enrol", enrol)
        return asked

    return answering


@pytest.fixture
def sheet(evening: Any) -> Callable[[], EnrolDialog]:
    def ask() -> EnrolDialog:
        evening.open().ask_for_server()
        evening.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), EnrolDialog))
        shown = QApplication.activeModalWidget()
        assert isinstance(shown, EnrolDialog)
        return shown

    return ask


def test_typed_by_hand_with_enter_at_the_end(evening: Any, sheet: Any, hands: Any, server: Any) -> None:
    asked = server()
    shown = sheet()
    hands.person("hub.test\t")
    hands.person("abc123\tNorth\r")
    evening.qtbot.waitUntil(lambda: evening.app.enrolment is not None)
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert asked == [("hub.test", "abc123", "North")]
    assert shown is not None


def test_the_server_s_word_is_waited_for_whatever_is_pressed(
    evening: Any, sheet: Any, hands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answers = threading.Event(), threading.Event()
    times: list[str] = []

    def enrol(station: Any, url: str, *_: Any, **__: Any) -> Enrolment:
        times.append(url)
        asked.set()
        assert answers.wait(60)
        station.join(GIVEN).result()
        return GIVEN

    monkeypatch.setattr(sync.enrol, "enrol", enrol)
    shown, joined = sheet(), []
    shown.enrolled.connect(joined.append)
    try:
        hands.person("hub.test\t")
        hands.person("abc123\tNorth\r")
        assert asked.wait(60)
        hands.person("2\r\x1b")
    finally:
        answers.set()
    evening.qtbot.waitUntil(lambda: evening.app.enrolment is not None)
    evening.qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert (joined, times) == ([GIVEN], ["hub.test"])


def test_until_address_and_token_are_there_nothing_is_asked(sheet: Any, hands: Any, server: Any) -> None:
    asked = server()
    shown = sheet()
    hands.person("hub.test\r")
    assert not shown.go.isEnabled()
    assert asked == []


def test_the_servers_code_scanned_fills_the_sheet(evening: Any, sheet: Any, hands: Any, server: Any) -> None:
    server()
    shown = sheet()
    hands.gun(json.dumps({"handshake_version": 1, "url": "https://hub.test", "token": "abc123"}))
    evening.qtbot.waitUntil(lambda: shown.token.text() == "abc123")
    assert shown.address.text() == "https://hub.test"


def test_a_ticket_scanned_while_the_sheet_is_open_is_no_code_for_a_station(
    evening: Any, sheet: Any, hands: Any, server: Any
) -> None:
    server()
    shown = sheet()
    hands.gun("secret-0001")
    evening.qtbot.waitUntil(lambda: "This is not the code for a new station" in shown.trouble.text())
    assert shown.token.text() == ""


def test_a_token_that_is_spent_says_so_and_the_sheet_stays(evening: Any, sheet: Any, hands: Any, server: Any) -> None:
    server(BadInput("This token does not work", "It was used.", "Ask for a new one."))
    shown = sheet()
    hands.person("hub.test\tabc123\r")
    evening.qtbot.waitUntil(lambda: shown.trouble.isVisible())
    assert "Ask for a new one." in shown.trouble.text()
    assert shown.token.text() == "abc123"
    assert shown.go.isEnabled()


def test_a_hub_in_the_same_network_is_one_press_away(evening: Any, sheet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "SERVICE", f"_t{new_id()[-12:]}._tcp.local.")
    hub = discovery.Announcement("http://127.0.0.1:8470", "Main hall")
    shown = sheet()
    name = "Main hall · http://127.0.0.1:8470"
    evening.qtbot.waitUntil(lambda: name in evening.buttons(shown))
    evening.buttons(shown)[name].click()
    assert shown.address.text() == "http://127.0.0.1:8470"
    assert shown.token.hasFocus()
    hub.close()
    evening.qtbot.waitUntil(lambda: name not in evening.buttons(shown))


def test_with_a_stewards_role_the_desk_is_gone_at_once(evening: Any, sheet: Any, hands: Any, server: Any) -> None:
    from ui.widgets.strip import Where

    server()
    sheet()
    assert Where.DESK in evening.window.strip.places
    hands.person("hub.test\tabc123\r")
    evening.qtbot.waitUntil(lambda: Where.DESK not in evening.window.strip.places)
