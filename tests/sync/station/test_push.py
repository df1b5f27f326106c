"""What a station did reaches the server exactly once, whatever happens on the way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from boxoffice.errors import DeviceRevoked, ServerTrouble
from boxoffice.storage import journal, outbox
from boxoffice.storage import settings as kept
from sync import push as pushing
from sync.push import LARGEST_BATCH, ForkedJournal, Push, Pushed
from sync.rounds import Rounds


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def push(door: Any, server: Any, clock: Clock) -> Callable[[], Pushed]:
    """One run; between runs it keeps its memory."""
    pusher = Push(door.app, server, clock, lambda: 0.5)
    return lambda: pusher.run(lambda: False)


def operations(door: Any) -> list[str]:
    return [entry.operation for entry in door.app.read(lambda c: list(journal.entries(c)))]


def unreachable(_: object) -> None:
    raise ServerTrouble("The server is not reached")


def test_everything_arrives_in_order_and_the_outbox_is_empty(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")
    door.scan("A1")
    door.scan("nobody")
    assert push().done == 3
    assert server.sequences() == [1, 2, 3]
    assert door.waits() == 0


def test_a_long_queue_goes_out_in_batches(door: Any, server: Any, push: Any) -> None:
    for _ in range(LARGEST_BATCH + 30):
        door.scan("A1")
    assert push().done == LARGEST_BATCH + 30
    assert [len(request) for request in server.requests] == [0, LARGEST_BATCH, 30]


def test_who_scans_without_end_still_hears_of_what_is_new(
    door: Any, server: Any, order: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.push.LARGEST_BATCH", 2)
    monkeypatch.setattr("sync.push.MOST_A_RUN", 4)
    door.scan("A1")
    server.before = lambda entries: [door.scan("A1") for _ in entries] and None
    server.tell(order("A4"))
    rounds = Rounds(door.app, server, threading.Event(), lambda: 0.0, lambda: 0.5)
    done = rounds.run(everything=True, skip=lambda _: False, meanwhile=lambda _: lambda *_: True)
    assert done.pushed.done == 4
    assert "A4" in door.orders()
    assert rounds.has_acts()
    server.recover()
    rounds.send()
    assert door.waits() == 0
    assert not rounds.has_acts()


def test_large_acts_go_out_in_smaller_batches(
    door: Any, server: Any, push: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        door.scan("A1")
    largest = max(len(one.body) + len(one.private) for one in door.app.read(lambda c: list(journal.entries(c))))
    monkeypatch.setattr("sync.push.LARGEST_BYTES", 2 * largest)
    push()
    assert [len(request) for request in server.requests] == [0, 2, 1]


def test_without_a_server_everything_waits(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")
    server.before = unreachable
    with pytest.raises(ServerTrouble):
        push()
    assert door.waits() == 1


def test_an_answer_that_is_lost_costs_nothing(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")
    server.after = lambda entries: unreachable(entries) if entries else None
    server.before = lambda _: unreachable(None) if len(server.requests) > 2 else None
    with pytest.raises(ServerTrouble):
        push()
    assert (len(server.held), door.waits()) == (1, 1)
    server.recover()
    assert push().done == 1
    assert (len(server.held), door.waits()) == (1, 0)


def test_nothing_leaves_the_outbox_before_its_answer_is_on_disk(
    door: Any, server: Any, push: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.scan("A1")

    def power_cut(*_: object) -> None:
        raise OSError("The power went")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "done", power_cut)
        with pytest.raises(OSError, match="power"):
            push()
    assert (len(server.held), door.waits()) == (1, 1)
    assert push().done == 1
    assert len(server.held) == 1


def test_what_the_server_refuses_is_parked_with_its_words_and_stands_in_nobodys_way(
    door: Any, server: Any, push: Any
) -> None:
    door.scan("A1")
    server.refuses = set(operations(door))
    door.scan("A1", force=True)
    door.scan("A2")
    done = push()
    assert (done.parked, done.done) == (1, 2)
    assert [(one.because, one.state) for one in door.app.read(outbox.parked)] == [("Not here", "parked")]


def test_what_comes_later_on_a_ticket_waits_behind_what_was_refused_before(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")
    server.refuses = set(operations(door))
    push()
    door.scan("A1")
    door.scan("A2")
    assert push().done == 1
    assert (door.waits(), door.parked()) == (1, 1)
    server.refuses = set()
    door.app.send_again().result()
    push()
    assert (door.waits(), door.parked()) == (0, 0)


def test_an_act_that_is_put_off_keeps_its_place_and_holds_up_only_its_own_ticket(
    door: Any, server: Any, push: Any, clock: Clock
) -> None:
    door.scan("A1")
    server.puts_off = set(operations(door))
    for code in ("A2", "A3"):
        door.scan(code)
    done = push()
    assert (done.done, done.held, done.trouble) == (2, 1, None)
    door.scan("A1")
    assert (push().done, door.waits()) == (0, 2)
    server.puts_off = set()
    clock.now += 60.0
    assert push().done == 2
    assert server.sequences() == [2, 3, 1, 4]


def test_an_act_that_is_put_off_for_ever_is_set_aside_and_a_person_is_told(
    door: Any, server: Any, push: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.scan("A1")
    server.puts_off = set(operations(door))
    push()
    assert door.app.conflicts() == []
    monkeypatch.setattr(pushing, "MOST_TRIES", 3)
    for _ in range(2):
        clock.now += 60.0
        push()
    [conflict] = door.app.conflicts()
    assert conflict.kind == "refused_act"
    assert conflict.sides[1].words == "It was put off 3 times, while others were taken. Not now"
    assert (door.waits(), door.parked()) == (0, 1)
    assert door.app.send_again().result() == 1
    clock.now += 60.0
    push()
    assert (door.waits(), door.parked()) == (1, 0)


def test_one_act_that_the_server_chokes_on_holds_up_nobody_else(
    door: Any, server: Any, push: Any, clock: Clock
) -> None:
    for number in range(1, 40):
        door.scan(f"A{number}")
    poison = operations(door)[20]
    server.chokes_on = {poison}
    done = push()
    assert (done.done, done.held, done.trouble) == (38, 1, None)
    assert [one.entry.operation for one in door.app.read(outbox.waiting)] == [poison]
    assert len(server.requests) < 30
    before = len(server.requests)
    push()
    assert len(server.requests) == before + 1, "It is not tried again at every run"
    server.chokes_on = set()
    clock.now += 60.0
    assert push().done == 1


def test_many_acts_that_the_server_chokes_on_hold_up_nobody_else_however_often_they_are_tried(
    door: Any, server: Any, push: Any, clock: Clock
) -> None:
    for number in range(1, 20):
        door.scan(f"A{number}")
    poison = set(operations(door)[:8])
    server.chokes_on = poison
    for _ in range(6):
        push()
        clock.now += 5.0
    assert {one.entry.operation for one in door.app.read(outbox.waiting)} == poison
    before = len(server.requests)
    clock.now += 60.0
    assert push().trouble is None
    assert len(server.requests) <= before + 7, "Only some of them are tried again at a time"
    server.chokes_on = set(sorted(poison)[:3])
    for _ in range(3):
        clock.now += 60.0
        push()
    assert {one.entry.operation for one in door.app.read(outbox.waiting)} == server.chokes_on, "Each has its turn"


def test_a_request_that_will_never_be_taken_is_parked(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")

    def too_large(entries: list[Any]) -> None:
        if entries:
            raise ServerTrouble("The server says no", "It is too large.", status=413)

    server.before = too_large
    assert push().parked == 1
    assert door.app.read(outbox.parked)[0].because == "It is too large."


def test_a_server_that_takes_nothing_is_busy_and_is_not_hammered(door: Any, server: Any, push: Any) -> None:
    for number in range(1, 40):
        door.scan(f"A{number}")
    server.puts_off = set(operations(door))
    done = push()
    assert done.trouble is not None
    assert (done.done, door.waits()) == (0, 39)
    assert len(server.requests) < 10


def test_a_server_that_asks_for_patience_gets_it(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")

    def busy(entries: list[Any]) -> None:
        if entries:
            raise ServerTrouble("The server is busy", status=429, retry_after=17.0)

    server.before = busy
    trouble = push().trouble
    assert trouble is not None
    assert trouble.retry_after == 17.0
    assert len(server.requests) == 2


def test_a_station_that_was_sent_away_keeps_everything(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")

    def revoked(entries: list[Any]) -> None:
        if entries:
            raise DeviceRevoked("This station was sent away", status=401)

    server.before = revoked
    with pytest.raises(DeviceRevoked):
        push()
    assert (door.waits(), len(server.requests)) == (1, 2)


def test_a_server_that_was_brought_back_from_an_older_state_gets_everything_again(
    door: Any, server: Any, push: Any
) -> None:
    for code in ("A1", "A2", "A3"):
        door.scan(code)
    push()
    first = next(iter(server.held))
    server.held = {first: server.held[first]}
    door.scan("A1")
    done = push()
    assert (done.again, done.done) == (2, 3)
    assert sorted(server.sequences()) == [1, 2, 3, 4]


def test_a_server_that_was_set_back_gets_also_what_was_done_before_this_station_was(
    door: Any, server: Any, push: Any
) -> None:
    door.scan("A1")
    door.scan("A2")
    push()
    door.app.write(lambda c: kept.put(c, "station", replace(kept.station(c), epoch=2))).result()
    server.held = {}
    door.scan("A3")
    done = push()
    assert (done.again, done.done) == (2, 3)
    assert [(one.epoch, one.sequence) for one in server.held.values()] == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize("left", [[], [1], [2], [1, 3]], ids=lambda some: "".join(map(str, some)) or "none")
def test_a_server_that_was_set_back_and_heard_of_a_later_epoch_first_gets_the_earlier_one_again(
    door: Any, server: Any, push: Any, left: list[int]
) -> None:
    """It was set back between two requests of one run, so nobody had greeted it."""
    for code in ("A1", "A2", "A3"):
        door.scan(code)
    push()
    door.app.write(lambda c: kept.put(c, "station", replace(kept.station(c), epoch=2))).result()
    door.scan("A4")
    push()
    server.held = {name: one for name, one in server.held.items() if one.epoch == 2 or one.sequence in left}
    assert push().again == 3 - len(left)
    assert sorted((one.epoch, one.sequence) for one in server.held.values()) == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert push().again == 0


def test_acts_that_are_missing_in_the_middle_are_sent_again(door: Any, server: Any, push: Any) -> None:
    for code in ("A1", "A2", "A3"):
        door.scan(code)
    push()
    del server.held[operations(door)[1]]
    assert push().again == 1
    assert sorted(server.sequences()) == [1, 2, 3]


def test_what_was_refused_is_not_taken_for_lost(door: Any, server: Any, push: Any) -> None:
    for code in ("A1", "A2"):
        door.scan(code)
    server.refuses = {operations(door)[0]}
    push()
    assert push().again == 0


def test_a_copied_disk_stops_sending_and_says_so(door: Any, server: Any, push: Any) -> None:
    door.scan("A1")
    push()
    twin = next(iter(server.held.values()))
    server.held["of the twin"] = type(twin)(**{**_fields(twin), "operation": "of the twin", "sequence": 7})
    door.scan("A2")
    with pytest.raises(ForkedJournal, match="double"):
        push()
    assert door.waits() == 1
    assert "of the twin" in server.held


def test_a_server_that_was_set_back_and_heard_a_copy_first_is_given_all_again(
    door: Any, server: Any, push: Any
) -> None:
    for code in ("A1", "A2", "A3"):
        door.scan(code)
    push()
    first, second, third = operations(door)
    twin = replace(server.held[second], operation="of the twin", hash="00" * 32)
    del server.held[second], server.held[third]
    server.held["of the twin"] = twin
    server.seals = (twin.hash,)
    assert push().again == 3
    assert {first, second, third} <= set(server.held)


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def test_stopping_between_two_batches_loses_nothing(door: Any, server: Any, clock: Clock) -> None:
    for _ in range(LARGEST_BATCH + 30):
        door.scan("A1")
    asked = iter((False, True))
    done = Push(door.app, server, clock, lambda: 0.5).run(lambda: next(asked))
    assert (done.done, door.waits()) == (LARGEST_BATCH, 30)


FAULTS = ("none", "before", "after", "disk", "crash")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(FAULTS)), min_size=1, max_size=8))
def test_with_faults_at_every_step_each_act_arrives_once_and_in_the_order_of_its_ticket(
    doorway: Any, server: Any, prepared_door: Path, plan: list[tuple[int, str]]
) -> None:
    server.held.clear()
    door = doorway(copy_of=prepared_door)
    logging.getLogger("sync").setLevel(logging.WARNING)
    pusher = Push(door.app, server, lambda: 0.0, lambda: 0.0)
    for scans, fault in plan:
        for number in range(scans):
            door.scan(f"A{number % 2}")
        with pytest.MonkeyPatch.context() as patch:
            _arm(fault, server, patch)
            try:
                pusher.run(lambda: False)
            except (ServerTrouble, OSError):
                server.recover()
        server.recover()
        if fault == "crash":
            pusher = Push(door.reopen(), server, lambda: 0.0, lambda: 0.0)
    pusher.run(lambda: False)
    assert server.sequences() == list(range(1, sum(scans for scans, _ in plan) + 1))
    assert door.waits() == 0
    door.app.close()


def _arm(fault: str, server: Any, patch: pytest.MonkeyPatch) -> None:
    """Let the next request that carries acts go wrong, and everything after it too."""

    def cut(*_: object) -> None:
        server.before = unreachable
        unreachable(None)

    def full(*_: object) -> None:
        raise OSError("The disk is full")

    if fault in ("before", "after"):
        setattr(server, fault, lambda entries: cut() if entries else None)
    if fault in ("disk", "crash"):
        patch.setattr(outbox, "done", full)
