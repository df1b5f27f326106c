"""Stores without threads: one connection to each, on which each job is done at once, as a transaction as always."""

from __future__ import annotations

import math
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from boxoffice.storage import connection
from boxoffice.storage.readers import Readers
from boxoffice.storage.writer import Lane, Writer

from .fibres import Killed
from .world import Time


class Stores:
    """Connections to stores, one for each: who crashes or goes home finds his again, without what was not committed.

    Readers use it too. No two are ever awake at once, and only a job that is under way has something uncommitted.
    They are there again on the next day, with all their statements prepared: that is a fifth of what a day costs.
    """

    def __init__(self) -> None:
        self._open: dict[Path, Any] = {}
        self._mornings: dict[Path, Any] = {}

    def connection(self, path: Path, key: bytes) -> Any:
        """The one to this file."""
        return self.opened(path, lambda: connection.writable(path, key))

    def opened(self, path: Path, opening: Callable[[], Any]) -> Any:
        """The one to this file, which is opened like this."""
        if path not in self._open:
            self._open[path] = opening()
        return self._open[path]

    def bring(self, morning: Path, store: Path) -> None:
        """Make the folder of a store what it is on the morning, also beneath the connection to it."""
        folder = store.parent
        folder.mkdir(parents=True, exist_ok=True)
        if store in self._open and not self._write_over(store, morning / store.name):
            self.forget(store)
        kept = store.name if store in self._open else "nothing"
        for left in folder.iterdir():
            if not left.name.startswith(kept):
                left.unlink()
        for file in morning.iterdir():
            if file.name != kept and not file.name.endswith(BESIDE):
                shutil.copyfile(file, folder / file.name)

    def _write_over(self, store: Path, morning: Path) -> bool:
        """By another connection, as another process would, but for the tables, which are the same. Whether it is seen:
        somebody may have died in the middle of reading.
        """
        if morning not in self._mornings:
            self._mornings[morning] = in_plain(morning, b"")
        source, target, reader = self._mornings[morning], in_plain(store, b""), self._open[store]
        before = reader.execute(_SEEN).fetchone()
        source.backup(target)
        [tables] = source.execute("PRAGMA schema_version").fetchone()
        target.execute(f"PRAGMA schema_version = {tables}")
        target.close()
        connection.checkpoint_after(reader)
        return bool(reader.execute(_SEEN).fetchone() != before)

    def forget(self, path: Path) -> None:
        """Close it, before another file comes to stand there."""
        if path in self._open:
            self._open.pop(path).close()

    def forget_all(self) -> None:
        """Nobody comes back."""
        for path in list(self._open):
            self.forget(path)
        while self._mornings:
            self._mornings.popitem()[1].close()


STORES = Stores()
BESIDE = ("-wal", "-shm")
"""What lies beside a store that is open."""
_SEEN = "PRAGMA data_version"


def in_plain(path: Path, _key: bytes) -> Any:
    """A connection to a store that is not encrypted: no day is about that, and each page would pay for it."""
    return connection.engine.connect(
        str(path), isolation_level=None, check_same_thread=False, cached_statements=connection.STATEMENTS
    )


class OnTheSpot(Writer):
    """The station's writer without its thread: each job is done at once, in a transaction as always."""

    def __init__(self, path: Path, key: bytes, prepare: Any) -> None:
        self._connection = STORES.connection(path, key)
        prepare(self._connection)
        self._lanes = (deque(), deque())
        self._serving = False
        self._off = False
        self.served_at = -math.inf
        self.after_commit = []

    def _submit(self, job: Any, lane: Lane) -> Future[Any]:
        if self._off:
            raise Killed
        if lane is Lane.PERSON:
            self.served_at = Time.monotonic()
        future: Future[Any] = Future()
        self._do(job, future)
        return future

    def at_once(self, job: Any) -> Future[Any]:
        return self.submit(job)

    def stop(self) -> None:
        self._off = True
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class OneReader(Readers):
    """Reads what the writer's connection shows, which is never in the middle of a job then."""

    def here(self) -> Any:
        if not self._all:
            self._all.append(STORES.connection(self._folder.store, self._key))
        return self._all[0]

    def close(self) -> None:
        self._all.clear()
