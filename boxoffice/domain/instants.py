"""Moments as numbers: microseconds since 1970 in UTC, the form in which they are stored and sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """A moment as a number. Raises `ValueError` for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone is no moment")
    return (moment - _EPOCH) // _MICROSECOND


def moment(number: int) -> datetime:
    """The moment that a number stands for, in UTC."""
    return _EPOCH + number * _MICROSECOND  # A third of what a `timedelta` by name costs.


def maybe_micros(value: datetime | None) -> int | None:
    """Like `micros`, and None for None."""
    return None if value is None else micros(value)


def maybe_moment(number: int | None) -> datetime | None:
    """Like `moment`, and None for None."""
    return None if number is None else moment(number)


def day_by(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a day begins and ends by a clock; its end is outside. When clocks are put forward or back it is no 24 h."""
    first, last = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return first.astimezone(UTC), last.astimezone(UTC)
