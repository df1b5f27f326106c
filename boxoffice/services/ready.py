"""Changes of a server made ready for the store, by whoever reads them and has no store."""

from __future__ import annotations

from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.orders import Order
from boxoffice.storage import ready_orders

Ready = ready_orders.Ready | Noun | Gone
"""A change made ready to be applied."""


def ready(noun: Noun | Gone, *, fresh: bool) -> Ready:
    """Do beforehand what needs no store. `fresh` says that the replica most likely does not have it yet."""
    return ready_orders.ready(noun, words=fresh) if isinstance(noun, Order) else noun
