"""Giving money back: chosen tickets of an order, or all of it, with a slip that names the receipt it is about.

A refund cancels, and what was cancelled can still be given back later. What goes back is never more than was paid,
by ticket and in all; its tax is what is left of the tax that was taken. The total is shown before anything happens.

What was sold to be paid later and was not paid goes first: nobody owes it any more, and only the rest is money that
is handed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine
from boxoffice.domain.facts import Canceled
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order, PaymentState, Status
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.takings import summed
from boxoffice.domain.tax import Charge, Tally, given_back
from boxoffice.domain.tenders import Means, Offer, Settled
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import orders, receipt_book
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import books, card, deal, gift_cards, order_payments, shifts, tendering
from .deed import Deed


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """What would go back: the bill, negative, before anything happens."""

    order: Order
    amounts: tuple[tuple[int, int], ...]
    """Position, and what goes back of its price (positive)."""
    tally: Tally
    corrects: int
    """The receipt of this till that sold it; 0 if it was sold elsewhere."""

    credited: tuple[tuple[str, int], ...] = ()
    """What of it is owed no longer, by the tender that was to come (positive)."""
    leaving: frozenset[int] = frozenset()
    """Positions that reports count as gone, unless they stay valid: each once, however often a part of it goes back."""

    @property
    def total(self) -> int:
        """What is taken off the price, positive."""
        return -self.tally.total

    @property
    def due(self) -> int:
        """What of it is handed over, positive: the rest was never paid."""
        return self.total - sum(amount for _, amount in self.credited)


class GivenBack(books.Entered, frozen=True, kw_only=True):
    """A refund that is done."""

    order: Order


def quote(
    connection: Connection,
    shelf: Shelf,
    event: str,
    code: str,
    wished: Mapping[int, int | None] | None = None,
) -> Back:
    """What would go back for these positions; all there is if none are named, what was free with it. An amount of None
    is all of one.

    Raises `BadInput` for an order or a position that there is not, `Refused` for more than was paid, or is owed.
    """
    order = orders.by_code(connection, event, code)
    if order is None:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was given back.", "Look it up by name.")
    booked = receipt_book.receipts_of_order(connection, event, code)
    left = _left(order, booked)
    catalog = shelf.of(connection, event)
    currency = catalog.event.currency
    chosen = _chosen(order, left, wished, currency)
    total = sum(amount for _, amount in chosen)
    owed = tendering.owed(connection, event, code)
    credited = _credited(min(total, order.total - order.paid), owed.amounts if owed is not None else ())
    if total - sum(amount for _, amount in credited) > order.paid:
        what = filled(
            "{total} was asked for, {paid} was paid and is not back yet.",
            total=plain(total, currency),
            paid=plain(order.paid, currency),
        )
        raise Refused("No more goes back than was paid", what, "Choose fewer tickets, or a part of the price.")
    if not total:
        raise Refused("There is nothing to give back", "It was free, or it is back already.", "Nothing was done.")
    sold = [_charge(order, number, price, catalog) for number, price in _prices(order).items()]
    before = [_charge(order, number, -amount, catalog) for number, amount in gone(booked)]
    now = [_charge(order, number, amount, catalog) for number, amount in chosen]
    first = next((one.number for one in booked if one.is_sale), 0)
    tally = given_back(sold, before, now)
    counted = {number for number, _ in gone(booked)} & {one.number for one in order.positions if one.canceled}
    leaving = frozenset(number for number, _ in chosen) - counted
    return Back(order=order, amounts=tuple(chosen), tally=tally, corrects=first, credited=credited, leaving=leaving)


def _credited(total: int, owed: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """What of so much is taken off what is owed, by tender."""
    credited = []
    for tender, amount in owed:
        part = max(0, min(total, amount))
        total -= part
        if part:
            credited.append((tender, part))
    return tuple(credited)


def _prices(order: Order) -> dict[int, int]:
    return {one.number: one.price for one in order.positions}


def _left(order: Order, booked: Iterable[Booked]) -> dict[int, int]:
    """What has not gone back yet of each position's price."""
    left = _prices(order)
    for number, amount in gone(booked):
        if number in left:
            left[number] += amount
    return left


def gone(booked: Iterable[Booked]) -> list[tuple[int, int]]:
    """Position and amount (negative) of what went back, or was never paid; what a correction added is positive."""
    return [part for one in booked if one.is_return or one.correction for part in one.positions]


def _chosen(
    order: Order, left: Mapping[int, int], wished: Mapping[int, int | None] | None, currency: str
) -> list[tuple[int, int]]:
    if wished is None:
        free = {one.number for one in order.positions if not (one.price or one.canceled)}
        return [(number, amount) for number, amount in left.items() if amount or number in free]
    chosen = []
    for number, amount in wished.items():
        if number not in left:
            raise BadInput(
                filled("Order {code} has no position {number}", code=order.code, number=number),
                "Nothing was given back.",
                "Look it up.",
            )
        wanted = left[number] if amount is None else amount
        if wanted > left[number] or wanted < 0:
            what = filled(
                "Of position {number}, {left} can go back.", number=number, left=plain(left[number], currency)
            )
            raise Refused("No more goes back than it cost", what, "Choose a smaller part of the price.")
        chosen.append((number, wanted))
    return chosen


def _charge(order: Order, number: int, amount: int, catalog: Catalog) -> Charge:
    position = next(one for one in order.positions if one.number == number)
    return Charge(amount, books.rate_of(catalog, position.item))


def give_back(
    connection: Connection,
    shelf: Shelf,
    event: str,
    code: str,
    offers: Sequence[Offer],
    reason: str,
    now: datetime,
    wished: Mapping[int, int | None] | None = None,
    operator: str = "",
    *,
    operation: str = "",
    keep_valid: bool = False,
    void: int = 0,
    permits: Sequence[Permit] = (),
) -> GivenBack:
    """Give money back and cancel what it was for; `keep_valid` gives a part of the price back and leaves the ticket.

    `void` is the receipt that is taken back as a whole. The offers are negative amounts, for what is handed over: what
    is owed and not paid goes by itself. Under one `operation` it is done once. Raises `Refused`, `BadInput`; nothing
    is changed then.
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
    if (booked := receipt_book.receipt_of(connection, deed.operation)) is not None:
        return GivenBack(booked=booked, order=deed.order_now(connection))
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was given back.", "Say why the money goes back.")
    back = quote(connection, shelf, event, code, wished)
    given = _given_back(connection, shelf, deed, back, keep_valid=keep_valid, void=void)
    gift_cards.hand_out(connection, shelf, deed.operation, now, operator)
    return given


def _given_back(
    connection: Connection, shelf: Shelf, deed: Deed, back: Back, *, keep_valid: bool, void: int
) -> GivenBack:
    shift = shifts.needed(connection)
    shifts.mind_event(shift, deed.event)
    _mind(connection, deed, back, void=bool(void))
    given = deed.vouched(connection, shift)
    owed = [Offer(means=Means(tender), amount=-amount) for tender, amount in back.credited]
    settled = books.covered(back.tally.total, (*owed, *given), shift)
    known = shelf.now(connection)
    number = books.next_number(connection, shift)
    back = msgspec.structs.replace(back, leaving=frozenset()) if keep_valid else back
    order = _cancel(connection, back, deed.now) if not keep_valid else back.order
    order = order_payments.record(connection, order, order_payments.of_refund(deed.slip(number), settled, back.order))
    order = tendering.credit(connection, order, back.credited, deed.operation, str(number), deed.now)
    catalog = known.catalog(connection, deed.event)
    page = _page(deed, back, settled, shift, number, void, catalog, known.locale(connection))
    return GivenBack(booked=deed.book(connection, known, catalog, page, given), order=order)


def _mind(connection: Connection, deed: Deed, back: Back, *, void: bool) -> None:
    """Raises `Refused` or `NeedsPermission` unless this may go back so, by whoever asks."""
    if any(one.means.pays_later for one in deed.offers):
        raise Refused(
            "An invoice gives nothing back",
            "What is owed of this order goes by itself.",
            "Give back by another tender.",
        )
    deed.need(connection, guarded(back.order, deed.offers, back.due, void=void))
    card.mind_order(connection, deed.event, deed.order, deed.operation)


def _page(
    deed: Deed, back: Back, settled: Settled, shift: Shift, number: int, void: int, catalog: Catalog, locale: str
) -> books.Page:
    return books.Page(
        operation=deed.operation,
        number=number,
        shift=shift,
        now=deed.now,
        operator=deed.operator,
        lines=_lines(back, catalog, locale),
        total=back.tally.total,
        taxes=tuple(group for group in back.tally.groups if group.gross or group.tax),
        items=_items(back, catalog),
        settled=settled,
        order=deed.order,
        corrects=void or back.corrects,
        reason=deed.reason,
        void=bool(void),
        positions=tuple((position, -amount) for position, amount in back.amounts),
        walk_ins=_walk_ins(back, catalog),
    )


def guarded(order: Order, offers: Sequence[Offer], due: int, *, void: bool = False) -> tuple[Act, ...]:
    """What a refund of so much asks for: more, where more goes back by a tender than came by it and is not back yet.

    What came in a way that nobody knows may go back by any.
    """
    if void:
        return (Act.VOID,)
    came: dict[str, int] = defaultdict(int)
    for paid in order.payments:
        came[paid.tender] += paid.amount if paid.state is PaymentState.CONFIRMED else 0
    for back in order.refunds:
        came[back.tender] -= back.amount if back.state is PaymentState.DONE else 0
    others = [one for one in offers if one.means is not Means.CASH]
    going: dict[str, int] = defaultdict(int)
    for one in others:
        going[one.means.value] -= one.amount
    if len(others) < len(offers):  # In cash it is what is left, however it is rounded.
        going[Means.CASH.value] += due - sum(going.values())
    more = sum(max(0, amount - max(0, came[tender])) for tender, amount in going.items())
    return (Act.REFUND, Act.OTHER_TENDER) if more > max(0, came[""]) else (Act.REFUND,)


def as_it_came(order: Order) -> Means:
    """How money goes back unless something else is chosen: as the last of it came."""
    came = [one.tender for one in order.payments if one.state is PaymentState.CONFIRMED and one.tender]
    return Means(came[-1]) if came and came[-1] in set(Means) else Means.CASH


def _cancel(connection: Connection, back: Back, now: datetime) -> Order:
    """Cancel what is given back, unless it is cancelled already; the whole order with its last ticket."""
    order = back.order
    valid = {one.number for one in order.positions if not one.canceled}
    chosen = {number for number, _ in back.amounts} & valid
    if order.status is Status.CANCELED or not chosen:
        return order
    gone = {one.number for one in order.positions if one.number in chosen or one.addon_to in chosen}
    positions = () if gone >= valid else tuple(sorted(chosen))
    return deal.record(connection, Canceled(event=order.event, at=micros(now), order=order.code, positions=positions))


def _lines(back: Back, catalog: Catalog, locale: str) -> tuple[BillLine, ...]:
    positions = {one.number: one for one in back.order.positions}
    return tuple(
        BillLine(
            text=books.name_of(catalog, positions[number].item, locale),
            each=-amount,
            amount=-amount,
            tax=letter,
            notes=tuple(note for note in (positions[number].name,) if note),
        )
        for (number, amount), letter in zip(back.amounts, back.tally.letters, strict=True)
    )


def _walk_ins(back: Back, catalog: Catalog) -> tuple[int, int]:
    """What goes back for tickets of nobody in particular: how many, and how much (both negative)."""
    if back.order.email or back.order.phone:
        return 0, 0
    nameless = {one.number for one in back.order.positions if not (one.name or one.email)}
    item_of = {one.number: catalog.items.get(one.item) for one in back.order.positions}
    of_nobody = {
        number: amount
        for number, amount in back.amounts
        if number in nameless and (item := item_of[number]) is not None and item.admission
    }
    return -len(of_nobody.keys() & back.leaving), -sum(of_nobody.values())


def _items(back: Back, catalog: Catalog) -> tuple[tuple[str, int, int], ...]:
    item_of = {one.number: one.item for one in back.order.positions}
    return summed(
        (books.name_of(catalog, item_of[number]), -(number in back.leaving), -amount) for number, amount in back.amounts
    )
