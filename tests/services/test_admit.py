"""One scan at a door, from its text to what was written down."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from boxoffice.domain.catalog import Category, Event, Item, Option, Question, QuestionType
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Admitted, RefusedEntry, Undone
from boxoffice.domain.gate import Direction, Reason
from boxoffice.domain.nouns import Gone
from boxoffice.domain.orders import Blocked, Medium, Order, Payment, PaymentState, Position, Revoked, Status
from boxoffice.errors import BadInput, Refused
from boxoffice.ports import Role
from boxoffice.services import lookup
from boxoffice.storage import checkins, journal, outbox, verify
from boxoffice.storage.settings import ListSettings


def facts(day: Any) -> list[Any]:
    return [entry.fact() for entry in day.app.read(lambda c: list(journal.entries(c)))]


def test_a_paid_ticket_may_pass_and_is_written_down_with_its_nonce(day: Any) -> None:
    ticket = day.ticket()
    verdict = day.scan(ticket, at="09:00")
    assert verdict.reason is Reason.OK
    (entry,) = day.app.read(lambda c: list(journal.entries(c)))
    assert entry.operation == verdict.nonce
    assert entry.fact() == Admitted(
        event="conf26", at=entry.fact().at, list=1, ticket=ticket.key, gate="North", source="manual"
    )
    assert entry.private_part().text == ticket.position.secret
    assert day.app.outbox().waiting == 1


def test_the_second_scan_is_refused_and_names_the_first_entry(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00", gate="North")
    verdict = day.scan(ticket, at="09:05", gate="South")
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert verdict.first_entry.at == day.time("09:00")
    assert (verdict.first_entry.gate, verdict.first_entry.device) == ("North", "North door")


def test_a_refusal_is_written_down_with_whose_ticket_it_was(day: Any) -> None:
    ticket = day.ticket(status=Status.PENDING)
    verdict = day.scan(ticket)
    assert verdict.reason is Reason.UNPAID
    assert verdict.ticket.position.name == "Ada Lovelace"
    (fact,) = facts(day)
    assert isinstance(fact, RefusedEntry)
    assert (fact.reason, fact.ticket) == (Reason.UNPAID, ticket.key)


def test_an_unknown_code_is_refused_and_kept_only_in_the_private_part(day: Any) -> None:
    verdict = day.scan("nobody knows me")
    assert verdict.reason is Reason.INVALID
    (entry,) = day.app.read(lambda c: list(journal.entries(c)))
    assert "nobody" not in entry.body
    assert entry.private_part().text == "nobody knows me"


def test_the_same_nonce_is_answered_again_and_written_down_once(day: Any) -> None:
    ticket = day.ticket()
    first = day.scan(ticket, nonce="n1")
    again = day.scan(ticket, at="09:01", nonce="n1")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.reason is Reason.OK
    assert len(facts(day)) == 1


def test_a_scan_that_only_the_server_remembers_is_answered_again_and_not_counted_again(day: Any) -> None:
    ticket = day.ticket()
    told = {"event": "conf26", "list": 1, "ticket": ticket.key, "at": day.time("09:00"), "device_id": "d1"}
    day.hear(CheckIn(nonce="before-the-backup", **told))
    verdict = day.scan(ticket, at="09:01", nonce="before-the-backup")
    assert (verdict.reason, verdict.repeated) == (Reason.OK, True)
    assert facts(day) == []
    assert day.scan(ticket, at="09:02").reason is Reason.ALREADY_REDEEMED


def test_a_refused_nonce_stays_refused_even_if_the_ticket_was_paid_meanwhile(day: Any) -> None:
    ticket = day.ticket(status=Status.PENDING)
    day.scan(ticket, nonce="n1")
    paid = Order(event="conf26", code=ticket.order.code, status=Status.PAID, positions=(ticket.position,))
    day.hear(paid)
    assert day.scan(ticket, nonce="n1").reason is Reason.UNPAID
    assert day.scan(ticket, nonce="n2").reason is Reason.OK


def test_a_preview_judges_and_writes_nothing(day: Any) -> None:
    ticket = day.ticket()
    assert day.scan(ticket, preview=True).reason is Reason.OK
    assert facts(day) == []
    assert day.scan(ticket).reason is Reason.OK


def test_whoever_left_may_come_back_and_the_counts_follow(day: Any) -> None:
    ticket, gate_list = day.ticket(), day.app.lists()[0]
    day.scan(ticket, at="09:00")
    day.scan(ticket, at="10:00", exit=True)
    assert day.app.lookup.counts(gate_list).inside == 0
    assert day.scan(ticket, at="11:00").reason is Reason.OK
    counts = day.app.lookup.counts(gate_list)
    assert (counts.entries, counts.tickets, counts.inside) == (2, 1, 1)


def test_an_exit_succeeds_for_somebody_who_never_came_in(day: Any) -> None:
    verdict = day.scan(day.ticket(), exit=True)
    assert (verdict.reason, verdict.direction) == (Reason.OK, Direction.EXIT)


def test_undo_takes_the_passage_back_and_the_ticket_may_pass_again(day: Any) -> None:
    ticket, gate_list = day.ticket(), day.app.lists()[0]
    verdict = day.scan(ticket)
    undone = day.app.gate.undo(verdict.nonce, day.time("09:01"), "wrong door").result()
    assert (undone.ticket, undone.name) == (ticket.key, "Ada Lovelace")
    assert day.app.lookup.counts(gate_list).entries == 0
    assert isinstance(facts(day)[-1], Undone)
    assert day.scan(ticket, at="09:02").reason is Reason.OK


def test_undo_of_what_never_was_or_was_undone_is_refused(day: Any) -> None:
    with pytest.raises(Refused):
        day.app.gate.undo("nothing").result()
    verdict = day.scan(day.ticket())
    day.app.gate.undo(verdict.nonce).result()
    with pytest.raises(Refused, match="taken back before"):
        day.app.gate.undo(verdict.nonce).result()


def test_an_entry_in_one_room_ends_the_stay_in_the_other_and_undo_brings_it_back(day: Any) -> None:
    day.list(2, "Room B", ends_stay_on=(1,))
    ticket = day.ticket()
    main, room = sorted(day.app.lists(), key=lambda one: one.id)
    day.scan(ticket, at="09:00")
    verdict = day.scan(ticket, at="10:00", lists=[("conf26", 2)])
    came, left = day.app.read(lambda c: checkins.on_list(c, "conf26", 1, (ticket.key,)))
    assert (came.auto, left.auto, left.direction) == (False, True, Direction.EXIT)
    assert (day.app.lookup.counts(main).inside, day.app.lookup.counts(room).inside) == (0, 1)
    day.app.gate.undo(verdict.nonce).result()
    assert (day.app.lookup.counts(main).inside, day.app.lookup.counts(room).inside) == (1, 0)


def test_a_station_may_end_stays_elsewhere_by_its_own_setting(day: Any) -> None:
    day.list(2, "Room B")
    day.app.set_list("conf26", 2, ListSettings(ends_stay_on=(1,))).result()
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.scan(ticket, at="10:00", lists=[("conf26", 2)])
    assert facts(day)[-1].ended == (1,)


def test_each_event_is_judged_by_its_own_list(day: Any) -> None:
    day.hear(Event(slug="fest26"), Item(id=7, event="fest26", name={"en": "Festival"}))
    day.list(9, "Gate", event="fest26")
    festival = day.ticket("Bo", order={"event": "fest26"}, item=7)
    verdict = day.scan(festival, lists=[("conf26", 1), ("fest26", 9)])
    assert (verdict.reason, verdict.list.name, verdict.item) == (Reason.OK, "Gate", "Festival")
    assert day.scan(festival, lists=[("conf26", 1)]).reason is Reason.INVALID


def test_a_wristband_stands_for_its_ticket_until_it_expires(day: Any) -> None:
    ticket = day.ticket()
    band = Medium(identifier="BAND-7", event="conf26", tickets=(ticket.key,), expires=day.time("12:00"))
    day.hear(band)
    assert day.scan("BAND-7", at="09:00").ticket.key == ticket.key
    assert day.scan("BAND-7", at="13:00").reason is Reason.INVALID


def test_a_wristband_of_two_people_lets_in_nobody_as_long_as_it_may_be_either(day: Any) -> None:
    first, second = day.ticket(), day.ticket("Grace Hopper")
    day.hear(Medium(identifier="BAND-7", event="conf26", tickets=(first.key, second.key)))
    assert day.scan("BAND-7").reason is Reason.AMBIGUOUS
    assert day.app.lookup.counts(day.app.lists()[0]).entries == 0
    gone = msgspec.structs.replace(second.position, canceled=True)
    day.hear(msgspec.structs.replace(second.order, positions=(gone,)))
    verdict = day.scan("BAND-7")
    assert (verdict.reason, verdict.ticket.key) == (Reason.OK, first.key)


def test_a_blocked_secret_is_refused_until_the_block_is_lifted(day: Any) -> None:
    ticket = day.ticket()
    day.hear(Blocked(event="conf26", secret=ticket.position.secret))
    assert day.scan(ticket).reason is Reason.BLOCKED
    day.hear(Blocked(event="conf26", secret=ticket.position.secret, blocked=False))
    assert day.scan(ticket).reason is Reason.OK


def test_a_revoked_secret_is_told_apart_from_an_unknown_one(day: Any) -> None:
    day.hear(Revoked(event="conf26", secret="old-code"))
    assert day.scan("old-code").reason is Reason.REVOKED
    day.hear(Gone("revoked", "conf26", "old-code"))
    assert day.scan("old-code").reason is Reason.INVALID


def test_a_list_with_add_on_match_admits_the_add_on_by_its_parents_code(day: Any) -> None:
    day.hear(
        Category(id=2, event="conf26", is_addon=True),
        Item(id=5, event="conf26", name={"en": "Workshop"}, category=2),
    )
    day.list(3, "Workshop room", all_items=False, items=(5,), addon_match=True)
    parent = Position(number=1, item=1, secret="parent", name="Ada")
    addon = Position(number=2, item=5, secret="addon", addon_to=1)
    day.hear(Order(event="conf26", code="WS", status=Status.PAID, positions=(parent, addon)))
    verdict = day.scan("parent", lists=[("conf26", 3)])
    assert (verdict.reason, verdict.ticket.key) == (Reason.OK, "WS-2")


def question(**properties: Any) -> Question:
    options = (Option(id=11, identifier="veg", answer={"en": "Vegetarian"}), Option(id=12, identifier="all"))
    return Question(
        id=4,
        event="conf26",
        question={"en": "Meal?"},
        type=QuestionType.CHOICE,
        items=(1,),
        options=options,
        ask_during_checkin=True,
        **properties,
    )


def test_a_required_question_is_asked_and_its_answer_goes_with_the_entry(day: Any) -> None:
    day.hear(question(required=True))
    ticket = day.ticket()
    verdict = day.scan(ticket, nonce="n1")
    assert (verdict.reason, [one.id for one in verdict.questions]) == (Reason.INCOMPLETE, [4])
    assert facts(day) == []
    verdict = day.scan(ticket, nonce="n1", answers={"4": "veg"})
    assert verdict.reason is Reason.OK
    (entry,) = day.app.read(lambda c: list(journal.entries(c)))
    assert entry.private_part().answers == {"4": "11"}


def test_what_was_answered_once_is_not_asked_at_the_next_entry(day: Any) -> None:
    day.hear(question(required=True))
    ticket = day.ticket()
    day.scan(ticket, at="09:00", answers={"4": "veg"})
    day.scan(ticket, at="10:00", exit=True)
    assert day.scan(ticket, at="11:00").reason is Reason.OK


def test_force_lets_a_known_ticket_in_and_is_kept_as_forced(day: Any) -> None:
    ticket = day.ticket(status=Status.CANCELED)
    verdict = day.scan(ticket, force=True)
    assert (verdict.reason, verdict.forced) == (Reason.OK, True)
    assert facts(day)[-1].forced
    assert day.scan("unknown", force=True).reason is Reason.INVALID


def test_a_stewards_station_may_not_force_nor_accept_unpaid(day: Any) -> None:
    day.enrol(role=Role.STEWARD)
    ticket = day.ticket(status=Status.PENDING)
    for wish in ({"force": True}, {"accept_unpaid": True}):
        with pytest.raises(Refused, match="steward"):
            day.scan(ticket, **wish)
    assert facts(day) == []


def test_a_door_without_its_list_says_so_and_records_nothing(day: Any) -> None:
    with pytest.raises(BadInput, match="conf26/77"):
        day.scan(day.ticket(), lists=[("conf26", 77)])
    with pytest.raises(BadInput, match="No check-in list"):
        day.scan(day.ticket(), lists=[])
    assert facts(day) == []


def test_what_was_handed_out_is_shown_on_the_card(day: Any) -> None:
    ticket = day.ticket()
    day.app.gate.hand_out("conf26", ticket.key, ("T-shirt L", "Blue badge"), day.time("09:00")).result()
    (given,) = day.app.lookup.card("conf26", ticket.key).handed_out
    assert (given.what, given.device) == (("T-shirt L", "Blue badge"), "North door")


def test_a_position_missing_from_a_newer_order_is_cancelled(day: Any) -> None:
    both = tuple(Position(number=number, item=1, secret=f"s{number}") for number in (1, 2))
    day.hear(Order(event="conf26", code="TWO", status=Status.PAID, positions=both))
    day.hear(Order(event="conf26", code="TWO", status=Status.PAID, positions=both[:1]))
    assert day.scan("s1").reason is Reason.OK
    assert day.scan("s2").reason is Reason.CANCELED


def test_the_group_panel_shows_who_may_come_and_who_is_in(day: Any) -> None:
    family = tuple(Position(number=number, item=1, secret=f"s{number}", name=f"Child {number}") for number in (1, 2, 3))
    day.hear(Order(event="conf26", code="FAM", status=Status.PAID, positions=family))
    day.scan("s1", at="09:00")
    members = day.app.lookup.group("conf26", "FAM", 1)
    assert [(one.ticket.position.name, one.inside, one.reason) for one in members] == [
        ("Child 1", True, Reason.ALREADY_REDEEMED),
        ("Child 2", False, Reason.OK),
        ("Child 3", False, Reason.OK),
    ]


def test_the_last_scans_come_newest_first_and_show_what_was_undone(day: Any) -> None:
    ada, bo = day.ticket("Ada"), day.ticket("Bo")
    day.scan(ada, at="09:00")
    verdict = day.scan(bo, at="09:01")
    day.scan(bo, at="09:02")
    day.app.gate.undo(verdict.nonce).result()
    assert [(one.name, one.reason, one.undone) for one in day.app.lookup.last_scans()] == [
        ("Bo", Reason.ALREADY_REDEEMED, False),
        ("Bo", Reason.OK, True),
        ("Ada", Reason.OK, False),
    ]


def test_many_scans_at_once_are_each_answered_and_the_books_balance(day: Any) -> None:
    tickets = [day.ticket(f"Guest {number}") for number in range(40)]
    for ticket in tickets * 2:
        day.scan(ticket)
    findings = day.app.read(verify.check)
    assert findings.faults == ()
    assert (findings.entries, findings.checkins, findings.waiting) == (80, 40, 80)


def test_the_station_does_not_leave_its_server_while_work_waits_for_it(day: Any) -> None:
    day.scan(day.ticket())
    from boxoffice.ports import Enrolment

    elsewhere = Enrolment(kind="hub", url="http://127.0.0.1:2", token="t", device_id="d9", name="x")
    with pytest.raises(Refused, match="old server"):
        day.app.join(elsewhere).result()
    assert day.app.read(outbox.counts).waiting == 1
    future: Future[Any] = day.app.write(lambda c: checkins.find(c, "x"))
    assert future.result() is None


def test_closing_time_comes_round_every_day_in_the_figures_too_and_in_the_zone_of_the_event(day: Any) -> None:
    day.hear(Event(slug="conf26", timezone="Europe/Berlin"))
    gate_list = day.list(1, "Main entrance", exit_all_at=datetime(2026, 10, 24, 1, tzinfo=UTC))
    shelf = day.app.shelf
    day.scan(day.ticket(), at=datetime(2026, 10, 24, 20, tzinfo=UTC))
    family = day.ticket()
    day.scan(family, at=datetime(2026, 10, 25, 2, 30, tzinfo=UTC))

    def inside(*when: int) -> tuple[int, bool]:
        at = datetime(2026, 10, *when, tzinfo=UTC)
        counts = day.app.read(lambda c: lookup.counts(c, shelf, gate_list, at))
        (member,) = day.app.read(lambda c: lookup.group(c, shelf, "conf26", family.order.code, 1, at))
        return counts.inside, member.inside

    assert inside(25, 1, 59) == (2, True), "three o'clock comes an hour later by UTC, once summer time is over"
    assert inside(25, 2, 30) == (1, True)
    assert inside(26, 2) == (0, False)


def test_of_an_order_that_is_paid_in_part_the_rest_is_named(day: Any) -> None:
    day.list(1, "Main entrance")
    part = Payment(id="1", state=PaymentState.CONFIRMED, amount=10_000)
    bought = {"total": 38_000, "payments": (part,)}
    verdict = day.scan(day.ticket(status=Status.PENDING, order=bought))
    assert (verdict.reason, str(verdict.explanation)) == (Reason.UNPAID, "Paid tickets only; 280.00 EUR open")
