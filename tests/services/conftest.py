"""A day at the doors of one station: a real store, an event, tickets, and scans at times of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Direction, Verdict, Wish
from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.orders import Order, Position, Status, Ticket
from boxoffice.domain.scan import Source
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment, Role
from boxoffice.services import hear

DATE = datetime(2026, 11, 21, tzinfo=UTC)


class Day:
    """Arranges and scans; mentions only what matters."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._tickets = 0
        self.enrol()
        self.hear(Event(slug="conf26", timezone="UTC"), Item(id=1, event="conf26", name={"en": "Regular"}))
        self.list(1, "Main entrance")

    def enrol(self, role: Role = Role.SUPERVISOR, device: str = "d1", name: str = "North door") -> None:
        enrolment = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id=device, name=name, role=role)
        self.app.join(enrolment).result()

    def hear(self, *nouns: Noun | Gone) -> None:
        """The server tells something."""

        def take_in(connection: Any) -> None:
            for noun in nouns:
                hear.apply(connection, self.app.shelf, noun)

        self.app.write(take_in).result()

    def list(self, number: int, name: str = "", **properties: Any) -> CheckInList:
        gate_list = CheckInList(id=number, event=properties.pop("event", "conf26"), name=name, **properties)
        self.hear(gate_list)
        return gate_list

    def ticket(
        self, name: str = "Ada Lovelace", *, status: Status = Status.PAID, order: Any = None, **position: Any
    ) -> Ticket:
        """A paid ticket of its own order."""
        self._tickets += 1
        properties = {"event": "conf26", "code": f"A{self._tickets:04d}", "status": status, **(order or {})}
        position.setdefault("number", 1)
        position.setdefault("item", 1)
        position.setdefault("secret", f"secret-{self._tickets}")
        held = Position(name=name, **position)
        bought = Order(positions=(held,), **properties)
        self.hear(bought)
        return Ticket(bought, held)

    def time(self, clock: str) -> datetime:
        hour, minute = clock.split(":")
        return DATE.replace(hour=int(hour), minute=int(minute))

    def scan(
        self, code: Ticket | str, at: str = "09:00", *, lists: Any = ((("conf26", 1),)), nonce: str = "", **wish: Any
    ) -> Verdict:
        text = code.position.secret if isinstance(code, Ticket) else code
        scan = new_scan(text, Source.MANUAL, self.time(at))
        if nonce:
            scan = type(scan)(scan.text, scan.source, scan.at, nonce)
        if wish.pop("exit", False):
            wish["direction"] = Direction.EXIT
        return self.app.admit(scan, Door(lists=tuple(lists), gate=wish.pop("gate", "North")), Wish(**wish)).result()


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with App(Folder(tmp_path)) as app:
        yield Day(app)
