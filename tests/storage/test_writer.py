from __future__ import annotations

import threading

import pytest

from boxoffice.errors import BadInput, StorageTrouble
from boxoffice.storage import connection, schema, settings
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
        assert go_on.wait(10)

    future = writer.submit(wait)
    assert began.wait(10)
    yield go_on
    go_on.set()
    future.result(10)


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
        future.result(10)
    assert done == list(range(20))


def test_a_person_goes_before_the_servers_page(writer, held_up):
    done = []
    page = writer.submit(lambda _: done.append("page"), Lane.BACKGROUND)
    person = writer.submit(lambda _: done.append("person"))
    held_up.set()
    page.result(10)
    person.result(10)
    assert done == ["person", "page"]


def test_a_long_background_job_hears_that_somebody_waits(writer):
    began, told = threading.Event(), []

    def page(_):
        told.append(writer.person_waiting)
        began.set()
        asked.wait(10)
        told.append(writer.person_waiting)

    asked = threading.Event()
    background = writer.submit(page, Lane.BACKGROUND)
    assert began.wait(10)
    person = writer.submit(lambda _: None)
    asked.set()
    background.result(10)
    person.result(10)
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
    stopping.join(10)
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

    threads = [threading.Thread(target=ask, args=(Lane(number % 2),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert writer.do(get("n")) == 100


def test_a_store_that_cannot_be_opened_is_told_to_whoever_opens_it(path):
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        Writer(path, bytes(32), schema.prepare)
