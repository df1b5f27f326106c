"""One round: what is asked of the server, and what is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from sync.rounds import Round, Rounds

Run = Callable[..., Round]


@pytest.fixture
def rounds(door: Any, server: Any) -> Rounds:
    return Rounds(door.app, server, threading.Event(), lambda: 0.0, lambda: 0.0)


@pytest.fixture
def run(rounds: Rounds) -> Run:
    def run(*, everything: bool = False) -> Round:
        return rounds.run(everything=everything, skip=lambda _: False, meanwhile=lambda _: lambda *_: True)

    return run


def test_news_are_fetched_without_a_greeting_before(rounds: Rounds, run: Run, server: Any, order: Any) -> None:
    run(everything=True)
    server.requests.clear()
    server.tell(order("A9"))
    rounds.told("conf26")
    assert run().pulled["conf26"].applied == 1
    assert server.requests == []


def test_news_do_not_keep_from_sending_what_waits(rounds: Rounds, run: Run, server: Any, door: Any) -> None:
    run(everything=True)
    door.scan("A1")
    rounds.told("conf26")
    assert run().pushed.done == 1


def test_where_nothing_is_new_the_server_is_asked_whether_it_is_still_there(run: Run, server: Any) -> None:
    run(everything=True)
    server.requests.clear()
    run()
    assert server.requests == [[]]


def test_what_the_server_said_of_the_time_holds_until_it_says_it_again(
    rounds: Rounds, run: Run, server: Any, order: Any
) -> None:
    server.time = datetime.now().astimezone() + timedelta(hours=1)
    skew = run(everything=True).pushed.skew
    rounds.told("conf26")
    assert skew is not None
    assert run().pushed.skew == skew
