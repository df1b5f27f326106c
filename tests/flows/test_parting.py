"""A station and its server part: what was not sent is carried on, and then nothing of other people stays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice import __version__
from boxoffice.bootstrap import App
from boxoffice.cli.main import run
from boxoffice.config import Folder
from boxoffice.errors import BadInput, DeviceRevoked, Refused, ServerTrouble
from boxoffice.storage import outbox, verify
from sync.leaving import leave, roll
from sync.servers import central_server

ENTRIES = "SELECT operation FROM acts WHERE kind = 'admitted'"


@pytest.fixture
def north(hall: Any) -> Any:
    """A door that was sent away with an entry that nobody knows of."""
    hall.tickets("A1", "A2")
    north = hall.gate("North")
    north.scan("A1")
    hall.hub.send_away(north.device)
    with pytest.raises(DeviceRevoked):
        north.sync()
    return north


def passages(gate: Any, ticket: str = "A1-1") -> list[tuple[str, str]]:
    return [(one.gate, one.device) for one in gate.app.lookup.card("conf26", ticket).checkins]


def talking(gate: Any) -> Any:
    return central_server(gate.app.enrolment, gate.app)


def test_a_station_that_is_enrolled_again_sends_what_waited_as_what_it_was(hall: Any, north: Any) -> None:
    south = hall.gate("South")
    north.enrol(hall.hub, "North again")
    north.scan("A2", at="09:05")
    for gate in (north, south, north):
        gate.sync()
    assert north.waits() == 0
    assert passages(south) == [("North", "North")]
    assert passages(south, "A2-1") == [("North again", "North again")]
    assert north.app.conflicts() == south.app.conflicts() == []
    assert north.app.parting.standing.departure is None
    assert north.app.read(verify.check).sound


def test_a_station_that_never_left_cannot_speak_for_another(hall: Any) -> None:
    hall.tickets("A1")
    north, south = hall.gate("North"), hall.gate("South")
    north.scan("A1")
    [entry] = [one.entry for one in north.app.read(outbox.waiting)]
    server = talking(south)
    assert server.push([entry]).answers[0].outcome == "refused"
    server.close()


def test_another_station_hands_on_what_was_exported(hall: Any, north: Any, tmp_path: Path) -> None:
    file = tmp_path / "unsent.jsonl"
    assert north.app.parting.export_unsent(file) == 1
    heading, line = (json.loads(one) for one in file.read_text(encoding="utf-8").splitlines())
    assert (heading["station"], heading["acts"]) == ("North", 1)
    assert "Ada Lovelace" in line["told"]
    assert "A1-1" in line["told"]
    south = hall.gate("South")
    assert south.app.parting.import_unsent(file) == (1, 1)
    assert south.app.parting.import_unsent(file) == (1, 0)
    south.sync()
    outside = hall.gate("Outside")
    assert passages(outside) == [("North", "North")]


def test_what_did_arrive_before_is_not_done_twice(hall: Any, north: Any, tmp_path: Path) -> None:
    hall.tickets("A3", "A4")
    west = hall.gate("West")
    west.scan("A3")
    [entry] = [one.entry for one in west.app.read(outbox.waiting)]
    server = talking(west)
    server.push([entry])  # and the answer is lost
    server.close()
    hall.hub.send_away(west.device)
    west.app.parting.export_unsent(tmp_path / "west.jsonl")
    south = hall.gate("South")
    south.app.parting.import_unsent(tmp_path / "west.jsonl")
    south.scan("A4")
    for _ in range(3):
        done = south.sync()
    assert (south.waits(), south.app.outbox().parked, done.pushed.again, south.state.alarm) == (0, 0, 0, "")
    assert passages(south, "A3-1") == [("West", "West")]
    assert len(hall.hub.query(ENTRIES)) == 2


def test_an_export_that_was_changed_on_the_way_is_not_taken(hall: Any, north: Any, tmp_path: Path) -> None:
    file = tmp_path / "unsent.jsonl"
    north.app.parting.export_unsent(file)
    text = file.read_text(encoding="utf-8")
    south = hall.gate("South")
    changed = file.with_name("changed.jsonl")
    for spoilt in (text.replace("A1-1", "A2-1"), text.splitlines()[0] + "\n", "[]", "", text[:-20]):
        changed.write_text(spoilt, encoding="utf-8")
        with pytest.raises(BadInput):
            south.app.parting.import_unsent(changed)
    assert south.waits() == 0


def test_an_export_about_another_event_is_not_taken(hall: Any, north: Any, new_hub: Any, tmp_path: Path) -> None:
    north.app.parting.export_unsent(tmp_path / "unsent.jsonl")
    elsewhere = new_hub("elsewhere")
    stranger = hall.folder_gate("stranger").enrol(elsewhere, "Stranger")
    with pytest.raises(BadInput, match="conf26"):
        stranger.app.parting.import_unsent(tmp_path / "unsent.jsonl")
    elsewhere.close()


def test_nothing_is_wiped_while_something_is_only_here(north: Any, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nobody else has"):
        north.app.parting.wipe().result()
    assert north.scan("A2").admitted
    north.app.parting.export_unsent(tmp_path / "unsent.jsonl")
    north.app.parting.wipe().result()
    assert north.app.parting.standing.departure.wiped_at is not None
    assert north.app.events() == []


def test_what_is_done_after_the_export_counts_again(north: Any, tmp_path: Path) -> None:
    north.app.parting.export_unsent(tmp_path / "unsent.jsonl")
    north.scan("A2")
    with pytest.raises(Refused):
        north.app.parting.wipe().result()


def test_a_store_that_a_restore_has_put_aside_may_hold_what_nobody_else_has(hall: Any, tmp_path: Path) -> None:
    from boxoffice.bootstrap import restore_station

    hall.tickets("A1")
    north = hall.gate("North")
    north.app.backup(tmp_path / "early.db")
    north.scan("A1")
    north.app.close()
    restore_station(str(north.folder), tmp_path / "early.db")
    north.app = App(Folder(north.folder))
    hall.hub.send_away(north.device)
    with pytest.raises(DeviceRevoked):
        north.sync()
    with pytest.raises(Refused, match="before-restore-1"):
        north.app.parting.wipe().result()


def test_a_station_that_was_wiped_can_be_enrolled_again(hall: Any, north: Any, tmp_path: Path) -> None:
    north.app.parting.export_unsent(tmp_path / "unsent.jsonl")
    north.app.parting.wipe().result()
    north.enrol(hall.hub, "North")
    north.sync()
    assert north.scan("A2").admitted
    north.sync()
    assert len(hall.hub.query(ENTRIES)) == 1
    assert north.app.read(verify.check).sound


def test_a_station_leaves_when_the_server_has_everything(hall: Any) -> None:
    hall.tickets("A1")
    north = hall.gate("North")
    north.scan("A1")
    assert run(["leave", "--data", str(closed(north))]) == 0
    assert len(hall.hub.query(ENTRIES)) == 1
    assert hall.hub.query("SELECT count(*) FROM devices WHERE revoked_at IS NOT NULL") == [(1,)]
    with App(Folder(north.folder)) as app:
        assert app.parting.standing.departure.by_itself
        assert (app.enrolment, app.events(), app.read(verify.check).faults) == (None, [], ())
    north.app = App(Folder(north.folder))


def closed(gate: Any) -> Path:
    gate.app.close()
    return gate.folder


def test_a_station_with_something_that_the_server_refused_stays(hall: Any) -> None:
    hall.tickets("A1")
    north = hall.gate("North")
    nonce = north.scan("A1").nonce
    north.app.write(lambda c: outbox.park(c, nonce, "No")).result()
    server = talking(north)
    with pytest.raises(Refused, match="does not have"):
        leave(north.app, server, north.scan("A1").at)
    server.close()
    north.sync()


def test_without_a_network_nobody_leaves(hall: Any) -> None:
    hall.tickets("A1")
    north = hall.gate("North")
    hall.hub.switch_off()
    server = talking(north)
    with pytest.raises(ServerTrouble):
        leave(north.app, server, north.scan("A1").at)
    server.close()
    assert north.app.parting.standing.departure is None
    hall.hub.switch_on()


def test_a_new_token_makes_the_old_one_worthless(hall: Any) -> None:
    north = hall.gate("North")
    old = north.app.enrolment
    assert run(["enrol", "--roll", "--data", str(closed(north))]) == 0
    north.app = App(Folder(north.folder))
    north.sync()
    assert north.app.enrolment.token != old.token
    server = central_server(old)
    with pytest.raises(ServerTrouble):
        server.push(())
    server.close()


def test_a_lost_answer_to_the_question_for_a_new_token_costs_nothing(hall: Any) -> None:
    north = hall.gate("North")
    server = talking(north)
    server.roll()  # and the answer is lost
    server.close()
    north.sync()
    server = talking(north)
    roll(north.app, server)
    server.close()
    north.sync()


def test_the_command_line_says_how_things_stand(north: Any, tmp_path: Path, capsys: Any) -> None:
    data = ["--data", str(closed(north)), "--json"]

    def said(*words: str) -> tuple[int, Any]:
        status = run([*words, *data])
        out = capsys.readouterr()
        return status, json.loads(out.out or out.err)

    status, values = said("wipe")
    assert (status, values["error"]) == (1, "There is work here that nobody else has")
    assert said("status")[1]["parted"]["only_here"] == 1
    assert said("outbox", "export", str(tmp_path / "out.jsonl"))[0] == 0
    assert said("wipe") == (0, {"wiped": True})
    parted = said("status")[1]["parted"]
    assert parted["wiped_at"] is not None
    assert said("wipe")[0] == 1
    north.app = App(Folder(north.folder))


def test_the_hub_hears_once_of_a_new_version_of_a_station(hall: Any) -> None:
    north = hall.gate("North")
    older = msgspec.structs.replace(north.app.enrolment, software="0.0.1")
    with hall.hub.database.writing() as connection:
        connection.exec_driver_sql("UPDATE devices SET software = 'boxoffice 0.0.1'")
    north.app.join(older).result()
    north.sync()
    assert hall.hub.query("SELECT software FROM devices") == [(f"boxoffice {__version__}",)]
    assert north.app.enrolment.software == __version__


def test_a_station_that_belongs_to_a_server_is_not_wiped(hall: Any) -> None:
    north = hall.gate("North")
    with pytest.raises(Refused, match="still belongs"):
        north.app.parting.wipe().result()
