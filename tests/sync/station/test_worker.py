"""The worker of an open window: it comes up by itself, and says why where it cannot."""

from __future__ import annotations

import threading
from functools import partialmethod
from typing import Any

import pytest

from boxoffice.errors import BadInput
from boxoffice.storage import settings
from sync import servers
from sync.engine import Engine
from sync.worker import Sync


def test_a_server_that_is_not_spoken_to_is_said(door: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise BadInput("Servers of the kind fax are not spoken to")

    monkeypatch.setattr(servers, "central_server", refuse)
    assert door.app.read(settings.enrolment) is not None
    sync, told = Sync(door.app), threading.Event()
    sync.on_state.append(lambda _: told.set())
    sync.start()
    assert told.wait(60)
    assert sync.state.trouble is not None
    sync.stop()


def test_what_an_old_server_answers_late_is_not_shown_as_the_state_of_the_new_one(
    door: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, asked, answer = type(server)(), threading.Event(), threading.Event()

    def late(_: object) -> None:
        asked.set()
        assert answer.wait(60)

    old.before = late
    old.alarm = "The old server holds this against us."
    given = [server, old]
    engines: list[Engine] = []
    come_up = Engine.start

    def start(engine: Engine) -> None:
        engines.append(engine)
        come_up(engine)

    monkeypatch.setattr(servers, "central_server", lambda *_: given.pop())
    monkeypatch.setattr(Engine, "start", start)
    monkeypatch.setattr(Engine, "stop", partialmethod(Engine.stop, patience=0.0))
    sync, online = Sync(door.app), threading.Event()
    sync.start()
    assert asked.wait(60)
    sync.on_state.append(lambda state: online.set() if state.online else None)
    sync.start()
    assert online.wait(60)
    answer.set()
    engines[0]._thread.join(60)
    assert engines[0].state.alarm == old.alarm
    assert sync.state.alarm == ""
    sync.stop()
    engines[1].stop(patience=60)


def test_a_start_that_comes_late_leaves_a_station_alone_that_was_closed(door: Any) -> None:
    sync = Sync(door.app)
    sync.stop()
    door.app.close()
    sync._come_up()
    assert door.app.readers._all == []
