"""What becomes of the rows of a list, and what is said of those that are wrong."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.guest_list import Column, Known, Plan, Row, plan
from boxoffice.domain.orders import Order, Status

GALA = Event(slug="gala", name={"en": "Gala"})
SEAT = Item(id=3, event="gala", name={"en": "Seat", "de": "Platz"}, price=2500)
DRINK = Item(id=4, event="gala", name={"en": "Drink"}, price=500)


def rows(*said: dict[str, str]) -> list[Row]:
    return [Row(line, {Column(name): cell for name, cell in one.items()}) for line, one in enumerate(said, 2)]


def planned(*said: dict[str, str], **known: Any) -> Plan:
    numbers = count(1)
    return plan(rows(*said), Known(event=GALA, **known), lambda: f"made-{next(numbers)}")


def there(*items: Item, orders: tuple[Order, ...] = ()) -> dict[str, Any]:
    by_code = {one.code: one for one in orders}
    secrets = {position.secret: one.code for one in orders for position in one.positions}
    return {
        "is_new": False,
        "items": items,
        "has_list": True,
        "order": by_code.get,
        "owner": lambda secret: secrets.get(secret, ""),
    }


def orders_of(found: Plan) -> list[Order]:
    assert found.faults == ()
    return [one for one in found.nouns if isinstance(one, Order)]


def faults(*said: dict[str, str], **known: Any) -> list[str]:
    found = planned(*said, **known)
    assert found.nouns == ()
    return [f"{one.line}: {one.what}" for one in found.faults]


def test_a_new_event_gets_its_items_and_a_list() -> None:
    found = planned({"name": "Ada", "item": "Seat", "price": "25,00"}, {"name": "Bob", "item": "seat"})
    kinds = [type(one) for one in found.nouns]
    assert kinds == [Event, Item, CheckInList, Order, Order]
    assert [one.total for one in orders_of(found)] == [2500, 2500]
    assert (found.people, found.orders, found.before) == (2, 2, 0)


def test_what_was_paid_elsewhere_stands_in_the_order_as_paid() -> None:
    paid, open_, free = orders_of(
        planned(
            {"name": "Ada", "price": "25"},
            {"name": "Bob", "price": "25", "state": "unpaid"},
            {"name": "Cid", "state": "free"},
        )
    )
    assert (paid.status, paid.paid) == (Status.PAID, 2500)
    assert (open_.status, open_.paid) == (Status.PENDING, 0)
    assert (free.status, free.total, free.payments) == (Status.PAID, 0, ())


def test_rows_with_one_code_are_one_order_of_a_group() -> None:
    (family,) = orders_of(planned({"name": "Ada", "order": "fam1"}, {"name": "Bob", "order": "FAM1"}))
    assert [(one.number, one.name) for one in family.positions] == [(1, "Ada"), (2, "Bob")]
    assert family.code == "FAM1"


def test_a_list_that_comes_again_brings_only_who_is_new() -> None:
    ada, twin = {"name": "Ada", "secret": "s1"}, {"name": "Bob"}
    first = orders_of(planned(ada, twin, twin))
    assert len({one.code for one in first}) == 3, "namesakes are two people"
    again = planned(ada, twin, twin, {"name": "Cid"}, **there(SEAT, orders=tuple(first)))
    assert (again.before, [one.customer for one in orders_of(again)]) == (3, ["Cid"])


def test_items_are_found_by_name_in_any_language_or_by_id() -> None:
    found = planned({"name": "A", "item": "platz"}, {"name": "B", "item": "4"}, **there(SEAT, DRINK))
    assert [one.positions[0].item for one in orders_of(found)] == [3, 4]
    assert [one.total for one in orders_of(found)] == [2500, 500]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"item": "Seat"}, "There is no name"),
        ({"name": "Ada", "email": "ada at home"}, "ada at home is no e-mail address"),
        ({"name": "Ada", "price": "dear"}, "dear is no price"),
        ({"name": "Ada", "price": "-5"}, "-5 is no price"),
        ({"name": "Ada", "price": "9" * 20}, "is no price"),
        ({"name": "Ada", "state": "perhaps"}, "perhaps is no state"),
        ({"name": "Ada", "state": "free", "price": "5"}, "It is free, and has a price of 5"),
        ({"name": "Ada", "order": "FAM 1"}, "FAM 1 is no code of an order"),
        ({"name": "Ada\0"}, "This is too long, or no text"),
    ],
)
def test_each_fault_is_named_with_its_line(row: dict[str, str], fault: str) -> None:
    (said,) = faults({"name": "Good"}, row)
    assert said.startswith("3: ")
    assert fault in said


def test_faults_between_rows_and_with_what_is_there() -> None:
    held = orders_of(planned({"name": "Old", "order": "OLD", "secret": "s9"}))
    known = there(SEAT, DRINK, orders=tuple(held))
    assert faults(
        {"name": "Ada", "item": "Seat", "secret": "s1"},
        {"name": "Bob", "item": "Seat", "secret": "s1"},
        {"name": "Cid", "item": "Bed"},
        {"name": "Dee"},
        {"name": "Eve", "item": "Seat", "secret": "s9"},
        {"name": "Fay", "item": "Seat", "order": "OLD"},
        {"name": "Gus", "item": "Seat", "order": "MIX"},
        {"name": "Hal", "item": "Seat", "order": "MIX", "state": "unpaid"},
        **known,
    ) == [
        "3: The code of this ticket stands in line 2 too",
        "4: No item is called Bed; there are: Seat, Drink",
        "5: No item is named; there are: Seat, Drink",
        "6: The code of this ticket belongs to the order OLD",
        "7: The order OLD is there already, and is another one",
        "9: The order MIX is paid in one line, and unpaid in another",
    ]
