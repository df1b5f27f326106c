"""Every row of the table by which a scan is judged: entry, exit, and force."""

from __future__ import annotations

from datetime import timedelta

import pytest

from boxoffice.domain.gate import Direction, Reason
from boxoffice.domain.orders import Payment, PaymentState, Status

NEVER = {"==": [1, 2]}


def arrange_canceled_position(evening):
    return evening.ticket(canceled=True)


def arrange_canceled_order(evening):
    return evening.ticket({"status": Status.CANCELED})


def arrange_expired_order(evening):
    return evening.ticket({"status": Status.EXPIRED})


def arrange_blocked(evening):
    return evening.ticket(blocked=True)


def arrange_unapproved(evening):
    return evening.ticket({"status": Status.PENDING, "require_approval": True, "valid_if_pending": True})


def arrange_too_early(evening):
    return evening.ticket(valid_from=evening.time("18:01"))


def arrange_too_late(evening):
    return evening.ticket(valid_until=evening.time("17:59"))


def arrange_other_item(evening):
    evening.list = evening.a_list(all_items=False, items=(4,))
    return evening.ticket()


def arrange_other_date(evening):
    evening.list = evening.a_list(subevent=11)
    return evening.ticket(subevent=12)


def arrange_no_date(evening):
    evening.list = evening.a_list(subevent=11)
    return evening.ticket()


def arrange_unpaid(evening):
    return evening.ticket({"status": Status.PENDING})


def arrange_rules(evening):
    evening.list = evening.a_list(rules=NEVER)
    return evening.ticket()


def arrange_broken_rules(evening):
    evening.list = evening.a_list(rules={"frobnicate": [1]})
    return evening.ticket()


def arrange_incomplete(evening):
    evening.asks(required=True, question={"en": "Vegetarian?"})
    return evening.ticket()


def arrange_used(evening):
    evening.passed("17:04")
    return evening.ticket()


ROWS = [
    (arrange_canceled_position, Reason.CANCELED, "This ticket of the order A7B9C was cancelled", False),
    (arrange_canceled_order, Reason.CANCELED, "The order A7B9C was cancelled", False),
    (arrange_expired_order, Reason.CANCELED, "The order A7B9C was not paid in time", False),
    (arrange_blocked, Reason.BLOCKED, "This ticket is blocked; ask the organiser", False),
    (arrange_unapproved, Reason.UNAPPROVED, "The order A7B9C still waits for approval", False),
    (arrange_too_early, Reason.INVALID_TIME, "Not valid before 21 Nov 18:01", True),
    (arrange_too_late, Reason.INVALID_TIME, "Was valid until 21 Nov 17:59", True),
    (arrange_other_item, Reason.PRODUCT, "Regular does not get in at Main entrance", False),
    (arrange_other_date, Reason.PRODUCT, "Belongs to Sunday, not Saturday", False),
    (arrange_no_date, Reason.PRODUCT, "Belongs to no date; this is Saturday", False),
    (arrange_unpaid, Reason.UNPAID, "Paid tickets only; 23.00 EUR open", False),
    (arrange_rules, Reason.RULES, "A rule of this list says no", True),
    (arrange_broken_rules, Reason.RULES, "The rules of Main entrance make no sense: frobnicate is not known", True),
    (arrange_incomplete, Reason.INCOMPLETE, "To be answered first: Vegetarian?", True),
    (arrange_used, Reason.ALREADY_REDEEMED, "Inside since 21 Nov 17:04: North, Door 1", True),
]
rows = pytest.mark.parametrize(
    ("arrange", "reason", "because", "exit_passes"),
    ROWS,
    ids=[row[0].__name__.removeprefix("arrange_") for row in ROWS],
)


def test_a_good_ticket_gets_in(evening):
    verdict = evening.scan()
    assert verdict.reason is Reason.OK
    assert (verdict.item, verdict.explanation, verdict.first_entry, verdict.questions) == ("Regular", None, None, ())
    assert not verdict.forced
    assert not verdict.repeated


@rows
def test_an_entry_is_refused_with_its_reason_in_words(evening, arrange, reason, because, exit_passes):
    verdict = evening.scan(arrange(evening))
    assert (verdict.reason, str(verdict.explanation)) == (reason, because)
    assert verdict.ticket is not None
    assert verdict.item == "Regular"


@rows
def test_an_exit_fails_only_for_what_is_wrong_with_the_ticket(evening, arrange, reason, because, exit_passes):
    verdict = evening.scan(arrange(evening), direction="exit")
    assert verdict.reason is (Reason.OK if exit_passes else reason)
    assert verdict.direction is Direction.EXIT


@rows
def test_force_lets_in_and_says_what_it_went_past(evening, arrange, reason, because, exit_passes):
    verdict = evening.scan(arrange(evening), force=True)
    assert verdict.reason is Reason.OK
    assert verdict.forced
    assert verdict.overruled == (reason,)
    assert str(verdict.explanation) == because
    assert verdict.unaware is (reason is not Reason.ALREADY_REDEEMED)


@rows
def test_each_row_speaks_before_those_that_come_after_it(evening, arrange, reason, because, exit_passes):
    """A ticket with which everything is wrong from this row on is refused for this row."""
    later = [row for row in ROWS if ROWS.index(row) >= [one[0] for one in ROWS].index(arrange)]
    ticket = _with_everything_wrong(evening, {row[1] for row in later})
    assert evening.scan(ticket).reason is reason


def _with_everything_wrong(evening, reasons):
    order, position, gate_list = {}, {}, {}
    if Reason.CANCELED in reasons:
        position["canceled"] = True
    if Reason.BLOCKED in reasons:
        position["blocked"] = True
    if Reason.UNAPPROVED in reasons:
        order |= {"status": Status.PENDING, "require_approval": True}
    if Reason.INVALID_TIME in reasons:
        position["valid_until"] = evening.time("01:00")
    if Reason.PRODUCT in reasons:
        gate_list |= {"all_items": False, "items": (4,), "subevent": 11}
    if Reason.UNPAID in reasons:
        order["status"] = Status.PENDING
    if Reason.RULES in reasons:
        gate_list["rules"] = NEVER
    if Reason.INCOMPLETE in reasons:
        evening.asks(required=True)
    evening.passed("17:04")
    evening.list = evening.a_list(**gate_list)
    return evening.ticket(order, **position)


def test_force_lists_everything_that_it_went_past(evening):
    ticket = _with_everything_wrong(evening, set(Reason))
    verdict = evening.scan(ticket, force=True)
    assert verdict.overruled == (
        Reason.CANCELED,
        Reason.BLOCKED,
        Reason.UNAPPROVED,
        Reason.INVALID_TIME,
        Reason.PRODUCT,
        Reason.PRODUCT,
        Reason.UNPAID,
        Reason.RULES,
        Reason.INCOMPLETE,
        Reason.ALREADY_REDEEMED,
    )
    assert not verdict.unaware


def test_force_on_a_good_ticket_is_an_ordinary_entry(evening):
    verdict = evening.scan(force=True)
    assert (verdict.reason, verdict.forced, verdict.overruled) == (Reason.OK, False, ())


def test_a_secret_on_the_list_of_blocked_ones_is_blocked(evening):
    assert evening.scan(blocked=True).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("minutes", "reason"), [(-1, Reason.INVALID_TIME), (0, Reason.OK), (60, Reason.OK), (61, Reason.INVALID_TIME)]
)
def test_validity_includes_both_its_ends(evening, minutes, reason):
    begin = evening.time("18:00") - timedelta(minutes=minutes)
    ticket = evening.ticket(valid_from=begin, valid_until=begin + timedelta(minutes=60))
    assert evening.scan(ticket).reason is reason


@pytest.mark.parametrize(
    ("accepted", "include_pending", "valid_if_pending", "reason"),
    [
        (False, False, False, Reason.UNPAID),
        (True, False, False, Reason.UNPAID),
        (False, True, False, Reason.UNPAID),
        (True, True, False, Reason.OK),
        (False, False, True, Reason.OK),
    ],
)
def test_an_unpaid_ticket_gets_in_if_accepted_here_or_valid_anyway(
    evening, accepted, include_pending, valid_if_pending, reason
):
    evening.list = evening.a_list(include_pending=include_pending)
    ticket = evening.ticket({"status": Status.PENDING, "valid_if_pending": valid_if_pending})
    assert evening.scan(ticket, accept_unpaid=accepted).reason is reason


def test_approval_matters_only_while_the_order_is_pending(evening):
    assert evening.scan(evening.ticket({"require_approval": True})).reason is Reason.OK


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("JPY", " 2300 JPY"), ("XOF", " 2300 XOF"), ("KWD", " 2.300 KWD"), ("JOD", " 2.300 JOD"), ("USD", " 23.00 USD")],
)
def test_what_is_open_is_said_in_the_money_of_the_event(evening, currency, amount):
    evening.event = evening.changed(evening.event, currency=currency)
    assert amount in str(evening.scan(evening.ticket({"status": Status.PENDING})).explanation)


def test_what_was_paid_in_part_is_not_open(evening):
    part = Payment(id="P-1", amount=800, state=PaymentState.CONFIRMED)
    said = str(evening.scan(evening.ticket({"status": Status.PENDING, "payments": (part,)})).explanation)
    assert said == "Paid tickets only; 15.00 EUR open"


def test_a_date_without_a_name_of_its_own_is_named_by_its_time(evening):
    evening.subevents = {key: evening.changed(one, name={"en": "Show"}) for key, one in evening.subevents.items()}
    evening.list = evening.a_list(subevent=11)
    said = str(evening.scan(evening.ticket(subevent=12)).explanation)
    assert said == "Belongs to 22 Nov 09:00, not 21 Nov 09:00"


def test_dates_that_are_not_known_here_are_still_told_apart(evening):
    evening.list = evening.a_list(subevent=98)
    assert str(evening.scan(evening.ticket(subevent=99)).explanation) == "Belongs to another date"


def test_staff_texts_and_attention_come_from_order_item_and_variation(evening):
    evening.items[2] = evening.changed(evening.items[2], checkin_text="Check the student card", checkin_attention=True)
    ticket = evening.ticket({"checkin_text": "Badge is at the help desk"}, item=2, variation=7)
    verdict = evening.scan(ticket)
    assert verdict.attention
    assert verdict.texts == ("Badge is at the help desk", "Check the student card", "Orange band")
    assert verdict.variation == "Weekend"


@pytest.mark.parametrize("where", ["order", "item", "variation", "nowhere"])
def test_one_of_order_item_and_variation_is_enough_for_attention(evening, where):
    item = evening.items[2]
    variations = (evening.changed(item.variations[0], checkin_attention=where == "variation"),)
    evening.items[2] = evening.changed(item, checkin_attention=where == "item", variations=variations)
    ticket = evening.ticket({"checkin_attention": where == "order"}, item=2, variation=7)
    assert evening.scan(ticket).attention is (where != "nowhere")


def test_a_refusal_shows_texts_and_attention_too(evening):
    evening.passed("17:00")
    verdict = evening.scan(evening.ticket({"checkin_text": "Call Ben", "checkin_attention": True}))
    assert (verdict.reason, verdict.texts, verdict.attention) == (Reason.ALREADY_REDEEMED, ("Call Ben",), True)


def test_add_ons_are_named_for_handing_out(evening):
    ticket = evening.ticket()
    more = (
        evening.ticket(number=2, item=4, addon_to=1).position,
        evening.ticket(number=3, item=2, variation=7, addon_to=1).position,
        evening.ticket(number=4, item=4, addon_to=1, canceled=True).position,
        evening.ticket(number=5, item=4).position,
        evening.ticket(number=6, item=99, addon_to=1).position,
    )
    order = evening.changed(ticket.order, positions=(ticket.position, *more))
    verdict = evening.scan(evening.changed(ticket, order=order))
    assert verdict.addons == ("Workshop", "Student, Weekend", "#99")
