"""The rules of a check-in list: JSON logic, read as the server reads it.

A pure function of the rules and the circumstances. As on the server every part is evaluated, so a rule
that is broken anywhere is broken as a whole, which means no. Depth and size are bounded, because rules
come over a wire. Why a rule says no, and from when it will say yes, is told by `explaining`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from .catalog import Event, SubEvent
from .passages import Passage, entries, present


class RuleTrouble(Exception):
    """The rules cannot be evaluated."""


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """All that rules may ask about. `history` is that of the ticket on this list, in order of time."""

    item: int
    variation: int | None = None
    gate: str = ""
    gate_id: int | None = None
    now: datetime
    event: Event
    subevent: SubEvent | None = None
    history: tuple[Passage, ...] = ()


Rule = dict[str, Any]

DEEPEST = 50
LARGEST = 5000
"""How deep rules may be nested, and how many parts they may have. The server's editor makes a fraction."""

_CANNOT = (TypeError, ValueError, ArithmeticError, LookupError, OSError)


def holds(rules: Rule, circumstances: Circumstances) -> bool:
    """Whether the rules let this ticket in. No rules let everybody in; `RuleTrouble` for broken ones."""
    if not rules:
        return True
    return Reading(circumstances).truth(rules)


def parts(node: Rule) -> tuple[str, list[Any]]:
    """The operator of a rule and its arguments; a single one may stand without brackets."""
    if len(node) != 1:
        raise RuleTrouble("A rule has one operator")
    [(operator, arguments)] = node.items()
    return operator, arguments if isinstance(arguments, list) else [arguments]


class Reading:
    """One reading of rules in given circumstances, with what many parts of it ask for."""

    def __init__(self, circumstances: Circumstances) -> None:
        self.circumstances = circumstances
        self.entries = entries(circumstances.history)
        self.size = 0
        try:
            self.zone = ZoneInfo(circumstances.event.timezone)
        except _CANNOT as error:
            raise RuleTrouble("The event's time zone is not known") from error
        self.move(circumstances.now)

    def move(self, moment: datetime) -> None:
        """Read the same rules at another moment."""
        try:
            self.now = moment.astimezone(UTC)
        except _CANNOT as error:
            raise RuleTrouble("There is no such moment") from error

    @property
    def local(self) -> datetime:
        """The moment as the event's clock shows it."""
        try:
            return self.now.astimezone(self.zone)
        except _CANNOT as error:
            raise RuleTrouble("There is no such moment") from error

    def truth(self, node: object) -> bool:
        """Whether a rule holds. Raises `RuleTrouble` if that cannot be said."""
        return bool(self.value(node))

    def value(self, node: object, depth: int = 0) -> Any:
        """What a part of a rule comes to. Raises `RuleTrouble` if it comes to nothing."""
        if not isinstance(node, dict):
            return _plain(node)
        self.size = self.size + 1 if depth else 1
        if depth > DEEPEST or self.size > LARGEST:
            raise RuleTrouble("The rules are too large")
        operator, arguments = parts(node)
        function = _OPERATORS.get(operator)
        if function is None:
            raise RuleTrouble(f"{operator} is not known")
        values = [self.value(argument, depth + 1) for argument in arguments]
        try:
            return function(self, *values)
        except _CANNOT as error:
            raise RuleTrouble(f"{operator} cannot be applied here") from error

    def midnight(self) -> datetime:
        """When the day began by the event's clock."""
        return self.at_local(self.local.date(), time())

    def at_local(self, day: date, hour: time) -> datetime:
        """A time of day of the event's clock, as a moment."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def days(self, passages: tuple[Passage, ...]) -> int:
        """On how many days of the event's calendar these passages were."""
        return len({passage.at.astimezone(self.zone).date() for passage in passages})


def _plain(value: object) -> object:
    """A value that stands in a rule as it is."""
    if isinstance(value, list) and any(isinstance(one, (list, dict)) for one in value):
        raise RuleTrouble("A list holds plain values")
    return value


# Comparing, as the server does it: a text makes both sides text, a number makes both sides numbers.


def same(a: object, b: object) -> bool:
    """Whether two values are equal. Ids are numbers on the server and texts in some clients."""
    if isinstance(a, str) or isinstance(b, str):
        return str(a) == str(b)
    if isinstance(a, bool) or isinstance(b, bool):
        return bool(a) is bool(b)
    return a == b


def less(a: Any, b: Any) -> bool:
    """Whether `a` is less than `b`. A number is never less than what is no number, nor greater."""
    if type(a) in (int, float) or type(b) in (int, float):
        try:
            return float(a) < float(b)
        except (TypeError, ValueError):
            return False
    return bool(a < b)


def _all(_: Reading, *values: object) -> bool:
    return all(values)


def _any(_: Reading, *values: object) -> bool:
    return any(values)


def _is_before(_: Reading, a: datetime, b: datetime, tolerance: object = None) -> bool:
    return a < _later(b, tolerance)


def _is_after(_: Reading, a: datetime, b: datetime, tolerance: object = None) -> bool:
    return b < _later(a, tolerance)


def _later(moment: datetime, tolerance: Any) -> datetime:
    return moment + timedelta(minutes=float(tolerance)) if tolerance else moment + timedelta()


def _in_list(_: Reading, value: object, among: list[object]) -> bool:
    if not isinstance(among, list):
        raise TypeError("Not a list")
    return any(same(value, one) for one in among)


def _lookup(reading: Reading, model: object, number: Any, label: object = None) -> object:
    """The id of a thing; of a gate its name, where this door is known by name only."""
    if model == "gate" and reading.circumstances.gate_id is None and label is not None:
        return str(label)
    return int(number)


def _var(reading: Reading, name: object, *_: object) -> object:
    return _VARIABLES[str(name)](reading)


def _build_time(reading: Reading, kind: object, value: Any = None) -> datetime:
    dates = reading.circumstances.subevent or reading.circumstances.event
    if kind == "custom":
        return _moment(datetime.fromisoformat(value))
    if kind == "customtime":
        return reading.at_local(reading.local.date(), time_of_day(value))
    if kind == "date_from":
        return _moment(dates.date_from)
    if kind == "date_to":
        return _moment(dates.date_to or dates.date_from)
    if kind == "date_admission":
        return _moment(dates.date_admission or dates.date_from)
    raise ValueError(f"{kind} is no kind of time")


def _moment(value: datetime | None) -> datetime:
    if value is None or value.tzinfo is None:
        raise ValueError("Not a moment")
    return value.astimezone(UTC)


def time_of_day(value: str) -> time:
    """`09:30`, `9:30` or `09:30:00`."""
    hour = time.fromisoformat(f"0{value}" if value[1:2] == ":" else value)
    return hour.replace(tzinfo=None)


def _gate(reading: Reading) -> object:
    circumstances = reading.circumstances
    return circumstances.gate if circumstances.gate_id is None else circumstances.gate_id


def _since(reading: Reading, moment: datetime) -> tuple[Passage, ...]:
    return tuple(entry for entry in reading.entries if entry.at >= moment)


def _before(reading: Reading, moment: datetime) -> tuple[Passage, ...]:
    return tuple(entry for entry in reading.entries if entry.at < moment)


def _minutes_since(reading: Reading, which: int) -> int:
    """Full minutes since an entry; -1 if there is none."""
    if not reading.entries:
        return -1
    return (reading.now - reading.entries[which].at) // timedelta(minutes=1)


_VARIABLES: Mapping[str, Callable[[Reading], object]] = {
    "product": lambda reading: reading.circumstances.item,
    "variation": lambda reading: reading.circumstances.variation,
    "gate": _gate,
    "now": lambda reading: reading.now,
    "now_isoweekday": lambda reading: reading.local.isoweekday(),
    "entries_number": lambda reading: len(reading.entries),
    "entries_today": lambda reading: len(_since(reading, reading.midnight())) if reading.entries else 0,
    "entries_days": lambda reading: reading.days(reading.entries),
    "minutes_since_last_entry": lambda reading: _minutes_since(reading, -1),
    "minutes_since_first_entry": lambda reading: _minutes_since(reading, 0),
    "entry_status": lambda reading: "present" if present(reading.circumstances.history) else "absent",
}

_OPERATORS: Mapping[str, Callable[..., Any]] = {
    "and": _all,
    "or": _any,
    "<": lambda _, a, b: less(a, b),
    "<=": lambda _, a, b: less(a, b) or same(a, b),
    ">": lambda _, a, b: less(b, a),
    ">=": lambda _, a, b: less(b, a) or same(a, b),
    "==": lambda _, a, b: same(a, b),
    "!=": lambda _, a, b: not same(a, b),
    "inList": _in_list,
    "isBefore": _is_before,
    "isAfter": _is_after,
    "var": _var,
    "objectList": lambda _, *values: list(values),
    "lookup": _lookup,
    "buildTime": _build_time,
    "entries_since": lambda reading, moment: len(_since(reading, moment)),
    "entries_before": lambda reading, moment: len(_before(reading, moment)),
    "entries_days_since": lambda reading, moment: reading.days(_since(reading, moment)),
    "entries_days_before": lambda reading, moment: reading.days(_before(reading, moment)),
}
