"""Files that were handed in at the doors, as they came with the entries, for whoever organises the event.

They stay with the act that brought them and are told to no station: a paper is for the organiser, not for every door.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, text

from boxoffice.domain.attachments import digest_in, kind_of, name_of
from boxoffice.domain.facts import Admitted
from boxoffice.domain.journal import fact_of, private_of

from . import sql

_WITH_FILES = text(
    "SELECT operation FROM acts WHERE kind = 'admitted' AND outcome = 'done' AND private LIKE '%\"files\":{%'"
    " ORDER BY received_at, operation"
)
_ACT = text("SELECT body, private FROM acts WHERE operation = :operation")


class File(msgspec.Struct, frozen=True):
    """One file, and what it answers."""

    event: str
    ticket: str
    question: str
    content: bytes

    @property
    def name(self) -> str:
        """A name for it on a disk, the same each time."""
        ticket = self.ticket.replace(":", "-").replace("/", "-")
        digest = digest_in(name_of(self.content))[:8]  # It tells one file of a ticket from the next.
        return f"{ticket}-question-{self.question}-{digest}.{kind_of(self.content)[1] or 'bin'}"


def files(connection: Connection) -> Iterator[File]:
    """All of them, in the order in which they came; one act at a time is held."""
    for (operation,) in sql.rows(connection, _WITH_FILES):
        body, kept = sql.rows(connection, _ACT, {"operation": operation})[0]
        fact, private = fact_of(body), private_of(kept)
        if not isinstance(fact, Admitted):
            continue
        for question, answer in private.answers.items():
            if answer in private.files:
                yield File(fact.event, fact.ticket, question, private.files[answer])
