"""From when the rules of a list will say yes, if nothing but time passes.

Found by evaluating the rules at every moment at which their answer can change, not by arithmetic on
them: whatever the rules mean, the time that is named is one at which they do let the ticket in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from .rules import Circumstances, Reading, parts, time_of_day

_STEP = timedelta(microseconds=1)
_WEEK = 8
"""Days after which the days of the week and the times of day have all come round."""
_END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
_TEN_YEARS = 5_256_000
"""In minutes; what is further away is never."""
_PATIENCE = 50_000
"""Parts of rules that one search evaluates before it gives up: less than half a second."""


def holds_from(rules: object, circumstances: Circumstances) -> datetime | None:
    """From when the rules hold if nothing but time passes; None if never.

    Only for rules that do not hold now. What holds strictly after a moment holds from that moment.
    """
    return Search(circumstances, _PATIENCE).opening(rules)


class Search:
    """A search for times in the same circumstances, for several rules, that ends when its patience does."""

    def __init__(self, circumstances: Circumstances, patience: int) -> None:
        self.reading = Reading(circumstances)
        self.patience = patience
        self._elsewhen = Reading(circumstances)

    def opening(self, rules: object) -> datetime | None:
        """As `holds_from`; None as well if the patience is at its end."""
        size = _size(rules)
        turns = set(islice(_turns(rules, self.reading), max(0, self.patience) // size))
        for turn in sorted(turn for turn in turns if turn >= self.reading.now):
            self.patience -= 2 * size
            if self.patience < 0:
                return None
            if self._holds_at(turn, rules) or self._holds_at(turn + _STEP, rules):
                return turn
        return None

    def _holds_at(self, moment: datetime, rules: object) -> bool:
        self._elsewhen.move(moment)
        return self._elsewhen.truth(rules)


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


def _size(node: object) -> int:
    return 1 + sum(1 for _ in _parts_of(node))


def _turns(rules: object, reading: Reading) -> Iterator[datetime]:
    """Every moment at which what the rules say can change."""
    fixed = set(_fixed_turns(rules, reading))
    yield from fixed
    if not _daily(rules):
        return
    hours = set(_hours(rules, reading))
    for day in _days(fixed, reading):
        yield reading.at_local(day, time())
        for hour, tolerance in hours:
            yield from _around(reading.at_local(day, hour), tolerance)


def _fixed_turns(rules: object, reading: Reading) -> Iterator[datetime]:
    for operator, arguments in _parts_of(rules):
        for argument in arguments:
            if name_of(argument) == "buildTime":
                yield from _around(reading.value(argument), _tolerance(operator, arguments, reading))
            if name_of(argument) in ("minutes_since_last_entry", "minutes_since_first_entry") and reading.entries:
                yield from _minutes_after_entries(arguments, reading)


def _hours(rules: object, reading: Reading) -> Iterator[tuple[time, timedelta]]:
    """The times of day in a rule, each with the tolerance of its comparison."""
    for operator, arguments in _parts_of(rules):
        for argument in arguments:
            if name_of(argument) == "customtime":
                hour = reading.value(parts(argument)[1][1])
                yield time_of_day(hour), _tolerance(operator, arguments, reading)


def _tolerance(operator: str, arguments: list[Any], reading: Reading) -> timedelta:
    if operator not in ("isBefore", "isAfter") or len(arguments) < 3:
        return timedelta()
    return timedelta(minutes=float(reading.value(arguments[2]) or 0))


def _around(moment: datetime, tolerance: timedelta) -> Iterator[datetime]:
    yield moment
    if not tolerance:
        return
    try:
        yield moment - tolerance
        yield moment + tolerance
    except OverflowError:
        return


def _minutes_after_entries(arguments: list[Any], reading: Reading) -> Iterator[datetime]:
    numbers = [_number(reading.value(argument)) for argument in arguments]
    for entry in (reading.entries[0], reading.entries[-1]):
        for number in (one for one in numbers if abs(one) < _TEN_YEARS):
            yield entry.at + timedelta(minutes=number)
            yield entry.at + timedelta(minutes=math.floor(number) + 1)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.inf


def _daily(rules: object) -> bool:
    """Whether the time of day or the day itself matters."""
    names = {name_of(argument) for _, arguments in _parts_of(rules) for argument in arguments}
    return not names.isdisjoint(("now_isoweekday", "entries_today", "customtime"))


def _days(fixed: set[datetime], reading: Reading) -> list[date]:
    """The days of the coming week, and of the week after each moment that the rules name."""
    coming = (turn for turn in fixed if reading.now < turn < _END_OF_TIME)
    starts = {reading.local.date()} | {turn.astimezone(reading.zone).date() for turn in coming}
    return sorted({start + timedelta(days=number) for start in starts for number in range(_WEEK)})
