"""What stands in the way of an edit that is refused: the act of another station that put the same thing right before.

The refusal itself says only what there is now. Whoever has to decide wants to know who made it so, when, and of what.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from sqlalchemy import Connection, text

from boxoffice.domain import conflicts, edits
from boxoffice.domain.conflicts import Side
from boxoffice.domain.facts import Edited, Exchanged
from boxoffice.domain.journal import Entry, fact_of, private_of

from . import sql
from .schema import THAT_EDIT

_EDITS = text(
    "SELECT a.operation, d.name, a.body, a.private FROM acts a LEFT JOIN devices d ON d.id = a.device"
    f" WHERE a.{THAT_EDIT} AND a.outcome = 'done' AND a.body LIKE :about ORDER BY a.received_at DESC"
)


Done = tuple[str, str | None, str, str]
"""Operation, the station's name, body and personal part of an act that took effect."""


def of(connection: Connection, entry: Entry, fact: Edited | Exchanged, newest: Iterable[Done]) -> Side | None:
    """The newest act that took effect and touches what this one was to change; None where no station did it.

    `newest` are those that were taken in just now and are not written down yet, the last first.
    """
    private = entry.private_part()
    rows: list[Done] = sql.rows(connection, _EDITS, {"about": f'%"order":"{fact.order}"%'})
    for operation, name, body, kept in chain(newest, rows):
        other, others = fact_of(body), private_of(kept)
        if edits.is_in_the_way(fact, private, other, others):
            return conflicts.side_of(operation, other, others, name or "")
    return None
