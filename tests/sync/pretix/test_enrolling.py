"""Becoming a device of a pretix: by token, by the code that it shows, and in which words it does not work."""

from __future__ import annotations

import json

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.errors import BadInput, ServerTrouble
from boxoffice.ports import Role
from sync.enrol import enrol, invitation


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
