"""The verbs of those who run a hub, as they type them."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
import requests

from boxoffice import interchange
from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.domain.attachments import name_of
from boxoffice.domain.catalog import Event, Quota
from boxoffice.domain.facts import Admitted, Private
from boxoffice.domain.orders import Order, Position
from boxoffice.ports import Role
from boxoffice.storage import journal
from sync.engine import Engine
from sync.enrol import enrol as enrolled
from sync.hub import documents
from sync.hub.app import Hub as HubApp
from sync.hub.database import Database, file_url
from sync.hub.serve import Server, listen
from sync.hub_client import Hub, enrol
from sync.wire.hub import Wish

NOUNS = [
    Event(slug="fair", name={"en": "Fair"}),
    Order(event="fair", code="A1", positions=(Position(number=1, item=1, secret="s1"),)),
]


@pytest.fixture(autouse=True)
def folder(station_folder):
    return station_folder


@pytest.fixture
def event_file(tmp_path):
    path = tmp_path / "fair.ndjson"
    interchange.write(path, NOUNS)
    return path


@pytest.fixture
def hub_verb(capsys):
    """Runs a verb of the hub with `--json`; its status, and the objects that it printed."""

    def run_verb(*words):
        status = run(["hub", *map(str, words), "--json"])
        said = capsys.readouterr()
        return status, [json.loads(line) for line in said.out.splitlines()], said.err

    return run_verb


def test_loading_twice_changes_nothing_and_moves_no_cursor(hub_verb, event_file):
    assert hub_verb("load", event_file)[1] == [{"read": 2, "changed": 2, "events": ["fair"]}]
    assert hub_verb("load", event_file)[1] == [{"read": 2, "changed": 0, "events": []}]


def test_only_what_differs_is_changed(hub_verb, event_file):
    hub_verb("load", event_file)
    interchange.write(event_file, [*NOUNS, Order(event="fair", code="A2")])
    assert hub_verb("load", event_file)[1] == [{"read": 3, "changed": 1, "events": ["fair"]}]


def test_packed_files_are_read_too(hub_verb, event_file):
    packed = event_file.with_suffix(".ndjson.gz")
    packed.write_bytes(gzip.compress(event_file.read_bytes()))
    assert hub_verb("load", packed)[1][0]["read"] == 2


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        '{"kind":"hologram","row":{}}',
        '{"kind":"order","row":{"event":"fair"}}',
        '{"kind":"order","row":{"event":"fair","code":"B","placed_at":"2026-11-21T09:00:00"}}',
        '{"kind":"order","row":{"event":"fair","code":"B","total":' + "9" * 40 + "}}",
    ],
)
def test_a_file_with_one_bad_line_changes_nothing(hub_verb, event_file, line):
    event_file.write_text(event_file.read_text() + line + "\n")
    status, said, complaint = hub_verb("load", event_file)
    assert (status, said) == (2, [])
    assert json.loads(complaint)["what"]
    assert hub_verb("token", "North", "--event", "fair")[0] == 2


def test_an_event_whose_time_zone_nobody_knows_is_not_taken(hub_verb, event_file):
    interchange.write(event_file, [Event(slug="fair", timezone="Europe/Berln")])
    status, _, complaint = hub_verb("load", event_file)
    assert status == 2
    assert "no time zone is called 'Europe/Berln'" in json.loads(complaint)["what"]


@pytest.mark.parametrize(
    "words", [("serve", "--port", "99999"), ("serve", "--port", "x"), ("serve", "--workers", "0"), ("token", " ")]
)
def test_words_that_cannot_be_meant_are_wrong_usage(hub_verb, words):
    with pytest.raises(SystemExit) as end:
        hub_verb(*words)
    assert end.value.code == 2


@pytest.mark.parametrize("name", ["guests.csv", "Guests.XLSX"])
def test_a_spreadsheet_is_no_event_and_its_way_in_is_told(hub_verb, tmp_path, folder, name):
    path = tmp_path / name
    path.touch()
    status, said, complaint = hub_verb("load", path)
    assert (status, said) == (2, [])
    _, *words = json.loads(complaint)["hint"].split()
    assert not (folder / "hub.db").exists()
    path.write_text("Name,Order code\nAda,A1\n")
    assert run(words) == 0
    with closing(Database(file_url(folder / "hub.db"))) as database, database.reading() as connection:
        assert documents.body(connection, "guests", "order", "A1")


def test_a_token_is_shown_once_as_words_and_as_a_picture(hub_verb, event_file, capsys):
    hub_verb("load", event_file)
    assert run(["hub", "token", "North", "--event", "fair", "--url", "https://hub.example.org/"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "url: https://hub.example.org"
    assert said.out.splitlines()[1].startswith("token: ")
    assert "█" in said.err


def test_a_token_for_an_event_that_is_not_there_is_none(hub_verb):
    status, said, complaint = hub_verb("token", "North", "--event", "nowhere")
    assert (status, said) == (2, [])
    assert "nowhere" in complaint


def test_a_database_may_lie_anywhere(hub_verb, event_file, tmp_path, folder):
    url = file_url(tmp_path / "elsewhere.db")
    assert hub_verb("load", event_file, "--db", url)[0] == 0
    assert (tmp_path / "elsewhere.db").stat().st_mode & 0o777 == 0o600
    assert not (folder / "hub.db").exists()


@pytest.mark.parametrize("url", ["mysql://host/name", "nonsense", "sqlite:////nowhere/at/all/hub.db"])
def test_a_database_that_is_none_is_told(hub_verb, event_file, url):
    status, _, complaint = hub_verb("load", event_file, "--db", url)
    assert status in (2, 3)
    assert json.loads(complaint)["hint"]


class Process:
    """A hub in a process of its own."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-m", "boxoffice", "hub", "serve", "--port", "0", "--json", *words]
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = json.loads(self.child.stdout.readline())["url"]

    def workers(self) -> list[int]:
        """The processes that it started to answer; one that only counts shared memory is none."""
        children, found = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text().split(), []
        for child in children:
            with contextlib.suppress(OSError):  # It has ended meanwhile.
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(int(child))
        return found

    def end(self, number: int) -> tuple[int, str]:
        self.child.send_signal(number)
        _, complaint = self.child.communicate(timeout=60)
        return self.child.returncode, complaint


@pytest.fixture
def serve():
    started = []

    def start(*words):
        started.append(Process(*words))
        return started[-1]

    yield start
    for one in started:
        one.child.kill()
        one.child.communicate()


@pytest.fixture
def served(folder):
    """The address of the hub in the folder, for tests that ask nothing of its process."""
    folder.mkdir()
    database = Database(file_url(folder / "hub.db"))
    listener, ready = listen("127.0.0.1", 0), threading.Event()
    server = Server(HubApp(database), listener, ready.set)
    thread = threading.Thread(target=server.serve_until_stopped, name="hub")
    thread.start()
    assert ready.wait(60)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.stop()
    thread.join()
    database.close()


def test_a_hub_serves_until_it_is_told_to_stop_and_is_there_again(hub_verb, event_file, serve):
    hub_verb("load", event_file)
    first = serve()
    invited = hub_verb("token", "North", "--role", "steward", "--gate", "Main")[1][0]
    assert invited["url"] == first.url
    enrolment = enrol(invited["url"], invited["token"])
    assert (enrolment.name, enrolment.role, enrolment.gate, enrolment.events) == (
        "North",
        Role.STEWARD,
        "Main",
        ("fair",),
    )
    station = Hub(enrolment)
    assert len(list(station.changes("fair", ""))) == 2
    listening = station.listen(["fair"])
    assert next(listening) == "fair"
    assert first.end(signal.SIGTERM) == (0, "")  # an open stream does not hold it up
    assert list(listening) == []
    station.close()
    again = serve("--port", first.url.rpartition(":")[2])
    assert again.url == first.url
    station = Hub(enrolment)
    assert len(list(station.changes("fair", ""))) == 2
    station.close()
    assert again.end(signal.SIGINT) == (0, "")


def test_a_hub_below_another_one_has_what_that_one_has(hub_verb, event_file, serve, tmp_path):
    hub_verb("load", event_file)
    above = serve()
    token = hub_verb("token", "Venue")[1][0]["token"]
    folder = str(tmp_path / "venue")
    assert run(["enrol", above.url, token, "--data", folder, "--json"]) == 0
    below = serve("--upstream", above.url, "--data", folder)
    invited = hub_verb("token", "North", "--data", folder)[1][-1]
    station = Hub(enrol(below.url, invited["token"]))
    until = time.monotonic() + 60
    while not station.events() and time.monotonic() < until:
        pass  # the venue's hub is still fetching
    assert [change.noun for change in station.changes("fair", "")] == NOUNS
    station.close()
    assert below.end(signal.SIGTERM) == (0, "")
    assert above.end(signal.SIGTERM) == (0, "")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """The address of an empty store of either kind."""
    if request.param == "sqlite":
        return file_url(tmp_path / "hub.db")
    return request.getfixturevalue("postgresql_url")


def test_several_processes_serve_one_hub(hub_verb, event_file, serve, store_url):
    hub_verb("load", event_file, "--db", store_url)
    running = serve("--workers", "2", "--db", store_url)
    tokens = [hub_verb("token", f"Door {number}", "--db", store_url)[1][0]["token"] for number in range(6)]
    stations = [Hub(enrol(running.url, token)) for token in tokens]
    listening = [station.listen(["fair"]) for station in stations]
    assert [next(one) for one in listening] == ["fair"] * 6  # whichever process has them
    more = event_file.with_name("more.ndjson")
    interchange.write(more, [Order(event="fair", code="A2")])
    hub_verb("load", more, "--db", store_url)
    assert [next(one) for one in listening] == ["fair"] * 6
    assert running.end(signal.SIGTERM) == (0, "")
    assert [list(one) for one in listening] == [[]] * 6
    for station in stations:
        station.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells which processes a process started")
def test_a_process_that_dies_is_replaced(hub_verb, event_file, serve, store_url):
    hub_verb("load", event_file, "--db", store_url)
    running = serve("--workers", "2", "--db", store_url)
    before = running.workers()
    os.kill(before[0], signal.SIGKILL)
    while len(now := running.workers()) < 2 or now == before:
        assert requests.get(f"{running.url}/healthz", timeout=60).status_code == 200
    status, complaint = running.end(signal.SIGTERM)
    assert (status, "another takes its place" in complaint) == (0, True)


def test_an_address_that_is_taken_is_told(served, hub_verb):
    port = served.rpartition(":")[2]
    status, said, complaint = hub_verb("serve", "--port", port)
    assert (status, said) == (3, [])
    assert "listen" in json.loads(complaint)["error"]


def test_what_was_handed_in_at_a_door_is_written_into_a_folder(hub_verb, event_file, served, tmp_path):
    hub_verb("load", event_file)
    assert hub_verb("files", tmp_path / "papers")[:2] == (0, [])
    permit = b"%PDF-1.4 a permit"
    name = name_of(permit)
    (tmp_path / "door").mkdir()
    with App(Folder(tmp_path / "door")) as door:
        joined = enrolled(door, served, hub_verb("token", "North")[1][0]["token"], kind="hub")
        fact = Admitted(event="fair", at=0, list=1, ticket="A1-1")
        private = Private(answers={"7": name}, files={name: permit})
        door.write(lambda c: journal.append(c, "scan-1", fact, private)).result()
        line = Hub(joined)
        Engine(door, line).round_once()
        line.close()
    [written] = hub_verb("files", tmp_path / "papers", "--event", "fair")[1]
    path = Path(written["file"])
    assert (path.parent.name, path.suffix, path.read_bytes()) == ("fair", ".pdf", permit)
    assert path.stat().st_mode & 0o077 == 0
    assert (written["ticket"], written["question"]) == ("A1-1", "7")


def test_a_station_is_listed_and_sent_away(hub_verb, event_file, served):
    hub_verb("load", event_file)
    station = Hub(enrol(served, hub_verb("token", "North")[1][0]["token"]))
    [listed] = hub_verb("devices")[1]
    assert (listed["name"], listed["role"], listed["revoked"], listed["high_water"]) == (
        "North",
        "supervisor",
        False,
        0,
    )
    assert hub_verb("revoke", "South")[0] == 2
    assert hub_verb("revoke", "North")[1][0]["device"] == listed["device"]
    assert hub_verb("devices")[1][0]["revoked"] is True
    assert hub_verb("revoke", "North")[0] == 2
    with pytest.raises(Exception, match="sent away"):
        station.device()
    station.close()


def test_tickets_set_aside_are_listed_and_given_free(hub_verb, event_file, served):
    interchange.write(event_file, [*NOUNS, Quota(id=1, event="fair", size=5, items=(1,))])
    hub_verb("load", event_file)
    station = Hub(enrol(served, hub_verb("token", "Till")[1][0]["token"]))
    station.lease("fair", Wish(quota=1, sold=1, wanted=3, turn=1))
    [listed] = hub_verb("leases")[1]
    assert (listed["name"], listed["granted"], listed["sold"], listed["expired"]) == ("Till", 4, 1, False)
    assert hub_verb("release", "Till")[1][0]["freed"] == 0
    assert hub_verb("release", "Till", "--running")[1][0]["freed"] == 3
    assert hub_verb("release", "Nobody")[0] == 2
    station.close()


def test_a_newer_store_is_not_touched(hub_verb, event_file, folder):
    hub_verb("load", event_file)
    database = Database(file_url(folder / "hub.db"))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE shape SET number = 99")
    database.close()
    status, _, complaint = hub_verb("load", event_file)
    assert status == 3
    assert "newer" in complaint
