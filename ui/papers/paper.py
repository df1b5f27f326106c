"""What the window asks of the threads that print, and the words for what they do. Tests fulfil it with less."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from boxoffice.domain.printing import Answer, Job, Paper
from boxoffice.domain.printing import State as JobState
from ui.language import tr
from ui.shapes import Shape

if TYPE_CHECKING:
    from printers.state import PrinterState, State


class PrintWorker(Protocol):
    """The threads that print."""

    @property
    def on_state(self) -> list[Callable[[State], None]]:
        """Called on a thread of theirs with each new state."""
        ...

    @property
    def state(self) -> State:
        """How things stand."""
        ...

    def hurry(self, printer: str = "") -> None:
        """Somebody has seen to a printer."""
        ...


KINDS = {
    "receipt": "Receipt",
    "cash": "Cash slip",
    "report": "Report",
    "badge": "Badge",
    "ticket": "Ticket",
    "order": "Order",
    "voucher": "Voucher",
    "test": "Test page",
    "drawer": "Cash drawer",
}

STATES = {
    JobState.QUEUED: (Shape.CLOCK, "muted", "Waiting"),
    JobState.SENDING: (Shape.PRINTER, "ink", "Printing"),
    JobState.SENT: (Shape.CLEAR, "good", "Sent"),
    JobState.CONFIRMED: (Shape.CLEAR, "good", "Printed"),
    JobState.UNKNOWN: (Shape.QUESTION, "warn", "Unknown"),
    JobState.FAILED: (Shape.CLOSE, "bad", "Failed"),
    JobState.CANCELLED: (Shape.CLOSE, "muted", "Cancelled"),
}

PAPER = {Paper.OK: "Ready", Paper.LOW: "Paper low", Paper.OUT: "Out of paper", Paper.UNKNOWN: "Paper unknown"}

ANSWERS = {Answer.AGAIN: "Printed again as a copy", Answer.CANCEL: "Left at that"}

SAID = (
    *("The printer cannot be reached", "The printer does not answer", "The printer hung up"),
    *("Out of paper", "Its cover is open", "It reports a fault", "It is offline"),
    *("This station has no printer", "Too late: the drawer was not opened", "Cancelled by hand"),
    *("The app ended while it was being printed", "The app was closed before the printer had answered"),
    *("The connection broke while it was being printed", "The printer fell silent while it was being printed"),
    *("It took everything and said nothing", "It waits in the system's own queue"),
    *("It was printed before", "It is too late to cancel", "It cannot be sent elsewhere"),
    *("The app had a fault while it was being printed", "Each printer needs a name of its own"),
    *("Nothing was sent to it.", "Nothing was sent.", "Nothing was printed.", "The document waits."),
    *("Check it; the document waits.", "Check power and cable; the document waits."),
    "See to the printer; it prints by itself then.",
)
"""What is said below the window about paper, so that catalogues have it."""


def name_of(job: Job) -> str:
    """What a job is called."""
    copy = tr("copy {n}", n=job.copy) if job.copy else ""
    return " ".join(part for part in (tr(KINDS[job.kind]), job.subject, copy) if part)


def sign_of(job: Job) -> tuple[Shape, str, str]:
    """Sign, colour and word of a job's state."""
    shape, colour, word = STATES[job.state]
    return shape, colour, tr(word)


def health(printer: PrinterState) -> tuple[str, str]:
    """How a printer is, in a colour and a few words."""
    if printer.trouble is not None:
        return "bad", tr(printer.trouble.title)
    if printer.condition.hindrance:
        return "bad", tr(printer.condition.hindrance)
    if printer.asks:
        return "bad", tr("Did it come out?")
    if printer.condition.paper is Paper.LOW:
        return "warn", tr("Paper low")
    return "muted", tr(PAPER[printer.condition.paper])
