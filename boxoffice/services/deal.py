"""The acts of the till and the desk on orders: written down and in force here before anybody hears of them.

Whoever sells or refunds decides elsewhere what to do; this is the one place where it becomes a fact. The
journal, the outbox and the order as screens and doors see it change in one transaction.
"""

from __future__ import annotations

from boxoffice.domain import changes
from boxoffice.domain.facts import Canceled, OrderFact, Private, Reactivated
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import Order
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import journal, orders, redeeming
from boxoffice.storage.connection import Connection

from . import overlay


def record(connection: Connection, fact: OrderFact, private: Private | None = None, operation: str = "") -> Order:
    """Write an act down and let it take effect; the order as it is now.

    Raises `Refused` if the order does not allow it; nothing is changed then.
    """
    operation = operation or new_id()
    before = orders.by_code(connection, fact.event, fact.order)
    after = changes.after(before, fact, private or Private(), operation)
    if isinstance(after, str):
        raise Refused("This cannot be done", after, "Nothing was changed.")
    overlay.acted(connection, before)
    orders.put(connection, after)
    journal.append(connection, operation, fact, private)
    _mind_vouchers(connection, fact, after)
    return after


def _mind_vouchers(connection: Connection, fact: OrderFact, order: Order) -> None:
    """What is cancelled gives its vouchers back, and what is valid again takes them anew: the servers do the same."""
    if isinstance(fact, Reactivated):
        redeeming.take_anew(connection, fact.event, fact.order, moment(fact.at))
    if isinstance(fact, Canceled):
        gone = [one.number for one in order.positions if not fact.positions or one.canceled]
        redeeming.reverse(connection, fact.event, fact.order, gone, moment(fact.at))
