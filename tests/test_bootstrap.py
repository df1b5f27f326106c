"""A station that is open: who reads through which connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from boxoffice.bootstrap import App
from boxoffice.config import Folder


def cache_size(connection: Any) -> int:
    found: int = connection.execute("PRAGMA cache_size").fetchone()[0]
    return found


def test_a_worker_keeps_fewer_pages_in_memory_than_the_window(tmp_path: Path) -> None:
    with App(Folder(tmp_path)) as app, ThreadPoolExecutor(1) as workers:
        beside = workers.submit(app.read, cache_size).result()
        window = app.read(cache_size)
    assert abs(beside) < abs(window) / 10
