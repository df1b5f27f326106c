"""What two doors that could not hear of each other disagree about, and how it is settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain.catalog import Quota
from boxoffice.domain.checkins import CheckIn, Settlement
from boxoffice.domain.conflicts import double_entries
from boxoffice.domain.facts import Admitted, Change, Edited, Paid, Private, Settled, Undone
from boxoffice.domain.gate import Reason
from boxoffice.domain.instants import micros
from boxoffice.domain.operators import Operator
from boxoffice.domain.orders import Order, Payment, Status
from boxoffice.domain.permissions import Role
from boxoffice.errors import BadInput, NeedsPermission, Refused, filled
from boxoffice.ids import new_id
from boxoffice.services import deal, disagree, overlay
from boxoffice.storage import beneath, conflicts, journal, operators, outbox

AT_A_TILL = {"payments": (Payment(id="1", amount=500, tender="cash", operation="sale"),)}


def south(day: Any, ticket: Any, at: str, nonce: str = "south", **properties: Any) -> CheckIn:
    """An entry that the south door tells of."""
    return CheckIn(
        event="conf26",
        list=1,
        ticket=ticket.key,
        at=day.time(at),
        nonce=nonce,
        gate="South",
        device="South door",
        device_id="d2",
        **properties,
    )


def test_an_entry_at_another_door_is_refused_here_once_it_was_heard_of(day: Any) -> None:
    ticket = day.ticket()
    day.hear(south(day, ticket, "08:59"))
    verdict = day.scan(ticket, at="09:00")
    assert verdict.reason is Reason.ALREADY_REDEEMED
    assert verdict.first_entry.device == "South door"


def test_two_doors_that_both_admitted_are_shown_with_both_sides(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    (conflict,) = day.app.conflicts()
    assert [(side.gate, side.at) for side in conflict.sides] == [
        ("North", day.time("09:00")),
        ("South", day.time("09:01")),
    ]


def test_hearing_the_same_entry_twice_makes_one_conflict(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    for _ in range(2):
        day.hear(south(day, ticket, "09:01"))
    assert len(day.app.conflicts()) == 1


def test_our_own_entry_coming_back_from_the_server_is_no_conflict(day: Any) -> None:
    ticket = day.ticket()
    verdict = day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:00", nonce=verdict.nonce))
    assert day.app.conflicts() == []


def test_whoever_passes_a_conflict_on_says_what_the_next_one_should_know(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    with pytest.raises(BadInput, match="A note is needed"):
        day.app.settle(day.app.conflicts()[0].id, "escalate", " ").result()


def test_a_stewards_station_settles_nothing(day: Any) -> None:
    day.enrol(Role.STEWARD)
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    with pytest.raises(Refused, match="only scans"):
        day.app.settle(day.app.conflicts()[0].id, "annul").result()
    assert len(day.app.conflicts()) == 1


def test_whoever_only_scans_settles_nothing(day: Any) -> None:
    tom = Operator(id="t", name="Tom", role=Role.STEWARD)

    def hire(connection: Any) -> None:
        operators.put(connection, tom, day.time("08:00"))
        operators.put_pin(connection, "t", "sealed")

    day.app.write(hire).result()
    day.app.staff.operator = tom
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    with pytest.raises(NeedsPermission, match="Tom may not do this"):
        day.app.settle(day.app.conflicts()[0].id, "annul").result()
    assert len(day.app.conflicts()) == 1


def test_who_did_what_the_server_refused_is_named(day: Any) -> None:
    day.app.staff.operator = Operator(id="n", name="Nora", role=Role.DESK)
    verdict = day.scan(day.ticket(), at="09:00")
    day.app.write(lambda c: disagree.look_at_refusal(c, verdict.nonce, "No.", day.time("09:10"))).result()
    assert day.app.conflicts()[0].sides[0].person == "Nora"


def test_a_list_that_allows_several_entries_has_no_double_entries(day: Any) -> None:
    day.list(1, "Main entrance", allow_multiple_entries=True)
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    assert day.app.conflicts() == []


def test_a_ticket_cancelled_after_it_was_admitted_is_a_conflict(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(Order(event="conf26", code=ticket.order.code, status=Status.CANCELED, positions=(ticket.position,)))
    (conflict,) = day.app.conflicts()
    assert conflict.kind == "canceled_after_entry"


@pytest.mark.parametrize("action", ["accept", "annul"])
def test_a_conflict_can_be_settled_and_the_decision_is_written_down(day: Any, action: str) -> None:
    ticket, gate_list = day.ticket(), day.app.lists()[0]
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    (conflict,) = day.app.conflicts()
    settled = day.app.settle(conflict.id[:8], action, "saw both").result()
    assert (settled.action, settled.note, settled.settled_by) == (action, "saw both", "North door")
    assert day.app.conflicts() == []
    facts = [entry.fact() for entry in day.app.read(lambda c: list(journal.entries(c)))]
    assert isinstance(facts[-1], Settled)
    assert any(isinstance(fact, Undone) for fact in facts) == (action == "annul")
    assert day.app.lookup.counts(gate_list).entries == (1 if action == "annul" else 2)


def test_an_escalated_conflict_stays_open_with_its_note(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    (conflict,) = day.app.conflicts()
    day.app.settle(conflict.id, "escalate", "ask Eve").result()
    (still,) = day.app.conflicts()
    assert still.note == "ask Eve"


def test_a_conflict_settled_elsewhere_is_settled_here(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(south(day, ticket, "09:01"))
    (conflict,) = day.app.conflicts()
    day.hear(Settlement(event="conf26", conflict=conflict.id, action="accept", at=day.time("09:30"), device="Desk"))
    assert day.app.conflicts() == []
    with pytest.raises(Refused, match="settled"):
        day.app.settle(conflict.id, "accept").result()


def test_a_decision_heard_of_before_the_entries_settles_what_is_found_later(day: Any) -> None:
    ticket = day.ticket()
    first = south(day, ticket, "09:00", nonce="first")
    second = south(day, ticket, "09:01", nonce="second")
    (found,) = double_entries([first, second], day.app.lists()[0], day.app.catalog("conf26").event)
    day.hear(Settlement(event="conf26", conflict=found.id, action="accept", at=day.time("09:30"), device="Desk"))
    day.hear(first, second)
    assert day.app.conflicts() == []
    (settled,) = day.app.read(lambda c: conflicts.find(c, ""))
    assert (settled.id, settled.action, settled.settled_by) == (found.id, "accept", "Desk")


def test_taking_one_entry_back_closes_the_conflict_by_itself(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    entry = south(day, ticket, "09:01")
    day.hear(entry)
    annulled = CheckIn(**{**{name: getattr(entry, name) for name in entry.__struct_fields__}, "annulled": True})
    day.hear(annulled)
    assert day.app.conflicts() == []
    (closed,) = day.app.read(lambda c: conflicts.find(c, ""))
    assert closed.action == "resolved"


def test_an_unknown_conflict_or_way_to_settle_is_bad_input(day: Any) -> None:
    with pytest.raises(BadInput, match="No conflict"):
        day.app.settle("nothing", "accept").result()
    with pytest.raises(BadInput, match="shrug"):
        day.app.settle("nothing", "shrug").result()


def test_the_answer_carries_the_age_of_the_data(day: Any) -> None:
    from boxoffice.storage import feeds

    assert day.scan(day.ticket(), at="09:00").data_age is None
    day.app.write(lambda c: feeds.complete(c, "conf26", day.time("09:00"))).result()
    verdict = day.scan(day.ticket(), at="09:01")
    assert verdict.data_age == timedelta(minutes=1).total_seconds()


def facts(day: Any) -> list[Any]:
    return [entry.fact() for entry in day.app.read(lambda c: list(journal.entries(c)))]


def refuse(day: Any, nonce: str, words: str = "The list was deleted", at: str = "09:05") -> None:
    """What sync does with the server's no."""
    day.app.write(lambda c: disagree.look_at_refusal(c, nonce, words, day.time(at))).result()


def test_a_no_with_something_filled_in_is_kept_as_it_reads(day: Any) -> None:
    refuse(day, day.scan(day.ticket(), at="09:00").nonce, filled("There is no order {code}.", code="A1"))
    (conflict,) = day.app.conflicts()
    assert conflict.sides[1].words == "There is no order A1."


def test_an_act_that_the_server_refuses_is_shown_with_both_sides(day: Any) -> None:
    ticket = day.ticket()
    refuse(day, day.scan(ticket, at="09:00").nonce)
    (conflict,) = day.app.conflicts()
    ours, theirs = conflict.sides
    assert (conflict.kind, conflict.ticket, conflict.list) == ("refused_act", ticket.key, 1)
    assert (ours.what, ours.at, ours.gate, ours.device) == ("entry", day.time("09:00"), "North", "North door")
    assert (theirs.what, theirs.at, theirs.device, theirs.words) == (
        "refused", day.time("09:05"), "", "The list was deleted",
    )  # fmt: skip


def test_one_that_is_sent_again_is_open_no_more_until_it_is_refused_again(day: Any) -> None:
    nonce = day.scan(day.ticket(), at="09:00").nonce
    refuse(day, nonce)
    assert day.app.send_again(nonce).result() == 1
    assert (day.app.conflicts(), day.app.outbox().waiting) == ([], 1)
    refuse(day, nonce, "Still deleted", at="09:20")
    (conflict,) = day.app.conflicts()
    assert (conflict.sides[1].words, conflict.found_at) == ("Still deleted", day.time("09:20"))


def test_accepting_the_servers_no_keeps_the_entry_here_and_sends_it_no_more(day: Any) -> None:
    gate_list = day.app.lists()[0]
    refuse(day, day.scan(day.ticket(), at="09:00").nonce)
    (conflict,) = day.app.conflicts()
    day.app.settle(conflict.id[:8], "accept", "They were paid").result()
    assert day.app.conflicts() == []
    assert (day.app.outbox().parked, day.app.lookup.counts(gate_list).entries) == (0, 1)
    assert day.app.send_again().result() == 0
    assert isinstance(facts(day)[-1], Settled)
    assert day.app.outbox().waiting == 1, "only the decision is left to be sent"


def test_what_waited_behind_an_act_that_was_given_up_goes_on(day: Any) -> None:
    ticket = day.ticket()
    nonce = day.scan(ticket, at="09:00").nonce
    day.scan(ticket, at="09:01", exit=True)
    refuse(day, nonce)
    assert day.app.read(outbox.waiting) == []
    day.app.settle(day.app.conflicts()[0].id, "accept").result()
    assert [type(one.entry.fact()) for one in day.app.read(outbox.waiting)] == [Admitted, Settled]


def test_annulling_a_refused_entry_takes_it_back_here_and_tells_the_server_nothing_of_it(day: Any) -> None:
    gate_list = day.app.lists()[0]
    ticket = day.ticket()
    refuse(day, day.scan(ticket, at="09:00").nonce)
    day.app.settle(day.app.conflicts()[0].id, "annul").result()
    assert day.app.lookup.counts(gate_list).entries == 0
    assert day.scan(ticket, at="09:10").reason is Reason.OK
    assert [type(one.entry.fact()) for one in day.app.read(outbox.waiting)] == [Settled, Admitted]


def test_the_decision_does_not_speak_of_an_entry_that_the_server_never_had(day: Any) -> None:
    refuse(day, day.scan(day.ticket(), at="09:00").nonce)
    day.app.settle(day.app.conflicts()[0].id, "annul").result()
    settled = next(fact for fact in facts(day) if isinstance(fact, Settled))
    assert settled.nonce == ""


def test_accepting_the_servers_no_for_an_edit_shows_at_once_what_the_server_says(day: Any) -> None:
    ticket = day.ticket()
    operation = edited(day, ticket, "Ada King")
    assert name_of(day, ticket) == "Ada King"
    refuse(day, operation, "It is no name.")
    day.app.settle(day.app.conflicts()[0].id, "accept").result()
    assert name_of(day, ticket) == "Ada Lovelace"
    assert [hit.name for hit in day.app.lookup.search("Ada")] == ["Ada Lovelace"]


def test_what_the_server_has_taken_since_stays_though_it_has_not_told_of_it(day: Any) -> None:
    ticket = day.ticket(status=Status.PENDING, order={"total": 500})
    paid = new_id()
    money = Paid(event="conf26", at=1, order=ticket.order.code, amount=500, tender="cash")
    day.app.write(lambda c: deal.record(c, money, None, paid)).result()
    operation = edited(day, ticket, "Ada King")

    def answered(connection: Any) -> None:
        overlay.arrived(connection, paid)
        outbox.done(connection, paid)

    day.app.write(answered).result()
    refuse(day, operation, "It is no name.")
    day.app.settle(day.app.conflicts()[0].id, "accept").result()
    assert name_of(day, ticket) == "Ada Lovelace"
    assert day.app.lookup.card("conf26", ticket.key).ticket.order.status is Status.PAID


def test_of_two_edits_of_which_one_is_refused_the_other_stays(day: Any) -> None:
    ticket = day.ticket()
    refused = edited(day, ticket, "Ada King")
    company = Private(changes={"company": Change(before="", after="Analytical Engines")})
    edit = Edited(event="conf26", at=2, order=ticket.order.code, position=1)
    day.app.write(lambda c: deal.record(c, edit, company)).result()
    refuse(day, refused, "It is no name.")
    day.app.settle(day.app.conflicts()[0].id, "accept").result()
    shown = day.app.lookup.card("conf26", ticket.key).ticket.position
    assert (shown.name, shown.company) == ("Ada Lovelace", "Analytical Engines")


def test_once_the_server_has_told_of_everything_nothing_is_kept_beneath(day: Any) -> None:
    ticket = day.ticket()
    operation = edited(day, ticket, "Ada King")
    assert day.app.read(beneath.names) == {f"conf26/{ticket.order.code}"}
    day.app.write(lambda c: outbox.done(c, operation)).result()
    day.hear(day.app.lookup.card("conf26", ticket.key).ticket.order)
    assert day.app.read(beneath.names) == set()


def edited(day: Any, ticket: Any, name: str) -> str:
    """Somebody puts a name right; the act."""
    operation = new_id()
    edit = Edited(event="conf26", at=1, order=ticket.order.code, position=1)
    private = Private(changes={"name": Change(before=ticket.position.name, after=name)})
    day.app.write(lambda c: deal.record(c, edit, private, operation)).result()
    return operation


def name_of(day: Any, ticket: Any) -> str:
    return day.app.lookup.card("conf26", ticket.key).ticket.position.name


def test_a_refusal_at_the_door_cannot_be_taken_back(day: Any) -> None:
    refuse(day, day.scan("nobody's ticket", at="09:00").nonce)
    with pytest.raises(BadInput, match="Only an entry or an exit"):
        day.app.settle(day.app.conflicts()[0].id, "annul").result()
    assert len(day.app.conflicts()) == 1


def test_a_refused_act_that_is_passed_on_waits_for_the_next_person(day: Any) -> None:
    refuse(day, day.scan(day.ticket(), at="09:00").nonce)
    day.app.settle(day.app.conflicts()[0].id, "escalate", "ask Eve").result()
    assert [one.note for one in day.app.conflicts()] == ["ask Eve"]
    assert day.app.outbox().parked == 1


def test_news_of_the_same_ticket_leave_a_refused_act_open(day: Any) -> None:
    ticket = day.ticket()
    refuse(day, day.scan(ticket, at="09:00").nonce)
    day.hear(south(day, ticket, "09:01"))
    assert {one.kind for one in day.app.conflicts()} == {"refused_act", "double_entry"}


def test_an_order_that_was_edited_at_two_places_is_shown_as_such(day: Any) -> None:
    ticket = day.ticket()
    operation = new_id()
    edit = Edited(event="conf26", at=micros(day.time("09:00")), order=ticket.order.code, position=1)
    private = Private(changes={"name": Change(before=ticket.position.name, after="Ada King")})
    day.app.write(lambda c: deal.record(c, edit, private, operation)).result()
    refuse(day, operation, "Somebody else has changed name in the meantime: it says Lady Lovelace.")
    (conflict,) = day.app.conflicts()
    assert (conflict.kind, conflict.ticket) == ("edited_twice", ticket.key)
    assert [side.what for side in conflict.sides] == ["edited", "refused"]
    day.app.settle(conflict.id, "accept").result()
    day.hear(ticket.order)
    assert day.app.lookup.card("conf26", ticket.key).ticket.position.name == ticket.position.name


@pytest.fixture
def look_at_stock(day: Any) -> Any:
    """What sync does when orders have come in."""

    def look(at: str = "09:00") -> list[Any]:
        found = day.app.read(lambda c: disagree.oversold(c, day.app.shelf, "conf26"))
        day.app.write(lambda c: disagree.keep_oversold(c, "conf26", found, day.time(at))).result()
        return day.app.conflicts()

    return look


def test_more_sold_than_there_is_names_the_last_orders(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=2, items=(1,)))
    tickets = [day.ticket(order={"placed_at": day.time(f"08:0{minute}"), **AT_A_TILL}) for minute in range(4)]
    (conflict,) = look_at_stock()
    assert (conflict.kind, conflict.sides[0].words) == ("oversold", "Seats: 4 / 2")
    assert [side.words for side in conflict.sides[1:]] == [tickets[3].order.code, tickets[2].order.code]


def test_however_many_the_organiser_added_later_a_till_that_sold_too_much_is_found(
    day: Any, look_at_stock: Any
) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=1, items=(1,)))
    day.ticket(order={"placed_at": day.time("08:00")})
    day.ticket(order={"placed_at": day.time("08:01"), **AT_A_TILL})
    for minute in range(30):
        day.ticket(order={"placed_at": day.time(f"09:{minute:02}")})
    (conflict,) = look_at_stock()
    assert conflict.sides[0].words == "Seats: 32 / 1"


def test_what_a_till_sold_while_there_was_enough_is_not_what_was_too_much(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=1, items=(1,)))
    day.ticket(order={"placed_at": day.time("08:00"), **AT_A_TILL})
    day.ticket(order={"placed_at": day.time("09:00")})
    assert look_at_stock() == []


def test_where_the_server_counts_and_has_some_left_nothing_was_sold_too_much(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=1, items=(1,), available=2))
    for minute in range(3):
        day.ticket(order={"placed_at": day.time(f"08:0{minute}"), **AT_A_TILL})
    assert look_at_stock() == []


def test_a_full_house_is_no_conflict(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=2, items=(1,)))
    day.ticket()
    day.ticket()
    day.ticket(status=Status.CANCELED)
    assert look_at_stock() == []


def test_an_order_cancelled_closes_what_was_oversold_and_a_new_sale_is_a_new_conflict(
    day: Any, look_at_stock: Any
) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=1, items=(1,)))
    first, second = day.ticket(), day.ticket(order=AT_A_TILL)
    (conflict,) = look_at_stock()
    day.app.settle(conflict.id, "accept", "They stand").result()
    assert look_at_stock() == []
    day.ticket()
    (worse,) = look_at_stock()
    assert worse.sides[0].words == "Seats: 3 / 1"
    for ticket in (first, second):
        day.hear(msgspec.structs.replace(ticket.order, status=Status.CANCELED))
    assert look_at_stock() == []


def test_what_was_oversold_cannot_be_annulled(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=0, items=(1,)))
    day.ticket(order=AT_A_TILL)
    (conflict,) = look_at_stock()
    with pytest.raises(BadInput, match="Nothing here can be taken back"):
        day.app.settle(conflict.id, "annul").result()


def test_what_the_organiser_sold_beyond_the_quota_is_nobodys_conflict(day: Any, look_at_stock: Any) -> None:
    day.hear(Quota(id=7, event="conf26", name="Seats", size=1, items=(1,)))
    day.ticket()
    day.ticket()
    assert look_at_stock() == []
