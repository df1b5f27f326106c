"""A station that is open: who reads through which connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.ports import Enrolment


def cache_size(connection: Any) -> int:
    found: int = connection.execute("PRAGMA cache_size").fetchone()[0]
    return found


def test_a_worker_keeps_fewer_pages_in_memory_than_the_window(tmp_path: Path) -> None:
    with App(Folder(tmp_path)) as app, ThreadPoolExecutor(1) as workers:
        beside = workers.submit(app.read, cache_size).result()
        window = app.read(cache_size)
    assert abs(beside) < abs(window) / 10


def test_a_new_station_stands_at_the_gate_that_its_server_says_and_one_that_was_set_stays(tmp_path: Path) -> None:
    with App(Folder(tmp_path)) as app:
        for gate in ("West", "East"):
            app.join(Enrolment(kind="hub", url="https://x", token="t", device_id="1", name="A", gate=gate)).result()
        assert app.door.gate == "West"
