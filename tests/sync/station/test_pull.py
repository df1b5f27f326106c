"""What the server tells gets into the replica, row by row, and goes on wherever it was cut."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.nouns import Gone
from boxoffice.errors import ServerTrouble, StorageTrouble
from boxoffice.services import hear
from boxoffice.storage import feeds, ready_orders, search_index
from boxoffice.storage.feeds import Progress
from sync import log_copying, sheaf, tempo
from sync import pull as pulling
from sync.pull import Pulled

EVENT = "conf26"
ROW_BY_ROW = tempo.Speed(transaction=0.0, step=0.0, commit=0.0, fewest=1, least=1, segments=16, pages=16)


@pytest.fixture
def empty(doorway: Callable[..., Any]) -> Any:
    """A station that has heard of nothing."""
    return doorway()


@pytest.fixture
def pull(server: Any) -> Callable[..., Pulled]:
    def run(door: Any, meanwhile: Any = lambda _applied, _total: True, stopping: Any = None) -> Pulled:
        return pulling.pull(door.app, server, EVENT, stopping or threading.Event(), meanwhile)

    return run


@pytest.fixture
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is a transaction of its own."""
    for speed in ("ALONE", "IN_COMPANY"):
        monkeypatch.setattr(tempo, speed, ROW_BY_ROW)
    monkeypatch.setattr(pulling, "JOBS_AHEAD", 1)
    monkeypatch.setattr(sheaf, "SHEAF", 1)


def progress(door: Any) -> Progress:
    found: Progress = door.app.read(lambda c: feeds.progress(c, EVENT))
    return found


def test_the_first_pull_brings_everything_and_it_can_be_scanned_and_found(empty: Any, pull: Any) -> None:
    done = pull(empty)
    assert (done.applied, done.complete) == (6, True)
    assert empty.scan("A2").reason == "ok"
    assert [hit.order for hit in empty.app.lookup.search("lovelace")] == ["A1", "A2", "A3"]
    assert progress(empty).complete_at is not None


def test_the_next_pull_brings_what_is_new_and_nothing_else(empty: Any, server: Any, pull: Any, order: Any) -> None:
    pull(empty)
    assert pull(empty).applied == 0
    server.tell(order("A4"), Gone("order", EVENT, "A1"))
    assert pull(empty).applied == 2
    assert empty.orders() == ["A2", "A3", "A4"]


def test_an_index_that_a_first_sync_left_untidy_when_the_plug_was_pulled_is_tidied_by_the_next(
    empty: Any, pull: Any
) -> None:
    pull(empty)
    empty.app.write(lambda c: search_index.merge_by_hand(c, True)).result()
    pull(empty)
    assert not empty.app.read(search_index.is_merged_by_hand)


def test_a_feed_that_breaks_off_keeps_what_had_come_and_goes_on_from_there(empty: Any, server: Any, pull: Any) -> None:
    server.breaks_after = 4
    with pytest.raises(ServerTrouble):
        pull(empty)
    assert (progress(empty).cursor, empty.orders()) == ("4", ["A1"])
    assert progress(empty).complete_at is None
    server.breaks_after = None
    assert pull(empty).applied == 2
    assert empty.orders() == ["A1", "A2", "A3"]


def test_every_feed_is_let_go_of(empty: Any, server: Any, pull: Any) -> None:
    pull(empty)
    server.breaks_after = 0
    server.tell(CheckInList(id=2, event=EVENT, name="Bar"))
    with pytest.raises(ServerTrouble):
        pull(empty)
    assert [feed.closed for feed in server.feeds] == [True, True]


@pytest.mark.usefixtures("row_by_row")
def test_a_first_sync_that_is_stopped_is_not_complete_and_can_be_resumed(
    empty: Any, server: Any, pull: Any, order: Any
) -> None:
    server.tell(*(order(f"B{number}") for number in range(100)))
    done = pull(empty, meanwhile=lambda applied, _total: applied < 3)
    assert (done.applied, done.complete) == (3, False)
    assert (progress(empty).applied, progress(empty).complete_at) == (3, None)
    assert pull(empty).applied == 103
    assert progress(empty).complete_at is not None


@pytest.mark.usefixtures("row_by_row")
def test_progress_is_true(empty: Any, server: Any, pull: Any) -> None:
    heard: list[tuple[int, int | None]] = []
    pull(empty, meanwhile=lambda applied, total: heard.append((applied, total)) or True)
    assert list(dict.fromkeys(heard)) == [(applied, 6) for applied in range(1, 7)]


def test_being_told_to_stop_writes_nothing_half(empty: Any, server: Any, pull: Any, order: Any) -> None:
    server.tell(*(order(f"B{number}") for number in range(1000)))
    stopping = threading.Event()
    stopping.set()
    done = pull(empty, stopping=stopping)
    assert not done.complete
    assert progress(empty).applied == done.applied
    assert pull(empty).applied == 1006 - done.applied


@pytest.mark.usefixtures("row_by_row")
def test_after_a_disk_fault_nothing_that_stands_behind_it_is_written(
    empty: Any, server: Any, pull: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_all = hear.apply_all
    calls = iter(range(1_000))

    def sometimes(connection: Any, shelf: Any, some: Any) -> None:
        if next(calls) == 2:
            raise StorageTrouble("The station cannot write to its disk")
        apply_all(connection, shelf, some)

    monkeypatch.setattr(hear, "apply_all", sometimes)
    with pytest.raises(StorageTrouble):
        pull(empty)
    assert progress(empty).cursor == "2"
    assert pull(empty).applied == 4


def test_a_server_that_lost_our_place_is_asked_from_the_start(
    empty: Any, server: Any, pull: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(empty)
    changes = server.changes

    def forgetful(event: str, cursor: str) -> Any:
        if cursor:
            raise ServerTrouble("The server says no", status=410)
        return changes(event, cursor)

    monkeypatch.setattr(server, "changes", forgetful)
    assert pull(empty).applied == 6


@pytest.mark.usefixtures("row_by_row")
def test_a_first_sync_that_stops_within_a_sheaf_takes_it_up_again(
    empty: Any, server: Any, pull: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheaf, "SHEAF", 4)
    server.tell(*(order(f"B{number}") for number in range(9, 0, -1)))
    assert not pull(empty, meanwhile=lambda applied, _total: applied < 9).complete
    assert progress(empty).cursor == "7"
    pull(empty)
    assert len(empty.orders()) == 12
    assert progress(empty).cursor == "15"


@pytest.mark.usefixtures("row_by_row")
def test_behind_rows_that_could_not_be_written_nothing_is(
    empty: Any, server: Any, pull: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "JOBS_AHEAD", 2)
    server.tell(*(order(f"B{number}") for number in range(20)))
    put_all = ready_orders.put_all

    def disk_is_full(connection: Any, some: Any) -> None:
        if some[0].code == "B3":
            raise OSError("No space left on device")
        put_all(connection, some)

    monkeypatch.setattr(ready_orders, "put_all", disk_is_full)
    with pytest.raises(OSError, match="No space"):
        pull(empty)
    assert empty.orders() == ["A1", "A2", "A3", "B0", "B1", "B2"]
    assert progress(empty).cursor == "9"
    monkeypatch.undo()
    pull(empty)
    assert len(empty.orders()) == 23


def test_a_feed_that_is_begun_anew_meanwhile_is_given_up(
    empty: Any, server: Any, pull: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(empty)
    server.tell(*(order(f"B{number}") for number in range(50)))
    monkeypatch.setattr(tempo, "ALONE", ROW_BY_ROW)

    def from_the_start(applied: int, _total: int | None) -> bool:
        if applied == 1:
            empty.app.write(lambda c: feeds.start_over(c, EVENT)).result()
        return True

    assert not pull(empty, meanwhile=from_the_start).complete
    assert progress(empty).cursor == ""
    assert pull(empty).applied == 56


def test_a_slow_disk_is_not_asked_for_each_row(
    empty: Any, server: Any, pull: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull(empty)
    server.tell(*(order(f"B{number}") for number in range(200)))
    too_slow = tempo.Speed(transaction=60.0, step=0.0, commit=0.0, fewest=50, least=50, segments=16, pages=16)
    monkeypatch.setattr(tempo, "ALONE", too_slow)
    move = feeds.move
    transactions: list[int] = []

    def moved(connection: Any, event: str, cursor: str, applied: int) -> None:
        transactions.append(applied)
        move(connection, event, cursor, applied)

    monkeypatch.setattr(feeds, "move", moved)
    pull(empty)
    assert (transactions[0], sum(transactions)) == (50, 200)


@pytest.mark.usefixtures("row_by_row")
def test_a_log_that_is_begun_anew_all_the_time_loses_nothing(
    empty: Any, server: Any, pull: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_copying, "COPY_EVERY", 0.0)
    monkeypatch.setattr(log_copying, "LONG", 0)
    server.tell(*(order(f"B{number}") for number in range(30)))
    assert pull(empty) == Pulled(applied=36, complete=True)
    assert len(empty.orders()) == 33


@pytest.fixture
def visitor(empty: Any, pull: Any, server: Any, order: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`visitor()` takes in 400 orders while somebody comes: what they see, and how many rows each step took."""
    pull(empty)
    server.tell(*(order(f"B{number}") for number in range(400)))
    apply_all = hear.apply_all
    waiting: list[Any] = []
    steps: list[int] = []

    def with_a_visitor(connection: Any, shelf: Any, some: Any) -> None:
        if not waiting:
            waiting.append(empty.app.write(lambda c: c.execute("SELECT count(*) FROM orders").fetchone()[0]))
        apply_all(connection, shelf, some)
        steps.append(len(some))

    monkeypatch.setattr(hear, "apply_all", with_a_visitor)

    def comes() -> tuple[int, list[int]]:
        assert pull(empty).applied == 400
        assert len(empty.orders()) == 403
        assert progress(empty).applied == 406
        return waiting[0].result(), steps

    return comes


def test_somebody_at_the_door_ends_the_transaction_early(visitor: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempo, "WORTH_WAITING", 1.0)
    seen, steps = visitor()
    assert seen == 3 + steps[0], "The visitor came right after the step that was under way"
    assert sum(steps) == 400


def test_what_would_hold_up_a_person_is_taken_back_and_done_again_behind_them(
    visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempo, "WORTH_WAITING", 0.0)
    seen, steps = visitor()
    assert seen == 3
    assert sum(steps) == 400 + steps[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=6))
def test_wherever_it_is_cut_it_ends_with_everything(
    doorway: Any, server: Any, order: Any, prepared: Any, cuts: list[tuple[int, bool]]
) -> None:
    server.told[EVENT] = [*server.told[EVENT][:3], *(order(f"B{number:02}") for number in range(30))]
    door = doorway(copy_of=prepared)
    for after, crash in cuts:
        server.breaks_after = after
        try:
            pulling.pull(door.app, server, EVENT, threading.Event(), lambda _applied, _total: True)
        except ServerTrouble:
            assert progress(door).cursor == (str(progress(door).applied) if progress(door).applied else "")
        if crash:
            door.reopen()
    server.breaks_after = None
    pulling.pull(door.app, server, EVENT, threading.Event(), lambda _applied, _total: True)
    assert door.orders() == [f"B{number:02}" for number in range(30)]
    assert progress(door).applied == 33
    door.app.close()
