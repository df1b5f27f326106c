"""What a person sees, hears and touches. Decides nothing about money or entry.

PySide6 listens to every import of the process in case it says `from __feature__ import`, reads the source of each
module for that and keeps it all. Nobody here throws those switches, so imports are the interpreter's alone again.
"""

from __future__ import annotations

import builtins

import PySide6  # noqa: F401 - it begins to listen here

builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)
