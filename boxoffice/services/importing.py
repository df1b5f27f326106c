"""A list of attendees for a station that has no server: what a server would tell it, from a file.

Where there is a server, the attendees are its affair, and nothing is brought past it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from boxoffice.domain import guest_list
from boxoffice.domain.catalog import Event
from boxoffice.domain.guest_list import Known, Plan, Row
from boxoffice.domain.permissions import Act, Permit
from boxoffice.errors import Refused, filled
from boxoffice.storage import catalog, feeds, orders, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import guard, hear


def mind_server(connection: Connection) -> None:
    """Raises `Refused` where a server has the say."""
    enrolment = settings.enrolment(connection)
    if enrolment is not None:
        raise Refused(
            "The attendees of this station come from its server",
            filled("It belongs to {url}. Nothing was imported.", url=enrolment.url),
            "Import them there: on a hub with --db.",
        )


def look(connection: Connection, shelf: Shelf, rows: Sequence[Row], event: Event, mint: Callable[[], str]) -> Plan:
    """What the rows would bring; nothing is written. Raises `Refused` where a server has the say."""
    mind_server(connection)
    return guest_list.plan(rows, _known(connection, shelf, event), mint)


def _known(connection: Connection, shelf: Shelf, event: Event) -> Known:
    slug = event.slug
    if slug not in catalog.events(connection):
        return Known(event=event)
    held = shelf.of(connection, slug)
    return Known(
        event=held.event,
        is_new=False,
        items=tuple(held.items.values()),
        has_list=bool(held.lists),
        order=lambda code: orders.by_code(connection, slug, code),
        owner=lambda secret: next(
            (one.order.code for one in orders.by_secret(connection, secret) if one.event == slug), ""
        ),
    )


def take_over(
    connection: Connection,
    shelf: Shelf,
    rows: Sequence[Row],
    event: Event,
    mint: Callable[[], str],
    at: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Plan:
    """Let everybody in the rows be an attendee; nobody, if one row has a fault. Raises `Refused`, `NeedsPermission`."""
    found = look(connection, shelf, rows, event, mint)
    if found.faults:
        return found
    guard.need(connection, Act.SETTINGS, at, operator=operator, permits=permits, event=event.slug, about=event.slug)
    for noun in found.nouns:
        hear.apply(connection, shelf, noun)
    feeds.complete(connection, event.slug, at)
    return found
