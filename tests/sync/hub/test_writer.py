"""Jobs that are committed together: all of them on disk before anybody hears of it, each by itself in failing."""

from __future__ import annotations

import contextlib
import threading

import pytest
from sqlalchemy import text

from boxoffice.errors import StorageTrouble
from sync.hub import settings
from sync.hub.database import Database
from sync.hub.writer import Writer


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def writer(database):
    writer = Writer(database)
    yield writer
    writer.close()


def put(name):
    return lambda connection: settings.put(connection, name, "1")


def held(database, *names):
    with database.reading() as connection:
        return [name for name in names if settings.get(connection, name)]


def at_once(writer, *jobs):
    """Submit jobs so that they wait together behind one that is being done."""
    go_on = threading.Event()
    writer.submit(lambda _: go_on.wait(60))
    futures = [writer.submit(job) for job in jobs]
    go_on.set()
    return futures


def test_who_hears_that_it_is_done_finds_it_there(database, writer):
    for number in range(20):
        writer.submit(put(f"n{number}")).result(60)
        assert held(database, f"n{number}")


def test_a_jobs_answer_is_handed_back(writer):
    assert writer.submit(lambda _: 7).result(60) == 7


def fails(connection):
    settings.put(connection, "half", "1")
    raise KeyError("no")


def test_a_job_that_fails_takes_back_only_itself(database, writer):
    before, failing, after = at_once(writer, put("before"), fails, put("after"))
    assert (before.result(60), after.result(60)) == (None, None)
    with pytest.raises(KeyError):
        failing.result(60)
    assert held(database, "before", "half", "after") == ["before", "after"]


def test_what_the_database_complains_of_is_told_in_our_words(writer):
    with pytest.raises(StorageTrouble):
        writer.submit(lambda connection: connection.execute(text("SELECT * FROM nowhere"))).result(60)
    assert writer.submit(lambda _: 7).result(60) == 7


def test_if_the_commit_fails_nobody_is_told_that_it_is_done(database, writer, monkeypatch):
    really = database.writing

    @contextlib.contextmanager
    def full_disk():
        with really() as connection:
            yield connection
            raise StorageTrouble("The disk is full")

    monkeypatch.setattr(database, "writing", full_disk)
    for future in at_once(writer, put("one"), put("other")):
        with pytest.raises(StorageTrouble):
            future.result(60)
    monkeypatch.undo()
    assert held(database, "one", "other") == []
    assert writer.submit(put("later")).result(60) is None


def test_closing_finishes_what_was_submitted(database):
    writer = Writer(database)
    futures = at_once(writer, *(put(f"n{number}") for number in range(10)))
    writer.close()
    assert all(future.done() for future in futures)
    assert len(held(database, *(f"n{number}" for number in range(10)))) == 10
