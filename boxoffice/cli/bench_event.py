"""The event that benchmarks measure on: as large as asked, with something to look at for every check of a scan."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from boxoffice.bootstrap import App
from boxoffice.domain.catalog import Category, CheckInList, Event, Item, Question
from boxoffice.domain.door import Door
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.ports import Enrolment
from boxoffice.services import hear
from boxoffice.services.ready import ready
from boxoffice.storage import search_index
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

DOOR = Door(lists=(("bench", 1),), gate="North")
STEP = 7_919
"""Tickets are scanned in steps of this prime, so that they jump through the whole event."""

NOWHERE = "http://127.0.0.1:9"
"""A server that does not answer: the station talks to it as it would to one out of reach."""

_AT_ONCE = 2_000


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for one measurement, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="boxoffice-bench-") as folder:
        yield Path(folder)


def fill(app: App, size: int) -> None:
    """Make the station one of an event with so many attendees."""
    nouns: list[Noun] = [
        Event(slug="bench", name={"en": "Bench"}, timezone="Europe/Berlin"),
        Category(id=1, event="bench"),
        Category(id=2, event="bench", is_addon=True),
        Item(id=1, event="bench", name={"en": "Regular"}, category=1),
        Item(id=2, event="bench", name={"en": "Workshop"}, category=2),
        Question(id=1, event="bench", question={"en": "Size"}, items=(2,), ask_during_checkin=True),
        CheckInList(id=1, event="bench", name="Main", rules={"<": [{"var": "entries_today"}, 3]}),
    ]
    app.join(Enrolment(kind="hub", url=NOWHERE, token="", device_id="bench-device", name="Bench")).result()
    app.write(partial(_take_in, app, nouns)).result()
    for start in range(0, size, _AT_ONCE):
        orders = [_order(number) for number in range(start, min(size, start + _AT_ONCE))]
        app.write(partial(_take_in, app, orders), Lane.BACKGROUND).result()
    _tidy(app)
    app.set_door(DOOR).result()


def _take_in(app: App, nouns: list[Noun] | list[Order], connection: Connection) -> None:
    hear.apply_all(connection, app.shelf, [ready(noun, fresh=True) for noun in nouns])


def _tidy(app: App) -> None:
    """Bring the search index into order, as a first sync does."""
    everything = work = True
    while work:
        work = app.write(partial(search_index.merge, pages=_AT_ONCE, everything=everything), Lane.BACKGROUND).result()
        everything = False


def _order(number: int) -> Order:
    position = Position(
        number=1, item=1, secret=secret(number), name=f"Attendee {number}", company=f"Firm {number % 97}"
    )
    return Order(event="bench", code=f"B{number:07d}", status=Status.PAID, positions=(position,))


def secret(number: int) -> str:
    """The secret of a ticket, scattered over the index as real ones are."""
    return f"{number * 2_654_435_761 % 2**32:08x}{number:024d}"
