"""What the rooms above ask of the station that is open: they read here and now, and write one job after the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from .catalog import Shelf
from .connection import Connection
from .writer import Job, Lane

T = TypeVar("T")


class Station(Protocol):
    """The part of an open station that a room works with."""

    shelf: Shelf

    def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the store on the calling thread."""
        ...

    def write(self, job: Job[T], lane: Lane = Lane.PERSON) -> Future[T]:
        """Change the store, in one transaction."""
        ...
