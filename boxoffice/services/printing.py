"""Putting things into the print queue, each in the transaction of the act itself.

A sale commits whether there is paper or not: what cannot be printed now waits, or is kept to be printed later.
Every print of a document but its first is marked as a copy, also where nobody knows whether the first came out.
What becomes of a job afterwards is next door, in `print_jobs`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain import documents
from boxoffice.domain.documents import (
    Badge,
    CashSlip,
    Copy,
    Document,
    OrderSummary,
    Receipt,
    Report,
    TicketSlip,
    Voucher,
)
from boxoffice.domain.gift_cards import shown
from boxoffice.domain.printing import (
    DRAWER,
    ONE_EACH,
    WAITING,
    Job,
    Printing,
    Printout,
    Route,
    State,
)
from boxoffice.domain.tenders import Means
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import print_queue, settings
from boxoffice.storage.connection import Connection

from . import print_setup

NO_PRINTER = "This station has no printer"
_NOT_PRINTED = "Nothing was printed."
_WHEN = "%d %b %H:%M"


class PrintedBefore(Refused):
    """A ticket has its badge or ticket on paper, or it waits for it. With a reason it gets another."""

    def __init__(self, printout: Printout, waits_at: str = "") -> None:
        when = f"{printout.at:{_WHEN}}"
        where = _since(waits_at, printout.at) if waits_at else f"{printout.device}, {when} UTC."
        super().__init__("It was printed before", where, "Give a reason to print another one.")
        self.printout = printout
        self.waits_at = waits_at


class StillWaits(Refused):
    """It has not come out yet, so there is nothing to print again."""

    def __init__(self, job: Job) -> None:
        super().__init__(
            "It has not been printed yet",
            _since(job.printer, job.queued_at),
            "Try it once more there, or send it to another printer: `boxoffice printers retry` and `redirect`.",
        )


def _since(printer: str, at: datetime) -> str:
    return filled("It waits for {waits_at}, since {when} UTC.", waits_at=printer, when=f"{at:{_WHEN}}")


def enqueue(
    connection: Connection,
    document: Document,
    at: datetime,
    *,
    event: str = "",
    operator: str = "",
    reason: str = "",
    printer: str = "",
) -> Job:
    """Have a document printed. Belongs into the transaction of what it tells of; waits for no device.

    A station without a printer keeps it, to be printed by `reprint` one day. Raises `PrintedBefore` for a
    badge or ticket that came out anywhere or waits, if there is no reason for another.
    """
    kind, subject = documents.kind_of(document), subject_of(document)
    copy = _copy_of_ticket(connection, kind, event, subject, reason) if kind in ONE_EACH else 0
    operation = new_id()
    return _put(
        connection, _job(operation, operation, kind, document, event, subject, copy, operator, reason, at), printer
    )


def give_out(
    connection: Connection,
    document: Receipt | CashSlip | Report,
    at: datetime,
    event: str,
    held: Printing | None = None,
) -> None:
    """What belongs to an act at the till: the drawer where cash moves, and then the paper, if it is printed here.

    `held` is how this station prints, where the caller has it at hand.
    """
    held = held or print_setup.read(connection)
    if held.route(DRAWER) is not None and not isinstance(document, Report) and _moves_cash(document):
        open_drawer(
            connection,
            at,
            event=event,
            receipt=document.number,
            operator=document.operator,
            reason=document.reason,
        )
    if held.route(documents.kind_of(document)) is not None:
        enqueue(connection, document, at, event=event, operator=document.operator)


def _moves_cash(document: Receipt | CashSlip) -> bool:
    if document.training:
        return False
    return isinstance(document, CashSlip) or any(one.tender == Means.CASH for one in document.tenders)


def open_drawer(
    connection: Connection, at: datetime, *, event: str = "", receipt: str = "", operator: str = "", reason: str = ""
) -> Job | None:
    """Have the drawer opened now; None if no printer of this station has one."""
    route = print_setup.read(connection).route(DRAWER)
    if route is None:
        return None
    operation = new_id()
    job = _job(operation, operation, DRAWER, None, event, receipt, 0, operator, reason, at)
    return _put(connection, job, route.printer)


def reprint(
    connection: Connection, operation: str, at: datetime, *, operator: str = "", reason: str = "", printer: str = ""
) -> Job:
    """Print a document of the queue once more: marked as a copy, if an earlier one came out or may have.

    Raises `Refused` if its document is no longer kept, `StillWaits` if it has not come out yet.
    """
    job = known(connection, operation)
    if job.kind == DRAWER:
        raise Refused("A drawer is not opened again", "Nothing was opened.", "Open it anew, with a reason.")
    if job.document is None:
        raise Refused("This document is no longer kept", "Nothing was printed.", "Print it anew from the ticket.")
    for one in print_queue.of_original(connection, job.original):
        if one.state in _STILL_WAIT:
            raise StillWaits(one)
    copy = print_queue.copies(connection, job.original)
    if job.kind in ONE_EACH:
        copy = max(copy, len(_printouts(connection, job.event, job.subject, job.kind)))
    again = _job(new_id(), job.original, job.kind, job.document, job.event, job.subject, copy, operator, reason, at)
    return _put(connection, again, printer)


def again(
    connection: Connection,
    document: Document,
    at: datetime,
    *,
    event: str = "",
    operator: str = "",
    reason: str = "",
    printer: str = "",
) -> Job:
    """Have a document printed that may have been printed before: then it is a copy, or needs a reason.

    If it has not come out yet, the job that waits is what was asked for: it is tried anew, at the printer that was
    named. Raises `StillWaits` if it is on its way to another one, `PrintedBefore` as `enqueue` does.
    """
    waits = _still_waiting(connection, document)
    if waits is not None and not (waits.kind in ONE_EACH and reason):
        return _tried_anew(connection, waits, printer)
    before = _printed_before(connection, document)
    if before is None:
        return enqueue(connection, document, at, event=event, operator=operator, reason=reason, printer=printer)
    return reprint(connection, before.original, at, operator=operator, reason=reason, printer=printer)


def _still_waiting(connection: Connection, document: Document) -> Job | None:
    """The job in which this very document has not come out yet."""
    jobs = print_queue.open_named(connection, subject_of(document), documents.kind_of(document))
    return next((one for one in jobs if one.state in _STILL_WAIT and _is_the_same(one.document, document)), None)


def _tried_anew(connection: Connection, job: Job, printer: str) -> Job:
    if job.state is State.SENDING and printer not in ("", job.printer):
        raise StillWaits(job)
    if printer:
        print_setup.mind_printer(connection, printer, _NOT_PRINTED)
    if printer not in ("", job.printer):
        print_queue.move(connection, job.operation, printer, "")
    elif job.state is State.FAILED:
        print_queue.move(connection, job.operation, job.printer, job.fallback)
    return known(connection, job.operation)


def next_copy(connection: Connection, document: Document, at: datetime, operator: str, reason: str) -> Copy | None:
    """The mark of the next print of a document; None if none came out yet."""
    before = _printed_before(connection, document)
    number = print_queue.copies(connection, before.original) if before is not None else 0
    return Copy(number, at, operator, reason) if number else None


def as_written(connection: Connection, document: Document) -> Document:
    """The document as it was when it was put into the queue first; itself, if it was not."""
    before = _printed_before(connection, document)
    return document if before is None or before.document is None else before.document


def _printed_before(connection: Connection, document: Document) -> Job | None:
    """The first job of a document of which there is one and no other: a receipt, a slip, a Z, a voucher."""
    if not isinstance(document, Receipt | CashSlip | Report | Voucher):
        return None
    jobs = print_queue.named(connection, subject_of(document), documents.kind_of(document))
    return next((one for one in jobs if _is_the_same(one.document, document)), None)


def _is_the_same(held: Document | None, document: Document) -> bool:
    """Whether two tell of the same thing, whenever they were made: all but receipts and reports are made when asked."""
    if isinstance(held, Badge | TicketSlip):
        return type(held) is type(document) and msgspec.structs.replace(held, at=document.at) == document
    if isinstance(held, CashSlip) and isinstance(document, CashSlip):
        return (held.number, held.training) == (document.number, document.training)
    if isinstance(held, Voucher) and isinstance(document, Voucher):
        return held.code == document.code
    return held == document


def _job(
    operation: str,
    original: str,
    kind: str,
    document: Document | None,
    event: str,
    subject: str,
    copy: int,
    operator: str,
    reason: str,
    at: datetime,
) -> Job:
    return Job(
        operation=operation,
        kind=kind,
        document=document,
        event=event,
        subject=subject,
        original=original,
        copy=copy,
        printer="",
        operator=operator,
        reason=reason,
        queued_at=at,
        changed_at=at,
    )


def _put(connection: Connection, job: Job, printer: str) -> Job:
    """Into the queue of the printer that was named, or that its kind goes to."""
    if printer:
        print_setup.mind_printer(connection, printer, _NOT_PRINTED)
    held = print_setup.read(connection)
    route = Route(printer) if printer else held.route(job.kind)
    if route is None or held.printer(route.printer) is None:
        job = msgspec.structs.replace(job, state=State.CANCELLED, because=NO_PRINTER)
    else:
        job = msgspec.structs.replace(job, printer=route.printer, fallback=route.fallback)
    print_queue.put(connection, job)
    return job


def subject_of(document: Document) -> str:
    """What a document is about, as people name it."""
    match document:
        case Badge() | TicketSlip():
            return document.ticket
        case Receipt() | CashSlip():
            return document.number
        case Report():
            return "" if document.number is None else str(document.number)
        case OrderSummary():
            return document.order
        case Voucher():
            # The queue and the journal are read by more people than may spend it.
            return shown(document.code)
        case _:
            return document.printer


def _copy_of_ticket(connection: Connection, kind: str, event: str, ticket: str, reason: str) -> int:
    """The number on the next badge or ticket: how many there are. Raises `PrintedBefore`."""
    there = _printouts(connection, event, ticket, kind)
    may_be = [job for job in print_queue.about(connection, event, ticket, kind) if job.state in _MAY_COME]
    if there and not reason:
        raise PrintedBefore(there[-1])
    if may_be and not reason:
        device = settings.station(connection).name
        printout = Printout(event=event, ticket=ticket, what=kind, at=may_be[-1].queued_at, device=device)
        raise PrintedBefore(printout, may_be[-1].printer)
    return len(there) + len(may_be)


_STILL_WAIT = (*WAITING, State.FAILED)
"""Nothing of it is on paper as far as anybody knows, and it may still come."""
_MAY_COME = (State.QUEUED, State.SENDING, State.UNKNOWN, State.FAILED)
"""Not among what is known to have come out, but on the way there."""


def _printouts(connection: Connection, event: str, ticket: str, what: str) -> list[Printout]:
    return [one for one in print_queue.printouts(connection, event, ticket) if one.what == what]


def mark_of(job: Job) -> Copy | None:
    """What is printed on a copy; None for a first print."""
    return Copy(job.copy, job.queued_at, job.operator, job.reason) if job.copy else None


def known(connection: Connection, operation: str) -> Job:
    """A job of the queue. Raises `BadInput` if there is none."""
    job = print_queue.find(connection, operation)
    if job is None:
        raise BadInput(
            filled("There is no print job {operation}", operation=operation),
            "Nothing was changed.",
            "`boxoffice printers queue` lists them.",
        )
    return job
