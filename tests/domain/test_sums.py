"""Whatever is sold, at whatever rates, with vouchers, discounts and gift cards, in coins of any kind: one sum."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain import cash, pricing
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import AddOnRule, Catalog, Category, Discount, Event, Item, TaxRule
from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.tax import Charge, given_back
from boxoffice.domain.tenders import Means, Offer, Settled, for_order, open_in_cash, settle
from boxoffice.domain.vouchers import Mode, Voucher

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CURRENCIES = ("JPY", "CHF", "EUR", "KWD")

rates = st.lists(st.tuples(st.integers(0, 2_500), st.booleans()), min_size=4, max_size=4)
discounts = st.lists(
    st.builds(
        Discount,
        id=st.integers(1, 3),
        event=st.just("e"),
        name=st.sampled_from(("A", "B")),
        percent=st.integers(0, 10_000),
        min_count=st.integers(1, 3),
        cheapest_only=st.sampled_from((None, 1, 2)),
        ignore_vouchers=st.booleans(),
        all_items=st.booleans(),
        items=st.just((1, 2)),
    ),
    max_size=2,
    unique_by=lambda one: one.id,
)
vouchers = st.lists(
    st.builds(
        Voucher,
        event=st.just("e"),
        code=st.sampled_from(("one", "two")),
        mode=st.sampled_from(list(Mode)),
        value=st.integers(0, 10_000),
        item=st.sampled_from((None, 1)),
        budget=st.sampled_from((None, 0, 700, 12_345)),
        addons_included=st.booleans(),
        id=st.just(1),
    ),
    max_size=2,
    unique_by=lambda one: one.code,
)
lines = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from(("", "one", "two")), st.booleans()), max_size=4
)


def a_catalog(prices: list[int], rules: list[tuple[int, bool]], some: list[Discount]) -> Catalog:
    items = [
        Item(
            id=number,
            event="e",
            name={"en": f"Item {number}"},
            price=price,
            tax_rule=number,
            category=2 if number == 4 else 1,
            addons=(AddOnRule(category=2, max_count=9),),
        )
        for number, price in enumerate(prices, start=1)
    ]
    return Catalog(
        event=Event(slug="e"),
        categories={1: Category(id=1, event="e"), 2: Category(id=2, event="e", is_addon=True)},
        items={one.id: one for one in items},
        tax_rules={
            number: TaxRule(id=number, event="e", rate=rate, price_includes_tax=included)
            for number, (rate, included) in enumerate(rules, start=1)
        },
        discounts={one.id: one for one in some},
    )


def a_cart(wishes: list[tuple[int, int, str, bool]], loads: list[int]) -> Cart:
    held: list[CartLine] = []
    for number, (item, quantity, voucher, with_addon) in enumerate(wishes):
        held.append(CartLine(id=f"l{number}", item=item, quantity=quantity, voucher=voucher))
        if with_addon:
            held.append(CartLine(id=f"a{number}", item=4, quantity=quantity, part_of=f"l{number}"))
    cards = tuple(Load(id=str(n), code=f"CARD{n}", amount=one, why=Why.SOLD) for n, one in enumerate(loads))
    return Cart(id="c", event="e", lines=tuple(held), loads=cards)


@given(
    st.lists(st.integers(0, 20_000), min_size=4, max_size=4),
    rates,
    discounts,
    vouchers,
    lines,
    st.lists(st.integers(1, 10_000), max_size=2),
    st.integers(0, 100),
    st.integers(0, 5_000),
    st.sampled_from(CURRENCIES),
    st.data(),
)
def test_lines_are_groups_are_tenders(
    prices: list[int],
    rules: list[tuple[int, bool]],
    some: list[Discount],
    codes: list[Voucher],
    wishes: list[tuple[int, int, str, bool]],
    loads: list[int],
    by_card: int,
    over: int,
    currency: str,
    data: st.DataObject,
) -> None:
    catalog, cart = a_catalog(prices, rules, some), a_cart(wishes, loads)
    bill = pricing.bill(cart, catalog, NOW, {one.code: one for one in codes})
    shown = pricing.bill_lines(cart, bill, catalog, "en")
    groups = {group.letter: group for group in bill.taxes}
    priced: Counter[str] = Counter()
    for unit, letter in zip(bill.units, bill.letters[: len(bill.units)], strict=True):
        priced[letter] += unit.price
    added = sum(groups[letter].gross - amount for letter, amount in priced.items())
    assert sum(one.amount for one in shown) + added == bill.total == sum(one.gross for one in bill.taxes)
    assert bill.revenue == sum(unit.gross for unit in bill.units)
    assert sum(one.gross for one in bill.taxes if one.outside) == bill.loaded == sum(loads)
    assert all(one.tax == 0 for one in bill.taxes if one.outside)
    for code in codes:
        saved = sum(unit.saved for unit in bill.units if unit.voucher == code.code)
        assert code.budget is None or saved <= code.budget
    # Gift cards pay for a part of what is sold, cash for the rest of it and for the cards that are sold.
    step = cash.step(currency)
    offers = [Offer(means=Means.GIFT_CARD, amount=bill.revenue * by_card // 100, code="PAID")]
    offers.append(Offer(means=Means.CASH, amount=open_in_cash(bill.total, offers, step) + over))
    paid = settle(bill.total, offers, step)
    assert isinstance(paid, Settled)
    assert sum(one.amount for one in paid.tendered) == bill.total + paid.rounding
    assert sum(for_order(paid.tendered, bill.revenue)) == bill.revenue
    # And back again, in two goes, whatever the pieces.
    sold = [Charge(unit.gross, pricing.rate_of(catalog, catalog.items[unit.item])) for unit in bill.units]
    first = [data.draw(st.integers(0, one.amount)) for one in sold]
    pieces = [Charge(amount, one.rate) for amount, one in zip(first, sold, strict=True)]
    rest = [Charge(one.amount - amount, one.rate) for amount, one in zip(first, sold, strict=True)]
    slips = [given_back(sold, [], pieces), given_back(sold, pieces, rest)]
    assert all(slip.total == sum(one.gross for one in slip.groups) for slip in slips)
    assert sum(slip.total for slip in slips) == -bill.revenue
