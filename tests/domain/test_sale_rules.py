"""What may be sold when, for which date and to whom; and what it costs on the day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from boxoffice.domain import cart as carts
from boxoffice.domain import pricing, selling
from boxoffice.domain.cart import Cart, CartLine, Override
from boxoffice.domain.catalog import Bundle, Catalog, Event, EventSettings, Item, SubEvent, Variation
from boxoffice.domain.facts import Guest
from boxoffice.domain.offering import PriceStep, SaleOnDate

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(days=2), NOW - timedelta(days=2)
FIRST, SECOND = 1, 2


def a_series(item: Any = None, **of_second: Any) -> Catalog:
    ticket = Item(id=1, event="fest26", name={"en": "Standing"}, price=2_800)
    ticket = msgspec.structs.replace(ticket, **(item or {}))
    second = SubEvent(id=SECOND, event="fest26", name={"en": "Second night"}, **of_second)
    return Catalog(
        event=Event(slug="fest26", has_subevents=True, timezone="Europe/Berlin"),
        subevents={FIRST: SubEvent(id=FIRST, event="fest26", name={"en": "First night"}), SECOND: second},
        items={1: ticket, 2: Item(id=2, event="fest26", name={"en": "Cloakroom"}, price=200)},
        settings=EventSettings(event="fest26", roles={"student": {"en": "students"}, "member": {"en": "members"}}),
    )


def a_cart(*lines: CartLine, **more: Any) -> Cart:
    return Cart(id="s", event="fest26", lines=lines, **more)


def a_line(subevent: int | None = SECOND, **more: Any) -> CartLine:
    return CartLine(id=more.pop("id", "l1"), item=1, subevent=subevent, **more)


def against(cart: Cart, catalog: Catalog) -> list[str]:
    return [str(one.words) for one in selling.objections(cart, catalog, NOW, {}, {})]


def price(catalog: Catalog, *lines: CartLine, now: datetime = NOW) -> int:
    return pricing.bill(a_cart(*lines), catalog, now, {}).total


def test_nothing_is_sold_below_zero_and_no_less_than_one_of_it() -> None:
    given_away = Override(price=-100, reason="Friend")
    assert against(a_cart(a_line(override=given_away)), a_series()) == ["A price is not below zero"]
    assert against(a_cart(a_line(override=Override(price=0, reason="Friend"))), a_series()) == []
    assert against(a_cart(a_line(quantity=0)), a_series()) == ["Nothing of it is in the cart"]


def test_a_series_wants_a_date() -> None:
    assert against(a_cart(a_line(None)), a_series()) == ["Choose a date"]
    assert against(a_cart(a_line()), a_series()) == []


def test_each_date_has_its_own_price_and_several_go_into_one_cart() -> None:
    catalog = a_series(item_prices={"1": 3_500})
    assert price(catalog, a_line(FIRST), a_line(SECOND, id="l2")) == 2_800 + 3_500


@pytest.mark.parametrize(
    ("of_item", "of_date", "says"),
    [
        ({"available_from": LATER}, {}, "The sale of Standing begins at 23 Nov 10:00"),
        ({"available_until": EARLIER}, {}, "The sale of Standing ended at 19 Nov 10:00"),
        ({}, {"available_until": EARLIER}, "The sale of Second night ended at 19 Nov 10:00"),
        (
            {},
            {"item_sales": {"1": SaleOnDate(available_from=LATER)}},
            "The sale of Standing (Second night) begins at 23 Nov 10:00",
        ),
    ],
)
def test_a_period_that_failed_is_named_and_can_be_waved_through(of_item: Any, of_date: Any, says: str) -> None:
    catalog = a_series(of_item, **of_date)
    assert against(a_cart(a_line()), catalog) == [says]
    assert against(a_cart(a_line(), allowed=("period",)), catalog) == []


def test_the_period_of_a_kind_is_its_own() -> None:
    kinds = (Variation(id=7, value={"en": "Balcony"}, available_until=EARLIER), Variation(id=8, value={"en": "Hall"}))
    catalog = a_series({"variations": kinds})
    assert against(a_cart(a_line(variation=8)), catalog) == []
    assert against(a_cart(a_line(variation=7)), catalog) == ["The sale of Standing, Balcony ended at 19 Nov 10:00"]


def test_what_a_date_does_not_have_is_not_sold_for_it() -> None:
    catalog = a_series(item_sales={"1": SaleOnDate(disabled=True)})
    assert against(a_cart(a_line(FIRST)), catalog) == []
    assert against(a_cart(a_line(SECOND)), catalog) == ["This is not sold for that date"]


def test_a_kind_that_a_date_does_not_have_is_not_sold_for_it() -> None:
    kinds = (Variation(id=7, value={"en": "Balcony"}), Variation(id=8, value={"en": "Hall"}))
    catalog = a_series({"variations": kinds}, variation_sales={"7": SaleOnDate(disabled=True)})
    assert against(a_cart(a_line(variation=8)), catalog) == []
    assert against(a_cart(a_line(FIRST, variation=7)), catalog) == []
    assert against(a_cart(a_line(variation=7)), catalog) == ["This is not sold for that date"]


def test_a_date_that_was_called_off_is_sold_only_if_somebody_allows_it() -> None:
    catalog = a_series(active=False)
    assert against(a_cart(a_line(FIRST)), catalog) == []
    assert against(a_cart(a_line()), catalog) == ["This date is not on sale"]
    assert against(a_cart(a_line(), allowed=("date off sale",)), catalog) == []


def test_an_early_bird_flies_until_its_time() -> None:
    steps = (
        PriceStep(until=EARLIER, price=1_500, name={"en": "Blind bird"}),
        PriceStep(until=LATER, price=2_000, name={"en": "Early bird"}),
    )
    catalog = a_series({"price_steps": steps})
    assert [price(catalog, a_line(), now=when) for when in (EARLIER - timedelta(hours=1), NOW, LATER)] == [
        1_500,
        2_000,
        2_800,
    ]
    cart = a_cart(a_line())
    (shown,) = pricing.bill_lines(cart, pricing.bill(cart, catalog, NOW, {}), catalog, "en")
    assert shown.notes == ("Second night", "Early bird")


def test_a_kind_with_a_price_of_its_own_has_steps_of_its_own() -> None:
    kinds = (Variation(id=7, price=4_500), Variation(id=8))
    catalog = a_series({"variations": kinds, "price_steps": (PriceStep(until=LATER, price=2_000),)})
    assert (price(catalog, a_line(variation=7)), price(catalog, a_line(variation=8))) == (4_500, 2_000)


def test_a_ticket_for_students_names_them() -> None:
    catalog = a_series({"roles": ("student",)})
    assert against(a_cart(a_line()), catalog) == ["Standing is for students only; ask for the proof"]
    assert against(a_cart(a_line(guest=Guest(role="member"))), catalog) == [
        "Standing is for students only, not for members"
    ]
    assert against(a_cart(a_line(guest=Guest(role="student"))), catalog) == []


def test_a_free_price_has_its_limits() -> None:
    catalog = a_series({"free_price": True, "free_price_most": 5_000})
    asked = [price(catalog, a_line(asked=amount)) for amount in (1_000, 4_000, 9_000)]
    assert asked == [2_800, 4_000, 5_000]
    assert against(a_cart(a_line(asked=9_000)), catalog) == ["No more than 50.00 EUR is taken for this"]


def test_what_comes_with_a_ticket_goes_into_the_cart_with_it_for_the_same_date() -> None:
    catalog = a_series({"bundles": (Bundle(item=2, count=2, price=150),)})
    names = (f"b{number}" for number in count())
    line = a_line(quantity=2)
    cart = carts.added(a_cart(), line, *carts.bundled(line, catalog.items[1], lambda: next(names)))
    assert [(one.item, one.quantity, one.subevent, one.part_of) for one in cart.lines] == [
        (1, 2, SECOND, ""),
        (2, 4, SECOND, "l1"),
    ]
    assert pricing.bill(cart, catalog, NOW, {}).total == 2 * 2_800


def test_a_line_of_three_is_taken_apart_so_that_each_bears_a_name() -> None:
    names = (f"n{number}" for number in count())
    cart = a_cart(a_line(quantity=3), CartLine(id="p", item=2, part_of="l1", quantity=4), a_line(FIRST, id="l9"))
    apart = carts.apart(cart, "l1", lambda: next(names))
    tickets = [one for one in apart.lines if not one.part_of]
    assert [(one.id, one.quantity) for one in tickets] == [("l1", 1), ("n0", 1), ("n1", 1), ("l9", 1)]
    assert [carts.count(apart.parts(one.id)) for one in tickets] == [2, 1, 1, 0]
    assert len({one.id for one in apart.lines}) == len(apart.lines)
