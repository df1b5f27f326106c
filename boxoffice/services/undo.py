"""Taking back a passage that should not have been: it stays written down, and no longer counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Private, Undone
from boxoffice.domain.instants import micros
from boxoffice.domain.passages import Direction
from boxoffice.domain.permissions import Act, Permit
from boxoffice.errors import Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import checkins, journal, orders
from boxoffice.storage.connection import Connection

from . import guard


class Undoing(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken back."""

    operation: str
    """The act of taking it back."""
    nonce: str
    ticket: str
    name: str
    direction: Direction


RIGHT_AFTER = timedelta(minutes=2)
"""A screen offers it for ten seconds after its answer; a look first and questions may stand between scan and answer."""


def undo(
    connection: Connection,
    nonce: str,
    at: datetime,
    reason: str,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Undoing:
    """Take back a passage that this or another station recorded, and what followed from it.

    Right after the scan, at the station that made it, anybody may; later it takes permission, and a reason where
    people are known by name. Raises `Refused` if there is no passage of this nonce, if it was taken back before and
    at a station that only scans, `NeedsPermission` where somebody else has to stand by it.
    """
    passage = checkins.find(connection, nonce)
    if passage is not None and not _is_just_now(connection, passage, at):
        guard.mind_steward(connection)
        guard.need(
            connection,
            Act.UNDO,
            at,
            operator=operator,
            permits=permits,
            reason=reason,
            event=passage.event,
            about=passage.ticket,
        )
        reason = reason or next((one.reason for one in permits if one.act is Act.UNDO), "")
    return take_back(connection, nonce, at, reason, operator)


def _is_just_now(connection: Connection, passage: CheckIn, at: datetime) -> bool:
    return checkins.is_own(connection, passage.nonce) and at - passage.at <= RIGHT_AFTER


def take_back(connection: Connection, nonce: str, at: datetime, reason: str, operator: str = "") -> Undoing:
    """Like `undo`, for somebody who was asked already whether they may."""
    passage = checkins.find(connection, nonce)
    if passage is None:
        raise Refused(
            "There is no check-in of this scan",
            filled("Nothing is known under {nonce}.", nonce=nonce),
            "Nothing was changed.",
        )
    if passage.annulled:
        raise Refused("This check-in was taken back before", "", "Nothing was changed.")
    checkins.annul(connection, nonce)
    fact = Undone(event=passage.event, at=micros(at), list=passage.list, ticket=passage.ticket, nonce=nonce)
    operation = new_id()
    journal.append(connection, operation, fact, Private(note=reason, operator=operator))
    ticket = orders.by_key(connection, passage.event, passage.ticket)
    name = ticket.position.name if ticket else ""
    return Undoing(operation=operation, nonce=nonce, ticket=passage.ticket, name=name, direction=passage.direction)
