"""Lets Qt's enums be made in a quarter of the time that the standard library takes for them.

PySide6 makes all enums of a class when it is first touched; `Qt` alone has 93 of them with 1,195 members, a tenth of
the start. The standard library makes each member through a descriptor that takes itself away again, with checks that
a library's table does not need. Here the empty enum is the standard library's own, and its members are put in at
once. Tests hold the two ways against each other; a Python that they were not tried with keeps its own way.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterable
from typing import Any

TRIED = ((3, 11), (3, 12), (3, 13))
"""The versions of Python whose enums have the parts that are filled here, and no others."""

OLDEST = (3, 11, 4)
"""Flags had other masks before."""

Members = list[tuple[str, int]]

_ROOTS = (enum.Enum, enum.Flag, enum.IntEnum, enum.IntFlag)
_TAKEN = frozenset(name for root in _ROOTS for base in root.__mro__ for name in vars(base))
"""A member that is called so needs the standard library's care."""

_KNOWN = frozenset(
    ("_member_names_", "_member_map_", "_value2member_map_", "_unhashable_values_", "_unhashable_values_map_")
)
"""What an enum collects: filled here, or left empty for what is no number. One that collects more is not known."""
_OF_EACH = frozenset(("__dict__", "__weakref__", "__new__"))
_patterns: dict[Any, dict[str, Any]] = {}
"""What the empty enum of each root consists of."""

made_with_care: Any = enum.EnumMeta._create_  # type: ignore[attr-defined]
"""The standard library's own way."""


def fits() -> bool:
    """Whether the enums of this Python are made of the parts that are filled here."""
    return sys.version_info[:2] in TRIED and sys.version_info >= OLDEST


def install() -> None:
    """From now on, make quickly what is made as PySide6 does it: of pairs, and values that have no name are kept."""
    if fits():
        enum.EnumMeta._create_ = make  # type: ignore[attr-defined]


def make(root: Any, name: str, members: Any, **options: Any) -> Any:
    """What `root(name, members, ...)` makes."""
    if options.get("boundary") is not enum.KEEP or root not in _ROOTS or not _are_plain(members):
        return made_with_care(root, name, members, **options)
    if root not in _patterns:
        _patterns[root] = _pattern(made_with_care(root, name, [], **options))
    pattern = _patterns[root]
    collected = {part: value for part, value in pattern.items() if isinstance(value, (list, dict, set))}
    if not collected.keys() <= _KNOWN:
        return made_with_care(root, name, members, **options)
    own = {part: type(value)() for part, value in collected.items()}
    try:
        return _made(root, name, pattern | own, members)
    except (AttributeError, TypeError):  # A part that this Python's enums do not have.
        return made_with_care(root, name, members, **options)


def _pattern(empty: Any) -> dict[str, Any]:
    return {part: value for part, value in vars(empty).items() if part not in _OF_EACH}


def _made(root: Any, name: str, body: dict[str, Any], members: Members) -> Any:
    """An enum as its root's empty one is; PySide6 says of which module."""
    meta: Any = enum.EnumMeta
    made = meta.__new__(meta, name, (root,), body, _simple=True)
    made.__new__ = enum.Enum.__new__
    _fill(made, members)
    if issubclass(root, enum.Flag):
        _fill_masks(made, [value for _, value in members])
    return made


def _are_plain(members: Any) -> bool:
    if not isinstance(members, list):
        return False
    return all(
        type(one) is tuple and type(one[1]) is int and one[0][:1] != "_" and one[0] not in _TAKEN for one in members
    )


def _fill(made: Any, members: Members) -> None:
    by_name, by_value, names = made._member_map_, made._value2member_map_, made._member_names_
    flags = issubclass(made, enum.Flag)
    new, numeric = made._new_member_, made._use_args_
    for name, value in members:
        member = by_value.get(value)
        if member is None:
            member = new(made, value) if numeric else new(made)
            member._value_ = value
            member._name_ = name
            member.__objclass__ = made
            member._sort_order_ = len(names)
            by_value[value] = member
            if not flags or _is_single_bit(value):
                names.append(name)
        by_name[name] = member
    # Last: each of these makes the interpreter forget where it had found the parts of this class.
    for name, member in by_name.items():
        type.__setattr__(made, name, member)


def _fill_masks(made: Any, values: Iterable[int]) -> None:
    for value in values:
        made._flag_mask_ |= value
        if _is_single_bit(value):
            made._singles_mask_ |= value
    made._all_bits_ = 2 ** made._flag_mask_.bit_length() - 1
    in_order = [member._value_ for member in made]
    if in_order != sorted(in_order):
        made._iter_member_ = made._iter_member_by_def_


def _is_single_bit(value: int) -> bool:
    return value != 0 and value & (value - 1) == 0
