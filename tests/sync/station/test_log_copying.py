"""While very much is written the log is copied beside the writer, and never becomes long."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from boxoffice.storage import connection as connections
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane
from sync import log_copying
from sync.log_copying import LogCopying


@pytest.fixture
def app(doorway: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(log_copying, "COPY_EVERY", 0.0)
    app: Any = doorway().app
    app.read(connections.checkpoint)
    return app


def write(app: Any, pages: int = 1) -> None:
    """Something that takes so many pages of the log, and a few more."""

    def job(connection: Connection) -> None:
        for number in range(pages):
            connection.execute(
                "INSERT OR REPLACE INTO settings VALUES (?, json_quote(hex(randomblob(2000))))", (f"page-{number}",)
            )

    app.writer.do(job, Lane.BACKGROUND)


def length(app: Any) -> int:
    pages: int = app.read(connections.checkpoint)
    return pages


def measure(app: Any) -> int:
    """Pages after which a commit copies the log."""
    found: int = app.writer.do(lambda c: c.execute("PRAGMA wal_autocheckpoint").fetchone()[0], Lane.BACKGROUND)
    return found


def looks(connection: Connection) -> None:
    """Somebody reads, and needs what the log held until now."""
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM settings").fetchone()


def has_seen(connection: Connection) -> None:
    """They need it no more."""
    connection.execute("COMMIT")


def test_meanwhile_no_commit_has_to_copy_the_log_and_afterwards_one_does_again(app: Any) -> None:
    copying = LogCopying(app)
    copying.begin()
    assert measure(app) == log_copying.FAR_TOO_LONG
    copying.begin()
    copying.end()
    assert measure(app) == connections.CHECKPOINT_PAGES


def test_a_log_of_which_not_all_could_be_copied_is_begun_anew_in_a_pause(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_copying, "LONG", 100)
    copying = LogCopying(app)
    pauses: list[bool] = []
    write(app, pages=20)
    copying.look(lambda: pauses.append(True))
    assert not pauses, "The log is short"
    write(app)
    with ThreadPoolExecutor(1) as somebody:
        somebody.submit(app.read, looks).result()
        write(app, pages=200)
        copying.look(lambda: somebody.submit(app.read, has_seen).result())
    write(app)
    assert length(app) < 20


def test_it_copies_now_and_then_and_not_each_time(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_copying, "COPY_EVERY", math.inf)
    monkeypatch.setattr(log_copying, "LONG", 0)
    pauses: list[bool] = []
    write(app)
    LogCopying(app).look(lambda: pauses.append(True))
    assert not pauses
