"""Filling the hub from a file: everything or nothing, and what is there already stays as it is.

A file is looked at as carefully as if a stranger had sent it: every station will have to live with what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec
from sqlalchemy import Connection

from boxoffice.domain.nouns import Noun, id_of, kind_of
from boxoffice.domain.orders import Order
from boxoffice.errors import BadInput
from sync.wire.hub_feed import fault_of

from . import documents
from .database import Database

AT_ONCE = 2000

_orders = msgspec.json.Decoder(Order)


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a file."""

    read: int
    changed: int
    events: tuple[str, ...]
    """The slugs of the events in which something changed."""


def load(database: Database, nouns: Iterable[Noun], mint: Callable[[], str] | None = None) -> Loaded:
    """Put nouns into the hub, in one transaction. A noun that is there already keeps its place in the feed.

    With `mint`, tickets that come without a secret keep the one they have here, or get one from it. Raises
    `BadInput` for a noun that no station could read.
    """
    read = 0
    moved: dict[str, int] = {}
    some = iter(nouns)
    with database.writing() as connection:
        before = documents.newest(connection)
        while batch := list(islice(some, AT_ONCE)):
            read += len(batch)
            ready = batch if mint is None else [_with_secrets(connection, noun, mint) for noun in batch]
            moved |= documents.put_changed(connection, _checked(ready))
        changed = documents.newest(connection) - before
    return Loaded(read=read, changed=changed, events=tuple(sorted(moved)))


def _checked(nouns: Iterable[Noun]) -> Iterator[Noun]:
    for noun in nouns:
        if fault := fault_of(noun) or documents.unnameable(noun):
            name = f"{kind_of(noun)} {id_of(noun)[:40]}"
            raise BadInput("A station could not read this", f"{name}: {fault}.", "Nothing was loaded.")
        yield noun


def _with_secrets(connection: Connection, noun: Noun, mint: Callable[[], str]) -> Noun:
    if not isinstance(noun, Order) or all(position.secret for position in noun.positions):
        return noun
    body = documents.body(connection, noun.event, "order", noun.code)
    kept = {one.number: one.secret for one in _orders.decode(body).positions} if body else {}
    positions = tuple(
        msgspec.structs.replace(one, secret=one.secret or kept.get(one.number) or mint()) for one in noun.positions
    )
    return msgspec.structs.replace(noun, positions=positions)
