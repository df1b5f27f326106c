"""Acts of the till and the desk at the hub: kept, and in force for all stations."""

from __future__ import annotations

import msgspec
import pytest

from boxoffice.decoding import decode
from boxoffice.domain.conflicts import Side
from boxoffice.domain.facts import (
    Canceled,
    Change,
    Edited,
    Exchanged,
    Extended,
    Guest,
    Line,
    Paid,
    Printed,
    Private,
    Receipted,
    Refunded,
    Sold,
    Swap,
)
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.takings import Taking
from boxoffice.ports import Outcome, Role

DONE, REFUSED = Outcome.DONE, Outcome.REFUSED


@pytest.fixture
def about(at_nine):
    """What facts about an order have in common: `Paid(**about("SALE1"), ...)`."""
    return lambda code="SALE1": {"event": "conf26", "at": micros(at_nine), "order": code}


@pytest.fixture
def sale(about):
    private = Private(guests={"1": Guest(secret="made-here", name="Ada")}, email="buyer@example.org")
    return Sold(**about(), lines=(Line(number=1, item=1, price=2300),), total=2300), private


def order(station, code="SALE1"):
    found = [noun for noun in station.feed() if isinstance(noun, Order) and noun.code == code]
    return found[-1] if found else None


def outcomes(receipt):
    return [answer.outcome for answer in receipt.answers]


def test_a_sale_and_its_payment_are_an_order_at_the_other_stations(hub, north, about, sale):
    south = hub.station("South")
    paid = north.write(Paid(**about(), amount=2300, tender="cash"))
    entries = [north.write(*sale), paid]
    assert outcomes(north.push(*entries)) == [DONE, DONE]
    sold = order(south)
    assert (sold.status, sold.paid, sold.positions[0].secret) == (Status.PAID, 2300, "made-here")
    assert outcomes(north.push(*entries)) == [DONE, DONE]
    assert order(south) == sold


def test_a_changed_ticket_and_an_added_one_are_known_at_the_other_stations(hub, north, about, sale):
    swap = Swap(position=1, item=2, price=5000, was_item=1, was_price=2300)
    more = Private(guests={"2": Guest(secret="more")})
    acts = [
        north.write(*sale),
        north.write(Exchanged(**about(), swaps=(swap,))),
        north.write(Extended(**about(), lines=(Line(number=2, item=1, price=100, addon_to=1),)), more),
        north.write(Exchanged(**about(), swaps=(swap,))),
    ]
    assert outcomes(north.push(*acts)) == [DONE] * 4
    told = order(hub.station("South"))
    assert [(one.item, one.price, one.addon_to) for one in told.positions] == [(2, 5000, None), (1, 100, 1)]
    assert told.total == 5100


def test_a_ticket_that_was_changed_elsewhere_is_not_changed_over_it(hub, north, about, sale):
    swap = Swap(position=1, item=2, price=5000, was_item=3, was_price=2300)
    receipt = north.push(north.write(*sale), north.write(Exchanged(**about(), swaps=(swap,))))
    assert outcomes(receipt) == [DONE, REFUSED]
    assert "Somebody else has changed" in receipt.answers[1].because


def test_an_edit_that_is_refused_is_told_who_was_there_before_when_and_with_what(hub, north, about):
    south = hub.station("South")
    theirs = Private(changes={"name": Change("Ada Lovelace", "Ada King")}, operator="Ben")
    other = south.write(Edited(**about("A1"), position=1), theirs)
    company = Private(changes={"company": Change("", "Engines")})
    south.push(other, south.write(Edited(**about("A1"), position=1), company))
    edit = north.write(
        Edited(**about("A1"), position=1), Private(changes={"name": Change("Ada Lovelace", "Ada Byron")})
    )
    first, again = north.push(edit), north.push(edit)
    assert first.answers == again.answers
    rival = decode(msgspec.json.encode(first.answers[0].rival), Side)
    assert (rival.device, rival.person, rival.at) == ("South", "Ben", moment(other.fact().at))
    assert rival.changes == theirs.changes


def test_so_is_one_that_comes_with_the_other_in_one_request(north, about):
    swaps = [Swap(position=1, item=item, price=1, was_item=1, was_price=2300) for item in (2, 3)]
    receipt = north.push(*(north.write(Exchanged(**about("A1"), swaps=(swap,))) for swap in swaps))
    first, second = receipt.answers
    assert first.rival is None
    assert decode(msgspec.json.encode(second.rival), Side).swaps == (swaps[0],)


def test_what_became_possible_and_was_done_stays_done_whatever_follows(hub, north, about):
    def renames(station, old, new):
        return station.write(Edited(**about("A1"), position=1), Private(changes={"name": Change(old, new)}))

    south = hub.station("South")
    early = renames(north, "Ada King", "Ada Byron")
    assert outcomes(north.push(early)) == [REFUSED]
    assert outcomes(south.push(renames(south, "Ada Lovelace", "Ada King"))) == [DONE]
    assert outcomes(north.push(early)) == [DONE]
    assert outcomes(south.push(renames(south, "Ada Byron", "Ada Noel"))) == [DONE]
    assert outcomes(north.push(early)) == [DONE]
    assert order(north, "A1").positions[0].name == "Ada Noel"


def test_what_no_station_changed_has_nobody_in_its_way(north, about):
    edit = north.write(Edited(**about("A1")), Private(changes={"email": Change("old", "new")}))
    assert north.push(edit).answers[0].rival is None


def test_what_becomes_of_an_order_is_told(hub, north, about):
    change = Private(changes={"name": Change("Ada Lovelace", "Ada King")})
    acts = [
        north.write(Edited(**about("A1"), position=1), change),
        north.write(Paid(**about("A1"), amount=2300, tender="cash")),
        north.write(Refunded(**about("A1"), amount=300, tender="cash")),
        north.write(Canceled(**about("A1"))),
        north.write(Printed(event="conf26", at=0, ticket="A1-1")),
    ]
    assert outcomes(north.push(*acts)) == [DONE] * 5
    told = order(hub.station("South"), "A1")
    assert (told.positions[0].name, told.paid, told.status) == ("Ada King", 2000, Status.CANCELED)


def test_what_cannot_be_is_refused_in_words_and_changes_nothing(hub, north, about, sale):
    before = order(north, "A1")
    receipt = north.push(
        north.write(Refunded(**about("A1"), amount=1, tender="cash")),
        north.write(Edited(**about("A1")), Private(changes={"email": Change("old", "new")})),
    )
    assert [answer.because for answer in receipt.answers] == [
        "No more than was paid for A1 can be given back.",
        "Somebody else has changed email in the meantime: it says b@example.org.",
    ]
    assert order(north, "A1") == before


def test_a_receipt_is_told_to_those_who_count_it(hub, north, at_nine):
    receipt = Receipted(
        event="conf26", at=micros(at_nine), number=7, shift="s1", total=2300, currency="EUR", order="SALE1",
        tenders=(("cash", 2300),), items=(("Regular", 1, 2300),), walk_ins=(1, 2300),
    )  # fmt: skip
    assert outcomes(north.push(north.write(receipt, Private(operator="Ana")))) == [DONE]
    (told,) = [noun for noun in hub.station("South").feed() if isinstance(noun, Taking)]
    assert (told.station, told.cashier, told.number, told.total) == ("North", "Ana", 7, 2300)
    assert (told.tenders, told.items, told.walk_ins) == ((("cash", 2300),), (("Regular", 1, 2300),), (1, 2300))
    (seen,) = [noun for noun in hub.station("Door", Role.STEWARD).feed() if isinstance(noun, Taking)]
    assert (seen.total, seen.tenders, seen.cashier, seen.items) == (0, (), "", ())


def test_a_steward_sells_nothing(hub, sale):
    steward = hub.station("Door", Role.STEWARD)
    assert outcomes(steward.push(steward.write(*sale))) == [REFUSED]


def test_money_for_an_order_waits_until_the_order_has_arrived(hub, north, about, sale):
    """The till that sold it may have to send it again, where the hub was set back to a backup."""
    south = hub.station("South")
    paid = south.write(Paid(**about(), amount=2300, tender="cash"))
    [answer] = south.push(paid).answers
    assert answer.outcome is Outcome.LATER
    assert "has not arrived yet" in answer.because
    assert outcomes(north.push(north.write(*sale))) == outcomes(south.push(paid)) == [DONE]
    assert order(north).paid == 2300
