"""What one sale writes once it is sure to happen: the order with its tickets and payments, and the page of the books.

Whether it may happen was asked before, in `sell`; here nothing is refused any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from boxoffice.domain import asking, pricing, visits
from boxoffice.domain.cart import Cart
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.facts import Extended, Guest, Line, Private, Sold
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Order
from boxoffice.domain.pricing import Bill, Unit
from boxoffice.domain.shift import Shift
from boxoffice.domain.takings import summed
from boxoffice.domain.tenders import Offer, Settled
from boxoffice.ids import new_order_code, new_secret
from boxoffice.storage import orders
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Station

from . import books, deal, elsewhere, order_payments
from .order_payments import Slip


class Selling(msgspec.Struct, frozen=True, kw_only=True):
    """What one sale is made of, once it is sure to happen."""

    held: Order | None
    """The order of a pass to which everything is added."""
    cart: Cart
    catalog: Catalog
    bill: Bill
    paid: tuple[Offer, ...]
    """What was offered, with what cards and gift cards had to say of it."""
    settled: Settled
    shift: Shift
    number: int
    locale: str
    now: datetime
    operator: str

    @property
    def first(self) -> int:
        """The number of the first position that comes into being."""
        held = self.held.positions if self.held is not None else ()
        return 1 + max((one.number for one in held), default=0)


def order(connection: Connection, selling: Selling, station: Station) -> Order:
    """The order that comes into being, with its payments: each an act of its own that the server will hear of.

    What is put on gift cards is no part of it: where that is all, there is none.
    """
    cart, bill, at = selling.cart, selling.bill, micros(selling.now)
    if not bill.units:
        return Order(event=cart.event, code="")
    code = selling.held.code if selling.held is not None else _free_code(connection, cart, selling.catalog)
    if selling.shift.training:
        return Order(event=cart.event, code=code, total=bill.revenue)
    lines = tuple(_lines(selling))
    guests = {str(line.number): _guest(selling, unit) for line, unit in zip(lines, bill.units, strict=True)}
    sold: Sold | Extended = Sold(
        event=cart.event, at=at, order=code, lines=lines, total=bill.revenue, locale=selling.locale
    )
    private = Private(guests=guests, email=cart.email, phone=cart.phone)
    if selling.held is not None:
        sold, private = Extended(event=cart.event, at=at, order=code, lines=lines), Private(guests=guests)
    acts = [deal.Act(fact=sold, private=private, operation=cart.id)]
    slip = Slip(operation=cart.id, number=selling.number, event=cart.event, order=code, now=selling.now)
    acts += order_payments.of_sale(slip, selling.settled, bill.revenue)
    record = deal.record_new if selling.held is None else deal.record_all
    placed = record(connection, acts, station)
    numbers = [(unit.line, line.number) for line, unit in zip(lines, bill.units, strict=True)]
    elsewhere.give_out(connection, cart, selling.catalog, numbers, placed, selling.now)
    return placed


def _free_code(connection: Connection, cart: Cart, catalog: Catalog) -> str:
    """One that no order has, here and at the events to which the cart lets in as well."""
    events = {cart.event, *(one.event for one in visits.visits(cart, catalog))}
    while True:
        code = new_order_code()
        if not any(orders.is_there(connection, event, code) for event in events):
            return code


def _lines(selling: Selling) -> Iterator[Line]:
    """The positions, numbered; an add-on goes to the ticket that stands before it, in turn."""
    cart = selling.cart
    numbers: dict[str, list[int]] = {}
    taken: dict[str, int] = {}
    for number, unit in enumerate(selling.bill.units, start=selling.first):
        line = cart.line(unit.line)
        parent = line.part_of if line is not None else ""
        above = cart.to_pass.position if cart.to_pass is not None else None
        if parent:
            tickets = numbers[parent]
            above = tickets[taken.get(unit.line, 0) % len(tickets)]
            taken[unit.line] = taken.get(unit.line, 0) + 1
        else:
            numbers.setdefault(unit.line, []).append(number)
        yield Line(
            number=number,
            item=unit.item,
            variation=unit.variation,
            price=unit.gross,
            addon_to=above,
            subevent=unit.subevent,
            voucher=unit.voucher,
            saved=unit.saved,
        )


def _guest(selling: Selling, unit: Unit) -> Guest:
    line = selling.cart.line(unit.line)
    guest = asking.as_kept(line.guest, line.item, selling.catalog) if line is not None else Guest()
    return msgspec.structs.replace(guest, secret=guest.secret or new_secret())


def page(selling: Selling, code: str) -> books.Page:
    """What is to be booked of it."""
    bill = selling.bill
    return books.Page(
        operation=selling.cart.id,
        number=selling.number,
        shift=selling.shift,
        now=selling.now,
        operator=selling.operator,
        lines=pricing.bill_lines(selling.cart, bill, selling.catalog, selling.locale),
        total=bill.total,
        taxes=bill.taxes,
        items=_items(bill, selling.catalog),
        settled=selling.settled,
        order=code,
        positions=tuple((number, unit.gross) for number, unit in enumerate(bill.units, start=selling.first)),
        discounts=pricing.discounts(bill),
        walk_ins=_walk_ins(selling),
    )


def _walk_ins(selling: Selling) -> tuple[int, int]:
    """Tickets that bear no name, of a buyer who left no way to be reached."""
    if selling.cart.email or selling.cart.phone:
        return 0, 0
    amounts = [unit.gross for unit in selling.bill.units if _is_walk_in(selling, unit)]
    return len(amounts), sum(amounts)


def _is_walk_in(selling: Selling, unit: Unit) -> bool:
    line = selling.cart.line(unit.line)
    named = line is not None and bool(asking.whole_name(line.guest) or line.guest.email)
    return selling.catalog.items[unit.item].admission and not named


def _items(bill: Bill, catalog: Catalog) -> tuple[tuple[str, int, int], ...]:
    """What reports count: each item by its name in the catalogue's own language."""
    return summed((books.name_of(catalog, unit.item), 1, unit.gross) for unit in bill.units)
