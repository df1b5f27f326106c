"""Photos of whoever holds a pass or a ticket, for the door and for the badge.

They are kept with everything else that is personal, encrypted, and go when it goes. A hub hands them to all stations
of the event; beside a pretix they stay at the station that took them.
"""

from __future__ import annotations

import logging
from datetime import datetime

from boxoffice.domain import attachments, photos
from boxoffice.domain.catalog import Catalog
from boxoffice.domain.facts import Photographed
from boxoffice.domain.instants import micros
from boxoffice.domain.orders import Ticket
from boxoffice.domain.photos import Photo
from boxoffice.errors import BadInput, filled
from boxoffice.ids import new_id
from boxoffice.ports import Role
from boxoffice.storage import badges, journal, orders, settings
from boxoffice.storage.connection import Connection

from . import pictures

log = logging.getLogger(__name__)


def put(connection: Connection, event: str, ticket: str, picture: bytes | None, now: datetime) -> None:
    """Let a ticket have this photo (a JPEG as `pictures.portrait` makes it), or none. Raises `BadInput`."""
    if orders.by_key(connection, event, ticket) is None:
        raise BadInput(
            filled("There is no ticket {key} here", key=ticket),
            "Nothing was kept.",
            "Sync first, or look for the name.",
        )
    device = settings.station(connection).device
    _keep(connection, event, ticket, picture, micros(now), device)
    hub = settings.hub(connection)
    if hub is not None and hub.role is not Role.STEWARD:
        fact = Photographed(event=event, at=micros(now), ticket=ticket)
        journal.append(connection, new_id(), fact, photos.private(picture))


def shown(connection: Connection, catalog: Catalog, ticket: Ticket) -> str:
    """The digest of the holder's picture; empty if there is none.

    One that was taken stands above one that was handed in here, as the answer to a question that wants a portrait.
    """
    if taken := badges.photo(connection, ticket.event, ticket.key):
        return taken
    asked = (str(one.id) for one in catalog.questions.values() if one.valid_file_portrait)
    digests = (attachments.digest_in(ticket.position.answers.get(name, "")) for name in asked)
    return next((one for one in digests if one and badges.picture(connection, one) is not None), "")


def hear(connection: Connection, noun: Photo) -> None:
    """Take over a photo that another station took, unless ours is newer."""
    mine = badges.taken(connection, noun.event, noun.ticket)
    at = micros(noun.at)
    if mine is not None and mine >= (at, noun.device_id):
        return
    try:
        picture = pictures.fit(noun.picture) if noun.picture else None
    except BadInput as error:
        log.warning("A photo that %s took cannot be used here: %s", noun.device, error)
        return
    _keep(connection, noun.event, noun.ticket, picture, at, noun.device_id)


def _keep(connection: Connection, event: str, ticket: str, picture: bytes | None, at: int, device: str) -> None:
    digest = badges.put_picture(connection, picture) if picture else None
    badges.put_photo(connection, event, ticket, digest, at, device)
