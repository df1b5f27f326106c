"""Memory for one picture that two processes see, so that frames travel without being copied through a pipe.

The standard library's shared memory starts a tracking process in every child that is not its own kind and
warns at the end; an anonymous file, or a named mapping on Windows, needs neither.
"""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import tempfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .found import Picture


class Slot:
    """Room for one grey picture of up to `size` pixels."""

    def __init__(self, size: int, address: str | None = None) -> None:
        """Make a slot, or see the one that another process made and calls `address`."""
        self.size = size
        self.address = address or _new_address(size)
        if sys.platform == "win32":
            self._memory = mmap.mmap(-1, size, tagname=self.address)
        else:
            self._memory = mmap.mmap(int(self.address), size)

    def picture(self, height: int, width: int) -> Picture:
        """The slot's memory as a grey picture of this size. Must not be kept: the slot cannot be closed then."""
        return np.frombuffer(self._memory, dtype=np.uint8, count=height * width).reshape(height, width)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a child process must inherit to see the slot."""
        return () if sys.platform == "win32" else (int(self.address),)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
        for descriptor in self.descriptors:
            os.close(descriptor)


def _new_address(size: int) -> str:
    if sys.platform == "win32":
        return f"boxoffice-{secrets.token_hex(8)}"
    if sys.platform == "linux":
        descriptor = os.memfd_create("boxoffice-picture")
    else:
        descriptor, path = tempfile.mkstemp()
        os.unlink(path)
    os.ftruncate(descriptor, size)
    return str(descriptor)
