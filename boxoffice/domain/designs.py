"""What is designed once for all stations of an event: the words on its papers, and the badges of its tickets.

A design travels whole, in the place of the one before; whoever changed it last is right, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from .facts import Designed, Private
from .instants import moment

PAPERS = "papers"
"""Names, logo and lines of receipts and tickets."""
PAPERS_OF_ALL = "papers-all"
"""The same for every event that has no own."""
BADGE_OF_ALL = "badge-all"
"""The badge of every event that has chosen none."""
_BADGE = "badge-"


class Design(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """As a server tells it to the stations of an event."""

    event: str
    id: str
    body: str = ""
    """The design itself, written down as stations keep it; empty where it was taken back."""
    pictures: Mapping[str, bytes] = {}
    """What is to be seen on it, by the names that it has for them."""
    at: datetime
    device: str = ""
    device_id: str = ""
    """Who changed it last, for people and for programs."""

    @property
    def turn(self) -> tuple[datetime, str]:
        """Of two, the one with the greater turn holds, whichever is heard of first."""
        return self.at, self.device_id


def badge_of(item: int) -> str:
    """The name of the design of an item's badge; with 0 of all the event's items that have no own."""
    return f"{_BADGE}{item}"


def item_of(name: str) -> int | None:
    """The item whose badge a design of this name is; None if it is no item's."""
    number = name.removeprefix(_BADGE)
    return int(number) if name.startswith(_BADGE) and number.isdecimal() and len(number) < 19 else None


def told(fact: Designed, private: Private, device: str, device_id: str) -> Design:
    """The design that a station has told of."""
    return Design(
        event=fact.event,
        id=fact.design,
        body=fact.body,
        pictures=private.pictures,
        at=moment(fact.at),
        device=device,
        device_id=device_id,
    )
