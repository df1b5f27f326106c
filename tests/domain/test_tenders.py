"""Paying a bill: every means, several at once, and cash where the small coins are gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import cash
from boxoffice.domain.documents import Tendered
from boxoffice.domain.tenders import Lacking, Means, Offer, Settled, for_order, open_in_cash, settle


def by(means: Means, amount: int) -> Offer:
    return Offer(means=means, amount=amount)


def test_cash_gives_change() -> None:
    done = settle(1250, [by(Means.CASH, 2000)])
    assert isinstance(done, Settled)
    assert (done.tendered[0].amount, done.tendered[0].given, done.change) == (1250, 2000, 750)


def test_no_card_is_charged_more_than_the_bill() -> None:
    assert settle(1250, [by(Means.CARD, 2000)]) == Lacking(
        due=0, because="Only cash gives change: the other tenders come to more than the bill."
    )


def test_a_bill_that_is_not_covered_says_what_is_open() -> None:
    assert settle(1250, [by(Means.GIFT_CARD, 500)]) == Lacking(due=750)
    assert settle(1250, [by(Means.GIFT_CARD, 500), by(Means.CASH, 700)]) == Lacking(due=50)


def test_only_what_is_paid_in_cash_is_rounded() -> None:
    done = settle(1003, [by(Means.CARD, 500), by(Means.CASH, 1000)], step=5)
    assert isinstance(done, Settled)
    assert [one.amount for one in done.tendered] == [500, 505]
    assert (done.rounding, done.change) == (2, 495)
    alone = settle(1003, [by(Means.CARD, 1003)], step=5)
    assert isinstance(alone, Settled)
    assert alone.rounding == 0


def test_money_that_goes_back_rounds_as_it_came() -> None:
    came = settle(1003, [by(Means.CASH, 1005)], step=5)
    went = settle(-1003, [by(Means.CASH, -1005)], step=5)
    assert isinstance(came, Settled)
    assert isinstance(went, Settled)
    assert came.rounding == -went.rounding == 2


def test_no_more_goes_back_than_the_bill_says() -> None:
    assert isinstance(settle(-1000, [by(Means.CASH, -1100)]), Lacking)
    assert isinstance(settle(-1000, [by(Means.CARD, -1100)]), Lacking)
    assert isinstance(settle(-1000, [by(Means.CASH, 1000)]), Lacking)


def test_what_costs_nothing_is_settled_by_nothing() -> None:
    assert settle(0, []) == Settled(tendered=())


def test_an_invoice_covers_the_bill_and_the_money_comes_later() -> None:
    done = settle(1000, [by(Means.CASH, 400), by(Means.INVOICE, 600)])
    assert isinstance(done, Settled)
    assert done.later == 600


@given(
    st.integers(-(10**7), 10**7).filter(bool),
    st.lists(st.integers(0, 100), max_size=3),
    st.integers(0, 10**6),
    st.sampled_from((1, 5, 10, 50, 100)),
)
def test_the_tenders_come_to_the_bill_and_its_rounding(total: int, shares: list[int], more: int, step: int) -> None:
    sign = -1 if total < 0 else 1
    offers: list[Offer] = []
    for share in shares:
        rest = total - sum(one.amount for one in offers)
        offers.append(by(Means.CARD, sign * (abs(rest) * share // 100)))
    in_cash = open_in_cash(total, offers, step)
    done = settle(total, [*offers, by(Means.CASH, in_cash + (more if sign > 0 else 0))], step)
    assert isinstance(done, Settled)
    assert sum(one.amount for one in done.tendered) == total + done.rounding
    assert abs(done.rounding) * 2 <= step
    assert done.change == (more if sign > 0 else 0)
    assert done.tendered[-1].amount % step == 0


@pytest.mark.parametrize(
    ("due", "currency", "keys"),
    [
        (1250, "EUR", (1250, 1300, 1400, 1500, 2000)),
        (1000, "EUR", (1000, 2000, 5000, 10_000, 20_000)),
        (4380, "USD", (4380, 4500, 5000, 6000, 10_000)),
        (3200, "JPY", (3200, 3500, 4000, 5000, 10_000)),
        (0, "EUR", ()),
    ],
)
def test_quick_amounts_are_the_sum_and_what_comes_next_in_notes(due: int, currency: str, keys: tuple[int, ...]) -> None:
    assert cash.quick_amounts(due, currency) == keys


@pytest.mark.parametrize(
    ("due", "given_", "currency", "unlikely"),
    [
        (4500, 4500, "EUR", False),
        (4500, 20_000, "EUR", False),
        (450, 2050, "EUR", False),
        (38_000, 40_000, "EUR", False),
        (4500, 30_000, "EUR", True),
        (4500, 27_144_800, "EUR", True),
        (4500, 123_400, "CHF", True),
        (1200, 4714, "JPY", True),
        (1200, 10_000, "JPY", False),
        (12_500, 20_000, "KWD", False),
        (12_500, 271_448_000, "KWD", True),
        (4500, 2714, "EUR", False),
        (0, 10_000, "EUR", False),
        (-4500, 27_144_800, "EUR", False),
    ],
)
def test_nobody_hands_over_a_note_that_only_comes_back(due: int, given_: int, currency: str, unlikely: bool) -> None:
    assert cash.unlikely(due, given_, currency) is unlikely


@given(st.integers(1, 10**7), st.sampled_from(("EUR", "CHF", "JPY", "KWD", "XYZ")))
def test_what_a_key_offers_is_never_asked_about(due: int, currency: str) -> None:
    assert not any(cash.unlikely(due, key, currency) for key in cash.quick_amounts(due, currency))


@given(st.integers(1, 10**7), st.sampled_from(("EUR", "CHF", "JPY", "KWD", "XYZ")))
def test_quick_amounts_are_enough(due: int, currency: str) -> None:
    keys = cash.quick_amounts(due, currency)
    assert keys[0] == due
    assert list(keys) == sorted(set(keys))


@pytest.mark.parametrize("currency", ["EUR", "CHF", "SEK", "HUF", "CNY", "JPY", "KWD", "XYZ"])
def test_what_cash_is_rounded_to_can_be_paid_in_the_coins_there_are(currency: str) -> None:
    assert cash.step(currency) % cash.denominations(currency)[0] == 0


def test_what_is_put_on_gift_cards_is_no_payment_for_the_order() -> None:
    cash_and_gift_card = (
        Tendered(tender="cash", amount=3_005, rounding=2),
        Tendered(tender="giftcard", amount=2_000),
    )
    assert for_order(cash_and_gift_card, 5_003) == [3_003, 2_000]
    assert for_order(cash_and_gift_card, 2_500) == [500, 2_000]
    assert for_order((Tendered(tender="cash", amount=-500),), -500) == [-500]
