"""A card payment: every path that the steps allow, and what a terminal's newest transaction proves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.payment import CHARGED, DOUBTFUL, FOR_A_PERSON, Attempt, Illegal, State, Way, after, judge
from boxoffice.domain.payment_steps import (
    Aborted,
    Approved,
    Asked,
    Begun,
    Captured,
    Compared,
    Declined,
    Found,
    Intended,
    Lost,
    NeverSent,
    NotCharged,
    Puzzled,
    ReversalDeclined,
    ReversalLost,
    ReversalSent,
    Reversed,
    Sent,
    Settled,
    Step,
)
from boxoffice.domain.terminals import Evidence, Last, Mark, mask

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BEFORE = Mark(receipt=41, trace=741, terminal_id="52500001")
YES = Evidence(receipt=42, trace=742, terminal_id="52500001", pan="************1234", card="Visa")

STEPS: tuple[Step, ...] = (
    Intended(),
    Compared(mark=BEFORE),
    Sent(),
    Begun(),
    Approved(evidence=YES),
    Captured(),
    Declined(text="No", code="05"),
    Aborted(text="Stop", code="6C"),
    NeverSent(),
    Lost(because="The line is cut"),
    Asked(),
    Found(evidence=YES),
    NotCharged(),
    Puzzled(),
    Settled(charged=True, by="Ana", reason="It printed a slip"),
    Settled(charged=False, by="Ana", reason="It shows nothing"),
    ReversalSent(),
    Reversed(),
    ReversalDeclined(text="No", code="05"),
    ReversalLost(),
)


def attempt(*steps: Step, **more: Any) -> Attempt:
    one = Attempt(
        id="a1",
        operation="sale-1",
        event="conf26",
        amount=1250,
        currency="EUR",
        terminal="Till 1",
        began_at=NINE,
        changed_at=NINE,
        **more,
    )
    for step in steps:
        one = after(one, step, NINE)
    return one


SENT = (Intended(), Compared(mark=BEFORE), Sent())
UNKNOWN = (*SENT, Lost())


def test_the_good_case_keeps_what_the_terminal_said() -> None:
    done = attempt(*SENT, Begun(), Approved(evidence=YES), Captured())
    assert done.state is State.CAPTURED
    assert done.evidence == YES
    assert done.is_stray
    assert done.advice == "Your payment went through."


def test_a_no_keeps_the_terminals_words() -> None:
    done = attempt(*SENT, Begun(), Declined(text="Limit reached", code="61"))
    assert (done.state, done.evidence.text, done.code) == (State.DECLINED, "Limit reached", "61")
    assert "not charged" in done.advice


def test_no_amount_leaves_without_a_baseline() -> None:
    with pytest.raises(Illegal, match="baseline"):
        attempt(Intended(), Sent())


@pytest.mark.parametrize(
    "step", [Declined(text=""), Aborted(text=""), NotCharged(), NeverSent(), Captured(), Found(evidence=YES)]
)
def test_silence_decides_nothing(step: Step) -> None:
    with pytest.raises(Illegal):
        attempt(*UNKNOWN, step)


def test_an_approval_that_was_not_completed_is_unknown() -> None:
    assert attempt(*SENT, Approved(evidence=YES), Lost()).state is State.UNKNOWN


@pytest.mark.parametrize(("by", "reason"), [("", "Seen"), ("Ana", " ")])
def test_nobody_settles_without_name_and_reason(by: str, reason: str) -> None:
    with pytest.raises(Illegal):
        attempt(*UNKNOWN, Settled(charged=True, by=by, reason=reason))


def test_a_reversal_that_was_not_heard_of_is_for_a_person() -> None:
    lost = attempt(*SENT, Approved(evidence=YES), Captured(), ReversalSent(), ReversalLost())
    assert lost.is_doubtful
    assert after(lost, Settled(charged=False, by="Ana", reason="Slip"), NINE).state is State.REVERSED
    assert after(lost, Settled(charged=True, by="Ana", reason="Slip"), NINE).is_charged


@given(st.lists(st.sampled_from(STEPS), max_size=40))
def test_no_path_leads_from_an_amount_that_left_to_a_no_without_a_word(steps: list[Step]) -> None:
    one, left, said = attempt(), False, False
    for step in steps:
        try:
            following = after(one, step, NINE)
        except Illegal:
            continue
        said = said or isinstance(step, Declined | Aborted | NotCharged | Settled)
        left = left or following.state is State.SENT
        one = following
        if not left:
            assert not one.is_charged
            assert not one.is_doubtful
        if left and one.state in (State.DECLINED, State.ABORTED, State.NOT_CHARGED):
            assert said
        assert one.state is not State.CANCELLED or not left
        if one.is_charged:
            assert left
        assert one.state not in FOR_A_PERSON or one.is_doubtful
    assert CHARGED.isdisjoint(DOUBTFUL)


@given(st.lists(st.sampled_from(STEPS), max_size=25))
def test_what_is_decided_stays_decided(steps: list[Step]) -> None:
    one = attempt()
    for step in steps:
        try:
            following = after(one, step, NINE)
        except Illegal:
            continue
        assert one.is_open or one.state in CHARGED
        assert one.state not in CHARGED or following.state is State.REVERSING
        one = following


def last(**other: Any) -> Last:
    about = {key: other.pop(key) for key in ("receipt", "trace", "terminal_id") if key in other}
    values: dict[str, Any] = {"amount": 1250, "currency": "EUR", "at": NINE + timedelta(seconds=30), **other}
    return Last(evidence=msgspec.structs.replace(YES, **about), **values)


SOON = NINE + timedelta(minutes=3)
NOTHING = Last(evidence=Evidence(terminal_id="52500001"))


def test_a_new_payment_that_fits_is_it() -> None:
    assert judge(attempt(*UNKNOWN), last(), SOON) == Found(evidence=YES)


def test_the_payment_from_before_proves_that_nothing_came_after() -> None:
    assert isinstance(judge(attempt(*UNKNOWN), last(receipt=41, trace=741, amount=99), SOON), NotCharged)


def test_a_terminal_that_never_had_a_payment_has_none_now() -> None:
    empty = attempt(Intended(), Compared(mark=Mark(terminal_id="52500001")), Sent(), Lost())
    assert isinstance(judge(empty, NOTHING, SOON), NotCharged)
    elsewhere = Last(evidence=Evidence(terminal_id="52500002"))
    assert isinstance(judge(empty, elsewhere, SOON), Puzzled)


def test_a_terminal_that_did_not_say_what_it_had_is_for_a_person() -> None:
    silent = Mark(terminal_id="52500001", told=False)
    empty = attempt(Intended(), Compared(mark=silent), Sent(), Lost())
    assert isinstance(judge(empty, NOTHING, SOON), Puzzled)
    assert isinstance(judge(empty, last(receipt=1), SOON), Puzzled)


def test_the_first_payment_of_a_terminal_is_found() -> None:
    empty = attempt(Intended(), Compared(mark=Mark(terminal_id="52500001")), Sent(), Lost())
    assert isinstance(judge(empty, last(receipt=1), SOON), Found)


def test_numbers_begin_anew_after_9999() -> None:
    mark = msgspec.structs.replace(BEFORE, receipt=9999)
    wrapped = attempt(Intended(), Compared(mark=mark), Sent(), Lost())
    assert isinstance(judge(wrapped, last(receipt=1), SOON), Found)


@pytest.mark.parametrize(
    "seen",
    [
        NOTHING,
        last(amount=1251),
        last(amount=None),
        last(currency="CHF"),
        last(terminal_id="52500002"),
        last(receipt=41, trace=741, terminal_id="52500002"),
        last(receipt=41, trace=999),
        last(at=None),
        last(at=NINE - timedelta(hours=1)),
        last(at=NINE + timedelta(hours=1)),
        last(approved=False),
        last(is_payment=False),
    ],
)
def test_anything_else_is_for_a_person(seen: Last) -> None:
    found = judge(attempt(*UNKNOWN), seen, SOON)
    assert isinstance(found, Puzzled)
    assert found.because


def test_a_refund_is_not_taken_for_a_payment() -> None:
    refund = attempt(*UNKNOWN, way=Way.REFUND)
    assert isinstance(judge(refund, last(), SOON), Puzzled)
    assert isinstance(judge(refund, last(is_payment=None), SOON), Puzzled)
    assert isinstance(judge(refund, last(is_payment=False), SOON), Found)


@pytest.mark.parametrize(
    ("number", "masked"),
    [("4111111111111234", "************1234"), ("41111111EEEE1234", "************1234"), ("123", "***"), ("", "")],
)
def test_of_a_cards_number_four_digits_are_left(number: str, masked: str) -> None:
    assert mask(number) == masked
