"""A ticket becomes one of another type, for another date, or at today's price; the difference comes or goes at once.

What was written stays as it was: a slip of its own names the receipt it is about, with what the ticket was below
zero and what it is now. The ticket keeps its code, so nobody needs a new one to get in. Of an order that is still
open only the price changes; its difference is paid with the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain import selling
from boxoffice.domain.cart import Objection
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Receipt
from boxoffice.domain.errands import Errand, Wish
from boxoffice.domain.facts import Exchanged, Private, Swap
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Status
from boxoffice.domain.periods import name_of_date
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.takings import summed
from boxoffice.domain.tenders import Means, Offer, Settled
from boxoffice.domain.words import localised
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import journal, receipt_book, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import becoming, books, card, deal, give_back, order_payments, shifts, tendering
from .deed import Deed
from .stock import Stock
from .terms import Terms, quote


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange that is done."""

    order: Order
    booked: Booked | None
    """The slip; none for an order that is still open."""

    @property
    def receipt(self) -> Receipt | None:
        """The slip as it is printed."""
        return self.booked.receipt if self.booked is not None else None

    @property
    def change(self) -> int:
        """What is handed back of the cash that was given."""
        return self.booked.change if self.booked is not None else 0


def against(
    connection: Connection, shelf: Shelf, stock: Stock, event: str, code: str, wishes: Sequence[Wish], now: datetime
) -> tuple[Objection, ...]:
    """What stands against an exchange; raises `Refused` and `BadInput` as `quote` does."""
    terms = quote(connection, shelf, event, code, wishes, now)
    catalog = shelf.of(connection, event)
    found = becoming.objections(terms, wishes, catalog, now, (), settings.locale(connection))
    return found + becoming.of_places(connection, stock, terms, catalog)


def check(connection: Connection, shelf: Shelf, stock: Stock, errand: Errand, now: datetime) -> Terms:
    """What an exchange comes to by which cards are about to be moved. Raises `Refused` for what it would be."""
    now = card.as_of(connection, errand.operation, now)
    terms = quote(connection, shelf, errand.event, errand.order, errand.changes, now)
    if terms.order.status is not Status.PAID:
        raise Refused("There is nothing to pay", "The order is open: its difference is paid with the rest.", "")
    catalog = shelf.of(connection, errand.event)
    becoming.mind_rules(terms, errand.changes, catalog, now, errand.allowed, settings.locale(connection))
    may_oversell = errand.may_oversell or selling.OVERSELL in errand.allowed
    becoming.mind_places(connection, stock, terms, catalog, may_oversell=may_oversell)
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
    deed = Deed(
        operation=operation or new_id(),
        event=event,
        order=code,
        offers=tuple(offers),
        now=now,
        operator=operator,
        permits=tuple(permits),
        reason=reason,
    )
    if journal.knows(connection, deed.operation) is not None:
        booked = receipt_book.receipt_of(connection, deed.operation)
        return Done(order=deed.order_now(connection), booked=booked)
    terms = _permitted(connection, shelf, stock, deed, wishes, allowed, may_oversell=may_oversell)
    fact = Exchanged(event=event, at=micros(now), order=code, swaps=_known_from_before(connection, terms))
    swapped = deal.Act(fact=fact, private=Private(note=reason), operation=deed.operation)
    owed = tendering.owed(connection, event, code) if terms.order.status is not Status.PAID else None
    if terms.order.status is not Status.PAID and owed is None:
        return Done(order=deal.record_all(connection, [swapped]), booked=None)
    return _booked(connection, shelf, deed, terms, swapped, owed)


def _permitted(
    connection: Connection,
    shelf: Shelf,
    stock: Stock,
    deed: Deed,
    wishes: Sequence[Wish],
    allowed: Sequence[str],
    *,
    may_oversell: bool,
) -> Terms:
    """What it comes to, once nothing stands against it and its places are taken. Raises `Refused`, `BadInput`."""
    priced_at = card.as_of(connection, deed.operation, deed.now)
    terms = quote(connection, shelf, deed.event, deed.order, wishes, priced_at)
    card.mind_order(connection, deed.event, deed.order, deed.operation)
    deed.need(connection, _guarded(terms, wishes, deed.offers, overruled=bool(allowed) or may_oversell))
    catalog = shelf.of(connection, deed.event)
    becoming.mind_rules(terms, wishes, catalog, priced_at, allowed, settings.locale(connection))
    may_oversell = may_oversell or selling.OVERSELL in allowed
    becoming.take_places(connection, stock, terms, catalog, deed.operation, may_oversell=may_oversell)
    return terms


def _booked(
    connection: Connection, shelf: Shelf, deed: Deed, terms: Terms, swapped: deal.Act, owed: tendering.Owed | None
) -> Done:
    """The exchange with its slip: its difference came or went, or is paid later with what is `owed`."""
    shift = shifts.needed(connection)
    shifts.mind_event(shift, deed.event)
    known = shelf.now(connection)
    if owed is not None:
        deed = msgspec.structs.replace(deed, offers=_onto_what_is_owed(owed, terms.difference))
    else:
        tendering.mind(connection, known, deed.event, deed.offers, deed.operation)
    given = deed.vouched(connection, shift)
    settled = books.covered(terms.difference, given, shift)
    number = books.next_number(connection, shift)
    order = deal.record_all(connection, [swapped])
    acts = order_payments.of_exchange(deed.slip(number), settled, terms.order)
    order = order_payments.record(connection, order, acts)
    if owed is not None:
        less = tuple((one.tender, -one.amount) for one in settled.tendered)
        order = tendering.credit(connection, order, less, deed.operation, str(number), deed.now)
    catalog = known.catalog(connection, deed.event)
    page = _page(deed, terms, settled, shift, number, catalog, known.locale(connection))
    return Done(order=order, booked=deed.book(connection, known, catalog, page, given))


def _page(
    deed: Deed, terms: Terms, settled: Settled, shift: Shift, number: int, catalog: Catalog, locale: str
) -> books.Page:
    return books.Page(
        operation=deed.operation,
        number=number,
        shift=shift,
        now=deed.now,
        operator=deed.operator,
        lines=tuple(_lines(terms, catalog, locale)),
        total=terms.difference,
        taxes=tuple(group for group in terms.tally.groups if group.gross or group.tax),
        items=_items(terms, catalog),
        settled=settled,
        order=deed.order,
        corrects=terms.corrects,
        reason=deed.reason,
        exchange=True,
    )


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
    gives_back = terms.order.status is Status.PAID and terms.difference < 0
    yield from give_back.guarded(terms.order, offers, -terms.due) if gives_back else (Act.SELL,)
    if any(one.price is not None for one in wishes) or any(one.means is Means.FREE and one.amount for one in offers):
        yield Act.PRICE
    if overruled:
        yield Act.OVERRULE


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
    return summed(named)
