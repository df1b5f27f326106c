"""The hub's tables come of age step by step, and a store from the future is left alone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from boxoffice.errors import StorageTrouble
from sync.hub import documents, schema
from sync.hub.database import Database
from sync.hub.loading import load


def shape(database):
    with database.reading() as connection:
        return connection.execute(text("SELECT number FROM shape")).scalar_one()


def opened(url):
    database = Database(url)
    database.close()
    return database


def adds_a_column(connection):
    connection.execute(text("ALTER TABLE devices ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'"))


def test_a_store_of_an_older_version_is_brought_up_with_what_is_in_it(database_url, monkeypatch, event):
    before = Database(database_url)
    load(before, event())
    before.close()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, adds_a_column))
    database = Database(database_url)
    assert shape(database) == len(schema.STEPS)
    with database.reading() as connection:
        assert documents.events(connection) == ["conf26"]
        assert connection.execute(text("SELECT count(colour) FROM devices")).scalar_one() == 0
    database.close()
    opened(database_url)  # and once more, with nothing left to do


def test_a_step_that_fails_leaves_everything_as_it_was(database_url, monkeypatch):
    before = Database(database_url)

    def fails(connection):
        adds_a_column(connection)
        raise RuntimeError("half-way")

    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, fails))
    with pytest.raises(RuntimeError):
        Database(database_url)
    monkeypatch.setattr(schema, "STEPS", schema.STEPS[:-1])
    assert shape(before) == len(schema.STEPS)
    before.close()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, adds_a_column))
    opened(database_url)  # the column is not there yet, so it can be added


def test_a_store_of_a_newer_version_is_not_touched(database_url):
    database = Database(database_url)
    with database.writing() as connection:
        connection.execute(text("UPDATE shape SET number = 99"))
    with pytest.raises(StorageTrouble, match="newer than the program"):
        Database(database_url)
    assert shape(database) == 99
    database.close()


def test_processes_that_start_at_once_make_the_tables_once(postgresql, tmp_path):
    with postgresql.one() as url:
        postgresql.say("DROP SCHEMA public CASCADE; CREATE SCHEMA public", url.partition("@/")[2].partition("?")[0])
        threads = [threading.Thread(target=opened, args=(url,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        database = Database(url)
        assert shape(database) == len(schema.STEPS)
        with database.reading() as connection:
            assert documents.newest(connection) == 0
        database.close()
