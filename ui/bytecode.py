"""Keeps the bytecode of what PySide6 brings as source, as the interpreter keeps that of every module.

PySide6 carries some of its Python inside a library and compiles it anew at each start, which takes longer than
to load all of our own. What is kept is found by the source itself, so another PySide6 finds nothing and compiles.
The interpreter's switches hold here too (`PYTHONDONTWRITEBYTECODE`, `PYTHONPYCACHEPREFIX`). What only serves the
words of an error is not even run before somebody asks for them.
"""

from __future__ import annotations

import builtins
import marshal
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from types import CodeType
from typing import Any

LATER = frozenset(
    f"shibokensupport/signature/{part}.py"
    for part in ("errorhandler", "layout", "parser", "lib/enum_sig", "lib/pyi_generator", "lib/tool")
)
"""What PySide6 needs for the words of a `TypeError`, for help texts and type stubs: run when somebody asks for it."""

_HEAD = MAGIC_NUMBER + b"bytes"

Kept = dict[tuple[str, bytes], bytes]
"""Code as bytes, by the name and the hash of its source: most of what is postponed is never made code again."""


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
        key = (filename, source_hash(source))
        code = now[key] = before.get(key) or marshal.dumps(compile_anew(source, filename, mode))
        return _postpone(filename, code) if filename in LATER else marshal.loads(code)  # noqa: S302 - dumped above

    builtins.compile = compile_once  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.compile = compile_anew
    if now.keys() != before.keys() and not sys.dont_write_bytecode:
        _write(file, now)


_postponed: dict[str, bytes] = {}
"""The code of modules that were imported and not run."""
_turn = threading.RLock()


def _postpone(filename: str, code: bytes) -> CodeType:
    _postponed[filename.removesuffix(".py").replace("/", ".")] = code
    return _stand_in.__code__


def _stand_in() -> None:
    """Its code is run in place of a module's own, in the module's namespace."""
    from ui.bytecode import run_for

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
