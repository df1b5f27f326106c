"""A list of attendees for an event of the hub, looked at and taken over in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from sqlalchemy import Connection

from boxoffice.decoding import decoder
from boxoffice.domain import guest_list
from boxoffice.domain.catalog import Event, Item
from boxoffice.domain.guest_list import Known, Plan, Row
from boxoffice.domain.orders import Order

from . import documents

_events, _items, _orders = decoder(Event), decoder(Item), decoder(Order)


def look(connection: Connection, rows: Sequence[Row], event: Event, mint: Callable[[], str]) -> Plan:
    """What the rows would bring; nothing is written."""
    return guest_list.plan(rows, _known(connection, event), mint)


def take_over(connection: Connection, rows: Sequence[Row], event: Event, mint: Callable[[], str]) -> Plan:
    """Keep what the rows bring; nothing of it, if one has a fault."""
    found = look(connection, rows, event, mint)
    if not found.faults:
        documents.put_changed(connection, found.nouns)
    return found


def _known(connection: Connection, event: Event) -> Known:
    slug = event.slug
    body = documents.body(connection, slug, "event", slug)
    if body is None:
        return Known(event=event)

    def order(code: str) -> Order | None:
        kept = documents.body(connection, slug, "order", code)
        return _orders.decode(kept) if kept else None

    @cache
    def owners() -> dict[str, str]:
        every = (_orders.decode(kept) for kept in documents.of_kind(connection, slug, "order"))
        return {one.secret: held.code for held in every for one in held.positions}

    return Known(
        event=_events.decode(body),
        is_new=False,
        items=tuple(_items.decode(one) for one in documents.of_kind(connection, slug, "item")),
        has_list=bool(documents.of_kind(connection, slug, "list")),
        order=order,
        owner=lambda secret: owners().get(secret, ""),
    )
