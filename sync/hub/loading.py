"""Filling the hub from a file, piece by piece, so that doors go on meanwhile; what is there already stays as it is.

An event that is new here is marked as unfinished until its last piece is in, and until then no station sees
it. Loading that broke off is begun again with the same file: what is in is only looked at. A file is looked at
as carefully as if a stranger had sent it: every station will have to live with what it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec
from sqlalchemy import Connection

from boxoffice.domain import passages
from boxoffice.domain.catalog import Event
from boxoffice.domain.nouns import Noun, id_of, kind_of
from boxoffice.errors import BadInput
from sync.wire.hub_feed import fault_of

from . import documents
from .database import Database

PIECE = 500
"""Nouns in one transaction: some hundredths of a second, which nobody at a door notices."""


GIVES_WAY = 0.002
"""Seconds between two pieces in one file: whoever waits for it is woken meanwhile, and has it before the next one."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    read: int
    changed: int
    events: tuple[str, ...]
    """The slugs of the events in which something changed."""


Meanwhile = Callable[[int], None]
"""Hears how many nouns are in."""


def check(nouns: Iterable[Noun]) -> int:
    """How many nouns there are. Raises `BadInput` for one that no station could read; nothing was loaded by then."""
    return sum(1 for _ in _checked(nouns))


def load(database: Database, nouns: Iterable[Noun], meanwhile: Meanwhile | None = None) -> Loaded:
    """Put nouns into the hub. A noun that is there already keeps its place in the feed.

    Raises `BadInput` for a noun that no station could read; the pieces before it are in, and a new event stays unseen.
    """
    loading = _Loading(database)
    some = iter(nouns)
    piece = list(_checked(islice(some, PIECE)))
    while piece:
        following = list(_checked(islice(some, PIECE)))
        loading.put(piece, last=not following)
        if meanwhile is not None:
            meanwhile(loading.read)
        if following and database.is_sqlite:
            time.sleep(GIVES_WAY)
        piece = following
    return Loaded(read=loading.read, changed=loading.changed, events=tuple(sorted(loading.moved)))


class _Loading:
    """How far one file has come."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._begun: set[str] = set()
        self.read = 0
        self.changed = 0
        self.moved: dict[str, int] = {}

    def put(self, piece: list[Noun], *, last: bool) -> None:
        """One transaction. The last one lets everybody see what is new."""
        ready = [documents.document(noun) for noun in piece]
        with self._database.writing() as connection:
            self._begin(connection, piece)
            changed = documents.changed(connection, ready)
            moved = documents.put(connection, changed)
            if last:
                for event in self._begun:
                    documents.finish(connection, event)
        self.read += len(piece)
        self.changed += len(changed)
        self.moved |= moved

    def _begin(self, connection: Connection, piece: list[Noun]) -> None:
        for noun in piece:
            if isinstance(noun, Event) and not documents.is_open(connection, noun.slug):
                documents.begin(connection, noun.slug)
                self._begun.add(noun.slug)


def _checked(nouns: Iterable[Noun]) -> Iterator[Noun]:
    for noun in nouns:
        if fault := fault_of(noun) or documents.unnameable(noun) or _without_clock(noun):
            name = f"{kind_of(noun)} {id_of(noun)[:40]}"
            raise BadInput("A station could not read this", f"{name}: {fault}.", "Mend the file and load it again.")
        yield noun


def _without_clock(noun: Noun) -> str:
    """What is wrong with an event's time zone: by UTC, its days would end at the wrong hour."""
    if isinstance(noun, Event) and not passages.has_clock(noun):
        return f"no time zone is called {noun.timezone[:40]!r}; it looks like Europe/Berlin"
    return ""
