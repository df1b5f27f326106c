"""Puts off what libraries load in advance and only some of their users ever need.

A stand-in takes the module's place while its importer is being imported, and loads it when somebody first asks for
something of it; from then on nobody else meets the stand-in.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def put_off(*names: str) -> Iterator[list[ModuleType]]:
    """Within the `with`, importing these modules does not load them; whoever uses one later loads it then.

    Gives the stand-ins, of those that were not loaded before.
    """
    stand_ins = {name: _stand_in(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield list(stand_ins.values())
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _stand_in(name: str) -> ModuleType:
    stand_in = ModuleType(name)

    def look_up(part: str) -> Any:
        # The interpreter asks so whether a module is still being loaded.
        if part.startswith("__"):
            raise AttributeError(part)
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(importlib.import_module(name), part)

    vars(stand_in)["__getattr__"] = look_up
    return stand_in


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Within the `with`, a module is not found: for libraries that do without it where it is not installed."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def without_sources() -> Iterator[None]:
    """Within the `with`, `inspect` is not loaded to read the source of a module: it has none, as in a bundle."""

    def getsource(module: object) -> str:
        raise OSError(f"the source of {module} is not read")

    with put_off("inspect") as stand_ins:
        for inspect in stand_ins:
            vars(inspect)["getsource"] = getsource
        try:
            yield
        finally:
            for inspect in stand_ins:
                del vars(inspect)["getsource"]
