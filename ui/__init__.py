"""What a person sees, hears and touches. Decides nothing about money or entry.

PySide6 is loaded here, and kept from what would slow down every start. It compiles what it brings as source (see
`start.bytecode`), has a thousand members of enums made the long way (see `start.quick_enums`), and loads what only
its help texts need. And it listens to every import of the process in case it says `from __feature__ import`, reads
the source of each module for that and keeps it all: nobody here throws those switches, so imports are the
interpreter's alone again. msgspec is loaded here for a like reason: what it takes from `typing_extensions` the
standard library has too, and nobody here reads TOML or YAML with it.
"""

from __future__ import annotations

import builtins

from boxoffice.postponing import left_out, put_off, without_sources

from .start import bytecode, quick_enums

quick_enums.install()
with bytecode.kept(), put_off("tempfile"), without_sources():
    import PySide6  # noqa: F401 - it begins to listen here

builtins.__import__ = vars(builtins).get("__orig_import__", builtins.__import__)

with left_out("typing_extensions"), put_off("msgspec.inspect", "msgspec.toml", "msgspec.yaml"):
    import msgspec  # noqa: F401
