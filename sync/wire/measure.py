"""Numbers and times that decoding lets pass and no station could keep.

A decoder checks types, not measures: a whole number of forty digits and a time without a zone both fit the
nouns, and would stop the store half-way through a page. This looks at exactly the fields that may hold one.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

DEEPEST = 64
"""How deeply a noun may be nested. Nobody writes such rules; they are there to break a reader."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


@functools.cache
def measure_of(noun: type[msgspec.Struct]) -> Measure:
    """What measures one type of noun."""
    return Measure(noun)


class Measure:
    """The fields of one type of noun that need a look."""

    def __init__(self, noun: type[msgspec.Struct]) -> None:
        self._numbers: list[str] = []
        self._times: list[str] = []
        self._lists: list[str] = []
        self._parts: list[tuple[str, Measure]] = []
        self._anything: list[str] = []
        for name, hint in typing.get_type_hints(noun).items():
            self._note(name, hint)

    def _note(self, name: str, hint: Any) -> None:
        kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        inner = typing.get_args(kinds[0])
        if int in kinds:
            self._numbers.append(name)
        elif datetime in kinds:
            self._times.append(name)
        elif int in inner:
            self._lists.append(name)
        elif Any in inner or (inner and Any in typing.get_args(inner[0])):
            self._anything.append(name)
        elif (part := _struct_in(kinds[0], inner)) is not None:
            self._parts.append((name, measure_of(part)))

    def fault(self, noun: msgspec.Struct) -> str:
        """What is beyond measure in a noun; empty if nothing is."""
        for name in self._numbers:
            number = getattr(noun, name)
            if number is not None and not _SMALLEST <= number <= _LARGEST:
                return f"the number in {name} is beyond all measure"
        for name in self._times:
            time = getattr(noun, name)
            if time is not None and time.tzinfo is None:
                return f"the time in {name} has no zone"
        for name in self._lists:
            if any(not _SMALLEST <= number <= _LARGEST for number in _numbers(getattr(noun, name))):
                return f"a number in {name} is beyond all measure"
        for name in self._anything:
            if not _fits(getattr(noun, name), DEEPEST):
                return f"{name} is nested too deeply, or holds a number beyond all measure"
        for name, measure in self._parts:
            for part in _parts(getattr(noun, name)):
                if fault := measure.fault(part):
                    return fault
        return ""


def _struct_in(kind: Any, inner: tuple[Any, ...]) -> type[msgspec.Struct] | None:
    """The struct that a field is, or holds several of: in a tuple, or as values by name."""
    found = (one for one in (kind, *inner) if isinstance(one, type) and issubclass(one, msgspec.Struct))
    return next(found, None)


def _parts(value: Any) -> Iterable[msgspec.Struct]:
    if isinstance(value, msgspec.Struct):
        return (value,)
    return value.values() if isinstance(value, Mapping) else value or ()


def _numbers(several: Iterable[int] | Mapping[str, int]) -> Iterable[int]:
    return several.values() if isinstance(several, Mapping) else several


def _fits(value: object, depth: int) -> bool:
    match value:
        case int():
            return _SMALLEST <= value <= _LARGEST
        case dict():
            return depth > 0 and all(_fits(part, depth - 1) for part in value.values())
        case list() | tuple():
            return depth > 0 and all(_fits(part, depth - 1) for part in value)
        case _:
            return True
