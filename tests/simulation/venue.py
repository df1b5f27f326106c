"""The hub's machine: the real application on a real store, which may crash, be started anew and be set back.

Its event loop is the world's. Where it would use threads, a job waits a moment and is then done at once, so
other requests come in between exactly where they could on a real machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import make_url
from sqlcipher3 import dbapi2

from boxoffice.domain.instants import micros
from boxoffice.domain.nouns import Noun
from boxoffice.ports import Role
from boxoffice.storage.connection import STATEMENTS
from sync.hub import auth, database, eras
from sync.hub.app import Hub
from sync.hub.database import Database, file_url
from sync.hub.loading import load
from sync.hub.writer import Writer, _Job

from .network import Network
from .stores import STORES
from .world import MOMENT, MORNING, Machine, World, this_machine

T = TypeVar("T")


class OneLine(Database):
    """The hub's store on one connection, without what SQLAlchemy does for many. No two of its jobs are ever under way
    at once, and what is under way has ended before anybody else goes on.
    """

    def __init__(self, path: Path) -> None:
        """The tables are there: they were made on a real one, before the first day."""
        self.url = file_url(path)
        self.is_sqlite = True
        self._engine = database._engine(make_url(self.url))
        self._failures = database._failures_of(dbapi2)
        self._held = Held(self._engine.dialect, STORES.opened(path, lambda: _line_to(path)))
        with self.writing() as connection:
            eras.begin(connection)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        with self.troubles(), self._held.between("BEGIN", "COMMIT", "ROLLBACK"):
            yield self._held

    @contextlib.contextmanager
    def writing(self) -> Iterator[Any]:
        with self.troubles(), self._held.between("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            yield self._held

    def close(self) -> None:
        """Whoever starts the hub again finds the same line."""


class Held:
    """Stands where the hub has a connection of SQLAlchemy."""

    def __init__(self, dialect: Any, line: Any) -> None:
        self.dialect = dialect
        self.connection = line

    def exec_driver_sql(self, statement: str) -> None:
        self.connection.execute(statement)

    def begin_nested(self) -> AbstractContextManager[None]:
        return self.between("SAVEPOINT one", "RELEASE one", "ROLLBACK TO one")

    @contextlib.contextmanager
    def between(self, begin: str, end: str, otherwise: str) -> Iterator[None]:
        """Something that is done whole or not at all."""
        self.connection.execute(begin)
        try:
            yield
        except BaseException:
            self.connection.execute(otherwise)
            raise
        self.connection.execute(end)


def _line_to(path: Path) -> Any:
    line = dbapi2.connect(str(path), check_same_thread=False, cached_statements=STATEMENTS)
    database._prepare(line, None)
    return line


class VenueWriter(Writer):
    """The hub's writer without its thread: what is submitted within a moment is committed together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Any] = []
        self._world = this_machine().world

    def _take(self, job: _Job) -> None:
        if not self._waiting:
            self._world.loop.call_later(MOMENT * this_machine().chance.random(), self._commit)
        self._waiting.append(job)

    def _commit(self) -> None:
        jobs, self._waiting = self._waiting, []
        if jobs:
            self._together(jobs)

    def forget(self) -> None:
        """The machine is off: what was not committed never was."""
        self._waiting.clear()


async def one_by_one(some: Iterable[T]) -> AsyncIterator[T]:
    """Stands where the hub's framework walks through something on a thread."""
    for one in some:
        await asyncio.sleep(MOMENT * this_machine().chance.random())
        yield one


class Venue(Machine):
    """The hub's machine, its folder and its backups."""

    def __init__(self, world: World, network: Network, folder: Path, backup: Path | None = None) -> None:
        super().__init__(world, network, "hub")
        self.folder = folder
        self._store = folder / "hub.db"
        self.lost_by_restore = False
        self._backup = backup
        self._answering: dict[asyncio.Task[None], None] = {}
        self._on = False

    def switch_on(self) -> None:
        with self.here():
            self.database = OneLine(self._store) if self._store.exists() else Database(file_url(self._store))
            self._hub = Hub(self.database)
            self._app = self._hub.app()
        self.network.hub = self._serve
        self._on = True

    async def _serve(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        with self.here():
            task = self.world.go(self._app(scope, receive, send))
        self._answering[task] = None
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            self._answering.pop(task)
        if not task.cancelled() and (error := task.exception()):
            self.world.loop.faults.append(f"The hub failed at {scope['path']}: {type(error).__name__}: {error}")

    async def crash(self) -> None:
        """Off, in the middle of whatever it did."""
        if not self._on:
            return
        self._on = False
        self.network.hub = None
        self._hub._writer.forget()
        for task in list(self._answering):
            task.cancel()
        self.network.cut_all()
        self._hub.pokes.close()
        while self._answering or not self._hub.pokes._quiet.is_set():
            await asyncio.sleep(0.001)
        self.shut()

    def back_up(self) -> None:
        """Keep a copy of the store as it is."""
        self.tell("backup")
        self._backup = self.folder / "backup.db"
        self._copy(self._store, self._backup)

    async def set_back(self) -> None:
        """Bring the copy back, if there is one."""
        if self._backup is None:
            return
        self.tell("set back to its backup")
        await self.crash()
        STORES.forget(self._store)
        self._copy(self._backup, self._store)
        self.lost_by_restore = True
        self.switch_on()

    async def restart(self, after: float) -> None:
        self.tell(f"crashes, and is back after {after:.1f} s")
        await self.crash()
        await asyncio.sleep(after)
        if not self._on:
            self.switch_on()

    def _copy(self, one: Path, other: Path) -> None:
        for ending in ("", "-wal"):
            source, target = Path(f"{one}{ending}"), Path(f"{other}{ending}")
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)
        Path(f"{other}-shm").unlink(missing_ok=True)

    def load(self, *nouns: Noun) -> None:
        """Somebody sold or changed something, somewhere else."""
        with self.here():
            load(self.database, nouns)

    def invite(self, name: str) -> str:
        with self.database.writing() as connection:
            return auth.invite(connection, name, Role.SUPERVISOR, (), "", micros(MORNING))

    def query(self, sql: str) -> list[Any]:
        """What its store says, past all of the hub's own code."""
        return STORES.opened(self._store, lambda: _line_to(self._store)).execute(sql).fetchall()

    def shut(self) -> None:
        """Let go of the store."""
        self.database.close()
