"""Going on under a new token, and giving a station up from its own side.

A station leaves when the server has everything that was done here, or a file has it. Only then does it give its
token back; what it still holds of other people is for the caller to wipe, and a crash in between leaves a station
that has parted from its server and says so.
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

import msgspec

from boxoffice.errors import BadInput, DeviceRevoked
from boxoffice.ports import Enrolment, OwnServer
from boxoffice.services import depart

from .leasing import Leasing
from .push import Push
from .station import Station


class Member(Station, Protocol):
    """A station that belongs to a server."""

    @property
    def enrolment(self) -> Enrolment | None:
        """The server that it belongs to."""
        ...

    def join(self, enrolment: Enrolment) -> Future[None]:
        """Keep what the server says of it."""
        ...


def roll(station: Member, server: OwnServer) -> Enrolment:
    """Go on under a new token, so that one that somebody has seen is worth nothing.

    Raises `ServerTrouble`. With a pretix the old one dies with the question: if the answer is lost, the station has
    to be enrolled anew. A hub lets the old one live until the new one is used.
    """
    before = station.enrolment
    if before is None:
        raise BadInput("This station has no server", "", "Enrol it first: boxoffice enrol URL TOKEN.")
    rolled = msgspec.structs.replace(station.enrolment or before, token=server.roll())
    station.join(rolled).result()
    return rolled


def leave(station: Station, server: OwnServer, at: datetime) -> int:
    """Hand over what waits and give the station up; how many acts were handed over.

    Raises `ServerTrouble` if nobody answers and `Refused` if there is something left that the server does not have
    and no file has; the station stays enrolled then.
    """
    try:
        done = _hand_over(station, server)
        station.read(depart.may_leave)
        Leasing(station, server, time.monotonic).give_everything_back()
        server.revoke()
    except DeviceRevoked:
        station.writer.do(lambda c: depart.sent_away(c, at))
        raise
    station.writer.do(lambda c: depart.sent_away(c, at, by_itself=True))
    return done


def _hand_over(station: Station, server: OwnServer) -> int:
    push, going, done = Push(station, server, time.monotonic, random.random), threading.Event(), 0
    while True:
        pushed = push.run(going.is_set)
        done += pushed.done
        if pushed.trouble is not None:
            raise pushed.trouble
        if pushed.more_after is None:
            return done
