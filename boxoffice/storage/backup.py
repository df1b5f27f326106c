"""A consistent copy of the store while it is in use, and the way back.

The engine writes the copy itself; copying the file by hand would miss what is still in its log. A copy
is made beside its final name, made durable, and only then given the name, so a name always stands for
a whole backup.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec

from boxoffice.errors import BadInput, StorageTrouble

from . import connection as connections
from . import settings
from .connection import Connection


def write(connection: Connection, target: Path) -> None:
    """Copy the store into `target`, encrypted with the same key. Must not run inside a transaction.

    Raises `BadInput` if the target exists, `StorageTrouble` if it cannot be written.
    """
    if target.exists():
        raise BadInput(f"{target} is already there", "Nothing was overwritten.", "Choose another name.")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        connection.execute("VACUUM INTO ?", (str(partial),))
        sync_file(partial)
        partial.rename(target)
        sync_folder(target.parent)
    except (OSError, connections.DatabaseError) as error:
        partial.unlink(missing_ok=True)
        raise StorageTrouble(
            "The backup was not written", f"{target}: {error}. The station is as it was.", "Choose another place."
        ) from error


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable (where the system has such a thing)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def restore(source: Path, store: Path, key: bytes) -> Path | None:
    """Put a copy in the store's place; where the old store is kept now, if there was one.

    The station must be closed. The copy is opened and checked with the key before anything is moved.
    Raises `BadInput` if it is no whole backup of this station.
    """
    if not source.is_file():
        raise BadInput(f"There is no file {source}", "Nothing was changed.", "Name a file that `backup` wrote.")
    incoming = store.with_name(store.name + ".incoming")
    try:
        shutil.copyfile(source, incoming)
        _begin_new_epoch(incoming, key)
        sync_file(incoming)
        kept = _set_aside(store)
        incoming.rename(store)
        sync_folder(store.parent)
    except OSError as error:
        raise StorageTrouble(
            "The backup was not brought back", f"{error}. The station is as it was.", "Free some space and try again."
        ) from error
    finally:
        incoming.unlink(missing_ok=True)
    return kept


def _begin_new_epoch(copy: Path, key: bytes) -> None:
    """What was done after the copy was made is not in it: its journal goes on as a new branch."""
    try:
        connection = connections.writable(copy, key)
    except StorageTrouble as trouble:
        raise BadInput(
            "This is no backup of this station", f"{trouble.what} Nothing was changed.", "Is it this station's own key?"
        ) from trouble
    try:
        for (line,) in connection.execute("PRAGMA integrity_check").fetchall():
            if line != "ok":
                raise BadInput("This backup is damaged", f"{line}. Nothing was changed.", "Take an older one.")
        station = settings.station(connection)
        settings.put(connection, "station", msgspec.structs.replace(station, epoch=station.epoch + 1))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        connection.close()


def _set_aside(store: Path) -> Path | None:
    """Move the old store (with its log, which may hold its newest acts) to a name of its own."""
    if not store.exists():
        return None
    number = 1
    while (kept := store.with_name(f"{store.stem}.before-restore-{number}{store.suffix}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):
        part = store.with_name(store.name + ending)
        if part.exists():
            part.rename(kept.with_name(kept.name + ending))
    return kept
