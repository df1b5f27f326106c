"""The worker of an open window: it comes up by itself, and says why where it cannot."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from boxoffice.errors import BadInput
from boxoffice.storage import settings
from sync import servers
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
