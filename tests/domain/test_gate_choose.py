"""Which of several tickets under one code is meant."""

from __future__ import annotations

import pytest

from boxoffice.domain.gate import Reason, Wish, choose, refuse


def ticket(evening, number, **fields):
    return evening.ticket(number=number, **fields)


def test_the_only_ticket_is_taken_whatever_is_wrong_with_it(evening):
    only = ticket(evening, 1, canceled=True, item=99)
    choice = choose([only], [evening.list], evening.time("18:00"))
    assert (choice.ticket, choice.list, choice.ambiguous) == (only, evening.list, False)


def test_a_ticket_of_an_event_without_a_list_here_is_not_found(evening):
    stranger = evening.ticket({"event": "other"})
    assert choose([stranger], [evening.list], evening.time("18:00")) is None
    assert choose([], [evening.list], evening.time("18:00")) is None


def test_each_ticket_is_judged_by_the_list_of_its_own_event(evening):
    here, there = evening.a_list(), evening.a_list(event="fair26", id=9)
    visitor = evening.ticket({"event": "fair26"})
    assert choose([visitor], [here, there], evening.time("18:00")).list == there


def test_of_two_events_the_one_whose_list_takes_the_ticket_is_meant(evening):
    here = evening.a_list(all_items=False, items=(4,))
    there = evening.a_list(event="fair26", id=9)
    visitor, ours = evening.ticket({"event": "fair26"}), evening.ticket()
    choice = choose([ours, visitor], [here, there], evening.time("18:00"))
    assert (choice.ticket, choice.ambiguous) == (visitor, False)


def test_a_parent_s_code_finds_its_add_on_where_the_list_matches_add_ons(evening):
    parent, workshop = ticket(evening, 1), ticket(evening, 2, item=4, addon_to=1)
    room = evening.a_list(all_items=False, items=(4,), addon_match=True)
    assert choose([parent], [room], evening.time("18:00"), addons=[workshop]).ticket == workshop


def test_without_add_on_match_the_parent_stays_the_one_that_is_refused(evening):
    parent, workshop = ticket(evening, 1), ticket(evening, 2, item=4, addon_to=1)
    room = evening.a_list(all_items=False, items=(4,))
    assert choose([parent], [room], evening.time("18:00"), addons=[workshop]).ticket == parent


def test_parent_and_add_on_that_both_fit_are_ambiguous(evening):
    parent, workshop = ticket(evening, 1), ticket(evening, 2, item=4, addon_to=1)
    choice = choose([parent], [evening.a_list(addon_match=True)], evening.time("18:00"), addons=[workshop])
    assert (choice.ticket, choice.ambiguous) == (parent, True)


def test_two_add_ons_of_which_one_is_valid_now_are_not_ambiguous(evening):
    room = evening.a_list(all_items=False, items=(4,), addon_match=True)
    morning = ticket(evening, 2, item=4, addon_to=1, valid_until=evening.time("12:00"))
    late = ticket(evening, 3, item=4, addon_to=1, valid_from=evening.time("17:00"))
    choice = choose([ticket(evening, 1)], [room], evening.time("18:00"), addons=[morning, late])
    assert (choice.ticket, choice.ambiguous) == (late, False)


def test_a_cancelled_ticket_does_not_stand_in_the_way_of_its_successor(evening):
    old, new = ticket(evening, 1, canceled=True), ticket(evening, 2)
    choice = choose([old, new], [evening.list], evening.time("18:00"))
    assert (choice.ticket, choice.ambiguous) == (new, False)


def test_of_cancelled_tickets_alone_the_first_is_refused(evening):
    old, older = ticket(evening, 1, canceled=True, item=9), ticket(evening, 2, canceled=True, item=9)
    gate_list = evening.a_list(all_items=False, items=(1,))
    assert choose([old, older], [gate_list], evening.time("18:00")).ticket == old


@pytest.mark.parametrize(
    ("spans", "meant"),
    [
        ([("08:00", "09:00"), ("20:00", "21:00"), ("19:00", "22:00")], 3),
        ([("08:00", "09:00"), ("10:00", "11:00"), ("09:00", "10:00")], 2),
        ([("08:00", "09:00"), ("20:00", "21:00")], 2),
        ([("20:00", "21:00"), ("20:00", "22:00")], 1),
        ([("08:00", "09:00"), ("07:00", "09:00")], 1),
    ],
)
def test_with_none_valid_now_the_next_is_meant_and_else_the_last(evening, spans, meant):
    found = [
        ticket(evening, number, valid_from=evening.time(begin), valid_until=evening.time(end))
        for number, (begin, end) in enumerate(spans, 1)
    ]
    choice = choose(found, [evening.list], evening.time("18:00"))
    assert (choice.ticket.position.number, choice.ambiguous) == (meant, False)


def test_without_any_that_fits_the_first_is_taken(evening):
    gate_list = evening.a_list(all_items=False, items=(4,))
    choice = choose([ticket(evening, 1), ticket(evening, 2)], [gate_list], evening.time("18:00"))
    assert (choice.ticket.position.number, choice.ambiguous) == (1, False)


def test_a_wristband_of_two_tickets_that_both_fit_is_ambiguous(evening):
    choice = choose([ticket(evening, 1), ticket(evening, 2)], [evening.list], evening.time("18:00"))
    assert choice.ambiguous


@pytest.mark.parametrize("reason", [Reason.INVALID, Reason.REVOKED, Reason.AMBIGUOUS, Reason.ERROR, Reason.PRODUCT])
def test_a_no_without_judging_has_words_too(evening, reason):
    verdict = refuse(reason, Wish(gate="North"), evening.time("18:00"), "n", gate_list=evening.list)
    assert str(verdict.explanation)
    assert (verdict.reason, verdict.gate, verdict.nonce, verdict.list) == (reason, "North", "n", evening.list)
    assert not verdict.admitted


def test_of_several_tickets_the_one_shown_is_named_in_full(evening):
    several = evening.ticket(item=2, variation=7)
    verdict = refuse(Reason.AMBIGUOUS, Wish(), evening.time("18:00"), ticket=several, catalog=evening.catalog)
    assert (verdict.ticket, verdict.item, verdict.variation) == (several, "Student", "Weekend")
