"""Taking a passage back: at once by whoever made it, later by somebody who may, with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Permitted, Undone
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.permissions import Act, Role
from boxoffice.errors import NeedsPermission, Refused
from boxoffice.services import seals
from boxoffice.storage import journal


def entries(day: Any, kind: type) -> list[Any]:
    return [one for one in day.app.read(lambda c: list(journal.entries(c))) if isinstance(one.fact(), kind)]


def test_a_stewards_station_takes_back_what_it_has_just_scanned(day: Any) -> None:
    day.enrol(Role.STEWARD)
    verdict = day.scan(day.ticket(), at="09:00")
    assert day.app.gate.undo(verdict.nonce, day.time("09:01")).result().nonce == verdict.nonce


def test_a_stewards_station_takes_nothing_back_later(day: Any) -> None:
    day.enrol(Role.STEWARD)
    verdict = day.scan(day.ticket(), at="09:00")
    with pytest.raises(Refused, match="only scans"):
        day.app.gate.undo(verdict.nonce, day.time("09:30"), "Wrong person").result()


def test_a_stewards_station_takes_nothing_back_of_another_door(day: Any) -> None:
    day.enrol(Role.STEWARD)
    ticket = day.ticket()
    there = CheckIn(event="conf26", list=1, ticket=ticket.key, at=day.time("09:00"), nonce="there", device="South")
    day.hear(there)
    with pytest.raises(Refused, match="only scans"):
        day.app.gate.undo("there", day.time("09:00"), "Wrong person").result()


def test_a_small_event_takes_back_whenever_it_wants(day: Any) -> None:
    verdict = day.scan(day.ticket(), at="09:00")
    assert day.app.gate.undo(verdict.nonce, day.time("11:00")).result().nonce == verdict.nonce


@pytest.fixture
def staffed(day: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A door where people are known by name."""
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)
    people = [("Olga", Role.ORGANISER, "314159"), ("Dora", Role.DESK, "2684"), ("Tom", Role.STEWARD, "1793")]
    day.app.staff.add([NewOperator(name=name, role=role, pin=pin) for name, role, pin in people])
    return day


def test_the_desk_takes_back_later_with_a_reason_and_it_is_written_down_who(staffed: Any) -> None:
    staffed.app.staff.sign_in("Dora", "2684")
    verdict = staffed.scan(staffed.ticket(), at="09:00")
    with pytest.raises(NeedsPermission, match="A reason is needed"):
        staffed.app.gate.undo(verdict.nonce, staffed.time("09:30")).result()
    staffed.app.gate.undo(verdict.nonce, staffed.time("09:30"), "Wrong person").result()
    (undone,) = entries(staffed, Undone)
    assert (undone.private_part().note, undone.private_part().operator) == ("Wrong person", "Dora")


def test_a_steward_takes_back_later_if_somebody_stands_by_it(staffed: Any) -> None:
    staffed.app.staff.sign_in("Tom", "1793")
    verdict = staffed.scan(staffed.ticket(), at="09:00")
    with pytest.raises(NeedsPermission, match="Tom may not do this"):
        staffed.app.gate.undo(verdict.nonce, staffed.time("09:30"), "Wrong person").result()
    permit = staffed.app.staff.permit(Act.UNDO, "Dora", "2684", "Wrong person")
    staffed.app.gate.undo(verdict.nonce, staffed.time("09:30"), permits=[permit]).result()
    (permitted,) = entries(staffed, Permitted)
    assert (permitted.private_part().asked, permitted.private_part().permitted) == ("Tom", "Dora")
    (undone,) = entries(staffed, Undone)
    assert undone.private_part().note == "Wrong person"


def test_what_was_just_scanned_anybody_takes_back(staffed: Any) -> None:
    verdict = staffed.scan(staffed.ticket(), at="09:00")
    assert staffed.app.gate.undo(verdict.nonce, staffed.time("09:00")).result().nonce == verdict.nonce
