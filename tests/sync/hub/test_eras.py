"""A hub that was put back from a backup, and stations whose cursors are from the life that was taken back."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from boxoffice.errors import StorageTrouble
from sync.hub import eras, feed
from sync.hub.database import Database, file_url
from sync.hub.loading import load


@pytest.fixture
def file(tmp_path):
    return tmp_path / "life.db"


@pytest.fixture
def opened(file):
    """One life of the hub: `with opened() as database`."""
    return lambda: contextlib.closing(Database(file_url(file)))


def newest_cursor(database):
    with database.reading() as connection:
        span = feed.span(connection, "conf26", "")
    return eras.cursor(span.era, span.upto)


def told_since(database, cursor):
    """How many nouns a station with this cursor is told."""
    with database.reading() as connection:
        return feed.span(connection, "conf26", cursor).total


def test_a_store_that_was_put_back_and_grew_past_a_cursor_tells_everything(file, tmp_path, opened, event, order):
    with opened() as database:
        load(database, [*event(), order("A1")])
        before = newest_cursor(database)
    shutil.copyfile(file, tmp_path / "backup.db")
    with opened() as database:
        load(database, [order("A2")])
        lost = newest_cursor(database)
        assert told_since(database, lost) == 0
    shutil.copyfile(tmp_path / "backup.db", file)
    with opened() as database:
        load(database, [order("B1"), order("B2"), order("B3")])
        assert told_since(database, lost) == len([*event(), "A1", "B1", "B2", "B3"])
        assert told_since(database, before) == len(["B1", "B2", "B3"])


def test_a_backup_within_an_era_is_noticed_as_well(file, tmp_path, opened, event, order):
    with opened() as database:
        load(database, [*event(), order("A1")])
        with database.writing() as connection:  # nobody writes while the copy is made
            connection.exec_driver_sql("SELECT 1")
            shutil.copyfile(file, tmp_path / "backup.db")
            shutil.copyfile(f"{file}-wal", tmp_path / "backup.db-wal")
        load(database, [order("A2")])
        lost = newest_cursor(database)
    for ending in ("", "-wal"):
        shutil.copyfile(tmp_path / f"backup.db{ending}", f"{file}{ending}")
    with opened() as database:
        load(database, [order("B1"), order("B2")])
        assert told_since(database, lost) == len([*event(), "A1", "B1", "B2"])


def test_a_postgresql_that_is_put_back_under_a_running_hub_tells_everything(postgresql_url, event, order):
    with (
        contextlib.closing(Database(postgresql_url)) as database,
        contextlib.closing(Database(postgresql_url)) as other,
    ):
        load(database, [*event(), order("A1")])
        load(database, [order("A2")])
        lost = newest_cursor(database)
        with other.writing() as connection:
            connection.exec_driver_sql("DELETE FROM documents WHERE id = 'A2'")
            connection.exec_driver_sql("UPDATE newest SET version = version - 1")
            everybody = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {everybody}")
        with pytest.raises(StorageTrouble):
            newest_cursor(database)
        load(database, [order("B1"), order("B2")])
        assert told_since(database, lost) == len([*event(), "A1", "B1", "B2"])


def test_a_hub_that_is_only_started_again_knows_its_cursors(opened, event):
    with opened() as database:
        load(database, event())
        cursor = newest_cursor(database)
    with opened() as database:
        assert told_since(database, cursor) == 0
        assert newest_cursor(database) != cursor
