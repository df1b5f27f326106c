"""Before a wipe: what a restore has put aside is looked into, and a disk that fails says nothing about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boxoffice.errors import StorageTrouble
from boxoffice.services import depart


def look(day: Any) -> None:
    app = day.app
    app.read(lambda c: depart.look_into_kept(c, app.folder.store, app.key))


@pytest.fixture
def aside(day: Any) -> Path:
    """Where a restore puts a store aside."""
    store = day.app.folder.store
    return Path(store.with_name(f"{store.stem}.before-restore-1{store.suffix}"))


def test_a_copy_of_what_is_here_holds_nothing_else(day: Any, aside: Path) -> None:
    day.scan(day.ticket())
    day.app.backup(aside)
    look(day)


def test_what_no_key_opens_keeps_nobody_from_wiping(day: Any, aside: Path) -> None:
    aside.write_bytes(b"sealed with another key" * 1_000)
    look(day)


def test_while_the_disk_does_not_say_what_is_in_it_nothing_is_wiped(day: Any, aside: Path) -> None:
    aside.mkdir()  # Nothing can be read there, as on a disk that fails.
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        look(day)
