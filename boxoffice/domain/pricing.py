"""What a cart costs: the catalogue's prices, what was put right or asked for, vouchers, automatic discounts, tax.

Each thing in the cart is one unit with one price, because it becomes one position of the order. The rules are those
of the field's best-known server (pretix), so that a sale at the counter costs what the web shop would have asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from . import passes
from .cart import Cart, CartLine
from .catalog import Bundle, Catalog, Item
from .discounts import Thing, given
from .documents import BillLine, TaxGroup
from .gift_cards import ON_A_BILL, OUTSIDE, loaded, shown
from .offering import Choice, PriceStep
from .periods import name_of_date
from .tax import Charge, Rate, tally
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
    part_of: str = ""
    """The line that it is an add-on to, or comes with."""
    bundled: bool = False
    voucher: str = ""
    """The code of the voucher with which it is bought, as the server spells it."""
    saved: int = 0
    """What the voucher takes off what is listed."""
    has_room: bool = False
    """It is sold from what a voucher keeps back, or in spite of what is left."""
    discount: str = ""
    """The name of the automatic discount that made it cheaper."""
    step: Localised = {}
    """The name of the step that its price is on."""
    gross: int = 0
    """What it comes to with its tax: the price of its position."""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A cart reckoned up: the total is the sum of the units, of the groups, and of the lines with tax on top.

    What is put on gift cards is in the total and in a group of its own; it is no revenue.
    """

    units: tuple[Unit, ...]
    total: int
    loaded: int = 0
    """What of the total is put on gift cards."""
    taxes: tuple[TaxGroup, ...]
    letters: tuple[str, ...]
    """The tax group of each unit, and behind them of each load of a gift card."""

    @property
    def revenue(self) -> int:
        """What is sold: the total of the order."""
        return self.total - self.loaded


def bill(cart: Cart, catalog: Catalog, now: datetime, vouchers: Mapping[str, Voucher]) -> Bill:
    """What a cart costs now. `vouchers` are by plain code; one that is not there, or does not fit, changes nothing."""
    budgets = {code: one.budget_left for code, one in vouchers.items()}
    units = [unit for line in cart.lines for unit in _units(cart, line, catalog, vouchers, budgets, now)]
    for place, less in given([_thing(unit) for unit in units], catalog, now).items():
        units[place] = msgspec.structs.replace(units[place], price=less.price, discount=less.name)
    charges = [Charge(unit.price, unit.rate) for unit in units]
    reckoned = tally([*charges, *(Charge(load.amount, OUTSIDE) for load in cart.loads)])
    grosses = reckoned.grosses[: len(units)]
    priced = [msgspec.structs.replace(unit, gross=gross) for unit, gross in zip(units, grosses, strict=True)]
    return Bill(
        units=tuple(priced),
        total=reckoned.total,
        loaded=loaded(cart.loads),
        taxes=reckoned.groups,
        letters=reckoned.letters,
    )


def _thing(unit: Unit) -> Thing:
    return Thing(
        item=unit.item,
        subevent=unit.subevent,
        price=unit.price,
        addon_of=unit.part_of,
        bundled=unit.bundled,
        by_voucher=unit.saved > 0,
    )


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
    cart: Cart,
    line: CartLine,
    catalog: Catalog,
    vouchers: Mapping[str, Voucher],
    budgets: dict[str, int | None],
    now: datetime,
) -> Iterator[Unit]:
    item = catalog.items.get(line.item)
    if item is None:
        return
    listed = list_price(catalog, item, line.variation, line.subevent, now)
    step = step_of(catalog, item, line.variation, line.subevent, now)
    voucher = voucher_of(line, catalog, vouchers)
    for _ in range(line.quantity):
        reduced, saved = listed, 0
        if voucher is not None:
            code = plain_code(voucher.code)
            reduced = voucher.price(listed)
            saved = listed - reduced
            budget = budgets.get(code)
            if budget is not None:
                saved = min(saved, budget)
                reduced = listed - saved
                budgets[code] = budget - saved
        yield Unit(
            line=line.id,
            item=line.item,
            variation=line.variation,
            subevent=line.subevent,
            rate=rate_of(catalog, item),
            listed=listed,
            usual=_price(cart, msgspec.structs.replace(line, override=None, voucher=""), catalog, item, listed, {}),
            price=_price(cart, line, catalog, item, reduced, vouchers),
            part_of=line.part_of,
            bundled=line.bundled,
            voucher=voucher.code if voucher is not None else "",
            saved=saved,
            has_room=voucher is not None and voucher.has_room,
            step=step.name if step is not None and line.override is None else {},
        )


def voucher_of(line: CartLine, catalog: Catalog, vouchers: Mapping[str, Voucher]) -> Voucher | None:
    """The voucher with which a line is bought; None without one, and where it is for something else.

    What belongs to a ticket has none of its own, and a price that somebody has put right stands above it.
    """
    if not line.voucher or line.part_of or line.override is not None:
        return None
    voucher = vouchers.get(plain_code(line.voucher))
    fits = voucher is not None and voucher.fits(catalog, line.item, line.variation, line.subevent)
    return voucher if fits else None


def _price(
    cart: Cart, line: CartLine, catalog: Catalog, item: Item, reduced: int, vouchers: Mapping[str, Voucher]
) -> int:
    """What one costs; `reduced` is what the catalogue asks for it with the voucher."""
    if line.override is not None:
        return line.override.price
    parent = cart.line(line.part_of) if line.part_of else None
    above = catalog.items.get(parent.item) if parent is not None else None
    if (choice := choice_of(cart, line, catalog)) is not None:
        return choice.price
    if parent is not None and above is not None:
        with_it = voucher_of(parent, catalog, vouchers)
        if line.bundled:
            whole = with_it is not None and with_it.bundles_included
            return 0 if whole else next((one.price for one in above.bundles if _is_of(one, line)), 0)
        if with_it is not None and with_it.addons_included:
            return 0
        if any(rule.category == item.category and rule.price_included for rule in above.addons):
            return 0
    price = reduced
    if item.free_price and line.asked is not None:
        price = max(reduced, line.asked)
        if item.free_price_most is not None:
            price = max(reduced, min(price, item.free_price_most))
    own = voucher_of(line, catalog, vouchers)
    if own is not None and own.bundles_included:
        return price
    with_it_here = {one.item for one in cart.parts(line.id) if one.bundled}
    return max(0, price - sum(one.price * one.count for one in item.bundles if one.item in with_it_here))


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


# On paper and on the screen


def discounts(reckoned: Bill) -> tuple[tuple[str, int, int], ...]:
    """What made something cheaper, for how many things, and by how much (negative): as reports count it."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for unit in reckoned.units:
        if unit.price < unit.usual:
            one = sums[unit.discount or ("Vouchers" if unit.voucher else "Prices put right")]
            one[0] += 1
            one[1] += unit.price - unit.usual
    return tuple((name, number, amount) for name, (number, amount) in sums.items())


def bill_lines(cart: Cart, reckoned: Bill, catalog: Catalog, locale: str) -> tuple[BillLine, ...]:
    """The lines of a bill: what it is at its price, and below it what made it cheaper.

    Prices are as they stand in the catalogue: where tax comes on top, the groups say how much.
    """
    lines: list[BillLine] = []
    letters = {unit.line: letter for unit, letter in zip(reckoned.units, reckoned.letters, strict=False)}
    for line in cart.lines:
        units = [one for one in reckoned.units if one.line == line.id]
        if not units:
            continue
        item = catalog.items[line.item]
        kind = item.variation(line.variation)
        each = max(unit.price for unit in units)
        date = catalog.subevents.get(line.subevent) if line.subevent is not None else None
        codes = {unit.voucher: None for unit in units if unit.voucher}
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
                notes=tuple(note for note in (*notes, line.guest.name, line.note, *codes) if note),
                part=bool(line.part_of),
                left=passes.of_new(item.pass_terms, catalog.event),
            )
        )
        less: dict[str, int] = defaultdict(int)
        for unit in units:
            less[unit.discount or unit.voucher] += unit.price - each
        lines.extend(
            BillLine(text=name, each=amount, amount=amount, tax=letters[line.id], part=True)
            for name, amount in less.items()
            if amount
        )
    loads = reckoned.letters[len(reckoned.units) :]
    lines.extend(
        BillLine(text=ON_A_BILL[load.why], each=load.amount, amount=load.amount, tax=letter, notes=(shown(load.code),))
        for load, letter in zip(cart.loads, loads, strict=False)
    )
    return tuple(lines)
