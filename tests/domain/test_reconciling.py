"""Two sides of a till's day that do not agree: each difference has its cause and the next step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.payment import Attempt, State, Way
from boxoffice.domain.reconciling import (
    CAUSES,
    NEXT,
    Cause,
    Drawer,
    Elsewhere,
    Entered,
    Line,
    Sent,
    Sum,
    reconcile,
    summed,
)
from boxoffice.domain.terminals import TerminalDay

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)


def entered(receipt: int = 1, amount: int = 4_500, **more: Any) -> Entered:
    values: dict[str, Any] = {"tender": "cash", "server": amount, "cashier": "Ana", "period": "Z 1", **more}
    return Entered(receipt=receipt, order=f"A{receipt}", station="Till 1", at=NINE, amount=amount, **values)


def attempt(state: State, amount: int = 4_500, **more: Any) -> Attempt:
    values = {"id": "a1", "operation": "sale-1", "terminal": "Card 1", **more}
    return Attempt(event="conf26", amount=amount, currency="EUR", state=state, began_at=NINE, changed_at=NINE, **values)


def day(own: int | None, ours: int, **more: Any) -> TerminalDay:
    return TerminalDay(id="d1", terminal="Card 1", at=NINE, currency="EUR", amount=own, ours=ours, **more)


def causes(
    entries: Any = (), attempts: Any = (), days: Any = (), drawers: Any = (), sold: Any = frozenset()
) -> list[tuple[Cause, int | None]]:
    found = reconcile(entries, attempts, days, drawers, sold=sold)
    return [(one.cause, one.receipt) for one in found.differences]


def test_where_all_agree_there_is_nothing_to_do() -> None:
    found = reconcile([entered(), entered(2, 500)], [attempt(State.CAPTURED, receipt=3)], [day(900, 900)], [])
    assert found.differences == ()
    assert found.lines == (
        Line(station="Till 1", period="Z 1", cashier="Ana", tender="cash", ours=Sum(2, 5_000), server=Sum(2, 5_000)),
    )


@pytest.mark.parametrize(
    ("one", "cause"),
    [
        (entered(sent=Sent.WAITING, server=None), Cause.NOT_SENT),
        (entered(sent=Sent.REFUSED, server=None, words="No such order"), Cause.REFUSED),
        (entered(server=None), Cause.NOT_THERE),
        (entered(server=4_000), Cause.OTHER_AMOUNT),
    ],
)
def test_what_the_server_has_not_or_has_otherwise(one: Entered, cause: Cause) -> None:
    assert causes([one]) == [(cause, 1)]


@pytest.mark.parametrize("state", [State.UNKNOWN, State.NEEDS_HUMAN, State.REVERSAL_UNKNOWN])
def test_a_card_that_may_have_been_charged(state: State) -> None:
    [found] = reconcile([], [attempt(state)], [], []).differences
    assert (found.cause, found.ours, found.theirs, found.perhaps) == (Cause.UNKNOWN, 0, None, 4_500)


def test_a_card_that_was_charged_for_a_sale_that_did_not_happen() -> None:
    assert causes(attempts=[attempt(State.CAPTURED)]) == [(Cause.NOT_TAKEN_BACK, None)]


def test_a_card_that_was_charged_twice_for_one_sale() -> None:
    once = attempt(State.CAPTURED, receipt=1)
    twice = attempt(State.CAPTURED, id="a2")
    assert causes(attempts=[once, twice]) == [(Cause.DOUBLE, None)]
    assert causes(attempts=[attempt(State.CAPTURED)], sold=frozenset({"sale-1"})) == [(Cause.DOUBLE, None)]
    assert [cause for cause, _ in causes(attempts=[attempt(State.CAPTURED), twice])] == [
        Cause.NOT_TAKEN_BACK,
        Cause.DOUBLE,
    ]


@pytest.mark.parametrize("state", [State.DECLINED, State.ABORTED, State.NOT_CHARGED, State.CANCELLED, State.REVERSED])
def test_a_card_that_was_not_charged_is_no_difference(state: State) -> None:
    assert causes(attempts=[attempt(state)]) == []


@pytest.mark.parametrize(
    ("typed", "slip"),
    [(4_500, 5_400), (4_500, 450), (4_500, 45_000), (12_340, 12_430), (4_500, 0)],
)
def test_an_end_of_day_that_differs_by_one_mistyped_amount(typed: int, slip: int) -> None:
    entries = [entered(7, typed, tender="card", by_hand=True), entered(8, 999, tender="card", by_hand=True)]
    charged = [attempt(State.CAPTURED, one.amount, receipt=one.receipt) for one in entries]
    assert causes(entries, charged, [day(20_000 + slip, 20_000 + typed)]) == [(Cause.TYPED, 7)]


@pytest.mark.parametrize(("slip", "cause"), [(4_500, Cause.BY_HAND), (5_400, Cause.TYPED), (4_600, Cause.UNEXPLAINED)])
def test_a_card_that_was_typed_by_hand_and_charged_at_a_terminal_of_the_till(slip: int, cause: Cause) -> None:
    by_hand = entered(7, 4_500, tender="card", by_hand=True)
    elsewhere = attempt(State.CAPTURED, receipt=7, terminal="by hand")
    found = causes([by_hand], [elsewhere], [day(20_000 + slip, 20_000)])
    assert found == [(cause, None if cause is Cause.UNEXPLAINED else 7)]


@pytest.mark.parametrize(
    ("state", "own", "sold", "cause"),
    [
        (State.NOT_CHARGED, 24_500, {"sale-1"}, (Cause.DOUBLE, None)),
        (State.NOT_CHARGED, 24_500, set(), (Cause.NOT_TAKEN_BACK, None)),
        (State.CAPTURED, 15_500, {"sale-1"}, (Cause.NOT_CHARGED, 7)),
        (State.CAPTURED, 24_500, {"sale-1"}, (Cause.UNEXPLAINED, None)),
        (State.REVERSED, 24_500, {"sale-1"}, (Cause.UNEXPLAINED, None)),
    ],
)
def test_an_end_of_day_that_says_otherwise_than_the_person_who_settled_a_card(
    state: State, own: int, sold: Any, cause: Any
) -> None:
    said = attempt(state, settled_by="Ana", receipt=7 if state is State.CAPTURED else None)
    assert causes(attempts=[said], days=[day(own, 20_000)], sold=frozenset(sold)) == [cause]
    of_another_day = day(own, 20_000, since=NINE)
    assert causes(attempts=[said], days=[of_another_day], sold=frozenset(sold)) == [(Cause.UNEXPLAINED, None)]


def test_an_end_of_day_that_has_a_payment_in_doubt() -> None:
    found = causes(attempts=[attempt(State.UNKNOWN)], days=[day(24_500, 20_000)])
    assert found == [(Cause.UNKNOWN, None), (Cause.UNKNOWN, None)]


@pytest.mark.parametrize(("way", "sign"), [(Way.CHARGE, 1), (Way.REFUND, -1)])
def test_an_end_of_day_is_blamed_on_a_card_without_a_receipt_if_it_differs_by_that(way: Way, sign: int) -> None:
    stray = attempt(State.CAPTURED, way=way)
    assert causes(attempts=[stray], days=[day(20_000 + sign * 4_500, 20_000)])[-1] == (Cause.NOT_TAKEN_BACK, None)
    for other in (20_000 - sign * 4_500, 20_000 + sign * 4_499):
        assert causes(attempts=[stray], days=[day(other, 20_000)])[-1] == (Cause.UNEXPLAINED, None)


def test_an_end_of_day_that_nothing_explains() -> None:
    assert causes([entered(7, 4_500, tender="card", by_hand=True)], days=[day(20_011, 20_000)]) == [
        (Cause.UNEXPLAINED, None)
    ]


def test_a_terminal_that_says_no_sum_is_shown_and_blamed_for_nothing() -> None:
    found = reconcile([], [], [day(None, 20_000, ours_number=3)], [])
    assert found.differences == ()
    assert (found.terminals[0].ours, found.terminals[0].own) == (Sum(3, 20_000), None)


def test_a_drawer_that_was_short() -> None:
    short = Drawer(period="Z 3", at=NINE, station="Till 1", cashier="Ana", expected=20_000, counted=19_500)
    found = reconcile([], [], [], [short])
    (one,) = found.differences
    assert (one.cause, one.ours, one.theirs, one.about) == (Cause.MISCOUNTED, 20_000, 19_500, "Z 3")


def test_other_tills_stand_beside_ours_as_the_server_tells_of_them() -> None:
    found = reconcile(
        [entered()], [], [], [], [Elsewhere(station="Till 2", cashier="Ben", tender="card", amount=900)] * 2
    )
    assert [(one.station, one.ours, one.server) for one in found.lines] == [
        ("Till 1", Sum(1, 4_500), Sum(1, 4_500)),
        ("Till 2", None, Sum(2, 1_800)),
    ]


def test_sums_by_one_side_leave_other_tills_apart() -> None:
    others = [Elsewhere(station="Till 2", cashier="Ben", tender="cash", amount=900)]
    found = reconcile([entered(), entered(2, 500, cashier="Eve")], [], [], [], others)
    assert [(one.station, one.tender, one.ours, one.server) for one in summed(found.lines, ["tender"])] == [
        ("", "cash", Sum(2, 5_000), Sum(2, 5_000)),
        ("Till 2", "cash", None, Sum(1, 900)),
    ]


def test_every_cause_is_named_and_says_what_to_do_next() -> None:
    assert set(CAUSES) == set(NEXT) == set(Cause)
