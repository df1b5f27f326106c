"""What a station did while nobody listened stands in a real pretix once, and as it was."""

from __future__ import annotations

import contextlib
import io
import itertools
import urllib.request
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from boxoffice.domain.attachments import name_of
from boxoffice.domain.conflicts import Kind
from boxoffice.domain.facts import Canceled, Change, Edited, Guest, Line, Paid, Printed, Private, Refunded, Sold
from boxoffice.domain.gate import Direction, Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Status
from boxoffice.errors import DeviceRevoked
from boxoffice.ids import new_id
from boxoffice.services import deal
from boxoffice.storage import journal, orders, outbox, settings, verify
from sync.leaving import leave
from sync.pretix.client import enrol

pytestmark = pytest.mark.pretix
HOME = "/api/v1/organizers/demo/"
EVENT = f"{HOME}events/conf/"
_codes = itertools.count(10)


@pytest.fixture
def north(station):
    north = station("North")
    north.sync()
    return north


@pytest.fixture(scope="session")
def fresh(server):
    """Secrets of tickets that nobody has scanned yet, each handed out once."""
    known = server.known["conf"]
    regular = {
        one["secret"]
        for row in server.all(f"{EVENT}orders/?status=p")
        for one in row["positions"]
        if one["item"] == known["items"]["regular"] and not one["checkins"]
    }
    return iter([secret for secret in known["plain"] if secret in regular])


@pytest.fixture
def main(server):
    return server.known["conf"]["lists"]["main"]


def _picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (60, 80), "teal").save(content, "JPEG")
    return content.getvalue()


def history(server: Any, station: Any) -> list[dict[str, Any]]:
    """What the server knows of what one station did."""
    number = int(station.enrolment.device_id.rpartition("/")[2])
    return [row for row in server.all(f"{EVENT}checkins/?ordering=datetime") if row["device_id"] == number]


def settle(station: Any) -> None:
    for _ in range(4):
        station.sync()
    assert (station.app.outbox().waiting, [one.because for one in station.app.read(outbox.parked)]) == (0, [])


def test_entries_made_offline_arrive_once_and_with_their_own_time(server, north, fresh, main):
    begin = datetime.now(UTC) - timedelta(hours=2)
    secrets = list(itertools.islice(fresh, 8))
    for number, secret in enumerate(secrets):
        assert north.scan(secret, main, at=begin + timedelta(minutes=number)).reason is Reason.OK
    north.scan(secrets[0], main, at=begin + timedelta(minutes=20), direction=Direction.EXIT)
    north.scan("nobody knows this", main, at=begin + timedelta(minutes=21))
    settle(north)
    rows = history(server, north)
    assert [datetime.fromisoformat(row["datetime"]) - begin for row in rows] == [
        timedelta(minutes=number) for number in (*range(8), 20, 21)
    ]
    assert [(row["successful"], row["type"]) for row in rows] == [
        *[(True, "entry")] * 8,
        (True, "exit"),
        (False, "entry"),
    ]


def test_an_act_that_is_sent_again_changes_nothing(server, north, fresh, main):
    north.scan(next(fresh), main)
    settle(north)
    before = history(server, north)
    [entry] = north.app.read(lambda c: list(journal.entries(c)))
    for _ in range(2):
        assert north.line.push([entry]).answers[0].outcome == "done"
    assert history(server, north) == before


def test_an_entry_is_taken_back(server, north, fresh, main):
    verdict = north.scan(next(fresh), main)
    settle(north)
    north.app.gate.undo(verdict.nonce, reason="Wrong person").result()
    settle(north)
    assert [(row["successful"], row["error_reason"]) for row in history(server, north)] == [(False, "annulled")]


def test_a_taking_back_that_is_sent_again_is_done(server, north, fresh, main):
    verdict = north.scan(next(fresh), main)
    north.app.gate.undo(verdict.nonce, reason="Wrong person").result()
    settle(north)
    last = north.app.read(lambda c: list(journal.entries(c)))[-1]
    assert north.line.push([last]).answers[0].outcome == "done"


def test_taking_back_too_late_is_kept_here(north, fresh, main):
    begin = datetime.now(UTC) - timedelta(hours=1)
    verdict = north.scan(next(fresh), main, at=begin)
    north.app.gate.undo(verdict.nonce, at=begin + timedelta(minutes=16)).result()
    north.sync()
    [because] = [one.because for one in north.app.read(outbox.parked)]
    assert because == "Annulment is not allowed more than 15 minutes after check-in"


@pytest.fixture
def sell(server):
    """Sells a regular ticket with a workshop at a station, for cash and by card, or for what is to come later."""
    items = server.known["conf"]["items"]

    def sell(station: Any, *, paid: bool = True) -> str:
        code = f"SALE{next(_codes)}"
        about = {"event": "conf", "at": micros(datetime.now(UTC)), "order": code}
        lines = (
            Line(number=1, item=items["regular"], price=11900),
            Line(number=2, item=items["workshop"], price=4760, addon_to=1),
        )
        ada = Guest(secret=f"till-{new_id()}", name="Ada Lovelace", email="ada@example.org")
        guests = Private(guests={"1": ada, "2": Guest(secret=f"till-{new_id()}")}, email="buyer@example.org")
        payments = (
            (Paid(**about, amount=10000, tender="cash", receipt="R-1"), None),
            (Paid(**about, amount=6660, tender="card", receipt="R-1"), None),
        )
        for fact, private in (
            (Sold(**about, lines=lines, total=16660), guests),
            *(payments if paid else ()),
        ):
            station.app.write(lambda c, fact=fact, private=private: deal.record(c, fact, private)).result()
        return code

    return sell


def act(station: Any, code: str, kind: Any, private: Private | None = None, **more: Any) -> Any:
    fact = kind(event="conf", at=micros(datetime.now(UTC)), order=code, **more)
    return station.app.write(lambda c: deal.record(c, fact, private)).result()


def order(server: Any, code: str) -> Any:
    return server.ask("GET", f"{EVENT}orders/{code}/?include_canceled_positions=true")[1]


def test_what_was_sold_offline_the_server_admits(server, north, sell, main):
    code = sell(north)
    settle(north)
    sold = order(server, code)
    assert (sold["status"], sold["total"], sold["email"]) == ("p", "166.60", "buyer@example.org")
    assert [(one["provider"], one["amount"], one["state"]) for one in sold["payments"]] == [
        ("boxoffice", "100.00", "confirmed"),
        ("boxoffice", "66.60", "confirmed"),
    ]
    assert sold["positions"][1]["addon_to"] == sold["positions"][0]["id"]
    ticket = {"secret": sold["positions"][0]["secret"], "lists": [main], "nonce": new_id()}
    assert server.ask("POST", f"{HOME}checkinrpc/redeem/", ticket)[0] == 201


def test_acts_on_an_order_that_are_sent_again_change_nothing(server, north, sell):
    code = sell(north)
    act(north, code, Refunded, amount=4760, tender="cash")
    settle(north)
    before = order(server, code)
    entries = north.app.read(lambda c: list(journal.entries(c)))
    answers = [north.line.push([entry]).answers[0].outcome for entry in entries]
    assert answers == ["done"] * 4
    after = order(server, code)
    for part in ("status", "total", "payments", "refunds", "positions"):
        assert after[part] == before[part]


def test_what_was_promised_waits_there_until_it_is_withdrawn_for_other_money(server, north, sell):
    code = sell(north, paid=False)
    promise = act(north, code, Paid, amount=16660, tender="invoice", awaited=True).payments[0].operation
    settle(north)
    told = order(server, code)
    assert (told["status"], [one["state"] for one in told["payments"]]) == ("n", ["created"])
    act(north, code, Paid, amount=16660, tender="cash", receipt="R-2", withdraws=(promise,))
    settle(north)
    told = order(server, code)
    assert (told["status"], [one["state"] for one in told["payments"]]) == ("p", ["canceled", "confirmed"])
    held = north.app.read(lambda c: orders.by_code(c, "conf", code))
    assert (held.status, held.paid) == (Status.PAID, 16660)


def test_what_was_promised_is_confirmed_there_once_it_came(server, north, sell):
    code = sell(north, paid=False)
    promise = act(north, code, Paid, amount=16660, tender="transfer", awaited=True).payments[0].operation
    settle(north)
    act(north, code, Paid, amount=16660, tender="transfer", confirms=promise)
    settle(north)
    told = order(server, code)
    assert (told["status"], [one["state"] for one in told["payments"]]) == ("p", ["confirmed"])


def test_a_part_is_given_back(server, north, sell):
    code = sell(north)
    act(north, code, Refunded, amount=4760, tender="cash", payment="1")
    settle(north)
    sold = order(server, code)
    assert [(one["amount"], one["state"], one["payment"]) for one in sold["refunds"]] == [("47.60", "done", 1)]
    assert sold["status"] == "p"


def test_a_wrong_tender_is_put_right_and_money_that_never_came_is_open_again(server, north, sell):
    code = sell(north)
    settle(north)
    first = order(server, code)["payments"][0]
    act(north, code, Paid, amount=10000, tender="transfer")
    act(north, code, Refunded, amount=10000, tender="cash", payment=str(first["local_id"]))
    settle(north)
    told = order(server, code)
    assert (told["status"], [one["state"] for one in told["refunds"]]) == ("p", ["done"])
    act(north, code, Refunded, amount=6660, tender="card", payment="2", reopens=True)
    settle(north)
    told = order(server, code)
    assert (told["status"], [one["amount"] for one in told["refunds"]]) == ("n", ["100.00", "66.60"])
    held = north.app.read(lambda c: orders.by_code(c, "conf", code))
    assert (held.status, held.paid) == (Status.PENDING, 10000)


def test_a_position_and_then_the_order_are_cancelled(server, north, sell, main):
    code = sell(north)
    act(north, code, Canceled, positions=(2,))
    settle(north)
    assert [one["canceled"] for one in order(server, code)["positions"]] == [False, True]
    act(north, code, Canceled)
    settle(north)
    sold = order(server, code)
    assert sold["status"] == "c"
    assert north.scan(sold["positions"][0]["secret"], main, preview=True).reason is Reason.CANCELED


def test_a_name_is_put_right_and_a_badge_is_printed(server, north, sell):
    code = sell(north)
    act(north, code, Edited, Private(changes={"name": Change("Ada Lovelace", "Ada King")}), position=1)
    act(north, code, Edited, Private(changes={"email": Change("buyer@example.org", "king@example.org")}))
    settle(north)
    printed = Printed(event="conf", at=micros(datetime.now(UTC)), ticket=f"{code}-1")
    north.app.write(lambda c: journal.append(c, new_id(), printed)).result()
    settle(north)
    sold = order(server, code)
    assert (sold["email"], sold["positions"][0]["attendee_name"]) == ("king@example.org", "Ada King")
    assert [one["type"] for one in sold["positions"][0]["print_logs"]] == ["badge"]


def test_what_the_server_has_no_more_of_is_refused_in_its_words(server, north):
    about = {"event": "conf", "at": micros(datetime.now(UTC))}
    scarce = server.known["conf"]["items"]["scarce"]
    for number in range(4):
        sale = Sold(**about, order=f"LAST{next(_codes)}", lines=(Line(number=1, item=scarce, price=1000),), total=1000)
        guest = Private(guests={"1": Guest(secret=f"last-{new_id()}", name=f"Guest {number}")})
        north.app.write(lambda c, sale=sale, guest=guest: deal.record(c, sale, guest)).result()
    north.sync()
    words = [one.because for one in north.app.read(outbox.parked)]
    assert words
    assert all("not enough quota" in because for because in words)


def test_a_station_that_is_sent_away_keeps_what_it_has_not_told(server, north, fresh, main):
    north.scan(next(fresh), main)
    north.line.revoke()
    with pytest.raises(DeviceRevoked):
        north.sync()
    assert north.app.outbox().waiting == 1


def test_a_station_leaves_when_the_server_has_everything(server, north, fresh, main):
    north.scan(next(fresh), main)
    device = north.enrolment.device_id.rpartition("/")[2]
    assert leave(north.app, north.line, datetime.now(UTC)) == 1
    assert server.ask("GET", f"{HOME}devices/{device}/")[1]["revoked"]
    north.app.parting.wipe().result()
    assert (north.app.enrolment, north.app.events(), north.app.lookup.search("a")) == (None, [], [])
    assert north.app.read(verify.check).sound


def test_a_station_that_was_sent_away_is_enrolled_again_and_sends_what_waited_once(server, north, fresh, main):
    verdict = north.scan(next(fresh), main)
    north.line.revoke()
    with pytest.raises(DeviceRevoked):
        north.sync()
    north.enrolment = enrol(server.url, server.device("North again"))
    north.app.join(north.enrolment).result()
    north.connect()
    settle(north)
    [row] = history(server, north)
    assert row["datetime"] == verdict.at.isoformat().replace("+00:00", "Z")
    assert verdict.nonce not in {side.nonce for one in north.app.conflicts() for side in one.sides}


def test_our_own_entry_that_the_back_office_deleted_no_longer_counts(server, north, fresh, main):
    secret, other = next(fresh), next(fresh)
    for one in (secret, other):
        north.scan(one, main)
    settle(north)
    server.delete_check_ins(secret)
    north.sync()
    assert north.scan(secret, main, preview=True).reason is Reason.OK
    assert north.scan(other, main, preview=True).reason is Reason.ALREADY_REDEEMED


def test_the_keys_to_chips_are_opened(server, north):
    server.ask_for_chips()
    north.sync()
    [keys] = north.app.read(settings.medium_keys)
    assert (keys.type, keys.organizer, len(keys.uid_key), len(keys.diversification_key)) == (
        "nfc_mf0aes",
        "demo",
        16,
        16,
    )


def test_a_token_is_renewed_and_the_old_one_is_dead(server, north):
    old = north.enrolment.token
    north.line.roll()
    north.sync()
    assert server.ask("GET", HOME, token=f"Device {old}")[0] == 401


def test_four_stations_at_once(server, station, fresh, main):
    stations = [station(f"Door {number}") for number in range(4)]
    shared = next(fresh)
    own = {one.enrolment.device_id: list(itertools.islice(fresh, 4)) for one in stations}
    for one in stations:
        one.sync()
    begin = datetime.now(UTC)
    for number, one in enumerate(stations):
        for place, secret in enumerate((shared, *own[one.enrolment.device_id])):
            at = begin + timedelta(seconds=number, milliseconds=place)
            assert one.scan(secret, main, at=at).reason is Reason.OK
    faults: list[BaseException] = []

    def work(one: Any) -> None:
        try:
            one.sync()
        except BaseException as error:  # noqa: BLE001 - told to the test
            faults.append(error)

    threads = [Thread(target=work, args=(one,)) for one in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    for one in stations:
        settle(one)
        assert len(history(server, one)) == 5
        conflicts = [conflict for conflict in one.app.conflicts() if conflict.kind is Kind.DOUBLE_ENTRY]
        assert len(conflicts) == 3
        with contextlib.suppress(StopIteration):
            other = next(secret for secrets in own.values() for secret in secrets)
            assert one.scan(other, main, preview=True).reason is Reason.ALREADY_REDEEMED


@pytest.fixture
def press(server):
    """The secret of a ticket for which a permit has to be handed in, and the question that asks for it."""

    def made(path: str, **body: Any) -> Any:
        status, said = server.ask("POST", f"{EVENT}{path}/", body)
        assert status == 201, said
        return said

    item = made("items", name={"en": "Press"}, default_price="0.00", admission=True, active=True)["id"]
    wanted = {"question": {"en": "Permit"}, "type": "F", "required": True, "identifier": f"PERMIT{next(_codes)}"}
    question = made("questions", **wanted, items=[item], ask_during_checkin=True)["id"]
    position = {"positionid": 1, "item": item, "variation": None, "price": "0.00", "attendee_name": "Ada Press"}
    order = made("orders", status="p", email="press@example.org", positions=[position], force=True)
    return order["positions"][0]["secret"], str(question)


@pytest.mark.parametrize("permit", [b"%PDF-1.4 a permit", _picture()])
def test_a_file_that_was_handed_in_stands_with_the_ticket(server, station, press, main, permit):
    secret, question = press
    door = station("Press door")
    door.sync()
    assert door.scan(secret, main).reason is Reason.INCOMPLETE
    name = name_of(permit)
    assert door.scan(secret, main, answers={question: name}, files={name: permit}).admitted
    assert door.sync().pushed.done >= 1
    assert not [one for one in door.app.conflicts() if one.kind is Kind.WITHOUT_FILE]
    [position] = server.all(f"{EVENT}orderpositions/?secret={secret}")
    [answer] = position["answers"]
    assert _content(server, answer["answer"]) == permit


def _content(server: Any, address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Authorization": f"Token {server.known['token']}"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        content: bytes = reply.read()
    return content
