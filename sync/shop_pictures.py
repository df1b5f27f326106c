"""Fetching the pictures of what is for sale, a few a round, so that neither a door nor a till ever waits for one.

A picture may be part of the item (a `data:` address) or lie at the server. One that cannot be had or is none is
remembered as that, and asked for again only when the server names another.
"""

from __future__ import annotations

import base64
import binascii
import functools
import logging
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from boxoffice.errors import BadInput, DeviceRevoked, ServerTrouble, filled
from boxoffice.storage import shop_pictures
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

from .station import Station

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Pictures a round."""


@runtime_checkable
class Gallery(Protocol):
    """A server that keeps pictures. Raises `ServerTrouble`."""

    def picture(self, address: str) -> bytes:
        """The picture at an address."""
        ...


class ShopPictures:
    """Fetches what is missing."""

    def __init__(self, station: Station, server: object) -> None:
        self._station = station
        self._gallery = server if isinstance(server, Gallery) else None

    def run(self, events: Sequence[str]) -> int:
        """Fetch some of what is missing; how many."""
        fetched = 0
        for event in events:
            wanted = self._station.read(functools.partial(self._missing, event))
            for item, source in wanted.items():
                if fetched == AT_ONCE:
                    return fetched
                image = self._fetched(source)
                kept = functools.partial(shop_pictures.put, event=event, item=item, source=source, image=image)
                self._station.writer.do(kept, Lane.BACKGROUND)
                fetched += 1
        return fetched

    def _missing(self, event: str, connection: Connection) -> dict[int, str]:
        return shop_pictures.missing(connection, self._station.shelf.of(connection, event))

    def _fetched(self, source: str) -> bytes | None:
        from boxoffice.services import pictures

        try:
            return pictures.fit(self._raw(source))
        except DeviceRevoked:
            raise
        except (BadInput, ServerTrouble) as trouble:
            log.info("A picture of something for sale cannot be shown: %s", trouble)
            return None

    def _raw(self, source: str) -> bytes:
        if source.startswith("data:"):
            return _unpacked(source)
        if self._gallery is None:
            raise BadInput("This server keeps no pictures", source[:80], "Put the picture into the item itself.")
        return self._gallery.picture(source)


def _unpacked(source: str) -> bytes:
    head, _, body = source.partition(",")
    if not head.endswith(";base64"):
        raise BadInput("This is no picture", head[:80], "Write it as data:image/jpeg;base64,…")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise BadInput(
            "This is no picture", filled("{error}.", error=error), "Write it as data:image/jpeg;base64,…"
        ) from error
