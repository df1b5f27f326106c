"""Putting right how something was paid, by a document of its own: the first entry stays, a second one corrects it.

A correction takes back every tender of a receipt and says which ones there were in truth, so that lines, taxes and
tenders come to the same in it as in any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Receipt, Tendered
from boxoffice.domain.facts import Paid, Refunded
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order
from boxoffice.domain.payment import Attempt
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.tax import Charge, Tally, apportioned, given_back
from boxoffice.domain.tenders import Means, Offer, Settled
from boxoffice.errors import BadInput, Refused
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import operators, orders, payments, settings, till
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import books, card, deal, gift_cards, give_back, guard, shifts


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with everything that was put right about it since."""

    original: Booked
    event: str
    last: Booked
    """The receipt, or its newest correction: its tenders are those that count."""
    operation: str
    """Of the last."""
    total: int
    rounding: int

    @property
    def tenders(self) -> tuple[tuple[int, Tendered], ...]:
        """What counts as paid, each with its place on the document that says so."""
        return tuple((place, one) for place, one in enumerate(self.last.receipt.tenders) if one.amount > 0)


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """A correction that is done."""

    booked: Booked
    order: Order

    @property
    def receipt(self) -> Receipt:
        """The document."""
        return self.booked.receipt


def standing(connection: Connection, number: int) -> Standing:
    """How a receipt stands now. Raises `BadInput` if this till has none of that number, `Refused` if it is no sale."""
    original = till.receipt(connection, number)
    if original is None:
        raise BadInput(f"There is no receipt {number} at this till", "Nothing was done.", "Look at its number again.")
    if not original.is_sale:
        about = f"It is about receipt {original.corrects}." if original.corrects else ""
        raise Refused(f"Receipt {number} is no sale", about, "Correct the receipt of the sale.")
    later = till.receipts_about(connection, number)
    if any(one.void for one in later):
        raise Refused(f"Receipt {number} was taken back", "Nothing was done.", "Sell it again.")
    corrections = [one for one in later if one.correction]
    last = corrections[-1] if corrections else original
    return Standing(
        original=original,
        event=till.event_of_receipt(connection, number),
        last=last,
        operation=till.operation_of_receipt(connection, last.number),
        total=sum(one.receipt.total for one in (original, *corrections)),
        rounding=sum(one.receipt.rounding for one in (original, *corrections)),
    )


def correct(
    connection: Connection,
    shelf: Shelf,
    number: int,
    offers: Sequence[Offer],
    reason: str,
    now: datetime,
    operator: str = "",
    *,
    amount: int | None = None,
    operation: str = "",
    permits: Sequence[Permit] = (),
) -> Corrected:
    """Write down how a receipt was paid in truth; `amount` if that was another sum than it says.

    Under one `operation` it is done once. Raises `Refused`, `BadInput`; nothing is changed then.
    """
    operation = operation or new_id()
    if (booked := till.receipt_of(connection, operation)) is not None:
        return Corrected(booked=booked, order=_order(connection, standing(connection, number)))
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was corrected.", "Say what was wrong.")
    before = standing(connection, number)
    if before.original.cards or before.last.cards:
        raise Refused(
            f"Receipt {number} has moved a gift card",
            "What is on it has to be moved back by an act of its own. Nothing was corrected.",
            "Give the money back, and sell anew.",
        )
    _mind_permission(connection)
    guard.need(
        connection,
        Act.CORRECTION,
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        about=str(number),
        event=before.event,
    )
    shift = shifts.needed(connection)
    mind_event(before, shift)
    _mind_tenders(before, offers)
    order = _order(connection, before)
    total = before.total if amount is None else amount
    _mind_amount(before, order, total, shift)
    paid = card.vouched(connection, operation, offers, training=False)
    paid = gift_cards.vouched(connection, operation, before.event, shift.currency, paid, now)
    new = books.covered(total, paid, shift)
    if _same(before, new, total):
        raise Refused("It says so already", "Nothing was corrected.", "Choose another tender or amount.")
    _mind_cards(connection, before)
    catalog = shelf.of(connection, before.event)
    change = _change(connection, catalog, before, order, total - before.total)
    page = _page(connection, _Correction(operation, before, new, change, shift, reason, now, operator), catalog)
    slip = books.next_number(connection, shift)
    order = _move(connection, before, new, order, slip, operation, now)
    moved = gift_cards.book(connection, operation, before.event, shift.currency, paid, (), slip, order.code, now)
    page = msgspec.structs.replace(page, cards=moved)
    booked = books.book(connection, catalog, page)
    card.stand_on(connection, operation, booked.number)
    return Corrected(booked=booked, order=order)


def charge(
    connection: Connection,
    shelf: Shelf,
    number: int,
    amount: int,
    terminal: str,
    operation: str,
    now: datetime,
    operator: str = "",
) -> Attempt:
    """Write down that a card is to be charged in place of what a receipt says. Raises as `card.begin` and `standing`.

    The correction under the same operation counts it in.
    """
    before = standing(connection, number)
    wish = card.Wish(
        operation=operation,
        event=before.event,
        amount=amount,
        currency=shelf.of(connection, before.event).event.currency,
        terminal=card.terminal(connection, terminal).name,
        operator=operator,
    )
    return card.begin(connection, wish, before.total, now)


def _mind_permission(connection: Connection) -> None:
    """Only a supervisor puts right what others have entered."""
    enrolment = settings.enrolment(connection)
    if operators.there_are(connection):
        return  # Then it is a person who may, at any station.
    if enrolment is not None and enrolment.role not in (Role.SUPERVISOR, Role.ORGANISER):
        raise Refused("Only a supervisor may correct a receipt", "Nothing was corrected.", "Ask for one.")


def _mind_tenders(before: Standing, offers: Sequence[Offer]) -> None:
    """What moves money elsewhere than in the drawer is not said to have been something else: it is given back."""
    named = {one.tender for _, one in before.tenders} | {one.means.value for one in offers}
    if before.original.loaded or named & _BOUND:
        raise Refused(
            "A gift card or an awaited transfer is part of it",
            "Nothing was corrected.",
            "Give the money back on its order, or say there whether the transfer came.",
        )


_BOUND = frozenset({Means.GIFT_CARD.value, Means.VOUCHER.value, Means.AWAITED.value})


def mind_event(before: Standing, shift: Shift) -> None:
    """Raises `Refused` where the drawer is open for another event."""
    if before.event != shift.event:
        raise Refused("The drawer is open for another event", f"It is {shift.event}.", "Open a shift for that one.")


def _mind_amount(before: Standing, order: Order, total: int, shift: Shift) -> None:
    """What was paid is no more than what was open, and no less than what has gone back of it since."""
    if total == before.total:
        return
    most = before.total + max(0, order.total - order.paid)
    least = max(0, before.total - order.paid)
    if not least <= total <= most:
        between = (
            f"{plain(least, shift.currency)} to {plain(most, shift.currency)} {shift.currency} can have been paid."
        )
        raise Refused("This cannot have been paid", between, "Look at the order, and at what went back of it.")


def _mind_cards(connection: Connection, before: Standing) -> None:
    """A card that a terminal has charged was not paid in another way; it has to be taken back there first."""
    charged = [one for one in payments.of_receipt(connection, before.last.number) if one.is_charged]
    if charged:
        one = charged[0]
        what = f"{plain(one.amount, one.currency)} {one.currency} at {one.terminal}."
        raise Refused("A terminal has charged this card", what, "Give the money back to the card, and sell anew.")


def _same(before: Standing, new: Settled, total: int) -> bool:
    now = sorted((one.tender, one.amount) for one in new.tendered)
    return total == before.total and now == sorted((one.tender, one.amount) for _, one in before.tenders)


class _Change(msgspec.Struct, frozen=True):
    """What a correction changes of the sum: nothing, if it is about tenders alone."""

    parts: tuple[tuple[int, int], ...] = ()
    """Position, and by how much more was paid for it (negative: less)."""
    tally: Tally = Tally(total=0, groups=(), grosses=(), letters=())
    names: tuple[str, ...] = ()


def _change(connection: Connection, catalog: Catalog, before: Standing, order: Order, by: int) -> _Change:
    """Spread another amount over the tickets, with the tax that their prices lose or gain by it."""
    if not by:
        return _Change()
    held = {one.number: one for one in order.positions}
    numbers = [number for number, _ in before.original.positions if number in held]
    if not numbers:
        raise Refused("Its order is not here any more", "Nothing was corrected.", "Correct the tender alone.")
    booked = till.receipts_of_order(connection, before.event, order.code)
    rates = {number: books.rate_of(catalog, one.item) for number, one in held.items()}
    paid = dict(before.original.positions)
    parts = apportioned(by, [paid[number] for number in numbers])
    sold = [Charge(one.price, rates[number]) for number, one in held.items()]
    gone = [Charge(-amount, rates[number]) for number, amount in give_back.gone(booked) if number in held]
    tally = given_back(sold, gone, [Charge(-part, rates[n]) for n, part in zip(numbers, parts, strict=True)])
    names = tuple(books.name_of(catalog, held[number].item) for number in numbers)
    return _Change(tuple(zip(numbers, parts, strict=True)), tally, names)


class _Correction(msgspec.Struct, frozen=True):
    operation: str
    before: Standing
    new: Settled
    change: _Change
    shift: Shift
    reason: str
    now: datetime
    operator: str


def _page(connection: Connection, one: _Correction, catalog: Catalog) -> books.Page:
    locale = settings.locale(connection)
    held = {position.number: position.item for position in _order(connection, one.before).positions}
    lines = tuple(
        BillLine(text=books.name_of(catalog, held[number], locale), each=part, amount=part, tax=letter)
        for (number, part), letter in zip(one.change.parts, one.change.tally.letters, strict=True)
    )
    taken_back = tuple(
        Tendered(tender=tendered.tender, amount=-tendered.amount, rounding=-tendered.rounding)
        for _, tendered in one.before.tenders
    )
    return books.Page(
        operation=one.operation,
        shift=one.shift,
        now=one.now,
        operator=one.operator,
        lines=lines,
        total=one.change.tally.total,
        taxes=tuple(group for group in one.change.tally.groups if group.gross),
        items=books.summed((name, 0, part) for name, (_, part) in zip(one.change.names, one.change.parts, strict=True)),
        settled=Settled(
            tendered=(*taken_back, *one.new.tendered),
            rounding=one.new.rounding - one.before.rounding,
            change=one.new.change,
        ),
        order=one.before.original.receipt.orders[0],
        corrects=one.before.original.number,
        reason=one.reason,
        positions=one.change.parts,
        correction=True,
    )


def _move(
    connection: Connection, before: Standing, new: Settled, order: Order, number: int, operation: str, now: datetime
) -> Order:
    """The payments of the order: first what came in truth, then what had not, so that it is never short of money."""
    at, event, code = micros(now), before.event, before.original.receipt.orders[0]
    taken_back = len(before.tenders)
    for place, one in enumerate(new.tendered, start=taken_back):
        if not _came(one):
            continue
        amount = one.amount - one.rounding
        paid = Paid(event=event, at=at, order=code, amount=amount, tender=one.tender, receipt=str(number))
        order = deal.record(connection, paid, operation=f"{operation}/{place}")
    moved = [(index, place, one) for index, (place, one) in enumerate(before.tenders) if _came(one)]
    came = sum(one.amount - one.rounding for one in new.tendered if _came(one))
    reopens = came < before.total
    for index, place, one in moved:
        amount = one.amount - one.rounding
        back = Refunded(
            event=event,
            at=at,
            order=code,
            amount=amount,
            tender=one.tender,
            payment=f"{before.operation}/{place}",
            receipt=str(number),
            reopens=reopens and index == moved[-1][0],
        )
        order = deal.record(connection, back, operation=f"{operation}/{index}")
    return order


def _came(one: Tendered) -> bool:
    return not Means(one.tender).pays_later


def _order(connection: Connection, before: Standing) -> Order:
    code = before.original.receipt.orders[0]
    return orders.by_code(connection, before.event, code) or Order(event=before.event, code=code)
