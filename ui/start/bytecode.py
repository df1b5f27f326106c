"""Keeps the bytecode of what PySide6 brings as source, as the interpreter keeps that of every module.

PySide6 carries some of its Python inside a library and compiles it anew at each start, which takes longer than
to load all of our own. What is kept is found by the source itself, so another PySide6 finds nothing and compiles; and
by the archive in which the sources lie, so that they are not even unpacked.
The interpreter's switches hold here too (`PYTHONDONTWRITEBYTECODE`, `PYTHONPYCACHEPREFIX`). What only serves the
words of an error is not even run before somebody asks for them.
"""

from __future__ import annotations

import builtins
import io
import marshal
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from boxoffice.postponing import put_off

if TYPE_CHECKING:
    from zipfile import ZipFile

LATER = frozenset(
    f"shibokensupport/signature/{part}.py"
    for part in ("errorhandler", "layout", "parser", "lib/enum_sig", "lib/pyi_generator", "lib/tool")
)
"""What PySide6 needs for the words of a `TypeError`, for help texts and type stubs: run when somebody asks for it."""

_HEAD = MAGIC_NUMBER + b"bytes"

Key = tuple[str, bytes]
"""The name and the hash of a source; without a name, of an archive."""

Kept = dict[Key, bytes]
"""Code as bytes, as most of what is postponed is never made code again. Of an archive, the hash of each part."""


@contextmanager
def kept() -> Iterator[None]:
    """Within the `with`, what was compiled in one before is not compiled again."""
    file = Path(cache_from_source(__file__)).with_suffix(".kept")
    before = _read(file)
    now: Kept = {}
    compile_anew = builtins.compile

    def compile_once(source: Any, filename: str, mode: str, *rest: Any, **options: Any) -> Any:
        if not isinstance(source, bytes) or mode != "exec" or rest or options:
            return compile_anew(source, filename, mode, *rest, **options)
        key = source.key if isinstance(source, _Unread) else (filename, source_hash(source))
        code = now[key] = before.get(key) or marshal.dumps(compile_anew(source, filename, mode))
        return _postpone(filename, code) if filename in LATER else marshal.loads(code)  # noqa: S302 - dumped above

    builtins.compile = compile_once  # type: ignore[assignment]
    try:
        with _archives_unread(before, now):
            yield
    finally:
        builtins.compile = compile_anew
    # Where PySide6 was loaded before, nothing is compiled here, and what is kept is not to be thrown away.
    if not now.keys() <= before.keys() and not sys.dont_write_bytecode:
        _write(file, now)


@contextmanager
def _archives_unread(before: Kept, now: Kept) -> Iterator[None]:
    """Within the `with`, who opens an archive gets an `_Archive` of it."""
    with put_off("zipfile") as stand_ins:
        for zipfile in stand_ins:
            vars(zipfile)["ZipFile"] = partial(_Archive, vars(zipfile)["__getattr__"], before, now)
        try:
            yield
        finally:
            for zipfile in stand_ins:
                vars(zipfile).pop("ZipFile", None)


class _Archive:
    """What PySide6 asks of an archive: parts whose code is kept are there, but empty."""

    def __init__(self, zipfile: Callable[[str], Any], before: Kept, now: Kept, file: io.BytesIO) -> None:
        self._zipfile = zipfile
        self._file = file
        self._before = before
        key = ("", source_hash(file.getvalue()))
        listed = now[key] = before.get(key) or self._hashes()
        self._keys: dict[str, Key] = {name: (name, hash_) for name, hash_ in marshal.loads(listed).items()}  # noqa: S302
        self.filelist = [SimpleNamespace(filename=name) for name in self._keys]

    def _hashes(self) -> bytes:
        return marshal.dumps({name: source_hash(self._opened.read(name)) for name in self._opened.namelist()})

    @cached_property
    def _opened(self) -> ZipFile:
        opened: ZipFile = self._zipfile("ZipFile")(self._file)
        return opened

    @contextmanager
    def open(self, name: str, mode: str = "r") -> Iterator[Any]:
        """A part, to be read."""
        key = self._keys[name]
        if mode == "r" and key in self._before:
            yield SimpleNamespace(read=lambda: _Unread(key))
            return
        yield io.BytesIO(self._opened.read(name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened, name)


class _Unread(bytes):
    """A source whose code is kept, and which therefore nobody reads."""

    key: Key

    def __new__(cls, key: Key) -> _Unread:
        made = super().__new__(cls)
        made.key = key
        return made


_postponed: dict[str, bytes] = {}
"""The code of modules that were imported and not run."""
_turn = threading.RLock()


def _postpone(filename: str, code: bytes) -> CodeType:
    _postponed[filename.removesuffix(".py").replace("/", ".")] = code
    return _stand_in.__code__


def _stand_in() -> None:
    """Its code is run in place of a module's own, in the module's namespace."""
    from ui.start.bytecode import run_for

    globals()["__getattr__"] = run_for(globals())


def run_for(space: dict[str, Any]) -> Callable[[str], Any]:
    """What a module answers with when a name is not there yet: it runs, once, and looks again."""
    module = space["__name__"]

    def look_up(name: str) -> Any:
        with _turn:
            code = _postponed.pop(module, None)
            if code is not None:
                exec(marshal.loads(code), space)  # noqa: S102, S302 - what the import would have run
        if name in space:
            return space[name]
        raise AttributeError(f"module {module} has no attribute {name}")

    return look_up


def _read(file: Path) -> Kept:
    """What is kept; nothing if it cannot be read, or another Python wrote it."""
    try:
        content = file.read_bytes()
        if not content.startswith(_HEAD):
            return {}
        found: Kept = marshal.loads(content[len(_HEAD) :])  # noqa: S302 - as trusted as all bytecode beside it
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return found


def _write(file: Path, code: Kept) -> None:
    """Keep it for the next start, whole or not at all; where nothing may be written, that start takes its time."""
    partial = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(_HEAD + marshal.dumps(code))
        partial.replace(file)
    except OSError:
        with suppress(OSError):
            partial.unlink()
