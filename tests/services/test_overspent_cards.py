"""A gift card from which two tills that could not hear of each other took more than was on it: both are told."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.checkins import Settlement
from boxoffice.domain.conflicts import Kind, id_of_refusal
from boxoffice.domain.facts import GiftCardMoved, Private
from boxoffice.domain.gift_cards import GiftCard, Transaction, name_of
from boxoffice.domain.instants import micros
from boxoffice.services import disagree
from boxoffice.storage import conflicts, journal, outbox

CODE = "CARD0000AAAABBBB"


class Till:
    """One of the two, and what it hears of the card."""

    def __init__(self, counter: Any) -> None:
        self.app = counter.app
        self.counter = counter
        self.north = Transaction(operation="n", amount=-4_000, at=counter.at("18:00"), device="North", person="Ada")
        self.south = Transaction(operation="s", amount=-3_000, at=counter.at("18:04"), device="South", person="Grace")

    def hear(self, *booked: Transaction, late: tuple[Transaction, ...] = ()) -> None:
        value = 5_000 + sum(one.amount for one in booked)
        card = GiftCard(event="conf26", code=CODE, currency="EUR", value=value, transactions=booked, turned_away=late)
        self.counter.day.hear(card)

    def take(self, operation: str) -> None:
        at = micros(self.counter.at("18:04"))
        fact = GiftCardMoved(event="conf26", at=at, card=name_of(CODE), amount=-3_000, currency="EUR", why="redeemed")
        self.counter.write(lambda c: journal.append(c, operation, fact, Private(text=CODE, operator="Grace")))

    def refused(self, operation: str) -> None:
        at = self.counter.at("18:05")
        self.counter.write(lambda c: disagree.look_at_refusal(c, operation, "There was less left.", at))

    def decide(self, action: str) -> None:
        """Somebody at another station does."""
        self.counter.day.hear(
            Settlement(event="conf26", conflict=id_of_refusal("s"), action=action, at=self.counter.at("19:00"))
        )

    @property
    def told(self) -> list[Any]:
        return self.app.read(conflicts.open_ones)

    @property
    def parked(self) -> int:
        return self.app.read(outbox.counts).parked


@pytest.fixture
def till(counter: Any) -> Till:
    return Till(counter)


def sides(conflict: Any) -> list[tuple[str, str, str]]:
    return [(one.device, one.person, one.words) for one in conflict.sides]


def test_the_till_that_was_first_is_told_of_the_other_and_of_itself(till: Till) -> None:
    till.hear(till.north, late=(till.south,))
    [found] = till.told
    assert found.kind is Kind.CARD_OVERSPENT
    assert sides(found) == [
        ("", "", "CARD0000AAA…"),
        ("North", "Ada", "-40.00 EUR"),
        ("South", "Grace", "-30.00 EUR"),
    ]


def test_the_till_that_was_last_sees_the_first_beside_what_was_refused(till: Till) -> None:
    till.take("s")
    till.refused("s")
    till.hear(till.north, late=(till.south,))
    [found] = till.told
    assert (found.kind, found.sides[0].nonce) == (Kind.REFUSED_ACT, "s")
    assert sides(found)[1:] == [("", "", "There was less left."), ("North", "Ada", "-40.00 EUR")]


def test_it_sees_it_also_where_it_hears_of_the_card_before_its_answer(till: Till) -> None:
    till.take("s")
    till.hear(till.north, late=(till.south,))
    assert till.told == []
    till.refused("s")
    [found] = till.told
    assert [one.device for one in found.sides] == [till.app.station.name, "", "North"]


def test_a_note_stays_where_more_is_known(till: Till) -> None:
    till.take("s")
    till.refused("s")
    till.decide("escalate")
    till.hear(till.north, late=(till.south,))
    [found] = till.told
    assert (found.action, len(found.sides)) == ("escalate", 3)


def test_once_the_card_was_topped_up_and_it_is_booked_there_is_nothing_to_settle(till: Till) -> None:
    till.hear(till.north, late=(till.south,))
    till.hear(till.north, till.south)
    assert till.told == []


def test_whoever_settles_it_has_settled_it_for_all(till: Till) -> None:
    till.hear(till.north, late=(till.south,))
    till.decide("accept")
    assert till.told == []
    till.hear(till.north, late=(till.south,))
    assert till.told == []


def test_what_was_refused_is_given_up_where_somebody_elsewhere_accepts_it(till: Till) -> None:
    till.take("s")
    till.refused("s")
    assert till.parked == 1
    till.decide("escalate")
    assert till.parked == 1
    till.decide("accept")
    assert (till.told, till.parked) == ([], 0)
