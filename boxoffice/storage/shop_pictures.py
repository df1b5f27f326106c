"""Pictures of what is for sale, as the till's tiles show them: kept once, under the digest of their bytes.

Where a picture came from is remembered as a digest too, so that another one at the server is fetched again and the
same one never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from boxoffice.domain.catalog import Catalog

from . import badges
from .connection import Connection


def mark_of(source: str) -> str:
    """How it is remembered where a picture came from."""
    return hashlib.sha256(source.encode()).hexdigest()


def put(connection: Connection, event: str, item: int, source: str, image: bytes | None) -> None:
    """Keep an item's picture, or that there was none to be had at this source."""
    digest = badges.put_picture(connection, image) if image is not None else None
    connection.execute(
        "INSERT INTO item_pictures (event, item, source, picture) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (event, item) DO UPDATE SET source = excluded.source, picture = excluded.picture",
        (event, item, mark_of(source), digest),
    )


def named(connection: Connection, event: str) -> dict[int, str]:
    """The digests of an event's pictures, by item."""
    rows = connection.execute("SELECT item, picture FROM item_pictures WHERE event = ? AND picture NOTNULL", (event,))
    return dict(rows.fetchall())


def of(connection: Connection, digests: Mapping[int, str]) -> dict[int, bytes]:
    """The pictures of these digests, by item."""
    found = ((item, badges.picture(connection, digest)) for item, digest in digests.items())
    return {item: image for item, image in found if image is not None}


def missing(connection: Connection, catalog: Catalog) -> dict[int, str]:
    """Items whose picture was never fetched from where it is now, and where that is."""
    rows = connection.execute("SELECT item, source FROM item_pictures WHERE event = ?", (catalog.event.slug,))
    held = dict(rows.fetchall())
    return {
        one.id: one.picture
        for one in catalog.items.values()
        if one.active and one.picture and held.get(one.id) != mark_of(one.picture)
    }
