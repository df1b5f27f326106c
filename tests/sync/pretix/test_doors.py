"""What happened at a door reaches a pretix once, however often it is sent, and what it says is understood."""

from __future__ import annotations

from datetime import timedelta

import pytest

from boxoffice.domain.conflicts import Kind
from boxoffice.domain.gate import Direction, Reason
from boxoffice.storage import outbox

EVENT = "conf26"


@pytest.fixture
def guest(pretix, door):
    """The secret of a ticket that everybody knows."""
    pretix.sold("NEWBY")
    door.sync()
    return "secret-NEWBY"


def parked(door):
    return [one.because for one in door.app.read(outbox.parked)]


def test_an_entry_arrives_with_its_own_time(pretix, door, guest):
    verdict = door.scan(guest)
    assert door.sync().pushed.done == 1
    [row] = pretix.passages(guest)
    assert (row["nonce"], row["device_id"], row["type"]) == (verdict.nonce, 1, "entry")
    assert row["datetime"] == "2026-11-21T09:00:00+00:00"
    assert not row["forced"]


def test_an_exit_arrives_as_one(pretix, door, guest):
    door.scan(guest)
    door.scan(guest, direction=Direction.EXIT)
    door.sync()
    assert [row["type"] for row in pretix.passages(guest)] == ["entry", "exit"]


def test_our_own_entry_comes_back_as_the_one_we_know(pretix, door, guest):
    door.scan(guest)
    door.sync()
    door.sync()
    assert len(door.app.read(lambda c: c.execute("SELECT 1 FROM checkins WHERE ticket = 'NEWBY-1'").fetchall())) == 1
    assert not door.app.conflicts()


@pytest.mark.parametrize("fault", ["mute", "twice", "lost", "cut", "busy", "error", "portal"])
def test_an_entry_whose_answer_is_lost_counts_once(pretix, door, guest, fault):
    door.scan(guest)
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if "redeem" in path else None
    door.sync()
    pretix.fault = lambda _method, _path: None
    door.sync()
    assert len(pretix.passages(guest)) == 1
    assert door.app.outbox().waiting == 0


def test_what_came_through_before_the_line_broke_is_not_sent_again(pretix, door, guest):
    for number in range(5):
        pretix.sold(f"MORE{number}")
    door.sync()
    for number in range(5):
        door.scan(f"secret-MORE{number}")
    calls = iter(range(100))
    pretix.fault = lambda _method, path: "lost" if "redeem" in path and next(calls) == 2 else None
    door.sync()
    pretix.fault = lambda _method, _path: None
    door.sync()
    assert door.app.outbox().waiting == 0
    assert len([path for _, path, _ in pretix.requests if "redeem" in path]) == 5


def test_two_doors_that_let_the_same_person_in_both_keep_their_entry_and_both_hear_of_it(pretix, doorway):
    pretix.sold("NEWBY")
    north, south = doorway(), doorway()
    for door in (north, south):
        door.sync()
    north.scan("secret-NEWBY")
    south.scan("secret-NEWBY", at=north.scan("nobody").at + timedelta(minutes=1))
    for door in (north, south, north):
        door.sync()
    assert [row["forced"] for row in pretix.passages("secret-NEWBY")] == [False, True]
    for door in (north, south):
        [conflict] = door.app.conflicts()
        assert (conflict.kind, conflict.ticket) == (Kind.DOUBLE_ENTRY, "NEWBY-1")


def test_a_refusal_is_told_with_the_code_that_was_read(pretix, door):
    verdict = door.scan("nobody")
    assert verdict.reason is Reason.INVALID
    door.sync()
    [row] = [row for row in pretix.checkins if row["nonce"] == verdict.nonce]
    assert (row["successful"], row["error_reason"]) == (False, "invalid")
    body = next(body for _, path, body in pretix.requests if path.endswith("failed_checkins/"))
    assert (body["raw_barcode"], body["type"]) == ("nobody", "entry")


def test_a_refusal_of_a_known_ticket_names_it(pretix, door, guest):
    door.scan(guest)
    assert door.scan(guest).reason is Reason.ALREADY_REDEEMED
    door.sync()
    body = next(body for _, path, body in pretix.requests if path.endswith("failed_checkins/"))
    assert body["position"] == pretix.orders["NEWBY"]["positions"][0]["id"]
    assert len(pretix.passages(guest)) == 1


def test_an_entry_is_taken_back_within_a_quarter_of_an_hour(pretix, door, guest):
    verdict = door.scan(guest)
    door.sync()
    door.app.gate.undo(verdict.nonce, at=verdict.at + timedelta(minutes=14), reason="Wrong person").result()
    door.sync()
    assert pretix.passages(guest) == []
    assert door.app.outbox().parked == 0
    [told] = [body for _, path, body in pretix.requests if "annul" in path]
    assert told["error_explanation"] == "Wrong person"


def test_an_entry_that_is_taken_back_before_the_server_knows_it_leaves_no_trace_that_counts(pretix, door, guest):
    verdict = door.scan(guest)
    door.app.gate.undo(verdict.nonce, at=verdict.at + timedelta(minutes=1)).result()
    door.sync()
    assert pretix.passages(guest) == []


def test_taking_back_later_is_kept_here_with_the_servers_words(pretix, door, guest):
    verdict = door.scan(guest)
    door.app.gate.undo(verdict.nonce, at=verdict.at + timedelta(minutes=16)).result()
    door.sync()
    assert len(pretix.passages(guest)) == 1
    assert parked(door) == ["Annulment is not allowed more than 15 minutes after check-in"]
    assert door.scan(guest, at=verdict.at + timedelta(hours=1)).reason is Reason.OK


def test_taking_back_whose_answer_is_lost_is_done(pretix, door, guest):
    verdict = door.scan(guest)
    door.app.gate.undo(verdict.nonce, at=verdict.at + timedelta(minutes=1)).result()
    faults = iter(["mute"])
    pretix.fault = lambda _method, path: next(faults, None) if "annul" in path else None
    door.sync()
    pretix.fault = lambda _method, _path: None
    door.sync()
    assert (pretix.passages(guest), parked(door)) == ([], [])


def test_what_another_device_let_in_cannot_be_taken_back_there(pretix, door, guest):
    row = pretix.passes(guest)
    door.sync()
    door.app.gate.undo(f"pretix:{row['id']}").result()
    door.sync()
    assert "nobody but the device itself" in parked(door)[0]
    assert len(pretix.passages(guest)) == 1


def test_a_ticket_that_the_server_does_not_know_is_kept_for_a_person(pretix, door, guest):
    door.scan(guest)
    del pretix.orders["NEWBY"]
    door.sync()
    assert parked(door) == ["pretix knows no ticket with this code."]


def test_a_list_that_is_gone_is_told_in_the_servers_words(pretix, door, guest, recorded):
    pretix.kinds["checkinlists"].append({**pretix.kinds["checkinlists"][0], "id": 9})
    door.sync(after=3600)
    door.scan(guest, gate_list=9)
    door.sync()
    assert parked(door) == ['lists: Invalid pk "999" - object does not exist.']


def test_answers_of_the_door_go_with_the_entry(pretix, door, recorded):
    student = next(
        position["secret"]
        for order in recorded["orders"]["body"]["results"]
        for position in order["positions"]
        if order["status"] == "p" and position["item"] == 2 and not position["checkins"]
    )
    assert door.scan(student).reason is Reason.INCOMPLETE
    assert door.scan(student, answers={"STUDENTCARD": "yes"}).reason is Reason.OK
    door.sync()
    body = next(body for _, path, body in pretix.requests if path.endswith("redeem/"))
    assert body["answers"] == {"1": "true"}


def test_what_the_server_has_no_place_for_is_done_when_it_is_written_down(pretix, door, guest):
    door.app.gate.hand_out(EVENT, "NEWBY-1", ("badge",)).result()
    assert door.sync().pushed.done == 1
    assert door.app.outbox().waiting == 0


def test_the_server_hears_of_a_new_version_once(pretix, doorway):
    door = doorway()
    door.sync()
    door.sync()
    told = [path for method, path, _ in pretix.requests if path.endswith("/device/update")]
    assert len(told) == 1
    assert door.app.enrolment.software != "never told"
    door.enrolment = door.app.enrolment
    door.connect()
    door.sync()
    assert len([path for _, path, _ in pretix.requests if path.endswith("/device/update")]) == 1


def test_a_rolled_token_is_kept_and_used(pretix, door):
    before = door.app.enrolment.token
    token = door.line.roll()
    assert token != before
    assert door.app.enrolment.token == token
    door.sync()
