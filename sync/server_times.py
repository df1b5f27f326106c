"""The times that a server gives in the headers of its answers, in Unix seconds."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime


def seconds_from(now: float, retry_after: str | None) -> float | None:
    """`Retry-After` as seconds from now; it may also be a date."""
    if retry_after and retry_after.strip().isdecimal():
        return float(retry_after)
    then = date(retry_after)
    return None if then is None else max(0.0, then - now)


def clock(header: str | None) -> float | None:
    """A header with Unix seconds; None if it says nothing."""
    try:
        seconds = float(header or "nan")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def date(header: str | None) -> float | None:
    """An HTTP date in Unix seconds; None if it says nothing."""
    try:
        return parsedate_to_datetime(header or "").timestamp() + 0.5  # it was cut to whole seconds
    except (ValueError, OverflowError):
        return None
