"""People and their PINs, here and at other stations; attacked as somebody at an unwatched laptop would."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice import staff
from boxoffice.config import Folder
from boxoffice.domain.facts import StaffChanged
from boxoffice.domain.operators import NewOperator, Person
from boxoffice.domain.permissions import Act, Role
from boxoffice.errors import BadInput, NeedsPermission, Refused, StorageTrouble
from boxoffice.services import (
    guard,
    seals,
)
from boxoffice.staff import Staff
from boxoffice.storage import journal, operators, outbox, verify

pytestmark = pytest.mark.usefixtures("cheap_seals")


def test_the_right_pin_signs_in_and_a_wrong_one_does_not(people: Any) -> None:
    people.wrong("Ana", 1)
    assert people.staff.operator is None
    assert people.staff.sign_in("ana", "4711").name == "Ana"
    assert people.staff.name == "Ana"
    people.staff.sign_out()
    assert people.staff.name == ""


def test_the_next_one_takes_over_without_anything_being_closed(people: Any) -> None:
    people.staff.sign_in("Ana", "4711")
    people.staff.sign_in("Sven", "271828")
    assert people.app.counter("").operator == ""  # The station's own staff is another object than the test's.
    assert people.staff.name == "Sven"


def test_after_five_wrong_ones_even_the_right_pin_waits(people: Any) -> None:
    people.wrong("Ana", 5)
    with pytest.raises(Refused, match="Too many wrong PINs"):
        people.staff.check("Ana", "4711")
    people.uptime += 30_000
    assert people.staff.check("Ana", "4711").name == "Ana"
    people.wrong("Ana", 4)
    assert people.staff.check("Ana", "4711")


def test_a_wait_is_one_persons_own(people: Any) -> None:
    people.wrong("Ana", 5)
    assert people.staff.check("Sven", "271828")


def test_a_restart_wins_nobody_another_try(people: Any) -> None:
    people.wrong("Ana", 5)
    again = Staff(people.app, lambda: people.uptime + 29_000)
    with pytest.raises(Refused, match="Too many"):
        again.check("Ana", "4711")


def test_an_app_that_ends_before_the_answer_has_counted_the_try(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class PowerCut(Exception):
        pass

    def cut(*_: object) -> bool:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(seals, "fits", cut)
        for _ in range(5):
            with pytest.raises(PowerCut):
                people.staff.check("Ana", "4711")
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")


@pytest.mark.parametrize("year", [1990, 2026, 2099])
def test_a_clock_that_is_set_back_or_forward_ends_no_wait(
    people: Any, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.wrong("Ana", 5)
    monkeypatch.setattr(staff, "_now", lambda: datetime(year, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")
    people.uptime += 30_000
    assert people.staff.check("Ana", "4711")


def test_a_machine_that_was_switched_off_begins_the_wait_anew(people: Any) -> None:
    people.wrong("Ana", 5)
    people.uptime = 20_000
    with pytest.raises(Refused, match="Too many"):
        people.staff.check("Ana", "4711")
    people.uptime = 30_000
    assert people.staff.check("Ana", "4711")


def test_a_supervisor_gives_a_forgotten_pin_another_one(people: Any) -> None:
    people.wrong("Ana", 6 - 1)
    people.staff.change("Ana", pin="8264", permits=[people.permit(Act.OPERATORS)])
    assert people.staff.check("Ana", "8264")
    people.wrong("Ana", 1)


def test_a_supervisor_cannot_become_an_organiser_nor_take_over_one(people: Any) -> None:
    for attempt in (
        lambda: people.staff.change("Olga", pin="111222", permits=[people.permit(Act.OPERATORS)]),
        lambda: people.staff.change("Sven", role=Role.ORGANISER, permits=[people.permit(Act.OPERATORS)]),
        lambda: people.staff.remove("Olga", [people.permit(Act.OPERATORS)]),
        lambda: people.staff.add(
            [NewOperator(name="X", role=Role.ORGANISER, pin="424242")], [people.permit(Act.OPERATORS)]
        ),
    ):
        with pytest.raises(Refused, match="does not look after"):
            attempt()
    assert people.staff.check("Olga", people.pins["Olga"])


def test_people_are_changed_only_with_a_pin(people: Any) -> None:
    people.staff.sign_in("Sven", people.pins["Sven"])
    with pytest.raises(Refused, match="This needs a PIN"):
        people.staff.change("Ana", pin="8264")
    with pytest.raises(Refused, match="may not permit"):
        people.permit(Act.OPERATORS, by="Ana")


def test_everybody_changes_their_own_pin_with_the_old_one(people: Any) -> None:
    with pytest.raises(Refused, match="not the PIN"):
        people.staff.change_own_pin("Ana", "0001", "8264")
    people.staff.change_own_pin("Ana", "4711", "8264")
    assert people.staff.check("Ana", "8264")
    with pytest.raises(BadInput, match="A PIN for this role has 6"):
        people.staff.change_own_pin("Sven", "271828", "4711")


def test_who_is_made_a_leader_gets_a_longer_pin(people: Any) -> None:
    with pytest.raises(BadInput, match="longer PIN"):
        people.staff.change("Ana", role=Role.SUPERVISOR, permits=[people.permit(Act.OPERATORS, "Olga")])
    permits = [people.permit(Act.OPERATORS, "Olga")]
    assert people.staff.change("Ana", role=Role.SUPERVISOR, pin="471100", permits=permits).role is Role.SUPERVISOR


def test_the_first_one_is_an_organiser_and_the_last_one_stays(day: Any) -> None:
    office = Staff(day.app)
    with pytest.raises(Refused, match="has to be an organiser"):
        office.add([NewOperator(name="Ana", role=Role.CASHIER, pin="4711")])
    office.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    office.add(
        [NewOperator(name="Ana", role=Role.CASHIER, pin="4711")], [office.permit(Act.OPERATORS, "Olga", "314159")]
    )
    with pytest.raises(Refused, match="last organiser"):
        office.remove("Olga", [office.permit(Act.OPERATORS, "Olga", "314159")])
    with pytest.raises(Refused, match="last organiser"):
        office.change("Olga", role=Role.SUPERVISOR, permits=[office.permit(Act.OPERATORS, "Olga", "314159")])
    office.remove("Ana", [office.permit(Act.OPERATORS, "Olga", "314159")])
    office.remove("Olga", [office.permit(Act.OPERATORS, "Olga", "314159")])
    assert not office.in_use


def test_who_has_left_cannot_come_back_by_their_pin(people: Any) -> None:
    people.staff.remove("Ana", [people.permit(Act.OPERATORS)])
    with pytest.raises(BadInput, match="Nobody here is called Ana"):
        people.staff.check("Ana", "4711")


@pytest.mark.parametrize("name", ["ana", " Ana ", "ANA"])
def test_two_people_do_not_bear_one_name(people: Any, name: str) -> None:
    with pytest.raises(BadInput, match="is called"):
        people.staff.add([NewOperator(name=name, role=Role.DESK, pin="9753")], [people.permit(Act.OPERATORS)])


def test_no_pin_stands_in_the_store_nor_in_the_journal(people: Any) -> None:
    rows = people.app.read(lambda c: c.execute("SELECT pin FROM operators").fetchall())
    assert all(row[0].startswith("$argon2id$") for row in rows)
    written = people.app.read(lambda c: [(e.body, e.private) for e in journal.entries(c)])
    # Not as a part of a moment or of an id: those have four digits of any kind now and then.
    found = re.compile(rf"(?<![0-9a-f-])({'|'.join(people.pins.values())})(?![0-9a-f-])")
    assert not any(found.search(part) for body in written for part in body)


def test_without_the_pepper_a_known_pin_fits_nothing(people: Any) -> None:
    sealed = people.app.read(
        lambda c: operators.pin(c, next(one.id for one in operators.everybody(c) if one.name == "Ana"))
    )[0]
    assert not seals.fits("4711", sealed, bytes(32))


def test_a_store_without_its_pepper_says_so(people: Any, tmp_path: Path) -> None:
    (Folder(tmp_path).pepper_file).unlink()
    with pytest.raises(Exception, match="No PIN can be checked") as told:
        people.staff.check("Ana", "4711")
    assert "pepper" in getattr(told.value, "hint", "")


def test_while_the_pepper_is_out_of_reach_no_other_one_is_made(people: Any, tmp_path: Path) -> None:
    file = Folder(tmp_path).pepper_file
    kept = file.rename(tmp_path / "elsewhere")
    with pytest.raises(StorageTrouble, match="No PIN can be checked"):
        people.staff.add([NewOperator(name="Nina", role=Role.CASHIER, pin="8642")])
    kept.rename(file)
    assert people.staff.check("Ana", people.pins["Ana"]).name == "Ana"


def test_the_journal_tells_who_worked_here_and_when_they_left(people: Any) -> None:
    ana, sven = people.staff.sign_in("Ana", "4711"), people.staff.sign_in("Sven", "271828")
    people.staff.sign_out()
    people.staff.sign_out()
    people.app.write(lambda _: None).result()  # behind what nobody waited for
    assert [(one.operator, one.what) for one in people.facts(StaffChanged)[len(people.pins) :]] == [
        (ana.id, "signed_in"),
        (sven.id, "signed_in"),
        (sven.id, "signed_out"),
    ]


def test_the_journal_tells_who_came_and_who_tried(people: Any) -> None:
    people.wrong("Ana", 5)
    assert [one.what for one in people.facts(StaffChanged)] == ["added"] * 5 + ["blocked"]
    assert people.app.read(verify.check).faults == ()


def test_a_supervisor_makes_nobody_an_organiser(people: Any) -> None:
    with pytest.raises(Refused, match="does not look after"):
        people.staff.change("Ana", pin="314159", role=Role.ORGANISER, permits=[people.permit(Act.OPERATORS)])
    assert by_name(people, "Ana").role is Role.CASHIER
    by_olga = people.permit(Act.OPERATORS, by="Olga")
    assert people.staff.change("Ana", pin="314159", role=Role.ORGANISER, permits=[by_olga]).role is Role.ORGANISER


def told(**more: Any) -> Person:
    known = {"id": "p9", "name": "Pia", "role": Role.CASHIER, "changed_at": datetime(2026, 9, 4, 9, tzinfo=UTC)}
    return Person(event="conf26", device="South", **{**known, **more})


def later(one: Any, **more: Any) -> Person:
    return told(id=one.id, name=one.name, changed_at=datetime(2099, 1, 1, tzinfo=UTC), **more)


def by_name(people: Any, name: str) -> Any:
    return next((one for one in people.staff.everybody if one.name == name), None)


def test_somebody_of_another_station_is_known_here_and_needs_a_pin_of_this_one(people: Any, day: Any) -> None:
    day.hear(told())
    assert by_name(people, "Pia").has_pin is False
    with pytest.raises(Refused, match="No PIN at this station"):
        people.staff.check("Pia", "4711")
    people.staff.change("Pia", pin="8046", permits=[people.permit(Act.OPERATORS)])
    assert people.staff.sign_in("Pia", "8046").role is Role.CASHIER
    assert people.app.read(verify.check).faults == ()


def test_who_is_sent_away_at_another_station_is_sent_away_here_and_stays_so(people: Any, day: Any) -> None:
    ana = by_name(people, "Ana")
    day.hear(later(ana, active=False))
    day.hear(later(ana, role=Role.ORGANISER))
    assert by_name(people, "Ana") is None
    with pytest.raises(BadInput, match="Nobody here is called Ana"):
        people.staff.check("Ana", "4711")


def test_a_station_where_nobody_has_a_pin_may_begin_though_the_event_has_organisers(day: Any) -> None:
    day.hear(told(name="Otto", role=Role.ORGANISER))
    here = Staff(day.app, lambda: 1_000_000)
    assert not here.in_use
    here.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    assert here.sign_in("Olga", "314159").role is Role.ORGANISER


def test_sending_the_only_one_away_from_elsewhere_opens_nothing_at_their_till(day: Any) -> None:
    here = Staff(day.app, lambda: 1_000_000)
    here.add([NewOperator(name="Olga", role=Role.ORGANISER, pin="314159")])
    olga = here.sign_in("Olga", "314159")
    day.hear(told(id="p8", name="Otto", role=Role.ORGANISER), told(id="p9", name="Cora", role=Role.CASHIER))
    day.hear(later(olga, role=Role.ORGANISER, active=False))
    assert here.in_use
    with pytest.raises(NeedsPermission):
        day.app.write(lambda c: guard.need(c, Act.SELL, day.time("09:00"), operator="Olga")).result()
    with pytest.raises(Refused, match="Nobody with a PIN is left"):
        here.add([NewOperator(name="Mallory", role=Role.ORGANISER, pin="271828")])
    with pytest.raises(Refused, match="has to be an organiser"):
        here.change("Cora", pin="8046")
    here.change("Otto", pin="804613")
    assert here.sign_in("Otto", "804613").role is Role.ORGANISER
    here.remove("Otto", [here.permit(Act.OPERATORS, "Otto", "804613")])
    assert not here.in_use
    assert day.app.read(verify.check).faults == ()


def test_another_role_counts_here_too_unless_it_is_older_than_what_is_known(people: Any, day: Any) -> None:
    ana = by_name(people, "Ana")
    day.hear(later(ana, role=Role.DESK))
    day.hear(msgspec.structs.replace(later(ana, role=Role.CASHIER), changed_at=datetime(2001, 1, 1, tzinfo=UTC)))
    assert people.staff.check("Ana", "4711").role is Role.DESK


def test_two_of_one_name_are_told_apart_by_their_stations(people: Any, day: Any) -> None:
    day.hear(told(name="ana"))
    assert by_name(people, "ana (South)") is not None
    assert people.staff.check("Ana", "4711").name == "Ana"


def test_people_without_a_pin_here_guard_nothing_and_the_first_pin_is_an_organisers(day: Any) -> None:
    here = Staff(day.app, lambda: 1_000_000)
    day.hear(told())
    day.hear(told(id="p8", name="Otto", role=Role.ORGANISER))
    assert not here.in_use
    with pytest.raises(Refused, match="The first one has to be an organiser"):
        here.change("Pia", pin="8046")
    here.change("Otto", pin="804613")
    assert here.in_use


def test_what_other_stations_hear_is_a_name_and_a_role_and_nothing_of_the_pin(people: Any) -> None:
    people.staff.sign_in("Ana", "4711")
    people.staff.change_own_pin("Ana", "4711", "8046")
    sent = people.app.read(lambda c: [one.entry for one in outbox.waiting(c, 100)])
    named = [(one.fact().role, one.private_part().person) for one in sent if one.private]
    assert named == [(people.roles[name], name) for name in people.pins]
    seals_kept = people.app.read(lambda c: [operators.pin(c, one.id)[0] for one in operators.everybody(c)])
    assert not any(seal in one.private + one.body for seal in seals_kept for one in sent)
