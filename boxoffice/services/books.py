"""Writing a receipt into the books: its number, its figures in the journal, the document that is printed.

Every receipt goes through here, whether money came or went back, so that the numbers have no holes and the books
and the journal say the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from boxoffice.domain import cash, pricing
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.documents import BillLine, Receipt, TaxGroup
from boxoffice.domain.facts import Private, Receipted
from boxoffice.domain.instants import micros
from boxoffice.domain.money import plain
from boxoffice.domain.shift import Booked, Shift
from boxoffice.domain.takings import What, summed, what_of
from boxoffice.domain.tax import Rate
from boxoffice.domain.tenders import Lacking, Offer, Settled, settle
from boxoffice.domain.words import localised
from boxoffice.errors import Refused, filled
from boxoffice.storage import journal, receipt_book
from boxoffice.storage.catalog import Known
from boxoffice.storage.connection import Connection

from . import naming, papers, print_setup, printing

UNTAXED = Rate()
"""Of what no tax rule says anything about."""


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a verb of the till that stands in the books."""

    booked: Booked

    @property
    def receipt(self) -> Receipt:
        """The document as it is printed."""
        return self.booked.receipt

    @property
    def change(self) -> int:
        """What is handed back of the cash that was given."""
        return self.booked.change


class Page(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is to be booked."""

    operation: str
    """What the receipt belongs to; there is one for each."""
    number: int
    """As `next_number` gave it in the same transaction."""
    shift: Shift
    now: datetime
    operator: str
    lines: tuple[BillLine, ...]
    total: int
    taxes: tuple[TaxGroup, ...]
    items: tuple[tuple[str, int, int], ...]
    """What reports count: item, how many, what they came to."""
    settled: Settled
    order: str
    corrects: int = 0
    reason: str = ""
    positions: tuple[tuple[int, int], ...] = ()
    """Positions of the order, with what this receipt says of their prices."""
    discounts: tuple[tuple[str, int, int], ...] = ()
    cards: tuple[tuple[str, int], ...] = ()
    """What happened to gift cards."""
    walk_ins: tuple[int, int] = (0, 0)
    """Tickets of nobody in particular: how many, and what they came to."""
    void: bool = False
    correction: bool = False
    exchange: bool = False


def name_of(catalog: Catalog, item: int, locale: str = "en") -> str:
    """What an item is called; its number, where it is gone from the catalogue."""
    known = catalog.items.get(item)
    return localised(known.name, locale) if known else str(item)


def rate_of(catalog: Catalog, item: int) -> Rate:
    """The tax on an item, for amounts that have it in them: prices of positions do, however they were asked for."""
    known = catalog.items.get(item)
    return msgspec.structs.replace(pricing.rate_of(catalog, known), included=True) if known else UNTAXED


def covered(total: int, offers: tuple[Offer, ...], shift: Shift) -> Settled:
    """How a bill is settled. Raises `Refused` if the offers do not cover it, or do not go with it."""
    settled = settle(total, offers, cash.step(shift.currency))
    if isinstance(settled, Lacking):
        what = settled.because or filled(
            "{due} {currency} is still open.", due=plain(settled.due, shift.currency), currency=shift.currency
        )
        raise Refused("The bill is not covered", what, "Nothing was done; everything is as it was.")
    return settled


def next_number(connection: Connection, shift: Shift) -> int:
    """The number of the next receipt, which `book` must be given in this transaction."""
    return receipt_book.next_receipt(connection, training=shift.training)


def book(connection: Connection, known: Known, catalog: Catalog, page: Page) -> Booked:
    """Write it down. Belongs into the transaction of what it is about."""
    booked = Booked(
        number=page.number,
        receipt=_receipt(connection, known, catalog, page),
        items=page.items,
        corrects=page.corrects,
        positions=page.positions,
        categories=_by_category(catalog, page.items),
        discounts=page.discounts,
        walk_ins=page.walk_ins,
        cards=page.cards,
    )
    receipt_book.put_receipt(connection, page.operation, page.shift.id, page.shift.event, booked)
    if not page.shift.training:
        operation = f"{page.operation}/receipt"
        fact, private = _fact(booked, page), _private(booked)
        journal.append(connection, operation, fact, private, station=known.station(connection))
    held = print_setup.known(connection, known)
    printing.give_out(connection, booked.receipt, page.now, page.shift.event, held)
    return booked


def _by_category(catalog: Catalog, items: Iterable[tuple[str, int, int]]) -> tuple[tuple[str, int, int], ...]:
    """What reports count, by category. Items go by their names; of two with the same one the first is meant."""
    shelves: dict[str, str] = {}
    for item in catalog.items.values():
        category = catalog.categories.get(item.category or 0)
        shelves.setdefault(name_of(catalog, item.id), localised(category.name) if category else "")
    return summed((shelves.get(name, ""), number, amount) for name, number, amount in items)


def _receipt(connection: Connection, known: Known, catalog: Catalog, page: Page) -> Receipt:
    locale = known.locale(connection)
    return Receipt(
        at=page.now,
        timezone=catalog.event.timezone,
        locale=locale,
        letterhead=known.remembered(
            ("letterhead", catalog.event.slug, locale), connection, lambda c: papers.letterhead(c, catalog, locale)
        ),
        station=known.station(connection).name,
        operator=page.operator or page.shift.operator,
        training=page.shift.training,
        number=str(page.number),
        currency=page.shift.currency,
        lines=page.lines,
        total=page.total,
        tenders=page.settled.tendered,
        taxes=_called(catalog, page.taxes, locale),
        rounding=page.settled.rounding,
        orders=(page.order,) if page.order else (),
        corrects=str(page.corrects) if page.corrects else "",
        correction=page.correction,
        void=page.void,
        exchange=page.exchange,
        reason=page.reason,
    )


def _called(catalog: Catalog, groups: tuple[TaxGroup, ...], locale: str) -> tuple[TaxGroup, ...]:
    """The groups with what their taxes are called in the document's language, as it stays on the document."""
    names = naming.of_taxes(catalog, locale)
    return tuple(
        group
        if names.get(group.name, group.name) == group.name
        else msgspec.structs.replace(group, called=names[group.name])
        for group in groups
    )


def _fact(booked: Booked, page: Page) -> Receipted:
    receipt, what = booked.receipt, what_of(booked)
    return Receipted(
        event=page.shift.event,
        at=micros(page.now),
        number=booked.number,
        shift=page.shift.id,
        total=receipt.total,
        currency=receipt.currency,
        rounding=receipt.rounding,
        taxes=tuple((group.rate, group.base, group.tax) for group in receipt.taxes if not group.outside),
        loaded=booked.loaded,
        tenders=tuple((one.tender, one.amount) for one in receipt.tenders),
        order=page.order,
        corrects=page.corrects,
        what="" if what is What.SALE else what.value,
        items=booked.items,
        categories=booked.categories,
        walk_ins=booked.walk_ins,
    )


def _private(booked: Booked) -> Private | None:
    return Private(operator=booked.receipt.operator) if booked.receipt.operator else None
