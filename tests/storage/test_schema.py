from __future__ import annotations

import subprocess
import sys

import pytest

from boxoffice.storage import connection, schema


def test_a_new_file_gets_the_newest_schema(tmp_path, key):
    store = connection.writable(tmp_path / "new.db", key)
    schema.prepare(store)
    assert store.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert store.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    store.close()


def test_preparing_twice_changes_nothing(store, holds_tables):
    before = holds_tables(store)
    schema.prepare(store)
    assert holds_tables(store) == before


@pytest.fixture
def holds_tables():
    return lambda store: store.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, key, monkeypatch, holds_tables):
    monkeypatch.setattr(schema, "TABLES", schema.TABLES + "CREATE TABLE settings (again TEXT);")
    store = connection.writable(tmp_path / "new.db", key)
    with pytest.raises(connection.OperationalError, match="already exists"):
        schema.prepare(store)
    assert holds_tables(store) == []
    assert store.execute("PRAGMA user_version").fetchone() == (0,)
    store.close()


def test_every_table_of_ours_is_strict(store):
    loose = store.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict"
        " AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_sqlite_*'"
    ).fetchall()
    assert loose == []


def test_a_store_that_is_up_to_date_loads_no_tools(path, key):
    code = (
        "import sys; from pathlib import Path; from boxoffice.storage import connection, schema;"
        f"schema.prepare(connection.writable(Path({str(path)!r}), {key!r}));"
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
