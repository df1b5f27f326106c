"""The page at the hub's address: who gets in, what the browser is told, and what it is given to show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import requests

from boxoffice.domain.catalog import Quota
from boxoffice.domain.facts import Admitted, Settled
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Status
from sync.hub import page
from sync.wire.hub import Wish


@pytest.fixture
def token(hub):
    with hub.database.writing() as connection:
        return page.admit(connection, "Grace", 0)


@pytest.fixture
def browser(hub, token):
    """Somebody who has logged in."""
    with requests.Session() as browser:
        assert browser.post(f"{hub.url}/login", token, timeout=60).status_code == 204
        yield browser


def overview(hub, browser):
    answer = browser.get(f"{hub.url}/overview", timeout=60)
    assert answer.status_code == 200
    return answer.json()


def now():
    return micros(datetime.now(UTC))


def test_a_login_opens_a_session_that_only_the_browser_itself_can_use(hub, token):
    answer = requests.post(f"{hub.url}/login", token, timeout=60)
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert token not in cookie


def test_behind_https_the_cookie_never_travels_in_the_open(hub, token):
    from sync.hub import settings

    with hub.database.writing() as connection:
        settings.put(connection, settings.ADDRESS, "https://hub.example.org")
    assert "; Secure" in requests.post(f"{hub.url}/login", token, timeout=60).headers["Set-Cookie"]


@pytest.mark.parametrize("wrong", ["", "x", "ä" * 1000, "\0"])
def test_a_wrong_token_opens_nothing(hub, token, wrong):
    answer = requests.post(f"{hub.url}/login", wrong.encode(), timeout=60)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_the_token_itself_and_an_invented_cookie_show_nothing(hub, token):
    for cookie in (token, "x", "\0"):
        answer = requests.get(f"{hub.url}/overview", cookies={page.COOKIE: cookie.replace("\0", "%00")}, timeout=60)
        assert answer.status_code == 401


def test_who_logs_out_is_out_wherever_the_cookie_has_gone(hub, browser):
    cookie = browser.cookies[page.COOKIE]
    assert browser.post(f"{hub.url}/logout", timeout=60).status_code == 204
    assert requests.get(f"{hub.url}/overview", cookies={page.COOKIE: cookie}, timeout=60).status_code == 401


def test_a_session_ends_by_itself(hub, browser):
    with hub.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sessions SET until = until - 46800000000")
    assert browser.get(f"{hub.url}/overview", timeout=60).status_code == 401


def test_tokens_and_sessions_are_kept_as_hashes_only(hub, browser, token):
    with hub.database.reading() as connection:
        kept = str([connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in ("admins", "sessions")])
    assert token not in kept
    assert browser.cookies[page.COOKIE] not in kept


def test_the_page_loads_nothing_and_is_shown_nowhere_else(hub):
    answer = requests.get(f"{hub.url}/", timeout=60)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"https?://|src=|url\(|@import", answer.text)
    assert not re.findall(r"innerHTML|document\.write|eval\(| on\w+=", answer.text)


def test_before_anything_happened_the_page_says_so(empty_hub):
    with empty_hub.database.writing() as connection:
        token = page.admit(connection, "Grace", 0)
    with requests.Session() as browser:
        browser.post(f"{empty_hub.url}/login", token, timeout=60)
        seen = overview(empty_hub, browser)
    assert (seen["stations"], seen["arrivals"], seen["conflicts"], seen["conflicts_in_all"]) == ([], [], [], 0)


def test_stations_are_shown_with_what_the_hub_knows_of_them(hub, browser, north, expect_warning):
    expect_warning("was changed after it was sealed")
    hub.load(Quota(id=1, event="conf26", size=9, items=(1,)))
    north.line.lease("conf26", Wish(quota=1, sold=0, wanted=4, turn=1))
    one, _, three = (north.enters(f"A{number}-1") for number in range(3))
    north.push(one, three)
    south, west = hub.station("South"), hub.station("West")
    south.push(msgspec.structs.replace(south.enters(), hash="00" * 32))
    hub.revoke(west)
    stations = {station["name"]: station for station in overview(hub, browser)["stations"]}
    shown = {name: (one["state"], one["acts"], one["missing"], one["refused"]) for name, one in stations.items()}
    assert shown == {"North": ("missing", 3, 1, 0), "South": ("alarm", 1, 0, 1), "West": ("revoked", 0, 0, 0)}
    assert stations["North"]["set_aside"] == 4
    assert "sealed" in stations["South"]["alarm"]


def test_a_branch_that_follows_on_nothing_here_is_an_alarm_until_that_has_come(hub, browser, north):
    north.push(north.enters("A1-1"))
    held_back = north.enters("A2-1")
    north.new_epoch()
    north.push(north.enters("A3-1"))
    (shown,) = overview(hub, browser)["stations"]
    assert shown["state"] == "alarm"
    assert "follows on one that is not here" in shown["alarm"]
    north.push(held_back)
    assert overview(hub, browser)["stations"][0]["state"] == "fine"


def test_a_station_that_is_not_heard_of_is_silent_until_it_is(hub, browser, north):
    with hub.database.writing() as connection:
        connection.exec_driver_sql("UPDATE devices SET seen_at = seen_at - 600 * 1000000")
    assert [station["state"] for station in overview(hub, browser)["stations"]] == ["silent"]
    north.cursor()
    assert [station["state"] for station in overview(hub, browser)["stations"]] == ["fine"]


def admitted(station, ticket, ago=timedelta(), **more):
    at = now() - ago // timedelta(microseconds=1)
    return station.write(Admitted(event="conf26", at=at, list=1, ticket=ticket, **more))


def test_arrivals_are_counted_by_ticket_and_over_the_last_hour(hub, browser, north):
    north.push(admitted(north, "A1-1"), admitted(north, "A2-1", timedelta(minutes=57)))
    [entrance] = overview(hub, browser)["arrivals"]
    assert (entrance["list"], entrance["came"], entrance["inside"]) == ("Main entrance", 2, 2)
    assert entrance["hour"] == [1, *[0] * 10, 1]
    exit_ = admitted(north, "A1-1", direction="exit")
    old = admitted(north, "A3-1", timedelta(hours=2))
    north.push(exit_, old)
    [entrance] = overview(hub, browser)["arrivals"]
    assert (entrance["came"], entrance["inside"], sum(entrance["hour"])) == (3, 2, 2)


def test_a_passage_that_was_taken_back_no_longer_counts(hub, browser, north):
    entry = admitted(north, "A1-1")
    north.push(entry)
    assert overview(hub, browser)["arrivals"][0]["came"] == 1
    fact = Settled(event="conf26", at=now(), conflict="x", action="annul", ticket="A1-1", nonce=entry.operation)
    north.push(north.write(fact))
    [entrance] = overview(hub, browser)["arrivals"]
    assert (entrance["came"], entrance["inside"], sum(entrance["hour"])) == (0, 0, 0)


def test_conflicts_are_shown_until_somebody_settles_them(hub, browser, north, order):
    south = hub.station("South")
    north.push(admitted(north, "A1-1", timedelta(minutes=2), gate="Main"), admitted(north, "A2-1"))
    south.push(admitted(south, "A1-1", timedelta(minutes=1)))
    hub.load(order("A2", status=Status.CANCELED))
    seen = overview(hub, browser)
    assert seen["conflicts_in_all"] == 2
    double = next(one for one in seen["conflicts"] if one["kind"] == "double_entry")
    assert (double["ticket"], [side["device"] for side in double["sides"]]) == ("A1-1", ["North", "South"])
    assert {one["ticket"] for one in seen["conflicts"]} == {"A1-1", "A2-1"}
    hub.load(order("A2"))
    assert overview(hub, browser)["conflicts_in_all"] == 1


def test_a_settled_conflict_is_gone_and_an_escalated_one_is_not(hub, browser, north):
    from boxoffice.domain.catalog import CheckInList, Event
    from boxoffice.domain.checkins import CheckIn
    from boxoffice.domain.conflicts import double_entries

    north.push(admitted(north, "A1-1", timedelta(minutes=2)), admitted(north, "A1-1"))
    passages = [noun for noun in north.feed() if isinstance(noun, CheckIn)]
    [conflict] = double_entries(passages, CheckInList(id=1, event="conf26"), Event(slug="conf26"))
    for action, open_ones in (("escalate", 1), ("accept", 0)):
        north.push(north.write(Settled(event="conf26", at=now(), conflict=conflict.id, action=action)))
        assert overview(hub, browser)["conflicts_in_all"] == open_ones


def test_nobodys_name_is_on_the_page(hub, browser, north):
    north.push(admitted(north, "A1-1"), admitted(north, "A1-1"))
    assert "Ada" not in browser.get(f"{hub.url}/overview", timeout=60).text
