"""What the server says of an order, and what this station did to it laid over that.

While the server does not know an act, its own version of the order is kept beneath. If it will not have the act and
a person accepts that, what it says is shown at once, whether or not it has anything new to tell.
"""

from __future__ import annotations

from boxoffice.domain import changes
from boxoffice.domain.facts import OrderFact, Private
from boxoffice.domain.journal import fact_of
from boxoffice.domain.orders import Order
from boxoffice.storage import beneath, journal, orders, outbox
from boxoffice.storage.connection import Connection


def with_own_acts(connection: Connection, order: Order) -> Order:
    """What the server says of an order, with the acts of this station laid over it that it does not know yet."""
    for entry in outbox.acts_on_order(connection, f"{order.event}/{order.code}"):
        fact = entry.fact()
        if isinstance(fact, OrderFact):
            changed = changes.after(order, fact, entry.private_part(), entry.operation)
            order = order if isinstance(changed, str) else changed
    return order


def told(connection: Connection, order: Order) -> Order:
    """The server tells of an order; as it is to be shown."""
    shown = with_own_acts(connection, order)
    if f"{order.event}/{order.code}" in outbox.orders_with_acts(connection):
        beneath.put(connection, order)
    else:
        beneath.drop(connection, order.event, order.code)
    return shown


def acted(connection: Connection, before: Order | None) -> None:
    """An act changes an order that was like this before. Only the first one finds it as the server has it."""
    if before is not None and beneath.by_code(connection, before.event, before.code) is None:
        beneath.put(connection, before)


def arrived(connection: Connection, operation: str) -> None:
    """The server has an act, though it has not told of the order since: it belongs to what the server says."""
    body = journal.knows(connection, operation)
    fact = fact_of(body) if body is not None else None
    held = beneath.by_code(connection, fact.event, fact.order) if isinstance(fact, OrderFact) else None
    if held is None or not isinstance(fact, OrderFact):
        return
    number = journal.number(connection, operation)
    private = journal.entry(connection, number).private_part() if number is not None else Private()
    changed = changes.after(held, fact, private, operation)
    if isinstance(changed, Order):
        beneath.put(connection, changed)


def give_up(connection: Connection, operation: str) -> None:
    """An act is sent no more; of an order that it was about, what the server says is shown again."""
    outbox.give_up(connection, operation)
    body = journal.knows(connection, operation)
    fact = fact_of(body) if body is not None else None
    held = beneath.by_code(connection, fact.event, fact.order) if isinstance(fact, OrderFact) else None
    if held is not None:
        orders.put(connection, with_own_acts(connection, held))
