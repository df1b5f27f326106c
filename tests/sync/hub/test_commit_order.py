"""Several processes write at once on PostgreSQL: no cursor steps over a row, and no writer undoes another's work."""

from __future__ import annotations

import contextlib
import threading

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from boxoffice.decoding import decode
from boxoffice.domain.orders import Order
from boxoffice.errors import StorageTrouble
from sync.hub import database, documents
from sync.hub.database import Database
from sync.hub.loading import load

EVENT = "conf26"


@pytest.fixture
def processes(postgresql_url, event):
    """Two hubs on one database, as two processes have it."""
    with contextlib.closing(Database(postgresql_url)) as one, contextlib.closing(Database(postgresql_url)) as other:
        load(one, event())
        yield one, other


class Follower:
    """A station that asks again and again for what is new."""

    def __init__(self, hub):
        self._hub = hub
        self.seen = []
        with hub.reading() as connection:
            self._cursor = documents.newest(connection)

    def read(self):
        with self._hub.reading() as connection:
            rows = documents.page(connection, EVENT, self._cursor, documents.newest(connection), 100)
        self.seen += [name for _, _, name, _ in rows]
        self._cursor = max([self._cursor, *(version for version, *_ in rows)])


def in_the_midst(hub, work, go_on):
    """A writer that has done its work and not committed it, until it may go on."""
    done = threading.Event()

    def write():
        with hub.writing() as connection:
            work(connection)
            done.set()
            go_on.wait(60)

    thread = threading.Thread(target=write)
    thread.start()
    assert done.wait(60)
    return thread


def is_kept_waiting(hub):
    """Whether some writer waits for another."""
    with hub.reading() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(connection.execute(text(waiting)).scalar())


def read_between_two_commits(processes, order):
    """What a station gets that reads while one writer is in the midst, and another came after it."""
    one, other = processes
    station, go_on = Follower(one), threading.Event()
    first = in_the_midst(one, lambda connection: documents.put_changed(connection, [order("SOONER")]), go_on)
    second = threading.Thread(target=load, args=(other, [order("LATER")]))
    second.start()
    while second.is_alive() and not is_kept_waiting(one):
        pass
    station.read()
    go_on.set()
    first.join()
    second.join()
    station.read()
    return station.seen


def test_a_cursor_never_steps_over_a_row_that_commits_later(processes, order):
    assert read_between_two_commits(processes, order) == ["SOONER", "LATER"]


def test_numbers_from_a_sequence_would_lose_a_row(processes, order, monkeypatch):
    """The same day with the numbering that comes to mind first, to see that the test above looks closely enough."""
    one, _ = processes
    with one.writing() as connection:
        connection.execute(text("CREATE SEQUENCE naive START 100"))
    monkeypatch.setattr(documents, "_TAKE", text("SELECT max(nextval('naive')) FROM generate_series(1, :number)"))
    monkeypatch.setattr(documents, "_NEWEST", text("SELECT max(version) FROM documents"))
    monkeypatch.setattr(database, "_TAKE_TURN", "SELECT 1")
    assert read_between_two_commits(processes, order) == ["LATER"]


def test_what_a_writer_has_read_is_still_so_when_it_writes(processes, order):
    """Two doors put answers into one order, through two processes."""
    one, other = processes
    load(one, [order("A1")])
    go_on = threading.Event()

    def answer(connection, question):
        body = documents.body(connection, EVENT, "order", "A1")
        found = decode(body, Order)
        answers = {**found.positions[0].answers, question: "yes"}
        position = msgspec.structs.replace(found.positions[0], answers=answers)
        documents.put_changed(connection, [msgspec.structs.replace(found, positions=(position,))])

    def second():
        with other.writing() as connection:
            answer(connection, "2")

    first = in_the_midst(one, lambda connection: answer(connection, "1"), go_on)
    thread = threading.Thread(target=second)
    thread.start()
    while thread.is_alive() and not is_kept_waiting(one):
        pass
    go_on.set()
    first.join()
    thread.join()
    with one.reading() as connection:
        body = documents.body(connection, EVENT, "order", "A1")
    assert decode(body, Order).positions[0].answers == {"1": "yes", "2": "yes"}


def test_a_reader_sees_one_state_whatever_is_committed_meanwhile(processes, order):
    one, other = processes
    with one.reading() as connection:
        before = documents.newest(connection)
        load(other, [order("A1")])
        assert documents.newest(connection) == before
        assert documents.body(connection, EVENT, "order", "A1") is None


def test_a_server_that_was_started_anew_costs_one_question(postgresql_url, postgresql, order, event):
    with contextlib.closing(Database(postgresql_url)) as hub:
        load(hub, event())
        with hub.reading() as connection:
            documents.newest(connection)
        postgresql.say(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'boxoffice hub'"
            f" AND datname = '{make_url(postgresql_url).database}'"
        )
        with pytest.raises(StorageTrouble), hub.reading() as connection:
            documents.newest(connection)
        load(hub, [order("A1")])
        with hub.reading() as connection:
            assert documents.body(connection, EVENT, "order", "A1")
