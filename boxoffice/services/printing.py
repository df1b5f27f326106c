"""Putting things into the print queue and saying what became of them, each in the transaction of the act itself.

A sale commits whether there is paper or not: what cannot be printed now waits, or is kept to be printed later.
Every print of a document but its first is marked as a copy, also where nobody knows whether the first came out.
A drawer is opened once, at once or not at all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from boxoffice.domain import documents, traces
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
from boxoffice.domain.facts import DrawerOpened, Printed
from boxoffice.domain.gift_cards import shown
from boxoffice.domain.instants import micros
from boxoffice.domain.printing import (
    CAME_OUT,
    DRAWER,
    ONE_EACH,
    WAITING,
    Answer,
    Job,
    Printing,
    Printout,
    Route,
    State,
)
from boxoffice.domain.tenders import Means
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import journal, print_queue, settings
from boxoffice.storage.connection import Connection

from . import print_setup

DRAWER_PATIENCE = timedelta(seconds=8)
"""A drawer that opens later than this opens in front of somebody else."""
KEPT = timedelta(days=3)
"""How long a document about a guest is kept after it was printed."""

NO_PRINTER = "This station has no printer"
TOO_LATE = "Too late: the drawer was not opened"
INTERRUPTED = "The app ended while it was being printed"

_TRIES_BEFORE_FALLBACK = 2


class PrintedBefore(Refused):
    """A ticket has its badge or ticket on paper, or it waits for it. With a reason it gets another."""

    def __init__(self, printout: Printout, waits_at: str = "") -> None:
        when = f"{printout.at:%d %b %H:%M}"
        where = (
            filled("It waits for {waits_at}, since {when} UTC.", waits_at=waits_at, when=when)
            if waits_at
            else f"{printout.device}, {when} UTC."
        )
        super().__init__("It was printed before", where, "Give a reason to print another one.")
        self.printout = printout
        self.waits_at = waits_at


# Into the queue


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

    Raises `Refused` if its document is no longer kept, or it still waits.
    """
    job = _known(connection, operation)
    if job.document is None:
        raise Refused("This document is no longer kept", "Nothing was printed.", "Print it anew from the ticket.")
    if any(one.state in WAITING for one in print_queue.of_original(connection, job.original)):
        raise Refused(
            "It has not been printed yet", "It still waits in the queue.", "Send it to another printer there."
        )
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

    Raises `Refused` if it still waits, `PrintedBefore` as `enqueue` does.
    """
    before = _printed_before(connection, document)
    if before is None:
        return enqueue(connection, document, at, event=event, operator=operator, reason=reason, printer=printer)
    return reprint(connection, before.original, at, operator=operator, reason=reason, printer=printer)


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
    """Whether two tell of the same thing. Slips and vouchers are made anew each time that somebody asks for one."""
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
    held = print_setup.read(connection)
    route = Route(printer) if printer else held.route(job.kind)
    if route is None or held.printer(route.printer) is None:
        if printer:
            raise BadInput(
                filled("There is no printer {printer}", printer=printer),
                "Nothing was printed.",
                "`boxoffice printers` lists them.",
            )
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


_MAY_COME = (State.QUEUED, State.SENDING, State.UNKNOWN, State.FAILED)
"""Not among what is known to have come out, but on the way there."""


def _printouts(connection: Connection, event: str, ticket: str, what: str) -> list[Printout]:
    return [one for one in print_queue.printouts(connection, event, ticket) if one.what == what]


def _known(connection: Connection, operation: str) -> Job:
    job = print_queue.find(connection, operation)
    if job is None:
        raise BadInput(
            filled("There is no print job {operation}", operation=operation),
            "Nothing was changed.",
            "`boxoffice printers queue` lists them.",
        )
    return job


def mark_of(job: Job) -> Copy | None:
    """What is printed on a copy; None for a first print."""
    return Copy(job.copy, job.queued_at, job.operator, job.reason) if job.copy else None


# What a person decides


def cancel(connection: Connection, operation: str, at: datetime) -> Job:
    """Take a job out of the queue. Raises `Refused` if bytes have left."""
    job = _known(connection, operation)
    if not any(
        print_queue.end(connection, operation, before, State.CANCELLED, "Cancelled by hand", at)
        for before in (State.QUEUED, State.FAILED)
    ):
        raise Refused(
            "It is too late to cancel", filled("Its state is {value}.", value=job.state.value), "Nothing was changed."
        )
    return _known(connection, operation)


def redirect(connection: Connection, operation: str, printer: str) -> Job:
    """Let another printer do it. Raises `Refused` if bytes have left, `BadInput` if there is no such printer."""
    job = _known(connection, operation)
    if print_setup.read(connection).printer(printer) is None:
        raise BadInput(
            filled("There is no printer {printer}", printer=printer),
            "Nothing was changed.",
            "`boxoffice printers` lists them.",
        )
    if not print_queue.move(connection, operation, printer, ""):
        raise Refused(
            "It cannot be sent elsewhere",
            filled("Its state is {value}.", value=job.state.value),
            "Nothing was changed.",
        )
    return _known(connection, operation)


def redirect_all(connection: Connection, printer: str, to: str) -> int:
    """Let another printer do everything that waits for this one; how many."""
    jobs = [job for job in print_queue.open_ones(connection) if job.printer == printer]
    waiting = [job for job in jobs if job.state in (State.QUEUED, State.FAILED) and job.kind != DRAWER]
    for job in waiting:
        redirect(connection, job.operation, to)
    return len(waiting)


def retry(connection: Connection, operation: str) -> Job:
    """Try a job that failed once more, or one that waits from the start."""
    return redirect(connection, operation, _known(connection, operation).printer)


def answer(connection: Connection, operation: str, said: Answer, at: datetime, *, operator: str = "") -> Job:
    """Settle a job whose outcome is unknown; the job that is printed again, if that was the answer, else itself.

    Raises `Refused` if nobody has asked about it.
    """
    job = _known(connection, operation)
    state = State.CONFIRMED if said is Answer.CAME_OUT else State.UNKNOWN
    if not print_queue.answer(connection, operation, said, state, at):
        raise Refused(
            "There is nothing to answer", filled("Its state is {value}.", value=job.state.value), "Nothing was changed."
        )
    if said is Answer.CAME_OUT:
        _tell(connection, job, at)
    if said is Answer.AGAIN:
        same = job.printer if print_setup.read(connection).printer(job.printer) else ""
        return reprint(connection, operation, at, operator=operator, reason=job.reason, printer=same)
    return _known(connection, operation)


# What the worker finds


def begin(connection: Connection, operation: str, data: bytes, at: datetime) -> bool:
    """Written down before the first byte leaves; False if the job was taken away meanwhile."""
    return print_queue.begin(connection, operation, data, at)


def ended(connection: Connection, operation: str, state: State, because: str, at: datetime) -> None:
    """What became of a job whose bytes left; told to everybody if it came out."""
    job = _known(connection, operation)
    if not print_queue.end(connection, operation, State.SENDING, state, because, at):
        return
    if state in CAME_OUT or job.kind == DRAWER:
        _tell(connection, job, at, unsure=state is State.UNKNOWN)


def failed(connection: Connection, operation: str, because: str, at: datetime) -> None:
    """It cannot be printed as it is, and nothing has left."""
    print_queue.end(connection, operation, State.QUEUED, State.FAILED, because, at)


def interrupted(connection: Connection, at: datetime) -> list[Job]:
    """At the start: nobody knows what became of a job that was on its way when the app ended."""
    found = print_queue.in_state(connection, State.SENDING)
    for job in found:
        ended(connection, job.operation, State.UNKNOWN, INTERRUPTED, at)
    return found


def tidy(connection: Connection, at: datetime) -> None:
    """Drop what must not wait, find a way for what has none, and forget what is no longer needed."""
    held = print_setup.read(connection)
    for job in print_queue.in_state(connection, State.QUEUED):
        if job.kind == DRAWER and at - job.queued_at > DRAWER_PATIENCE:
            print_queue.end(connection, job.operation, State.QUEUED, State.CANCELLED, TOO_LATE, at)
        elif _should_move(held, job):
            print_queue.move(connection, job.operation, job.fallback, "")
    print_queue.forget(connection, at - KEPT)


def is_untidy(connection: Connection, at: datetime) -> bool:
    """Whether `tidy` would have something to do in the queue; only reads."""
    held = print_setup.read(connection)
    return any(
        (job.kind == DRAWER and at - job.queued_at > DRAWER_PATIENCE) or _should_move(held, job)
        for job in print_queue.in_state(connection, State.QUEUED)
    )


def _should_move(held: Printing, job: Job) -> bool:
    """Whether a job is better off with its fallback: its own printer is gone, or could not be reached so often."""
    if held.printer(job.fallback) is None or job.kind == DRAWER:
        return False
    return held.printer(job.printer) is None or job.tries >= _TRIES_BEFORE_FALLBACK


def _tell(connection: Connection, job: Job, at: datetime, *, unsure: bool = False) -> None:
    """Write down that something came out, so that other stations know."""
    if job.kind == DRAWER:
        opened = DrawerOpened(event=job.event, at=micros(at), reason=job.reason, receipt=job.subject, unsure=unsure)
        journal.append(connection, job.operation, opened, send=bool(job.event))
        return
    ticket = job.subject if job.kind in ONE_EACH else ""
    if not ticket and not job.copy:
        return
    fact = Printed(
        event=job.event,
        at=micros(at),
        ticket=ticket,
        what=job.kind,
        document="" if ticket else job.subject,
        copy=job.copy,
        reason=job.reason,
    )
    journal.append(connection, job.operation, fact, send=bool(job.event))
    if ticket:
        station = settings.station(connection)
        printout = traces.printout(job.operation, fact, station.name, station.device)
        print_queue.put_printout(connection, printout, own=True)
