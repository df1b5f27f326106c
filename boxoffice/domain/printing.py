"""What stands between a document and paper: jobs and how they end, printers and what goes to which.

A job ends by evidence. `sent` is what a path has taken without a word back, `confirmed` what a printer or a person
has vouched for; `unknown` says that bytes left and nothing more is known, and then a person is asked. Only a job
that is `queued` has certainly put nothing on paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from .documents import KINDS, Document

DRAWER = "drawer"
"""The kind of a job that opens the cash drawer and has no document."""
ROUTED = (*KINDS, DRAWER)
"""Everything that can be sent to a printer of its own."""
PERSONAL = frozenset({"badge", "ticket", "order"})
"""Documents that are about a guest. They are made anew from the replica, so they need not be kept for long."""
ONE_EACH = frozenset({"badge", "ticket"})
"""Of these a ticket gets one; another needs a reason."""


class State(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    SENDING = "sending"
    """Written down before the first byte leaves. If the app dies now, the outcome is unknown."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """It cannot be printed as it is: the document does not fit this printer."""
    CANCELLED = "cancelled"


CAME_OUT = (State.SENT, State.CONFIRMED)
MAY_HAVE_COME_OUT = (*CAME_OUT, State.SENDING, State.UNKNOWN)
WAITING = (State.QUEUED, State.SENDING)


class Answer(StrEnum):
    """What a person says of a job whose outcome is unknown."""

    CAME_OUT = "came_out"
    AGAIN = "again"
    """It is printed once more, marked as a copy: the first one may lie somewhere."""
    CANCEL = "cancel"
    """It is left at that. Should it be printed one day all the same, that is a copy."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be printed once, or a drawer to be opened once."""

    operation: str
    kind: str
    document: Document | None
    """None for a drawer, and where the document is no longer kept."""
    event: str
    subject: str
    """What it is about: a ticket, an order, the number of a receipt."""
    original: str
    """The operation of the first job for this document: its own for the first."""
    copy: int = 0
    """0 for the first print, else the number on the copy."""
    printer: str
    fallback: str = ""
    state: State = State.QUEUED
    answer: Answer | None = None
    operator: str = ""
    reason: str = ""
    tries: int = 0
    because: str = ""
    """Why it waits, or ended as it did; an English phrase that has a translation, or the system's own words."""
    queued_at: datetime
    changed_at: datetime
    sent: str = ""
    """SHA-256 of the bytes that left last, in hex."""

    @property
    def asks(self) -> bool:
        """Whether a person has to say what became of it."""
        return self.state is State.UNKNOWN and self.answer is None and self.kind != DRAWER


class Language(StrEnum):
    """What a printer is spoken to in."""

    ESCPOS = "escpos"
    PDF = "pdf"


class Printer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A printer of this station, as it is set up. Zeros and empty texts are the profile's own."""

    name: str
    address: str
    """`tcp://HOST:9100`, `usb:VENDOR:PRODUCT`, `serial:DEVICE?baud=19200`, `file:PATH`, `cups:NAME`…"""
    language: Language = Language.ESCPOS
    profile: str = ""
    columns: int = 0
    dots: int = 0
    """The width that it can print, in dots."""
    dpi: int = 0
    width: float = 0
    """Of the paper, in mm."""
    height: float = 0
    """Of a sheet, in mm; 0 for a roll."""
    drawer: bool = False
    """Whether a cash drawer hangs on it."""
    silent: bool = False
    """It never answers: what it took counts as printed, and nobody is asked."""


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a kind of document goes, and where else if that printer cannot be reached."""

    printer: str
    """Empty: it is not printed here."""
    fallback: str = ""


class Printing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The printers of a station and what goes to which."""

    printers: tuple[Printer, ...] = ()
    routes: Mapping[str, Route] = {}
    models: str = ""
    """The path of a newer file of printer models; empty for the one that the library brings."""

    def printer(self, name: str) -> Printer | None:
        """The printer of this name."""
        return next((one for one in self.printers if one.name == name), None)

    def route(self, kind: str) -> Route | None:
        """Where a kind goes: as chosen, else to the first printer that is made for it; None for nowhere."""
        chosen = self.routes.get(kind)
        if chosen is not None and not chosen.printer:
            return None
        if chosen is not None and self.printer(chosen.printer):
            return chosen
        able = [one for one in self.printers if _is_for(one, kind)]
        return Route(able[0].name) if able else None


def _is_for(printer: Printer, kind: str) -> bool:
    """Whether a printer may be meant where nobody has chosen. An office printer is not for receipts."""
    if kind == DRAWER:
        return printer.drawer
    return printer.language is Language.ESCPOS or kind in PERSONAL


class Paper(StrEnum):
    """What a printer says of its paper. Unknown is not ok."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


class Condition(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a printer says of itself; None where it does not say."""

    paper: Paper = Paper.UNKNOWN
    online: bool | None = None
    cover_open: bool | None = None
    fault: bool | None = None
    """A jam, a blocked knife: it needs a hand."""

    @property
    def hindrance(self) -> str:
        """Why it would print nothing now, as an English phrase that has a translation; empty if it would."""
        if self.paper is Paper.OUT:
            return "Out of paper"
        if self.cover_open:
            return "Its cover is open"
        if self.fault:
            return "It reports a fault"
        return "It is offline" if self.online is False else ""


class Printout(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Paper that came out for a ticket: when, and at which station."""

    event: str
    ticket: str
    what: str
    at: datetime
    device: str = ""
    """The device's name, as people know it."""
    device_id: str = ""
    operation: str = ""
    copy: int = 0
    reason: str = ""
