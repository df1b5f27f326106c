"""What the acts of the till and the desk make of an order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from boxoffice.domain import changes
from boxoffice.domain.facts import (
    Canceled,
    Change,
    Edited,
    Guest,
    Line,
    Paid,
    Private,
    Reactivated,
    Refunded,
    Sold,
    order_of,
    subject_of,
)
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Status

NOBODY = Private()
WHERE = {"event": "conf26", "at": micros(datetime(2026, 11, 21, 9, 0, tzinfo=UTC)), "order": "SALE1"}
SALE = Sold(
    **WHERE,
    lines=(
        Line(number=1, item=1, price=11900),
        Line(number=2, item=4, price=4760, addon_to=1),
        Line(number=3, item=1, price=11900),
    ),
    total=28560,
)
WHO = Private(guests={"1": Guest(secret="s1", name="Ada"), "2": Guest(secret="s2"), "3": Guest(secret="s3")})


def done(order: Order | None, *facts, private: Private = NOBODY) -> Order:
    for number, fact in enumerate(facts):
        after = changes.after(order, fact, private, f"op{number}-{type(fact).__name__}")
        assert isinstance(after, Order), after
        order = after
    assert order is not None
    return order


@pytest.fixture
def sold():
    return done(None, SALE, private=WHO)


@pytest.fixture
def paid(sold):
    return done(sold, Paid(**WHERE, amount=28560, tender="cash"))


def test_a_sale_is_an_order_that_waits_for_its_money(sold):
    assert (sold.status, sold.total, sold.paid) == (Status.PENDING, 28560, 0)
    assert [(one.secret, one.addon_to) for one in sold.positions] == [("s1", None), ("s2", 1), ("s3", None)]
    assert sold.positions[0].name == "Ada"


def test_a_free_sale_is_paid():
    assert done(None, Sold(**WHERE, lines=(Line(number=1, item=1),), total=0), private=WHO).status is Status.PAID


def test_the_order_is_paid_when_all_tenders_are_there(sold):
    half = done(sold, Paid(**WHERE, amount=20000, tender="cash"))
    assert half.status is Status.PENDING
    whole = changes.after(half, Paid(**WHERE, amount=8560, tender="card"), Private(), "card")
    assert (whole.status, whole.paid) == (Status.PAID, 28560)


def test_an_act_that_comes_twice_counts_once(paid, sold):
    assert done(paid, Paid(**WHERE, amount=28560, tender="cash")) == paid
    assert done(sold, SALE, private=WHO) == sold
    refund = Refunded(**WHERE, amount=100, tender="cash")
    assert done(done(paid, refund), refund).paid == 28460
    canceled = done(paid, Canceled(**WHERE))
    assert done(canceled, Canceled(**WHERE)) == canceled


def test_no_more_is_given_back_than_was_paid(paid):
    rest = done(paid, Refunded(**WHERE, amount=28000, tender="cash"))
    told = changes.after(rest, Refunded(**WHERE, amount=561, tender="cash"), Private(), "again")
    assert told == "No more than was paid for SALE1 can be given back."


def test_a_position_goes_with_its_add_ons(paid):
    left = done(paid, Canceled(**WHERE, positions=(1,)))
    assert [one.canceled for one in left.positions] == [True, True, False]
    assert (left.total, left.status) == (11900, Status.PAID)
    assert "last position" in changes.after(left, Canceled(**WHERE, positions=(3,)), Private(), "x")
    assert "no such position" in changes.after(left, Canceled(**WHERE, positions=(9,)), Private(), "x")


def test_a_cancelled_order_can_be_made_valid_again(paid, sold):
    canceled = done(paid, Canceled(**WHERE, fee=500))
    assert (canceled.status, canceled.fees[0].amount) == (Status.CANCELED, 500)
    assert done(canceled, Reactivated(**WHERE)).status is Status.PAID
    assert done(done(sold, Canceled(**WHERE)), Reactivated(**WHERE)).status is Status.PENDING
    assert done(paid, Reactivated(**WHERE)) == paid


def test_an_edit_changes_what_it_saw(paid):
    change = Private(changes={"name": Change("Ada", "Ada Lovelace")})
    edited = done(paid, Edited(**WHERE, position=1, item=3, variation=2), private=change)
    assert (edited.positions[0].name, edited.positions[0].item, edited.positions[0].variation) == ("Ada Lovelace", 3, 2)
    assert edited.positions[2] == paid.positions[2]


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_told(paid):
    change = Private(changes={"name": Change("Adda", "Ada Lovelace")})
    told = changes.after(paid, Edited(**WHERE, position=1), change, "x")
    assert told == "Somebody else has changed name in the meantime: it says Ada."


def test_an_edit_of_a_field_that_is_none_is_told(paid):
    told = changes.after(paid, Edited(**WHERE), Private(changes={"secret": Change("", "x")}), "x")
    assert told == "secret cannot be edited."


def test_another_order_of_that_code_is_not_ours(sold):
    other = Private(guests={"1": Guest(secret="other"), "2": Guest(secret="b"), "3": Guest(secret="c")})
    assert changes.after(sold, SALE, other, "x") == "Another order is called SALE1."


def test_what_is_not_there_cannot_be_paid():
    assert changes.after(None, Paid(**WHERE, amount=1, tender="cash"), Private(), "x") == "There is no order SALE1."


def test_acts_on_a_ticket_come_behind_those_on_its_order():
    assert subject_of(SALE) == "conf26/SALE1"
    assert order_of("conf26/SALE1-12") == "conf26/SALE1"
    assert [order_of(other) for other in ("conf26/SALE1", "conf-26/SALE1", "conf26/sig:12ab", "")] == [""] * 4
