"""The worker: what it does by itself, what it shows, and that nothing stops it for good."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain.checkins import CheckIn
from boxoffice.errors import DeviceRevoked, ServerTrouble
from boxoffice.ports import Enrolment
from boxoffice.storage import journal, search_index, settings
from sync import engine as engines
from sync import pull as pulling
from sync import sheaf, tempo
from sync.engine import Engine
from sync.hub_client import Hub
from sync.leasing import Leasing
from sync.pace import Pace
from sync.replica import Replica
from sync.shop_pictures import ShopPictures
from sync.state import State

NEW_SERVER = Enrolment(
    kind="hub", url="http://127.0.0.1:2", token="new", device_id="d8", name="New", events=("conf26",)
)
NEW_HERE = msgspec.structs.replace(NEW_SERVER, url="http://127.0.0.1:1")


class Worker:
    """An engine that runs, and eyes on its state."""

    def __init__(self, app: Any, server: Any) -> None:
        self.engine = Engine(app, server, chance=lambda: 0.0)
        self.engine.on_state.append(self._seen)
        self.states: list[State] = []
        self._changed = threading.Condition()

    def _seen(self, state: State) -> None:
        with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def until(self, wanted: Callable[[State], bool]) -> State:
        """The first state, from now on or already there, that is as wanted."""
        with self._changed:
            assert self._changed.wait_for(lambda: wanted(self.engine.state), timeout=60), self.engine.state
            return self.engine.state


@pytest.fixture
def at_work() -> Iterator[Callable[..., Worker]]:
    """Starts workers: `at_work(door, server)`."""
    workers: list[Worker] = []

    def start(door: Any, server: Any) -> Worker:
        workers.append(Worker(door.app, server))
        workers[-1].engine.start()
        return workers[-1]

    yield start
    for worker in workers:
        worker.engine.stop(patience=60)


def unreachable(_: object) -> None:
    raise ServerTrouble("The server is not reached", "Nobody is there.")


def test_one_round_moves_everything_both_ways(door: Any, server: Any, order: Any) -> None:
    door.scan("A1")
    server.tell(order("A4"))
    engine = Engine(door.app, server)
    done = engine.round_once()
    assert (done.pushed.done, done.pulled["conf26"].applied, done.trouble) == (1, 7, None)
    assert (engine.state.online, engine.state.waiting, engine.state.trouble) == (True, 0, None)
    assert engine.state.data_age(datetime.now(UTC)) < 60


def test_what_a_busy_server_told_meanwhile_is_fetched_once_it_takes_acts_again(
    door: Any, server: Any, order: Any
) -> None:
    def busy(entries: Sequence[Any]) -> None:
        if entries:
            raise ServerTrouble("The server is busy", status=429, retry_after=17.0)

    engine = Engine(door.app, server)
    engine.round_once()
    server.tell(order("A4"))
    engine._rounds.told("conf26")
    door.scan("A1")
    server.before = busy
    assert engine._round(everything=False).pulled == {}
    server.recover()
    assert engine._round(everything=False).pulled["conf26"].applied > 0


def test_a_scan_reaches_the_server_without_anybody_asking(door: Any, server: Any, at_work: Any) -> None:
    worker = at_work(door, server)
    worker.until(lambda state: state.online)
    door.scan("A1")
    worker.until(lambda state: bool(server.held) and state.waiting == 0)


def test_the_search_index_is_tidied_behind_whoever_sells_also_without_a_server(
    door: Any, server: Any, order: Any, at_work: Any
) -> None:
    server.before = unreachable
    at_work(door, server).until(lambda state: state.trouble is not None)
    lengths: list[int] = []
    tidied = threading.Event()

    def look() -> None:
        lengths.append(len(door.app.read(search_index.parts)))
        if lengths[-1] < max(lengths):
            tidied.set()

    door.app.writer.after_commit.append(look)
    for number in range(6):
        door.hear(order(f"B{number}"))
    assert tidied.wait(60), lengths


def test_losing_the_server_is_shown_with_how_much_waits_and_how_old_it_is(door: Any, server: Any, at_work: Any) -> None:
    worker = at_work(door, server)
    worker.until(lambda state: state.online)
    server.before = unreachable
    door.scan("A1")
    door.scan("A2")
    state = worker.until(lambda state: not state.online and state.waiting == 2)
    assert state.offline_since is not None
    assert state.oldest == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert state.trouble is not None
    assert state.trouble.what == "Nobody is there."


def test_when_the_server_is_back_everything_is_sent(door: Any, server: Any, at_work: Any) -> None:
    def busy_for_an_hour(_: object) -> None:
        raise ServerTrouble("The server is busy", retry_after=3_600.0)

    server.before = busy_for_an_hour
    worker = at_work(door, server)
    door.scan("A1")
    worker.until(lambda state: state.waiting == 1 and state.trouble is not None)
    server.recover()
    worker.engine.hurry()
    state = worker.until(lambda state: state.online and state.waiting == 0)
    assert (state.trouble, state.offline_since) == (None, None)
    assert len(server.held) == 1


def test_whoever_asks_for_a_talk_does_not_wait_until_the_next_one_is_due(
    door: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked at the worst moment: the worker has just seen that nobody asks, and is about to wait for an hour."""
    engine = Engine(door.app, server)
    talked = threading.Semaphore(0)
    server.before = lambda _: talked.release()
    asks = [engine.hurry]

    def in_an_hour(_: Any, now: float, **__: Any) -> float:
        if asks:
            asks.pop()()
        return now + 3_600.0

    monkeypatch.setattr(Pace, "next_at", in_an_hour)
    engine.start()
    try:
        assert [talked.acquire(timeout=30) for _ in ("as it starts", "as it is asked")] == [True, True]
    finally:
        engine.stop(patience=60)


def test_a_station_that_was_sent_away_stops_talking_and_keeps_everything(door: Any, server: Any, at_work: Any) -> None:
    def revoked(_: object) -> None:
        raise DeviceRevoked("This station was sent away")

    server.before = revoked
    worker = at_work(door, server)
    assert not worker.until(lambda state: state.revoked).online
    heard = len(server.requests)
    door.scan("A1")
    worker.until(lambda state: state.waiting == 1)
    assert len(server.requests) == heard
    server.recover()
    worker.engine.hurry()
    worker.until(lambda state: state.waiting == 0 and not state.revoked)
    assert door.app.parting.standing.departure is None


def test_a_station_that_was_sent_away_knows_it_after_a_restart_and_asks_once_more(
    door: Any, server: Any, at_work: Any
) -> None:
    def revoked(_: object) -> None:
        raise DeviceRevoked("This station was sent away")

    server.before = revoked
    with pytest.raises(DeviceRevoked):
        Engine(door.app, server).round_once()
    door.reopen()
    assert door.app.parting.standing.departure is not None
    heard = len(server.requests)
    worker = at_work(door, server)
    assert worker.until(lambda state: state.revoked and state.trouble is not None).waiting == 0
    assert len(server.requests) == heard + 1
    door.scan("A1")
    worker.until(lambda state: state.waiting == 1)
    assert len(server.requests) == heard + 1


@pytest.mark.parametrize("newer", [NEW_HERE, NEW_SERVER], ids=["here", "elsewhere"])
def test_a_station_that_is_enrolled_anew_is_not_sent_away_by_what_the_old_server_still_says(
    door: Any, server: Any, newer: Enrolment
) -> None:
    def join_meanwhile(_: object) -> None:
        door.app.join(newer).result()
        raise DeviceRevoked("This station was sent away")

    server.before = join_meanwhile
    with pytest.raises(DeviceRevoked):
        Engine(door.app, server).round_once()
    assert door.app.departure is None
    assert door.app.enrolment == newer


def test_a_station_that_is_enrolled_anew_while_it_says_what_it_runs_on_stays_with_its_new_server(
    door: Any, server: Any
) -> None:
    known = msgspec.structs.replace(door.app.enrolment, software="0.0.1")
    door.app.write(lambda c: settings.put(c, "enrolment", known)).result()
    server.introduce = lambda *_: door.app.join(NEW_SERVER).result()
    Engine(door.app, server).round_once()
    assert door.app.enrolment == NEW_SERVER


def test_what_an_old_server_says_of_a_station_is_not_kept_once_it_has_a_new_one(door: Any) -> None:
    told = door.app.enrolment
    door.app.join(NEW_SERVER).result()
    Replica(door.app).keep(told)
    assert door.app.enrolment == NEW_SERVER


def test_a_copied_station_hears_on_but_sends_no_more(
    door: Any, server: Any, order: Any, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("has a double")
    engine = Engine(door.app, server)
    door.scan("A1")
    engine.round_once()
    mine = next(iter(server.held.values()))
    fields = {name: getattr(mine, name) for name in mine.__struct_fields__}
    server.held["of the twin"] = type(mine)(**fields | {"operation": "of the twin", "sequence": 9})
    server.tell(order("A4"))
    door.scan("A2")
    done = engine.round_once()
    assert done.forked is not None
    assert engine.state.cloned
    assert (door.waits(), len(server.held)) == (1, 2)
    assert "has a double" in door.app.read(settings.held_against)
    del server.held["of the twin"]
    engine.round_once()
    assert door.app.read(settings.held_against) == ""
    assert "A4" in door.orders()


def test_what_the_server_had_lost_is_sent_again_and_told(door: Any, server: Any) -> None:
    engine = Engine(door.app, server)
    for code in ("A1", "A2", "A3"):
        door.scan(code)
    engine.round_once()
    for name in list(server.held)[1:]:
        del server.held[name]
    engine.round_once()
    engine.round_once()
    assert engine.state.sent_again == 2
    assert len(server.held) == 3


def test_an_event_that_is_ill_holds_up_neither_the_others_nor_what_waits(doorway: Any, server: Any, order: Any) -> None:
    door = doorway()
    door.app.write(lambda c: _enrolled_for(c, "ill", "conf26")).result()
    server.ill_events = {"ill"}
    engine = Engine(door.app, server)
    done = engine.round_once()
    assert list(done.troubles) == ["ill"]
    assert done.pulled["conf26"].complete
    assert engine.state.online
    assert engine.state.trouble is done.troubles["ill"]


def _enrolled_for(connection: Any, *events: str) -> None:
    import msgspec

    from boxoffice.storage import settings

    enrolment = settings.enrolment(connection)
    settings.put(connection, "enrolment", msgspec.structs.replace(enrolment, events=events))


def test_without_events_of_its_own_it_asks_the_server_for_them(doorway: Any, server: Any) -> None:
    door = doorway()
    door.app.write(_enrolled_for).result()
    assert Engine(door.app, server).round_once().pulled["conf26"].complete


def test_a_fault_of_our_own_is_logged_and_the_loop_goes_on(
    door: Any, server: Any, at_work: Any, expect_warning: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_warning("Sync has a fault")
    monkeypatch.setattr(engines, "PAUSE", 0.0)

    def bug(_: object) -> None:
        raise ZeroDivisionError

    server.before = bug
    worker = at_work(door, server)
    worker.until(lambda state: state.trouble is not None and state.trouble.title == "Sync has a fault")
    server.recover()
    worker.engine.hurry()
    worker.until(lambda state: state.online and state.trouble is None)


def test_a_store_that_cannot_be_read_for_a_moment_does_not_end_the_sync(
    door: Any, server: Any, at_work: Any, expect_warning: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_warning("Sync has a fault")
    monkeypatch.setattr(engines, "PAUSE", 0.0)
    worker = at_work(door, server)
    worker.until(lambda state: state.online)
    read, failed = door.app.read, threading.Semaphore(0)

    def unreadable(question: Callable[[Any], Any]) -> Any:
        if threading.current_thread().name != "sync":
            return read(question)
        failed.release()
        raise OSError("disk I/O error")

    monkeypatch.setattr(door.app, "read", unreadable)
    worker.engine.hurry()
    assert all(failed.acquire(timeout=60) for _ in range(3))
    monkeypatch.setattr(door.app, "read", read)
    door.scan("A1")
    worker.engine.hurry()
    worker.until(lambda state: state.trouble is None and state.waiting == 0 and len(server.held) == 1)


def test_a_station_that_is_stopped_in_a_round_asks_for_nothing_more(
    door: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Leasing, "run", lambda *_: asked.append("tickets"))
    monkeypatch.setattr(ShopPictures, "run", lambda *_: asked.append("pictures"))
    engine = Engine(door.app, server)
    server.before = lambda _: engine.stop()
    engine.round_once()
    assert asked == []


@pytest.fixture
def row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tempo.Speed(transaction=0.0, step=0.0, commit=0.0, fewest=1, least=1, segments=16, pages=16)
    for speed in ("ALONE", "IN_COMPANY"):
        monkeypatch.setattr(tempo, speed, slow)
    monkeypatch.setattr(pulling, "JOBS_AHEAD", 1)
    monkeypatch.setattr(sheaf, "SHEAF", 1)
    monkeypatch.setattr(engines, "PROGRESS", 0.0)


@pytest.mark.usefixtures("row_by_row")
def test_the_first_sync_shows_true_progress_and_can_be_stopped_and_resumed(
    doorway: Any, server: Any, at_work: Any
) -> None:
    door = doorway()
    worker = Worker(door.app, server)
    worker.engine.on_state.append(
        lambda state: worker.engine.stop_first_sync() if any(one.applied == 2 for one in state.first_sync) else None
    )
    worker.engine.round_once()
    (first,) = worker.engine.state.first_sync
    assert (first.event, first.applied, first.total) == ("conf26", 2, 6)
    assert worker.engine.state.first_sync_stopped
    assert worker.engine.round_once().pulled == {}
    worker.engine.resume_first_sync()
    assert worker.engine.round_once().pulled["conf26"].applied == 4
    state = worker.engine.state
    assert (state.first_sync, state.first_sync_stopped) == ((), False)
    assert state.data_as_of is not None
    assert [one.applied for state in worker.states for one in state.first_sync] == sorted(
        one.applied for state in worker.states for one in state.first_sync
    )


@pytest.mark.usefixtures("row_by_row")
def test_what_is_done_during_the_first_sync_does_not_wait_for_its_end(doorway: Any, server: Any) -> None:
    door = doorway()
    engine = Engine(door.app, server)
    sent: dict[int, int] = {}

    def scan_half_way(state: State) -> None:
        for first in state.first_sync:
            if first.applied == 4 and 4 not in sent:
                door.scan("A1")
            sent[first.applied] = len(server.held)

    engine.on_state.append(scan_half_way)
    engine.round_once()
    assert (sent[4], sent[5]) == (0, 1)


def test_a_clock_that_is_wrong_is_shown(door: Any, server: Any) -> None:
    server.time = datetime.now(UTC) + timedelta(seconds=200)
    engine = Engine(door.app, server)
    engine.round_once()
    assert engine.state.skew_seconds == pytest.approx(200, abs=10)


def test_stopping_does_not_wait_for_a_server_that_hangs(door: Any, server: Any) -> None:
    hanging, released = threading.Event(), threading.Event()

    def hang(_: Sequence[Any]) -> None:
        hanging.set()
        released.wait(60)
        raise ServerTrouble("The server does not answer")

    server.before = hang
    worker = Worker(door.app, server)
    worker.engine.start()
    assert hanging.wait(60)
    worker.engine.stop(patience=0.05)
    assert server.closed
    door.scan("A1")
    released.set()
    assert door.waits() == 1


def test_what_waited_when_it_stopped_is_sent_after_the_next_start(door: Any, server: Any, at_work: Any) -> None:
    server.before = unreachable
    worker = at_work(door, server)
    door.scan("A1")
    worker.until(lambda state: state.waiting == 1)
    worker.engine.stop(patience=60)
    door.reopen()
    server.recover()
    at_work(door, server).until(lambda state: state.online and state.waiting == 0)
    assert len(server.held) == 1


def test_a_login_page_in_between_is_later_and_nothing_is_lost(doorway: Any, liar: Any, server: Any) -> None:
    liar.answers(b"<html>Please log in</html>", media="text/html")
    door = doorway()
    door.hear(*server.told["conf26"])
    door.scan("A1")
    portal = Hub(_at(door, liar.url))
    engine = Engine(door.app, portal)
    with pytest.raises(ServerTrouble, match="Something else answers"):
        engine.round_once()
    portal.close()
    assert door.waits() == 1
    assert "A1" in door.orders()


def _at(door: Any, url: str) -> Any:
    import msgspec

    return msgspec.structs.replace(door.app.enrolment, url=url)


def test_a_check_in_at_another_door_is_known_here_in_a_moment(hub: Any, doorway: Any, at_work: Any) -> None:
    doors = [doorway(hub.station(name).enrolment) for name in ("North", "South")]
    workers = [at_work(door, Hub(door.app.enrolment)) for door in doors]
    for worker in workers:
        worker.until(lambda state: state.data_as_of is not None)
    assert doors[0].scan_text("secret-conf26-A1").reason == "ok"
    nonce = doors[0].app.read(lambda c: next(journal.entries(c))).operation
    workers[1].until(lambda _: _knows(doors[1], nonce))
    assert doors[1].scan_text("secret-conf26-A1").reason == "already_redeemed"


def _knows(door: Any, nonce: str) -> bool:
    from boxoffice.storage import checkins

    found: CheckIn | None = door.app.read(lambda c: checkins.find(c, nonce))
    return found is not None
