"""A consistent copy of the store while it is in use, and the way back.

The engine writes the copy itself; copying the file by hand would miss what is still in its log. A copy
is made beside its final name, made durable, and only then given the name, so a name always stands for
a whole backup.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import msgspec

from boxoffice.config import sync_folder
from boxoffice.errors import BadInput, StorageTrouble, filled

from . import connection as connections
from . import leases, settings
from .connection import Connection


def write(connection: Connection, target: Path) -> None:
    """Copy the store into `target`, encrypted with the same key. Must not run inside a transaction.

    Raises `BadInput` if the target exists, `StorageTrouble` if it cannot be written.
    """
    if target.exists():
        raise BadInput(
            filled("{target} is already there", target=target), "Nothing was overwritten.", "Choose another name."
        )
    partial = target.with_name(target.name + ".partial")
    _remove(partial)
    try:
        _copy(connection, partial)
        sync_file(partial)
        partial.rename(target)
        sync_folder(target.parent)
    except (OSError, connections.DatabaseError) as error:
        _remove(partial)
        raise StorageTrouble(
            "The backup was not written",
            filled("{target}: {error}. The station is as it was.", target=target, error=error),
            "Choose another place.",
        ) from error


def _copy(connection: Connection, target: Path) -> None:
    # The engine counts the copy as writing, so a connection that only reads is let go for as long as it takes.
    (only_reads,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only=OFF")
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.execute(f"PRAGMA query_only={only_reads}")


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def restore(source: Path, store: Path, key: bytes) -> Path | None:
    """Put a copy in the store's place; where the old store is kept now, if there was one.

    The station must be closed. The copy is opened and checked with the key before anything is moved, and
    whenever it is cut short, the store is either the old one or the copy. Raises `BadInput` if it is no
    whole backup of this station.
    """
    if not source.is_file():
        raise BadInput(
            filled("There is no file {source}", source=source),
            "Nothing was changed.",
            "Name a file that `backup` wrote.",
        )
    incoming = store.with_name(store.name + _INCOMING)
    try:
        _remove(incoming)
        shutil.copyfile(source, incoming)
        _check(incoming, key)
        old = _keep(store, key)
        _begin_new_epoch(incoming, key, _epoch_of(store, key), len(kept(store)))
        sync_file(incoming)
        incoming.replace(store)
        sync_folder(store.parent)
    except (OSError, connections.DatabaseError) as error:
        raise StorageTrouble(
            "The backup was not brought back",
            filled("{error}. The station is as it was.", error=error),
            "Free some space and try again.",
        ) from error
    finally:
        _remove(incoming)
    return old


_BEFORE = ".before-restore-"
_INCOMING = ".incoming"
_LOGS = ("-wal", "-shm", "-journal")
"""What the engine may have left beside a file. It would take them for the log of whatever comes to stand there."""


def _remove(file: Path) -> None:
    for ending in (*_LOGS, ""):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _check(copy: Path, key: bytes) -> None:
    """Is it a whole backup of this station?"""
    try:
        connection = connections.writable(copy, key)
    except StorageTrouble as trouble:
        raise BadInput(
            "This is no backup of this station",
            trouble.what,
            "Is it this station's own key?",
        ) from trouble
    try:
        for (line,) in connection.execute("PRAGMA integrity_check").fetchall():
            if line != "ok":
                raise _damaged(line)
        settings.station(connection)
    except connections.DatabaseError as error:
        raise _damaged(error) from error
    finally:
        connection.close()


def _epoch_of(store: Path, key: bytes) -> int:
    """The branch of the journal that the store has come to; 0 if there is none that can be read."""
    if not store.exists():
        return 0
    with contextlib.suppress(StorageTrouble, connections.DatabaseError):
        connection = connections.writable(store, key)
        try:
            return settings.station(connection).epoch
        finally:
            connection.close()
    return 0


def _begin_new_epoch(copy: Path, key: bytes, newest: int, times: int) -> None:
    """What was done after the copy was made is not in it: its journal goes on as a new branch.

    That is behind the `newest` one, too: the same copy may have been brought back before, and worked on. Of a store
    that cannot be read it is not known; so many `times` stores were put aside, each with one branch at most.
    """
    connection = connections.writable(copy, key)
    try:
        station = settings.station(connection)
        settings.put(
            connection,
            "station",
            msgspec.structs.replace(station, epoch=max(newest, station.epoch + times - 1, station.epoch) + 1),
        )
        leases.forget(connection)
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        connection.close()


def _damaged(why: object) -> BadInput:
    return BadInput("This backup is damaged", filled("{why}. Nothing was changed.", why=why), "Take an older one.")


def _keep(store: Path, key: bytes) -> Path | None:
    """Copy the old store to a name of its own, and leave it without a log; that name, if there was a store."""
    kept = None
    if store.exists():
        kept = _free_name(store)
        for ending in (*_LOGS, ""):
            _copy_file(store.with_name(store.name + ending), kept.with_name(kept.name + ending))
            sync_folder(store.parent)
        _close_log(store, key)
    for ending in _LOGS:
        store.with_name(store.name + ending).unlink(missing_ok=True)
    sync_folder(store.parent)
    return kept


def _close_log(store: Path, key: bytes) -> None:
    """Take the newest acts from the log into the store, as far as it can be opened."""
    with contextlib.suppress(StorageTrouble, connections.DatabaseError):
        connection = connections.writable(store, key)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()


def _free_name(store: Path) -> Path:
    number = 1
    while (kept := store.with_name(f"{store.stem}{_BEFORE}{number}{store.suffix}")).exists():
        number += 1
    return kept


def kept(store: Path) -> list[Path]:
    """The stores that `restore` has put aside in the station's folder."""
    return sorted(store.parent.glob(f"{store.stem}{_BEFORE}*{store.suffix}"))


def drop_kept(store: Path) -> None:
    """Remove them, and whatever a copy that was cut off has left."""
    for ending in ("", ".partial"):
        for file in store.parent.glob(f"{store.stem}{_BEFORE}*{store.suffix}{ending}"):
            _remove(file)
    _remove(store.with_name(store.name + _INCOMING))
    sync_folder(store.parent)


def _copy_file(file: Path, new: Path) -> None:
    if not file.exists():
        return
    partial = new.with_name(new.name + ".partial")
    shutil.copyfile(file, partial)
    sync_file(partial)
    partial.replace(new)
