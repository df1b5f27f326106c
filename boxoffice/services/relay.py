"""Handing on what another station did, as a station that stands between it and the server.

The act keeps its operation id, so that it is one act wherever it is told, and says whose it was. It goes into
this station's own journal and replica like an act of its own.
"""

from __future__ import annotations

import msgspec

from boxoffice.domain import changes, traces
from boxoffice.domain.checkins import HandOut, Settlement
from boxoffice.domain.designs import told
from boxoffice.domain.facts import (
    Admitted,
    Canceled,
    CardDayClosed,
    CardPaid,
    CartHeld,
    CartLetGo,
    CashMoved,
    Designed,
    DrawerCounted,
    DrawerOpened,
    Edited,
    Exchanged,
    Extended,
    Fact,
    GiftCardMoved,
    HandedOut,
    OrderFact,
    Paid,
    Permitted,
    Photographed,
    Printed,
    Private,
    Reactivated,
    Receipted,
    Refunded,
    RefusedEntry,
    Settled,
    ShiftClosed,
    ShiftOpened,
    Sold,
    StaffChanged,
    Undone,
    Withdrawn,
)
from boxoffice.domain.instants import moment
from boxoffice.domain.orders import Order
from boxoffice.domain.photos import told as photo_of
from boxoffice.domain.takings import of_fact
from boxoffice.storage import checkins, conflicts, journal, orders, outbox, print_queue, settings, takings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import attachments, designs, disagree, overlay, photos


def hand_on(connection: Connection, shelf: Shelf, operation: str, fact: Fact, private: Private, station: str) -> bool:
    """Make the act of another station, called `station`, one to be sent from here; False if it was one before."""
    if journal.knows(connection, operation) is not None:
        return False
    fact = msgspec.structs.replace(fact, station=fact.station or station)
    journal.append(connection, operation, fact, private)
    device = settings.station(connection).device  # As the server will name it when it tells of it.
    match fact:
        case Admitted():
            _pass(connection, shelf, operation, fact, private, device)
        case Undone():
            checkins.annul(connection, fact.nonce)
            if outbox.is_refused(connection, fact.nonce):  # The server above never had what is taken back.
                outbox.give_up(connection, operation)
            disagree.look_at_ticket(connection, shelf, fact.event, fact.list, fact.ticket)
        case HandedOut():
            checkins.put_handout(connection, _handout(operation, fact))
        case Settled():
            if fact.nonce:
                checkins.annul(connection, fact.nonce)
            conflicts.settle(connection, _settlement(fact, private))
            _end_refusal(connection, fact)
        case (
            Sold() | Extended() | Exchanged() | Edited() | Canceled() | Reactivated()
            | Paid() | Refunded() | Withdrawn()
        ):  # fmt: skip
            _change(connection, operation, fact, private)
        case Printed(ticket=ticket) if ticket:
            print_queue.put_printout(connection, traces.printout(operation, fact, fact.station, device), own=True)
        case Receipted():
            takings.put(connection, of_fact(operation, fact, private, fact.station, device))
        case Designed():
            designs.hear(connection, told(fact, private, fact.station, device))
        case Photographed():
            photos.hear(connection, photo_of(fact, private, fact.station, device))
        case CartHeld() | CartLetGo():
            pass  # Taken up in this house; the server above hears of it.
        case (
            RefusedEntry() | Printed() | Permitted() | StaffChanged()
            | ShiftOpened() | CashMoved() | DrawerOpened() | DrawerCounted() | ShiftClosed()
            | CardPaid() | CardDayClosed() | GiftCardMoved()
        ):  # fmt: skip
            pass  # Nothing but the journal has to know.
    return True


def _end_refusal(connection: Connection, fact: Settled) -> None:
    """The station whose act the server above would not have has decided: nothing behind it waits any longer."""
    for conflict in conflicts.find(connection, fact.conflict):
        if conflict.kind.is_refusal and fact.action != "escalate":
            overlay.give_up(connection, conflict.sides[0].nonce)


def _change(connection: Connection, operation: str, fact: OrderFact, private: Private) -> None:
    before = orders.by_code(connection, fact.event, fact.order)
    order = changes.after(before, fact, private, operation)
    if isinstance(order, Order):
        overlay.acted(connection, before)
        orders.put(connection, order)


def _pass(connection: Connection, shelf: Shelf, operation: str, fact: Admitted, private: Private, device: str) -> None:
    for passage in traces.passages(operation, fact, fact.station, device, private.operator):
        checkins.put(connection, passage, own=True)
    if private.answers:
        checkins.put_answers(connection, fact.event, fact.ticket, private.answers)
        attachments.keep(connection, private.files.values())
    disagree.look_at_ticket(connection, shelf, fact.event, fact.list, fact.ticket)


def _handout(operation: str, fact: HandedOut) -> HandOut:
    return HandOut(
        event=fact.event,
        ticket=fact.ticket,
        what=fact.what,
        at=moment(fact.at),
        device=fact.station,
        operation=operation,
    )


def _settlement(fact: Settled, private: Private) -> Settlement:
    return Settlement(
        event=fact.event,
        conflict=fact.conflict,
        action=fact.action,
        at=moment(fact.at),
        device=fact.station,
        person=private.operator,
        note=private.note,
    )
