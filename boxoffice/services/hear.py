"""What a station learns from its server: one change after the other goes into the replica.

Local facts are never overwritten: the server's nouns lie in tables of their own, and of a passage only
its annulment is taken over. Each passage heard of is compared with what this station knows of the same
ticket, because two doors that were offline may both have let it in.
"""

from __future__ import annotations

from collections.abc import Iterable

from boxoffice.domain.checkins import CheckIn, HandOut, Objection, Settlement
from boxoffice.domain.designs import Design
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.held import HeldCart
from boxoffice.domain.memberships import Membership
from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.operators import Person
from boxoffice.domain.orders import Blocked, Medium, Order, Revoked
from boxoffice.domain.photos import Photo
from boxoffice.domain.printing import Printout
from boxoffice.domain.takings import Taking
from boxoffice.domain.vouchers import Voucher
from boxoffice.storage import (
    badges,
    barred,
    beneath,
    catalog,
    checkins,
    held_carts,
    media,
    orders,
    outbox,
    print_queue,
    ready_orders,
    redeeming,
    takings,
)
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import designs, disagree, held, operators, overlay, photos
from .ready import Ready


def apply(connection: Connection, shelf: Shelf, noun: Noun | Gone) -> None:
    """Take one change of the server into the replica. Belongs into a transaction with the feed's cursor."""
    match noun:
        case Gone():
            _forget(connection, shelf, noun)
        case Order():
            order = overlay.told(connection, noun)
            orders.put(connection, order)
            disagree.look_at_order(connection, shelf, order)
        case CheckIn():
            own = shelf.now(connection).station(connection).device
            if noun.device_id == own and checkins.is_told_of(connection, noun):
                return
            if checkins.put(connection, noun, own=False):
                disagree.look_at_ticket(connection, shelf, noun.event, noun.list, noun.ticket)
        case Blocked():
            barred.put_blocked(connection, noun)
        case Revoked():
            barred.put_revoked(connection, noun)
        case Medium():
            media.put(connection, noun)
        case Settlement():
            disagree.look_at_settlement(connection, noun)
        case HandOut():
            checkins.put_handout(connection, noun)
        case Printout():
            print_queue.put_printout(connection, noun, own=False)
        case HeldCart():
            held.hear(connection, noun)
        case Design():
            designs.hear(connection, noun)
        case Person():
            operators.hear(connection, noun)
        case Photo():
            photos.hear(connection, noun)
        case Objection():
            disagree.look_at_objection(connection, noun)
        case Taking():
            takings.put(connection, noun)
        case Voucher():
            redeeming.put_voucher(connection, noun)
            disagree.look_at_voucher(connection, noun)
        case GiftCard():
            redeeming.put_card(connection, noun)
            disagree.look_at_card(connection, noun)
        case Membership():
            redeeming.put_membership(connection, noun)
        case _:
            catalog.put(connection, noun)


def apply_all(connection: Connection, shelf: Shelf, some: Iterable[Ready]) -> None:
    """Like `apply` for each, in order; orders that follow each other go in together."""
    run: dict[tuple[str, str], ready_orders.Ready] = {}
    own = outbox.orders_with_acts(connection) | beneath.names(connection)
    for one in some:
        if not isinstance(one, ready_orders.Ready):
            _put_run(connection, shelf, run)
            apply(connection, shelf, one)
            continue
        if own and f"{one.event}/{one.code}" in own:
            one = ready_orders.ready(overlay.told(connection, one.order), words=False)
        key = (one.event, one.code)
        if key in run or (run and next(iter(run))[0] != key[0]):
            _put_run(connection, shelf, run)
        run[key] = one
    _put_run(connection, shelf, run)


def _put_run(connection: Connection, shelf: Shelf, run: dict[tuple[str, str], ready_orders.Ready]) -> None:
    if not run:
        return
    ready_orders.put_all(connection, list(run.values()))
    for one in run.values():
        if one.canceled:
            disagree.look_at_order(connection, shelf, one.order)
    run.clear()


def _forget(connection: Connection, shelf: Shelf, gone: Gone) -> None:
    match gone.kind:
        case "order":
            orders.drop(connection, gone.event, gone.id)
            badges.drop_photos(connection, gone.event, gone.id)
        case "medium":
            media.drop(connection, gone.event, gone.id)
        case "blocked":
            barred.put_blocked(connection, Blocked(event=gone.event, secret=gone.id, blocked=False))
        case "revoked":
            barred.drop_revoked(connection, gone.event, gone.id)
        case "checkin":
            for taken in checkins.annul(connection, gone.id):
                disagree.look_at_ticket(connection, shelf, taken.event, taken.list, taken.ticket)
        case "objection":
            disagree.drop_objection(connection, gone.id)
        case "voucher" | "gift_card" | "membership":
            redeeming.drop(connection, gone.kind, gone.event, gone.id)
        case "held_cart":
            held_carts.drop(connection, gone.event, gone.id)
        case "settlement" | "handout" | "printout" | "taking" | "design" | "person" | "photo":
            return
        case _:
            catalog.drop(connection, gone)
