"""Reading connections, one a thread: each sees what was committed, and nobody waits for the one that writes."""

from __future__ import annotations

import threading

from boxoffice.config import Folder

from . import connection
from .connection import Connection

_BESIDE_THE_WINDOW = 500
"""KiB that a worker's connection keeps: it reads through what it needs and rarely meets a page again."""


class Readers:
    """Of one store; kept open until all of them are closed."""

    def __init__(self, folder: Folder, key: bytes) -> None:
        self._folder = folder
        self._key = key
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[Connection] = []

    def here(self) -> Connection:
        """The calling thread's own connection."""
        held: Connection | None = getattr(self._local, "connection", None)
        if held is None:
            cache = None if threading.current_thread() is threading.main_thread() else _BESIDE_THE_WINDOW
            held = connection.reading(self._folder.store, self._key, cache)
            self._local.connection = held
            with self._lock:
                self._all.append(held)
        return held

    def close(self) -> None:
        """Close them all; only after the threads that used them have ended or will not read again."""
        with self._lock:
            for one in self._all:
                one.close()
            self._all.clear()
        self._local = threading.local()
