"""Which means are taken here, and what was promised and has not come yet.

An event may do without a means, and so may a single station. A transfer that was promised leaves its order open:
it waits for somebody to see the money, and confirming it is an act of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from boxoffice.domain.facts import Paid, Withdrawn
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order, Payment, Status
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.progress import LATER, promised, waited_for
from boxoffice.domain.tenders import TITLES, Means, Offer, Tendering
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import accepted, badges, orders, payments, proofs, receipt_book
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection

from . import deal, guard


def mind(connection: Connection, known: Known, event: str, offers: Iterable[Offer], operation: str = "") -> None:
    """Raise `Refused` for a means that is not taken here. A card that was charged already counts, whatever was set."""
    taken = known.remembered(("tenders", event), connection, lambda c: accepted.taken(c, event))
    for offer in offers:
        if taken.takes(offer.means) or (offer.means is Means.CARD and payments.of_operation(connection, operation)):
            continue
        raise Refused(
            filled("{tender} is not taken here", tender=TITLES[offer.means]),
            "Nothing was done.",
            "Take it by another tender.",
        )


def choose(connection: Connection, event: str, chosen: Tendering) -> None:
    """Decide what is taken for an event at this station; without an event, for all of them. Raises `BadInput`."""
    if unknown := set(chosen.off) - set(Means):
        there = ", ".join(Means)
        raise BadInput(
            filled("{names} is no tender", names=", ".join(sorted(unknown))),
            filled("There are: {there}.", there=there),
            "Nothing was changed.",
        )
    accepted.keep(connection, event, chosen)


# What is promised


def attach(
    connection: Connection,
    event: str,
    code: str,
    image: bytes,
    now: datetime,
    operator: str = "",
    reference: str = "",
    permits: Sequence[Permit] = (),
) -> Order:
    """Keep the proof of a transfer for an open order: from here on it awaits confirmation.

    Raises `BadInput` if there is no such order, `Refused` if nothing is open, `NeedsPermission`.
    """
    order = orders.by_code(connection, event, code)
    if order is None:
        raise BadInput(filled("There is no order {code}", code=code), "Nothing was kept.", "Look it up by name.")
    if order.status is Status.CANCELED or order.total <= order.paid:
        raise Refused("Nothing is open of this order", "Nothing was kept.", "Look at another one.")
    guard.need(connection, Act.EDIT, now, operator=operator, permits=permits, event=event, about=code)
    digest = badges.put_picture(connection, image)
    proofs.put(connection, event, code, digest, now, operator, reference)
    if promised(order) is not None:
        return order
    due = order.total - order.paid
    promise = Paid(event=event, at=micros(now), order=code, amount=due, tender=Means.TRANSFER.value, awaited=True)
    return deal.record(connection, promise, operation=new_id())


def keep_proofs(
    connection: Connection, event: str, code: str, offers: Sequence[Offer], now: datetime, operator: str
) -> None:
    """Keep what was shown for the transfers of a sale."""
    for offer in offers:
        if offer.proof:
            proofs.put(connection, event, code, offer.proof, now, operator, " ".join(offer.details))


class Owed(msgspec.Struct, frozen=True):
    """What receipts say is paid later."""

    receipt: int
    """The first one of this till that says so; 0 if another till has sold it."""
    number: str
    """Of the receipt, at the till that has written it."""
    amounts: tuple[tuple[str, int], ...]
    """By tender; nothing that was paid since."""

    @property
    def total(self) -> int:
        """All of it."""
        return sum(amount for _, amount in self.amounts)


def owed(connection: Connection, event: str, code: str) -> Owed | None:
    """What was sold to be paid later and is not paid yet: it is no new sale when the money comes.

    What this till has sold stands in its own books. What another one has is known by the order itself, which carries
    what is waited for with the number of its receipt, whatever server tells of it.
    """
    order = orders.by_code(connection, event, code)
    waits = [one for one in waited_for(order) if one.receipt] if order is not None else []
    sums: dict[str, int] = {}
    first = 0
    for one in receipt_book.receipts_of_order(connection, event, code):
        for tender in one.receipt.tenders:
            if Means(tender.tender).pays_later:
                first = first or (one.number if tender.amount > 0 else 0)
                sums[tender.tender] = sums.get(tender.tender, 0) + tender.amount
    number = str(first or "")
    for promise in waits:
        if receipt_book.receipt_of(connection, _act_of(promise)) is None:
            later = LATER[promise.tender].value
            number = number or promise.receipt
            sums[later] = sums.get(later, 0) + promise.amount
    for later, amount in _waited(waits).items():  # What was credited here of another till's is below zero in our books.
        sums[later] = max(amount, sums.get(later, 0))
    left = tuple((tender, amount) for tender, amount in sums.items() if amount > 0)
    number = number or next((one.receipt for one in waits), "")
    return Owed(first, number, left) if left else None


def _waited(waits: Iterable[Payment]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in waits:
        later = LATER[one.tender].value
        sums[later] = sums.get(later, 0) + one.amount
    return sums


def credit(
    connection: Connection,
    order: Order,
    credited: Sequence[tuple[str, int]],
    operation: str,
    receipt: str,
    now: datetime,
) -> Order:
    """Something that is owed is owed no longer: the order waits for what is left of it, on this receipt; the order."""
    for tender, amount in credited:
        waits = [one for one in waited_for(order) if LATER[one.tender].value == tender]
        if not waits:
            continue
        gone = tuple(one.operation for one in waits)
        left = sum(one.amount for one in waits) - amount
        fact: Paid | Withdrawn = Withdrawn(event=order.event, at=micros(now), order=order.code, promises=gone)
        if left > 0:
            fact = Paid(
                event=order.event,
                at=micros(now),
                order=order.code,
                amount=left,
                tender=waits[-1].tender,
                receipt=receipt,
                awaited=True,
                withdraws=gone,
            )
        order = deal.record(connection, fact, operation=f"{operation}/{tender}")
    return order


def _act_of(promise: Payment) -> str:
    """The sale, payment or correction that a payment belongs to: its own name without its place there."""
    return promise.operation.rpartition("/")[0]
