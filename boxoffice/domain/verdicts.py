"""What a door asks and what it is answered: the steward's wish, the verdict, the reason in one word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from .catalog import CheckInList, Question
from .orders import Ticket
from .passages import Direction, Passage
from .passes import Left
from .words import Sentence


class Reason(StrEnum):
    """The answer in one word: `ok`, or why not."""

    OK = "ok"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"
    UNPAID = "unpaid"
    BLOCKED = "blocked"
    INVALID_TIME = "invalid_time"
    CANCELED = "canceled"
    ALREADY_REDEEMED = "already_redeemed"
    PRODUCT = "product"
    RULES = "rules"
    AMBIGUOUS = "ambiguous"
    REVOKED = "revoked"
    UNAPPROVED = "unapproved"
    ERROR = "error"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the steward asked for beside the scan itself."""

    direction: Direction = Direction.ENTRY
    gate: str = ""
    gate_id: int | None = None
    """The server's id of the gate, where it is known; rules about gates go by it, else by the name."""
    accept_unpaid: bool = False
    force: bool = False
    answers: Mapping[str, str] = {}
    """Question id or identifier to answer, as typed."""
    files: Mapping[str, bytes] = {}
    """What answers that name a file stand for, by that name."""
    skip_questions: bool = False
    """Optional questions were shown and left empty on purpose."""
    preview: bool = False
    """Judge only; nothing is recorded."""

    @property
    def insists(self) -> bool:
        """Whether somebody with permission stands by it, whatever a check says."""
        return self.force or self.accept_unpaid


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one scan, and all that the person at the door should see with it."""

    reason: Reason
    explanation: Sentence | None = None
    """Why not, or with `forced` what was overruled."""
    ticket: Ticket | None = None
    list: CheckInList | None = None
    item: str = ""
    variation: str = ""
    attention: bool = False
    texts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    """Questions to ask now, in order; those required block the entry."""
    answers: Mapping[str, str] = {}
    """Answers given with this scan that were accepted: question id to stored form."""
    first_entry: Passage | None = None
    direction: Direction = Direction.ENTRY
    gate: str = ""
    at: datetime
    nonce: str = ""
    forced: bool = False
    """Admitted only because of force: a check would have said no."""
    overruled: tuple[Reason, ...] = ()
    """What force went past, in the order of the checks."""
    repeated: bool = False
    """This nonce had been answered before; nothing was written again."""
    addons: tuple[str, ...] = ()
    """Names of the add-ons that belong to the ticket: what is handed out."""
    left: Left | None = None
    """What a pass is still good for after this; None for a ticket that is none."""
    data_age: float | None = None
    """Seconds since the replica was last in step with the server; None if it never was."""

    @property
    def admitted(self) -> bool:
        """Whether the person may pass."""
        return self.reason is Reason.OK

    @property
    def unaware(self) -> bool:
        """Forced without anybody here knowing of an earlier entry: if there was one, it is a conflict."""
        return self.forced and Reason.ALREADY_REDEEMED not in self.overruled
