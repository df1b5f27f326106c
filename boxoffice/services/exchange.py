"""A ticket becomes one of another type, for another date, or at today's price; the difference comes or goes at once.

What was written stays as it was: a slip of its own names the receipt it is about, with what the ticket was below
zero and what it is now. The ticket keeps its code, so nobody needs a new one to get in. Of an order that is still
open only the price changes; its difference is paid with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import pricing, selling
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.errands import Errand, Wish
from boxoffice.domain.facts import Exchanged, Guest, Paid, Private, Refunded, Swap
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.periods import name_of_date
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked
from boxoffice.domain.stock import Piece, covers
from boxoffice.domain.tax import Charge, Tally, tally
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.words import localised
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import journal, orders, payments, receipt_book, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import books, card, deal, gift_cards, give_back, guard, shifts, tendering
from .give_back import payment_by
from .stock import Stock


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an exchange comes to, before anything happens."""

    order: Order
    swaps: tuple[Swap, ...]
    tally: Tally
    """The old prices below zero and the new ones, in turn."""
    corrects: int
    """The receipt of this till that sold it; 0 if it was sold elsewhere."""

    @property
    def difference(self) -> int:
        """The new prices less the old ones."""
        return self.tally.total

    @property
    def due(self) -> int:
        """What is to be handed over now, negative where it goes back. Of an order that is open, nothing."""
        return self.difference if self.order.status is Status.PAID else 0


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange that is done."""

    order: Order
    booked: Booked | None
    """The slip; none for an order that is still open."""
    change: int = 0

    @property
    def receipt(self) -> Receipt | None:
        """The slip as it is printed."""
        return self.booked.receipt if self.booked is not None else None


def stale(order: Order, catalog: Catalog, now: datetime) -> tuple[Wish, ...]:
    """Tickets of an unpaid order whose price has run out since: what they become at today's price.

    Only those that cost what the catalogue asked on the day of the order; a price that somebody set is kept.
    """
    if order.placed_at is None or order.status not in (Status.PENDING, Status.EXPIRED) or order.paid >= order.total:
        return ()
    found = []
    for one in order.positions:
        item = catalog.items.get(one.item)
        if item is None or one.canceled:
            continue
        then = _today(catalog, one.item, one.variation, one.subevent, order.placed_at)
        if one.price == then != _today(catalog, one.item, one.variation, one.subevent, now):
            found.append(Wish(position=one.number, item=one.item, variation=one.variation, subevent=one.subevent))
    return tuple(found)


def quote(connection: Connection, shelf: Shelf, event: str, code: str, wishes: Sequence[Wish], now: datetime) -> Terms:
    """What an exchange would come to. Raises `BadInput` for what there is not, `Refused` if nothing would change."""
    order = orders.by_code(connection, event, code)
    if order is None:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was changed.", "Look it up by name.")
    if order.status is Status.CANCELED:
        raise Refused("This order is cancelled", "Nothing was changed.", "Make it valid again first.")
    catalog = shelf.of(connection, event)
    swaps = tuple(swap for wish in wishes if (swap := _swap(order, wish, catalog, now)) is not None)
    if not swaps:
        raise Refused("Nothing would change", "The ticket is what it should become.", "Choose something else.")
    charges = [charge for swap in swaps for charge in _charges(swap, catalog)]
    booked = receipt_book.receipts_of_order(connection, event, code)
    first = next((one.number for one in booked if one.receipt.total > 0), 0)
    terms = Terms(order=order, swaps=swaps, tally=tally(charges), corrects=first)
    if -terms.due > order.paid:
        what = filled(
            "{due} would go back, {paid} was paid and is not back yet.",
            due=plain(-terms.due, catalog.event.currency),
            paid=plain(order.paid, catalog.event.currency),
        )
        raise Refused("No more goes back than was paid", what, "Give the rest back first, or set another price.")
    return terms


def _swap(order: Order, wish: Wish, catalog: Catalog, now: datetime) -> Swap | None:
    held = next((one for one in order.positions if one.number == wish.position and not one.canceled), None)
    if held is None:
        raise BadInput(
            filled("Order {code} has no valid position {position}", code=order.code, position=wish.position),
            "Nothing was changed.",
            "Look it up.",
        )
    if wish.item not in catalog.items:
        raise BadInput(filled("There is no item {item}", item=wish.item), "Nothing was changed.", "Choose another one.")
    if wish.price is not None and wish.price < 0:
        raise BadInput("A price is not below zero", "Nothing was changed.", "Set another one.")
    asked = _today(catalog, wish.item, wish.variation, wish.subevent, now) if wish.price is None else wish.price
    swap = Swap(
        position=held.number,
        item=wish.item,
        variation=wish.variation,
        subevent=wish.subevent,
        price=asked,
        was_item=held.item,
        was_variation=held.variation,
        was_subevent=held.subevent,
        was_price=held.price,
    )
    same = (held.item, held.variation, held.subevent, held.price) == (
        *(swap.item, swap.variation, swap.subevent, swap.price),
    )
    return None if same else swap


def _today(catalog: Catalog, item_id: int, variation: int | None, subevent: int | None, now: datetime) -> int:
    """What the catalogue asks for one at a time, with its tax."""
    item = catalog.items[item_id]
    listed = pricing.list_price(catalog, item, variation, subevent, now)
    return tally([Charge(listed, pricing.rate_of(catalog, item))]).total


def _charges(swap: Swap, catalog: Catalog) -> Iterator[Charge]:
    yield Charge(-swap.was_price, books.rate_of(catalog, swap.was_item))
    yield Charge(swap.price, books.rate_of(catalog, swap.item))


def check(connection: Connection, shelf: Shelf, errand: Errand, now: datetime) -> Terms:
    """What an exchange comes to by which cards are about to be moved. Raises `Refused` for what it would be."""
    now = card.as_of(connection, errand.operation, now)
    terms = quote(connection, shelf, errand.event, errand.order, errand.changes, now)
    if terms.order.status is not Status.PAID:
        raise Refused("There is nothing to pay", "The order is open: its difference is paid with the rest.", "")
    catalog = shelf.of(connection, errand.event)
    _mind_rules(terms, errand.changes, catalog, now, errand.allowed, settings.locale(connection))
    tendering.mind(connection, shelf.now(connection), errand.event, errand.offers, errand.operation)
    shift = shifts.needed(connection)
    shifts.mind_event(shift, errand.event)
    books.covered(terms.difference, errand.offers, shift)
    return terms


def guarded(connection: Connection, shelf: Shelf, errand: Errand, now: datetime) -> tuple[Act, ...]:
    """What an exchange asks for before cards are moved."""
    terms = quote(connection, shelf, errand.event, errand.order, errand.changes, now)
    overruled = bool(errand.allowed) or errand.may_oversell
    return tuple(_guarded(terms, errand.changes, errand.offers, overruled=overruled))


def exchange(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    event: str,
    code: str,
    wishes: Sequence[Wish],
    offers: Sequence[Offer],
    reason: str,
    now: datetime,
    operator: str = "",
    *,
    operation: str = "",
    allowed: Sequence[str] = (),
    may_oversell: bool = False,
    permits: Sequence[Permit] = (),
) -> Done:
    """Exchange tickets, and take or give the difference by any tender. Under one `operation` it is done once.

    `allowed` are kinds of objections that somebody with permission waved through. Raises `Refused`, `BadInput`, and
    `NeedsPermission` where somebody has to stand by it; nothing is changed then.
    """
    operation = operation or new_id()
    if (booked := receipt_book.receipt_of(connection, operation)) is not None:
        return Done(order=_known(connection, event, code), booked=booked, change=_change(booked))
    priced_at = card.as_of(connection, operation, now)
    terms = quote(connection, shelf, event, code, wishes, priced_at)
    card.mind_order(connection, event, code, operation)
    overruled = bool(allowed) or may_oversell
    asked_before = bool(payments.unreceipted(connection, operation))
    for act in () if asked_before else _guarded(terms, wishes, offers, overruled=overruled):
        guard.need(connection, act, now, operator=operator, permits=permits, reason=reason, event=event, about=code)
    catalog = shelf.of(connection, event)
    _mind_rules(terms, wishes, catalog, priced_at, allowed, settings.locale(connection))
    _take_places(connection, stock, terms, catalog, operation, may_oversell=may_oversell)
    fact = Exchanged(event=event, at=micros(now), order=code, swaps=_known_from_before(connection, terms))
    private = Private(note=reason)
    owed = tendering.owed(connection, event, code) if terms.order.status is not Status.PAID else None
    if terms.order.status is not Status.PAID and owed is None:
        return Done(order=deal.record(connection, fact, private, operation), booked=None)
    shift = shifts.needed(connection)
    shifts.mind_event(shift, event)
    known = shelf.now(connection)
    if owed is not None:
        offers = _onto_what_is_owed(owed, terms.difference)
    else:
        tendering.mind(connection, known, event, offers, operation)
    given = card.vouched(connection, operation, offers, training=False)
    given = gift_cards.vouched(connection, operation, event, shift.currency, given, now)
    settled = books.covered(terms.difference, given, shift)
    number = books.next_number(connection, shift)
    order = deal.record(connection, fact, private, operation)
    for place, tender in enumerate(settled.tendered):
        if Means(tender.tender).pays_later or not tender.amount:
            continue
        rounding = settled.rounding if tender.tender == Means.CASH.value else 0
        amount = tender.amount - rounding
        moved = _paid(terms.order, event, now, amount, tender.tender, str(number))
        order = deal.record(connection, moved, operation=f"{operation}/{place}")
    if owed is not None:
        less = tuple((one.tender, -one.amount) for one in settled.tendered)
        order = tendering.credit(connection, order, less, operation, str(number), now)
    page = books.Page(
        operation=operation,
        number=number,
        shift=shift,
        now=now,
        operator=operator,
        lines=tuple(_lines(terms, catalog, known.locale(connection))),
        total=terms.difference,
        taxes=tuple(group for group in terms.tally.groups if group.gross or group.tax),
        items=_items(terms, catalog),
        settled=settled,
        order=code,
        corrects=terms.corrects,
        reason=reason,
        exchange=True,
        cards=gift_cards.book(connection, operation, event, shift.currency, given, (), number, code, now),
    )
    booked = books.book(connection, known, catalog, page)
    card.stand_on(connection, operation, booked.number)
    return Done(order=order, booked=booked, change=settled.change)


def _onto_what_is_owed(owed: tendering.Owed, difference: int) -> tuple[Offer, ...]:
    """The difference of what was sold to be paid later is paid later too. Raises `Refused` for more than is owed."""
    tender, amount = max(owed.amounts, key=lambda one: one[1])
    if -difference > amount:
        raise Refused("It would cost less than was paid", "Nothing was changed.", "Give the rest back first.")
    return (Offer(means=Means(tender), amount=difference),) if difference else ()


def _known_from_before(connection: Connection, terms: Terms) -> tuple[Swap, ...]:
    """The swaps, each with whether it was made here before, and undone elsewhere since."""
    before: dict[int, Swap] = {}
    for fact in journal.exchanges(connection, terms.order.event, terms.order.code):
        before |= {swap.position: swap for swap in fact.swaps}
    return tuple(
        msgspec.structs.replace(swap, again=True)
        if (held := before.get(swap.position)) is not None and held.found == swap.found
        else swap
        for swap in terms.swaps
    )


def _guarded(terms: Terms, wishes: Sequence[Wish], offers: Sequence[Offer], *, overruled: bool) -> Iterator[Act]:
    """What this exchange asks for: more, where money goes back, somebody sets a price, or a rule says no."""
    if terms.order.status is Status.PAID:
        yield from give_back.guarded(terms.order, offers, -terms.due) if terms.difference < 0 else (Act.SELL,)
    if any(one.price is not None for one in wishes):
        yield Act.PRICE
    if overruled:
        yield Act.OVERRULE


def _paid(order: Order, event: str, now: datetime, amount: int, tender: str, receipt: str) -> Paid | Refunded:
    if amount > 0:
        return Paid(event=event, at=micros(now), order=order.code, amount=amount, tender=tender, receipt=receipt)
    return Refunded(
        event=event,
        at=micros(now),
        order=order.code,
        amount=-amount,
        tender=tender,
        payment=payment_by(order, tender),
        receipt=receipt,
    )


def _change(booked: Booked) -> int:
    return sum(one.change for one in booked.receipt.tenders)


def _known(connection: Connection, event: str, code: str) -> Order:
    return orders.by_code(connection, event, code) or Order(event=event, code=code)


def _mind_rules(
    terms: Terms, wishes: Sequence[Wish], catalog: Catalog, now: datetime, allowed: Sequence[str], locale: str
) -> None:
    """What stands against selling it today stands against changing into it; what it stays is nobody's affair."""
    roles = {one.position: one.role for one in wishes}
    for swap in terms.swaps:
        if (swap.item, swap.variation, swap.subevent) == (swap.was_item, swap.was_variation, swap.was_subevent):
            continue
        cart = Cart(
            id="", event=terms.order.event, lines=_as_lines(terms.order, swap, catalog, roles), allowed=tuple(allowed)
        )
        against = selling.objections(cart, catalog, now, {}, {}, locale)
        if against:
            raise Refused(
                "The ticket cannot be changed so",
                filled("{words}.", words=against[0].words),
                "Choose another one, or allow it.",
            )


def _as_lines(order: Order, swap: Swap, catalog: Catalog, roles: dict[int, str]) -> tuple[CartLine, ...]:
    """The ticket as it would stand in a cart, with what goes with it."""
    held = next(one for one in order.positions if one.number == swap.position)
    above = str(held.addon_to) if held.addon_to is not None else ""
    ticket = CartLine(
        id=str(swap.position),
        item=swap.item,
        variation=swap.variation,
        subevent=swap.subevent,
        part_of=above,
        guest=Guest(role=roles.get(swap.position, "")),
    )
    was = catalog.items.get(swap.was_item)
    came_along = {one.item for one in was.bundles} if was is not None else set()
    parts = (one for one in order.positions if one.addon_to == swap.position and not one.canceled)
    return (ticket, *(_as_part(one, bundled=one.item in came_along) for one in parts))


def _as_part(one: Position, *, bundled: bool) -> CartLine:
    return CartLine(
        id=str(one.number),
        item=one.item,
        variation=one.variation,
        subevent=one.subevent,
        part_of=str(one.addon_to),
        bundled=bundled,
    )


def _take_places(
    connection: Connection, stock: Stock, terms: Terms, catalog: Catalog, operation: str, *, may_oversell: bool
) -> None:
    """Take a place in each quota that the ticket was not in before."""
    pieces = []
    for swap in terms.swaps:
        new = {one.id for one in catalog.quotas.values() if covers(one, swap.item, swap.variation, swap.subevent)}
        old = {
            one.id
            for one in catalog.quotas.values()
            if covers(one, swap.was_item, swap.was_variation, swap.was_subevent)
        }
        if new - old:
            pieces.append(Piece(item=swap.item, variation=swap.variation, subevent=swap.subevent))
    if pieces:
        stock.sell(connection, terms.order.event, operation, pieces, may_oversell=may_oversell)


def name_of(catalog: Catalog, item: int, variation: int | None, subevent: int | None, locale: str) -> str:
    """What a ticket is called: item, kind and date."""
    known = catalog.items.get(item)
    kind = known.variation(variation) if known is not None else None
    date = catalog.subevents.get(subevent or 0)
    parts = (
        books.name_of(catalog, item, locale),
        localised(kind.value, locale) if kind is not None else "",
        name_of_date(catalog, date, locale) if date is not None else "",
    )
    return ", ".join(part for part in parts if part)


def _lines(terms: Terms, catalog: Catalog, locale: str) -> Iterator[BillLine]:
    letters = iter(terms.tally.letters)
    names = {one.number: one.name for one in terms.order.positions}
    for swap in terms.swaps:
        notes = tuple(note for note in (names.get(swap.position, ""),) if note)
        was = name_of(catalog, swap.was_item, swap.was_variation, swap.was_subevent, locale)
        yield BillLine(text=was, each=-swap.was_price, amount=-swap.was_price, tax=next(letters), notes=notes)
        now = name_of(catalog, swap.item, swap.variation, swap.subevent, locale)
        yield BillLine(text=now, each=swap.price, amount=swap.price, tax=next(letters), notes=notes)


def _items(terms: Terms, catalog: Catalog) -> tuple[tuple[str, int, int], ...]:
    named = []
    for swap in terms.swaps:
        named.append((books.name_of(catalog, swap.was_item), -1, -swap.was_price))
        named.append((books.name_of(catalog, swap.item), 1, swap.price))
    return books.summed(named)
