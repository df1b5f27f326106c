"""Which means of payment a station takes, for one event and for all of them."""

from __future__ import annotations

from boxoffice.domain.tenders import Tendering

from .connection import Connection
from .settings import get, put


def taken(connection: Connection, event: str) -> Tendering:
    """What is taken for an event at this station; without an event, what holds for all of them."""
    everywhere = own(connection, "")
    return own(connection, event).over(everywhere) if event else everywhere


def own(connection: Connection, event: str) -> Tendering:
    """What was chosen for this event alone."""
    return get(connection, f"tenders/{event}", Tendering, Tendering())


def keep(connection: Connection, event: str, chosen: Tendering) -> None:
    """Keep what is taken."""
    put(connection, f"tenders/{event}", chosen)
