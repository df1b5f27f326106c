"""What stations tell: each act is taken in once, answered for itself, and checked against its chain."""

from __future__ import annotations

import msgspec
import pytest
import requests

from boxoffice.domain import journal
from boxoffice.domain.checkins import CheckIn, HandOut, Settlement
from boxoffice.domain.facts import (
    Admitted,
    DrawerOpened,
    HandedOut,
    Permitted,
    Printed,
    Private,
    RefusedEntry,
    Settled,
    ShiftOpened,
    StaffChanged,
    Undone,
)
from boxoffice.domain.gate import Direction, Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order
from boxoffice.domain.printing import Printout
from boxoffice.errors import DeviceRevoked
from boxoffice.ports import Earlier, Outcome, Role
from boxoffice.services.attachments import LARGEST_TOGETHER
from sync.wire.hub import acts

DONE, LATER, REFUSED = Outcome.DONE, Outcome.LATER, Outcome.REFUSED


def outcomes(receipt):
    return [answer.outcome for answer in receipt.answers]


def checkins(station, event="conf26"):
    return [noun for noun in station.feed(event) if isinstance(noun, CheckIn)]


def test_an_entry_reaches_the_other_stations(hub, north, at_nine):
    south = hub.station("South")
    cursor = south.cursor()
    entry = north.enters("A1-1", gate="Main", forced=True)
    assert outcomes(north.push(entry)) == [DONE]
    assert south.feed(cursor=cursor) == [
        CheckIn(
            event="conf26",
            list=1,
            ticket="A1-1",
            at=at_nine,
            nonce=entry.operation,
            gate="Main",
            device="North",
            device_id=north.enrolment.device_id,
            forced=True,
        )
    ]


def test_both_entries_on_one_ticket_are_kept(hub, north):
    south = hub.station("South")
    assert outcomes(north.push(north.enters("A1-1"))) == [DONE]
    assert outcomes(south.push(south.enters("A1-1"))) == [DONE]
    assert [one.device for one in checkins(north)] == ["North", "South"]


def test_an_act_that_comes_twice_is_answered_alike_and_done_once(north):
    entry = north.enters()
    first = north.push(entry)
    cursor = north.cursor()
    assert north.push(entry).answers == first.answers
    assert north.push(entry, entry).answers == first.answers * 2
    assert north.feed(cursor=cursor) == []


def test_an_act_that_comes_twice_in_one_request_is_done_once(north):
    entry = north.enters()
    assert outcomes(north.push(entry, entry)) == [DONE, DONE]
    assert len(checkins(north)) == 1


def test_another_act_under_the_same_id_is_refused_and_raises_an_alarm(north, expect_warning):
    expect_warning("came twice with different contents")
    entry = north.enters("A1-1")
    north.push(entry)
    changed = north.write(Admitted(event="conf26", at=1, list=1, ticket="A2-1"), operation=entry.operation)
    receipt = north.push(changed)
    assert outcomes(receipt) == [REFUSED]
    assert "copied" in receipt.answers[0].because
    assert entry.operation in receipt.alarm
    assert [one.ticket for one in checkins(north)] == ["A1-1"]


def test_an_impostor_does_not_spoil_the_true_act_beside_it(hub, north, expect_warning):
    expect_warning("came twice with different contents")
    entry = north.enters("A1-1")
    impostor = north.write(Admitted(event="conf26", at=1, list=1, ticket="A2-1"), operation=entry.operation)
    body = acts([entry, impostor, entry])
    answers = requests.post(f"{hub.url}/v1/acts", data=body, headers=north.headers, timeout=60).json()["answers"]
    assert [answer["outcome"] for answer in answers] == ["done", "refused", "done"]


def test_another_devices_act_cannot_be_taken_for_ones_own(hub, north):
    south = hub.station("South")
    entry = north.enters()
    receipt = south.push(entry)
    assert outcomes(receipt) == [REFUSED]
    assert "another station" in receipt.answers[0].because
    assert checkins(south) == []


def test_an_entry_that_ends_stays_elsewhere_brings_the_exits_along(north):
    entry = north.enters("A1-1", ended=(2, 3))
    north.push(entry)
    exits = [one for one in checkins(north) if one.auto]
    assert [(one.list, one.direction, one.nonce) for one in exits] == [
        (2, Direction.EXIT, f"{entry.operation}/2"),
        (3, Direction.EXIT, f"{entry.operation}/3"),
    ]


def test_an_undone_entry_no_longer_counts_and_nor_do_its_exits(hub, north, at_nine):
    entry = north.enters("A1-1", ended=(2,))
    north.push(entry)
    south = hub.station("South")
    undone = south.write(Undone(event="conf26", at=micros(at_nine), list=1, ticket="A1-1", nonce=entry.operation))
    assert outcomes(south.push(undone)) == [DONE]
    assert [one.annulled for one in checkins(north)] == [True, True]


def test_an_entry_and_its_undoing_in_one_request(north, at_nine):
    entry = north.enters("A1-1", ended=(2,))
    undone = north.write(Undone(event="conf26", at=micros(at_nine), list=1, ticket="A1-1", nonce=entry.operation))
    assert outcomes(north.push(entry, undone)) == [DONE, DONE]
    assert [one.annulled for one in checkins(north)] == [True, True]


def test_an_undoing_that_comes_before_its_entry_waits_for_it(hub, north, at_nine):
    south = hub.station("South")
    entry = north.enters("A1-1")
    undone = south.write(Undone(event="conf26", at=micros(at_nine), list=1, ticket="A1-1", nonce=entry.operation))
    early = south.push(undone)
    assert outcomes(early) == [LATER]
    assert (early.high_water, early.missing) == (0, ())
    north.push(entry)
    assert outcomes(south.push(undone)) == [DONE]
    assert [one.annulled for one in checkins(north)] == [True]


def test_an_undoing_cannot_reach_into_another_event(hub, event, at_nine):
    hub.load(*event("other"))
    both = hub.station()
    entry = both.enters("A1-1")
    undone = both.write(Undone(event="other", at=micros(at_nine), list=1, ticket="A1-1", nonce=entry.operation))
    assert outcomes(both.push(entry, undone)) == [DONE, LATER]
    assert [one.annulled for one in checkins(both)] == [False]


def test_a_refusal_is_kept_and_told_to_nobody(hub, north, at_nine):
    cursor = north.cursor()
    fact = RefusedEntry(event="conf26", at=micros(at_nine), list=1, reason=Reason.UNPAID, ticket="A1-1")
    assert outcomes(north.push(north.write(fact, Private(text="what was read")))) == [DONE]
    assert hub.refusals() == [fact]
    assert north.feed(cursor=cursor) == []


def test_a_file_that_was_handed_in_comes_with_the_entry_and_no_larger_than_a_request(north, at_nine):
    def entry(size):
        fact = Admitted(event="conf26", at=micros(at_nine), list=1, ticket="A1-1")
        return north.write(fact, Private(answers={"4": "file:a"}, files={"file:a": bytes(size)}))

    assert outcomes(north.push(entry(LARGEST_TOGETHER))) == [DONE]
    assert outcomes(north.push(entry(5 * 2**20))) == [REFUSED]


def test_what_was_answered_at_the_door_is_known_at_the_others(hub, north, order, at_nine):
    hub.load(order("Q1"))
    cursor = north.cursor()
    fact = Admitted(event="conf26", at=micros(at_nine), list=1, ticket="Q1-1")
    assert outcomes(north.push(north.write(fact, Private(answers={"4": "11"})))) == [DONE]
    (told,) = [noun for noun in north.feed(cursor=cursor) if isinstance(noun, Order)]
    assert told.positions[0].answers == {"4": "11"}
    assert told.positions[0].name == order("Q1").positions[0].name


def test_what_was_handed_out_is_told(north, at_nine):
    entry = north.write(HandedOut(event="conf26", at=micros(at_nine), ticket="A1-1", what=("T-shirt",)))
    north.push(entry)
    assert [noun for noun in north.feed() if isinstance(noun, HandOut)] == [
        HandOut(event="conf26", ticket="A1-1", what=("T-shirt",), at=at_nine, device="North", operation=entry.operation)
    ]


def test_a_badge_that_came_out_is_told_and_a_copy_of_a_receipt_is_not(north, at_nine):
    badge = north.write(Printed(event="conf26", at=micros(at_nine), ticket="A1-1", copy=1, reason="Lost"))
    copy = north.write(Printed(event="conf26", at=micros(at_nine), what="receipt", document="7", copy=1))
    drawer = north.write(DrawerOpened(event="conf26", at=micros(at_nine)))
    assert outcomes(north.push(badge, copy, drawer)) == [DONE, DONE, DONE]
    (told,) = [noun for noun in north.feed() if isinstance(noun, Printout)]
    assert (told.ticket, told.what, told.at, told.device, told.copy) == ("A1-1", "badge", at_nine, "North", 1)
    assert told.operation == badge.operation


def test_a_settled_conflict_is_told_and_takes_the_entry_back(north, at_nine):
    entry = north.enters("A1-1")
    fact = Settled(
        event="conf26", at=micros(at_nine), conflict="double:A1-1", action="annul", ticket="A1-1", nonce=entry.operation
    )
    north.push(entry, north.write(fact, Private(note="Twins")))
    assert [noun for noun in north.feed() if isinstance(noun, Settlement)] == [
        Settlement(event="conf26", conflict="double:A1-1", action="annul", at=at_nine, device="North", note="Twins")
    ]
    assert [one.annulled for one in checkins(north)] == [True]


def test_a_steward_may_not_settle(hub, at_nine):
    steward = hub.station("Door", Role.STEWARD)
    receipt = steward.push(steward.write(Settled(event="conf26", at=micros(at_nine), conflict="x", action="accept")))
    assert outcomes(receipt) == [REFUSED]
    assert "steward" in receipt.answers[0].because


def test_acts_in_events_of_others_are_refused(hub, event):
    hub.load(*event("other"))
    station = hub.station(events=("conf26",))
    receipt = station.push(station.enters("B1-1", event="other"), station.enters("B1-1", event="nowhere"))
    assert outcomes(receipt) == [REFUSED, REFUSED]


def test_a_refused_act_is_judged_again_when_it_comes_again(hub, event):
    """So that a person who has set the matter right can send it again."""
    station = hub.station()
    entry = station.enters("B1-1", event="late")
    assert outcomes(station.push(entry)) == [REFUSED]
    hub.load(*event("late"))
    assert outcomes(station.push(entry)) == [DONE]
    assert outcomes(station.push(entry)) == [DONE]
    assert len(checkins(station, "late")) == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"kind":"teleported","event":"conf26","at":1}',
        '{"kind":"admitted","event":"conf26","at":"noon","list":1,"ticket":"A1-1"}',
        '{"kind":"admitted","event":"conf26","at":1,"ticket":"A1-1"}',
        '{"kind":"admitted","event":"conf26","at":9e99,"list":1,"ticket":"A1-1"}',
        f'{{"kind":"admitted","event":"conf26","at":{10**40},"list":1,"ticket":"A1-1"}}',
        f'{{"kind":"admitted","event":"conf26","at":1,"list":{10**40},"ticket":"A1-1"}}',
        '{"kind":"admitted","event":"conf26"',
        "[]",
        "",
        "[" * 3000,
    ],
)
def test_an_act_that_cannot_be_understood_is_refused_and_holds_nothing_up(north, body):
    receipt = north.push(north.seal(body), north.enters("A2-1"))
    assert outcomes(receipt) == [REFUSED, DONE]
    assert receipt.answers[0].because
    assert (receipt.high_water, receipt.missing, receipt.alarm) == (2, (), "")
    assert [one.ticket for one in checkins(north)] == ["A2-1"]


@pytest.mark.parametrize(
    "change",
    [
        {"operation": ""},
        {"operation": "x" * 200},
        {"operation": "a\nb"},
        {"sequence": 0},
        {"sequence": 2**60},
        {"epoch": -1},
        {"hash": "zz"},
        {"previous": "00"},
        {"salt": "f"},
        {"body": '{"text":"' + "x" * 70_000 + '"}'},
        {"private": "\0"},
    ],
)
def test_what_is_no_entry_at_all_is_refused_and_not_kept(north, change):
    receipt = north.push(msgspec.structs.replace(north.enters(), **change))
    assert outcomes(receipt) == [REFUSED]
    assert receipt.high_water == 0
    assert checkins(north) == []


def test_the_hub_says_how_far_it_has_come(north):
    assert (north.push().epoch, north.push().high_water) == (0, 0)
    assert north.push(north.enters(), north.enters()).high_water == 2
    receipt = north.push()
    assert (receipt.epoch, receipt.high_water, receipt.missing, receipt.alarm) == (1, 2, (), "")
    assert receipt.server_time is not None


def test_a_new_epoch_counts_from_its_own_start(north):
    north.push(north.enters(), north.enters())
    north.new_epoch()
    receipt = north.push(north.enters())
    assert (receipt.epoch, receipt.high_water) == (2, 1)


def test_entries_that_are_missing_are_named_and_may_come_later(north):
    one, two, three, four, five = (north.enters(f"A1-{number}") for number in range(1, 6))
    receipt = north.push(one, four)
    assert outcomes(receipt) == [DONE, DONE]
    assert (receipt.high_water, receipt.missing) == (4, ((2, 3),))
    assert north.push(five).missing == ((2, 3),)
    assert north.push(three).missing == ((2, 2),)
    receipt = north.push(two)
    assert (receipt.high_water, receipt.missing, receipt.alarm) == (5, (), "")


def test_an_entry_changed_after_it_was_sealed_is_refused_and_told(north, expect_warning):
    expect_warning("was changed after it was sealed")
    entry = north.enters("A1-1")
    changed = msgspec.structs.replace(entry, body=entry.body.replace("A1-1", "A2-1"))
    receipt = north.push(changed, north.enters("A3-1"))
    assert outcomes(receipt) == [REFUSED, DONE]
    assert "changed after it was sealed" in receipt.answers[0].because
    assert "1/1" in receipt.alarm
    assert [one.ticket for one in checkins(north)] == ["A3-1"]


def test_a_personal_part_that_was_exchanged_is_refused(north, expect_warning):
    expect_warning("personal part")
    entry = msgspec.structs.replace(north.enters(), private='{"text":"somebody else"}')
    assert outcomes(north.push(entry)) == [REFUSED]


@pytest.mark.parametrize("sealed", ["é", "", "0", 7])
def test_a_body_that_seals_no_personal_part_is_refused(north, sealed, expect_warning):
    expect_warning("personal part")
    body = msgspec.json.encode(
        {"at": 1, "event": "conf26", "kind": "admitted", "list": 1, "private": sealed, "ticket": "A1-1"}
    )
    entry = north.seal(body.decode(), private='{"text":"x"}', salt="00" * 16)
    assert outcomes(north.push(entry)) == [REFUSED]


def test_a_copied_station_is_found_out_and_its_entries_still_count(north, expect_warning):
    expect_warning("Another entry 1/2 of this station is here already")
    north.push(north.enters("A1-1"))
    before = north.previous
    north.push(north.enters("A2-1"))
    north.sequence, north.previous = 1, before  # the folder as it was after the first entry
    receipt = north.push(north.enters("A3-1"), north.enters("A4-1"))
    assert outcomes(receipt) == [DONE, DONE]
    assert [answer.because for answer in receipt.answers] == ["", ""], "Nothing is amiss with either act"
    assert "copied" in receipt.alarm
    assert (receipt.high_water, receipt.missing) == (3, ())
    assert [one.ticket for one in checkins(north)] == ["A1-1", "A2-1", "A3-1", "A4-1"]


def test_an_entry_that_follows_another_than_the_one_before_it_raises_an_alarm(north, expect_warning):
    expect_warning("entry 1/2 of this station does not follow the one before it")
    north.push(north.enters("A1-1"))
    north.previous = journal.GENESIS
    receipt = north.push(north.enters("A2-1"))
    assert outcomes(receipt) == [DONE]
    assert "does not follow" in receipt.alarm


def test_a_first_entry_that_follows_on_something_raises_an_alarm(north, expect_warning):
    expect_warning("entry 1/1 of this station does not stand at the beginning of a journal")
    north.previous = bytes(31) + b"x"
    receipt = north.push(north.enters("A1-1"))
    assert outcomes(receipt) == [DONE]
    assert "enrol it anew" in receipt.alarm


def test_a_new_epoch_lays_an_alarm_to_rest(north, expect_warning):
    expect_warning("was changed after it was sealed")
    entry = north.enters("A1-1")
    north.push(msgspec.structs.replace(entry, hash="00" * 32))
    assert north.push().alarm
    north.new_epoch()
    assert north.push(north.enters()).alarm == ""


def test_a_new_epoch_that_follows_on_nothing_here_is_told_until_that_has_come(north):
    north.push(north.enters("A1-1"))
    held_back = north.enters("A2-1")
    north.new_epoch()
    north.push(north.enters("A3-1"))
    assert "2/1 of this station follows on one that is not here" in north.push().alarm
    north.push(held_back)
    assert north.push().alarm == ""


def test_a_station_is_told_what_is_held_of_its_earlier_epochs(north):
    assert north.push().earlier == ()
    north.push(north.enters())
    held_back = north.enters()
    north.push(north.enters())
    assert north.push().earlier == ()
    north.new_epoch()
    assert north.push(north.enters()).earlier is None
    assert north.push().earlier == (Earlier(epoch=1, high_water=3, missing=((2, 2),)),)
    north.push(held_back)
    assert north.push().earlier == (Earlier(epoch=1, high_water=3),)


def test_a_station_is_told_by_its_seal_what_is_held_at_the_mark(north):
    assert north.push().seals == ()
    one, two = north.enters(), north.enters()
    assert north.push(one, two).seals == ()
    assert north.push().seals == (two.hash,)


def test_a_link_that_is_broken_from_behind_is_seen_too(north, expect_warning):
    expect_warning("does not lead to the one after it")
    north.enters("A1-1")
    second = north.enters("A2-1")
    north.push(second)
    north.sequence, north.previous = 0, journal.GENESIS
    other = north.enters("A3-1")
    assert "does not lead" in north.push(other).alarm


def test_the_personal_part_is_kept_apart_from_the_chain(hub, north):
    north.push(north.enters("A1-1"))
    with hub.database.reading() as connection:
        body, private = connection.exec_driver_sql("SELECT body, private FROM acts").one()
    assert "secret of" not in body
    assert "secret of" in private


def test_what_a_station_did_for_no_event_is_taken_and_leaves_no_hole(north, at_nine):
    at = micros(at_nine)
    receipt = north.push(
        north.write(StaffChanged(event="", at=at, operator="o1", what="added", role="cashier")),
        north.write(Permitted(event="", at=at, act="no_sale", by="o1")),
        north.write(DrawerOpened(event="", at=at)),
        north.enters("A1-1"),
    )
    assert outcomes(receipt) == [DONE] * 4
    assert receipt.high_water == 4
    assert receipt.missing == ()


def test_a_sale_for_no_event_is_refused(north):
    receipt = north.push(north.write(ShiftOpened(event="", at=0, currency="EUR")))
    assert outcomes(receipt) == [REFUSED]


def test_a_station_revoked_in_the_midst_keeps_its_acts(hub, north):
    hub.revoke(north)
    with pytest.raises(DeviceRevoked):
        north.push(north.enters())


def test_a_station_that_was_heard_before_is_sent_away_all_the_same(hub, north):
    north.push(north.enters("A1-1"))
    hub.revoke(north)
    with pytest.raises(DeviceRevoked):
        north.push(north.enters("A2-1"))
    assert len(checkins(hub.station("South"))) == 1


def test_acts_by_a_token_that_was_replaced_are_not_taken(hub, north):
    north.push(north.enters("A1-1"))
    new = north.line.roll()
    old_ones = acts([north.enters("A2-1")])
    headers = {"Authorization": f"Bearer {new}"}
    assert requests.get(f"{hub.url}/v1/events", headers=headers, timeout=60).status_code == 200
    answer = requests.post(f"{hub.url}/v1/acts", old_ones, headers=north.headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (401, "token")
    assert requests.post(f"{hub.url}/v1/acts", old_ones, headers=headers, timeout=60).status_code == 200
