"""Moments as numbers: microseconds since 1970 in UTC, the form in which they are stored and sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """A moment as a number. Raises `ValueError` for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a zone is no moment")
    return (moment - _EPOCH) // _MICROSECOND


def moment(number: int) -> datetime:
    """The moment that a number stands for, in UTC."""
    return _EPOCH + timedelta(microseconds=number)


def maybe_micros(value: datetime | None) -> int | None:
    """Like `micros`, and None for None."""
    return None if value is None else micros(value)


def maybe_moment(number: int | None) -> datetime | None:
    """Like `moment`, and None for None."""
    return None if number is None else moment(number)
