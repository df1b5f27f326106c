"""Orders come back as they were told, money and all."""

from __future__ import annotations

from datetime import UTC, datetime

from boxoffice.domain.orders import Fee, Order, Payment, PaymentState, Position, Refund, Status
from boxoffice.storage import orders

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ORDER = Order(
    event="conf26",
    code="A1",
    status=Status.PAID,
    total=2300,
    positions=(Position(number=1, item=1, secret="s", server_id=7),),
    payments=(Payment(id="1", amount=2300, state=PaymentState.CONFIRMED, tender="cash", at=NINE, operation="op"),),
    refunds=(Refund(id="1", amount=300, state=PaymentState.DONE, payment="1"),),
    fees=(Fee(kind="cancellation", amount=500),),
)


def test_payments_refunds_and_fees_come_back_with_the_ticket(store):
    orders.put(store, ORDER)
    [ticket] = orders.by_secret(store, "s")
    assert (ticket.order.payments, ticket.order.refunds, ticket.order.fees) == (
        ORDER.payments,
        ORDER.refunds,
        ORDER.fees,
    )
    assert ticket.order.paid == 2000


def test_a_payment_that_moved_is_a_change(store):
    assert orders.put(store, ORDER)
    assert not orders.put(store, ORDER)
