"""What two doors that could not hear of each other disagree about, and how it is settled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from boxoffice.domain.checkins import CheckIn, Settlement
from boxoffice.domain.conflicts import double_entries
from boxoffice.domain.facts import Settled, Undone
from boxoffice.domain.gate import Reason
from boxoffice.domain.orders import Order, Status
from boxoffice.errors import BadInput, Refused
from boxoffice.storage import conflicts, journal


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
    assert [(side.gate, side.at) for side in conflict.passages] == [
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
    assert day.app.counts(gate_list).entries == (1 if action == "annul" else 2)


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
    (settled,) = day.app.read(conflicts.every)
    assert (settled.id, settled.action, settled.settled_by) == (found.id, "accept", "Desk")


def test_taking_one_entry_back_closes_the_conflict_by_itself(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    entry = south(day, ticket, "09:01")
    day.hear(entry)
    annulled = CheckIn(**{**{name: getattr(entry, name) for name in entry.__struct_fields__}, "annulled": True})
    day.hear(annulled)
    assert day.app.conflicts() == []
    (closed,) = day.app.read(conflicts.every)
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
