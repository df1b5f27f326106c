"""A file that was handed in at the door is with pretix before the entry that speaks of it, once, whatever is lost."""

from __future__ import annotations

import pytest

from boxoffice.domain.attachments import name_of
from boxoffice.domain.conflicts import Kind

PERMIT = b"%PDF-1.4 a permit"


@pytest.fixture
def student(pretix, door, recorded):
    """The secret of somebody who has to show a card, and to hand in a copy of it."""
    cards = pretix.kinds["questions"]
    pretix.kinds["questions"] = [{**one, "type": "F"} if one["id"] == 1 else one for one in cards]
    door.sync(after=3600)
    return next(
        position["secret"]
        for order in recorded["orders"]["body"]["results"]
        for position in order["positions"]
        if order["status"] == "p" and position["item"] == 2 and not position["checkins"]
    )


def comes_in(door, student):
    name = name_of(PERMIT)
    assert door.scan(student, answers={"1": name}, files={name: PERMIT}).admitted


def test_the_file_arrives_with_the_entry(pretix, door, student):
    comes_in(door, student)
    assert door.sync().pushed.done == 1
    assert pretix.handed_in == {(student, "1"): ("application/pdf", PERMIT)}
    assert not door.app.conflicts()


@pytest.mark.parametrize("where", ["upload", "redeem"])
@pytest.mark.parametrize("fault", ["mute", "lost", "busy", "error", "portal"])
def test_what_is_lost_on_the_way_is_uploaded_anew(pretix, door, student, where, fault):
    comes_in(door, student)
    faults = iter([fault])
    pretix.fault = lambda _method, path: next(faults, None) if where in path else None
    door.sync()
    pretix.fault = lambda _method, _path: None
    door.sync()
    assert pretix.handed_in == {(student, "1"): ("application/pdf", PERMIT)}
    assert len(pretix.passages(student)) == 1


def test_an_entry_arrives_though_the_server_will_not_have_the_file_and_a_person_is_told(pretix, door, student):
    pretix.takes_no_files = True
    comes_in(door, student)
    assert door.sync().pushed.done == 1
    assert len(pretix.passages(student)) == 1
    (told,) = door.app.conflicts()
    assert told.kind is Kind.WITHOUT_FILE
    assert "would not have the file" in told.sides[1].words
