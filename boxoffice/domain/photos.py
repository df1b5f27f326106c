"""The picture of whoever holds a ticket: taken once, at a desk or a till, and seen at every door."""

from __future__ import annotations

from datetime import datetime

import msgspec

from .facts import Photographed, Private
from .instants import moment

_PHOTO = "photo"


class Photo(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """As a server tells it to the stations of an event."""

    event: str
    ticket: str
    picture: bytes = b""
    """A JPEG; empty where it was taken away."""
    at: datetime
    device: str = ""
    device_id: str = ""
    """Who took it, for people and for programs."""

    @property
    def turn(self) -> tuple[datetime, str]:
        """Of two, the one with the greater turn holds, whichever is heard of first."""
        return self.at, self.device_id


def private(picture: bytes | None) -> Private:
    """The personal part of the fact: the picture."""
    return Private(pictures={_PHOTO: picture}) if picture else Private()


def told(fact: Photographed, held: Private, device: str, device_id: str) -> Photo:
    """The photo that a station has told of."""
    return Photo(
        event=fact.event,
        ticket=fact.ticket,
        picture=held.pictures.get(_PHOTO, b""),
        at=moment(fact.at),
        device=device,
        device_id=device_id,
    )
