"""What a door asks of the store about one code, in one question.

Each statement costs a scan more than what it looks for: between two scans the processor forgets the way to it.
So whatever most scans need of a ticket comes along with it, and what only a few need is left to the others.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.instants import maybe_moment
from boxoffice.domain.orders import Ticket

from . import order_rows, settings
from .connection import Connection
from .journal import Newest

_LOOK = (
    f"SELECT {order_rows.COLUMNS_OF_TICKET},"
    " EXISTS (SELECT 1 FROM checkins c WHERE c.event = p.event AND c.ticket = p.order_code || '-' || p.number),"
    " EXISTS (SELECT 1 FROM positions a WHERE a.event = p.event AND a.order_code = p.order_code"
    " AND a.addon_to = p.number),"
    " (SELECT f.complete_at FROM feeds f WHERE f.event = p.event),"
    " EXISTS (SELECT 1 FROM journal WHERE operation = ?2),"
    f" ({settings.SELECT_VERSION}), j.device, j.epoch, j.sequence, j.hash"
    " FROM (SELECT 1) LEFT JOIN positions p ON p.fingerprint = ?3 AND p.secret = ?1"
    # Of no order is the code NULL: so it is not looked for where the position says enough of it.
    " LEFT JOIN orders o ON o.event = p.event AND o.code = iif(p.clear, NULL, p.order_code)"
    " LEFT JOIN journal j ON j.id = (SELECT max(id) FROM journal)"
)


class Met(msgspec.Struct, frozen=True):
    """A ticket, and what the store knows around it."""

    ticket: Ticket
    passed: bool
    """Whether there is a passage of it on any list, under its own name."""
    has_addons: bool
    complete_at: datetime | None
    """When the replica last had everything the server had of the ticket's event."""


class Seen(msgspec.Struct, frozen=True):
    """What a code led to."""

    tickets: list[Met]
    """Those with this secret, in any event."""
    answered: bool
    """Whether the scan was answered and written down before."""
    version: str
    """Of the settings and catalogs by which it is judged."""
    newest: Newest | None
    """What the next entry of the journal will follow."""


def look(connection: Connection, secret: str, nonce: str) -> Seen:
    """What there is to know about the scan of this nonce, which has read this secret."""
    rows = connection.execute(_LOOK, (secret, nonce, order_rows.fingerprint(secret))).fetchall()
    found = [
        Met(order_rows.ticket_of(row), bool(row[35]), bool(row[36]), maybe_moment(row[37]))
        for row in rows
        if row[0] is not None
    ]
    answered, version, *newest = rows[0][38:]
    return Seen(found, bool(answered), version or "", Newest(*newest) if newest[0] else None)
