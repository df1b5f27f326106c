"""What the desk puts right about an order: cancel it or some of its tickets, make it valid again, mend a name.

Money is another matter: what was paid stays paid until somebody gives it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from boxoffice.domain.facts import Canceled, Change, Edited, Private, Reactivated
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.stock import Piece, Sale
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import orders
from boxoffice.storage.connection import Connection

from . import deal, guard
from .stock import Stock

OF_ORDER = ("email", "phone")
OF_TICKET = ("name", "company", "email")


def find(connection: Connection, code: str, events: Sequence[str]) -> Order:
    """An order by its code, in any of these events. Raises `BadInput` if there is none, or one in several."""
    found = [one for event in events if (one := orders.by_code(connection, event, code)) is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was changed.", "Look it up by name.")
    there = ", ".join(one.event for one in found)
    raise BadInput(
        filled("Several events have an order {code}", code=code),
        filled("They are {there}.", there=there),
        "Name the event.",
    )


def cancel(
    connection: Connection,
    order: Order,
    positions: Sequence[int],
    reason: str,
    now: datetime,
    fee: int = 0,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Order:
    """Cancel tickets, or with none named the whole order; a fee may be kept (minor units).

    Raises `BadInput` without a reason, `Refused` if the order does not allow it.
    """
    if not reason.strip():
        raise BadInput("A reason is needed", "Nothing was cancelled.", "Say why.")
    if order.status is Status.CANCELED:
        raise Refused("This order is cancelled already", "", "Nothing was changed.")
    left = {one.number for one in order.positions if not one.canceled}
    if gone := set(positions) - left:
        numbers = ", ".join(map(str, sorted(gone)))
        raise BadInput(
            filled("Order {code} has no valid position {numbers}", code=order.code, numbers=numbers),
            "Nothing was cancelled.",
            "Look it up.",
        )
    with_parts = left & {one.number for one in order.positions if one.addon_to in positions} | set(positions)
    chosen = () if with_parts >= left else tuple(sorted(positions))
    guard.need(
        connection,
        Act.VOID,
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        event=order.event,
        about=order.code,
    )
    fact = Canceled(event=order.event, at=micros(now), order=order.code, positions=chosen, fee=fee)
    return deal.record(connection, fact, Private(note=reason, operator=operator))


def reactivate(
    connection: Connection,
    stock: Stock,
    order: Order,
    now: datetime,
    operator: str = "",
    *,
    may_oversell: bool = False,
    reason: str = "",
    permits: Sequence[Permit] = (),
) -> Order:
    """Make a cancelled order valid again: it takes its places like a sale.

    With `may_oversell` also those that there are not, and those that others may be selling. Raises `Refused`,
    `NeedsPermission`.
    """
    if order.status is not Status.CANCELED:
        raise Refused("This order is not cancelled", "", "Nothing was changed.")
    guard.need_all(
        connection,
        (Act.SELL, Act.OVERRULE) if may_oversell else (Act.SELL,),
        now,
        operator=operator,
        permits=permits,
        reason=reason,
        event=order.event,
        about=order.code,
    )
    operation = new_id()
    _take_places(connection, stock, order, operation, may_oversell=may_oversell)
    fact = Reactivated(event=order.event, at=micros(now), order=order.code)
    return deal.record(connection, fact, Private(note=reason, operator=operator), operation)


def _take_places(connection: Connection, stock: Stock, order: Order, operation: str, *, may_oversell: bool) -> None:
    pieces = [
        Piece(item=one.item, variation=one.variation, subevent=one.subevent)
        for one in order.positions
        if not one.canceled
    ]
    if may_oversell and stock.rule(connection, order.event, pieces).sale is Sale.REFUSED:
        return  # There are none to be taken.
    stock.sell(connection, order.event, operation, pieces, may_oversell=may_oversell)


def edit(
    connection: Connection,
    order: Order,
    number: int,
    wanted: Mapping[str, str],
    now: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Order:
    """Put right what stands in an order (`number` 0) or in one of its tickets.

    Raises `BadInput` for a field that cannot be edited or a ticket that is not there, `NeedsPermission`.
    """
    thing, fields = _thing(order, number)
    if unknown := wanted.keys() - set(fields):
        there = ", ".join(fields)
        raise BadInput(
            filled("{names} cannot be edited", names=", ".join(sorted(unknown))),
            filled("There are: {there}.", there=there),
            "Nothing was changed.",
        )
    guard.need(connection, Act.EDIT, now, operator=operator, permits=permits, event=order.event, about=order.code)
    changes = {
        field: Change(getattr(thing, field), value) for field, value in wanted.items() if getattr(thing, field) != value
    }
    if not changes:
        return order
    fact = Edited(event=order.event, at=micros(now), order=order.code, position=number)
    return deal.record(connection, fact, Private(changes=changes, operator=operator))


def _thing(order: Order, number: int) -> tuple[Order | Position, tuple[str, ...]]:
    if not number:
        return order, OF_ORDER
    for position in order.positions:
        if position.number == number:
            return position, OF_TICKET
    raise BadInput(
        filled("Order {code} has no position {number}", code=order.code, number=number),
        "Nothing was changed.",
        "Look it up.",
    )
