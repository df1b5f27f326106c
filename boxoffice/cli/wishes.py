"""What somebody wishes for on the command line, as a cart: items, kinds and dates by their ids or their names."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any

import msgspec

from boxoffice.code_counter import Codes
from boxoffice.domain import cart as carts
from boxoffice.domain import redeeming
from boxoffice.domain.cart import Cart, CartLine, HeldPass
from boxoffice.domain.catalog import Catalog, Item
from boxoffice.domain.facts import Guest
from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.pass_choices import name_of_choice
from boxoffice.domain.periods import name_of_date
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput
from boxoffice.ids import new_id

from .amounts import amount_in


def cart_of(
    args: argparse.Namespace, catalog: Catalog, others: Callable[[str], Catalog], held: HeldPass | None = None
) -> Cart:
    """The cart that the words of `sell` ask for; `others` are the catalogs of other events. Raises `BadInput`."""
    cart = Cart(
        id=new_id(),
        event=catalog.event.slug,
        email=args.email,
        allowed=tuple(args.allow),
        quick=args.quick,
        check_in=args.check_in,
        to_pass=held,
    )
    if not (args.items or args.choices or args.vouchers or args.gift_cards or args.top_up):
        raise BadInput("Nothing was wished for", "Nothing was sold.", "Name something with --item.")
    for wish in args.items:
        line = line_of(wish, args.date, catalog)
        line = msgspec.structs.replace(
            line, subevent=_date_of(line, catalog), guest=_guest(args, catalog.items[line.item])
        )
        parts = carts.bundled(line, catalog.items[line.item], new_id)
        cart = carts.added(cart, line, *parts)
    for wish in args.choices:
        cart = carts.added(cart, _chosen(wish, cart, catalog, others))
    return cart


def with_codes(args: argparse.Namespace, codes: Codes, cart: Cart, currency: str) -> Cart:
    """The cart with the vouchers, the membership and the gift cards that were named. Raises `Refused`, `BadInput`."""
    for code in args.vouchers:
        cart = codes.put_in(cart, code)
    if args.member:
        cart = redeeming.with_member(cart, args.member)
    wishes = [(one, Why.SOLD) for one in args.gift_cards]
    wishes += [(one, Why.TOPPED_UP) for one in args.top_up]
    wishes += [(one, Why.CHANGE) for one in args.change_onto]
    loads = []
    for wish, why in wishes:
        amount, _, number = wish.partition(":")
        number = number or (codes.new_number() if why is not Why.TOPPED_UP else "")
        loads.append(Load(id=new_id(), code=number, amount=amount_in(amount, currency), why=why))
    return msgspec.structs.replace(cart, loads=tuple(loads))


def _date_of(line: CartLine, catalog: Catalog) -> int | None:
    """A pass is for no date of its own."""
    return None if _terms(line.item, catalog) is not None else line.subevent


def _chosen(wish: str, cart: Cart, catalog: Catalog, others: Callable[[str], Catalog]) -> CartLine:
    """A date that goes with the pass in the cart, or with the one that the cart adds to."""
    above = next((one for one in cart.lines if _terms(one.item, catalog) is not None), None)
    item = above.item if above is not None else cart.to_pass.item if cart.to_pass is not None else 0
    terms = _terms(item, catalog)
    name, at, date = wish.partition("@")
    choices = terms.choices if terms is not None else ()
    found = [one for one in choices if name == str(one.id) or name == name_of_choice(one, catalog)]
    if len(found) != 1 or not (at or found[0].elsewhere):
        there = ", ".join(f"{one.id} ({name_of_choice(one, catalog)})" for one in choices) or "none"
        raise BadInput(f"{wish} is no choice of the pass", f"There are: {there}.", "Write CHOICE@DATE.")
    [choice] = found
    line = CartLine(
        id=new_id(),
        item=choice.item,
        variation=choice.variation,
        part_of=above.id if above is not None else "",
        choice=choice.id,
    )
    if choice.elsewhere is None:
        return msgspec.structs.replace(line, subevent=date_called(date, catalog))
    elsewhere = others(choice.elsewhere.event)
    on = date_called(date, elsewhere) if date else None
    words = (localised(elsewhere.event.name), name_of_date(elsewhere, elsewhere.subevents[on], "en") if on else "")
    return msgspec.structs.replace(line, date_elsewhere=on, note=", ".join(part for part in words if part))


def _terms(item: int, catalog: Catalog) -> PassTerms | None:
    known = catalog.items.get(item)
    return known.pass_terms if known is not None else None


def _guest(args: argparse.Namespace, item: Item) -> Guest:
    answers = dict(one.partition("=")[::2] for one in args.answers)
    if not item.admission:
        return Guest(answers=answers, role=args.role)
    return Guest(name=args.name, company=args.company, role=args.role, answers=answers)


_WISH = re.compile(r"(?P<item>.+?)(?::(?P<variation>.+?))?(?:x(?P<number>[0-9]{1,4}))?(?:@(?P<date>.+))?")


def line_of(wish: str, date: str, catalog: Catalog) -> CartLine:
    """The line that one wish asks for, on its own date or on this one. Raises `BadInput`."""
    found = _WISH.fullmatch(wish)
    if found is None:
        raise BadInput(f"{wish!r} is no item", "Nothing was sold.", "Write ITEM, ITEM:VARIATION, ITEMx2 or ITEM@DATE.")
    item = item_called(found["item"], catalog)
    variation = None
    if found["variation"]:
        kinds = [one for one in item.variations if _is_called(found["variation"], one.id, one.value)]
        if len(kinds) != 1:
            there = ", ".join(f"{one.id} ({localised(one.value)})" for one in item.variations) or "none"
            raise BadInput(f"No kind is called {found['variation']}", f"There are: {there}.", "Name one of them.")
        variation = kinds[0].id
    wanted = found["date"] or date
    return CartLine(
        id=new_id(),
        item=item.id,
        variation=variation,
        subevent=date_called(wanted, catalog) if wanted else None,
        quantity=int(found["number"] or 1),
    )


def date_called(name: str, catalog: Catalog) -> int:
    """The date of a series by its id or name. Raises `BadInput`."""
    dates = catalog.subevents.values()
    found = [one.id for one in dates if _is_called(name, one.id, one.name)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{one.id} ({name_of_date(catalog, one, 'en')})" for one in dates) or "none"
    raise BadInput(f"No date is called {name}", f"There are: {there}.", "Name it by its id.")


def item_called(name: str, catalog: Catalog) -> Item:
    """The item with this id or name. Raises `BadInput`."""
    found = [one for one in catalog.items.values() if _is_called(name, one.id, one.name)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{one.id} ({localised(one.name)})" for one in catalog.items.values() if one.active)
    raise BadInput(f"No item is called {name}", f"There are: {there}.", "Name it by its id.")


def _is_called(wanted: str, number: int, names: Any) -> bool:
    return wanted == str(number) or wanted.casefold() in {name.casefold() for name in names.values()}
