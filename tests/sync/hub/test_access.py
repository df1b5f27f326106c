"""Who may do what: every endpoint, walked by everybody who might knock."""

from __future__ import annotations

import pytest
import requests

from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble
from boxoffice.ports import Role
from sync.hub_client import Hub, enrol

OPEN = [("POST", "/v1/enrol"), ("GET", "/healthz"), ("GET", "/openapi.json")]
DEVICE = [
    ("GET", "/v1/events"),
    ("POST", "/v1/acts"),
    ("GET", "/v1/device/info"),
    ("POST", "/v1/device/update"),
    ("POST", "/v1/device/roll"),
    ("POST", "/v1/device/revoke"),
]
EVENT = [
    ("GET", "/v1/events/{event}/changes"),
    ("GET", "/v1/events/{event}/stream"),
    ("GET", "/v1/stream?event={event}"),
]
BODIES = {"/v1/acts": '{"entries":[]}'}


def knock(hub, method, path, token=None, event="conf26", scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {token}"} if token is not None else {}
    url = hub.url + path.format(event=event)
    with requests.request(method, url, headers=headers, data=BODIES.get(path, "{}"), timeout=5, stream=True) as answer:
        word = answer.json().get("error", "") if answer.status_code >= 400 else ""
        return answer.status_code, word


def test_the_walk_leaves_no_endpoint_out(hub):
    walked = {(method, path.partition("?")[0]) for method, path in OPEN + DEVICE + EVENT}
    assert {(method, route.path) for route in hub.app.routes for method in route.methods - {"HEAD"}} == walked


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
def test_without_a_token_nothing_is_answered(hub, method, path):
    assert knock(hub, method, path) == (401, "token")


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
@pytest.mark.parametrize("token", ["x", "", "ä", "x" * 5000])
def test_with_a_wrong_token_nothing_is_answered(hub, method, path, token):
    token = token.encode().decode("latin-1")
    assert knock(hub, method, path, token) == (401, "token")


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
def test_a_token_under_another_scheme_is_none(hub, north, method, path):
    assert knock(hub, method, path, north.enrolment.token, scheme="Basic") == (401, "token")


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
def test_an_invitation_is_no_token(hub, method, path):
    assert knock(hub, method, path, hub.invite()) == (401, "token")


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
def test_a_revoked_device_is_told_so(hub, north, method, path):
    hub.revoke(north)
    assert knock(hub, method, path, north.enrolment.token) == (401, "revoked")


@pytest.mark.parametrize(("method", "path"), EVENT)
@pytest.mark.parametrize("foreign", ["secret", "nowhere", "conf26%00", "..%2Fconf26"])
def test_an_event_of_others_looks_like_none(hub, event, method, path, foreign):
    hub.load(*event("secret"))
    station = hub.station(events=("conf26",))
    assert knock(hub, method, path, station.enrolment.token, foreign)[0] == 404


@pytest.mark.parametrize(("method", "path"), DEVICE + EVENT)
@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_let_in_where_roles_do_not_matter(hub, method, path, role):
    """What a role may not know or do is left out of the feed, and refused act by act."""
    station = hub.station("Any", role)
    assert knock(hub, method, path, station.enrolment.token)[0] == 200


@pytest.mark.parametrize(("method", "path"), OPEN[1:])
def test_health_and_description_are_for_everybody(hub, method, path):
    assert knock(hub, method, path)[0] == 200


def test_a_token_of_an_invitation_works_once(hub):
    token = hub.invite()
    assert enrol(hub.url, token).name == "North"
    with pytest.raises(BadInput, match="does not work"):
        enrol(hub.url, token)


def test_an_invented_invitation_lets_nobody_in(hub):
    with pytest.raises(BadInput):
        enrol(hub.url, "invented")


def test_a_new_station_gets_what_it_was_invited_for(hub, event):
    hub.load(*event("other"))
    enrolment = enrol(hub.url, hub.invite("Door 1", Role.STEWARD, ("conf26",), "Main"))
    assert (enrolment.kind, enrolment.url, enrolment.name) == ("hub", hub.url, "Door 1")
    assert (enrolment.role, enrolment.events, enrolment.gate) == (Role.STEWARD, ("conf26",), "Main")


def test_a_station_may_choose_its_name(hub):
    assert enrol(hub.url, hub.invite("Door 1"), name="Door 7").name == "Door 7"


def test_a_station_for_all_events_sees_later_ones_too(hub, event):
    station = hub.station()
    hub.load(*event("late"))
    assert [one.slug for one in station.line.events()] == ["conf26", "late"]
    assert station.line.device().events == ("conf26", "late")


def test_a_station_sees_its_own_events_only(hub, event):
    hub.load(*event("secret"))
    assert [one.slug for one in hub.station(events=("conf26",)).line.events()] == ["conf26"]


def test_tokens_are_kept_as_hashes_only(hub, north):
    invitation = hub.invite()
    with hub.database.reading() as connection:
        devices = str(connection.exec_driver_sql("SELECT * FROM devices").all())
        invitations = str(connection.exec_driver_sql("SELECT * FROM invitations").all())
    assert north.enrolment.token not in devices
    assert invitation not in invitations


def test_a_rolled_token_takes_over_when_it_is_first_used(hub, north):
    old, new = north.enrolment.token, north.line.roll()
    assert knock(hub, "GET", "/v1/events", old) == (200, "")  # the answer might have been lost
    assert knock(hub, "GET", "/v1/events", new) == (200, "")
    assert knock(hub, "GET", "/v1/events", old) == (401, "token")
    assert knock(hub, "GET", "/v1/events", new) == (200, "")


def test_a_station_that_gives_its_token_back_is_out(north):
    north.line.revoke()
    with pytest.raises(DeviceRevoked):
        north.line.device()


def test_a_station_that_the_hub_never_knew_is_not_sent_away_for_good(hub, north):
    """A hub with an empty store at the same address must not make stations forget their own."""
    stranger = Hub(type(north.enrolment)(kind="hub", url=hub.url, token="other", device_id="x", name="X"))
    with pytest.raises(ServerTrouble) as trouble:
        stranger.device()
    assert not isinstance(trouble.value, DeviceRevoked)
    assert trouble.value.status == 401
    stranger.close()


def test_a_station_describes_itself_anew(hub, north):
    answer = requests.post(
        f"{hub.url}/v1/device/update", '{"software":"2.0","os":"Debian"}', headers=north.headers, timeout=5
    )
    assert answer.status_code == 200
    with hub.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT software, os FROM devices").one() == ("2.0", "Debian")
