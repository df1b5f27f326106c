"""How far an order has come on its way to being paid, as people at a counter say it.

Servers know fewer states than that: what was paid in part and what was promised show only in the payments.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from .orders import Order, Payment, PaymentState, Status
from .tenders import Means


class Progress(StrEnum):
    """The states in the order in which they come: English phrases that have a translation."""

    UNPAID = "Unpaid"
    PAYING = "Paid in part"
    AWAITING = "Awaiting confirmation"
    PAID = "Paid"
    EXPIRED = "Expired"
    CANCELED = "Cancelled"


_ENDED = {Status.PAID: Progress.PAID, Status.EXPIRED: Progress.EXPIRED, Status.CANCELED: Progress.CANCELED}


def progress(order: Order) -> Progress:
    """Where an order stands."""
    if order.status in _ENDED:
        return _ENDED[order.status]
    if promised(order) is not None:
        return Progress.AWAITING
    return Progress.PAYING if order.paid else Progress.UNPAID


def promised(order: Order) -> Payment | None:
    """The transfer that was promised for an order here and has not come yet."""
    return next((one for one in reversed(order.payments) if _is_promise(one)), None)


def waited_for(order: Order) -> tuple[Payment, ...]:
    """What stations were promised, or have sold on invoice, and nobody has seen the money of yet."""
    return tuple(one for one in order.payments if _waits(one) and one.tender in LATER)


LATER: Mapping[str, Means] = {Means.TRANSFER.value: Means.AWAITED, Means.INVOICE.value: Means.INVOICE}
"""How what is waited for is called on an order, and the tender that says so on a receipt."""


def _is_promise(one: Payment) -> bool:
    return _waits(one) and one.tender == Means.TRANSFER.value


def _waits(one: Payment) -> bool:
    return one.state in (PaymentState.PENDING, PaymentState.CREATED) and bool(one.operation)
