"""Having tickets set aside for this station while the server can be asked, so that it may sell when it cannot.

A wish is written down before it is sent, with a turn of its own and with no more left to sell than it asks
for. So whatever becomes of it on the way, this station never sells what the server has given to another.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from boxoffice.domain.stock import Lease
from boxoffice.errors import ServerTrouble
from boxoffice.services.stock import Stock
from boxoffice.storage import leases
from boxoffice.storage.connection import Connection
from boxoffice.storage.writer import Lane

from .station import Station
from .wire.hub import Wish

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Lessor(Protocol):
    """A server that sets tickets aside. Raises `ServerTrouble`."""

    @property
    def skew(self) -> float | None:
        """Seconds by which its clock is ahead of ours, by its last answer."""
        ...

    def lease(self, event: str, wish: Wish) -> Lease:
        """What is set aside now."""
        ...


def _now() -> datetime:
    return datetime.now(UTC)


def have(
    station: Station,
    stock: Stock,
    server: Lessor,
    event: str,
    quota: int,
    in_hand: int,
    wall: Callable[[], datetime] = _now,
) -> Lease:
    """Take, renew or give back a lease, so that `in_hand` tickets may be sold from it; what came of it.

    Raises `ServerTrouble`; then nothing may be sold beyond `in_hand`, and it is tried again.
    """
    for _ in range(2):
        wish = station.writer.do(lambda c: _wish(c, event, quota, in_hand), Lane.BACKGROUND)
        answer = server.lease(event, wish)
        told = wall() + timedelta(seconds=server.skew or 0.0)
        lease = station.writer.do(functools.partial(_keep, stock, wish, answer, told), Lane.BACKGROUND)
        if lease is not None:
            return lease
    raise ServerTrouble(
        "Somebody else speaks for this station", "Its wishes are overtaken by later ones.", "Is there a copy of it?"
    )


def _wish(connection: Connection, event: str, quota: int, in_hand: int) -> Wish:
    none = Lease(event=event, quota=quota, granted=0, until=_LONG_AGO)
    lease = leases.one(connection, event, quota) or none
    arrived = leases.arrived(connection, event, quota)
    asked = msgspec.structs.replace(lease, granted=min(lease.granted, lease.sold + in_hand), turn=lease.turn + 1)
    leases.keep(connection, asked)
    return Wish(quota=quota, sold=arrived, wanted=lease.sold - arrived + in_hand, turn=asked.turn)


def _keep(stock: Stock, wish: Wish, answer: Lease, told: datetime, connection: Connection) -> Lease | None:
    """Write down what was granted; None if the server has answered a later wish, of which this store knows nothing."""
    stock.told(connection, told)
    asked = leases.one(connection, answer.event, answer.quota)
    if asked is None or asked.turn != wish.turn:
        return asked  # Another wish was made meanwhile; its own answer counts.
    # What the server counts as sold may be more than this store knows of, if it was brought back from a backup.
    granted = wish.sold + answer.granted - answer.sold
    mine = msgspec.structs.replace(answer, granted=granted if answer.turn == wish.turn else asked.granted)
    leases.keep(connection, mine)
    return leases.one(connection, answer.event, answer.quota) if answer.turn == wish.turn else None
