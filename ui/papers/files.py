"""Files that are written where somebody said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boxoffice.errors import BadInput, filled


@contextmanager
def writing() -> Iterator[None]:
    """What happens meanwhile to files of the disk raises `BadInput` where it fails."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            "The file was not written", filled("{error}.", error=error.strerror), "Choose another place."
        ) from error
