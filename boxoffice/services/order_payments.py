"""What a document of the till does to the money of its order: payments that came, and refunds of what goes back.

Each is an act of its own that the server will hear of, under the operation of the document and its place there. What
cash was rounded by is the till's own affair, and no order hears of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from boxoffice.domain.documents import Tendered
from boxoffice.domain.facts import Paid, Refunded
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Payment, PaymentState
from boxoffice.domain.progress import promised, waited_for
from boxoffice.domain.tenders import Means, Settled, for_order
from boxoffice.storage.connection import Connection

from . import deal
from .standing import Standing


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """The document by which money comes and goes, and the order that it is about."""

    operation: str
    number: int
    event: str
    order: str
    now: datetime

    def paid(
        self, place: int, one: Tendered, amount: int, confirms: str = "", withdraws: tuple[str, ...] = ()
    ) -> deal.Act:
        """So much has come by a tender, or is promised by it."""
        fact = Paid(
            event=self.event,
            at=micros(self.now),
            order=self.order,
            amount=amount,
            tender=Means.TRANSFER.value if one.tender == Means.AWAITED.value else one.tender,
            receipt=str(self.number),
            awaited=not came(one),
            confirms=confirms,
            withdraws=withdraws,
        )
        return deal.Act(fact=fact, operation=f"{self.operation}/{place}")

    def refunded(self, place: int, tender: str, amount: int, payment: str, *, reopens: bool = False) -> deal.Act:
        """So much (positive) of a payment goes back."""
        fact = Refunded(
            event=self.event,
            at=micros(self.now),
            order=self.order,
            amount=amount,
            tender=tender,
            payment=payment,
            receipt=str(self.number),
            reopens=reopens,
        )
        return deal.Act(fact=fact, operation=f"{self.operation}/{place}")


def record(connection: Connection, order: Order, acts: Iterable[deal.Act]) -> Order:
    """Write the acts down in turn; the order after the last of them. Raises `Refused` if it does not allow one."""
    for act in acts:
        order = deal.record(connection, act.fact, operation=act.operation)
    return order


def came(one: Tendered) -> bool:
    """Whether the money is here, or is paid later."""
    return not Means(one.tender).pays_later


def of_sale(slip: Slip, settled: Settled, revenue: int) -> Iterator[deal.Act]:
    """What pays for a sale; what is more than the order costs is on gift cards."""
    for place, (tender, amount) in enumerate(zip(settled.tendered, for_order(settled.tendered, revenue), strict=True)):
        if amount:
            yield slip.paid(place, tender, amount)


def of_payment(slip: Slip, settled: Settled, order: Order) -> Iterator[deal.Act]:
    """What pays for an open order: a promise that came true is confirmed, and nothing else is waited for any more."""
    amounts = [one.covers for one in settled.tendered]
    promise = promised(order)
    kept = promise if _comes_true(promise, settled, amounts) else None
    moot = tuple(one.operation for one in waited_for(order) if one is not kept)
    for place, (tender, amount) in enumerate(zip(settled.tendered, amounts, strict=True)):
        yield slip.paid(place, tender, amount, _confirms(promise, tender, amount), () if place else moot)


def of_refund(slip: Slip, settled: Settled, order: Order) -> Iterator[deal.Act]:
    """What goes back of an order; what was never paid goes by itself."""
    for place, tender in enumerate(settled.tendered):
        if came(tender):
            yield slip.refunded(place, tender.tender, -tender.covers, payment_by(order, tender.tender))


def of_exchange(slip: Slip, settled: Settled, order: Order) -> Iterator[deal.Act]:
    """The difference that came or went; what is paid later is no payment yet."""
    for place, tender in enumerate(settled.tendered):
        if not came(tender) or not tender.covers:
            continue
        if tender.covers > 0:
            yield slip.paid(place, tender, tender.covers)
        else:
            yield slip.refunded(place, tender.tender, -tender.covers, payment_by(order, tender.tender))


def of_correction(slip: Slip, before: Standing, new: Settled, order: Order) -> Iterator[deal.Act]:
    """First what came in truth, then what had not, so that the order is never short of money."""
    loaded = before.original.loaded
    amounts = for_order(new.tendered, sum(one.covers for one in new.tendered) - loaded)
    yield from _in_truth(slip, before, new, amounts, order)
    came_now = sum(amount for one, amount in zip(new.tendered, amounts, strict=True) if came(one))
    yield from _not_in_truth(slip, before, reopens=came_now < before.total - loaded)


def _in_truth(slip: Slip, before: Standing, new: Settled, amounts: list[int], order: Order) -> Iterator[deal.Act]:
    promise = promised(order)
    kept = promise if _comes_true(promise, new, amounts) else None
    waited = {f"{before.operation}/{place}" for place, one in before.tenders if not came(one)}
    gone = tuple(one.operation for one in waited_for(order) if one.operation in waited and one is not kept)
    for place, (tender, amount) in enumerate(zip(new.tendered, amounts, strict=True), start=len(before.tenders)):
        if amount:
            yield slip.paid(place, tender, amount, _confirms(promise, tender, amount), gone)
            gone = ()


def _not_in_truth(slip: Slip, before: Standing, *, reopens: bool) -> Iterator[deal.Act]:
    """The last of them says whether the order is open again."""
    shares = for_order([tender for _, tender in before.tenders], before.total - before.original.loaded)
    moved = [
        (index, place, tender.tender, amount)
        for index, ((place, tender), amount) in enumerate(zip(before.tenders, shares, strict=True))
        if came(tender) and amount
    ]
    for index, place, means, amount in moved:
        last = index == moved[-1][0]
        yield slip.refunded(index, means, amount, f"{before.operation}/{place}", reopens=reopens and last)


def _comes_true(promise: Payment | None, settled: Settled, amounts: list[int]) -> bool:
    return any(_fulfils(promise, one, amount) for one, amount in zip(settled.tendered, amounts, strict=True))


def _confirms(promise: Payment | None, one: Tendered, amount: int) -> str:
    return promise.operation if promise is not None and _fulfils(promise, one, amount) else ""


def _fulfils(promise: Payment | None, one: Tendered, amount: int) -> bool:
    return promise is not None and one.tender == Means.TRANSFER.value and amount == promise.amount


def payment_by(order: Order, tender: str) -> str:
    """The payment that is undone: the last one made in the same way, else the last one there is."""
    confirmed = [one for one in order.payments if one.state is PaymentState.CONFIRMED]
    alike: list[Payment] = [one for one in confirmed if one.tender == tender] or confirmed
    return (alike[-1].operation or alike[-1].id) if alike else ""
