"""What becomes of a print job: what a person decides about it, and what the thread that prints finds out.

A drawer is opened once, at once or not at all. A job changes only from the state that it is known to have, and what
came out is told to everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from boxoffice.domain import traces
from boxoffice.domain.facts import DrawerOpened, Printed
from boxoffice.domain.instants import micros
from boxoffice.domain.printing import CAME_OUT, DRAWER, ONE_EACH, Answer, Job, Printing, State
from boxoffice.errors import Refused, filled
from boxoffice.storage import journal, print_queue, settings
from boxoffice.storage.connection import Connection

from . import print_setup, printing

DRAWER_PATIENCE = timedelta(seconds=8)
"""A drawer that opens later than this opens in front of somebody else."""
KEPT = timedelta(days=3)
"""How long a document about a guest is kept after it was printed."""

TOO_LATE = "Too late: the drawer was not opened"
INTERRUPTED = "The app ended while it was being printed"

_TRIES_BEFORE_FALLBACK = 2
_NOT_CHANGED = "Nothing was changed."


# What a person decides


def cancel(connection: Connection, operation: str, at: datetime) -> Job:
    """Take a job out of the queue. Raises `Refused` if bytes have left."""
    job = printing.known(connection, operation)
    if not any(
        print_queue.end(connection, operation, before, State.CANCELLED, "Cancelled by hand", at)
        for before in (State.QUEUED, State.FAILED)
    ):
        raise Refused(
            "It is too late to cancel", filled("Its state is {value}.", value=job.state.value), "Nothing was changed."
        )
    return printing.known(connection, operation)


def redirect(connection: Connection, operation: str, printer: str) -> Job:
    """Let another printer do it.

    Raises `Refused` if bytes have left or it is a drawer, `BadInput` if there is no such printer.
    """
    job = printing.known(connection, operation)
    print_setup.mind_printer(connection, printer, _NOT_CHANGED)
    if job.kind == DRAWER:
        raise Refused(
            "It cannot be sent elsewhere", "A drawer opens where the sale is.", "Open it anew where it is wanted."
        )
    if not print_queue.move(connection, operation, printer, ""):
        raise Refused(
            "It cannot be sent elsewhere",
            filled("Its state is {value}.", value=job.state.value),
            "Nothing was changed.",
        )
    return printing.known(connection, operation)


def redirect_all(connection: Connection, printer: str, to: str) -> list[Job]:
    """Let another printer do every paper that waits for this one. Raises `BadInput` if there is no such printer."""
    print_setup.mind_printer(connection, to, _NOT_CHANGED)
    jobs = [job for job in print_queue.open_ones(connection) if job.printer == printer and job.kind != DRAWER]
    return [redirect(connection, job.operation, to) for job in jobs if job.state in (State.QUEUED, State.FAILED)]


def retry(connection: Connection, operation: str) -> Job:
    """Try a job that failed once more, or one that waits from the start. Raises `Refused` if bytes have left."""
    job = printing.known(connection, operation)
    if not print_queue.move(connection, operation, job.printer, job.fallback):
        raise Refused(
            "It cannot be tried again", filled("Its state is {value}.", value=job.state.value), "Nothing was changed."
        )
    return printing.known(connection, operation)


def answer(connection: Connection, operation: str, said: Answer, at: datetime, *, operator: str = "") -> Job:
    """Settle a job whose outcome is unknown; the job that is printed again, if that was the answer, else itself.

    Raises `Refused` if nobody has asked about it.
    """
    job = printing.known(connection, operation)
    state = State.CONFIRMED if said is Answer.CAME_OUT else State.UNKNOWN
    if not print_queue.answer(connection, operation, said, state, at):
        raise Refused(
            "There is nothing to answer", filled("Its state is {value}.", value=job.state.value), "Nothing was changed."
        )
    if said is Answer.CAME_OUT:
        _tell(connection, job, at)
    if said is Answer.AGAIN:
        same = job.printer if print_setup.read(connection).printer(job.printer) else ""
        return printing.reprint(connection, operation, at, operator=operator, reason=job.reason, printer=same)
    return printing.known(connection, operation)


# What the worker finds


def begin(connection: Connection, operation: str, data: bytes, at: datetime, by: str = "") -> bool:
    """Written down before the first byte leaves; False if the job was taken away meanwhile, from `by` if named."""
    return print_queue.begin(connection, operation, data, at, by)


def ended(connection: Connection, operation: str, state: State, because: str, at: datetime) -> None:
    """What became of a job whose bytes left; told to everybody if it came out."""
    job = printing.known(connection, operation)
    if not print_queue.end(connection, operation, State.SENDING, state, because, at):
        return
    if state in CAME_OUT or job.kind == DRAWER:
        _tell(connection, job, at, unsure=state is State.UNKNOWN)


def failed(connection: Connection, operation: str, because: str, at: datetime, by: str = "") -> None:
    """It cannot be printed as it is, and nothing has left. Another printer than `by` may be able to."""
    if by in ("", printing.known(connection, operation).printer):
        print_queue.end(connection, operation, State.QUEUED, State.FAILED, because, at)


def interrupted(connection: Connection, at: datetime) -> None:
    """At the start: nobody knows what became of a job that was on its way when the app ended."""
    for job in print_queue.in_state(connection, State.SENDING):
        ended(connection, job.operation, State.UNKNOWN, INTERRUPTED, at)


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
    there = [one.name for one in print_setup.read(connection).printers]
    return print_queue.is_any_stuck(connection, at - DRAWER_PATIENCE, there, _TRIES_BEFORE_FALLBACK)


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
