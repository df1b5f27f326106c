"""Whatever a client sends, the hub answers with a sentence, and goes on."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest
import requests
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.errors import ServerTrouble
from sync.hub import documents, web


def tell(hub, station, body, path="/v1/acts"):
    return requests.post(hub.url + path, data=body, headers=station.headers, timeout=60)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"entries":7}',
        b'{"entries":[1,{"operation":5}],',
        b"\xff\xfe",
        b'{"entries":' + b"[" * 100_000,
        b'{"entries":[' + b"{}," * 1000 + b"{}]}",
    ],
)
@pytest.mark.parametrize("path", ["/v1/acts", "/v1/enrol"])
def test_what_is_no_request_is_answered_with_a_sentence(hub, north, path, body):
    answer = tell(hub, north, body, path)
    assert answer.status_code in (400, 403)
    assert answer.json()["message"].endswith(".")


def test_a_description_that_is_none_is_answered_with_a_sentence(hub, north):
    answer = tell(hub, north, b'{"software":7}', "/v1/device/update")
    assert answer.status_code == 400
    assert "software" in answer.json()["message"]


def test_entries_that_are_none_are_refused_one_by_one(hub, north):
    answer = tell(hub, north, b'{"entries":[1,{"operation":"o1"},{"operation":5},null,"x"]}')
    assert answer.status_code == 200
    assert [one["outcome"] for one in answer.json()["answers"]] == ["refused"] * 5
    assert [one["operation"] for one in answer.json()["answers"]] == ["", "o1", "", "", ""]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(lambda v: repr(v).encode()))
def test_no_bytes_make_the_hub_stumble(hub, north, body):
    assert tell(hub, north, body).status_code in (200, 400)


def test_a_request_beyond_measure_is_turned_away_before_it_is_read_whole(hub, north, monkeypatch):
    monkeypatch.setattr(web, "LARGEST_REQUEST", 1024)
    assert tell(hub, north, b" " * 1025).status_code == 413
    assert tell(hub, north, b" " * 1024).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "since=x",
        "since=-1",
        "since=1.5",
        "since=00000000.1.3.",
        "since=00000000.1.0.61",
        "since=00000000.1.1.00",
        "limit=x",
        "since=" + "9" * 30,
        "since=²",
    ],
)
def test_a_cursor_that_is_none_is_told_so(hub, north, query):
    answer = requests.get(f"{hub.url}/v1/events/conf26/changes?{query}", headers=north.headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (400, query.partition("=")[0])


@pytest.mark.parametrize("query", ["", "?event=" + "&event=".join(["conf26"] * 101)])
def test_a_stream_wants_events_but_not_too_many(hub, north, query):
    assert requests.get(f"{hub.url}/v1/stream{query}", headers=north.headers, timeout=60).status_code == 400


def test_an_address_that_is_none_is_answered_in_json(hub):
    answer = requests.get(f"{hub.url}/v2/everything", timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (404, "http")
    answer = requests.delete(f"{hub.url}/v1/acts", timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (405, "http")


def test_a_mistake_of_the_hub_is_answered_and_logged(hub, north, monkeypatch, expect_warning):
    expect_warning("Exception in ASGI application")
    monkeypatch.setattr(documents, "events", lambda _: 1 / 0)
    answer = requests.get(f"{hub.url}/v1/events", headers=north.headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (500, "internal")
    assert len(north.feed()) == 6


def test_a_store_that_fails_is_answered_with_later(hub, north, expect_warning):
    expect_warning("store does not work")
    entry = north.enters()
    with hub.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE acts RENAME TO elsewhere")
    with pytest.raises(ServerTrouble) as trouble:
        north.push(entry)
    assert (trouble.value.status, trouble.value.retry_after) == (503, 5.0)
    with hub.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO acts")
    assert north.push(entry).high_water == 1


def test_clients_that_leave_in_the_middle_do_no_harm(hub, north, expect_warning):
    expect_warning("Invalid HTTP request received")
    address = hub.url.removeprefix("http://").split(":")
    token = north.headers["Authorization"]
    for request in (
        b"POST /v1/acts HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n",
        f"GET /v1/events/conf26/changes HTTP/1.1\r\nHost: hub\r\nAuthorization: {token}\r\n\r\n".encode(),
        f"GET /v1/events/conf26/stream HTTP/1.1\r\nHost: hub\r\nAuthorization: {token}\r\n\r\n".encode(),
        b"\x16\x03\x01 this is no HTTP",
    ):
        with contextlib.closing(socket.create_connection((address[0], int(address[1])))) as line:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
    assert len(north.feed()) == 6


def test_small_answers_come_at_once(hub, shared_server, monkeypatch):
    """Without TCP_NODELAY each takes 40 ms and more, because one side waits for the other's acknowledgement."""
    asked = []

    def create_connection(*place, **how):
        asked.append(connect(*place, **how))
        return asked[-1]

    south, connect = hub.station("South"), urllib3.util.connection.create_connection
    monkeypatch.setattr("urllib3.util.connection.create_connection", create_connection)
    south.line.device()
    (asking,) = asked
    (answering,) = (one for one in shared_server[1].lines() if one.getpeername() == asking.getsockname())
    for line in (asking, answering):
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_many_stations_at_once_lose_nothing(hub):
    stations = [hub.station(f"Door {number}") for number in range(8)]
    cursor = stations[0].cursor()

    def work(station):
        for number in range(10):
            station.push(*(station.enters(f"A{number}-{part}") for part in range(5)))

    threads = [threading.Thread(target=work, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stations[0].feed(cursor=cursor)) == 8 * 50
    assert [station.push().high_water for station in stations] == [50] * 8
