"""Keeps the bytecode of what PySide6 brings as source, as the interpreter keeps that of every module.

PySide6 carries some of its Python inside a library and compiles it anew at each start, which takes longer than
to load all of our own. What is kept is found by the source itself, so another PySide6 finds nothing and compiles.
The interpreter's switches hold here too (`PYTHONDONTWRITEBYTECODE`, `PYTHONPYCACHEPREFIX`).
"""

from __future__ import annotations

import builtins
import marshal
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from types import CodeType
from typing import Any

Kept = dict[tuple[str, bytes], CodeType]
"""Code by the name and the hash of its source."""


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
        code = now[key] = before.get(key) or compile_anew(source, filename, mode)
        return code

    builtins.compile = compile_once  # type: ignore[assignment]
    try:
        yield
    finally:
        builtins.compile = compile_anew
    if now.keys() != before.keys() and not sys.dont_write_bytecode:
        _write(file, now)


def _read(file: Path) -> Kept:
    """What is kept; nothing if it cannot be read, or another Python wrote it."""
    try:
        content = file.read_bytes()
        if not content.startswith(MAGIC_NUMBER):
            return {}
        found: Kept = marshal.loads(content[len(MAGIC_NUMBER) :])  # noqa: S302 - as trusted as all bytecode beside it
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return found


def _write(file: Path, code: Kept) -> None:
    """Keep it for the next start, whole or not at all; where nothing may be written, that start takes its time."""
    partial = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(MAGIC_NUMBER + marshal.dumps(code))
        partial.replace(file)
    except OSError:
        with suppress(OSError):
            partial.unlink()
