"""Filling the hub from a file: everything or nothing, and what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import msgspec

from boxoffice.domain.nouns import Noun

from . import documents
from .database import Database

AT_ONCE = 2000


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    read: int
    changed: int
    events: tuple[str, ...]
    """The slugs of the events in which something changed."""


def load(database: Database, nouns: Iterable[Noun]) -> Loaded:
    """Put nouns into the hub, in one transaction. A noun that is there already keeps its place in the feed."""
    read = 0
    moved: dict[str, int] = {}
    some = iter(nouns)
    with database.writing() as connection:
        before = documents.newest(connection)
        while batch := list(islice(some, AT_ONCE)):
            read += len(batch)
            moved |= documents.put_changed(connection, batch)
        changed = documents.newest(connection) - before
    return Loaded(read=read, changed=changed, events=tuple(sorted(moved)))
