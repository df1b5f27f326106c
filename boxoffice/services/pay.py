"""Paying an order that is still open, at the desk or at the door: cash for what was ordered on the web.

The receipt is this till's; the order stays the server's. What was paid elsewhere stands on it as one line, so that
the receipt says what was paid here and no more.

One rule keeps a sale from standing in the books twice: what any till has sold to be paid later, on invoice or for a
transfer that was promised, is revenue and tax of the till that sold it, on the day it did. Whoever takes the money,
that till or another one, books a payment and no sale: a correction over nothing, in which the tender that was to come
goes and the one that came stands. So X, Z and the report of the event count the sale once and the money where it lies.
Only what the order has come to cost since, more or less, is sold or given back by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Tendered
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Shift
from boxoffice.domain.takings import summed
from boxoffice.domain.tax import Charge, apportioned, tally
from boxoffice.domain.tenders import Means, Offer, Settled
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import orders, payments, receipt_book
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection

from . import books, card, guard, on_payment, order_payments, shifts, tendering
from .deed import Deed


class Payment(books.Entered, frozen=True, kw_only=True):
    """A payment that is done."""

    order: Order


def due(connection: Connection, event: str, code: str) -> Order:
    """The order, if there is something to pay. Raises `BadInput` if there is none, `Refused` if nothing is open."""
    order = orders.by_code(connection, event, code)
    if order is None:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was paid.", "Look it up by name.")
    if order.status is Status.CANCELED:
        raise Refused("This order is cancelled", "Nothing was paid.", "Reactivate it first, or sell anew.")
    if order.total <= order.paid:
        raise Refused("This order is paid", "Nothing was paid.", "Let them in.")
    return order


def pay(
    connection: Connection,
    shelf: Shelf,
    event: str,
    code: str,
    offers: Sequence[Offer],
    now: datetime,
    operator: str = "",
    *,
    operation: str = "",
    check_in: int | None = None,
    permits: Sequence[Permit] = (),
) -> Payment:
    """Take the money for what is open of an order. Under one `operation` it is done once.

    With `check_in` those who are paid for then are let in on that list at once.

    Raises `Refused`, `BadInput`; nothing is changed then.
    """
    deed = Deed(
        operation=operation or new_id(),
        event=event,
        order=code,
        offers=tuple(offers),
        now=now,
        operator=operator,
        permits=tuple(permits),
    )
    if (booked := receipt_book.receipt_of(connection, deed.operation)) is not None:
        return Payment(booked=booked, order=deed.order_now(connection))
    paid = _paid(connection, shelf, deed)
    on_payment.follow(connection, shelf, paid.order, deed.operation, now, operator, check_in)
    return paid


def _paid(connection: Connection, shelf: Shelf, deed: Deed) -> Payment:
    deed.need(connection, (Act.SELL,))
    known = shelf.now(connection)
    shift, order = agreed(connection, known, deed)
    given = deed.vouched(connection, shift)
    settled = books.covered(order.total - order.paid, given, shift)
    catalog, locale = known.catalog(connection, deed.event), known.locale(connection)
    number = books.next_number(connection, shift)
    page = _page(deed, order, settled, shift, number, catalog, locale)
    owed = tendering.owed(connection, deed.event, deed.order)
    order = order_payments.record(connection, order, order_payments.of_payment(deed.slip(number), settled, order))
    tendering.keep_proofs(connection, deed.event, deed.order, deed.offers, deed.now, deed.operator)
    if owed is not None:
        page = _of_what_was_owed(page, owed, order, catalog, locale)
    return Payment(booked=deed.book(connection, known, catalog, page, given), order=order)


def agreed(connection: Connection, known: Known, deed: Deed) -> tuple[Shift, Order]:
    """Into which drawer it is paid and what for, as far as that can be said before any card is charged.

    Raises `Refused` for what is not paid, or not by these tenders, and `NeedsPermission`.
    """
    _mind_gifts(connection, deed)
    shift = shifts.needed(connection)
    shifts.mind_event(shift, deed.event)
    order = due(connection, deed.event, deed.order)
    tendering.mind(connection, known, deed.event, deed.offers, deed.operation)
    card.mind_order(connection, deed.event, deed.order, deed.operation)
    if any(one.means.pays_later for one in deed.offers):
        raise Refused("An invoice pays nothing", "The order is open already.", "Take the money by another tender.")
    return shift, order


def _mind_gifts(connection: Connection, deed: Deed) -> None:
    """What is given away is another price than the catalogue's; of what was, before a card was charged for the rest."""
    begun = payments.errand(connection, deed.operation)
    if given_away(deed.offers) > given_away(begun.offers if begun is not None else ()):
        guard.need(
            connection,
            Act.PRICE,
            deed.now,
            operator=deed.operator,
            permits=deed.permits,
            event=deed.event,
            about=deed.order,
        )


def given_away(offers: Iterable[Offer]) -> int:
    """What nobody pays of what is offered; minor units."""
    return sum(one.amount for one in offers if one.means is Means.FREE)


def _page(
    deed: Deed, order: Order, settled: Settled, shift: Shift, number: int, catalog: Catalog, locale: str
) -> books.Page:
    amount = order.total - order.paid
    positions = [one for one in order.positions if not one.canceled]
    shares = _shares(order, positions, amount)
    rates = [books.rate_of(catalog, one.item) for one in positions]
    reckoned = tally([Charge(share, rate) for share, rate in zip(shares, [*rates, books.UNTAXED], strict=True)])
    return books.Page(
        operation=deed.operation,
        number=number,
        shift=shift,
        now=deed.now,
        operator=deed.operator,
        lines=_lines(positions, shares, reckoned.letters, catalog, locale),
        total=amount,
        taxes=tuple(group for group in reckoned.groups if group.gross),
        items=_items(positions, shares, catalog),
        settled=settled,
        order=deed.order,
        positions=tuple((one.number, share) for one, share in zip(positions, shares[:-1], strict=True)),
    )


def _of_what_was_owed(
    page: books.Page, owed: tendering.Owed, order: Order, catalog: Catalog, locale: str
) -> books.Page:
    """The sale stands in books already, with a tender that is paid later: that one goes, and no tax comes twice.

    What the order costs more by now is sold with it; what it costs less is given back of what was cancelled.
    """
    gone = tuple(Tendered(tender=tender, amount=-amount) for tender, amount in owed.amounts)
    rest = page.total - owed.total
    canceled = [one for one in order.positions if one.canceled]
    positions = canceled if rest < 0 and canceled else [one for one in order.positions if not one.canceled]
    shares = apportioned(rest, [one.price for one in positions]) if rest and positions else [0] * len(positions)
    reckoned = tally([Charge(one, books.rate_of(catalog, p.item)) for p, one in zip(positions, shares, strict=True)])
    changed = [(one, share, at) for one, share, at in zip(positions, shares, reckoned.letters, strict=True) if share]
    lines = tuple(
        BillLine(text=books.name_of(catalog, one.item, locale), each=share, amount=share, tax=letter)
        for one, share, letter in changed
    )
    return msgspec.structs.replace(
        page,
        lines=(BillLine(text=f"Receipt {owed.number}"), *lines),
        total=reckoned.total,
        taxes=tuple(group for group in reckoned.groups if group.gross),
        items=summed((books.name_of(catalog, one.item), 0, share) for one, share, _ in changed),
        positions=tuple((one.number, share) for one, share, _ in changed if share < 0),
        settled=msgspec.structs.replace(page.settled, tendered=(*page.settled.tendered, *gone)),
        corrects=owed.receipt,
        correction=True,
    )


def _shares(order: Order, positions: Sequence[Position], amount: int) -> list[int]:
    """What is paid now of each position, and last of what is no position: fees."""
    fees = order.total - sum(one.price for one in positions)
    return apportioned(amount, [*(one.price for one in positions), fees])


def _lines(
    positions: Sequence[Position], shares: Sequence[int], letters: Sequence[str], catalog: Catalog, locale: str
) -> tuple[BillLine, ...]:
    lines = [
        BillLine(
            text=books.name_of(catalog, one.item, locale),
            each=share,
            amount=share,
            tax=letter,
            notes=tuple(note for note in (one.name,) if note),
            part=one.addon_to is not None,
        )
        for one, share, letter in zip(positions, shares[:-1], letters[:-1], strict=True)
    ]
    if shares[-1]:
        lines.append(BillLine(text="Fees", each=shares[-1], amount=shares[-1], tax=letters[-1]))
    return tuple(lines)


def _items(positions: Sequence[Position], shares: Sequence[int], catalog: Catalog) -> tuple[tuple[str, int, int], ...]:
    named = [(books.name_of(catalog, one.item), 1, share) for one, share in zip(positions, shares[:-1], strict=True)]
    return summed([*named, ("Fees", 1, shares[-1])] if shares[-1] else named)
