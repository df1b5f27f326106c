"""What the holder of a ticket was given: written down, so that no desk gives it again."""

from __future__ import annotations

from datetime import datetime

from boxoffice.domain.checkins import HandOut
from boxoffice.domain.facts import HandedOut
from boxoffice.domain.instants import micros
from boxoffice.ids import new_id
from boxoffice.storage import checkins, journal, settings
from boxoffice.storage.connection import Connection


def hand_out(connection: Connection, event: str, ticket: str, what: tuple[str, ...], at: datetime) -> HandOut:
    """Write down what was given; the server hears of it too."""
    operation = new_id()
    station = settings.station(connection)
    given = HandOut(event=event, ticket=ticket, what=what, at=at, device=station.name, operation=operation)
    checkins.put_handout(connection, given)
    journal.append(connection, operation, HandedOut(event=event, at=micros(at), ticket=ticket, what=what))
    return given
