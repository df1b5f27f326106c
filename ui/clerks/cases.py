"""What happens with one scan at the door: where it stands, and what a person still has to do about it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from boxoffice.domain.passages import Direction
from boxoffice.domain.scan import Scan
from boxoffice.domain.verdicts import Verdict, Wish

if TYPE_CHECKING:
    from boxoffice.services.lookup import Card, Member


class Stage(StrEnum):
    """Where a case stands."""

    PREVIEW = "preview"
    """Judged, not recorded: a person confirms it."""
    QUESTIONS = "questions"
    """Judged, not recorded: somebody has to be asked first."""
    DONE = "done"
    """Recorded."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One scan, its answer and what was looked up for it."""

    scan: Scan
    wish: Wish
    verdict: Verdict
    stage: Stage
    chosen: tuple[str, str] | None = None
    """Event and ticket, if it was chosen by name and not read."""
    card: Card | None = None
    asked: frozenset[int] = frozenset()
    """The questions that somebody was shown, and may have left empty."""
    others: tuple[Member, ...] = ()
    """The other tickets of the order that this list lets in or out."""

    @property
    def ticket(self) -> str:
        """The ticket's name, empty if the code belongs to none."""
        return self.verdict.ticket.key if self.verdict.ticket else ""

    @property
    def open_hand_outs(self) -> tuple[str, ...]:
        """What is still to be given to somebody who was let in: staff texts and add-ons."""
        verdict = self.verdict
        if not verdict.admitted or verdict.direction is Direction.EXIT or self.stage is not Stage.DONE:
            return ()
        given = {what for one in self.card.handed_out for what in one.what} if self.card else set()
        return tuple(what for what in dict.fromkeys((*verdict.texts, *verdict.addons)) if what not in given)


class Passed(msgspec.Struct, frozen=True):
    """The last passages that one key may take back, and until when."""

    nonces: tuple[str, ...]
    until: float
    name: str = ""


class GroupPassed(msgspec.Struct, frozen=True):
    """What became of several tickets of an order."""

    cases: tuple[Case, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What was answered to each."""
        return tuple(one.verdict for one in self.cases)
