"""Modules that are put off: not loaded by who only imports them, and all there for who uses one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boxoffice.postponing import left_out, put_off, without_sources

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Puts modules where they are found, for one test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    before = dict(sys.modules)

    def write(**modules: str) -> None:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source)

    yield write
    for name in sys.modules.keys() - before.keys():
        del sys.modules[name]
    sys.modules.update(before)


def test_a_module_is_loaded_by_who_uses_it_and_not_by_who_imports_it(write: Write) -> None:
    write(slow="answer = 42", importer="import slow\ndef ask(): return slow.answer")
    with put_off("slow"):
        import importer  # type: ignore[import-not-found]
    assert "slow" not in sys.modules
    assert importer.ask() == 42
    import slow  # type: ignore[import-not-found]

    slow.answer = 43
    assert importer.ask() == 43


def test_who_asks_at_once_is_answered_at_once(write: Write) -> None:
    write(slow="answer = 42", importer="from slow import answer")
    with put_off("slow"):
        import importer
    assert importer.answer == 42
    assert sys.modules["slow"].answer == 42


def test_a_module_that_is_there_already_stays(write: Write) -> None:
    write(slow="answer = 42")
    import slow

    with put_off("slow") as stand_ins:
        assert stand_ins == []
        assert sys.modules["slow"] is slow
    assert sys.modules["slow"] is slow


def test_what_is_left_out_is_missing_only_for_who_asks_meanwhile(write: Write) -> None:
    write(extra="", importer="try:\n    import extra\nexcept ImportError:\n    extra = None")
    with left_out("extra"):
        import importer
    assert importer.extra is None
    import extra  # type: ignore[import-not-found] # noqa: F401


def test_sources_are_read_again_afterwards(write: Write) -> None:
    write(importer="import inspect\ndef read(what): return inspect.getsource(what)")
    del sys.modules["inspect"]
    with without_sources():
        import importer

        with pytest.raises(OSError, match="is not read"):
            importer.read(importer)
    assert importer.read(importer) == inspect.getsource(importer)
