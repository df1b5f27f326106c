"""Taking back a passage that should not have been: it stays written down, and no longer counts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.facts import Private, Undone
from boxoffice.domain.instants import micros
from boxoffice.domain.passages import Direction
from boxoffice.errors import Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import checkins, journal, orders
from boxoffice.storage.connection import Connection


class Undoing(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken back."""

    operation: str
    """The act of taking it back."""
    nonce: str
    ticket: str
    name: str
    direction: Direction


def undo(connection: Connection, nonce: str, at: datetime, reason: str) -> Undoing:
    """Take back a passage that this or another station recorded, and what followed from it.

    Raises `Refused` if there is no passage of this nonce, or it was taken back before.
    """
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
    journal.append(connection, operation, fact, Private(note=reason))
    ticket = orders.by_key(connection, passage.event, passage.ticket)
    name = ticket.position.name if ticket else ""
    return Undoing(operation=operation, nonce=nonce, ticket=passage.ticket, name=name, direction=passage.direction)
