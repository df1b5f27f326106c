"""Becoming a station of a server. What was done for another one is not lost to it by that."""

from __future__ import annotations

import msgspec

from boxoffice.domain.door import Door
from boxoffice.errors import Refused, filled
from boxoffice.ports import Enrolment
from boxoffice.storage import outbox, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import Station


def join(connection: Connection, enrolment: Enrolment) -> None:
    """Become a station of a server, at the gate that the server says unless one was chosen here.

    Raises `Refused` while acts wait for another server that are in no file: they would be lost to it.
    """
    before = settings.enrolment(connection)
    if before is not None and before.url != enrolment.url:
        if outbox.unsent(connection).only_here:
            raise Refused(
                "This station still has work for its old server",
                filled("Acts wait for {url}. Nothing was changed.", url=before.url),
                "Sync or export them first, or use another folder for the new server.",
            )
        outbox.give_up_exported(connection)
    settings.put(connection, "enrolment", enrolment)
    door = settings.get(connection, "door", Door, Door())
    if enrolment.gate and not door.gate:
        settings.put(connection, "door", msgspec.structs.replace(door, gate=enrolment.gate))
    held = settings.station(connection)
    epoch = held.epoch if held.device == enrolment.device_id else 1
    settings.put(connection, settings.DEPARTURE, None)
    settings.put(connection, "station", Station(device=enrolment.device_id, name=enrolment.name, epoch=epoch))
