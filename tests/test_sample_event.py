from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest

from boxoffice import interchange, sample_event
from boxoffice.domain import catalog, codes, folding, gate, passages, questions
from boxoffice.domain.catalog import Event
from boxoffice.domain.gate import Direction, Passage, Reason, Wish
from boxoffice.domain.nouns import kind_of
from boxoffice.domain.orders import Blocked, Medium, Order, Position, Revoked, Status, Ticket, ticket_key
from boxoffice.sample_event import catalog as made

SAMPLE = Path(__file__).parent.parent / "assets" / "samples" / "conf26.ndjson.gz"


@pytest.fixture(scope="module")
def nouns():
    return list(sample_event.generate())


@pytest.fixture(scope="module")
def orders(nouns):
    return [noun for noun in nouns if isinstance(noun, Order)]


def test_the_file_that_is_delivered_is_what_is_generated(nouns):
    assert list(interchange.read(SAMPLE)) == nouns
    assert SAMPLE.stat().st_size < 1_000_000


def test_it_is_the_same_each_time_and_another_with_another_seed(nouns):
    assert list(sample_event.generate()) == nouns
    assert list(sample_event.generate(seed=7)) != nouns


def test_the_conference_has_as_many_attendees_as_were_asked_for():
    for attendees in (0, 1, 17, 500):
        held = [noun for noun in sample_event.generate(attendees) if isinstance(noun, Order)]
        tickets = [one for order in held for one in order.positions if order.event == "conf26" and one.addon_to is None]
        assert len(tickets) == attendees


def test_catalog_comes_before_orders_and_has_every_kind(nouns):
    kinds = [kind_of(noun) for noun in nouns]
    sold_and_asked = set(catalog.KINDS) - {"discount", "badge_layout", "settings"}
    assert sold_and_asked <= set(kinds)
    assert {"order", "blocked", "revoked", "medium"} <= set(kinds)
    assert max(kinds.index(kind) for kind in sold_and_asked) < kinds.index("order")


def test_no_code_and_no_secret_comes_twice(orders):
    codes_seen = [order.code for order in sample_event_orders(20_000)]
    assert len(set(codes_seen)) == len(codes_seen)
    secrets = [position.secret for order in orders for position in order.positions]
    assert len(set(secrets)) == len(secrets)


def sample_event_orders(attendees):
    return (noun for noun in sample_event.generate(attendees) if isinstance(noun, Order))


def test_the_first_order_is_ada_lovelaces_and_shows_everything(orders):
    ada = orders[0]
    assert (ada.code, ada.customer, ada.status) == ("A7B9C", "Ada Lovelace", Status.PAID)
    assert len(ada.positions) == 5


def test_there_are_people_of_many_scripts_long_and_short_names_and_none(orders):
    names = {position.name for order in orders for position in order.positions}
    assert any("\u4e00" <= name[:1] <= "\u9fff" for name in names)
    assert any("\u0600" <= name[:1] <= "\u06ff" for name in names)
    assert any("\u0400" <= name[:1] <= "\u04ff" for name in names)
    assert any("\uac00" <= name[:1] <= "\ud7a3" for name in names)
    assert any(not name.isascii() and folding.squeezed(name).isascii() for name in names)
    assert max(map(len, names)) > 60
    assert any(len(name) == 1 for name in names)
    assert "" in names


def test_there_are_orders_in_every_state(orders):
    states = Counter((order.status, order.require_approval, order.valid_if_pending) for order in orders)
    assert {status for status, _, _ in states} == set(Status)
    assert states[Status.PENDING, True, False]
    assert states[Status.PENDING, False, True]
    assert any(order.checkin_text for order in orders)
    assert any(order.checkin_attention for order in orders)
    assert any(
        len([one for one in order.positions if one.addon_to is None]) > 2 and order.positions[0].company
        for order in orders
    )
    assert any(position.valid_from for order in orders for position in order.positions)
    assert any(len(position.secret) <= 16 for order in orders for position in order.positions)


def test_everything_that_is_named_exists(nouns, orders):
    shelves = sample_event.catalogs()
    for order in orders:
        shelf = shelves[order.event]
        numbers = {position.number for position in order.positions}
        for position in order.positions:
            item = shelf.items[position.item]
            assert position.variation is None or item.variation(position.variation)
            assert position.subevent is None or position.subevent in shelf.subevents
            assert position.addon_to is None or position.addon_to in numbers
            assert all(int(number) in shelf.questions for number in position.answers)
        assert order.total == sum(position.price for position in order.positions)
    tickets = {ticket_key(order.code, one.number) for order in orders for one in order.positions}
    secrets = {one.secret for order in orders for one in order.positions}
    assert all(set(noun.tickets) <= tickets for noun in nouns if isinstance(noun, Medium))
    assert all(noun.secret in secrets for noun in nouns if isinstance(noun, Blocked))
    assert not any(noun.secret in secrets for noun in nouns if isinstance(noun, Revoked))


def test_answers_that_were_given_fit_their_questions(orders):
    shelves = sample_event.catalogs()
    zone = passages.zone_of(shelves["conf26"].event)
    for order in orders:
        for position in order.positions:
            for number, answer in position.answers.items():
                assert questions.fitting(shelves[order.event].questions[int(number)], answer, zone) == answer


def test_signed_tickets_prove_themselves(orders):
    keys = sample_event.catalogs()["fest26"].event.valid_keys
    for order in orders:
        if order.event == "fest26":
            for position in order.positions:
                proof = codes.signed(position.secret, keys)
                assert proof is not None
                assert (proof.item, proof.subevent) == (position.item, position.subevent)
    sold = list(sample_event.sold_at_the_door(3))
    assert len(set(sold)) == 3
    assert all(codes.signed(text, keys) for text in sold)
    windowed = sample_event.signed_ticket("x", 1, valid_from=made.moment(made.BEGINS, 1, "09:00"))
    assert codes.signed(windowed, keys).valid_from == made.moment(made.BEGINS, 1, "09:00")


def test_a_demo_can_begin_on_any_day():
    today = date(2027, 3, 28)
    event = next(noun for noun in sample_event.generate(10, begins=today) if isinstance(noun, Event))
    assert event.date_from.date() == today
    assert event.date_to.date() == today + timedelta(days=2)


def test_scans_are_answered_as_they_say():
    shelf = sample_event.catalogs()["conf26"]
    tickets, blocked, revoked = {}, set(), set()
    for noun in sample_event.generate(300):
        if isinstance(noun, Order):
            tickets |= {one.secret: Ticket(noun, one) for one in noun.positions if noun.event == "conf26"}
        elif isinstance(noun, Blocked):
            blocked.add(noun.secret)
        elif isinstance(noun, Revoked):
            revoked.add(noun.secret)
    used: dict[str, tuple[Passage, ...]] = {}
    scans = list(sample_event.sample_scans(1_200, 300))
    for scan in scans:
        ticket = tickets.get(scan.text)
        if ticket is None:
            assert scan.reason is (Reason.REVOKED if scan.text in revoked else Reason.INVALID)
            continue
        verdict = gate.judge(
            ticket,
            shelf.lists[scan.list],
            shelf,
            used.get(scan.text, ()),
            Wish(),
            scan.at,
            blocked=scan.text in blocked,
        )
        assert verdict.reason is scan.reason, ticket
        if verdict.admitted:
            used[scan.text] = (Passage(Direction.ENTRY, scan.at),)
    assert {scan.reason for scan in scans} >= {
        Reason.OK,
        Reason.ALREADY_REDEEMED,
        Reason.PRODUCT,
        Reason.INVALID_TIME,
        Reason.UNPAID,
        Reason.CANCELED,
        Reason.UNAPPROVED,
        Reason.INCOMPLETE,
        Reason.INVALID,
    }


@pytest.mark.parametrize(
    ("name", "list_id", "item", "day", "clock", "reason"),
    [
        ("a VIP in the afternoon", made.LOUNGE, made.VIP, 1, "15:00", Reason.OK),
        ("anybody else", made.LOUNGE, made.REGULAR, 1, "15:00", Reason.RULES),
        ("a VIP too early", made.LOUNGE, made.VIP, 1, "07:00", Reason.RULES),
        ("on the first day", made.DAY_ONE, made.REGULAR, 1, "09:00", Reason.OK),
        ("on the second day", made.DAY_ONE, made.REGULAR, 2, "09:00", Reason.RULES),
        ("at lunch", made.ONCE_A_DAY, made.REGULAR, 1, "12:00", Reason.OK),
        ("who has eaten", made.ONCE_A_DAY, made.REGULAR, 1, "13:00", Reason.RULES),
        ("a helper who has eaten", made.ONCE_A_DAY, made.CREW, 1, "13:00", Reason.OK),
    ],
)
def test_lists_have_rules_that_work(name, list_id, item, day, clock, reason):
    shelf = sample_event.catalogs()["conf26"]
    ticket = Ticket(Order(event="conf26", code="X", status=Status.PAID), Position(number=1, item=item))
    eaten = (Passage(Direction.ENTRY, made.moment(made.BEGINS, 1, "12:00")),) if "eaten" in name else ()
    at = made.moment(made.BEGINS, day, clock)
    verdict = gate.judge(ticket, shelf.lists[list_id], shelf, eaten, Wish(skip_questions=True), at)
    assert verdict.reason is reason


def test_a_million_are_made_one_by_one():
    """The first of a million are there at once, so none are kept."""
    assert len(list(islice(sample_event.generate(1_000_000), 1_000))) == 1_000
