"""The hub's database: SQLite in one file by default, PostgreSQL by its address.

SQLite is reached through `sqlcipher3`, because that brings its own, new engine; the copy in the standard
library may be one that can damage a file which two connections write to. Writers take turns on both: on
SQLite by a lock of the operating system and in the end the engine's own, on PostgreSQL by an advisory lock
that a writer takes before it looks at anything. So what a writer has read is still so when it writes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url

from boxoffice.errors import BadInput, StorageTrouble

from . import eras, schema
from .file_turn import FileTurn

if TYPE_CHECKING:
    import psycopg

SAFE_ENGINE = (3, 51, 3)
PATIENCE_MS = 30_000

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA busy_timeout = {PATIENCE_MS}",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -8000",
)
TURN = 0x626F786F
"""The advisory lock that a writer on PostgreSQL holds until its commit."""
_TAKE_TURN = f"SELECT pg_advisory_xact_lock({TURN})"
_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


class Database:
    """The engine and its two kinds of transactions. Threads share one."""

    def __init__(self, url: str) -> None:
        """Open the database, make it if it is not there, and bring its tables up to date."""
        self.url = url
        address = _address(url)
        self._engine = _engine(address)
        self._failures = _failures_of(sqlalchemy.exc) + _failures_of(self._engine.dialect.loaded_dbapi)
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        self._turn = FileTurn(Path(address.database) if address.database else None) if self.is_sqlite else None
        self._was_cut_off = False
        with contextlib.ExitStack() as unless_it_opens:
            unless_it_opens.callback(self.close)
            with self.writing() as connection:
                schema.bring_up(connection)
                eras.begin(connection)
            unless_it_opens.pop_all()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state and changes nothing."""
        with self.troubles(), self._connected() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(**_ONE_STATE)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable when it ends, or never was."""
        turn = self._turn.taken() if self._turn else contextlib.nullcontext()
        with self.troubles(), turn, self._connected() as connection:
            connection = connection.execution_options(writing=True)
            with connection.begin():
                if self._was_cut_off:
                    eras.begin(connection)
                yield connection
            self._was_cut_off = False

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            line: Any = connection.connection.driver_connection
            try:
                yield connection
            except self._failures:
                if not self.is_sqlite and line.closed:
                    self._engine.dispose()  # The server was started anew, so the other connections are as dead.
                    self._was_cut_off = True
                raise

    @contextlib.contextmanager
    def own_line(self) -> Iterator[psycopg.Connection]:
        """A connection of PostgreSQL outside the pool and outside of transactions, to hear notifications on."""
        with self.troubles():
            borrowed = self._engine.raw_connection()
            line: Any = borrowed.driver_connection
            borrowed.detach()
            with contextlib.closing(line):
                line.autocommit = True
                yield line

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def troubles(self) -> Iterator[None]:
        """Name what the database complains of in our words."""
        try:
            yield
        except self._failures as error:
            said = str(getattr(error, "orig", error)).strip().rstrip(".")
            check = "its disk, and that no other program holds it" if self.is_sqlite else "that its server runs"
            raise StorageTrouble("The hub's store does not work", f"{said}.", f"Check {check}.") from error


def _failures_of(module: Any) -> tuple[type[Exception], ...]:
    """What is the database's fault, or its file's; other errors are ours."""
    return module.OperationalError, module.InterfaceError, module.ProgrammingError


def _address(url: str) -> URL:
    try:
        found = make_url(url)
        if found.get_backend_name() not in ("sqlite", "postgresql"):
            raise BadInput("That is no database of ours", f"Got {url!r}.", "sqlite:///FILE or postgresql://HOST/NAME.")
    except sqlalchemy.exc.ArgumentError as error:
        raise BadInput("That is no address of a database", f"Got {url!r}.", "It looks like sqlite:///FILE.") from error
    return found


def file_url(path: Path) -> str:
    """The address of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _server(url)
    from sqlcipher3 import dbapi2

    if dbapi2.sqlite_version_info < SAFE_ENGINE:
        raise StorageTrouble(
            "The database engine is too old",
            f"It is {dbapi2.sqlite_version}; versions before 3.51.3 can damage a store.",
            "Install sqlcipher3 anew.",
        )
    if url.database:
        _make_private(Path(url.database))
    # Each transaction ends by itself; to be asked again at the return would cost each a statement.
    engine = sqlalchemy.create_engine(url, module=dbapi2, pool_size=20, max_overflow=20, pool_reset_on_return=None)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _server(url: URL) -> Engine:
    engine = sqlalchemy.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=20,
        max_overflow=20,
        connect_args={
            "application_name": "boxoffice hub",
            "connect_timeout": PATIENCE_MS // 1000,
            "options": f"-c lock_timeout={PATIENCE_MS}",
        },
    )
    event.listen(engine, "begin", _take_turn)
    return engine


def _make_private(path: Path) -> None:
    """Make the file, if it is not there, so that only its owner can read what is in it.

    One that is there is not opened: closing it would let go of the locks that the engine has on it in this process.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StorageTrouble(
            "The hub's store cannot be made", f"{path}: {error.strerror}.", "Choose another place with --db."
        ) from error


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # We say BEGIN ourselves; the module would say it too late.
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once: one that began as a reader would be sent back half-way."""
    line: Any = connection.connection.driver_connection
    line.execute("BEGIN IMMEDIATE" if _is_writing(connection) else "BEGIN")


def _take_turn(connection: Connection) -> None:
    """A writer waits here for those before it, and then sees all that they did."""
    if _is_writing(connection):
        connection.exec_driver_sql(_TAKE_TURN)


def _is_writing(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writing", False))
