"""Becoming a station and syncing, as one types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.catalog import Event
from boxoffice.errors import BadInput
from boxoffice.storage.lock import Lock
from sync.enrol import invitation


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], station_folder: Path) -> Callable[..., tuple[int, Any, str]]:
    """Runs a verb with `--json`; its status, what it printed, and its complaint."""

    def type_in(*words: str) -> tuple[int, Any, str]:
        status = run([*words, "--json"])
        said = capsys.readouterr()
        return status, json.loads(said.out) if said.out else None, said.err

    return type_in


def test_a_token_makes_a_station_and_a_round_brings_everything(hall: Any, typed: Any) -> None:
    hall.tickets("A1", "A2")
    status, said, _ = typed("enrol", hall.hub.url, hall.hub.invite(), "--name", "North")
    assert (status, said["station"], said["events"]) == (0, "North", ["conf26"])
    status, said, _ = typed("sync")
    assert (status, said["received"], said["sent"], said["waiting"]) == (0, {"conf26": 5}, 0, 0)
    status, said, _ = typed("sync")
    assert said["received"] == {"conf26": 0}


def test_what_was_scanned_is_sent(hall: Any, typed: Any, station_folder: Path) -> None:
    hall.tickets("A1")
    typed("enrol", hall.hub.url, hall.hub.invite())
    typed("sync")
    assert typed("scan", "secret-A1", "--list", "Main entrance")[0] == 0
    assert typed("sync")[1]["sent"] == 1


def test_people_read_what_moved(hall: Any, typed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    typed("enrol", hall.hub.url, hall.hub.invite())
    assert run(["sync"]) == 0
    assert capsys.readouterr().out == "sent: 0 acts, 0 of them refused; 0 wait\nreceived: 3 changes of conf26\n"


def test_an_event_that_is_loaded_later_reaches_whoever_enrolled_for_all(hall: Any, typed: Any) -> None:
    typed("enrol", hall.hub.url, hall.hub.invite())
    assert typed("sync")[1]["received"] == {"conf26": 3}
    hall.hub.load(Event(slug="party"))
    assert typed("sync")[1]["received"] == {"conf26": 0, "party": 1}


def test_only_the_events_that_were_named(hall: Any, typed: Any) -> None:
    hall.hub.load(Event(slug="party"))
    status, said, _ = typed("enrol", hall.hub.url, hall.hub.invite(), "--event", "party")
    assert (status, said["events"]) == (0, ["party"])
    assert typed("sync")[1]["received"] == {"party": 1}
    hall.hub.load(Event(slug="late"))
    assert typed("sync")[1]["received"] == {"party": 0}


def test_an_event_that_is_not_there_is_named_and_the_station_stands(hall: Any, typed: Any) -> None:
    status, said, complaint = typed("enrol", hall.hub.url, hall.hub.invite(), "--event", "nowhere")
    assert (status, said["unknown_events"], said["events"]) == (1, ["nowhere"], ["conf26"])
    assert "nowhere" in complaint


def test_a_token_works_once(hall: Any, typed: Any) -> None:
    token = hall.hub.invite()
    assert typed("enrol", hall.hub.url, token)[0] == 0
    status, _, complaint = typed("enrol", hall.hub.url, token)
    assert status == 2
    assert "This token does not work" in complaint


def test_without_the_server_the_token_stays_good(hall: Any, typed: Any) -> None:
    token = hall.hub.invite()
    hall.hub.switch_off()
    status, _, complaint = typed("enrol", hall.hub.url, token)
    assert (status, "takes no calls" in complaint) == (3, True)
    hall.hub.switch_on()
    assert typed("enrol", hall.hub.url, token)[0] == 0


def test_without_the_server_a_round_says_so_and_keeps_everything(hall: Any, typed: Any) -> None:
    hall.tickets("A1")
    typed("enrol", hall.hub.url, hall.hub.invite())
    typed("sync")
    typed("scan", "secret-A1", "--list", "Main entrance")
    hall.hub.switch_off()
    status, said, complaint = typed("sync")
    assert (status, said) == (3, None)
    assert "what was done waits here" in complaint
    hall.hub.switch_on()
    assert typed("sync")[1]["sent"] == 1


def test_work_for_the_old_server_is_not_left_behind_and_the_new_token_is_not_spent(
    hall: Any, typed: Any, station_folder: Path
) -> None:
    hall.tickets("A1")
    typed("enrol", hall.hub.url, hall.hub.invite())
    typed("sync")
    typed("scan", "secret-A1", "--list", "Main entrance")
    token = hall.hub.invite()
    other = hall.hub.url.replace("127.0.0.1", "localhost")
    status, _, complaint = typed("enrol", other, token)
    assert status == 1
    assert "still has work for its old server" in complaint
    assert typed("sync")[1]["sent"] == 1
    assert typed("enrol", other, token)[0] == 0


def test_before_enrolment_there_is_nobody_to_sync_with(typed: Any) -> None:
    status, _, complaint = typed("sync")
    assert status == 2
    assert "enrol it first" in complaint


def test_a_pretix_that_is_not_there_is_told_in_a_sentence(typed: Any) -> None:
    status, _, complaint = typed("enrol", "http://127.0.0.1:9", "token", "--kind", "pretix")
    assert status == 3
    assert "The server is not reached" in complaint


def test_a_station_that_is_open_elsewhere_is_left_alone(hall: Any, typed: Any, station_folder: Path) -> None:
    typed("enrol", hall.hub.url, hall.hub.invite())
    with App(Folder(station_folder)):
        assert typed("sync")[0] == 3
    assert Lock(Folder(station_folder).lock).release() is None


def test_a_picture_of_the_code_is_as_good_as_typing(hall: Any, typed: Any, tmp_path: Path) -> None:
    import qrcode

    said = json.dumps({"handshake_version": 1, "url": hall.hub.url, "token": hall.hub.invite()})
    picture = tmp_path / "invitation.png"
    qrcode.make(said).save(str(picture))
    assert typed("enrol", "--qr", str(picture), "--name", "North")[1]["station"] == "North"


def test_a_code_of_a_later_version_asks_for_an_update() -> None:
    with pytest.raises(BadInput, match="newer version") as raised:
        invitation('{"handshake_version": 2, "somewhere": "else"}')
    assert "update" in raised.value.hint


@pytest.mark.parametrize(
    "text", ["", "secret-A1", "[]", '{"handshake_version": 1}', '{"url": "x", "token": 1}', "[" * 9999]
)
def test_other_codes_are_no_invitations(text: str) -> None:
    with pytest.raises(BadInput, match="not the code"):
        invitation(text)
