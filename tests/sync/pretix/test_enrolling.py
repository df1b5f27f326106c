"""Becoming a device of a pretix: by token, by the code that it shows, and in which words it does not work."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble
from boxoffice.ports import Role
from boxoffice.storage import settings
from sync.enrol import enrol, invitation
from sync.leaving import leave, roll
from sync.pretix import client as pretix_client
from sync.pretix import keys
from sync.replica import Replica

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def newcomer(tmp_path):
    folder = tmp_path / "newcomer"
    folder.mkdir()
    with App(Folder(folder)) as app:
        yield app


def test_a_token_makes_a_station_and_nobody_has_to_say_that_it_is_a_pretix(pretix, newcomer):
    given = enrol(newcomer, pretix.url, "fresh-1")
    assert (given.kind, given.organizer, given.device_id) == ("pretix", "demo", "demo/1")
    assert given.events == ("conf26",)
    assert newcomer.enrolment == given
    assert newcomer.station.device == "demo/1"


def test_the_code_that_it_shows_says_the_same(pretix, newcomer):
    shown = json.dumps({"handshake_version": 1, "url": pretix.url, "token": "fresh-1", "hint": "unknown"})
    invited = invitation(shown)
    assert enrol(newcomer, invited.url, invited.token, name="North").name == "North"


def test_only_the_events_that_were_asked_for_are_kept(pretix, newcomer):
    other = {**pretix.event, "slug": "other"}
    pretix.more_events = [other]
    assert enrol(newcomer, pretix.url, "fresh-1", events=["other"], kind="pretix").events == ("other",)


def test_a_spent_token_is_told_in_the_servers_words(pretix, newcomer):
    with pytest.raises(BadInput) as trouble:
        enrol(newcomer, pretix.url, "spent")
    assert trouble.value.what == "token: This initialization token has already been used."


def test_a_profile_that_reads_no_orders_is_no_station(pretix, newcomer):
    pretix.profile = "pretixscan_online_noorders"
    with pytest.raises(BadInput) as trouble:
        enrol(newcomer, pretix.url, "fresh-1")
    assert "does not let it read orders" in trouble.value.what
    assert newcomer.enrolment is None


def test_a_profile_for_scanning_makes_no_supervisor(pretix, newcomer):
    pretix.profile = "pretixscan"
    assert enrol(newcomer, pretix.url, "fresh-1").role is Role.DESK


def test_a_page_of_somebody_else_is_no_server(pretix, newcomer):
    pretix.fault = lambda _method, _path: "portal"
    with pytest.raises(ServerTrouble, match="Something else answers"):
        enrol(newcomer, pretix.url, "fresh-1")
    pretix.fault = lambda _method, _path: None
    assert enrol(newcomer, pretix.url, "fresh-1").kind == "pretix"


def test_a_new_token_is_kept_and_the_old_one_dies(pretix, door):
    before = door.app.enrolment
    after = roll(door.app, door.line)
    assert door.app.enrolment == after
    assert after.token != before.token
    assert f"Device {before.token}" not in pretix.devices
    door.sync()


def test_a_station_that_was_sent_away_is_enrolled_again_and_sends_what_waited_once(pretix, door):
    pretix.sold("NEWBY")
    door.sync()
    verdict = door.scan("secret-NEWBY")
    pretix.sent_away = True
    with pytest.raises(DeviceRevoked):
        door.sync()
    assert door.app.parting.standing.departure is not None
    pretix.sent_away = False
    door.enrolment = pretix_client.enrol(pretix.url, "fresh again")
    door.app.join(door.enrolment).result()
    door.connect()
    for _ in range(3):
        door.sync()
    assert [row["nonce"] for row in pretix.passages("secret-NEWBY")] == [verdict.nonce]
    assert door.app.conflicts() == []
    assert door.app.parting.standing.departure is None


def test_a_station_leaves_when_the_server_has_everything(pretix, door):
    pretix.sold("NEWBY")
    door.sync()
    door.scan("secret-NEWBY")
    assert leave(door.app, door.line, NINE) == 1
    assert pretix.sent_away
    assert len(pretix.passages("secret-NEWBY")) == 1
    door.app.parting.wipe().result()
    assert (door.app.enrolment, door.app.events()) == (None, [])


def test_the_keys_to_chips_are_opened_kept_and_not_opened_again(pretix, newcomer, monkeypatch):
    given = pretix_client.enrol(pretix.url, "fresh-1")
    newcomer.join(given).result()
    pretix.key_sets = [{"public_id": 7, "organizer": "demo", "active": True, "media_type": "nfc_mf0aes"}]
    pretix.key_sets[0] |= {"uid_key": "00ff" * 8, "diversification_key": "a55a" * 8}
    line = pretix_client.Pretix(given, Replica(newcomer))
    line.push(())
    held = newcomer.read(settings.medium_keys)
    assert [(one.id, one.type, one.uid_key.hex(), one.diversification_key.hex()) for one in held] == [
        (7, "nfc_mf0aes", "00ff" * 8, "a55a" * 8)
    ]
    with monkeypatch.context() as nobody:
        nobody.setattr(keys, "opened", None)
        line.push(())
    pretix.key_sets[0]["active"] = False
    line.push(())
    assert [one.active for one in newcomer.read(settings.medium_keys)] == [False]
    line.close()
