from __future__ import annotations

import pytest
from sqlcipher3 import dbapi2 as engine

from boxoffice.errors import StorageTrouble
from boxoffice.storage import checkins, connection


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("recursive_triggers", 1),
    ],
)
def test_the_writing_connection_is_durable_and_strict(store, pragma, value):
    assert store.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_whatever_was_asked_before_what_is_asked_again_is_not_prepared_again(store, passage):
    """The engine's own measure would be full, and then each newcomer throws the one before it out."""
    for number in range(200):
        store.execute(f"SELECT {number}").fetchone()
    prepared = []
    checkins.put(store, passage(1), own=True)
    store.set_authorizer(lambda *what: prepared.append(what) or engine.SQLITE_OK)
    checkins.put(store, passage(2), own=True)
    assert prepared, "whoever looks on makes each be prepared once more"
    prepared.clear()
    checkins.put(store, passage(3), own=True)
    assert prepared == []


def test_a_reading_connection_cannot_write(path, key):
    reader = connection.reading(path, key)
    with pytest.raises(connection.OperationalError, match="readonly"):
        reader.execute("DELETE FROM settings")
    reader.close()


def test_nothing_of_the_store_can_be_read_without_its_key(store, path, write_down):
    write_down(store, text="a very telling code")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"SQLite format 3" not in path.read_bytes()
    assert b"telling" not in path.read_bytes()


def test_a_foreign_key_is_told_kindly_and_changes_nothing(path, capfd):
    before = path.read_bytes()
    with pytest.raises(StorageTrouble) as told:
        connection.writable(path, bytes(32))
    assert "cannot be opened" in told.value.title
    assert "key" in told.value.hint
    assert path.read_bytes() == before
    assert capfd.readouterr().err == "", "the engine talks to standard error itself"


def test_a_file_that_is_no_store_is_told_kindly(tmp_path, key):
    file = tmp_path / "station.db"
    file.write_bytes(b"not a database, but long enough to be looked at as one" * 200)
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        connection.writable(file, key)


def test_an_old_engine_is_refused(monkeypatch, path, key):
    monkeypatch.setattr(engine, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(engine, "sqlite_version", "3.51.2")
    with pytest.raises(StorageTrouble) as told:
        connection.writable(path, key)
    assert "3.51.2" in told.value.what
    assert "3.51.3" in told.value.what


def test_the_engine_of_this_environment_is_new_enough():
    assert engine.sqlite_version_info >= connection.OLDEST
