"""Enums that are made quickly: nobody can tell them from the standard library's own."""

from __future__ import annotations

import enum
import pickle
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QSizePolicy

from ui.start import quick_enums

pytestmark = pytest.mark.skipif(not quick_enums.fits(), reason="this Python makes its enums its own way")

PAIRS = {
    "empty": [],
    "in order": [("First", 0), ("Second", 1), ("Third", 2)],
    "out of order, below nought, and twice": [("Late", 64), ("Early", 2), ("Below", -1), ("Again", 64), ("Big", 2**31)],
    "bits, several at once, and a mask": [("None_", 0), ("Low", 1), ("High", 8), ("Both", 9), ("Mask", 0xFFFF)],
}
QT = (Qt.Key, Qt.AlignmentFlag, Qt.KeyboardModifier, QEvent.Type, QSizePolicy.Policy)


def parts(made: Any) -> dict[str, Any]:
    """All that an enum consists of, in words that can be compared with another one's."""
    return {
        name: _plain(value, made) for name, value in vars(made).items() if name not in ("__module__", "__weakref__")
    }


def _plain(value: Any, made: Any) -> Any:
    if value is made:
        return "itself"
    if isinstance(value, made):
        return {name: _plain(part, made) for name, part in vars(value).items()}
    if isinstance(value, dict):
        return [(name, _plain(part, made)) for name, part in value.items()]
    if isinstance(value, staticmethod):
        return value.__func__
    bound = getattr(value, "__self__", None)
    return value.__func__ if bound is made else value


@pytest.mark.parametrize("root", [enum.Enum, enum.Flag, enum.IntEnum, enum.IntFlag])
@pytest.mark.parametrize("pairs", PAIRS.values(), ids=PAIRS)
def test_what_is_made_quickly_is_what_the_standard_library_makes(root: Any, pairs: Any) -> None:
    options: dict[str, Any] = {"module": "here", "qualname": None, "type": None, "start": 1, "boundary": enum.KEEP}
    for _ in range(2):
        quick, careful = (
            make(root, "Kind", pairs, **options) for make in (quick_enums.make, quick_enums.made_with_care)
        )
        assert parts(quick) == parts(careful)
        assert [one.name for one in quick] == [one.name for one in careful]
        assert [repr(quick(value)) for _, value in pairs] == [repr(careful(value)) for _, value in pairs]


def test_bits_that_nobody_named_are_kept() -> None:
    kind = quick_enums.make(enum.Flag, "Kind", [("Low", 1), ("High", 8)], boundary=enum.KEEP)
    assert (kind.Low | kind.High).value == 9
    assert ~kind.Low & (kind.Low | kind.High) is kind.High
    assert kind(3).value == 3


@pytest.mark.parametrize("members", ["Red Green", [("name", 1)], [("_hidden", 1)], [("Half", 0.5)], {"One": 1}])
def test_what_is_out_of_the_ordinary_is_made_with_care(monkeypatch: pytest.MonkeyPatch, members: Any) -> None:
    seen: list[Any] = []

    def made_with_care(_root: Any, _name: str, members: Any, **_options: Any) -> None:
        seen.append(members)

    monkeypatch.setattr(quick_enums, "made_with_care", made_with_care)
    quick_enums.make(enum.Enum, "Kind", members, boundary=enum.KEEP)
    assert seen == [members]


def test_an_enum_that_collects_more_than_is_known_is_made_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = {**quick_enums._pattern(enum.Enum("Empty", [])), "_news_of_a_later_python_": []}
    monkeypatch.setitem(quick_enums._patterns, enum.Enum, pattern)
    kind = quick_enums.make(enum.Enum, "Kind", [("One", 1)], boundary=enum.KEEP)
    assert not hasattr(kind, "_news_of_a_later_python_")
    assert kind(1).name == "One"


@pytest.mark.parametrize("kind", QT, ids=lambda kind: kind.__qualname__)
def test_enums_of_qt_are_what_they_always_were(kind: Any) -> None:
    root = kind.__bases__[0]
    pairs = [(name, member.value) for name, member in kind.__members__.items()]
    careful = quick_enums.made_with_care(root, kind.__name__, pairs, boundary=enum.KEEP)
    assert [(one.name, one.value) for one in kind] == [(one.name, one.value) for one in careful]
    assert kind.__module__.startswith("PySide6.")
    assert pickle.loads(pickle.dumps(list(kind))) == list(kind)


def test_a_python_whose_enums_lack_a_part_makes_them_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(made: Any, members: Any) -> None:
        raise AttributeError("_a_part_that_is_not_there_")

    monkeypatch.setattr(quick_enums, "_fill", fill)
    kind = quick_enums.make(enum.Flag, "Kind", [("Low", 1), ("High", 8)], boundary=enum.KEEP)
    assert [(one.name, one.value) for one in kind] == [("Low", 1), ("High", 8)]
