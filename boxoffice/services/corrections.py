"""Putting right how something was paid, by a document of its own: the first entry stays, a second one corrects it.

A correction takes back every tender of a receipt and says which ones there were in truth, so that lines, taxes and
tenders come to the same in it as in any other. What a gift card gave goes back onto it, and what a terminal has charged
goes back through the terminal, before the document says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Tendered
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.money import plain
from boxoffice.domain.orders import Order
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.redeeming import Redemption
from boxoffice.domain.shift import Shift
from boxoffice.domain.takings import summed
from boxoffice.domain.tenders import Means, Offer, Settled
from boxoffice.domain.vouchers import plain_code
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import operators, orders, payments, receipt_book, settings
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection

from . import books, card, charged, gift_cards, guard, order_payments, shifts, tendering
from .changed_sum import Change, changed
from .order_payments import Slip, came
from .standing import Standing, gave_by, mind_refused, standing


class Corrected(books.Entered, frozen=True, kw_only=True):
    """A correction that is done."""

    order: Order


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction comes to, before anything happens."""

    before: Standing
    shift: Shift
    total: int
    """What it came to in truth."""
    offers: tuple[Offer, ...]
    gifts_back: tuple[Offer, ...]
    """What goes back onto gift cards (negative)."""
    gifts_taken: tuple[Offer, ...]
    """What is taken from gift cards now."""
    cards: charged.Instead


def plan(
    connection: Connection,
    number: int,
    offers: Sequence[Offer],
    operation: str,
    amount: int | None = None,
) -> Plan:
    """What there is to do so that a receipt says how it was paid in truth. Raises `Refused`, `BadInput`."""
    before = standing(connection, number)
    shift = shifts.needed(connection)
    shifts.mind_event(shift, before.event)
    total = before.total if amount is None else amount
    _mind_amount(before, _order(connection, before), total, shift)
    back, taken = _gifts(connection, before, offers)
    by_card = [one.amount for one in offers if one.means is Means.CARD and one.amount]
    cards = charged.instead(connection, before.numbers, before.by_card, by_card, operation)
    if before.returned and (back or cards.sent_back):
        raise Refused(
            "Some of it was given back already",
            "What a card or a gift card gave cannot go back onto it once more. Nothing was corrected.",
            "Give the rest back on its order, and sell it anew.",
        )
    if before.returned and not all(came(tender) for _, tender in before.tenders):
        raise Refused(
            "Some of it was given back already",
            "So less is owed than this receipt says. Nothing was corrected.",
            "Take the payment on its order.",
        )
    return Plan(
        before=before,
        shift=shift,
        total=total,
        offers=tuple(offers),
        gifts_back=back,
        gifts_taken=taken,
        cards=cards,
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

    Under one `operation` it is done once. Cards that are to be charged, or given back to, were so before under the same
    operation (`errands.advance`). Raises `Refused`, `BadInput`; nothing is changed then.
    """
    operation = operation or new_id()
    if (booked := receipt_book.receipt_of(connection, operation)) is not None:
        return Corrected(booked=booked, order=_order(connection, standing(connection, number)))
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was corrected.", "Say what was wrong.")
    wish = plan(connection, number, offers, operation, amount)
    before = wish.before
    if not payments.unreceipted(connection, operation):  # Else that was asked before a card was moved.
        need(connection, before, reason, now, operator, permits)
    if before.order:
        card.mind_order(connection, before.event, before.order, operation)
    proven = _proven(connection, wish, operation, now)
    new = books.covered(wish.total, proven.paid, wish.shift)
    gift_cards.mind_what_they_buy(new.tendered, wish.total - before.original.loaded)
    if _same(before, new, wish):
        raise Refused("It says so already", "Nothing was corrected.", "Choose another tender or amount.")
    one = _Correction(
        operation=operation,
        wish=wish,
        order=_order(connection, before),
        taken_back=proven.taken_back,
        new=new,
        reason=reason,
        now=now,
        operator=operator,
    )
    return _written_down(connection, shelf.now(connection), one)


class _Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One that is sure to happen."""

    operation: str
    wish: Plan
    order: Order
    taken_back: tuple[Tendered, ...]
    new: Settled
    reason: str
    now: datetime
    operator: str


def _written_down(connection: Connection, known: Known, one: _Correction) -> Corrected:
    wish, before, order, now = one.wish, one.wish.before, one.order, one.now
    catalog = known.catalog(connection, before.event)
    change = changed(connection, catalog, before, order, wish.total - before.total)
    number = books.next_number(connection, wish.shift)
    page = _page(one, change, catalog, number, known.locale(connection))
    if before.order:
        slip = Slip(operation=one.operation, number=number, event=before.event, order=before.order, now=now)
        order = order_payments.record(connection, order, order_payments.of_correction(slip, before, one.new, order))
        tendering.keep_proofs(connection, before.event, before.order, wish.offers, now, one.operator)
    gifts = (*wish.gifts_back, *wish.gifts_taken)
    cards = gift_cards.book(
        connection,
        one.operation,
        before.event,
        wish.shift.currency,
        gifts,
        (),
        number,
        before.order,
        now,
        back=Why.UNDONE,
    )
    booked = books.book(connection, known, catalog, msgspec.structs.replace(page, cards=cards))
    card.stand_on(connection, one.operation, booked.number)
    return Corrected(booked=booked, order=order)


def need(
    connection: Connection,
    before: Standing,
    reason: str,
    now: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> None:
    """Raises `Refused` or `NeedsPermission` unless this may be put right by whoever asks."""
    _mind_permission(connection)
    guard.need(
        connection,
        Act.CORRECTION,
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        about=str(before.original.number),
        event=before.event,
    )


def _mind_permission(connection: Connection) -> None:
    """Only a supervisor puts right what others have entered."""
    enrolment = settings.enrolment(connection)
    if operators.there_are(connection):
        return  # Then it is a person who may, at any station.
    if enrolment is not None and enrolment.role not in (Role.SUPERVISOR, Role.ORGANISER):
        raise Refused("Only a supervisor may correct a receipt", "Nothing was corrected.", "Ask for one.")


def _gifts(
    connection: Connection, before: Standing, offers: Sequence[Offer]
) -> tuple[tuple[Offer, ...], tuple[Offer, ...]]:
    """What goes back onto gift cards, and what is taken from them; one that paid what it says is left alone."""
    gave = gave_by(connection, before)
    taken = [one for one in offers if one.means is Means.GIFT_CARD and one.amount]
    for offer in list(taken):
        same = next((one for one in gave if _is_same(one, offer)), None)
        if same is not None:
            gave.remove(same)
            taken.remove(offer)
    mind_refused(gave)
    back = tuple(Offer(means=Means.GIFT_CARD, amount=one.amount, code=one.code) for one in gave)  # Negative.
    return back, tuple(taken)


def _is_same(gave: Redemption, offer: Offer) -> bool:
    return plain_code(gave.code) == plain_code(offer.code) and -gave.amount == offer.amount


class _Proven(msgspec.Struct, frozen=True):
    """The tenders of a correction, with what cards and gift cards have to say of each."""

    paid: tuple[Offer, ...]
    taken_back: tuple[Tendered, ...]


def _proven(connection: Connection, wish: Plan, operation: str, now: datetime) -> _Proven:
    """Raises `Refused` unless the cards were charged, and given back to, as this correction wants it."""
    cards = wish.cards
    if charged.still_to_send(connection, cards.sent_back, operation):
        raise Refused("Nothing went back to the card yet", "Nothing was done.", "Let the terminal take it back first.")
    expected = [Offer(means=Means.CARD, amount=one) for one in cards.charged]
    back = [Offer(means=Means.CARD, amount=-one.amount) for one in cards.sent_back]
    shown = list(card.vouched(connection, operation, [*expected, *back], training=False))
    shown += [Offer(means=Means.CARD, amount=one.amount, details=card.details(one.evidence)) for one in cards.kept]
    gifts = [*wish.gifts_back, *wish.gifts_taken]
    shown += gift_cards.vouched(
        connection, operation, wish.before.event, wish.shift.currency, gifts, now, back=Why.UNDONE
    )
    paid = tuple(_shown(offer, shown) for offer in wish.offers)
    gone = tuple(
        Tendered(
            tender=one.tender,
            amount=-one.amount,
            rounding=-one.rounding,
            details=_shown(Offer(means=Means(one.tender), amount=-one.amount), shown).details,
        )
        for _, one in wish.before.tenders
    )
    return _Proven(paid, gone)


def _shown(offer: Offer, shown: list[Offer]) -> Offer:
    """The offer with what was said of it; each is said once."""
    if offer.means not in (Means.CARD, Means.GIFT_CARD):
        return offer
    same = next((one for one in shown if one.means is offer.means and one.amount == offer.amount), None)
    if same is None:
        return offer
    shown.remove(same)
    return msgspec.structs.replace(offer, details=(*offer.details, *same.details))


def _mind_amount(before: Standing, order: Order, total: int, shift: Shift) -> None:
    """What was paid is no more than what was open, and no less than what has gone back of it since."""
    if total == before.total:
        return
    if before.original.loaded:
        raise Refused(
            "What was put on a gift card stays on it",
            "Another amount would be another card's worth. Nothing was corrected.",
            "Correct the tender alone; top the card up, or cash it out.",
        )
    most = before.total + max(0, order.total - order.paid)
    least = max(0, before.total - order.paid)
    if not least <= total <= most:
        between = filled(
            "{least} to {most} {currency} can have been paid.",
            least=plain(least, shift.currency),
            most=plain(most, shift.currency),
            currency=shift.currency,
        )
        raise Refused("This cannot have been paid", between, "Look at the order, and at what went back of it.")


def _same(before: Standing, new: Settled, wish: Plan) -> bool:
    if wish.total != before.total or wish.gifts_back or wish.gifts_taken:
        return False
    return sorted((one.tender, one.amount) for one in new.tendered) == sorted(
        (one.tender, one.amount) for _, one in before.tenders
    )


def _page(one: _Correction, change: Change, catalog: Catalog, number: int, locale: str) -> books.Page:
    before = one.wish.before
    held = {position.number: position.item for position in one.order.positions}
    lines = tuple(
        BillLine(text=books.name_of(catalog, held[position], locale), each=part, amount=part, tax=letter)
        for (position, part), letter in zip(change.parts, change.tally.letters, strict=True)
    )
    return books.Page(
        operation=one.operation,
        number=number,
        shift=one.wish.shift,
        now=one.now,
        operator=one.operator,
        lines=lines,
        total=change.tally.total,
        taxes=tuple(group for group in change.tally.groups if group.gross),
        items=summed((name, 0, part) for name, (_, part) in zip(change.names, change.parts, strict=True)),
        settled=Settled(
            tendered=(*one.taken_back, *one.new.tendered),
            rounding=one.new.rounding - before.rounding,
            change=one.new.change,
        ),
        order=before.order,
        corrects=before.original.number,
        reason=one.reason,
        positions=change.parts,
        correction=True,
    )


def _order(connection: Connection, before: Standing) -> Order:
    return orders.by_code(connection, before.event, before.order) or Order(event=before.event, code=before.order)
