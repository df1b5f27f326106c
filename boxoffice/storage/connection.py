"""Opening the station's store: one engine, always encrypted, always durable.

The engine is `sqlcipher3` and nothing else, because the standard library's SQLite is years old on some
systems and two copies of SQLite in a process can corrupt a file. `synchronous=FULL` is not a setting:
with NORMAL a power cut takes back scans that were answered.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as engine

from boxoffice.errors import StorageTrouble, filled

Connection = Any
"""A `sqlcipher3` connection (the package has no types)."""

DatabaseError: type[Exception] = engine.DatabaseError
OperationalError: type[Exception] = engine.OperationalError
IntegrityError: type[Exception] = engine.IntegrityError

OLDEST = (3, 51, 3)
"""Older engines can corrupt a file that two connections write and checkpoint at once."""

# Of each value that is no plain number or text the driver asks around how it would like to be kept, and finds out in
# the end that it knew. Told once it does not ask, which halves the time of a row with a few of them.
for _kind, _as_it_is in ((bool, int), (bytes, bytes), (type(None), lambda nothing: nothing)):
    engine.register_adapter(_kind, _as_it_is)

BUSY_MS = 5_000
STATEMENTS = 1_000
"""More than we have. When the engine's store of prepared ones is full each newcomer takes the place of the last, so
that two in turn are prepared anew each time; the tables of a new file alone are enough to fill its own measure."""
ROOM = 256 * 1024
"""Bytes that a disk has to have left, else it was that which stood in the way: the engine itself does not say."""
CHECKPOINT_PAGES = 1_000
"""The engine's own measure for a log that is long enough."""


class NotOurs(StorageTrouble):
    """What stands in a file cannot be read with this key: it is another's, or no store at all. The disk is well."""


def writable(path: Path, key: bytes) -> Connection:
    """The one connection that writes; its thread also makes the file if there is none.

    Raises `StorageTrouble` if the file cannot be opened, or the key is not its key.
    """
    connection = _open(path, key)
    try:
        _set_up_for_writing(connection)
    except engine.DatabaseError as error:
        connection.close()
        raise _not_opened(path, error) from error
    return connection


def _set_up_for_writing(connection: Connection) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "fullfsync=ON",  # Where a sync else only reaches the disk's own memory (macOS)
        "checkpoint_fullfsync=ON",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
        "recursive_triggers=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def reading(path: Path, key: bytes, cache: int | None = None) -> Connection:
    """A connection that only reads, for one thread; it keeps so many KiB of pages (default: the engine's 8,000)."""
    connection = _open(path, key)
    if cache is not None:
        connection.execute(f"PRAGMA cache_size=-{cache}")
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def checkpoint(connection: Connection) -> int:
    """Copy what is committed from the log into the file, as far as nobody needs the log. Waits for nobody.

    Returns how many pages the log holds, those that are copied too.
    """
    _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(pages)


def empty_log(connection: Connection) -> bool:
    """Copy everything from the log into the file and cut the log off; False while somebody needs it."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def checkpoint_after(connection: Connection, pages: int = CHECKPOINT_PAGES) -> None:
    """How many pages the log of the writable connection may hold before a commit copies it into the file itself."""
    connection.execute(f"PRAGMA wal_autocheckpoint={pages}").fetchall()


def _open(path: Path, key: bytes) -> Connection:
    if engine.sqlite_version_info < OLDEST:
        raise StorageTrouble(
            "The database engine is too old",
            filled(
                "This is SQLite {sqlite_version}; files are safe from {names} on.",
                sqlite_version=engine.sqlite_version,
                names=".".join(map(str, OLDEST)),
            ),
            "Install the locked packages again (make setup).",
        )
    try:
        connection = engine.connect(
            str(path),
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )
        # Else it writes lines of its own to standard error. What there is to say stands in the trouble.
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except engine.DatabaseError as error:
        raise _not_opened(path, error) from error
    return connection


def _not_opened(path: Path, error: Exception) -> StorageTrouble:
    what = filled("{name}: {error}. Nothing was changed.", name=path.name, error=error)
    if _is_full(path):
        return StorageTrouble("The disk is full", what, "Make room on it; the station is as it was.")
    trouble = NotOurs if getattr(error, "sqlite_errorcode", None) == engine.SQLITE_NOTADB else StorageTrouble
    return trouble(
        "The station's store cannot be opened",
        what,
        "Is this the folder's own key? A backup can be brought back with `boxoffice restore`.",
    )


def _is_full(path: Path) -> bool:
    import shutil  # only in trouble, and never before the first picture

    try:
        return shutil.disk_usage(path.parent).free < ROOM
    except OSError:
        return False
