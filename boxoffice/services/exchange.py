"""A ticket becomes one of another type, for another date, or at today's price; the difference comes or goes at once.

What was written stays as it was: a slip of its own names the receipt it is about, with what the ticket was below
zero and what it is now. The ticket keeps its code, so nobody needs a new one to get in. Of an order that is still
open only the price changes; its difference is paid with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.errands import Errand, Wish
from boxoffice.domain.facts import Exchanged, Private, Swap
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.periods import name_of_date
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import Means, Offer
from boxoffice.domain.words import localised
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import journal, orders, payments, receipt_book, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import becoming, books, card, deal, gift_cards, give_back, guard, order_payments, shifts, tendering
from .order_payments import Slip
from .stock import Stock
from .terms import Terms, quote


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


def check(connection: Connection, shelf: Shelf, errand: Errand, now: datetime) -> Terms:
    """What an exchange comes to by which cards are about to be moved. Raises `Refused` for what it would be."""
    now = card.as_of(connection, errand.operation, now)
    terms = quote(connection, shelf, errand.event, errand.order, errand.changes, now)
    if terms.order.status is not Status.PAID:
        raise Refused("There is nothing to pay", "The order is open: its difference is paid with the rest.", "")
    catalog = shelf.of(connection, errand.event)
    becoming.mind_rules(terms, errand.changes, catalog, now, errand.allowed, settings.locale(connection))
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
    becoming.mind_rules(terms, wishes, catalog, priced_at, allowed, settings.locale(connection))
    becoming.take_places(connection, stock, terms, catalog, operation, may_oversell=may_oversell)
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
    slip = Slip(operation=operation, number=number, event=event, order=code, now=now)
    order = order_payments.record(connection, order, order_payments.of_exchange(slip, settled, terms.order))
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


def _change(booked: Booked) -> int:
    return sum(one.change for one in booked.receipt.tenders)


def _known(connection: Connection, event: str, code: str) -> Order:
    return orders.by_code(connection, event, code) or Order(event=event, code=code)


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
