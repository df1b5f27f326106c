"""Everything the app shows, plays and says that is not code: one way to it, in a checkout and in a wheel.

Both lie on the disk as files. (Neither Qt nor the engine could be loaded out of an archive, so nobody tries.)
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def path(name: str) -> Path:
    """The file of an asset, named by its path below this folder with `/` between."""
    return _HERE.joinpath(*name.split("/"))


def read_bytes(name: str) -> bytes:
    """The content of an asset."""
    return path(name).read_bytes()


def read_text(name: str) -> str:
    """The content of a text asset."""
    return path(name).read_text(encoding="utf-8")


def exists(name: str) -> bool:
    """Whether there is such an asset."""
    return path(name).is_file()
