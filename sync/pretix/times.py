"""The server's times as pretix tells them: in headers and rows, read so that nothing is missed between two looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sync.wire import pretix as wire
from sync.wire.hub_feed import nonsense

if TYPE_CHECKING:
    from sync.answers import Reply

OVERLAP = timedelta(seconds=10)
"""How far we look back behind the newest row that is known, for those that were committed late."""
LINKED_LATE = timedelta(minutes=1)
"""The same for wristbands, which may be linked to an order that has not come in yet."""
SETTLED = 2.0
"""Seconds after a change from which its whole second is surely over: `Last-Modified` knows no fractions."""


def generated(reply: Reply) -> str:
    """The server's time before it looked."""
    stamp: str | None = reply.headers.get(wire.GENERATED)
    if not stamp:
        raise nonsense("It does not say when the list of orders was made.")
    return stamp


def settled(headers: Mapping[str, str]) -> str:
    """`Last-Modified`, if nothing more can change in its second."""
    modified = headers.get("Last-Modified", "")
    try:
        age = _unix(headers.get("Date", "")) - _unix(modified)
    except ValueError:
        return ""
    return modified if age >= SETTLED else ""


def _unix(date: str) -> float:
    """An HTTP date in Unix seconds. Raises `ValueError`; a proxy may have written anything into it."""
    return parsedate_to_datetime(date).timestamp()


def later(one: str, other: str) -> str:
    """The later of two stamps; the first where they cannot be compared."""
    try:
        return max(one, other, key=datetime.fromisoformat)
    except (ValueError, TypeError):
        return one


def earlier(since: str, by: timedelta = OVERLAP) -> str:
    """From when to ask, so that what was committed late is not missed; a stamp that cannot be read stays as it is."""
    try:
        return wire.stamp(datetime.fromisoformat(since).astimezone(UTC) - by)
    except ValueError:
        return since
