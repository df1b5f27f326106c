"""From when the rules of a list will say yes, if nothing but time passes.

Found by evaluating the rules at every moment at which their answer can change, not by arithmetic on
them: whatever the rules mean, the time that is named is one at which they do let the ticket in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import msgspec

from .rules import Circumstances, Reading, parts, time_of_day

_STEP = timedelta(microseconds=1)
_WEEK = 8
"""Days after which the days of the week and the times of day have all come round."""
_END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
_PATIENCE = 50_000
"""Parts of rules that are evaluated before the search for a time is given up."""


def holds_from(rules: object, circumstances: Circumstances) -> datetime | None:
    """The first moment after now from which the rules hold if nothing but time passes; None if never.

    A rule for what comes strictly after a moment names that moment.
    """
    reading = Reading(circumstances)
    turns = sorted({turn for turn in islice(_turns(rules, reading), _PATIENCE) if turn > reading.now})
    for turn in turns[: _PATIENCE // (2 * _size(rules)) + 1]:
        if any(_holds_at(moment, rules, circumstances) for moment in (turn, turn + _STEP)):
            return turn
    return None


def _holds_at(moment: datetime, rules: object, circumstances: Circumstances) -> bool:
    return Reading(msgspec.structs.replace(circumstances, now=moment)).truth(rules)


def _parts_of(node: object) -> Iterator[tuple[str, list[Any]]]:
    """All operators in a rule with their arguments."""
    if isinstance(node, dict):
        operator, arguments = parts(node)
        yield operator, arguments
        for argument in arguments:
            yield from _parts_of(argument)


def name_of(node: object) -> str:
    """What a part of a rule is about: a variable's name, else its operator; `customtime` for a time of day."""
    if not isinstance(node, dict):
        return ""
    operator, arguments = parts(node)
    if operator == "var":
        return str(arguments[0])
    return "customtime" if operator == "buildTime" and arguments[0] == "customtime" else operator


def _hours(arguments: list[Any]) -> Iterator[time]:
    return (time_of_day(parts(one)[1][1]) for one in arguments if name_of(one) == "customtime")


def _size(node: object) -> int:
    return 1 + sum(1 for _ in _parts_of(node))


def _turns(rules: object, reading: Reading) -> Iterator[datetime]:
    """Every moment at which what the rules say can change."""
    fixed = set(_fixed_turns(rules, reading))
    yield from fixed
    if not _daily(rules):
        return
    for day in _days(fixed, reading):
        yield reading.at_local(day, time())
        for operator, arguments in _parts_of(rules):
            for hour in _hours(arguments):
                yield from _around(reading.at_local(day, hour), operator, arguments)


def _fixed_turns(rules: object, reading: Reading) -> Iterator[datetime]:
    for operator, arguments in _parts_of(rules):
        for argument in arguments:
            if name_of(argument) == "buildTime":
                yield from _around(reading.value(argument), operator, arguments)
            if name_of(argument) in ("minutes_since_last_entry", "minutes_since_first_entry") and reading.entries:
                yield from _minutes_after_entries(arguments, reading)


def _minutes_after_entries(arguments: list[Any], reading: Reading) -> Iterator[datetime]:
    for entry in (reading.entries[0], reading.entries[-1]):
        for number in arguments:
            if isinstance(number, (int, float, str)) and abs(float(number)) < 10**7:
                yield entry.at + timedelta(minutes=float(number))
                yield entry.at + timedelta(minutes=float(number) + 1)


def _around(moment: datetime, operator: str, arguments: list[Any]) -> Iterator[datetime]:
    yield moment
    if operator in ("isBefore", "isAfter") and len(arguments) > 2 and arguments[2]:
        tolerance = timedelta(minutes=float(arguments[2]))
        yield from (moment + tolerance, moment - tolerance)


def _daily(rules: object) -> bool:
    """Whether the time of day or the day itself matters."""
    names = {name_of(argument) for _, arguments in _parts_of(rules) for argument in arguments}
    return not names.isdisjoint(("now_isoweekday", "entries_today", "customtime"))


def _days(fixed: set[datetime], reading: Reading) -> list[date]:
    """The days of the coming week, and of the week after each moment that the rules name."""
    coming = (turn for turn in fixed if reading.now < turn < _END_OF_TIME)
    starts = {reading.local.date()} | {turn.astimezone(reading.zone).date() for turn in coming}
    return sorted({start + timedelta(days=number) for start in starts for number in range(_WEEK)})
