"""Bytecode of what PySide6 brings as source: compiled once, again when it changed, and never in the way."""

from __future__ import annotations

import builtins
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ui.start import bytecode

ROOT = Path(bytecode.__file__).parents[2]
COMPILED = """
import sys
seen = []
sys.addaudithook(lambda event, args: event == "compile" and seen.append(str(args[1])))
import ui
print(sum(name.startswith("shibokensupport") for name in seen))
"""


MISTAKEN = """
import sys
import ui.app
from PySide6.QtCore import QPoint
parser = sys.modules["shibokensupport.signature.parser"]
print("pyside_type_init" in vars(parser))
try:
    QPoint("three", 4)
except TypeError as error:
    print(error)
print("pyside_type_init" in vars(parser))
"""


@pytest.fixture(autouse=True)
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were really compiled; the bytecode lies in a folder of the test's own."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    compile_anew, seen = builtins.compile, list[str]()

    def note(source: Any, filename: str, mode: str, *rest: Any, **options: Any) -> Any:
        seen.append(filename)
        return compile_anew(source, filename, mode, *rest, **options)

    monkeypatch.setattr(builtins, "compile", note)
    return seen


def answer_of(source: bytes) -> int:
    with bytecode.kept():
        code = compile(source, "part.py", "exec")
    found: dict[str, int] = {}
    exec(code, found)
    return found["answer"]


def test_the_second_start_compiles_nothing(compiled: list[str]) -> None:
    assert [answer_of(b"answer = 1"), answer_of(b"answer = 1")] == [1, 1]
    assert compiled == ["part.py"]


def test_another_source_of_the_same_name_is_compiled(compiled: list[str]) -> None:
    assert [answer_of(b"answer = 1"), answer_of(b"answer = 2")] == [1, 2]
    assert compiled == ["part.py", "part.py"]


def test_damage_costs_a_compilation_and_nothing_else(tmp_path: Path) -> None:
    answer_of(b"answer = 1")
    (file,) = tmp_path.rglob("*.kept")
    file.write_bytes(file.read_bytes()[:-7])
    assert answer_of(b"answer = 1") == 1


def test_where_nothing_may_be_written_everything_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "taken"))
    assert answer_of(b"answer = 1") == 1


def test_pyside_is_compiled_once(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def start() -> int:
        command = [sys.executable, "-c", COMPILED]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert start() > 0
    assert start() == 0


def test_an_archive_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("part.py", "answer = 42")
        made.writestr("notes.txt", "never run")
    unpacked: list[str] = []
    read = zipfile.ZipFile.read

    def note(self: zipfile.ZipFile, name: str) -> bytes:
        unpacked.append(name)
        return read(self, name)

    monkeypatch.setattr(zipfile.ZipFile, "read", note)

    def start() -> tuple[list[str], int, bytes]:
        unpacked.clear()
        monkeypatch.delitem(sys.modules, "zipfile")
        with bytecode.kept():
            import zipfile as put_off

            monkeypatch.setitem(sys.modules, "zipfile", zipfile)
            opened = put_off.ZipFile(archive)
            found: dict[str, int] = {}
            with opened.open("part.py", "r") as part:
                exec(compile(part.read(), "part.py", "exec"), found)
        assert [one.filename for one in opened.filelist] == ["part.py", "notes.txt"]
        return unpacked.copy(), found["answer"], opened.read("notes.txt")

    assert start() == (["part.py", "notes.txt", "part.py"], 42, b"never run")
    assert start() == ([], 42, b"never run")


def test_what_an_error_needs_is_run_when_the_first_is_made() -> None:
    done = subprocess.run([sys.executable, "-c", MISTAKEN], cwd=ROOT, capture_output=True, text=True, check=True)
    before, *message, after = done.stdout.splitlines()
    assert (before, after) == ("False", "True")
    assert "PySide6.QtCore.QPoint.__init__(xpos: int, ypos: int, /)" in "".join(message)


def test_a_postponed_part_is_run_once_and_knows_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bytecode, "LATER", frozenset({"part.py"}))
    with bytecode.kept():
        code = compile(b"runs = globals().get('runs', 0) + 1", "part.py", "exec")
    part = ModuleType("part")
    exec(code, vars(part))
    assert "runs" not in vars(part)
    assert [part.runs, part.runs] == [1, 1]
    with pytest.raises(AttributeError, match="missing"):
        _ = part.missing
