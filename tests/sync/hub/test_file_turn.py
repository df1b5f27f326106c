"""Several processes write to one file in turns, and none keeps its turn for ever."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading

import pytest

from boxoffice import file_lock
from sync.hub import file_turn
from sync.hub.database import Database, file_url
from sync.hub.file_turn import FileTurn

_HOLDS_ON = """
import sys
from pathlib import Path
from sync.hub.file_turn import FileTurn
with FileTurn(Path(sys.argv[1])).taken():
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path):
    return tmp_path / "hub.db"


@pytest.fixture
def another(store):
    """A process that has the turn until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS_ON, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "mine\n"
        yield process
        process.kill()


@pytest.fixture
def looks(monkeypatch):
    """Is set once somebody has found the turn taken."""
    found, take = threading.Event(), file_lock.take

    def noted(file):
        try:
            take(file)
        except BlockingIOError:
            found.set()
            raise

    monkeypatch.setattr(file_lock, "take", noted)
    return found


def test_whoever_comes_later_waits_until_the_first_has_ended(store, looks):
    first, second, order = FileTurn(store), FileTurn(store), []

    def comes_later():
        with second.taken():
            order.append("second")

    with first.taken():
        later = threading.Thread(target=comes_later)
        later.start()
        assert looks.wait(60)
        order.append("first")
    later.join(60)
    assert order == ["first", "second"]


def test_threads_of_one_process_take_turns_where_no_other_process_can_come():
    turn, inside = FileTurn(None), []

    def goes_in():
        with turn.taken():
            inside.append(len(inside))

    with turn.taken():
        waiting = threading.Thread(target=goes_in)
        waiting.start()
        assert inside == []
    waiting.join(60)
    assert inside == [0]


def test_a_process_that_is_killed_gives_its_turn_back(store, another, looks):
    turn, has_it = FileTurn(store), threading.Event()

    def waits():
        with turn.taken():
            has_it.set()

    waiting = threading.Thread(target=waits)
    waiting.start()
    assert looks.wait(60)
    assert not has_it.is_set()
    another.kill()
    assert has_it.wait(60)
    waiting.join(60)


def test_somebody_who_does_not_end_is_waited_for_only_so_long(store, another, monkeypatch):
    monkeypatch.setattr(file_turn, "PATIENCE", 0.02)
    database = Database(file_url(store))  # makes its tables although the turn is taken: nobody holds the file itself
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE newest SET version = version + 1")
    database.close()


def test_whoever_gave_up_and_comes_late_takes_the_turn_from_nobody(store, another, monkeypatch):
    turn = FileTurn(store)
    monkeypatch.setattr(file_turn, "PATIENCE", 0.02)
    with turn.taken():
        pass  # without the lock
    monkeypatch.setattr(file_turn, "PATIENCE", 60.0)
    another.kill()
    with turn.taken(), store.with_name("hub.db-turn").open("rb+") as file, pytest.raises(BlockingIOError):
        file_lock.take(file)


def test_without_locks_of_the_system_the_engine_has_the_last_word(store, monkeypatch):
    def has_none(_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(file_lock, "take", has_none)
    ones, others = Database(file_url(store)), Database(file_url(store))

    def counts(database):
        for _ in range(20):
            with database.writing() as connection:
                connection.exec_driver_sql("UPDATE newest SET version = version + 1")

    threads = [threading.Thread(target=counts, args=(database,)) for database in (ones, others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with ones.reading() as connection:
        assert connection.exec_driver_sql("SELECT version FROM newest").scalar() == 40
    ones.close()
    others.close()


def test_a_file_beside_the_store_that_is_somebody_elses_keeps_nobody_from_it(store, expect_warning):
    """Whoever looks after a hub with all rights may have made it, before the hub itself did."""
    expect_warning("take turns at the store more slowly")
    store.with_name("hub.db-turn").mkdir()  # With all rights nothing else would be in the way.
    database = Database(file_url(store))
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE newest SET version = version + 1")
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a person's files from others by its folders")
def test_the_file_beside_the_store_is_its_owners(store):
    Database(file_url(store)).close()
    assert {path.name: path.stat().st_mode & 0o777 for path in store.parent.iterdir()} == {
        "hub.db": 0o600,
        "hub.db-turn": 0o600,
    }
