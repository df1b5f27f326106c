"""What stands against selling a cart as it is: in sentences, each with the line it is about.

An objection is no error: the cart stays, and somebody with permission may wave some of them through. What is left
of a quota is another question, because it needs the store (`stock.sell_offline`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from . import memberships
from .cart import Cart, CartLine, Objection, count
from .catalog import AddOnRule, Catalog, Item
from .memberships import Membership
from .money import plain
from .pass_choices import of_choices
from .periods import closed, offered
from .pricing import Unit
from .stock import Outlook, Piece, needed_of
from .visits import only_with_pass, visit_of
from .vouchers import Voucher, plain_code, why_not
from .words import Sentence, localised


def objections(
    cart: Cart,
    catalog: Catalog,
    now: datetime,
    vouchers: Mapping[str, Voucher],
    used_here: Mapping[str, int],
    locale: str = "en",
    members: Mapping[str, Membership] = {},
) -> tuple[Objection, ...]:
    """Everything that stands against it, in the order of the lines; without what somebody has waved through.

    `vouchers` and `used_here` (how often this station used them, unknown to the server) are by plain code, and so
    are `members` by their numbers.
    """
    found = [one for line in cart.lines for one in _of_line(cart, line, catalog, now, locale)]
    found += _of_held_pass(cart, catalog, locale)
    found += _of_numbers(cart, catalog, locale)
    found += _of_vouchers(cart, catalog, now, vouchers, used_here)
    found += _of_members(cart, catalog, now, members)
    return tuple(one for one in found if not (one.may_be_allowed and one.kind in cart.allowed))


def _of_line(cart: Cart, line: CartLine, catalog: Catalog, now: datetime, locale: str) -> Iterator[Objection]:
    item = catalog.items.get(line.item)
    if item is None or not item.active:
        yield _no("inactive", line, Sentence("This is not for sale any more"))
        return
    kind = item.variation(line.variation)
    if item.variations and (kind is None or not kind.active):
        yield _no("variation", line, Sentence("Choose which kind of {item}", {"item": localised(item.name, locale)}))
    for words in closed(catalog, item, line.variation, line.subevent, now, locale):
        yield _no("period", line, words, may_be_allowed=True)
    if visit_of(cart, line, catalog) is None:
        yield from _of_date(line, item, catalog)
    yield from _of_roles(line, item, catalog, locale)
    if line.quantity < 1:
        yield _no("quantity", line, Sentence("Nothing of it is in the cart"))
    if line.override is not None and line.override.price < 0:
        yield _no("price", line, Sentence("A price is not below zero"))
    if item.free_price_most is not None and line.asked is not None and line.asked > item.free_price_most:
        yield _no("price", line, Sentence("No more than {most} is taken for this", {"most": _plain(item, catalog)}))
    if line.choice is None and line.item in only_with_pass(catalog):
        yield _no("visit", line, Sentence("This is sold with a pass only"))
    if item.require_voucher and not line.voucher:
        yield _no("voucher needed", line, Sentence("This is sold with a voucher only"), may_be_allowed=True)
    if item.require_approval:
        yield _no("approval", line, Sentence("The organiser has to approve this first"), may_be_allowed=True)
    yield from _of_parts(cart, line, item, catalog, locale)


def _of_date(line: CartLine, item: Item, catalog: Catalog) -> Iterator[Objection]:
    date = catalog.subevents.get(line.subevent) if line.subevent is not None else None
    if catalog.event.has_subevents and line.subevent is None and item.pass_terms is None:
        yield _no("date", line, Sentence("Choose a date"))
    if line.subevent is not None and date is None:
        yield _no("date", line, Sentence("This date is not known here"))
    if date is not None and not date.active:
        yield _no("date off sale", line, Sentence("This date is not on sale"), may_be_allowed=True)
    if not offered(catalog, item, line.variation, line.subevent):
        yield _no("date off sale", line, Sentence("This is not sold for that date"), may_be_allowed=True)


def _of_roles(line: CartLine, item: Item, catalog: Catalog, locale: str) -> Iterator[Objection]:
    """A ticket type that is for some people only: what they are has to be said, and is named where it is missing."""
    if not item.roles or line.guest.role in item.roles:
        return
    values = {"item": localised(item.name, locale), "roles": names_of_roles(catalog, item.roles, locale)}
    if not line.guest.role:
        yield _no("role", line, Sentence("{item} is for {roles} only; ask for the proof", values), may_be_allowed=True)
        return
    values["own"] = names_of_roles(catalog, (line.guest.role,), locale)
    yield _no("role", line, Sentence("{item} is for {roles} only, not for {own}", values), may_be_allowed=True)


def names_of_roles(catalog: Catalog, roles: Iterable[str], locale: str = "en") -> str:
    """Roles in words, one after the other."""
    known = catalog.settings.roles if catalog.settings is not None else {}
    return ", ".join(localised(known.get(role), locale) or role for role in roles)


def _plain(item: Item, catalog: Catalog) -> str:
    return f"{plain(item.free_price_most or 0, catalog.event.currency)} {catalog.event.currency}"


def _of_parts(cart: Cart, line: CartLine, item: Item, catalog: Catalog, locale: str) -> Iterator[Objection]:
    """Add-ons: enough of each shelf, not too many, and none that does not go with the ticket."""
    chosen = [one for one in cart.parts(line.id) if one.choice is not None]
    if item.pass_terms is not None:
        yield from of_choices(cart, line, chosen, item.pass_terms, catalog, locale)
    parts = [one for one in cart.parts(line.id) if not one.bundled and one.choice is None]
    shelves = {one.id: one.category for one in catalog.items.values()}
    for rule in item.addons:
        of_shelf = [one for one in parts if shelves.get(one.item) == rule.category]
        yield from _of_shelf(line, of_shelf, rule, catalog, locale)
    allowed = {rule.category for rule in item.addons}
    for part in parts:
        if shelves.get(part.item) not in allowed:
            words = Sentence("This does not go with {item}", {"item": localised(item.name, locale)})
            yield _no("add-on", part, words)


def _of_held_pass(cart: Cart, catalog: Catalog, locale: str) -> Iterator[Objection]:
    """What is added to a pass that was sold before; what was chosen then, is not known here."""
    if cart.to_pass is None or cart.empty:
        return
    terms = catalog.pass_terms(cart.to_pass.item)
    if terms is None:
        yield _no("pass", cart.lines[0], Sentence("This is no pass to which anything is added"))
        return
    chosen = [one for one in cart.lines if one.choice is not None and not one.part_of]
    terms = msgspec.structs.replace(terms, min_choices=0, max_choices=None)
    yield from of_choices(cart, cart.lines[0], chosen, terms, catalog, locale)


def _of_shelf(
    line: CartLine, parts: list[CartLine], rule: AddOnRule, catalog: Catalog, locale: str
) -> Iterator[Objection]:
    category = catalog.categories.get(rule.category)
    shelf = localised(category.name, locale) if category else str(rule.category)
    number = count(parts)
    if number < rule.min_count * line.quantity:
        words = Sentence("Choose at least {number} of {shelf}", {"number": rule.min_count, "shelf": shelf})
        yield _no("add-ons missing", line, words, may_be_allowed=True)
    if number > rule.max_count * line.quantity:
        words = Sentence("No more than {number} of {shelf} go with it", {"number": rule.max_count, "shelf": shelf})
        yield _no("too many add-ons", line, words, may_be_allowed=True)
    if not rule.multi_allowed and any(part.quantity > line.quantity for part in parts):
        yield _no("add-on twice", line, Sentence("Each of {shelf} once only", {"shelf": shelf}), may_be_allowed=True)


def _of_numbers(cart: Cart, catalog: Catalog, locale: str) -> Iterator[Objection]:
    for item in catalog.items.values():
        lines = [one for one in cart.lines if one.item == item.id and not one.bundled]
        if not lines:
            continue
        named = localised(item.name, locale)
        if item.max_per_order is not None and count(lines) > item.max_per_order:
            words = Sentence(
                "No more than {number} of {item} in one sale", {"number": item.max_per_order, "item": named}
            )
            yield _no("too many", lines[-1], words, may_be_allowed=True)
        if item.min_per_order is not None and count(lines) < item.min_per_order:
            words = Sentence("At least {number} of {item} in one sale", {"number": item.min_per_order, "item": named})
            yield _no("too few", lines[-1], words, may_be_allowed=True)


def _of_vouchers(
    cart: Cart, catalog: Catalog, now: datetime, vouchers: Mapping[str, Voucher], used_here: Mapping[str, int]
) -> Iterator[Objection]:
    for code in dict.fromkeys(plain_code(one.voucher) for one in cart.lines if one.voucher):
        lines = [one for one in cart.lines if plain_code(one.voucher) == code]
        voucher = vouchers.get(code)
        words = why_not(voucher, now, used_here.get(code, 0), count(lines))
        if words is not None or voucher is None:
            yield _no("voucher", lines[0], words or Sentence("No voucher has this code"))
            continue
        for line in lines:
            if line.part_of:
                yield _no("voucher", line, Sentence("A voucher is for a ticket, not for what goes with it"))
            elif not voucher.fits(catalog, line.item, line.variation, line.subevent):
                yield _no("voucher", line, Sentence("This voucher is for something else"))


def _of_members(cart: Cart, catalog: Catalog, now: datetime, members: Mapping[str, Membership]) -> Iterator[Objection]:
    """Members' prices: whether who asks for one is a member; somebody with permission may take their word."""
    uses: dict[str, int] = {}
    for line in cart.lines:
        item = catalog.items.get(line.item)
        wanted = memberships.wanted_for(item, line.variation) if item is not None else None
        if wanted is None or not wanted.needed:
            continue
        number = plain_code(line.member)
        uses[number] = uses.get(number, 0) + line.quantity
        words = memberships.why_not(line.member, wanted, members, now, uses[number])
        if words is not None:
            yield _no("member", line, words, may_be_allowed=True)


OVERSELL = "oversell"
"""The objection that others may be selling the last ones."""


def of_stock(
    cart: Cart, units: Sequence[Unit], catalog: Catalog, outlook: Outlook, locale: str = "en"
) -> tuple[Objection, ...]:
    """What stands against selling things of which there are only so many. It is judged anew when they are sold."""
    quotas = list(catalog.quotas.values())
    taking = [one for one in units if not one.has_room]
    found = []
    for quota, needed in outlook.needs(pieces_of(taking), quotas).items():
        last = next(one for one in reversed(taking) if quota in needed_of(pieces_of([one]), quotas))
        line = cart.line(last.line)
        item = catalog.items.get(last.item)
        if line is None or item is None:
            continue
        left = outlook.left.get(quota, needed)
        kind = item.variation(last.variation)
        named = ", ".join(localised(one, locale) for one in (item.name, kind.value if kind else {}) if one)
        values = {"item": named, "left": left, "here": outlook.here.get(quota, 0)}
        if needed > left:
            found.append(_no("sold out", line, Sentence("No more than {left} of {item} are left", values)))
            continue
        words = Sentence("{item}: {here} set aside for this till; others may be selling the rest", values)
        found.append(_no(OVERSELL, line, words, may_be_allowed=True))
    return tuple(one for one in found if not (one.may_be_allowed and one.kind in cart.allowed))


def pieces_of(units: Iterable[Unit]) -> list[Piece]:
    """Units as far as stock is concerned."""
    return [Piece(item=one.item, variation=one.variation, subevent=one.subevent) for one in units]


def _no(kind: str, line: CartLine, words: Sentence, *, may_be_allowed: bool = False) -> Objection:
    return Objection(kind=kind, line=line.id, words=words, may_be_allowed=may_be_allowed)
