"""The dates of a series as a till offers them: those that it is there for first, then by time; what is over, last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from .catalog import Catalog, SubEvent

_LONGEST = timedelta(hours=6)
"""How long a date goes on that does not say when it ends."""


def is_over(date: SubEvent, now: datetime) -> bool:
    """Whether nobody comes to it any more."""
    if date.date_to is not None:
        return date.date_to < now
    return date.date_from is not None and date.date_from + _LONGEST < now


def offered(catalog: Catalog, now: datetime, first: Sequence[int] = ()) -> tuple[SubEvent, ...]:
    """The dates that are on sale, in the order in which a till shows them. `first` are those that it is there for."""
    dates = [one for one in catalog.subevents.values() if one.active]
    return tuple(sorted(dates, key=lambda one: (is_over(one, now), one.id not in first, *_by_time(one))))


def _by_time(date: SubEvent) -> tuple[bool, float, int]:
    begins = date.date_from
    return begins is None, begins.timestamp() if begins is not None else 0.0, date.id


def sold_first(catalog: Catalog, now: datetime, first: Sequence[int] = ()) -> int | None:
    """The date that a till sells unless somebody chooses another; None where there is no series."""
    if not catalog.event.has_subevents:
        return None
    return next((one.id for one in offered(catalog, now, first)), None)
