"""What an act of the till or the desk makes of an order.

One rule for everybody who has to know before the server has said it: the hub that takes the act in, and the
station that lays its own acts over what it hears. An act that finds no ground to stand on is answered with a
sentence and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from boxoffice.errors import filled

from .facts import (
    Canceled,
    Change,
    Edited,
    Exchanged,
    Extended,
    Guest,
    Line,
    OrderFact,
    Paid,
    Private,
    Reactivated,
    Refunded,
    Sold,
    Withdrawn,
)
from .instants import moment
from .orders import Fee, Order, Payment, PaymentState, Position, Refund, Status

_Noun = TypeVar("_Noun", Order, Position)


def after(order: Order | None, fact: OrderFact, private: Private, operation: str) -> Order | str:
    """The order after an act that is named by its operation, or why it cannot be. Doing it twice changes nothing."""
    if isinstance(fact, Sold):
        return _sold(order, fact, private)
    if order is None:
        return filled("There is no order {code}.", code=fact.order)
    match fact:
        case Paid():
            return _paid(order, fact, operation)
        case Refunded():
            return _refunded(order, fact, operation)
        case Withdrawn():
            kept = tuple(one for one in order.payments if one.operation not in fact.promises)
            return msgspec.structs.replace(order, payments=kept)
        case Canceled():
            return _canceled(order, fact)
        case Reactivated():
            status = Status.PAID if order.paid >= order.total else Status.PENDING
            return msgspec.structs.replace(order, status=status) if order.status is Status.CANCELED else order
        case Edited():
            return _edited(order, fact, private)
        case Exchanged():
            return _exchanged(order, fact)
        case Extended():
            return _extended(order, fact, private)


def _sold(order: Order | None, fact: Sold, private: Private) -> Order | str:
    sold = Order(
        event=fact.event,
        code=fact.order,
        status=Status.PENDING if fact.total else Status.PAID,
        email=private.email,
        phone=private.phone,
        locale=fact.locale,
        placed_at=moment(fact.at),
        total=fact.total,
        positions=tuple(_position(line, private.guests.get(str(line.number), Guest())) for line in fact.lines),
    )
    if order is None:
        return sold
    same = {one.secret for one in order.positions} >= {one.secret for one in sold.positions}
    return order if same else filled("Another order is called {code}.", code=fact.order)


def _position(line: Line, guest: Guest) -> Position:
    return Position(
        number=line.number,
        item=line.item,
        variation=line.variation,
        price=line.price,
        secret=guest.secret,
        name=guest.name,
        company=guest.company,
        email=guest.email,
        subevent=line.subevent,
        addon_to=line.addon_to,
        voucher=line.voucher,
        saved=line.saved,
        answers=guest.answers,
    )


def _paid(order: Order, fact: Paid, operation: str) -> Order:
    if any(one.operation == operation for one in order.payments):
        return order
    payment = Payment(
        id=operation,
        amount=fact.amount,
        state=PaymentState.PENDING if fact.awaited else PaymentState.CONFIRMED,
        tender=fact.tender,
        at=moment(fact.at),
        operation=operation,
        receipt=fact.receipt,
    )
    promises = {fact.confirms, *fact.withdraws} - {""}
    others = tuple(one for one in order.payments if one.operation not in promises)
    paid = msgspec.structs.replace(order, payments=(*others, payment))
    settled = paid.paid >= paid.total and order.status in (Status.PENDING, Status.EXPIRED)
    return msgspec.structs.replace(paid, status=Status.PAID) if settled else paid


def _refunded(order: Order, fact: Refunded, operation: str) -> Order | str:
    if any(one.operation == operation for one in order.refunds):
        return order
    if fact.amount > order.paid:
        return filled("No more than was paid for {code} can be given back.", code=order.code)
    refund = Refund(
        id=operation,
        amount=fact.amount,
        state=PaymentState.DONE,
        tender=fact.tender,
        payment=fact.payment,
        at=moment(fact.at),
        operation=operation,
    )
    changed = msgspec.structs.replace(order, refunds=(*order.refunds, refund))
    reopened = fact.reopens and order.status is Status.PAID and changed.paid < changed.total
    return msgspec.structs.replace(changed, status=Status.PENDING) if reopened else changed


def _canceled(order: Order, fact: Canceled) -> Order | str:
    if not fact.positions:
        if order.status is Status.CANCELED:
            return order
        fees = (*order.fees, Fee(kind="cancellation", amount=fact.fee)) if fact.fee else order.fees
        return msgspec.structs.replace(order, status=Status.CANCELED, fees=fees)
    those = {one.number for one in order.positions if one.number in fact.positions or one.addon_to in fact.positions}
    if not those.issuperset(fact.positions):
        return filled("Order {code} has no such position.", code=order.code)
    if all(one.canceled or one.number in those for one in order.positions):
        return filled("The last position of {code} goes with the whole order.", code=order.code)
    positions = tuple(
        msgspec.structs.replace(one, canceled=True) if one.number in those else one for one in order.positions
    )
    less = sum(one.price for one in order.positions if one.number in those and not one.canceled)
    return msgspec.structs.replace(order, positions=positions, total=order.total - less)


def _edited(order: Order, fact: Edited, private: Private) -> Order | str:
    if not fact.position:
        return _changed(order, private.changes, ("email", "phone"))
    position = next((one for one in order.positions if one.number == fact.position), None)
    if position is None:
        return filled("Order {code} has no position {position}.", code=order.code, position=fact.position)
    changed = _changed(position, private.changes, ("name", "company", "email"))
    if isinstance(changed, str):
        return changed
    if fact.item is not None:
        changed = msgspec.structs.replace(changed, item=fact.item, variation=fact.variation)
    others = tuple(changed if one.number == fact.position else one for one in order.positions)
    return msgspec.structs.replace(order, positions=others)


def _exchanged(order: Order, fact: Exchanged) -> Order | str:
    positions = {one.number: one for one in order.positions}
    more = 0
    for swap in fact.swaps:
        held = positions.get(swap.position)
        if held is None or held.canceled:
            return filled("Order {code} has no such position.", code=order.code)
        now = (held.item, held.variation, held.subevent, held.price)
        if now == (swap.item, swap.variation, swap.subevent, swap.price):
            continue
        if now != (swap.was_item, swap.was_variation, swap.was_subevent, swap.was_price):
            return filled(
                "Somebody else has changed ticket {code}-{position} in the meantime.",
                code=order.code,
                position=swap.position,
            )
        positions[swap.position] = msgspec.structs.replace(
            held, item=swap.item, variation=swap.variation, subevent=swap.subevent, price=swap.price
        )
        more += swap.price - held.price
    changed = tuple(positions[one.number] for one in order.positions)
    return _standing(msgspec.structs.replace(order, positions=changed, total=order.total + more))


def _extended(order: Order, fact: Extended, private: Private) -> Order | str:
    if order.status is Status.CANCELED:
        return filled("Order {code} is cancelled.", code=order.code)
    held = {one.number: one for one in order.positions}
    new = []
    for line in fact.lines:
        position = _position(line, private.guests.get(str(line.number), Guest()))
        there = held.get(line.number)
        if there is None:
            new.append(position)
        elif (there.item, there.subevent, there.addon_to) != (line.item, line.subevent, line.addon_to):
            return filled("Order {code} has another position {number} already.", code=order.code, number=line.number)
    total = order.total + sum(one.price for one in new)
    return _standing(msgspec.structs.replace(order, positions=(*order.positions, *new), total=total))


def _standing(order: Order) -> Order:
    """The order with the state that its money gives it, where it is neither cancelled nor run out."""
    if order.status not in (Status.PAID, Status.PENDING):
        return order
    status = Status.PAID if order.paid >= order.total else Status.PENDING
    return msgspec.structs.replace(order, status=status)


def _changed(noun: _Noun, changes: Mapping[str, Change], fields: tuple[str, ...]) -> _Noun | str:
    new = {}
    for field, change in changes.items():
        if field not in fields:
            return filled("{field} cannot be edited.", field=field)
        held = getattr(noun, field)
        if held not in (change.before, change.after):
            return filled("Somebody else has changed {field} in the meantime: it says {held}.", field=field, held=held)
        new[field] = change.after
    return msgspec.structs.replace(noun, **new)
