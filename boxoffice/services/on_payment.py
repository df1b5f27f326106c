"""What follows when an order is paid at the counter: tickets and badges come out, and people may be let in at once.

It belongs into the transaction of the payment, so a crash leaves neither a ticket without its money nor somebody who
paid without a ticket. Papers wait in the queue; nothing here waits for a printer.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.auto_print import AutoPrint
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.door import Door
from boxoffice.domain.orders import Order, Status, Ticket
from boxoffice.domain.scan import Scan, Source
from boxoffice.domain.verdicts import Wish
from boxoffice.storage import orders, settings
from boxoffice.storage.catalog import Known, Shelf
from boxoffice.storage.connection import Connection

from . import admit, badges, papers, print_setup, printing


def follow(
    connection: Connection,
    shelf: Shelf,
    order: Order,
    operation: str,
    now: datetime,
    operator: str = "",
    check_in: int | None = None,
    known: Known | None = None,
) -> None:
    """Print what is to be printed and let in whom the list lets in. Nothing follows before it is paid.

    `known` is what the shelf has now, where the caller has it at hand.
    """
    if order.status is not Status.PAID:
        return
    known = known or shelf.now(connection)
    if "ticket" in print_setup.known(connection, known).routes:
        for one in papers.tickets(connection, shelf, order.event, order.code, now, operator):
            printing.enqueue(connection, one, now, event=order.event, operator=operator)
    catalog = known.catalog(connection, order.event)
    at_counter = known.remembered(("counter", order.event), connection, lambda c: settings.at_counter(c, order.event))
    if at_counter.badges:
        _print_badges(connection, catalog, order, now)
    if check_in is not None and check_in in catalog.lists:
        _let_in(connection, shelf, catalog, order, operation, now, check_in)


def _print_badges(connection: Connection, catalog: Catalog, order: Order, now: datetime) -> None:
    for position in order.positions:
        if papers.opens_doors(catalog, position):
            badges.print_at_entry(connection, catalog, Ticket(order, position), now, AutoPrint.FIRST)


def _let_in(
    connection: Connection,
    shelf: Shelf,
    catalog: Catalog,
    order: Order,
    operation: str,
    now: datetime,
    check_in: int,
) -> None:
    """Whom the list would not let in is not recorded as refused: nobody stands at the door yet."""
    door = Door(lists=((order.event, check_in),))
    wish = Wish(skip_questions=True)
    for position in order.positions:
        if not (papers.opens_doors(catalog, position) and catalog.lists[check_in].covers(position.item)):
            continue
        key = Ticket(order, position).key
        scan = Scan(position.secret, Source.MANUAL, now, f"{operation}/in/{position.number}")
        asked = msgspec.structs.replace(wish, preview=True)
        verdict = admit.redeem_ticket(connection, shelf, scan, order.event, key, door, asked)
        if verdict.admitted and orders.by_key(connection, order.event, key) is not None:
            admit.redeem_ticket(connection, shelf, scan, order.event, key, door, wish)
