"""Days and times as people type them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from ui import language, typed_times


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(language._in_use, "locale", QLocale("de_DE"))
    yield
    language.set_clock(())


@pytest.mark.parametrize(
    "typed", ["21.11.2026", "21. 11. 2026", "21/11/2026", "21112026", "2026-11-21", "2026年11月21日"]
)
def test_a_day_is_understood_in_many_forms(typed: str) -> None:
    assert typed_times.day_from(typed) == "2026-11-21"


def test_months_come_first_where_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language._in_use, "locale", QLocale("en_US"))
    assert typed_times.day_from("11/21/2026") == "2026-11-21"
    assert typed_times.day_from("21.11.2026") == "2026-11-21"
    assert typed_times.day_words("2026-11-21") == "11/21/2026"


@pytest.mark.parametrize("typed", ["31.02.2026", "3.2.99", "tomorrow", "", "1.2", "21.11.2026.1"])
def test_what_is_no_day_goes_on_as_it_was_typed(typed: str) -> None:
    assert typed_times.day_from(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1830", "18:30"),
        ("18.30", "18:30"),
        ("7:05", "07:05"),
        ("6:30 pm", "18:30"),
        ("12:15am", "00:15"),
        ("0000", "00:00"),
        ("25:00", "25:00"),
        ("7", "7"),
        ("13 pm", "13 pm"),
        ("noon", "noon"),
    ],
)
def test_a_time_is_understood_in_many_forms(typed: str, meant: str) -> None:
    assert typed_times.time_from(typed) == meant


def test_a_moment_is_a_day_and_a_time() -> None:
    assert typed_times.moment_from("21.11.2026 18:30") == "2026-11-21 18:30"
    assert typed_times.moment_from("21.11.2026, 6:30 pm") == "2026-11-21 18:30"
    assert typed_times.moment_from("21.11.2026") == "21.11.2026"


def test_a_kept_moment_is_told_on_the_clock_of_the_events() -> None:
    language.set_clock(["America/New_York"])
    assert typed_times.moment_words("2026-11-21T18:30:00+01:00") == "21.11.2026 12:30"
    assert typed_times.moment_words("once") == "once"
