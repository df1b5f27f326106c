"""Vouchers and gift cards at the hub: counted there, told to all stations that sell, and to no steward."""

from __future__ import annotations

import pytest
import requests

from boxoffice.domain.facts import Canceled, GiftCardMoved, Guest, Line, Private, Sold
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.instants import micros
from boxoffice.domain.memberships import Membership
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.ports import Outcome, Role

DONE, LATER, REFUSED = Outcome.DONE, Outcome.LATER, Outcome.REFUSED
EVENT = "conf26"


@pytest.fixture
def codes(hub):
    hub.load(
        Voucher(id=1, event=EVENT, code="Last One", mode=Mode.PERCENT, value=5_000, budget=10_000),
        GiftCard(event=EVENT, code="GIFT2026ABCDEFGH", currency="EUR", value=5_000),
        Membership(event=EVENT, number="M-100", customer="Ada Lovelace"),
    )
    return hub


@pytest.fixture
def sold(at_nine):
    def sold(station, code):
        line = Line(number=1, item=1, price=1150, voucher="LAST ONE", saved=1150)
        fact = Sold(event=EVENT, at=micros(at_nine), order=code, lines=(line,), total=1150)
        return station.write(fact, Private(guests={"1": Guest(secret=f"secret-{code}")}))

    return sold


@pytest.fixture
def moved(at_nine):
    def moved(station, amount, code="gift2026abcdefgh", **more):
        values = {"currency": "EUR", "why": "redeemed", **more}
        fact = GiftCardMoved(event=EVENT, at=micros(at_nine), card="x", amount=amount, **values)
        return station.write(fact, Private(text=code))

    return moved


def told(station, kind):
    return [noun for noun in station.feed() if isinstance(noun, kind)][-1]


def outcomes(receipt):
    return [answer.outcome for answer in receipt.answers]


def test_the_last_use_at_two_tills_is_counted_twice_and_names_both(codes, north, sold):
    south = codes.station("South")
    entry = sold(north, "N1")
    assert outcomes(north.push(entry)) == outcomes(south.push(sold(south, "S1"))) == [DONE]
    north.push(entry)
    voucher = told(north, Voucher)
    assert (voucher.redeemed, voucher.max_usages, voucher.budget_used) == (2, 1, 2300)
    assert [(one.device, one.order) for one in voucher.uses] == [("North", "N1"), ("South", "S1")]


def test_what_is_cancelled_gives_its_voucher_back(codes, north, sold, at_nine):
    north.push(sold(north, "N1"), north.write(Canceled(event=EVENT, at=micros(at_nine), order="N1")))
    assert (told(north, Voucher).redeemed, told(north, Voucher).budget_used) == (0, 0)


def test_a_card_moves_once_and_never_below_nothing(codes, north, moved):
    entry = moved(north, -2_000)
    assert outcomes(north.push(entry, moved(north, 500))) == [DONE, DONE]
    assert outcomes(north.push(entry)) == [DONE]
    receipt = north.push(moved(north, -4_000))
    assert outcomes(receipt) == [REFUSED]
    assert "There were 35.00 EUR left" in receipt.answers[0].because
    assert "top it up, then send this again" in receipt.answers[0].because
    card = told(north, GiftCard)
    assert (card.value, [one.amount for one in card.transactions]) == (3_500, [-2_000, 500])


def test_a_card_comes_into_being_where_it_is_sold_and_is_waited_for_elsewhere(codes, north, moved):
    south = codes.station("South")
    spent = moved(south, -1_000, "new card 1")
    assert outcomes(south.push(spent)) == [LATER]
    assert outcomes(north.push(moved(north, 3_000, "NEWCARD1", new=True, why="sold"))) == [DONE]
    assert outcomes(south.push(spent)) == [DONE]
    assert told(north, GiftCard).value == 2_000


@pytest.mark.parametrize(
    ("more", "why"), [({"currency": "CHF"}, "in EUR, the sale was in CHF"), ({"code": ""}, "not kept any more")]
)
def test_a_move_that_cannot_be_is_refused_in_words(codes, north, moved, more, why):
    receipt = north.push(moved(north, 100, **more))
    assert outcomes(receipt) == [REFUSED]
    assert why in receipt.answers[0].because


def test_whoever_only_scans_is_told_of_no_code_and_moves_none(codes, moved):
    steward = codes.station("Door", Role.STEWARD)
    raw = requests.get(f"{codes.url}/v1/events/{EVENT}/changes", headers=steward.headers, timeout=60).text.casefold()
    assert not [word for word in ("lastone", "last one", "gift2026", "m-100") if word in raw]
    assert outcomes(steward.push(moved(steward, -100))) == [REFUSED]


def test_what_a_till_took_that_was_not_there_is_told_to_whoever_took_it_before(codes, north, moved):
    south = codes.station("South")
    entry = moved(north, -4_000)
    late = moved(south, -3_000)
    assert outcomes(north.push(entry)) == [DONE]
    assert outcomes(south.push(late)) == [REFUSED]
    seen = north.cursor()
    assert outcomes(south.push(late)) == [REFUSED]
    assert north.cursor() == seen  # Heard once, it is no news any more.
    card = told(north, GiftCard)
    assert (card.value, [one.device for one in card.transactions]) == (1_000, ["North"])
    assert [(one.operation, one.device, one.amount) for one in card.turned_away] == [(late.operation, "South", -3_000)]


def test_what_is_booked_after_the_card_was_topped_up_is_no_longer_turned_away(codes, north, moved):
    late = moved(north, -6_000)
    north.push(late, moved(north, 1_000, why="topped_up"), late)
    card = told(north, GiftCard)
    assert (card.value, card.turned_away) == (0, ())
