"""The acts of the till and the desk on orders: written down and in force here before anybody hears of them.

Whoever sells or refunds decides elsewhere what to do; this is the one place where it becomes a fact. The
journal, the outbox and the order as screens and doors see it change in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from boxoffice.domain import changes, visits
from boxoffice.domain.facts import Canceled, Edited, Exchanged, OrderFact, Private, Reactivated
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import Order
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import journal, orders, redeeming, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Station

from . import overlay


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """Something done to an order, and the operation that it is done under."""

    fact: OrderFact
    private: Private | None = None
    operation: str


def record(connection: Connection, fact: OrderFact, private: Private | None = None, operation: str = "") -> Order:
    """Write an act down and let it take effect; the order as it is now.

    Raises `Refused` if the order does not allow it; nothing is changed then.
    """
    return record_all(connection, [Act(fact=fact, private=private, operation=operation or new_id())])


def record_new(connection: Connection, acts: Sequence[Act], station: Station) -> Order:
    """Like `record_all`, for an order that begins with these acts; its code must be a free one."""
    return _record(connection, None, acts, station)


def record_all(connection: Connection, acts: Sequence[Act], station: Station | None = None) -> Order:
    """Like `record`, for several acts on one order: it is kept once, as it is after the last of them.

    `station` is this station's, where the caller has it at hand.
    """
    before = orders.by_code(connection, acts[0].fact.event, acts[0].fact.order)
    return _record(connection, before, acts, station or settings.station(connection))


def _record(connection: Connection, first: Order | None, acts: Sequence[Act], station: Station) -> Order:
    before = first
    steps: list[tuple[Order | None, Order]] = []
    for act in acts:
        after = _after(before, act)
        steps.append((before, after))
        before = after
    if first is None:
        orders.put_new(connection, after)
    else:
        orders.put(connection, after)
    journal.append_all(connection, [journal.Act(act.operation, act.fact, act.private) for act in acts], station)
    for act, (found, left) in zip(acts, steps, strict=True):
        overlay.acted(connection, found)
        _mind_vouchers(connection, act.fact, left)
    _take_along(connection, first, after, acts)
    return after


def _take_along(connection: Connection, before: Order | None, after: Order, acts: Sequence[Act]) -> None:
    """What goes with a pass at other events follows it."""
    if before is None or not any(isinstance(one.fact, Canceled | Reactivated | Edited | Exchanged) for one in acts):
        return
    there = orders.sharing(connection, after)
    for place, (fact, private) in enumerate(visits.following(before, after, there, acts[-1].fact.at)):
        record(connection, fact, private, f"{acts[0].operation}/{fact.event}/{place}")


def _after(before: Order | None, act: Act) -> Order:
    after = changes.after(before, act.fact, act.private or Private(), act.operation)
    if isinstance(after, str):
        raise Refused("This cannot be done", after, "Nothing was changed.")
    return after


def _mind_vouchers(connection: Connection, fact: OrderFact, order: Order) -> None:
    """What is cancelled gives its vouchers back, and what is valid again takes them anew: the servers do the same."""
    if isinstance(fact, Reactivated):
        redeeming.take_anew(connection, fact.event, fact.order, moment(fact.at))
    if isinstance(fact, Canceled):
        gone = [one.number for one in order.positions if not fact.positions or one.canceled]
        redeeming.reverse(connection, fact.event, fact.order, gone, moment(fact.at))
