"""What a person sees, hears and touches. Decides nothing about money or entry.

PySide6 is loaded here, and kept from two things that would slow down every start. It compiles what it brings as
source (see `bytecode`). And it listens to every import of the process in case it says `from __feature__ import`,
reads the source of each module for that and keeps it all: nobody here throws those switches, so imports are the
interpreter's alone again.
"""

from __future__ import annotations

import builtins

from . import bytecode

with bytecode.kept():
    import PySide6  # noqa: F401 - it begins to listen here

builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
