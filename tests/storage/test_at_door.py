"""What a door asks of the store about one code: the ticket, and what else most scans need to know of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Admitted
from boxoffice.domain.orders import Blocked, Order, Position, Status
from boxoffice.storage import at_door, barred, checkins, feeds, journal, order_rows, orders, ready_orders, settings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def one_by_one(store: Any, order: Order) -> None:
    """Take an order in as it comes alone."""
    orders.put(store, order)


def in_bulk(store: Any, order: Order) -> None:
    """Take an order in as it comes with many others."""
    ready_orders.put_all(store, [ready_orders.ready(order, words=False)])


@pytest.fixture
def met(store: Any) -> Callable[[], at_door.Met]:
    """The first ticket of an order, as a door meets it now."""
    ticket = Position(number=1, item=1, secret="s")
    orders.put(store, Order(event="conf26", code="A", status=Status.PAID, positions=(ticket,)))

    def ask() -> at_door.Met:
        [found] = at_door.look(store, "s", "this-scan").tickets
        return found

    return ask


def test_a_ticket_that_nobody_has_used_comes_alone(store: Any, met: Callable[[], at_door.Met]) -> None:
    found = met()
    assert found.ticket == orders.by_key(store, "conf26", "A-1")
    assert (found.passed, found.has_addons, found.complete_at) == (False, False, None)


STAGES = {
    "pending": {"status": Status.PENDING, "total": 1200},
    "pending but valid": {"status": Status.PENDING, "valid_if_pending": True},
    "paid": {"status": Status.PAID},
    "to be looked at": {"status": Status.PAID, "checkin_attention": True},
    "to be told something": {"status": Status.PAID, "checkin_text": "Orange band"},
    "cancelled": {"status": Status.CANCELED},
}


@pytest.mark.parametrize("put", [one_by_one, in_bulk])
@pytest.mark.parametrize("after", STAGES)
@pytest.mark.parametrize("before", STAGES)
def test_a_door_hears_what_its_checks_ask_of_an_order_whatever_it_was_before(
    store: Any, put: Callable[[Any, Order], object], before: str, after: str
) -> None:
    ticket = Position(number=1, item=1, secret="s")
    for stage in (before, after):
        put(store, Order(event="conf26", code="A", email="ada@example.org", positions=(ticket,), **STAGES[stage]))
    [met] = at_door.look(store, "s", "this-scan").tickets
    asked = ("code", "status", "total", "valid_if_pending", "require_approval", "checkin_attention", "checkin_text")
    whole = orders.by_key(store, "conf26", "A-1")
    assert whole is not None
    assert [getattr(met.ticket.order, one) for one in asked] == [getattr(whole.order, one) for one in asked]
    assert met.ticket.position == whole.position
    assert list(orders.faults(store)) == []


@pytest.mark.parametrize("status", [Status.PAID, Status.CANCELED])
def test_an_order_is_looked_at_where_one_of_its_tickets_admits_nobody_any_more(store: Any, status: Status) -> None:
    first, second = Position(number=1, item=1, secret="s"), Position(number=2, item=1, secret="t")
    orders.put(store, Order(event="conf26", code="A", status=Status.PAID, positions=(first, second)))
    for _ in range(2):
        orders.put(store, Order(event="conf26", code="A", status=status, positions=(first,)))
    [met] = at_door.look(store, "t", "this-scan").tickets
    assert (met.ticket.position.canceled, met.ticket.order.status) == (True, status)


def test_the_order_of_a_paid_ticket_is_not_even_looked_for(store: Any, met: Callable[[], at_door.Met]) -> None:
    store.execute("UPDATE orders SET status = 'c'")
    assert met().ticket.order.status is Status.PAID
    assert list(orders.faults(store)) == ["Ticket conf26/A-1 counts as clear, but its order is not."]


def test_a_code_that_no_ticket_has_finds_none(store: Any, met: Callable[[], at_door.Met]) -> None:
    assert at_door.look(store, "another", "this-scan").tickets == []


def test_two_codes_with_one_fingerprint_are_told_apart(store: Any) -> None:
    for code, secret in (("A", "plumless"), ("B", "buckeroo")):
        orders.put(store, Order(event="conf26", code=code, positions=(Position(number=1, item=1, secret=secret),)))
    assert order_rows.fingerprint("plumless") == order_rows.fingerprint("buckeroo")
    [met] = at_door.look(store, "buckeroo", "this-scan").tickets
    assert [met.ticket.order.code] == [one.order.code for one in orders.by_secret(store, "buckeroo")] == ["B"]


def test_a_new_code_for_a_ticket_is_found_and_the_old_one_no_more(store: Any, met: Callable[[], at_door.Met]) -> None:
    orders.put(store, Order(event="conf26", code="A", positions=(Position(number=1, item=1, secret="new"),)))
    assert at_door.look(store, "s", "this-scan").tickets == []
    assert len(at_door.look(store, "new", "this-scan").tickets) == 1
    store.execute("UPDATE positions SET fingerprint = 0")
    assert list(orders.faults(store)) == ["Ticket conf26/A-1 is not found by its code."]


def test_one_code_of_two_events_finds_both(store: Any, met: Callable[[], at_door.Met]) -> None:
    orders.put(store, Order(event="other", code="B", positions=(Position(number=1, item=1, secret="s"),)))
    assert {one.ticket.event for one in at_door.look(store, "s", "this-scan").tickets} == {"conf26", "other"}


def test_a_blocked_secret_is_told_of(store: Any, met: Callable[[], at_door.Met]) -> None:
    barred.put_blocked(store, Blocked(event="conf26", secret="s"))
    assert met().ticket.position.blocked


@pytest.mark.parametrize("annulled", [False, True])
def test_a_passage_on_any_list_is_told_of(store: Any, met: Callable[[], at_door.Met], annulled: bool) -> None:
    def passes(event: str, ticket: str) -> None:
        nonce = f"{event}/{ticket}"
        one = CheckIn(event=event, list=7, ticket=ticket, at=NOON, nonce=nonce, annulled=annulled)
        checkins.put(store, one, own=True)

    for event, ticket in (("other", "A-1"), ("conf26", "A-11"), ("conf26", "B-1")):
        passes(event, ticket)
    assert not met().passed
    passes("conf26", "A-1")
    assert met().passed


def test_an_add_on_of_this_very_ticket_is_told_of(store: Any, met: Callable[[], at_door.Met]) -> None:
    ticket, second = Position(number=1, item=1, secret="s"), Position(number=2, item=1, secret="t")
    lunch = Position(number=3, item=2, addon_to=2)
    order = Order(event="conf26", code="A", status=Status.PAID, positions=(ticket, second, lunch))
    orders.put(store, order)
    [of_second] = at_door.look(store, "t", "this-scan").tickets
    assert (met().has_addons, of_second.has_addons) == (False, True)


@pytest.mark.parametrize("secret", ["s", "another"])
def test_a_scan_that_was_answered_before_is_told_of(store: Any, met: Callable[[], at_door.Met], secret: str) -> None:
    journal.append(store, "another-scan", Admitted(event="conf26", at=1, list=1, ticket="A-1"))
    assert not at_door.look(store, secret, "this-scan").answered
    journal.append(store, "this-scan", Admitted(event="conf26", at=2, list=1, ticket="A-1"))
    assert at_door.look(store, secret, "this-scan").answered


@pytest.mark.parametrize("secret", ["s", "another"])
def test_what_the_next_entry_of_the_journal_follows_comes_along(
    store: Any, met: Callable[[], at_door.Met], secret: str
) -> None:
    assert at_door.look(store, secret, "this-scan").newest is None
    for operation in ("one", "two"):
        journal.append(store, operation, Admitted(event="conf26", at=1, list=1, ticket="A-1"))
        newest = journal.Newest("d1", *journal.head(store, "d1"))
        assert at_door.look(store, secret, "this-scan").newest == newest


@pytest.mark.parametrize("secret", ["s", "another"])
def test_the_version_by_which_to_judge_comes_along(store: Any, met: Callable[[], at_door.Met], secret: str) -> None:
    assert at_door.look(store, secret, "this-scan").version == settings.version(store)
    settings.moved(store)
    assert at_door.look(store, secret, "this-scan").version == settings.version(store) != ""


def test_the_age_of_the_event_comes_along(store: Any, met: Callable[[], at_door.Met]) -> None:
    feeds.complete(store, "other", NOON.replace(hour=13))
    assert met().complete_at is None
    feeds.complete(store, "conf26", NOON)
    assert met().complete_at == NOON
