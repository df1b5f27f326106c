"""Who may do what: every endpoint, walked by everybody who might knock."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import requests

from boxoffice.domain.catalog import Quota
from boxoffice.domain.facts import Settled
from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble
from boxoffice.ports import Outcome, Role
from sync.hub_client import Hub, enrol
from sync.wire.hub import Wish

FINE = (200, "")
NO_TOKEN = (401, "token")
SENT_AWAY = (401, "revoked")
NO_EVENT = (404, "event")
NO_INVITATION = (403, "token")
BODIES = {
    "/v1/acts": '{"entries":[]}',
    "/v1/events/{event}/leases": '{"quota":1,"sold":0,"wanted":1,"turn":1}',
}


def knock(hub, method, path, token=None, event="conf26", scheme="Bearer"):
    headers = {"Authorization": f"{scheme} {token}"} if token is not None else {}
    url = hub.url + path.format(event=event, cart="c1")
    if path == "/v1/stream":
        url += f"?event={event}"
    with requests.request(method, url, headers=headers, data=BODIES.get(path, "{}"), timeout=60, stream=True) as answer:
        word = answer.json().get("error", "") if answer.status_code >= 400 else ""
        return answer.status_code, word


def the_other_event_is_left_out(hub, station):
    assert [one.slug for one in station.line.events()] == ["conf26"]


def an_act_in_the_other_event_is_refused(hub, station):
    assert [one.outcome for one in station.push(station.enters(event="secret")).answers] == [Outcome.REFUSED]


def the_other_event_is_not_named(hub, station):
    assert station.line.device().events == ("conf26",)


def an_act_of_the_other_device_is_refused(hub, station):
    other = hub.station("Other")
    assert [one.outcome for one in station.push(other.enters()).answers] == [Outcome.REFUSED]
    assert other.push().high_water == 0


def it_is_told_of_itself(hub, station):
    hub.station("Other")
    assert station.line.device().device_id == station.enrolment.device_id


def the_other_device_stays_as_it_is(hub, station):
    """Whatever a device says of itself or does to its token, it does to none but its own."""
    other = hub.station("Other")
    before = other.line.device()
    body = msgspec.json.encode({"device_id": before.device_id, "id": before.device_id, "name": "Mine", "os": "x"})
    for path in ("/v1/device/update", "/v1/device/roll", "/v1/device/revoke"):
        assert requests.post(hub.url + path, data=body, headers=station.headers, timeout=60).status_code == 200
    assert other.line.device() == before


def a_stewards_feed_names_nobodys_address(hub, station):
    steward = hub.station("Door", Role.STEWARD)
    url = f"{hub.url}/v1/events/conf26/changes"
    assert "@" in requests.get(url, headers=station.headers, timeout=60).text
    assert "@" not in requests.get(url, headers=steward.headers, timeout=60).text


def a_steward_settles_nothing(hub, station):
    steward = hub.station("Door", Role.STEWARD)
    entry = steward.write(Settled(event="conf26", at=1, conflict="x", action="accept"))
    assert [one.outcome for one in steward.push(entry).answers] == [Outcome.REFUSED]


def a_lease_is_ones_own(hub, station):
    wish = Wish(quota=1, sold=0, wanted=1, turn=1)
    other = hub.station("Other")
    assert other.line.lease("conf26", wish).granted == 1
    assert station.line.lease("conf26", msgspec.structs.replace(wish, wanted=0, turn=2)).granted == 0
    assert other.line.lease("conf26", wish).granted == 1


EVERYBODY = dict.fromkeys(
    ("own", "another event", "another device", "revoked", "another role", "no token", "garbage", "an invitation"), FINE
)
DEVICE = {
    **EVERYBODY,
    "another event": the_other_event_is_not_named,
    "another device": the_other_device_stays_as_it_is,
    "revoked": SENT_AWAY,
    "no token": NO_TOKEN,
    "garbage": NO_TOKEN,
    "an invitation": NO_TOKEN,
}
EVENT = {**DEVICE, "another event": NO_EVENT, "another device": FINE}
MATRIX: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/enrol"): dict.fromkeys(EVERYBODY, NO_INVITATION),  # it is asked for in the body, and no token counts
    ("GET", "/v1/events"): {**DEVICE, "another event": the_other_event_is_left_out, "another device": FINE},
    ("GET", "/v1/events/{event}/changes"): {**EVENT, "another role": a_stewards_feed_names_nobodys_address},
    ("GET", "/v1/events/{event}/stream"): EVENT,
    ("GET", "/v1/stream"): EVENT,
    ("POST", "/v1/acts"): {
        **DEVICE,
        "another event": an_act_in_the_other_event_is_refused,
        "another device": an_act_of_the_other_device_is_refused,
        "another role": a_steward_settles_nothing,
    },
    ("POST", "/v1/events/{event}/leases"): {
        **EVENT,
        "another device": a_lease_is_ones_own,
        "another role": (403, "role"),
    },
    ("POST", "/v1/events/{event}/carts/{cart}/take"): {
        **EVENT,
        "own": (404, "cart"),  # there is none
        "another device": (404, "cart"),
        "another role": (403, "role"),
    },
    ("GET", "/v1/device/info"): {**DEVICE, "another device": it_is_told_of_itself},
    ("POST", "/v1/device/update"): DEVICE,
    ("POST", "/v1/device/roll"): DEVICE,
    ("POST", "/v1/device/revoke"): DEVICE,
    ("GET", "/"): EVERYBODY,  # nothing is on it before a login, and no device's token is one
    ("POST", "/login"): dict.fromkeys(EVERYBODY, (403, "login")),
    ("POST", "/logout"): dict.fromkeys(EVERYBODY, (204, "")),
    ("GET", "/overview"): dict.fromkeys(EVERYBODY, (401, "login")),
    ("GET", "/healthz"): EVERYBODY,
    ("GET", "/openapi.json"): EVERYBODY,
}
"""What each endpoint says to whom: a status and a word, or a sentence that has to hold."""


def test_the_walk_leaves_no_endpoint_and_nobody_out(hub):
    assert {(method, route.path) for route in hub.app.routes for method in route.methods - {"HEAD"}} == MATRIX.keys()
    assert {frozenset(row) for row in MATRIX.values()} == {frozenset(EVERYBODY)}


@pytest.mark.parametrize(("method", "path"), MATRIX)
def test_every_endpoint_says_the_same_to_the_same_caller(hub, event, method, path):
    hub.load(*event("secret"), Quota(id=1, event="conf26", size=9, items=(1,)))
    row = MATRIX[method, path]
    told = {who: call(hub, method, path, who) for who, expected in row.items() if not callable(expected)}
    assert told == {who: expected for who, expected in row.items() if not callable(expected)}
    for holds in filter(callable, row.values()):
        holds(hub, hub.station("Desk", events=("conf26",)))


def call(hub, method, path, who):
    """What the endpoint says to somebody."""
    station = hub.station("North", Role.STEWARD if who == "another role" else Role.DESK, events=("conf26",))
    if who == "revoked":
        hub.revoke(station)
    tokens = {"no token": None, "garbage": "x" * 43, "an invitation": hub.invite()}
    token = tokens.get(who, station.enrolment.token)
    return knock(hub, method, path, token, "secret" if who == "another event" else "conf26")


ENTRANCES = [way for way, row in MATRIX.items() if row["no token"] == NO_TOKEN]


@pytest.mark.parametrize("token", ["", "ä", "x" * 5000, "\tx"])
def test_what_is_hardly_a_token_opens_nothing(hub, token):
    token = token.encode().decode("latin-1")
    assert {knock(hub, method, path, token) for method, path in ENTRANCES} == {NO_TOKEN}


def test_a_token_under_another_scheme_is_none(hub, north):
    token = north.enrolment.token
    assert {knock(hub, method, path, token, scheme="Basic") for method, path in ENTRANCES} == {NO_TOKEN}


@pytest.mark.parametrize("foreign", ["nowhere", "conf26%00", "..%2Fconf26", "x" * 3000])
def test_an_event_that_is_none_looks_like_one_of_others(hub, north, foreign):
    ways = [way for way, row in MATRIX.items() if row["another event"] == NO_EVENT]
    assert {knock(hub, method, path, north.enrolment.token, foreign)[0] for method, path in ways} == {404}


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
        f"{hub.url}/v1/device/update", '{"software":"2.0","os":"Debian"}', headers=north.headers, timeout=60
    )
    assert answer.status_code == 200
    with hub.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT software, os FROM devices").one() == ("2.0", "Debian")
