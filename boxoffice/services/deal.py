"""The acts of the till and the desk on orders: written down and in force here before anybody hears of them.

Whoever sells or refunds decides elsewhere what to do; this is the one place where it becomes a fact. The
journal, the outbox and the order as screens and doors see it change in one transaction.
"""

from __future__ import annotations

from boxoffice.domain import changes
from boxoffice.domain.facts import OrderFact, Private
from boxoffice.domain.orders import Order
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import journal, orders
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
    return after
