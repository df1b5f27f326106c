"""What a cart costs: the catalogue's prices, what was put right or asked for, vouchers, automatic discounts, tax.

Each thing in the cart is one unit with one price, because it becomes one position of the order. The rules are those
of the field's best-known server (pretix), so that a sale at the counter costs what the web shop would have asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from .cart import Cart, CartLine
from .catalog import Bundle, Catalog, Discount, Item
from .documents import BillLine, TaxGroup
from .offering import Choice, PriceStep
from .periods import name_of_date
from .tax import Charge, Rate, divided, tally
from .vouchers import Voucher, plain_code
from .words import Localised, localised


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing with its price, minor units."""

    line: str
    item: int
    variation: int | None
    subevent: int | None
    rate: Rate
    listed: int
    """What the catalogue says."""
    usual: int = 0
    """What it would cost without voucher, discount, or a price that was put right."""
    price: int
    """What it costs, without tax where the tax comes on top."""
    addon: bool = False
    by_voucher: bool = False
    discount: str = ""
    """The name of the automatic discount that made it cheaper."""
    step: Localised = {}
    """The name of the step that its price is on."""
    gross: int = 0
    """What it comes to with its tax: the price of its position."""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A cart reckoned up: the total is the sum of the units, of the groups, and of the lines with tax on top."""

    units: tuple[Unit, ...]
    total: int
    taxes: tuple[TaxGroup, ...]
    letters: tuple[str, ...]
    """The tax group of each unit."""


def bill(cart: Cart, catalog: Catalog, now: datetime, vouchers: Mapping[str, Voucher]) -> Bill:
    """What a cart costs now. `vouchers` are by plain code; one that is not there, or does not fit, changes nothing."""
    units = [unit for line in cart.lines for unit in _units(cart, line, catalog, vouchers, now)]
    _give_discounts(units, catalog, now)
    reckoned = tally([Charge(unit.price, unit.rate) for unit in units])
    priced = [msgspec.structs.replace(unit, gross=gross) for unit, gross in zip(units, reckoned.grosses, strict=True)]
    return Bill(units=tuple(priced), total=reckoned.total, taxes=reckoned.groups, letters=reckoned.letters)


def list_price(catalog: Catalog, item: Item, variation: int | None, subevent: int | None, now: datetime) -> int:
    """What the catalogue asks for one: the date's price, else the variation's, else the item's; each by its step."""
    date = catalog.subevents.get(subevent) if subevent is not None else None
    if date is not None:
        if variation is not None and str(variation) in date.variation_prices:
            return date.variation_prices[str(variation)]
        if variation is None and str(item.id) in date.item_prices:
            return date.item_prices[str(item.id)]
    if (step := step_of(catalog, item, variation, subevent, now)) is not None:
        return step.price
    kind = item.variation(variation)
    return item.price if kind is None or kind.price is None else kind.price


def step_of(
    catalog: Catalog, item: Item, variation: int | None, subevent: int | None, now: datetime
) -> PriceStep | None:
    """The step of the price that holds now; None where it is the plain price, or the date has one of its own."""
    date = catalog.subevents.get(subevent) if subevent is not None else None
    if date is not None and (str(variation) in date.variation_prices or str(item.id) in date.item_prices):
        return None
    kind = item.variation(variation)
    steps = item.price_steps if kind is None or (kind.price is None and not kind.price_steps) else kind.price_steps
    return min((one for one in steps if now < one.until), key=lambda one: one.until, default=None)


def rate_of(catalog: Catalog, item: Item) -> Rate:
    """The tax on an item; none where it has no rule."""
    rule = catalog.tax_rules.get(item.tax_rule) if item.tax_rule is not None else None
    if rule is None:
        return Rate()
    return Rate(rate=rule.rate, included=rule.price_includes_tax, name=localised(rule.name))


def _units(
    cart: Cart, line: CartLine, catalog: Catalog, vouchers: Mapping[str, Voucher], now: datetime
) -> Iterator[Unit]:
    item = catalog.items.get(line.item)
    if item is None:
        return
    listed = list_price(catalog, item, line.variation, line.subevent, now)
    step = step_of(catalog, item, line.variation, line.subevent, now)
    voucher = vouchers.get(plain_code(line.voucher)) if line.voucher else None
    price = _price(cart, line, catalog, item, listed)
    if (
        voucher is not None
        and line.override is None
        and voucher.fits(catalog, line.item, line.variation, line.subevent)
    ):
        price = voucher.price(price)
    else:
        voucher = None
    for _ in range(line.quantity):
        yield Unit(
            line=line.id,
            item=line.item,
            variation=line.variation,
            subevent=line.subevent,
            rate=rate_of(catalog, item),
            listed=listed,
            usual=_price(cart, msgspec.structs.replace(line, override=None), catalog, item, listed),
            price=price,
            addon=bool(line.part_of),
            by_voucher=voucher is not None,
            step=step.name if step is not None and line.override is None else {},
        )


def _price(cart: Cart, line: CartLine, catalog: Catalog, item: Item, listed: int) -> int:
    if line.override is not None:
        return line.override.price
    parent = cart.line(line.part_of) if line.part_of else None
    above = catalog.items.get(parent.item) if parent is not None else None
    if (choice := choice_of(cart, line, catalog)) is not None:
        return choice.price
    if above is not None and line.bundled:
        return next((one.price for one in above.bundles if _is_of(one, line)), 0)
    if above is not None and any(rule.category == item.category and rule.price_included for rule in above.addons):
        return 0
    price = listed
    if item.free_price and line.asked is not None:
        price = max(listed, line.asked)
        if item.free_price_most is not None:
            price = max(listed, min(price, item.free_price_most))
    with_it = {one.item: one for one in cart.parts(line.id) if one.bundled}
    return price - sum(one.price * one.count for one in item.bundles if one.item in with_it)


def choice_of(cart: Cart, line: CartLine, catalog: Catalog) -> Choice | None:
    """The choice of a pass that a line was taken for: of the pass above it, or of the one that the cart adds to."""
    if line.choice is None:
        return None
    parent = cart.line(line.part_of) if line.part_of else None
    item = parent.item if parent is not None else cart.to_pass.item if cart.to_pass is not None else 0
    held = catalog.items.get(item)
    choices = held.pass_terms.choices if held is not None and held.pass_terms is not None else ()
    return next((one for one in choices if one.id == line.choice), None)


def _is_of(bundle: Bundle, line: CartLine) -> bool:
    return bundle.item == line.item and bundle.variation in (None, line.variation)


# Automatic discounts


def _give_discounts(units: list[Unit], catalog: Catalog, now: datetime) -> None:
    """Each unit takes part in one discount at most; they are tried in the organiser's order."""
    used: set[int] = set()
    for discount in sorted(catalog.discounts.values(), key=lambda one: (one.position, one.id)):
        if not _is_on(discount, now):
            continue
        free = [number for number in range(len(units)) if number not in used]
        for group in _groups(units, free, discount):
            used |= _give(units, group, discount)


def _is_on(discount: Discount, now: datetime) -> bool:
    if not discount.active:
        return False
    begun = discount.available_from is None or discount.available_from <= now
    return begun and (discount.available_until is None or now <= discount.available_until)


def _groups(units: Sequence[Unit], free: Sequence[int], discount: Discount) -> list[list[int]]:
    """Units that are looked at together: of one date each, of different dates, or all of them."""
    if discount.per_date == "same":
        by_date: dict[int | None, list[int]] = defaultdict(list)
        for number in free:
            by_date[units[number].subevent].append(number)
        return list(by_date.values())
    if discount.per_date == "distinct":
        return _of_different_dates(units, free, discount)
    return [list(free)]


def _of_different_dates(units: Sequence[Unit], free: Sequence[int], discount: Discount) -> list[list[int]]:
    """As many groups as can be made of units that all have different dates; most of one date go first."""
    left: dict[int | None, list[int]] = defaultdict(list)
    for number in free:
        if _counts(units[number], discount):
            left[units[number].subevent].append(number)
    size = max(discount.min_count, 1)
    groups = []
    while len(left) >= size:
        dates = sorted(left, key=lambda date: -len(left[date]))[:size]
        groups.append([left[date].pop(0) for date in dates])
        left = defaultdict(list, {date: some for date, some in left.items() if some})
    return groups


def _counts(unit: Unit, discount: Discount) -> bool:
    """Whether a unit counts towards a discount."""
    if unit.addon and not discount.addons_too:
        return False
    if unit.by_voucher and discount.ignore_vouchers:
        return False
    return discount.all_items or unit.item in discount.items


def _gains(unit: Unit, discount: Discount) -> bool:
    """Whether a unit can cost less by a discount that needs other ones to be bought."""
    return unit.item in discount.other_items and not (unit.by_voucher and discount.ignore_vouchers)


def _give(units: list[Unit], group: Sequence[int], discount: Discount) -> set[int]:
    """Make the units of one group cheaper that are to be; those that took part."""
    counting = [number for number in group if _counts(units[number], discount)]
    gaining = counting
    if not discount.same_items:
        gaining = [number for number in group if number not in counting and _gains(units[number], discount)]
    if not counting or not gaining:
        return set()
    if discount.min_value and sum(units[number].price for number in counting) < discount.min_value:
        return set()
    least = max(discount.min_count, 1)
    if len(counting) < least:
        return set()
    took_part = {*counting, *gaining}
    if discount.cheapest_only is not None:
        times = len(counting) // least
        gaining = _cheapest(units, gaining)[: times * discount.cheapest_only]
        took_part = {*gaining, *_cheapest(units, counting)[: times * least]}
    for number in gaining:
        unit = units[number]
        price = divided(unit.price * (10_000 - discount.percent), 10_000)
        units[number] = msgspec.structs.replace(unit, price=price, discount=discount.name)
    return took_part


def _cheapest(units: Sequence[Unit], some: Sequence[int]) -> list[int]:
    return sorted(some, key=lambda number: units[number].price)


# On paper and on the screen


def discounts(reckoned: Bill) -> tuple[tuple[str, int, int], ...]:
    """What made something cheaper, for how many things, and by how much (negative): as reports count it."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for unit in reckoned.units:
        if unit.price < unit.usual:
            one = sums[unit.discount or ("Vouchers" if unit.by_voucher else "Prices put right")]
            one[0] += 1
            one[1] += unit.price - unit.usual
    return tuple((name, number, amount) for name, (number, amount) in sums.items())


def bill_lines(cart: Cart, reckoned: Bill, catalog: Catalog, locale: str) -> tuple[BillLine, ...]:
    """The lines of a bill: what it is at its price, and below it what made it cheaper.

    Prices are as they stand in the catalogue: where tax comes on top, the groups say how much.
    """
    lines: list[BillLine] = []
    letters = {unit.line: letter for unit, letter in zip(reckoned.units, reckoned.letters, strict=True)}
    for line in cart.lines:
        units = [one for one in reckoned.units if one.line == line.id]
        if not units:
            continue
        item = catalog.items[line.item]
        kind = item.variation(line.variation)
        each = max(unit.price for unit in units)
        date = catalog.subevents.get(line.subevent) if line.subevent is not None else None
        notes = (
            localised(kind.value, locale) if kind else "",
            name_of_date(catalog, date, locale) if date else "",
            localised(units[0].step, locale),
        )
        lines.append(
            BillLine(
                text=localised(item.name, locale),
                quantity=len(units),
                each=each,
                amount=each * len(units),
                tax=letters[line.id],
                notes=tuple(note for note in (*notes, line.guest.name, line.note) if note),
                part=bool(line.part_of),
            )
        )
        less: dict[str, int] = defaultdict(int)
        for unit in units:
            less[unit.discount] += unit.price - each
        lines.extend(
            BillLine(text=name, each=amount, amount=amount, tax=letters[line.id], part=True)
            for name, amount in less.items()
            if amount
        )
    return tuple(lines)
