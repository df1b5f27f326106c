"""What the server tells goes into the replica, and never over what this station did."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.catalog import CheckInList, Item
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.gate import Reason
from boxoffice.domain.nouns import Gone
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.services import hear


def test_an_order_that_is_gone_is_no_longer_admitted_nor_found(day: Any) -> None:
    ticket = day.ticket("Grace Hopper")
    assert [hit.name for hit in day.app.lookup.search("grace")] == ["Grace Hopper"]
    day.hear(Gone("order", "conf26", ticket.order.code))
    assert day.scan(ticket).reason is Reason.INVALID
    assert day.app.lookup.search("grace") == []


def test_a_new_secret_replaces_the_old_one(day: Any) -> None:
    ticket = day.ticket(secret="old")
    renewed = Position(number=1, item=1, secret="new", name="Ada")
    day.hear(Order(event="conf26", code=ticket.order.code, status=Status.PAID, positions=(renewed,)))
    assert day.scan("old").reason is Reason.INVALID
    assert day.scan("new").reason is Reason.OK


def test_a_newer_order_does_not_take_back_what_happened_here(day: Any) -> None:
    ticket = day.ticket()
    day.scan(ticket, at="09:00")
    day.hear(
        Order(
            event="conf26",
            code=ticket.order.code,
            status=Status.PAID,
            email="new@example.org",
            positions=(ticket.position,),
        )
    )
    assert day.scan(ticket, at="09:01").reason is Reason.ALREADY_REDEEMED


def test_the_server_cannot_bring_back_a_passage_that_was_undone_here(day: Any) -> None:
    ticket = day.ticket()
    verdict = day.scan(ticket, at="09:00")
    day.app.gate.undo(verdict.nonce).result()
    echo = CheckIn(event="conf26", list=1, ticket=ticket.key, at=day.time("09:00"), nonce=verdict.nonce)
    day.hear(echo)
    assert day.scan(ticket, at="09:01").reason is Reason.OK


def test_a_change_that_was_rolled_back_leaves_no_trace_in_what_is_remembered(day: Any) -> None:
    def half(connection: Any) -> None:
        hear.apply(connection, day.app.shelf, CheckInList(id=1, event="conf26", name="Half done"))
        assert day.app.shelf.of(connection, "conf26").lists[1].name == "Half done"
        raise RuntimeError("the line was cut")

    with pytest.raises(RuntimeError):
        day.app.write(half).result()
    day.hear(Item(id=2, event="conf26", name={"en": "Student"}))
    assert day.app.catalog("conf26").lists[1].name == "Main entrance"


def test_names_are_found_by_their_ascii_spelling_and_by_pinyin(day: Any) -> None:
    day.ticket("Élodie Łukasz")
    day.ticket("张三")
    assert [hit.name for hit in day.app.lookup.search("elodie l")] == ["Élodie Łukasz"]
    assert [hit.name for hit in day.app.lookup.search("zs")] == ["张三"]
