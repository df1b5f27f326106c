"""A station that stands ready to be killed, with its tickets, and a way to say what it holds.

Tests here cut a process or a disk off thousands of times, so they work on the quick disk: what is durable
there is not asked of the system but of the recording.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.door import Door
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.ports import Enrolment
from boxoffice.services import hear

EVENT = "conf26"


class Evening:
    """What the template station holds: tickets `secret-1`, `secret-2` ... for one list of one event."""

    event = EVENT
    tickets = 400
    door = Door(lists=((EVENT, 1),), gate="North")

    @staticmethod
    def secret(number: int) -> str:
        return f"secret-{number}"

    @staticmethod
    def order(number: int, **properties: Any) -> Order:
        position = Position(number=1, item=1, secret=f"secret-{number}", name=f"Guest {number}")
        return Order(event=EVENT, code=f"C{number:04d}", status=Status.PAID, positions=(position,), **properties)

    @staticmethod
    def hear(app: App, *nouns: Noun) -> None:
        def take_in(connection: Any) -> None:
            for noun in nouns:
                hear.apply(connection, app.shelf, noun)

        app.write(take_in).result()


@pytest.fixture(scope="session")
def evening() -> Evening:
    return Evening()


@pytest.fixture(scope="session")
def new_station(quick_disk: Path, evening: Evening) -> Callable[..., Path]:
    """Stations ready to work, copied from one that was made once: `new_station(path, tickets=400)`."""
    made: dict[int, Path] = {}

    def make(tickets: int) -> Path:
        root = Path(tempfile.mkdtemp(dir=quick_disk))
        with App(Folder(root)) as app:
            app.join(
                Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d1", name="North door")
            ).result()
            evening.hear(
                app,
                Event(slug=EVENT, date_from=datetime(2026, 11, 21, tzinfo=UTC)),
                Item(id=1, event=EVENT, name={"en": "Regular"}),
                CheckInList(id=1, event=EVENT, name="Main entrance"),
                *(evening.order(number) for number in range(1, tickets + 1)),
            )
        return root

    def copy(to: Path, tickets: int = evening.tickets) -> Path:
        if tickets not in made:
            made[tickets] = make(tickets)
        shutil.copytree(made[tickets], to)
        return to

    return copy


@pytest.fixture(scope="session")
def holds() -> Callable[[Any], str]:
    """`holds(connection)`: everything that a store holds, in a few letters."""

    def fingerprint(connection: Any) -> str:
        tables = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
            " AND sql NOT GLOB 'CREATE VIRTUAL*' ORDER BY name"
        ).fetchall()
        sums = hashlib.blake2b(digest_size=16)
        for (table,) in tables:
            # When a migration ran says nothing about what it left.
            columns = "name" if table == "_sqlite_migrations" else "*"
            sums.update(table.encode())
            sums.update(repr(connection.execute(f"SELECT {columns} FROM {table}").fetchall()).encode())
        return sums.hexdigest()

    return fingerprint
