"""Lines of the hub's feed: what is meant arrives, what is not is told in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.catalog import (
    BadgeLayout,
    Category,
    CheckInList,
    Discount,
    Event,
    EventSettings,
    Item,
    Question,
    Quota,
    SubEvent,
    TaxRule,
)
from boxoffice.domain.checkins import CheckIn, HandOut, Objection, Settlement
from boxoffice.domain.designs import Design
from boxoffice.domain.gift_cards import GiftCard, Transaction
from boxoffice.domain.held import HeldCart
from boxoffice.domain.memberships import Membership
from boxoffice.domain.nouns import KINDS, Gone, id_of, kind_of
from boxoffice.domain.operators import Person
from boxoffice.domain.orders import Blocked, Medium, Order, Payment, PaymentState, Position, Revoked
from boxoffice.domain.permissions import Role
from boxoffice.domain.photos import Photo
from boxoffice.domain.printing import Printout
from boxoffice.domain.takings import Taking
from boxoffice.domain.vouchers import Use, Voucher
from boxoffice.errors import ServerTrouble
from boxoffice.ports import Change
from sync.wire.hub_feed import FeedReader, fault_of, last_line, line, noun_of, row_of

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EACH = [
    Event(slug="e", name={"en": "Fair", "zh": "展览会"}, date_from=NINE),
    SubEvent(id=1, event="e", item_prices={"1": 2300}),
    Category(id=1, event="e"),
    TaxRule(id=1, event="e", rate=1900),
    Item(id=1, event="e", price=2300),
    Quota(id=1, event="e", size=None, items=(1, 2)),
    Question(id=1, event="e"),
    CheckInList(id=1, event="e", rules={"and": [{"==": [1, 1]}]}),
    Discount(id=1, event="e", percent=1000),
    BadgeLayout(id=1, event="e", elements=({"type": "text", "left": "12.5"},)),
    EventSettings(event="e", locales=("en", "de")),
    Order(
        event="e",
        code="A1",
        placed_at=NINE,
        positions=(Position(number=1, item=1, secret='a"b\\c\n', name="Łódź"),),
        payments=(Payment(id="1", amount=2300, state=PaymentState.CONFIRMED),),
    ),
    Blocked(event="e", secret="s"),
    Revoked(event="e", secret="s"),
    Medium(event="e", identifier="m"),
    CheckIn(event="e", list=1, ticket="A1-1", at=NINE, nonce="n"),
    Settlement(event="e", conflict="c", action="accept", at=NINE),
    HandOut(event="e", ticket="A1-1", what=("shirt",), at=NINE, operation="o"),
    Printout(event="e", ticket="A1-1", what="badge", at=NINE, operation="p"),
    Objection(event="e", operation="o", at=NINE, words="No such ticket"),
    HeldCart(event="e", id="c", cart="{}", at=NINE, device="North", device_id="d", taken_by="e"),
    Design(event="e", id="badge-1", body="{}", pictures={"d": b"\x89PNG"}, at=NINE, device="North", device_id="d"),
    Person(event="e", id="p", name="Ana", role=Role.CASHIER, changed_at=NINE, device="North"),
    Photo(event="e", ticket="A1-1", picture=b"\xff\xd8", at=NINE, device="North", device_id="d"),
    Taking(event="e", operation="r", number=1, at=NINE, total=-500, currency="EUR", items=(("Regular", -1, -500),)),
    Voucher(id=1, event="e", code="Friend 2026", uses=(Use(operation="o", at=NINE),)),
    GiftCard(event="e", code="GIFT2026", currency="EUR", transactions=(Transaction(operation="o", amount=100),)),
    Membership(event="e", number="M-100", starts=NINE),
]


def sent(noun, cursor="5"):
    return line(cursor, kind_of(noun), id_of(noun), row_of(noun))


def test_every_kind_is_tried():
    assert {kind_of(noun) for noun in EACH} == set(KINDS)


@pytest.mark.parametrize("noun", EACH, ids=kind_of)
def test_a_noun_travels_unchanged(noun):
    reader = FeedReader("e")
    assert reader.read(sent(noun)) == Change("5", noun)
    assert reader.cursor == "5"


@pytest.mark.parametrize("noun", EACH, ids=kind_of)
def test_a_line_is_one_line(noun):
    assert sent(noun).count(b"\n") == 1


@pytest.mark.parametrize("noun", EACH, ids=kind_of)
def test_the_same_noun_gives_the_same_bytes(noun):
    assert row_of(noun_of(kind_of(noun), row_of(noun))) == row_of(noun)


def test_a_line_without_a_row_says_that_the_noun_is_gone():
    assert FeedReader("e").read(line("6", "order", "A1", None)) == Change("6", Gone("order", "e", "A1"))
    assert FeedReader("e").read(b'{"kind":"order","cursor":"6","id":"A1"}') == Change("6", Gone("order", "e", "A1"))


def test_the_last_line_says_that_the_feed_is_whole():
    reader = FeedReader("e")
    assert not reader.whole
    assert reader.read(last_line("9")) is None
    assert (reader.whole, reader.cursor) == (True, "9")


def test_kinds_of_a_newer_hub_are_passed_over_and_counted():
    reader = FeedReader("e")
    assert reader.read(b'{"kind":"hologram","cursor":"7","id":"v","row":{"anything":[1,2]}}') is None
    assert (reader.cursor, reader.skipped) == ("7", {"hologram": 1})


def test_fields_of_a_newer_hub_are_passed_over():
    told = b'{"kind":"category","cursor":"7","new":1,"id":"1","row":{"id":1,"event":"e","colour":{"r":255}}}'
    assert FeedReader("e").read(told) == Change("7", Category(id=1, event="e"))


HOSTILE = {
    "no JSON": b"<html>",
    "nothing": b"",
    "null": b"null",
    "a list": b"[1,2]",
    "no kind": b'{"cursor":"1"}',
    "no cursor": b'{"kind":"order","id":"A1"}',
    "a cursor of another type": b'{"kind":"end","cursor":5}',
    "a row of another type": b'{"kind":"order","cursor":"1","id":"A1","row":[]}',
    "a field of another type": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":1}}',
    "a status that is none": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"A1","status":"x"}}',
    "another name inside": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"A2"}}',
    "another event inside": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"f","code":"A1"}}',
    "no UTF-8": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"\xff"}}',
    "half a character": b'{"kind":"revoked","cursor":"1","id":"s","row":{"event":"e","secret":"\\ud800"}}',
    "a number of forty digits": b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"A1","total":%d}}'
    % 10**40,
    "such a number far inside": (
        b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"A1","positions":[{"number":1,"item":%d}]}}'
        % -(10**40)
    ),
    "such a number in a list": b'{"kind":"quota","cursor":"1","id":"1","row":{"id":1,"event":"e","items":[1,%d]}}'
    % 10**20,
    "such a number among prices": (
        b'{"kind":"subevent","cursor":"1","id":"1","row":{"id":1,"event":"e","item_prices":{"1":%d}}}' % 10**20
    ),
    "such a number in a rule": (
        b'{"kind":"list","cursor":"1","id":"1","row":{"id":1,"event":"e","rules":{"==":[1,%d]}}}' % 10**20
    ),
    "a time without a zone": (
        b'{"kind":"checkin","cursor":"1","id":"n","row":'
        b'{"event":"e","list":1,"ticket":"t","nonce":"n","at":"2026-11-21T09:00:00"}}'
    ),
    "such a time far inside": (
        b'{"kind":"order","cursor":"1","id":"A1","row":{"event":"e","code":"A1","positions":'
        b'[{"number":1,"item":1,"valid_from":"2026-11-21T09:00:00.5"}]}}'
    ),
    "a deep rule": (
        b'{"kind":"list","cursor":"1","id":"1","row":{"id":1,"event":"e","rules":{"and":'
        + b"[" * 100
        + b"]" * 100
        + b"}}}"
    ),
    "a rule without bottom": b'{"kind":"list","cursor":"1","id":"1","row":{"id":1,"rules":' + b'{"a":' * 100_000,
    "depth where nothing is known": b'{"kind":"hologram","cursor":"1","row":' + b"[" * 1_000_000,
}


@pytest.mark.parametrize("told", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_line_ends_in_a_sentence_and_moves_no_cursor(told):
    reader = FeedReader("e", "4")
    with pytest.raises(ServerTrouble, match="makes no sense") as trouble:
        reader.read(told)
    assert trouble.value.what.startswith("In the feed of e, after 4: ")
    assert reader.cursor == "4"


@pytest.mark.parametrize("noun", EACH, ids=kind_of)
def test_a_line_cut_at_any_byte_ends_in_a_sentence(noun):
    whole = sent(noun).rstrip(b"\n")
    for length in range(len(whole)):
        with pytest.raises(ServerTrouble):
            FeedReader("e").read(whole[:length])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_any_value_in_any_field_is_read_or_told(data):
    noun = data.draw(st.sampled_from(EACH))
    row = msgspec.to_builtins(noun)
    row[data.draw(st.sampled_from(sorted(row)))] = data.draw(values)
    told = msgspec.json.encode({"kind": kind_of(noun), "cursor": "1", "id": id_of(noun), "row": row})
    try:
        change = FeedReader("e").read(told)
    except ServerTrouble:
        return
    assert fault_of(change.noun) == ""
    assert noun_of(kind_of(noun), row_of(change.noun)) == change.noun


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_told(told):
    reader = FeedReader("e")
    try:
        reader.read(told)
    except ServerTrouble:
        assert reader.cursor == ""
