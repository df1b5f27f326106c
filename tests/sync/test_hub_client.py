"""The hub's line to the station, when the other end lies or stops."""

from __future__ import annotations

import contextlib
import math
import subprocess
import sys
import time

import pytest

from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble
from boxoffice.ports import CentralServer, Enrolment, Outcome
from sync.hub_client import Hub, enrol
from sync.wire.hub_feed import NDJSON


@pytest.fixture
def line(liar):
    with contextlib.closing(Hub(Enrolment(kind="hub", url=liar.url, token="t", device_id="d", name="N"))) as line:
        yield line


def as_server(line: Hub) -> CentralServer:
    """The type checker sees to it that a hub is what a station asks for."""
    return line


ROWS = (
    b'{"kind":"category","cursor":"1","id":"1","row":{"id":1,"event":"e"}}\n'
    b'{"kind":"category","cursor":"2","id":"2","row":{"id":2,"event":"e"}}\n'
    b'{"kind":"end","cursor":"2"}\n'
)


def test_a_feed_cut_at_any_byte_hands_out_whole_rows_only(line, liar):
    for length in range(len(ROWS) - 1):
        liar.answers(ROWS[:length], media=NDJSON)
        feed = line.changes("e", "")
        taken = []
        with pytest.raises(ServerTrouble):
            taken.extend(change.cursor for change in feed)
        whole = ROWS[:length].count(b"\n")
        assert taken in (["1", "2"][:whole], ["1", "2"][: whole + 1])
        assert feed.cursor == (taken[-1] if taken else "")
    liar.answers(ROWS, media=NDJSON)
    assert [change.cursor for change in line.changes("e", "")] == ["1", "2"]


def test_a_line_that_makes_no_sense_ends_the_feed_behind_the_last_good_one(line, liar):
    first, _, end = ROWS.splitlines()
    liar.answers(first + b'\n{"kind":"category","cursor":"2","id":"2","row":{"id":"two"}}\n' + end, media=NDJSON)
    feed = line.changes("e", "")
    changes = iter(feed)
    assert next(changes).cursor == "1"
    with pytest.raises(ServerTrouble, match="makes no sense"):
        next(changes)
    assert feed.cursor == "1"


def test_what_a_newer_hub_says_is_passed_over_and_the_cursor_moves_on(line, liar):
    liar.answers(b'{"kind":"hologram","cursor":"8","id":"v","row":{}}\n{"kind":"end","cursor":"8"}\n', media=NDJSON)
    feed = line.changes("e", "7")
    assert list(feed) == []
    assert (feed.cursor, feed.skipped) == ("8", {"hologram": 1})


@pytest.mark.parametrize("total", ["", "many", "-1", "9" * 20, "²"])
def test_a_total_that_is_none_is_not_shown(line, liar, total):
    liar.answers(ROWS, media=NDJSON, Feed_Total=total.encode().decode("latin-1"))
    with contextlib.closing(line.changes("e", "")) as feed:
        assert feed.total is None


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"<html>", b'{"answers":7}', b"[" * 100_000])
def test_a_receipt_that_is_none_ends_in_a_sentence(line, liar, body):
    liar.answers(body)
    with pytest.raises(ServerTrouble):
        line.push([])


def test_a_server_that_takes_the_call_and_says_nothing_is_not_waited_for(liar):
    liar.stays_open = True
    enrolment = Enrolment(kind="hub", url=liar.url, token="t", device_id="d", name="N")
    with contextlib.closing(Hub(enrolment, patience=0.05)) as line:
        for ask in (lambda: line.push(()), lambda: line.changes("e", "")):
            with pytest.raises(ServerTrouble, match="does not answer"):
                ask()


def test_an_event_with_an_odd_name_is_asked_for_by_that_name(line, liar):
    liar.answers(ROWS, media=NDJSON)
    line.changes("a/b ?&", "c d").close()
    assert liar.heard[0].startswith(b"GET /v1/events/a%2Fb%20%3F%26/changes?since=c+d HTTP/1.1\r\n")


def test_only_the_hubs_own_word_sends_a_station_away(line, liar):
    liar.answers(b'{"error":"revoked","message":"This device was revoked."}', status="401 No")
    with pytest.raises(DeviceRevoked):
        line.push([])
    liar.answers(b'{"error":"login"}', status="401 No")
    with pytest.raises(ServerTrouble) as trouble:
        line.push([])
    assert not isinstance(trouble.value, DeviceRevoked)


STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


@pytest.mark.parametrize(
    "messages",
    [
        b'data: {"event":"e","cursor":"1"}\n\n',
        b'data: {"event":"e"}\r\n\r\n',
        b': hello\n\nid: 7\nevent: poke\ndata: {"event":\ndata: "e"}\n\n',
        b'data:{"event":"e"}\n\ndata: {"event":',
        b'data: {"event":"e"}\n\ndata: nonsense\n\ndata: {"event":"f"}\n\n',
    ],
)
def test_messages_are_heard_until_the_line_is_lost(line, liar, messages):
    liar.says = [STREAM, messages]
    assert list(line.listen(["e"])) == ["e"]


def test_a_line_that_cannot_be_had_is_a_trouble(line, liar):
    liar.answers(b"<html>", media="text/html")
    with pytest.raises(ServerTrouble):
        next(line.listen(["e"]))


@pytest.mark.parametrize(("status", "body"), [("403 No", b'{"error":"token","message":"Spent."}'), ("400 No", b"{}")])
def test_a_token_that_does_not_work_is_told_in_the_hubs_words(liar, status, body):
    liar.answers(body, status=status)
    with pytest.raises(BadInput) as trouble:
        enrol(liar.url, "token")
    assert trouble.value.what == ("Spent." if b"Spent" in body else "")


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"token":"t"}'])
def test_an_enrolment_that_is_none_ends_in_a_sentence(liar, body):
    liar.answers(body)
    with pytest.raises(ServerTrouble):
        enrol(liar.url, "token")


def test_the_token_of_an_invitation_is_not_sent_as_a_devices_own(liar):
    liar.answers(b"{}")
    with pytest.raises(ServerTrouble):
        enrol(liar.url, " one-time ")
    assert b"Authorization" not in liar.heard[0]
    assert b'"token":"one-time"' in liar.heard[0]


def test_the_module_is_light_until_a_station_is_there():
    """It stands on the way to the first window, and `requests` takes a tenth of a second.

    Its tables of letters, which hardly anybody needs, are not loaded with it either.
    """
    code = "import sys, sync.hub_client; print('requests' in sys.modules);"
    code += " import sync.api; print('requests' in sys.modules, sys.modules.keys() & {'charset_normalizer', 'idna'})"
    told = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["False", "True", "set()"]


def test_the_difference_of_clocks_is_known_after_an_answer(north):
    took = math.inf
    while took >= 5:  # An answer that took so long says nothing.
        sent = time.time()
        north.line.device()
        took = time.time() - sent
    assert north.line.skew == pytest.approx(0, abs=took / 2 + 0.001)


def test_answers_come_in_the_order_of_the_entries(north):
    entries = [north.enters(f"A{number}-1") for number in range(20)]
    receipt = north.push(*entries)
    assert [answer.operation for answer in receipt.answers] == [entry.operation for entry in entries]
    assert {answer.outcome for answer in receipt.answers} == {Outcome.DONE}
