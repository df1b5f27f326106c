"""A network between a station and a real pretix that drops, delays, duplicates and cuts: everything arrives once."""

from __future__ import annotations

import http.client
import itertools
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from boxoffice.domain.facts import Guest, Line, Paid, Private, Sold
from boxoffice.domain.instants import micros
from boxoffice.errors import ServerTrouble
from boxoffice.ids import new_id
from boxoffice.services import deal
from boxoffice.storage import outbox

pytestmark = pytest.mark.pretix
EVENT = "/api/v1/organizers/demo/events/conf/"
FAULTS = ("", "", "", "", "", "lost", "mute", "twice", "cut", "late")


class _Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: BadNetwork

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.fault()
        if fault == "lost":
            self.close_connection = True
            return
        status, headers, said = self._ask(body)
        if fault == "twice":
            status, headers, said = self._ask(body)
        if fault == "late":
            threading.Event().wait(0.05)
        if fault == "mute":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said[: len(said) // 2] if fault == "cut" else said)
        self.close_connection = self.close_connection or fault == "cut"

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        # The name by which we were called is handed on, so that links to other pages lead through here again.
        line = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        try:
            line.request(self.command, self.path, body or None, dict(self.headers))
            answer = line.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            line.close()

    do_GET = do_POST = do_PATCH = do_DELETE = _relay  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class BadNetwork(ThreadingHTTPServer):
    """A relay to a server that spoils some of what passes, the same with the same seed."""

    daemon_threads = True

    def __init__(self, behind: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Relay)
        self.behind = behind
        self.met: dict[str, int] = {}
        self.healthy = True
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fault(self) -> str:
        if self.healthy:
            return ""
        with self._lock:
            fault = self._chance.choice(FAULTS)
            self.met[fault] = self.met.get(fault, 0) + 1
            return fault

    def handle_error(self, *_: Any) -> None:
        """A client that went away."""


@pytest.fixture
def network(server: Any) -> Iterator[BadNetwork]:
    relay = BadNetwork(int(server.url.rpartition(":")[2]), seed=7)
    thread = threading.Thread(target=relay.serve_forever, args=(0.02,))
    thread.start()
    yield relay
    relay.shutdown()
    thread.join()
    relay.server_close()


def until_it_works(station: Any, rounds: int = 400) -> None:
    """Round after round, as quickly as a station would: what was read is not asked for again at once."""
    station.seconds += 3600
    for _ in range(rounds):
        station.seconds += 1
        try:
            done = station.engine.round_once()
        except ServerTrouble:  # it is what this is about
            continue
        if "conf" in done.pulled and not station.app.outbox().waiting:
            return
    pytest.fail(f"Nothing came through in {rounds} rounds: {station.app.outbox()}")


def test_everything_arrives_once_through_a_network_that_spoils_half_of_it(server, station, network):
    known = server.known["conf"]
    north = station("North", url=network.url, events=("conf",))
    network.healthy = False
    until_it_works(north)
    tickets = {
        one["secret"]
        for row in server.all(f"{EVENT}orders/?status=p")
        for one in row["positions"]
        if one["item"] == known["items"]["regular"] and not one["checkins"] and not one["blocked"]
    }
    secrets = list(itertools.islice((secret for secret in known["plain"][::-1] if secret in tickets), 6))
    begin = datetime.now(UTC) - timedelta(minutes=30)
    for number, secret in enumerate(secrets):
        assert north.scan(secret, known["lists"]["main"], at=begin + timedelta(minutes=number)).admitted
    codes = [f"NET{number}{new_id()[-4:].upper().replace('I', 'J').replace('O', 'P')}" for number in range(3)]
    for code in codes:
        about = {"event": "conf", "at": micros(begin), "order": code}
        line = Line(number=1, item=known["items"]["regular"], price=11900)
        guest = Private(guests={"1": Guest(secret=f"net-{new_id()}", name="Ada")})
        for fact, private in (
            (Sold(**about, lines=(line,), total=11900), guest),
            (Paid(**about, amount=11900, tender="cash"), None),
        ):
            north.app.write(lambda c, fact=fact, private=private: deal.record(c, fact, private)).result()
    until_it_works(north)
    network.healthy = True
    north.sync()
    assert north.app.read(outbox.parked) == []
    number = int(north.enrolment.device_id.rpartition("/")[2])
    rows = [row for row in server.all(f"{EVENT}checkins/?ordering=datetime") if row["device_id"] == number]
    assert [datetime.fromisoformat(row["datetime"]) - begin for row in rows] == [
        timedelta(minutes=number) for number in range(len(secrets))
    ]
    for code in codes:
        status, order = server.ask("GET", f"{EVENT}orders/{code}/")
        assert (status, order["status"]) == (200, "p")
        assert [(one["amount"], one["state"]) for one in order["payments"]] == [("119.00", "confirmed")]
    assert set(FAULTS) - {""} <= set(network.met)
