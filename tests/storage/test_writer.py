from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import pytest

from boxoffice.errors import BadInput, StorageTrouble
from boxoffice.storage import connection, schema, settings
from boxoffice.storage import writer as writing
from boxoffice.storage.writer import Lane, Writer


@pytest.fixture
def writer(path, key):
    one = Writer(path, key, schema.prepare)
    yield one
    one.stop()


@pytest.fixture
def held_up(writer):
    """The writer waits in a job until the event is set."""
    go_on, began = threading.Event(), threading.Event()

    def wait(_):
        began.set()
        assert go_on.wait(60)

    future = writer.submit(wait)
    assert began.wait(60)
    yield go_on
    go_on.set()
    future.result(60)


@pytest.fixture
def late(path, key, monkeypatch):
    """A writer whose thread has not woken up yet, whatever it is called for, and what wakes it."""
    awake = threading.Event()

    class Calls(SimpleQueue):
        def get(self):
            super().get()
            assert awake.wait(60)

    monkeypatch.setattr(writing, "SimpleQueue", Calls)
    one = Writer(path, key, schema.prepare)
    yield one, awake
    awake.set()
    one.stop()


@pytest.fixture
def busy_here(writer):
    """A thread that waits in a job which it does by itself, until the event is set; and its future."""
    go_on, began = threading.Event(), threading.Event()

    def wait(store):
        put("busy", 1)(store)
        began.set()
        assert go_on.wait(60)

    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(lambda: writer.at_once(wait).result())
        assert began.wait(60)
        yield go_on, future
        go_on.set()


def where(_):
    return threading.current_thread().name


def put(name, value=True):
    return lambda store: settings.put(store, name, value)


def get(name):
    return lambda store: settings.get(store, name, object, None)


def test_a_jobs_value_arrives_after_its_commit(writer, path, key):
    assert writer.do(lambda store: (put("a", 1)(store), 42)[1]) == 42
    other = connection.reading(path, key)
    assert get("a")(other) == 1
    other.close()


def test_jobs_of_one_lane_are_done_in_order(writer, held_up):
    done = []
    futures = [writer.submit(lambda _, number=number: done.append(number)) for number in range(20)]
    held_up.set()
    for future in futures:
        future.result(60)
    assert done == list(range(20))


def test_a_person_goes_before_the_servers_page(writer, held_up):
    done = []
    page = writer.submit(lambda _: done.append("page"), Lane.BACKGROUND)
    person = writer.submit(lambda _: done.append("person"))
    held_up.set()
    page.result(60)
    person.result(60)
    assert done == ["person", "page"]


def test_a_long_background_job_hears_that_somebody_waits(writer):
    began, told = threading.Event(), []

    def page(_):
        told.append(writer.person_waiting)
        began.set()
        asked.wait(60)
        told.append(writer.person_waiting)

    asked = threading.Event()
    background = writer.submit(page, Lane.BACKGROUND)
    assert began.wait(60)
    person = writer.submit(lambda _: None)
    asked.set()
    background.result(60)
    person.result(60)
    assert told == [False, True]


def test_a_job_that_fails_leaves_nothing_and_the_next_one_is_done(writer):
    def fail(store):
        put("a", 1)(store)
        raise BadInput("No")

    with pytest.raises(BadInput):
        writer.do(fail)
    writer.do(put("b", 2))
    assert writer.do(get("a")) is None
    assert writer.do(get("b")) == 2


def test_a_bug_in_a_job_reaches_whoever_asked_and_nobody_else(writer):
    with pytest.raises(ZeroDivisionError):
        writer.do(lambda store: (put("a")(store), 1 / 0))
    assert writer.do(get("a")) is None


def test_words_the_engine_does_not_understand_are_trouble_and_change_nothing(writer):
    def nonsense(store):
        put("a", 1)(store)
        store.execute("SELECT nonsense")

    with pytest.raises(StorageTrouble):
        writer.do(nonsense)
    assert writer.do(get("a")) is None


def test_a_full_disk_is_told_and_nothing_is_half_written(writer, passage):
    from boxoffice.storage import checkins

    def fill(store):
        for number in range(10_000):
            checkins.put(store, passage(number), own=True)

    pages = writer.do(lambda store: store.execute("PRAGMA page_count").fetchone()[0])
    writer.do(lambda store: store.execute(f"PRAGMA max_page_count={pages + 3}").fetchall())
    with pytest.raises(StorageTrouble) as told:
        writer.do(fill)
    assert "full" in told.value.what
    assert writer.do(lambda store: store.execute("SELECT count(*) FROM checkins").fetchone()) == (0,)
    assert writer.do(lambda store: store.execute("SELECT count(*) FROM list_counts").fetchone()) == (0,)
    writer.do(lambda store: store.execute("PRAGMA max_page_count=1000000").fetchall())
    writer.do(lambda store: checkins.put(store, passage(), own=True))
    assert writer.do(checkins.count_faults) == []


def test_stopping_finishes_what_was_accepted(writer, held_up, path, key):
    futures = [writer.submit(put(f"a{number}"), Lane(number % 2)) for number in range(10)]
    stopping = threading.Thread(target=writer.stop)
    stopping.start()
    held_up.set()
    stopping.join(60)
    assert all(future.done() for future in futures)
    other = connection.reading(path, key)
    assert all(get(f"a{number}")(other) for number in range(10))
    other.close()


def test_nothing_is_accepted_after_closing(path, key):
    writer = Writer(path, key, schema.prepare)
    writer.stop()
    with pytest.raises(StorageTrouble, match="closing"):
        writer.submit(put("a"))


def test_a_job_that_was_called_off_is_not_done(writer, held_up):
    future = writer.submit(put("a"))
    assert future.cancel()
    held_up.set()
    assert writer.do(get("a")) is None


def test_listeners_hear_of_commits_and_only_of_them(writer):
    heard = []
    writer.after_commit.append(lambda: heard.append("commit"))
    writer.do(put("a"))
    with pytest.raises(BadInput):
        writer.do(lambda _: (_ for _ in ()).throw(BadInput("No")))
    writer.do(lambda _: None)
    assert 1 <= len(heard) <= 2, "the last one may still be on its way"


def test_a_listener_that_goes_leaves_no_other_out(writer):
    heard = threading.Event()

    def goes():
        writer.after_commit.remove(goes)

    writer.after_commit += [goes, heard.set]
    writer.do(put("a"))
    assert heard.wait(60)


def test_a_listener_that_fails_harms_nobody(writer, expect_warning):
    expect_warning("A listener of the writer failed")
    writer.after_commit.append(lambda: 1 / 0)
    writer.do(put("a", 1))
    assert writer.do(get("a")) == 1


def test_many_threads_may_ask_at_once(writer):
    def raise_by_one(store):
        settings.put(store, "n", settings.get(store, "n", int, 0) + 1)

    def ask(lane):
        for _ in range(25):
            writer.do(raise_by_one, lane)
            writer.at_once(raise_by_one).result()

    threads = [threading.Thread(target=ask, args=(Lane(number % 2),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert writer.do(get("n")) == 200


def test_whoever_waits_anyway_does_it_by_themselves(late, path, key):
    writer, _ = late
    done = writer.at_once(lambda store: (put("a", 1)(store), where(store))[1])
    assert done.done(), "though the writing thread sleeps"
    assert done.result() == threading.current_thread().name
    assert not writer.person_there
    other = connection.reading(path, key)
    assert get("a")(other) == 1
    other.close()


def test_whoever_finds_a_queue_stands_in_it(late):
    writer, awake = late
    done = []
    page = writer.submit(lambda _: done.append("page"), Lane.BACKGROUND)
    first = writer.at_once(lambda _: done.append("first"))
    second = writer.at_once(lambda _: done.append(where(_)))
    assert not first.done()
    assert writer.person_waiting
    awake.set()
    for future in (page, first, second):
        future.result(60)
    assert done == ["first", "writer", "page"]


def test_whoever_finds_the_writer_at_work_stands_in_the_queue(writer, held_up):
    future = writer.at_once(where)
    assert not future.done()
    assert writer.person_waiting
    held_up.set()
    assert future.result(60) == "writer"


def test_everybody_waits_for_the_one_who_does_it_by_themselves(writer, busy_here):
    go_on, busy = busy_here
    done = []
    page = writer.submit(lambda _: done.append("page"), Lane.BACKGROUND)
    person = writer.at_once(lambda _: done.append("person"))
    assert writer.person_there
    assert not done
    go_on.set()
    busy.result(60)
    page.result(60)
    person.result(60)
    assert done == ["person", "page"]


def test_a_page_may_go_when_somebody_has_done_it_by_themselves(writer, busy_here):
    go_on, _ = busy_here
    page = writer.submit(lambda _: None, Lane.BACKGROUND)
    go_on.set()
    page.result(60)


def test_what_fails_here_fails_as_it_does_there(writer):
    def interrupted(store):
        put("a", 1)(store)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writer.at_once(interrupted).result()
    with pytest.raises(StorageTrouble):
        writer.at_once(lambda store: (put("a", 1)(store), store.execute("SELECT nonsense"))).result()
    assert writer.at_once(where).result() == threading.current_thread().name, "the turn was given back"
    assert writer.do(get("a")) is None


def test_closing_waits_for_whoever_does_it_by_themselves(writer, busy_here, path, key):
    go_on, busy = busy_here
    told = threading.Event()
    after = writer.submit(lambda _: told.set())
    with ThreadPoolExecutor(1) as thread:
        stopped = thread.submit(writer.stop)
        while True:  # until it has begun to close
            try:
                writer.at_once(where)  # one more job that it has to do before it is closed
            except StorageTrouble:
                break
            time.sleep(0.001)
        assert not stopped.done()
        assert not after.done()
        go_on.set()
        stopped.result(60)
    busy.result(60)
    assert told.is_set()
    other = connection.reading(path, key)
    assert get("busy")(other) == 1
    other.close()


def test_listeners_hear_of_what_was_done_here(writer):
    heard = []
    writer.after_commit.append(lambda: heard.append(where(None)))
    writer.at_once(put("a")).result()
    with pytest.raises(BadInput):
        writer.at_once(lambda _: (_ for _ in ()).throw(BadInput("No"))).result()
    assert heard == [threading.current_thread().name]


def test_a_store_that_cannot_be_opened_is_told_to_whoever_opens_it(path):
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        Writer(path, bytes(32), schema.prepare)
