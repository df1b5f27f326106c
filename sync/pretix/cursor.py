"""Where a station is in the many lists of a pretix: the cursor that is kept, and the memory that is not.

The cursor is stored in the same transaction as the rows before it, so whatever must survive stands there.
The memory only saves questions: when a kind was last asked for, and what tickets are called whose orders
are still on their way to the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.orders import ticket_key
from boxoffice.errors import ServerTrouble
from sync.wire.hub_feed import BROKEN
from sync.wire.pretix_orders import OrderRow

RECENT = 20_000
"""Tickets whose ids are kept in memory until they are surely on disk."""


class Seen(msgspec.Struct, omit_defaults=True):
    """A list that is read whole, as it was last: a digest of each row by its id."""

    rows: dict[str, str] = {}
    modified: str = ""
    """`Last-Modified`, where the server honours it and its second was over."""


class Window(msgspec.Struct, omit_defaults=True):
    """A list that only grows, and how far we have read it."""

    since: str = ""
    digest: str = ""
    """Of what was last in the window, so that nothing is told twice while nothing happens."""


class First(msgspec.Struct):
    """A first download of orders that is under way."""

    stamp: str
    """The server's time when it began: from then on only what was modified is asked for."""
    since: str = ""
    """When the last order that we have was made."""


class Place(msgspec.Struct, omit_defaults=True):
    """The cursor: how far we are with each kind."""

    seen: dict[str, Seen] = {}
    first: First | None = None
    orders: str = ""
    checkins: Window = msgspec.field(default_factory=Window)
    blocked: Window = msgspec.field(default_factory=Window)
    revoked: Window = msgspec.field(default_factory=Window)
    media: Window = msgspec.field(default_factory=Window)


def place_of(cursor: str) -> Place:
    """The place that a cursor stands for. Raises `ServerTrouble` with 410 for one of another server's making."""
    if not cursor:
        return Place()
    try:
        return decode(cursor, Place)
    except BROKEN as error:
        raise ServerTrouble(
            "The place in the feed is not known", "It is read again from the start.", status=410
        ) from error


def cursor_of(place: Place) -> str:
    """A place, as it is kept."""
    return msgspec.json.encode(place).decode()


class Memory:
    """What a client remembers of one event between two looks at it; nothing is lost with it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._read_at: dict[str, float] = {}
        self._names: OrderedDict[int, str] = OrderedDict()
        self.denied: set[str] = set()
        """Kinds that this device may not read."""
        self.places = 2
        """Digits of the event's money behind the point. The event is the first thing that is read of it."""

    def is_due(self, kind: str, every: float) -> bool:
        """Whether a kind was not looked at for so many seconds."""
        last = self._read_at.get(kind)
        return last is None or self._clock() - last >= every

    def was_read(self, kind: str) -> None:
        """It was looked at now."""
        self._read_at[kind] = self._clock()

    def look_soon(self, kind: str) -> None:
        """Look at a kind again as if its time had come."""
        self._read_at.pop(kind, None)

    def name(self, row: OrderRow) -> None:
        """Remember what the tickets of an order are called, until they are on disk."""
        for position in row.positions:
            self._names[position.id] = ticket_key(row.code, position.positionid)
        while len(self._names) > RECENT:
            self._names.popitem(last=False)

    def names(self, ids: Iterable[int]) -> dict[int, str]:
        """Those of these tickets that are remembered."""
        return {one: self._names[one] for one in ids if one in self._names}
