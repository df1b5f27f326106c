"""An empty store per test, and short ways to write something into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.facts import Admitted, Fact, Private
from boxoffice.domain.gate import Direction
from boxoffice.domain.instants import moment
from boxoffice.ids import new_id
from boxoffice.storage import connection, journal, schema, settings

KEY = bytes(range(32))
EVENT = "conf26"


@pytest.fixture(scope="session")
def key() -> bytes:
    return KEY


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "station.db"
    store = connection.writable(path, KEY)
    schema.prepare(store)
    settings.put(store, "station", settings.Station(device="d1", name="North door"))
    store.close()
    return path


@pytest.fixture
def path(tmp_path: Path, _template: Path) -> Path:
    """The file of an empty store."""
    return Path(shutil.copy(_template, tmp_path / "station.db"))


@pytest.fixture
def store(path: Path) -> Iterator[Any]:
    """A connection that writes into an empty store, each statement for itself."""
    opened = connection.writable(path, KEY)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def admitted() -> Callable[..., Admitted]:
    """A fact: somebody was let in."""

    def make(ticket: str = "A-1", **properties: Any) -> Admitted:
        return Admitted(**{"event": EVENT, "at": 1_000_000, "list": 1, "ticket": ticket, **properties})

    return make


@pytest.fixture(scope="session")
def write_down(admitted: Callable[..., Admitted]) -> Callable[..., str]:
    """Append a fact to the journal; the operation that it has."""

    def append(store: Any, fact: Fact | None = None, text: str = "secret", **how: Any) -> str:
        operation = how.pop("operation", None) or new_id()
        journal.append(store, operation, fact or admitted(), Private(text=text), **how)
        return operation

    return append


@pytest.fixture(scope="session")
def passage() -> Callable[..., CheckIn]:
    """A passage of ticket A-1 on list 1, by the second of the day."""

    def make(second: int = 1, direction: str = "entry", **properties: Any) -> CheckIn:
        given = {"event": EVENT, "list": 1, "ticket": "A-1", "nonce": new_id(), "device": "North door", **properties}
        return CheckIn(at=moment(second * 1_000_000), direction=Direction(direction), **given)

    return make
