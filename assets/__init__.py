"""Everything the app shows, plays and says that is not code: one way to read it, in a checkout and in a wheel."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path


def read_bytes(name: str) -> bytes:
    """The content of an asset, named by its path below this folder with `/` between."""
    return _at(name).read_bytes()


def read_text(name: str) -> str:
    """The content of a text asset."""
    return _at(name).read_text(encoding="utf-8")


def exists(name: str) -> bool:
    """Whether there is such an asset."""
    return _at(name).is_file()


def path(name: str) -> AbstractContextManager[Path]:
    """The asset as a file on disk, for libraries that open files themselves; valid within the `with`."""
    return resources.as_file(_at(name))


def _at(name: str) -> resources.abc.Traversable:
    return resources.files(__name__).joinpath(name)
