"""What the workers of sync ask of the open station: its writer, its shelf, and a look into the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from boxoffice.services.stock import Stock
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Writer

T = TypeVar("T")


class Station(Protocol):
    """The part of `boxoffice.bootstrap.App` that sync works with."""

    writer: Writer
    shelf: Shelf

    @property
    def stock(self) -> Stock:
        """What is set aside for the station."""
        ...

    def read(self, question: Callable[[Connection], T]) -> T:
        """Ask the store on the calling thread, with a connection of its own."""
        ...
