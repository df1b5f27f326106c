"""Having tickets set aside for this station while the server can be asked, so that it may sell when it cannot.

What a till wants in hand it says to `services.stock`; each round with the server looks whether something is to
be asked for, renewed or given back, and mostly nothing is. A wish is written down before it is sent, with a turn
of its own and with no more left to sell than it asks for. So whatever becomes of it on the way, this station never
sells what the server has given to another.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

import msgspec

from boxoffice.domain.catalog import Catalog, Quota
from boxoffice.domain.stock import Lease
from boxoffice.errors import DeviceRevoked, ServerTrouble
from boxoffice.services.stock import Stock
from boxoffice.storage import leases, settings
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import InHand
from boxoffice.storage.writer import Lane

from .station import Station
from .wire.hub import Wish

log = logging.getLogger(__name__)

RENEW_BEFORE = timedelta(hours=2)
"""A lease that ends sooner is renewed, so that a network that is lost now leaves that long to sell from it."""
ASK_AGAIN = 60.0
"""Seconds after which a till that got less than it wants asks again."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@runtime_checkable
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


class Leasing:
    """Fulfils what the tills of a station want, a round at a time. `clock` only goes forward."""

    def __init__(
        self, station: Station, server: object, clock: Callable[[], float], wall: Callable[[], datetime] = _now
    ) -> None:
        self._station = station
        self._server = server if isinstance(server, Lessor) else None
        self._clock = clock
        self._wall = wall
        self._asked: dict[tuple[str, int, int], float] = {}
        """When what was wished for was last asked for and not had in full."""

    def run(self) -> None:
        """Ask for what is due. A server that does not set this aside is asked again later; the round goes on."""
        if self._server is None:
            return
        for event, quota, in_hand in self._to_ask():
            self._asked[event, quota, in_hand] = self._clock()
            if self._have(self._server, event, quota, in_hand):
                self._asked.pop((event, quota, in_hand))
                had = functools.partial(self._station.stock.had, event=event, quota=quota)
                self._station.writer.do(had, Lane.BACKGROUND)

    def is_wanted(self) -> bool:
        """Whether a till wants something that it has not asked for a moment ago."""
        return self._server is not None and bool(self._to_ask())

    def _to_ask(self) -> list[tuple[str, int, int]]:
        now = self._clock()
        due = self._station.read(self._due)
        return [one for one in due if now - self._asked.get(one, -ASK_AGAIN) >= ASK_AGAIN]

    def give_everything_back(self) -> None:
        """The station leaves. Raises `ServerTrouble`."""
        if self._server is None:
            return
        for lease in self._station.read(leases.every):
            if lease.granted > lease.sold:
                have(self._station, self._station.stock, self._server, lease.event, lease.quota, 0, self._wall)

    def _have(self, server: Lessor, event: str, quota: int, in_hand: int) -> bool:
        """Whether all of it was had."""
        try:
            lease = have(self._station, self._station.stock, server, event, quota, in_hand, self._wall)
        except DeviceRevoked:
            raise
        except ServerTrouble as trouble:
            log.info("Nothing is set aside of quota %s of %s: %s", quota, event, trouble)
            return False
        return lease.granted - lease.sold >= in_hand

    def _due(self, connection: Connection) -> list[tuple[str, int, int]]:
        """Events, quotas and how many to have in hand, where that is not so already."""
        wanted = settings.in_hand(connection)
        held = {(lease.event, lease.quota): lease for lease in leases.every(connection)}
        if not wanted and not held:
            return []
        now = self._station.stock.now(connection)
        numbers = dict.fromkeys(held, 0)
        at_once: set[tuple[str, int]] = set()
        for event, wish in wanted.items():
            if wish.until > self._wall():
                catalog = self._station.shelf.of(connection, event)
                in_hand = {quota for (where, quota), one in held.items() if where == event and one.granted > one.sold}
                numbers |= {(event, one.id): wish.of(one.id) for one in _concerned(catalog, wish, in_hand)}
                at_once |= {(event, int(quota)) for quota in wish.more}
        return [
            (*place, number)
            for place, number in numbers.items()
            if _is_due(held.get(place), number, now, least=number if place in at_once else number // 2 + 1)
        ]


def _concerned(catalog: Catalog, wish: InHand, in_hand: AbstractSet[int]) -> list[Quota]:
    """The limited quotas that a till sells from on its day: of a series' later dates those that somebody buys.

    What there is `in_hand` of a later date is kept: whoever wants to buy it is still about to.
    """
    dates = {one.id for one in catalog.subevents.values() if one.date_from is None or one.date_from <= wish.until}
    return [
        one
        for one in catalog.quotas.values()
        if one.size is not None
        and not one.closed
        and (one.subevent is None or one.subevent in dates or str(one.id) in wish.more or one.id in in_hand)
    ]


def _is_due(lease: Lease | None, number: int, now: datetime | None, *, least: int) -> bool:
    """Whether the server is to be asked; with `least` in hand it need not be."""
    if lease is None:
        return number > 0
    if number == 0:
        return lease.granted > lease.sold
    short = lease.granted - lease.sold < least
    return short or now is None or lease.until - now < RENEW_BEFORE
