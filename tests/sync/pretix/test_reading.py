"""What a pretix tells reaches the station whole, whatever happens on the way."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from boxoffice.domain.gate import Reason
from boxoffice.domain.nouns import Gone
from boxoffice.domain.orders import Order, Status
from boxoffice.errors import DeviceRevoked
from boxoffice.ports import CentralServer
from boxoffice.storage import checkins, feeds, orders, outbox

EVENT = "conf26"
HOME = "/api/v1/organizers/demo/events/conf26/"


def as_server(line) -> CentralServer:
    """The type checker sees to it that a pretix is what a station asks for."""
    return line


def codes(door):
    return {code for (code,) in door.app.read(lambda c: c.execute("SELECT code FROM orders").fetchall())}


def asked(pretix, ending):
    return [path for method, path, _ in pretix.requests if method == "GET" and path.endswith(ending)]


def test_everything_that_was_recorded_is_taken_in(pretix, door, recorded):
    catalog = door.app.catalog(EVENT)
    assert catalog.event.timezone == "Europe/Berlin"
    assert catalog.event.name == {"en": "Conf 26", "de": "Conf 26"}
    assert {item.id: item.price for item in catalog.items.values()} == {
        row["id"]: int(Decimal(row["default_price"]) * 100) for row in recorded["items"]["body"]["results"]
    }
    assert {quota.id: quota.available for quota in catalog.quotas.values()} == {
        row["id"]: row["available_number"] for row in recorded["quotas"]["body"]["results"]
    }
    assert catalog.settings.asked == ("name", "email", "invoice_address")
    assert set(catalog.lists) == {1, 2}
    assert set(catalog.questions) == {1, 2, 3}
    assert codes(door) == set(pretix.orders)


def test_an_order_carries_its_money_and_its_tickets(pretix, door, recorded):
    for row in recorded["orders"]["body"]["results"]:
        for ticket in door.app.read(lambda c, row=row: orders.of_order(c, EVENT, row["code"])):
            order, position = ticket.order, ticket.position
            told = next(one for one in row["positions"] if one["positionid"] == position.number)
            assert (order.status, order.total) == (Status(row["status"]), int(Decimal(row["total"]) * 100))
            assert [one.amount for one in order.payments] == [
                int(Decimal(one["amount"]) * 100) for one in row["payments"]
            ]
            assert len(order.refunds) == len(row["refunds"])
            assert (position.secret, position.server_id, position.name) == (
                told["secret"],
                told["id"],
                told["attendee_name"] or "",
            )
            parent = next((one for one in row["positions"] if one["id"] == told["addon_to"]), None)
            assert position.addon_to == (parent["positionid"] if parent else None)
            assert position.blocked == bool(told["blocked"])


def test_nothing_new_moves_nothing(door):
    assert door.sync(after=3600).pulled[EVENT].applied == 0


def test_an_order_that_was_sold_elsewhere_is_let_in(pretix, door):
    pretix.sold("NEWBY")
    assert door.scan("secret-NEWBY").reason is Reason.INVALID
    assert door.sync(after=3600).pulled[EVENT].applied == 1
    assert door.scan("secret-NEWBY").reason is Reason.OK


def test_orders_of_the_test_mode_are_left_out(pretix, doorway):
    pretix.sold("TESTY", testmode=True)
    door = doorway()
    door.sync(after=3600)
    assert "TESTY" not in codes(door)


def test_kinds_are_asked_for_in_their_own_time(pretix, door):
    door.sync()
    pretix.requests.clear()
    door.sync(after=5)
    assert asked(pretix, "/checkins/")
    assert not asked(pretix, "/orders/")
    door.sync(after=6)
    assert asked(pretix, "/orders/")
    assert not asked(pretix, "/items/")
    door.sync(after=60)
    assert asked(pretix, "/items/")


def test_a_list_that_is_empty_is_asked_for_in_its_own_time_too(pretix, door):
    door.sync()
    pretix.requests.clear()
    door.sync()
    assert not asked(pretix, "/vouchers/")
    assert not asked(pretix, "/badgelayouts/")


def test_a_list_of_whom_to_let_in_is_looked_for_until_there_is_one(pretix, door):
    pretix.kinds["checkinlists"], made_later = [], pretix.kinds["checkinlists"]
    door.sync()
    pretix.kinds["checkinlists"] = made_later
    door.sync(after=5)
    assert set(door.app.catalog(EVENT).lists) == {row["id"] for row in made_later}


def test_a_first_download_that_is_cut_goes_on_where_it_was(pretix, doorway):
    for number in range(30):
        pretix.sold(f"GUEST{number:02}")
        pretix.later(minutes=1)
    pretix.page_size = 5
    door = doorway()
    pages = iter(range(100))
    pretix.fault = lambda _method, path: "cut" if "/orders/" in path and next(pages) == 4 else None
    assert "not complete" in door.sync(after=3600).troubles[EVENT].title
    held = len(codes(door))
    assert 0 < held < len(pretix.orders)
    pretix.fault = lambda _method, _path: None
    pretix.requests.clear()
    door.connect()
    door.sync(after=3600)
    assert codes(door) == set(pretix.orders)
    assert len(asked(pretix, "/orders/")) < (len(pretix.orders) - held) / 5 + 2


def test_how_much_there_is_to_come_is_known_from_the_first_page_of_orders_on(pretix, doorway):
    for number in range(12):
        pretix.sold(f"GUEST{number:02}")
        pretix.later(minutes=1)
    pretix.page_size = 5
    feed = doorway().line.changes(EVENT, "")
    heard = [(isinstance(change.noun, Order), feed.total) for change in feed]
    lists = [is_order for is_order, _ in heard].index(True)
    assert [total for _, total in heard[:lists]] == [None] * lists
    assert heard[lists] == (True, lists + len(pretix.orders))
    assert heard[-1] == (True, len(heard))  # With those who have passed already, who count as they are met.
    assert len(heard) > lists + len(pretix.orders)


def test_what_is_gone_from_a_list_is_gone_here(pretix, door):
    pretix.kinds["items"] = [row for row in pretix.kinds["items"] if row["id"] != 5]
    door.sync(after=3600)
    assert 5 not in door.app.catalog(EVENT).items
    assert set(door.app.catalog(EVENT).items) == {1, 2, 3, 4}


def test_only_the_rows_that_moved_are_taken_in_again(pretix, door):
    pretix.kinds["items"][0]["default_price"] = "125.00"
    assert door.sync(after=3600).pulled[EVENT].applied == 1
    assert door.app.catalog(EVENT).items[1].price == 12500


def test_a_list_that_was_not_modified_is_not_sent_again(pretix, door):
    pretix.modified["items"] = "Sat, 21 Nov 2020 18:17:05 GMT"
    pretix.kinds["items"][0]["default_price"] = "125.00"
    door.sync(after=3600)
    assert door.app.catalog(EVENT).items[1].price == 12500
    pretix.kinds["items"][0]["default_price"] = "130.00"  # and the server says that nothing was modified
    door.sync(after=3600)
    assert door.app.catalog(EVENT).items[1].price == 12500
    pretix.modified["items"] = "Sat, 21 Nov 2020 18:17:06 GMT"
    door.sync(after=3600)
    assert door.app.catalog(EVENT).items[1].price == 13000


def test_another_doors_entry_is_known_here(pretix, door):
    pretix.sold("NEWBY")
    door.sync(after=3600)
    pretix.passes("secret-NEWBY")
    assert door.sync(after=5).pulled[EVENT].applied == 1
    verdict = door.scan("secret-NEWBY", at=pretix.now)
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert verdict.first_entry.device == "Device 77"


def test_an_entry_that_is_heard_of_before_its_order_is_looked_up(pretix, door):
    door.sync(after=3600)
    pretix.sold("NEWBY")
    pretix.passes("secret-NEWBY")
    door.sync(after=5)
    assert [one.ticket for one in door.app.read(lambda c: checkins.of_order(c, EVENT, "NEWBY"))] == ["NEWBY-1"]


def test_an_entry_that_was_committed_late_is_not_missed(pretix, door):
    for code in ("EARLY", "LATER"):
        pretix.sold(code)
    door.sync(after=3600)
    pretix.passes("secret-LATER")
    door.sync(after=4)
    begun_before = (pretix.now - timedelta(seconds=4)).isoformat()
    pretix.passes("secret-EARLY", created=begun_before)
    door.sync(after=4)
    assert door.scan("secret-EARLY", at=pretix.now).reason is Reason.ALREADY_REDEEMED


def test_who_passed_just_before_the_first_look_is_told_of_once(pretix, doorway):
    for code in ("EARLY", "LATER"):
        pretix.sold(code)
        pretix.passes(f"secret-{code}")
        pretix.later(seconds=6)
    door = doorway()
    door.sync(after=3600)
    assert door.sync(after=3600).pulled[EVENT].applied == 0


def test_an_entry_that_was_taken_back_elsewhere_no_longer_counts(pretix, door):
    pretix.sold("NEWBY")
    door.sync(after=3600)
    row = pretix.passes("secret-NEWBY")
    door.sync(after=5)
    row["successful"] = False
    pretix.take_back(row)
    pretix.checkins.remove(row)
    door.sync(after=3600)
    assert door.scan("secret-NEWBY", at=pretix.now).reason is Reason.OK


def test_our_own_entry_that_the_back_office_deleted_no_longer_counts(pretix, door):
    pretix.sold("NEWBY")
    pretix.sold("OTHER")
    door.sync(after=3600)
    for code in ("NEWBY", "OTHER"):
        door.scan(f"secret-{code}")
    door.sync(after=3600)
    assert door.scan("secret-NEWBY", at=pretix.now).reason is Reason.ALREADY_REDEEMED
    [row] = pretix.passages("secret-NEWBY")
    pretix.take_back(row)
    pretix.checkins.remove(row)
    door.sync(after=3600)
    assert door.scan("secret-NEWBY", at=pretix.now).reason is Reason.OK
    assert door.scan("secret-OTHER", at=pretix.now).reason is Reason.ALREADY_REDEEMED


@pytest.mark.parametrize("fault", ["lost", "busy"])
def test_an_entry_that_the_server_does_not_have_yet_is_not_taken_for_a_deleted_one(pretix, door, fault):
    pretix.sold("NEWBY")
    door.sync(after=3600)
    door.scan("secret-NEWBY")
    pretix.put(pretix.orders["NEWBY"])
    pretix.fault = lambda _method, path: fault if "redeem" in path else None
    door.sync(after=3600)
    pretix.fault = lambda _method, _path: None
    assert door.scan("secret-NEWBY", at=pretix.now).reason is Reason.ALREADY_REDEEMED


def test_an_entry_that_arrives_while_the_orders_are_read_is_not_taken_for_a_deleted_one(pretix, door):
    pretix.sold("NEWBY")
    door.sync(after=3600)
    verdict = door.scan("secret-NEWBY")
    pretix.put(pretix.orders["NEWBY"])

    def pushed_meanwhile(_method, path):
        if path.startswith(f"{HOME}orders/?"):
            door.app.write(lambda c: outbox.done(c, verdict.nonce)).result()

    pretix.fault = pushed_meanwhile
    door.seconds += 3600
    told = [
        change.noun for change in door.line.changes(EVENT, door.app.read(lambda c: feeds.progress(c, EVENT)).cursor)
    ]
    assert "NEWBY" in [noun.code for noun in told if isinstance(noun, Order)]
    assert [noun for noun in told if isinstance(noun, Gone)] == []


def test_a_double_entry_of_which_one_half_was_deleted_is_none_any_more(pretix, door):
    pretix.sold("NEWBY")
    door.sync(after=3600)
    door.scan("secret-NEWBY")
    row = pretix.passes("secret-NEWBY")
    door.sync(after=3600)
    assert len(door.app.conflicts()) == 1
    pretix.take_back(row)
    pretix.checkins.remove(row)
    door.sync(after=3600)
    assert door.app.conflicts() == []


def test_a_door_is_called_by_its_gate_where_the_station_knows_the_name(pretix, door):
    pretix.gate = {"id": 3, "name": "North gate", "identifier": "N"}
    pretix.sold("NEWBY")
    door.sync(after=3600)
    door.sync(after=3600)
    pretix.passes("secret-NEWBY", gate=3)
    door.sync(after=5)
    first = door.scan("secret-NEWBY", at=pretix.now).first_entry
    assert (first.gate, first.device) == ("North gate", "North gate")


def test_a_block_is_heard_of_and_lifted(pretix, door):
    pretix.sold("NEWBY")
    row = {"id": 1, "secret": "secret-NEWBY", "updated": pretix.now.isoformat(), "blocked": True}
    pretix.blocked.append(row)
    door.sync(after=3600)
    assert door.scan("secret-NEWBY").reason is Reason.BLOCKED
    pretix.later(minutes=1)
    row |= {"blocked": False, "updated": pretix.now.isoformat()}
    door.sync(after=3600)
    assert door.scan("secret-NEWBY").reason is Reason.OK


def test_a_revoked_secret_is_called_so(pretix, door):
    pretix.revoked_secrets.append({"id": 1, "secret": "old", "created": pretix.now.isoformat()})
    door.sync(after=3600)
    assert door.scan("old").reason is Reason.REVOKED


def test_a_wristband_stands_for_its_ticket(pretix, door):
    order = pretix.sold("NEWBY")
    band = {"identifier": "band-7", "type": "barcode", "active": True, "expires": None}
    pretix.media.append({**band, "linked_orderpositions": [order["positions"][0]["id"]]})
    pretix.media.append({**band, "identifier": "band-8", "linked_orderpositions": [999_999]})
    door.sync(after=3600)
    assert door.scan("band-7").reason is Reason.OK
    assert door.scan("band-8").reason is Reason.INVALID


def test_a_busy_server_is_left_alone_as_long_as_it_asks(pretix, doorway):
    door = doorway()
    pretix.fault = lambda _method, path: "busy" if "/items/" in path else None
    assert door.sync(after=3600).troubles[EVENT].retry_after == 7
    pretix.fault = lambda _method, _path: None
    door.sync(after=3600)
    assert len(door.app.catalog(EVENT).items) == 5


@pytest.mark.parametrize("fault", ["portal", "cut", "error", "lost"])
def test_what_is_no_answer_is_no_data(pretix, doorway, fault):
    door = doorway()
    pretix.fault = lambda _method, path: fault if "/quotas/" in path else None
    assert door.sync(after=3600).troubles[EVENT]
    assert door.app.read(lambda c: feeds.progress(c, EVENT)).complete_at is None
    pretix.fault = lambda _method, _path: None
    door.sync(after=3600)
    assert len(door.app.catalog(EVENT).quotas) == 5


def test_a_link_to_another_server_is_not_followed(pretix, doorway, liar):
    door = doorway()
    pretix.page_size = 2
    small, pretix.url = pretix.url, liar.url
    trouble = door.sync(after=3600).troubles[EVENT]
    pretix.url = small
    assert "another server" in trouble.what
    assert not liar.heard


@pytest.mark.parametrize(
    "row",
    [
        {"id": "one"},
        {"id": 10**30},
        {"id": 1, "default_price": "1.005"},
        {"id": 1, "default_price": "NaN"},
        {"id": 1, "default_price": "1e999999"},
        {"id": 1, "available_from": "2026-11-21T09:00:00"},
        [],
        None,
    ],
)
def test_a_row_that_makes_no_sense_ends_in_a_sentence(pretix, doorway, row):
    pretix.kinds["items"] = [row]
    door = doorway()
    assert "makes no sense" in door.sync(after=3600).troubles[EVENT].title


def test_a_newer_server_may_say_more(pretix, doorway):
    pretix.kinds["items"][0]["colour"] = {"deeply": ["new"]}
    for row in pretix.orders.values():
        row["mood"] = 1
    door = doorway()
    door.sync(after=3600)
    assert codes(door) == set(pretix.orders)


def test_a_cursor_of_somebody_else_is_a_new_start(door):
    door.app.write(lambda c: feeds.move(c, EVENT, "1234", 0)).result()
    door.connect()
    assert door.sync(after=3600).pulled[EVENT].applied > 20


def test_a_device_that_was_sent_away_stops(pretix, door):
    pretix.sent_away = True
    with pytest.raises(DeviceRevoked):
        door.sync(after=3600)


def test_a_profile_that_is_too_narrow_is_told_in_words(pretix, doorway):
    pretix.profile = "pretixscan_online_noorders"
    trouble = doorway().sync(after=3600).troubles[EVENT]
    assert "may not read what is needed at a door" in trouble.what
    assert "full device access" in trouble.hint


def test_all_languages_are_kept(pretix, doorway):
    name = {"en": "Regular", "de": "Normal", "zh-hans": "普通"}
    pretix.kinds["items"][0]["name"] = name
    door = doorway()
    door.sync(after=3600)
    assert door.app.catalog(EVENT).items[1].name == name


@pytest.fixture
def in_yen(pretix, doorway):
    """A station of an event whose only item costs 1,900 yen."""
    pretix.event = {**pretix.event, "currency": "JPY"}
    pretix.kinds["items"] = json.loads(json.dumps(pretix.kinds["items"][:1]).replace('"119.00"', '"1900.00"'))
    pretix.kinds["items"][0]["default_price"] = "1900.00"
    pretix.orders = {}
    door = doorway()
    door.sync(after=3600)
    return door


def test_a_currency_without_cents_is_counted_without(in_yen):
    assert in_yen.app.catalog(EVENT).items[1].price == 1900


def test_so_it_is_in_looks_in_which_the_event_itself_is_not_asked_for(pretix, in_yen):
    pretix.sold("NEWBY", total="1900.00")["positions"][0]["price"] = "1900.00"
    pretix.requests.clear()
    in_yen.sync()
    assert not asked(pretix, f"/events/{EVENT}/")
    [ticket] = in_yen.app.read(lambda c: orders.of_order(c, EVENT, "NEWBY"))
    assert (ticket.order.total, ticket.position.price) == (1900, 1900)


@pytest.mark.parametrize("date", ["", "yesterday", "Sat, 21 Nov 2020 18:17:05 GMT, Sat, 21 Nov 2020 18:17:05 GMT"])
def test_a_date_that_a_proxy_has_spoilt_is_no_condition(pretix, doorway, date):
    pretix.modified["items"] = date
    door = doorway()
    door.sync(after=3600)
    pretix.kinds["items"][0]["default_price"] = "125.00"
    pretix.modified["items"] = ""
    door.sync(after=3600)
    assert door.app.catalog(EVENT).items[1].price == 12500
